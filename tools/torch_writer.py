"""Writes torch's checkpoint files (the zip form of torch.save) without torch, tensor by tensor, of any size."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

STORAGES = {"<f4": "FloatStorage", "<f2": "HalfStorage", "<i4": "IntStorage", "<i8": "LongStorage"}
Chunks = Callable[[], Iterable[bytes | memoryview]]


@dataclass(frozen=True)
class Entry:
    """A tensor to write: `chunks` gives its bytes, row-major, little-endian."""

    name: str
    shape: tuple[int, ...]
    dtype: str  # numpy's, a key of STORAGES
    chunks: Chunks


def entry(name: str, values: np.ndarray) -> Entry:
    """An array as an entry."""
    data = np.ascontiguousarray(values)
    return Entry(name, data.shape, data.dtype.newbyteorder("<").str, lambda: [data.tobytes()])


def write_checkpoint(path: Path, entries: Sequence[Entry], root: str = "archive") -> None:
    """Write a state dict as `torch.save` does; `root` is the folder inside the zip (Meta: "consolidated")."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        _member(archive, f"{root}/data.pkl", [_pickle(entries)])
        for number, one in enumerate(entries):
            _member(archive, f"{root}/data/{number}", one.chunks())
        _member(archive, f"{root}/version", [b"3\n"])


def _member(archive: zipfile.ZipFile, name: str, chunks: Iterable[bytes | memoryview]) -> None:
    information = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    with archive.open(information, "w", force_zip64=True) as member:
        for chunk in chunks:
            member.write(chunk)


def _pickle(entries: Sequence[Entry]) -> bytes:
    """Protocol 2: an OrderedDict of `torch._utils._rebuild_tensor_v2(storage, offset, shape, stride, False, {})`."""
    out = [b"\x80\x02ccollections\nOrderedDict\n)R("]
    for number, one in enumerate(entries):
        count = int(np.prod(one.shape, dtype=np.int64))
        strides = [int(np.prod(one.shape[axis + 1 :], dtype=np.int64)) for axis in range(len(one.shape))]
        out += [_text(one.name), b"ctorch._utils\n_rebuild_tensor_v2\n(("]
        out += [_text("storage"), b"ctorch\n", STORAGES[one.dtype].encode(), b"\n"]
        out += [_text(str(number)), _text("cpu"), _integer(count), b"tQ", _integer(0)]
        out += [_tuple(one.shape), _tuple(strides), b"\x89ccollections\nOrderedDict\n)RtR"]
    return b"".join([*out, b"u."])


def _text(text: str) -> bytes:
    data = text.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def _integer(value: int) -> bytes:
    if value < 2**31:
        return b"J" + struct.pack("<i", value)
    data = value.to_bytes(9, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data


def _tuple(values: Sequence[int]) -> bytes:
    return b"(" + b"".join(_integer(value) for value in values) + b"t"
