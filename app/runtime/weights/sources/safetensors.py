"""safetensors files: u64 header length, a JSON header, then the tensors' bytes.

Format: https://github.com/huggingface/safetensors (README, "Format").
"""

from __future__ import annotations

import json
from math import prod
from typing import Any, TypeGuard

from app.errors import Fixable
from app.runtime.weights.records import BytesSource, Dtype, StoredTensor
from app.runtime.weights.sniff import check_not_placeholder, shown

MAX_HEADER = 4 * 1024 * 1024  # bytes, room for 40 000 tensors; parsed JSON takes some 25 times as much memory
MAX_DIMENSIONS = 8
MAX_LENGTH = 1 << 48
_DTYPES = {
    "F64": Dtype.F64,
    "F32": Dtype.F32,
    "F16": Dtype.F16,
    "BF16": Dtype.BF16,
    "I64": Dtype.I64,
    "I32": Dtype.I32,
    "U8": Dtype.U8,
}


def read_safetensors(file: BytesSource) -> dict[str, StoredTensor]:
    """The tensors of a file by name, in the header's order; reads the header only.

    Left out: `__metadata__`, tensors without a dimension or without elements, and element types that no model uses.
    Raises `Fixable`: `weights-truncated` if the file ends before its tensors do, `weights-damaged`, and those of
    `check_not_placeholder`.
    """
    check_not_placeholder(file)
    length = int.from_bytes(file.read(0, 8), "little")
    if length > MAX_HEADER:
        raise _damaged(file, f"header: {length} bytes")
    header = _parse(file, bytes(file.read(8, length)))
    header.pop("__metadata__", None)
    tensors = {name: _stored(file, name, entry, 8 + length) for name, entry in header.items()}
    kept = {name: tensor for name, tensor in tensors.items() if tensor}
    if not kept:
        raise _damaged(file, "no tensors")
    return kept


def _damaged(file: BytesSource, detail: str) -> Fixable:
    return Fixable("weights-damaged", file=file.name, detail=detail)


def _parse(file: BytesSource, text: bytes) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise _damaged(file, "header: a name twice")
        return found

    try:
        header = json.loads(text.decode(), object_pairs_hook=unique)
    except (ValueError, RecursionError):  # not UTF-8, not JSON, a number of thousands of digits; deep nesting
        raise _damaged(file, "header: JSON") from None
    if not isinstance(header, dict):
        raise _damaged(file, "header: JSON")
    return header


def _stored(file: BytesSource, name: str, entry: Any, start: int) -> StoredTensor | None:
    """The tensor as bytes of the file, all of them checked to be there; None if it is left out."""
    fields = entry if isinstance(entry, dict) else {}
    shape, offsets = fields.get("shape"), fields.get("data_offsets")
    if not _are_lengths(shape) or not _are_lengths(offsets) or len(shape) > MAX_DIMENSIONS or len(offsets) != 2:
        raise _damaged(file, f"tensor {shown(name)}: header")
    dtype = _DTYPES.get(fields["dtype"]) if isinstance(fields.get("dtype"), str) else None
    count = prod(shape)
    if dtype is None or not shape or not count:
        return None
    if shown(name) != name:
        raise _damaged(file, f"name {shown(name)}")
    begin, end = offsets
    size = count * dtype.numpy.itemsize
    if end - begin != size:
        raise _damaged(file, f"tensor {shown(name)}: {end - begin}, not {size} bytes")
    if start + end > file.size:
        raise Fixable("weights-truncated", file=file.name)
    return StoredTensor(name, tuple(shape), dtype, file, start + begin)


def _are_lengths(values: Any) -> TypeGuard[list[int]]:
    return isinstance(values, list) and all(type(one) is int and 0 <= one <= MAX_LENGTH for one in values)
