"""Stored tensors as tensors of the model: in GGUF's row order, joined from parts, in pieces of at most 64 MB."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from app.errors import Fixable
from app.runtime.weights.architectures import bloom, llama
from app.runtime.weights.ggml import GgmlType
from app.runtime.weights.hyper import Hyper
from app.runtime.weights.records import PIECE_BYTES, Array, Dtype, ModelTensor, Piece, StoredTensor

ARCHITECTURES = MappingProxyType({"bloom": bloom, "llama": llama})

_TYPES = {
    Dtype.F32: GgmlType.F32,
    Dtype.F16: GgmlType.F16,
    Dtype.BF16: GgmlType.BF16,
    Dtype.F64: GgmlType.F32,
}


@dataclass(frozen=True, eq=False)
class FloatTensor:
    """One stored tensor of floats; `row_order` as in `Place`. Vectors come as float32 whatever they are stored in."""

    name: str
    stored: StoredTensor
    row_order: NDArray[np.int64] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.stored.shape

    @property
    def type(self) -> GgmlType:
        """Raises `Fixable("weights-type")` for a tensor of integers."""
        return _ggml_type(self.name, (self.stored,))

    @property
    def keep(self) -> GgmlType:
        return self.type

    @property
    def order(self) -> tuple[str, int]:
        return self.stored.file.name, self.stored.offset

    @property
    def source_bytes(self) -> int:
        return _size(self.stored)

    def pieces(self) -> Iterator[Piece]:
        kind = self.type
        if len(self.shape) == 1:
            vector = _numbers(self.stored.read(), self.stored.dtype, kind)
            yield Piece(0, (vector if self.row_order is None else vector[self.row_order]).reshape(1, -1))
            return
        step = _rows_per_piece(self.stored.row_bytes)
        for first, last in _runs(self.row_order, self.shape[0], step):
            rows = _numbers(self.stored.read(first, last), self.stored.dtype, kind)
            if self.row_order is None:
                yield Piece(first, rows)
                continue
            for start in range(first, last, step):  # several only where rows move further than a piece is long
                yield Piece(start, rows[self.row_order[start : min(start + step, last)] - first])


@dataclass(frozen=True, eq=False)
class JoinedTensor:
    """Parts of one tensor in several files, one below the other (`axis` 0) or side by side (`axis` 1).

    Raises `Fixable("weights-shape")` if the parts do not fit together."""

    name: str
    parts: Sequence[StoredTensor]
    axis: int

    def __post_init__(self) -> None:
        first = self.parts[0].shape
        for part in self.parts:
            if len(part.shape) != 2 or len(first) != 2 or part.shape[1 - self.axis] != first[1 - self.axis]:
                raise _wrong_shape(part.file.name, self.name, part.shape, first)

    @property
    def shape(self) -> tuple[int, ...]:
        total = sum(part.shape[self.axis] for part in self.parts)
        return (total, self.parts[0].shape[1]) if self.axis == 0 else (self.parts[0].shape[0], total)

    @property
    def type(self) -> GgmlType:
        """Raises `Fixable("weights-type")` for a tensor of integers."""
        return _ggml_type(self.name, self.parts)

    @property
    def keep(self) -> GgmlType:
        return self.type

    @property
    def order(self) -> tuple[str, int]:
        return self.parts[0].file.name, self.parts[0].offset

    @property
    def source_bytes(self) -> int:
        return sum(_size(part) for part in self.parts)

    def pieces(self) -> Iterator[Piece]:
        kind = self.type
        if self.axis == 0:
            above = 0
            for part in self.parts:
                for first, last in _runs(None, part.shape[0], _rows_per_piece(part.row_bytes)):
                    yield Piece(above + first, _numbers(part.read(first, last), part.dtype, kind))
                above += part.shape[0]
            return
        step = _rows_per_piece(sum(part.row_bytes for part in self.parts))
        for first, last in _runs(None, self.shape[0], step):
            side_by_side = [_numbers(part.read(first, last), part.dtype, kind) for part in self.parts]
            yield Piece(first, np.concatenate(side_by_side, axis=1))


def check_complete(tensors: Iterable[ModelTensor], hyper: Hyper, file: str) -> None:
    """Raise `Fixable` naming the first tensor that is missing, wrong in shape or type, unknown, or there twice."""
    architecture = ARCHITECTURES[hyper.architecture]
    expected = architecture.shapes(hyper)
    found: dict[str, ModelTensor] = {}
    for tensor in tensors:
        if tensor.name not in expected:
            raise Fixable("weights-tensor-unknown", file=file, tensor=tensor.name)
        if tensor.name in found:
            raise Fixable("weights-damaged", file=file, detail=f"tensor {tensor.name} twice")
        found[tensor.name] = tensor
    for name, shape in expected.items():
        if name not in found:
            if name in architecture.OPTIONAL:
                continue
            raise Fixable("weights-tensor-missing", file=file, tensor=name)
        if found[name].shape != shape:
            raise _wrong_shape(file, name, found[name].shape, shape)
        _ = found[name].type  # raises for integers


def float32(values: Array, dtype: Dtype) -> NDArray[np.float32]:
    """Stored numbers (BF16 as uint16) as float32; exact except for float64."""
    if dtype is Dtype.BF16:
        return (values.astype(np.uint32) << np.uint32(16)).view(np.float32)
    with np.errstate(over="ignore"):  # infinity is found when the tensor is written
        return values.astype(np.float32, copy=False)


def _ggml_type(name: str, parts: Sequence[StoredTensor]) -> GgmlType:
    for part in parts:
        if part.dtype not in _TYPES:
            raise Fixable("weights-type", file=part.file.name, tensor=name, type=part.dtype.name)
    kinds = {_TYPES[part.dtype] for part in parts}
    return kinds.pop() if len(kinds) == 1 and len(parts[0].shape) > 1 else GgmlType.F32


def _numbers(values: Array, dtype: Dtype, kind: GgmlType) -> Array:
    return float32(values, dtype) if kind is GgmlType.F32 else values


def _size(stored: StoredTensor) -> int:
    return math.prod(stored.shape) * stored.dtype.numpy.itemsize


def _rows_per_piece(row_bytes: int) -> int:
    return max(1, PIECE_BYTES // max(1, row_bytes))


def _runs(order: NDArray[np.int64] | None, rows: int, step: int) -> Iterator[tuple[int, int]]:
    """Ranges of stored rows to read at once: `step` rows at most, unless `order` moves rows further than that."""
    if order is None:
        yield from ((start, min(start + step, rows)) for start in range(0, rows, step))
        return
    # Up to such a row, the new rows are exactly the old ones, so what lies before it can be read on its own.
    closed = np.flatnonzero(np.maximum.accumulate(order) == np.arange(rows)) + 1
    start = 0
    while start < rows:
        shortest = int(np.searchsorted(closed, start, side="right"))
        longest = int(np.searchsorted(closed, start + step, side="right")) - 1
        stop = int(closed[max(shortest, longest)])
        yield start, stop
        start = stop


def _wrong_shape(file: str, name: str, found: tuple[int, ...], expected: tuple[int, ...]) -> Fixable:
    return Fixable("weights-shape", file=file, tensor=name, found=_text(found), expected=_text(expected))


def _text(shape: tuple[int, ...]) -> str:
    return " x ".join(str(length) for length in shape) or "1"
