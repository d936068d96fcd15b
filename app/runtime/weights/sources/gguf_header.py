"""The header of a GGUF file, read without trust: every count is held against the file before memory is taken.

For the layout see `gguf_format`. The file is read in chunks that grow, not value by value.
"""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import Fixable
from app.runtime.weights import gguf_format as gguf
from app.runtime.weights.gguf_format import Typed, ValueType
from app.runtime.weights.records import BytesSource
from app.runtime.weights.sniff import check_not_placeholder, shown

FIRST_CHUNK = 64 * 1024
CHUNK = 4 * 1024 * 1024
LEAST_KEY = 8 + 1 + 4 + 1  # bytes: a name of one letter and a bool
LEAST_TENSOR = 8 + 1 + 4 + 8 + 4 + 8
EMPTY_STRING = sys.getsizeof("")
LIST_ITEM = 8

_SIZE = struct.Struct("<Q")
_NUMBER = struct.Struct("<I")
_COUNTS = struct.Struct("<QQ")


@dataclass(frozen=True)
class GgufTensor:
    """`shape` slowest axis first, `type` a number that `gguf_format.block_of` knows, `offset` from the file's start,
    `size` in bytes; they lie inside the file."""

    name: str
    shape: tuple[int, ...]
    type: int
    offset: int
    size: int


@dataclass(frozen=True)
class GgufHeader:
    """`metadata` in the file's order: strings, numbers, bools, lists of strings, ndarrays of numbers; `Typed` where
    the writer would choose another type, so that it writes every value as it was read."""

    file: BytesSource
    version: int
    metadata: dict[str, Any]
    tensors: tuple[GgufTensor, ...]
    alignment: int
    data_start: int

    def text(self, key: str) -> str:
        """A string among the metadata, "" where there is none."""
        value = self.metadata.get(key, "")
        return value if isinstance(value, str) else ""

    def number(self, key: str, default: int) -> int:
        """A whole number among the metadata. Raises `Fixable("weights-damaged")` if it is something else."""
        value = gguf.plain(self.metadata.get(key, default))
        if type(value) is not int:
            raise Fixable("weights-damaged", file=self.file.name, detail=key)
        return value


class _Cursor:
    """A place in the file, moving forward. What it has read is kept in `window`; `at` is the place inside that."""

    def __init__(self, file: BytesSource) -> None:
        self.file = file
        self._start = 0
        self._chunk = FIRST_CHUNK
        self._memory = gguf.MAX_METADATA
        self.window = b""
        self.at = 0

    @property
    def position(self) -> int:
        return self._start + self.at

    @property
    def left(self) -> int:
        return self.file.size - self.position

    def need(self, size: int) -> None:
        """Have `size` bytes from here on in the window."""
        if self.at + size <= len(self.window):
            return
        start = self.position
        if size > self.left:
            raise Fixable("weights-truncated", file=self.file.name)
        self.window = bytes(self.file.read(start, min(max(size, self._chunk), self.left)))
        self._start, self.at = start, 0
        self._chunk = min(2 * self._chunk, CHUNK)

    def skip(self, size: int) -> None:
        """Go on without reading. `size` must be inside the file."""
        if self.at + size <= len(self.window):
            self.at += size
        else:
            self._start, self.window, self.at = self.position + size, b"", 0

    def bulk(self, size: int) -> NDArray[np.uint8]:
        """The next `size` bytes in memory of their own. They must be inside the file."""
        if self.at + size <= len(self.window):
            data = np.frombuffer(self.window, np.uint8, size, self.at).copy()
        else:
            data = np.frombuffer(self.file.read(self.position, size), np.uint8)
        self.skip(size)
        return data

    def take(self, layout: struct.Struct) -> Any:
        self.need(layout.size)
        values = layout.unpack_from(self.window, self.at)
        self.at += layout.size
        return values[0] if len(values) == 1 else values

    def text(self, most: int, what: str) -> str:
        """A string of at most `most` bytes."""
        size = self.take(_SIZE)
        if size > most:
            raise self.damaged(f"{what}: {size} bytes")
        self.need(size)
        data = self.window[self.at : self.at + size]
        self.at += size
        return gguf.decode(data)

    def spend(self, size: int) -> None:
        """Count memory for values. Raises before too much is taken."""
        self._memory -= size
        if self._memory < 0:
            raise self.damaged(f"metadata above {gguf.MAX_METADATA} bytes")

    def check_count(self, what: str, count: int, least: int, most: int) -> None:
        """Hold a count against what is possible at all, then against what is left of the file."""
        if count > most:
            raise self.damaged(f"{what}: {count}")
        if count * least > self.left:
            raise Fixable("weights-truncated", file=self.file.name)

    def damaged(self, detail: str) -> Fixable:
        return Fixable("weights-damaged", file=self.file.name, detail=detail)


def parse(file: BytesSource, *, arrays: bool = True) -> GgufHeader:
    """Everything before the weights. Without `arrays` those are passed over and not among the metadata. Raises as
    `gguf_file.read_header` does."""
    check_not_placeholder(file)
    cursor = _Cursor(file)
    version = _version(cursor)
    tensors, keys = cursor.take(_COUNTS)
    cursor.check_count("keys", keys, LEAST_KEY, gguf.MAX_KEYS)
    cursor.check_count("tensors", tensors, LEAST_TENSOR, gguf.MAX_TENSORS)
    metadata = _metadata(cursor, keys, arrays)
    alignment = metadata.get(gguf.ALIGNMENT_KEY, gguf.ALIGNMENT)
    if type(alignment) is not int or alignment.bit_count() != 1 or alignment > gguf.MAX_ALIGNMENT:
        raise cursor.damaged(f"{gguf.ALIGNMENT_KEY}={gguf.plain(alignment)!r:.40}")
    entries = _entries(cursor, tensors)
    start = gguf.padded(cursor.position, alignment)
    return GgufHeader(file, version, metadata, _placed(file, entries, start, alignment), alignment, start)


def _version(cursor: _Cursor) -> int:
    name = cursor.file.name
    start = bytes(cursor.file.read(0, min(8, cursor.file.size)))
    if start[:4] == gguf.MAGIC[::-1]:
        raise Fixable("weights-big-endian", file=name)
    if start[:4] != gguf.MAGIC[: len(start)]:
        raise Fixable("weights-unknown", file=name)
    cursor.need(8)
    cursor.at = 4
    version: int = cursor.take(_NUMBER)
    if version & 0xFFFF == 0 and version:  # llama.cpp's test, too
        raise Fixable("weights-big-endian", file=name)
    if version not in gguf.VERSIONS:
        raise Fixable("weights-version", file=name, format="GGUF", version=version)
    return version


def _metadata(cursor: _Cursor, count: int, arrays: bool) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    seen: set[str] = set()
    for _ in range(count):
        key = cursor.text(gguf.MAX_KEY, "key")
        cursor.spend(sys.getsizeof(key))
        if not key or key in seen:
            raise cursor.damaged(f"key {shown(key)!r} twice" if key else "a key without a name")
        seen.add(key)
        kind = cursor.take(_NUMBER)
        if kind == ValueType.ARRAY:
            value = _array(cursor, key, arrays)
            if arrays:
                metadata[key] = value
        else:
            metadata[key] = _scalar(cursor, key, kind)
    return metadata


def _scalar(cursor: _Cursor, key: str, kind: int) -> Any:
    value: Any
    if kind == ValueType.STRING:
        value = cursor.text(gguf.MAX_STRING, shown(key))
        cursor.spend(sys.getsizeof(value))
        return value
    dtype = gguf.DTYPES.get(kind)
    if dtype is None:
        raise cursor.damaged(f"{shown(key)}: value type {kind}")
    cursor.need(dtype.itemsize)
    data = cursor.window[cursor.at : cursor.at + dtype.itemsize]
    cursor.at += dtype.itemsize
    value = any(data) if kind == ValueType.BOOL else np.frombuffer(data, dtype)[0].item()
    return value if gguf.typed(key, value).type == kind else Typed(value, ValueType(kind))


def _array(cursor: _Cursor, key: str, keep: bool) -> Any:
    items, count = cursor.take(_NUMBER), cursor.take(_SIZE)
    if items == ValueType.STRING:
        cursor.check_count(shown(key), count, _SIZE.size, gguf.MAX_STRINGS)
        cursor.spend(count * (EMPTY_STRING + LIST_ITEM))
        strings = _strings(cursor, key, count, keep)
        return strings if strings else Typed(strings, ValueType.ARRAY, ValueType.STRING)
    dtype = gguf.DTYPES.get(items)
    if dtype is None:  # an array of arrays among them, which llama.cpp refuses too
        raise cursor.damaged(f"{shown(key)}: array of type {items}")
    size = count * dtype.itemsize
    cursor.check_count(shown(key), count, dtype.itemsize, gguf.MAX_METADATA)
    if not keep:
        cursor.skip(size)
        return None
    cursor.spend(size)
    data = cursor.bulk(size)
    return data.astype(np.bool_) if items == ValueType.BOOL else data.view(dtype)


def _strings(cursor: _Cursor, key: str, count: int, keep: bool) -> list[str]:
    """The items of an array. A quarter of a million tokens take a tenth of a second."""
    found: list[str] = []
    counted = 0
    window, at, end = cursor.window, cursor.at, len(cursor.window)
    size_at, decode = _SIZE.unpack_from, gguf.decode
    for _ in range(count):
        if at + 8 > end or (size := size_at(window, at)[0]) > end - at - 8:
            # the window ends here: memory is counted once per window, then the next one is read
            cursor.spend(_text_size(found[counted:]))
            counted = len(found)
            cursor.at = at
            cursor.need(8)
            size = size_at(cursor.window, cursor.at)[0]
            if size > gguf.MAX_STRING:
                raise cursor.damaged(f"{shown(key)}: a string of {size} bytes")
            cursor.need(8 + size)
            window, at, end = cursor.window, cursor.at, len(cursor.window)
        at += 8
        if keep:
            found.append(decode(window[at : at + size]))
        at += size
    cursor.at = at
    cursor.spend(_text_size(found[counted:]))
    return found


def _text_size(strings: list[str]) -> int:
    """Memory of strings beyond what empty ones take."""
    return sum(map(sys.getsizeof, strings)) - EMPTY_STRING * len(strings)


def _entries(cursor: _Cursor, count: int) -> list[GgufTensor]:
    """The table of tensors, with offsets as stored: from the start of the data."""
    found: dict[str, GgufTensor] = {}
    for _ in range(count):
        name = cursor.text(gguf.MAX_NAME, "tensor name")
        axes = cursor.take(_NUMBER)
        if not 1 <= axes <= gguf.MAX_DIMS:
            raise cursor.damaged(f"tensor {shown(name)}: {axes} dimensions")
        shape = tuple(cursor.take(_SIZE) for _ in range(axes))[::-1]
        kind, offset = cursor.take(_NUMBER), cursor.take(_SIZE)
        weights = math.prod(shape)
        if not 0 < weights <= gguf.MAX_WEIGHTS:
            raise cursor.damaged(f"tensor {shown(name)}: {' x '.join(map(str, shape))}")
        block = gguf.block_of(kind)
        if block is None:
            raise Fixable("weights-type", file=cursor.file.name, tensor=shown(name), type=kind)
        if shape[-1] % block.weights:
            raise cursor.damaged(f"tensor {shown(name)}: rows of {shape[-1]} in {gguf.type_name(kind)}")
        if not name or not name.isprintable():
            raise cursor.damaged(f"tensor name {shown(name)!r}")
        if name in found:
            raise cursor.damaged(f"tensor {shown(name)} twice")
        found[name] = GgufTensor(name, shape, kind, offset, weights // block.weights * block.size)
    return list(found.values())


def _placed(file: BytesSource, entries: Sequence[GgufTensor], start: int, alignment: int) -> tuple[GgufTensor, ...]:
    """Tensors with offsets from the file's start, each inside the file and on its own."""
    whole = start + sum(gguf.padded(entry.size, alignment) for entry in entries)
    placed = []
    for entry in entries:
        offset = start + entry.offset
        if offset % alignment or offset + entry.size > whole:
            raise _misplaced(file, entry, entry.offset)
        if offset + entry.size > file.size:
            raise Fixable("weights-truncated", file=file.name)
        placed.append(GgufTensor(entry.name, entry.shape, entry.type, offset, entry.size))
    end = start
    for entry in sorted(placed, key=lambda one: one.offset):
        if entry.offset < end:
            raise _misplaced(file, entry, entry.offset - start)
        end = entry.offset + entry.size
    return tuple(placed)


def _misplaced(file: BytesSource, entry: GgufTensor, offset: int) -> Fixable:
    return Fixable("weights-damaged", file=file.name, detail=f"tensor {shown(entry.name)} at {offset}")
