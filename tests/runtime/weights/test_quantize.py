"""Blocks are ggml's own, byte for byte, on any number of threads; what the target cannot hold is told."""

from __future__ import annotations

import ctypes
import subprocess
import sys
import tracemalloc
from typing import Any

import gguf
import numpy as np
import pytest

from app.errors import Cancelled, Fixable, InternalBug
from app.runtime.jobs import CancelToken
from app.runtime.weights.ggml import BLOCKS, FLOATS, GgmlType, row_size
from app.runtime.weights.quantize import Quantizer, dequantize

QUANTIZED = [
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
]

NEWER_THAN_GGUF = {GgmlType.Q1_0, GgmlType.Q2_0}  # the package cannot read them yet


def ggml(name: str, result: Any, *arguments: Any) -> Any:
    import llama_cpp

    function = llama_cpp.llama_cpp._lib[name]
    function.restype, function.argtypes = result, arguments
    return function


def chunk(values: np.ndarray, kind: GgmlType) -> np.ndarray:
    """All rows in one call of `ggml_quantize_chunk`, as a single-threaded `llama_model_quantize` makes it."""
    pointer, length = ctypes.c_void_p, ctypes.c_int64
    call = ggml("ggml_quantize_chunk", ctypes.c_size_t, ctypes.c_int, pointer, pointer, *[length] * 3, pointer)
    values = np.ascontiguousarray(values, np.float32)
    out = np.empty((values.shape[0], row_size(kind, values.shape[1])), np.uint8)
    assert call(kind, values.ctypes.data, out.ctypes.data, 0, *values.shape, None) == out.nbytes
    return out


def weights(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal((rows, columns)) * 0.02).astype(np.float32)


def bfloat16(values: np.ndarray) -> np.ndarray:
    return (values.view(np.uint32) >> 16).astype(np.uint16)


def as_float32(values: np.ndarray, kind: GgmlType) -> np.ndarray:
    if kind is GgmlType.BF16:
        return (values.astype(np.uint32) << 16).view(np.float32)
    return values.astype(np.float32)


def convert(values: np.ndarray, source: GgmlType, target: GgmlType, threads: int = 1, **options: Any) -> np.ndarray:
    with Quantizer(threads) as quantizer:
        return quantizer.convert(values, source, target, file="model.bin", tensor="output.weight", **options)


def overflows(values: np.ndarray, source: GgmlType, target: GgmlType) -> bool:
    try:
        convert(values, source, target, threads=2)
    except Fixable as error:
        assert error.code == "weights-overflow"
        assert error.params == {"file": "model.bin", "tensor": "output.weight"}
        return True
    return False


@pytest.mark.parametrize("kind", list(GgmlType))
def test_block_sizes_are_the_librarys(kind: GgmlType) -> None:
    assert BLOCKS[kind].size == ggml("ggml_type_size", ctypes.c_size_t, ctypes.c_int)(kind)
    assert BLOCKS[kind].weights == ggml("ggml_blck_size", ctypes.c_int64, ctypes.c_int)(kind)
    name = ggml("ggml_type_name", ctypes.c_char_p, ctypes.c_int)(kind)
    assert name.decode().upper() == kind.name


@pytest.mark.parametrize("kind", QUANTIZED)
@pytest.mark.parametrize("source", sorted(FLOATS))
def test_bytes_are_those_of_one_call_of_ggml(kind: GgmlType, source: GgmlType) -> None:
    values = weights(11, 512)
    stored = {GgmlType.F32: values, GgmlType.F16: values.astype(np.float16), GgmlType.BF16: bfloat16(values)}[source]
    assert np.array_equal(convert(stored, source, kind), chunk(as_float32(stored, source), kind))


def test_bytes_do_not_depend_on_threads_or_slabs() -> None:
    values = weights(1031, 1056).astype(np.float16)  # 1.09 million weights: more than one slab per thread
    expected = chunk(values, GgmlType.Q5_1)
    for threads in (1, 2, 5):
        assert np.array_equal(convert(values, GgmlType.F16, GgmlType.Q5_1, threads), expected)


def test_a_row_longer_than_a_slab() -> None:
    values = weights(3, 300_032)
    assert np.array_equal(convert(values, GgmlType.F32, GgmlType.Q8_0, 2), chunk(values, GgmlType.Q8_0))


def test_the_result_goes_where_the_caller_wants_it() -> None:
    values, file = weights(4, 64), np.zeros((10, 36), np.uint8)
    out = file[3:7]
    assert convert(values, GgmlType.F32, GgmlType.Q4_0, out=out) is out
    assert np.array_equal(file[3:7], chunk(values, GgmlType.Q4_0))
    assert not file[:3].any() and not file[7:].any()


def test_strided_unaligned_and_readonly_values() -> None:
    values = weights(64, 64)
    expected = chunk(values[::2, :32], GgmlType.Q4_0)
    assert np.array_equal(convert(values[::2, :32], GgmlType.F32, GgmlType.Q4_0), expected)
    shifted = np.frombuffer(b"\0" + values[::2, :32].tobytes(), np.float32, offset=1).reshape(32, 32)
    assert not shifted.flags.aligned and not shifted.flags.writeable
    assert np.array_equal(convert(shifted, GgmlType.F32, GgmlType.Q4_0), expected)
    copied = convert(values[::2, :32], GgmlType.F32, GgmlType.F32)
    assert np.array_equal(copied.view(np.float32), values[::2, :32])


def test_float16_rounds_to_nearest_even_everywhere() -> None:
    bits = np.arange(0x7BFF, dtype=np.uint16)
    exact, above = bits.view(np.float16).astype(np.float32), (bits + 1).view(np.float16).astype(np.float32)
    halfway = (exact + above) / 2
    cases = np.concatenate([exact, halfway, np.nextafter(halfway, np.float32(0)), np.nextafter(halfway, above)])
    cases = np.concatenate([cases, -cases]).reshape(1, -1)
    result = convert(cases, GgmlType.F32, GgmlType.F16)
    assert np.array_equal(result.view(np.uint16), cases.astype(np.float16).view(np.uint16))


def test_float_types_into_each_other() -> None:
    values = weights(5, 33)
    half = values.astype(np.float16)
    assert np.array_equal(convert(half, GgmlType.F16, GgmlType.F32).view(np.float32), half.astype(np.float32))
    brain = bfloat16(values)
    exact = as_float32(brain, GgmlType.BF16)
    assert np.array_equal(convert(brain, GgmlType.BF16, GgmlType.F32).view(np.float32), exact)
    assert np.array_equal(convert(brain, GgmlType.BF16, GgmlType.F16).view(np.float16), exact.astype(np.float16))
    rounded = convert(values, GgmlType.F32, GgmlType.BF16).view(np.uint16)
    assert np.array_equal(rounded, gguf.quants.quantize(values, gguf.GGMLQuantizationType.BF16).view(np.uint16))


def test_an_odd_address_for_float32() -> None:
    half = weights(5, 33).astype(np.float16)
    out = np.zeros(5 * 33 * 4 + 1, np.uint8)[1:].reshape(5, 132)
    convert(half, GgmlType.F16, GgmlType.F32, out=out)
    assert out.tobytes() == half.astype(np.float32).tobytes()


def test_what_is_already_right_is_not_copied() -> None:
    half = weights(4, 32).astype(np.float16)
    assert np.shares_memory(convert(half, GgmlType.F16, GgmlType.F16), half)
    blocks = chunk(weights(4, 256), GgmlType.Q4_K)
    assert convert(blocks, GgmlType.Q4_K, GgmlType.Q4_K, 2) is not None
    assert np.shares_memory(convert(blocks, GgmlType.Q4_K, GgmlType.Q4_K), blocks)
    out = np.zeros_like(blocks)
    assert np.array_equal(convert(blocks, GgmlType.Q4_K, GgmlType.Q4_K, out=out), blocks)


def test_blocks_into_other_blocks() -> None:
    values = weights(9, 256)
    blocks = chunk(values, GgmlType.Q8_0)
    again = chunk(dequantize(blocks, GgmlType.Q8_0), GgmlType.Q4_K)
    assert np.array_equal(convert(blocks, GgmlType.Q8_0, GgmlType.Q4_K, 2), again)
    halves = convert(blocks, GgmlType.Q8_0, GgmlType.F16).view(np.float16)
    assert np.array_equal(halves, dequantize(blocks, GgmlType.Q8_0).astype(np.float16))
    floats = convert(blocks, GgmlType.Q8_0, GgmlType.F32).view(np.float32)
    assert np.array_equal(floats, dequantize(blocks, GgmlType.Q8_0))


@pytest.mark.parametrize("kind", [kind for kind in GgmlType if kind not in FLOATS | NEWER_THAN_GGUF])
def test_dequantizing_as_the_gguf_package_does(kind: GgmlType) -> None:
    """Any bytes are a block; its scales may be anything too."""
    rng = np.random.default_rng(kind)
    blocks = rng.integers(0, 256, (7, 3 * BLOCKS[kind].size), np.uint8)
    found = dequantize(blocks, kind)
    assert found.shape == (7, 3 * BLOCKS[kind].weights) and found.dtype == np.float32
    with np.errstate(all="ignore"):
        wanted = gguf.quants.dequantize(blocks, gguf.GGMLQuantizationType[kind.name])
    finite = np.isfinite(wanted)
    assert finite.mean() > 0.5
    assert np.array_equal(np.isfinite(found), finite)
    np.testing.assert_allclose(found[finite], wanted[finite], rtol=1e-4)


def test_dequantizing_floats_and_nothing() -> None:
    values = weights(2, 3)
    assert np.array_equal(dequantize(values, GgmlType.F32), values)
    brain = bfloat16(values)
    assert np.array_equal(dequantize(brain, GgmlType.BF16), as_float32(brain, GgmlType.BF16))
    assert dequantize(np.empty((0, 18), np.uint8), GgmlType.Q4_0).shape == (0, 32)
    assert convert(np.empty((0, 32), np.float32), GgmlType.F32, GgmlType.Q4_0).shape == (0, 18)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_float16_and_the_first_that_overflows(sign: int) -> None:
    for place in (0, 63, 300_000):
        values = weights(1, 300_032)
        values[0, place] = sign * np.nextafter(np.float32(65520), np.float32(0))
        assert abs(convert(values, GgmlType.F32, GgmlType.F16, 2).view(np.float16)[0, place]) == 65504
        values[0, place] = sign * 65520
        assert overflows(values, GgmlType.F32, GgmlType.F16)
        assert not overflows(values, GgmlType.F32, GgmlType.F32)
        brain = bfloat16(values)  # 65280 by truncation
        assert not overflows(brain, GgmlType.BF16, GgmlType.F16)
        brain[0, place] += 1  # 65536
        assert overflows(brain, GgmlType.BF16, GgmlType.F16)


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan, -np.nan])
@pytest.mark.parametrize("source", sorted(FLOATS))
def test_numbers_that_are_none(bad: float, source: GgmlType) -> None:
    values = weights(3, 256)
    values[2, 100] = bad
    stored = {GgmlType.F32: values, GgmlType.F16: values.astype(np.float16), GgmlType.BF16: bfloat16(values)}[source]
    for target in (GgmlType.F32, GgmlType.F16, GgmlType.BF16, GgmlType.Q4_0, GgmlType.Q6_K):
        assert overflows(stored, source, target)


@pytest.mark.parametrize("kind", QUANTIZED)
def test_scales_that_overflow(kind: GgmlType, capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever the size, it is told or the blocks hold it; ggml alone leaves zeros in Q3_K and Q6_K from 1e13 on."""
    values = weights(2, 256)
    for exponent in range(3, 38):
        values[1, 7] = 10.0**exponent
        if not overflows(values, GgmlType.F32, kind):
            blocks = convert(values, GgmlType.F32, kind)
            assert dequantize(blocks, kind)[1, 7] == pytest.approx(values[1, 7], rel=0.2)
            assert exponent < 10
        else:
            assert exponent > 4


def test_damaged_blocks(capfd: pytest.CaptureFixture[str]) -> None:
    blocks = chunk(weights(3, 64), GgmlType.Q4_0)
    blocks[2, 18:20] = np.array([np.inf], np.float16).view(np.uint8)
    for target in (GgmlType.Q4_0, GgmlType.F16, GgmlType.F32, GgmlType.Q8_0):
        assert overflows(blocks, GgmlType.Q4_0, target)
    blocks[2, 18:20] = np.array([60000], np.float16).view(np.uint8)
    assert not overflows(blocks, GgmlType.Q4_0, GgmlType.F32)
    assert overflows(blocks, GgmlType.Q4_0, GgmlType.F16)  # up to 8 times the scale


def test_cancel_ends_it() -> None:
    token = CancelToken()
    with Quantizer(2, token) as quantizer:
        values = weights(64, 32_768)
        quantizer.convert(values, GgmlType.F32, GgmlType.Q4_0, file="", tensor="")
        token.cancel()
        with pytest.raises(Cancelled):
            quantizer.convert(values, GgmlType.F32, GgmlType.Q4_0, file="", tensor="")


def test_memory_is_a_slab_per_thread() -> None:
    values, out = np.zeros((1024, 8192), np.float16), np.empty((1024, 4608), np.uint8)
    convert(values[:1], GgmlType.F16, GgmlType.Q4_0, 2)  # the library is loaded
    tracemalloc.start()
    convert(values, GgmlType.F16, GgmlType.Q4_0, 2, out=out)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


@pytest.mark.parametrize(
    "shape, dtype, source, target",
    [
        ((2, 100), np.float32, GgmlType.F32, GgmlType.Q4_0),  # no whole blocks
        ((2, 32), np.float32, GgmlType.F32, GgmlType.Q4_K),
        ((2, 17), np.uint8, GgmlType.Q4_0, GgmlType.F32),
        ((2, 256), np.float32, GgmlType.F32, GgmlType.IQ2_XXS),  # needs an importance matrix
        ((2, 32), np.float64, GgmlType.F32, GgmlType.F16),
        ((2, 32), np.float32, GgmlType.F16, GgmlType.F32),
        ((32,), np.float32, GgmlType.F32, GgmlType.F16),
    ],
)
def test_what_would_make_ggml_abort_is_refused(shape: Any, dtype: Any, source: GgmlType, target: GgmlType) -> None:
    with pytest.raises(InternalBug):
        convert(np.zeros(shape, dtype), source, target)


def test_a_result_array_of_the_wrong_shape_is_refused() -> None:
    for out in (np.zeros((2, 19), np.uint8), np.zeros((3, 18), np.uint8), np.zeros((2, 36), np.uint8)[:, ::2]):
        with pytest.raises(InternalBug):
            convert(weights(2, 32), GgmlType.F32, GgmlType.Q4_0, out=out)


def test_importing_loads_nothing() -> None:
    check = "import sys, app.runtime.weights.quantize; sys.exit('llama_cpp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
