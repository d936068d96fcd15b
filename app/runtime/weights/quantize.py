"""Weights into ggml's blocks and back, by ggml's own functions, on several threads.

They are reached through llama.cpp's handle: `llama_cpp._ggml` is a second copy of the library with its own registry.
The bytes are those of `llama_model_quantize`, which calls the same `ggml_quantize_chunk`.
"""

from __future__ import annotations

import ctypes
import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from app.errors import Fixable, InternalBug
from app.runtime.backends import for_processor
from app.runtime.jobs import CancelToken
from app.runtime.weights.ggml import BLOCKS, FLOATS, GgmlType, row_size
from app.runtime.weights.records import Array

SLAB = 262_144  # weights that a thread converts at a time: 1 MB of float32, which stays in a core's cache
VECTOR = 16  # float32 numbers in the widest vector that ggml's float16 functions use

# ggml aborts the process when asked for a type that needs an importance matrix; these need none
TARGETS = FLOATS | {
    GgmlType.Q4_0,
    GgmlType.Q4_1,
    GgmlType.Q5_0,
    GgmlType.Q5_1,
    GgmlType.Q8_0,
    GgmlType.Q2_K,
    GgmlType.Q3_K,
    GgmlType.Q4_K,
    GgmlType.Q5_K,
    GgmlType.Q6_K,
}

NUMPY = {GgmlType.F32: np.dtype("<f4"), GgmlType.F16: np.dtype("<f2"), GgmlType.BF16: np.dtype("<u2")}

# The bits, without the sign, of the smallest number that a target refuses. Floats: infinity; F16 also what rounds to
# it, as halfway between 65504, its largest, and 65536 does. Blocks: 2**36. That is more than their scales can hold,
# which is checked in the result, but far below where the sums in Q3_K and Q6_K overflow and leave zeros in silence.
_INFINITY = {GgmlType.F32: 0x7F80_0000, GgmlType.F16: 0x7C00, GgmlType.BF16: 0x7F80}
_TOO_LARGE_FOR_F16 = {GgmlType.F32: 0x477F_F000, GgmlType.F16: 0x7C00, GgmlType.BF16: 0x4780}
_TOO_LARGE_FOR_BLOCKS = {GgmlType.F32: 0x5180_0000, GgmlType.F16: 0x7C00, GgmlType.BF16: 0x5180}

RowFunction = Callable[[int, int, int], None]  # (from address, to address, number of weights)


class _OutOfRange(Exception):
    """A number is infinite, not a number, or becomes so in the target type."""


class Quantizer:
    """Turns rows of weights from one ggml type into another. A context manager: leaving it ends the threads."""

    def __init__(self, threads: int, cancel: CancelToken | None = None) -> None:
        """`threads` counts the caller's, which works too. `cancel` is looked at some 50 times a second and thread."""
        self._threads = max(1, threads)
        self._cancel = cancel or CancelToken()
        self._pool = ThreadPoolExecutor(max(1, self._threads - 1), thread_name_prefix="quantizer")

    def __enter__(self) -> Quantizer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown()

    def convert(
        self, values: Array, source: GgmlType, target: GgmlType, *, file: str, tensor: str, out: Array | None = None
    ) -> Array:
        """`values` of type `source` as `target`: bytes, uint8 of shape (rows, bytes per row).

        `values` is `(rows, columns)` of float32, float16 or, for BF16, uint16, or `(rows, row_bytes)` of uint8 blocks.
        `out` receives the result if given; without it a new array does, or `values` itself where nothing changes.
        Raises `Fixable("weights-overflow")` with `file` and `tensor` if a number is not finite or too large for
        `target`, and `Cancelled`. Extra memory: 1 MB per thread.
        """
        columns = _columns(values, source, target)
        if out is None and source is not target:
            out = np.empty((len(values), row_size(target, columns)), np.uint8)
        if out is not None and (
            out.dtype != np.uint8 or not out.flags.c_contiguous or out.shape != (len(values), row_size(target, columns))
        ):
            raise InternalBug("internal-bug", kind="Quantizer", detail=f"{out.dtype} {out.shape} for {tensor}")
        try:
            self._on_all_threads(values, source, target, columns, out)
        except _OutOfRange:
            raise Fixable("weights-overflow", file=file, tensor=tensor) from None
        return np.ascontiguousarray(values).view(np.uint8) if out is None else out

    def _on_all_threads(
        self, values: Array, source: GgmlType, target: GgmlType, columns: int, out: Array | None
    ) -> None:
        rows = max(1, SLAB // max(1, columns))
        starts = deque(range(0, len(values), rows) if columns else ())

        def work() -> None:
            scratch = np.empty((min(rows, len(values)), columns), np.float32)
            try:
                while starts:
                    self._cancel.check()
                    try:
                        start = starts.popleft()
                    except IndexError:  # another thread took it
                        return
                    slab = np.require(values[start : start + rows], requirements=["C", "A"])
                    room = None if out is None else out[start : start + rows]
                    _convert(slab, source, target, scratch[: len(slab)], room)
            except BaseException:
                starts.clear()  # the others stop as well
                raise

        others = [self._pool.submit(work) for _ in range(min(self._threads, len(starts)) - 1)]
        try:
            work()
        finally:
            wait(others)
        for other in others:
            other.result()


def dequantize(values: Array, kind: GgmlType) -> Array:
    """Rows of `kind` (as `Quantizer.convert` takes them) as float32 of shape (rows, columns), unchecked."""
    columns = _columns(values, kind, GgmlType.F32)
    values = np.require(values, requirements=["C", "A"])
    floats = np.empty((len(values), columns), np.float32)
    if floats.size:
        _to_float32(values, kind, floats)
    return floats


def _columns(values: Array, source: GgmlType, target: GgmlType) -> int:
    """Weights per row. Raises `InternalBug` for what would make ggml abort; readers have checked files for it."""
    block = BLOCKS[source]
    length = values.shape[1] if values.ndim == 2 else -1
    columns = length if source in FLOATS else length // block.size * block.weights
    fits = length >= 0 and (source in FLOATS or length % block.size == 0) and columns % BLOCKS[target].weights == 0
    known = values.dtype == NUMPY.get(source, np.uint8) and (target in TARGETS or target is source)
    if not (fits and known):
        detail = f"{source.name} {values.dtype} {values.shape} to {target.name}"
        raise InternalBug("internal-bug", kind="Quantizer", detail=detail)
    return columns


def _convert(values: Array, source: GgmlType, target: GgmlType, scratch: Array, out: Array | None) -> None:
    """One slab on one thread. `out` may be missing where `source` is `target`; then it is only checked."""
    if source in FLOATS:
        _check_range(values, source, target)
    if source is target:
        if source not in FLOATS:
            _check_blocks(values, source)
        if out is not None:
            out[:] = values.view(np.uint8)
        return
    assert out is not None
    if source is GgmlType.F32:
        floats = values
    else:
        direct = target is GgmlType.F32 and out.ctypes.data % 4 == 0
        floats = out.view(np.float32) if direct else scratch
        _to_float32(values, source, floats)
    if source not in FLOATS:
        _check_range(floats, GgmlType.F32, target)
    _from_float32(floats, target, out)


def _to_float32(values: Array, source: GgmlType, floats: Array) -> None:
    if source is GgmlType.F32:
        floats[:] = values
    else:
        _ggml().to_float32[source](values.ctypes.data, floats.ctypes.data, floats.size)


def _from_float32(floats: Array, target: GgmlType, out: Array) -> None:
    ggml = _ggml()
    if target is GgmlType.F32:
        if out.ctypes.data != floats.ctypes.data:
            out[:] = floats.view(np.uint8)
    elif target is GgmlType.F16:
        ggml.to_float16(floats.ctypes.data, out.ctypes.data, floats.size)
    else:
        ggml.quantize(target, floats.ctypes.data, out.ctypes.data, 0, *floats.shape, None)
        _check_blocks(out, target)


def _check_range(values: Array, kind: GgmlType, target: GgmlType) -> None:
    """Raise `_OutOfRange` unless `target` can hold all `values`. Compares the bits as integers, of which numpy finds
    the largest several times as fast as it tests floats: signed among the positive, unsigned among the negative."""
    limits = _INFINITY if target in FLOATS else _TOO_LARGE_FOR_BLOCKS
    limit = (_TOO_LARGE_FOR_F16 if target is GgmlType.F16 else limits)[kind]
    bits = values.dtype.itemsize * 8
    positive = int(values.view(f"<i{bits // 8}").max())
    negative = int(values.view(f"<u{bits // 8}").max()) - (1 << (bits - 1))
    if max(positive, negative) >= limit:
        raise _OutOfRange


def _check_blocks(blocks: Array, kind: GgmlType) -> None:
    """Raise `_OutOfRange` if a block's scale is not finite. llama.cpp makes the same check on what it quantizes."""
    if not _ggml().validate(kind, blocks.ctypes.data, blocks.nbytes):
        raise _OutOfRange


@dataclass(frozen=True)
class _Ggml:
    """The functions used here; they release the GIL."""

    quantize: Callable[..., int]
    validate: Callable[..., bool]
    to_float32: dict[GgmlType, RowFunction]
    to_float16: RowFunction


class _Traits(ctypes.Structure):
    """`struct ggml_type_traits` of `ggml/include/ggml.h`."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("block_weights", ctypes.c_int64),
        ("interleave", ctypes.c_int64),
        ("block_size", ctypes.c_size_t),
        ("quantized", ctypes.c_bool),
        ("to_float", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)),
        ("from_float", ctypes.c_void_p),
    ]


@cache
def _ggml() -> _Ggml:
    pointer, length = ctypes.c_void_p, ctypes.c_int64
    chunk = [ctypes.c_int, pointer, pointer, length, length, length, pointer]
    traits = _function("ggml_get_type_traits", ctypes.POINTER(_Traits), [ctypes.c_int])
    to_float32: dict[GgmlType, RowFunction] = {
        kind: traits(kind).contents.to_float for kind in GgmlType if kind is not GgmlType.F32
    }
    to_float32[GgmlType.F16] = _faster("ggml_cpu_fp16_to_fp32", "ggml_fp16_to_fp32_row", _all_float16(), np.float32)
    return _Ggml(
        _function("ggml_quantize_chunk", ctypes.c_size_t, chunk),
        _function("ggml_validate_row_data", ctypes.c_bool, [ctypes.c_int, pointer, ctypes.c_size_t]),
        to_float32,
        _faster("ggml_cpu_fp32_to_fp16", "ggml_fp32_to_fp16_row", _rounding_cases(), np.float16),
    )


def _faster(fast: str, plain: str, cases: Array, result: Any) -> RowFunction:
    """`fast` for whole vectors, if there is such a function and it does with `cases` what `plain` does; else `plain`.

    ggml's base library is compiled for any processor. The processor's own float16 instructions, 8 to 18 times as
    fast, are in its CPU back end. That is not always linked, and what is left of a row after the last whole vector,
    on old processors all of it, it looks up in a table that is empty until the back end is started.
    """
    arguments = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
    sure: RowFunction = _function(plain, None, arguments)
    try:
        candidate: RowFunction = _function(fast, None, arguments)
    except AttributeError:
        return sure
    cases = cases[: cases.size // VECTOR * VECTOR]
    results = []
    for function in (sure, candidate):
        results.append(np.zeros(cases.shape, result))
        function(cases.ctypes.data, results[-1].ctypes.data, cases.size)
    if results[0].tobytes() != results[1].tobytes():
        return sure
    return lambda values, out, count: (sure if count % VECTOR else candidate)(values, out, count)


def _all_float16() -> Array:
    """Every finite float16."""
    bits = np.arange(1 << 16, dtype=np.uint16)
    return bits[(bits & 0x7FFF) < 0x7C00].view(np.float16)


def _rounding_cases() -> Array:
    """Every finite float16 as float32, halfway to the next, and a little beside that."""
    exact = _all_float16().astype(np.float32)
    halfway = (exact[:-1] + exact[1:]) / 2
    return np.concatenate([exact, halfway, np.nextafter(halfway, -1), np.nextafter(halfway, 1)], dtype=np.float32)


def _function(name: str, result: Any, arguments: list[Any]) -> Any:
    """A ggml function of our own: argument types set on a shared one would be everybody's.
    Raises `AttributeError` if the build lacks it."""
    for library in _libraries():
        try:
            function = library[name]
        except AttributeError:
            continue
        function.restype, function.argtypes = result, arguments
        return function
    raise AttributeError(name)


@cache
def _libraries() -> list[Any]:
    import llama_cpp

    module: Any = llama_cpp
    folder = Path(module.__file__).parent / "lib"
    found = [module.llama_cpp._lib]
    if sys.platform == "win32":  # looks for names in one DLL only, but has each DLL once however often it is opened
        found += [
            ctypes.CDLL(str(folder / name)) for name in ("ggml-base.dll", "ggml-cpu.dll") if (folder / name).exists()
        ]
    linked = any(hasattr(library, "ggml_backend_cpu_reg") for library in found)
    if not linked and (processor := for_processor(folder)):
        found.append(processor[1])
    return found
