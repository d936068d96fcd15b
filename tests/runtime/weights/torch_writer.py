"""Writes checkpoints as `torch.save` does (zip, pickle protocol 2), from arrays and without torch."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# By numpy's dtype; uint16 stands for bfloat16, as elsewhere in this package.
STORAGES = {
    "float16": "HalfStorage",
    "float32": "FloatStorage",
    "float64": "DoubleStorage",
    "uint16": "BFloat16Storage",
    "int32": "IntStorage",
    "int64": "LongStorage",
    "uint8": "ByteStorage",
}


def write_checkpoint(path: Path, tensors: Mapping[str, NDArray[Any]], root: str = "archive") -> None:
    """A state dict of contiguous tensors, each with a storage of its own. `root` names the folder in the zip."""
    state = b"".join(_text(name) + _tensor(str(key), array) for key, (name, array) in enumerate(tensors.items()))
    pickle = b"\x80\x02" + _ordered_dict() + b"(" + state + b"u."  # MARK, name and tensor by turns, SETITEMS, STOP
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, f"{root}/data.pkl", pickle)
        for key, array in enumerate(tensors.values()):
            _add(archive, f"{root}/data/{key}", np.ascontiguousarray(array).tobytes())
        _add(archive, f"{root}/version", b"3\n")


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)


def _tensor(key: str, array: NDArray[Any]) -> bytes:
    """`torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks)`."""
    storage = _global("torch", STORAGES[array.dtype.name])
    place = b"(" + _text("storage") + storage + _text(key) + _text("cpu") + _number(array.size) + b"tQ"  # BINPERSID
    strides = [stride // array.itemsize for stride in np.ascontiguousarray(array).strides]
    numbers = _number(0) + _tuple(list(array.shape)) + _tuple(strides)
    arguments = place + numbers + b"\x89" + _ordered_dict()  # NEWFALSE
    return _global("torch._utils", "_rebuild_tensor_v2") + b"(" + arguments + b"tR"


def _ordered_dict() -> bytes:
    return _global("collections", "OrderedDict") + b")R"


def _global(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def _tuple(numbers: list[int]) -> bytes:
    return b"(" + b"".join(map(_number, numbers)) + b"t"


def _number(number: int) -> bytes:
    return b"J" + struct.pack("<i", number)


def _text(text: str) -> bytes:
    data = text.encode()
    return b"X" + struct.pack("<I", len(data)) + data
