"""Legacy blocks against what the original programs said, against llama.cpp's own reader, and against plain loops."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
from gguf.quants import dequantize as dequantize_today

from app.runtime.weights.files import PlainFile
from app.runtime.weights.sources.legacy_blocks import (
    BlockVersion,
    LegacyType,
    ScaleOverflow,
    block,
    dequantize,
    integers,
    repack,
    to_today,
    today_type,
)
from app.runtime.weights.sources.legacy_ggml import read_legacy

PAIRED, SPLIT, TODAY = BlockVersion
BLOCKS = [
    LegacyType.Q4_0,
    LegacyType.Q4_1,
    LegacyType.Q4_2,
    LegacyType.Q4_3,
    LegacyType.Q5_0,
    LegacyType.Q5_1,
    LegacyType.Q8_0,
]
SIZES = {  # bytes by version of the container
    LegacyType.Q4_0: (20, 20, 18),
    LegacyType.Q4_1: (24, 24, 20),
    LegacyType.Q4_2: (10, None, None),
    LegacyType.Q4_3: (12, None, None),
    LegacyType.Q5_0: (22, 22, 22),
    LegacyType.Q5_1: (24, 24, 24),
    LegacyType.Q8_0: (36, 36, 34),
    LegacyType.F32: (4, 4, 4),
    LegacyType.F16: (2, 2, 2),
    LegacyType.Q4_K: (None, None, 144),
    LegacyType.Q6_K: (None, None, 210),
}
CASES = [(kind, version) for kind in BLOCKS for version in BlockVersion if SIZES[kind][version - 1]]


def old_blocks(kind: LegacyType, version: BlockVersion, rows: int, blocks: int, seed: int = 7) -> np.ndarray:
    """Random quants with scales such as models have, `(rows, row_bytes)`; negative d too, as later quantizers wrote."""
    random = np.random.default_rng(seed)
    size = SIZES[kind][version - 1]
    data = random.integers(0, 256, (rows * blocks, size), dtype=np.uint8)
    with_minimum = kind in (LegacyType.Q4_1, LegacyType.Q4_3, LegacyType.Q5_1)
    half = version is TODAY or kind not in (LegacyType.Q4_0, LegacyType.Q4_1, LegacyType.Q8_0)
    scales = random.normal(0, 0.02, (rows * blocks, 2 if with_minimum else 1)).astype("<f2" if half else "<f4")
    data[:, : scales.itemsize * scales.shape[1]] = scales.view(np.uint8)
    return data.reshape(rows, -1)


def weights_of(one: bytes, kind: LegacyType, version: BlockVersion) -> list[float]:
    """One block as ggml of that time described it, weight by weight."""
    half = version is TODAY or kind not in (LegacyType.Q4_0, LegacyType.Q4_1, LegacyType.Q8_0)
    count = 2 if kind in (LegacyType.Q4_1, LegacyType.Q4_3, LegacyType.Q5_1) else 1
    scales = struct.unpack_from(f"<{count}{'e' if half else 'f'}", one)
    at = count * (2 if half else 4)
    d, m = scales[0], scales[1] if count == 2 else 0.0
    if kind is LegacyType.Q8_0:
        return [d * q for q in struct.unpack_from("<32b", one, at)]
    high = 0
    if kind in (LegacyType.Q5_0, LegacyType.Q5_1):
        high, at = struct.unpack_from("<I", one, at)[0], at + 4
    length = 16 if kind in (LegacyType.Q4_2, LegacyType.Q4_3) else 32
    found = []
    for i in range(length):
        byte, upper = (
            (one[at + i // 2], i % 2) if version is PAIRED else (one[at + i % (length // 2)], i >= length // 2)
        )
        q = (byte >> 4 if upper else byte & 15) | (high >> i & 1) << 4
        zero = {LegacyType.Q4_0: 8, LegacyType.Q4_2: 8, LegacyType.Q5_0: 16}.get(kind, 0)
        found.append((q - zero) * d + m)
    return found


def test_sizes_are_those_of_each_version() -> None:
    for kind, sizes in SIZES.items():
        for version, size in zip(BlockVersion, sizes, strict=True):
            found = block(kind, version)
            assert (found.size if found else None) == size, (kind, version)


@pytest.mark.parametrize(("kind", "version"), CASES)
def test_dequantize_follows_the_written_rule(kind: LegacyType, version: BlockVersion) -> None:
    data = old_blocks(kind, version, 3, 5)
    size = SIZES[kind][version - 1]
    wanted = [weight for one in data.reshape(-1, size) for weight in weights_of(one.tobytes(), kind, version)]
    found = dequantize(data, kind, version)
    assert found.dtype == np.float32
    assert found.shape == (3, len(wanted) // 3)
    np.testing.assert_allclose(found.reshape(-1), wanted, rtol=2e-7, atol=1e-8)


@pytest.mark.parametrize(("kind", "version"), [(k, v) for k, v in CASES if k not in (4, 5) and v is not TODAY])
def test_repacking_keeps_integers_and_rounds_scales_once(kind: LegacyType, version: BlockVersion) -> None:
    blocks = 40_000  # more than are worked on at once
    old = old_blocks(kind, version, 2, blocks // 2)
    new = repack(old, kind, version)
    assert new.dtype == np.uint8
    assert new.shape == (2, blocks // 2 * SIZES[kind][2])
    assert np.array_equal(integers(old, kind, version), integers(new, kind, TODAY))
    # The stored scales are the old ones rounded to the nearest float16, nothing else.
    count = 2 if kind in (LegacyType.Q4_1, LegacyType.Q5_1) else 1
    width = "<f2" if kind in (LegacyType.Q5_0, LegacyType.Q5_1) else "<f4"
    before = old.reshape(blocks, -1)[:, : count * np.dtype(width).itemsize].copy().view(width)
    after = new.reshape(blocks, -1)[:, : count * 2].copy().view("<f2")
    assert np.array_equal(before.astype("<f2"), after)
    # And llama.cpp's reader of today sees those numbers.
    ours = dequantize(new, kind, TODAY)
    theirs = dequantize_today(new, gguf.GGMLQuantizationType(today_type(kind)))
    np.testing.assert_allclose(theirs, ours, rtol=1e-6, atol=1e-9)


def test_every_byte_of_paired_quants_finds_its_place() -> None:
    """All 256 values of a byte at every place, so that no bit pattern is special."""
    old = np.zeros((256, 20), np.uint8)
    old[:, 4:] = np.arange(256, dtype=np.uint8)[:, None] * np.arange(1, 32, 2, dtype=np.uint8)
    assert np.array_equal(
        integers(old, LegacyType.Q4_0, PAIRED),
        integers(repack(old, LegacyType.Q4_0, PAIRED), LegacyType.Q4_0, TODAY),
    )


def test_todays_blocks_and_floats_pass_unchanged() -> None:
    for kind in (LegacyType.Q4_0, LegacyType.Q5_1, LegacyType.Q8_0):
        data = old_blocks(kind, TODAY, 2, 3)
        assert np.array_equal(to_today(data, kind, TODAY), data)
    data = np.arange(64, dtype="<f4").reshape(2, 32)
    for kind, dtype in ((LegacyType.F32, "<f4"), (LegacyType.F16, "<f2")):
        numbers = data.astype(dtype)
        found = to_today(numbers.view(np.uint8), kind, PAIRED)
        assert found.dtype == np.dtype(dtype)
        assert np.array_equal(found, numbers)


@pytest.mark.parametrize("scale", [65_520.0, -70_000.0, 1e38, float("inf"), float("nan")])
@pytest.mark.parametrize("kind", [LegacyType.Q4_0, LegacyType.Q4_1, LegacyType.Q8_0])
def test_a_scale_beyond_float16_is_refused(kind: LegacyType, scale: float) -> None:
    data = old_blocks(kind, SPLIT, 1, 4)
    at = 4 if kind is LegacyType.Q4_1 else 0
    data[0, at : at + 4] = np.array([scale], "<f4").view(np.uint8)
    with pytest.raises(ScaleOverflow):
        repack(data, kind, SPLIT)


def test_the_largest_and_the_smallest_scales_are_kept() -> None:
    data = old_blocks(LegacyType.Q4_0, PAIRED, 1, 3)
    scales = np.array([65_504.0, -65_504.0, 1e-7], "<f4")
    data.reshape(3, 20)[:, :4] = scales.view(np.uint8).reshape(3, 4)
    new = repack(data, LegacyType.Q4_0, PAIRED).reshape(3, 18)
    assert np.array_equal(new[:, :2].copy().view("<f2")[:, 0], scales.astype("<f2"))


def legacy_files(expected: dict[str, Any], fx: Path) -> list[tuple[str, Path, dict[str, Any]]]:
    found = [(name, fx / "legacy" / name, facts) for name, facts in expected["legacy"].items() if name[0] != "_"]
    april = next((fx / "corrupt").glob("*q4_2*.bin"))
    return [*found, (april.name, april, expected["legacy"]["_q4_2_in_corrupt"])]


def test_every_fixture_dequantizes_as_in_the_program_of_its_time(fx: Path, expected: dict[str, Any]) -> None:
    for name, path, facts in legacy_files(expected, fx):
        stored = read_legacy(PlainFile(path)).tensors
        assert stored.keys() == facts["tensors"].keys(), name
        for tensor, wanted in facts["tensors"].items():
            one = stored[tensor]
            assert (int(one.kind), list(one.shape[::-1])) == (wanted["type"], wanted["ne"]), (name, tensor)
            data = np.frombuffer(one.file.read(one.offset, one.rows * one.row_bytes), np.uint8)
            weights = dequantize(data.reshape(one.rows, -1), one.kind, one.version)
            assert weights.reshape(-1)[:4].tolist() == pytest.approx(wanted["first4"], rel=1e-6), (name, tensor)
            wide = weights.astype(np.float64)
            assert wide.sum() == pytest.approx(wanted["sum"], rel=1e-6, abs=1e-3), (name, tensor)
            assert (wide * wide).sum() == pytest.approx(wanted["sumsq"], rel=1e-6), (name, tensor)
            assert np.abs(weights).max() == pytest.approx(wanted["absmax"], rel=1e-6), (name, tensor)
            if one.kind not in (LegacyType.Q4_1, LegacyType.Q5_1):  # there a fused multiply-add may differ by 1 ulp
                assert hashlib.sha256(weights.tobytes()).hexdigest() == wanted["sha256_f32"], (name, tensor)


def test_every_fixture_survives_repacking(fx: Path, expected: dict[str, Any]) -> None:
    for name, path, _ in legacy_files(expected, fx):
        for one in read_legacy(PlainFile(path)).tensors.values():
            if one.kind not in BLOCKS or one.kind in (LegacyType.Q4_2, LegacyType.Q4_3):
                continue
            data = np.frombuffer(one.file.read(one.offset, one.rows * one.row_bytes), np.uint8).reshape(one.rows, -1)
            new = to_today(data, one.kind, one.version)
            assert np.array_equal(integers(data, one.kind, one.version), integers(new, one.kind, TODAY)), name
            before, after = dequantize(data, one.kind, one.version), dequantize(new, one.kind, TODAY)
            limit = np.abs(before).max() * 3 * 2.0**-11  # |q d| + |m|, both rounded to 11 bits
            assert np.abs(before - after).max() <= limit, (name, one.name)
