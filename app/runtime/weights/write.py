"""Writes one GGUF file: the header first, then rows in any order, and the name at the end. Layout: `gguf_format`."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from app.runtime.weights import gguf_format as gguf
from app.runtime.weights.ggml import BLOCKS, GgmlType, row_size
from app.runtime.weights.gguf_format import ValueType
from app.runtime.weights.records import Array
from app.runtime.weights.staging import StagingFile

Layout = tuple[str, tuple[int, ...], GgmlType]  # name, shape slowest axis first, type


@dataclass
class _Slot:
    """Where a tensor lies and which of its rows have been written, as (first, one past the last)."""

    type: GgmlType
    rows: int
    row_bytes: int
    offset: int = 0
    written: list[tuple[int, int]] = field(default_factory=list)

    @property
    def size(self) -> int:
        return self.rows * self.row_bytes

    def first_gap(self) -> int:
        """The first row that nobody has written; `rows` if there is none."""
        reached = 0
        for first, stop in sorted(self.written):
            if first > reached:
                break
            reached = max(reached, stop)
        return reached


class GgufWriter:
    """A GGUF file in the making. It appears as `path` with `finish`; until then, and after `abort`, there is no `path`.

    `metadata`: keys in the order they are written, with values as `gguf_format.typed` takes them;
    `general.alignment` is left out, for the writer aligns to 32. `tensors`: name, shape and type of each, in file
    order. Raises `Fixable`: `out-exists`, `out-busy`, `disk-full`, `out-unwritable`; `ValueError` or `TypeError` for
    what no GGUF file can hold.
    """

    def __init__(
        self, path: Path, metadata: Mapping[str, Any], tensors: Sequence[Layout], *, overwrite: bool = False
    ) -> None:
        self._slots = {name: _slot(name, shape, kind) for name, shape, kind in tensors}
        if len(self._slots) != len(tensors):
            raise ValueError("a tensor twice")
        self._strings: dict[str, tuple[int, bytes]] = {}
        header = self._header(metadata, tensors)
        end = len(header)
        for slot in self._slots.values():
            slot.offset += len(header)
            end = slot.offset + gguf.padded(slot.size)
        self._size = end
        self._file = StagingFile(path, end, overwrite=overwrite)
        try:
            self._file.write(0, memoryview(header))
        except BaseException:
            self._file.abort()
            raise

    def __enter__(self) -> GgufWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()

    def write_rows(self, name: str, first_row: int, data: Array) -> None:
        """Rows `first_row` and following of a tensor: floats of its own type (uint16 for BF16) or, for any type,
        bytes as uint8, `(rows, ...)`. Axes before the last one count as rows, and a vector is one row.
        Raises `Fixable`: `disk-full`, `out-unwritable`."""
        slot = self._slots[name]
        if data.dtype not in (np.uint8, gguf.FLOAT_DTYPES.get(slot.type, np.uint8)):
            raise ValueError(f"{name}: {data.dtype} for {slot.type.name}")
        rows, rest = divmod(data.nbytes, slot.row_bytes)
        if rest or first_row < 0 or first_row + rows > slot.rows:
            raise ValueError(f"{name}: {data.nbytes} bytes at row {first_row} of {slot.rows}")
        if rows:
            packed = np.ascontiguousarray(data).reshape(-1).view(np.uint8)
            self._file.write(slot.offset + first_row * slot.row_bytes, packed.data)
            slot.written.append((first_row, first_row + rows))

    def patch_string(self, key: str, value: str | Sequence[str]) -> None:
        """Replace the value of a string or an array of strings by one whose strings have the same lengths in bytes."""
        offset, before = self._strings[key]
        after = gguf.encode_value(key, value if isinstance(value, str) else list(value))
        if _lengths(after) != _lengths(before):
            raise ValueError(f"{key}: another length")
        self._file.write(offset, memoryview(after))

    def finish(self) -> int:
        """Give the file its name once all of it is on the disk. Returns its size in bytes. Raises `Fixable`:
        `disk-full`, `out-unwritable`, `out-exists`; `ValueError` if rows are missing."""
        for name, slot in self._slots.items():
            gap = slot.first_gap()
            if gap < slot.rows:
                raise ValueError(f"{name}: row {gap} of {slot.rows} has not been written")
        self._file.finish()
        return self._size

    def abort(self) -> None:
        """Leave nothing behind. Does nothing after `finish` or a second time."""
        self._file.abort()

    def _header(self, metadata: Mapping[str, Any], tensors: Sequence[Layout]) -> bytes:
        """Everything before the weights; fills in the offsets of the slots, from the start of the data."""
        keys = {key: value for key, value in metadata.items() if key != gguf.ALIGNMENT_KEY}
        header = bytearray(gguf.MAGIC + struct.pack("<IQQ", gguf.VERSION, len(tensors), len(keys)))
        for key, value in keys.items():
            if not key:
                raise ValueError("a key without a name")
            header += gguf.encode_string(key)
            encoded = gguf.encode_value(key, value)
            one = gguf.typed(key, value)
            if ValueType.STRING in (one.type, one.items):
                self._strings[key] = (len(header), encoded)
            header += encoded
        offset = 0
        for name, shape, kind in tensors:
            slot = self._slots[name]
            slot.offset = offset
            header += gguf.encode_string(name) + struct.pack("<I", len(shape))
            header += struct.pack(f"<{len(shape)}Q", *reversed(shape)) + struct.pack("<IQ", kind, offset)
            offset += gguf.padded(slot.size)
        return bytes(header.ljust(gguf.padded(len(header)), b"\0"))


def _slot(name: str, shape: tuple[int, ...], kind: GgmlType) -> _Slot:
    possible = 1 <= len(shape) <= gguf.MAX_DIMS and min(shape) > 0 and shape[-1] % BLOCKS[kind].weights == 0
    if not possible or not 1 <= len(name.encode("utf-8", "surrogateescape")) <= gguf.MAX_NAME:
        raise ValueError(f"{name}: {shape} of {kind.name}")
    return _Slot(kind, math.prod(shape[:-1]), row_size(kind, shape[-1]))


def _lengths(encoded: bytes) -> list[int]:
    """Type, count and the length of every string of an encoded value."""
    array = struct.unpack_from("<I", encoded)[0] == ValueType.ARRAY
    found = list(struct.unpack_from("<IIQ" if array else "<I", encoded))
    at = struct.calcsize("<IIQ" if array else "<I")
    while at < len(encoded):
        found.append(struct.unpack_from("<Q", encoded, at)[0])
        at += 8 + found[-1]
    return found
