"""Blocks of legacy ggml files: what they mean, and the same integers in the blocks of today's GGUF.

Source: `ggml.c` of llama.cpp at each container version (llama-cpp-python 0.1.2 to 0.1.62); docs/formats.md.
A block holds its scale d (and minimum m), the fifth bits if any, then the quants q:

| type | weight | PAIRED (ggml, ggmf, ggjt 1) | SPLIT (ggjt 2) | TODAY (ggjt 3, GGUF) |
|---|---|---|---|---|
| Q4_0 | (q - 8) d | f32 d, 16 bytes | f32 d, 16 bytes | f16 d, 16 bytes |
| Q4_1 | q d + m | f32 d, f32 m, 16 bytes | f32 d, f32 m, 16 bytes | f16 d, f16 m, 16 bytes |
| Q4_2 | (q - 8) d | f16 d, 8 bytes | - | - |
| Q4_3 | q d + m | f16 d, f16 m, 8 bytes | - | - |
| Q5_0 | (q - 16) d | f16 d, u32, 16 bytes | f16 d, u32, 16 bytes | f16 d, u32, 16 bytes |
| Q5_1 | q d + m | f16 d, f16 m, u32, 16 bytes | f16 d, f16 m, u32, 16 bytes | f16 d, f16 m, u32, 16 bytes |
| Q8_0 | q d | f32 d, 32 bytes | f32 d, 32 bytes | f16 d, 32 bytes |

Byte j of 4-bit quants holds, low half first, q[2j] and q[2j+1] if PAIRED, else q[j] and q[j+16].
Bit i of the u32 is the fifth bit of q[i] in every version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.runtime.weights.ggml import BLOCKS, Block, GgmlType
from app.runtime.weights.records import Array

CHUNK_BLOCKS = 16_384  # worked on at once: what numpy writes in between stays in the processor's cache


class LegacyType(IntEnum):
    """The number of a tensor type in a legacy file; Q4_2 and Q4_3 lived in April 2023 only."""

    F32 = 0
    F16 = 1
    Q4_0 = 2
    Q4_1 = 3
    Q4_2 = 4
    Q4_3 = 5
    Q5_0 = 6
    Q5_1 = 7
    Q8_0 = 8
    Q2_K = 10
    Q3_K = 11
    Q4_K = 12
    Q5_K = 13
    Q6_K = 14


class BlockVersion(IntEnum):
    """How blocks of one type are laid out; see the module's table."""

    PAIRED = 1
    SPLIT = 2
    TODAY = 3


class ScaleOverflow(ArithmeticError):
    """A float32 scale that float16 cannot hold (above 65504, infinite or not a number)."""


@dataclass(frozen=True)
class _Rule:
    """The columns of the module's table that do not depend on the version. `zero` is what q has too much."""

    weights: int = 32
    zero: int = 0
    minimum: bool = False
    fifth_bits: bool = False
    bits: int = 4


_RULES = MappingProxyType(
    {
        LegacyType.Q4_0: _Rule(zero=8),
        LegacyType.Q4_1: _Rule(minimum=True),
        LegacyType.Q4_2: _Rule(weights=16, zero=8),
        LegacyType.Q4_3: _Rule(weights=16, minimum=True),
        LegacyType.Q5_0: _Rule(zero=16, fifth_bits=True),
        LegacyType.Q5_1: _Rule(minimum=True, fifth_bits=True),
        LegacyType.Q8_0: _Rule(bits=8),
    }
)
_ALWAYS_HALF = frozenset({LegacyType.Q4_2, LegacyType.Q4_3, LegacyType.Q5_0, LegacyType.Q5_1})
_FLOATS: Mapping[LegacyType, str] = MappingProxyType({LegacyType.F32: "<f4", LegacyType.F16: "<f2"})
APRIL_2023 = frozenset({LegacyType.Q4_2, LegacyType.Q4_3})


def block(kind: LegacyType, version: BlockVersion) -> Block | None:
    """Size of a block; None if files of this version never had the type. K-quants came with ggjt 3, as of today."""
    if kind in _RULES:
        if kind in APRIL_2023 and version is not BlockVersion.PAIRED:
            return None
        return Block(_RULES[kind].weights, _struct(kind, version).itemsize)
    if kind in _FLOATS or version is BlockVersion.TODAY:
        return BLOCKS[GgmlType(kind)]
    return None


def today_type(kind: LegacyType) -> GgmlType:
    """Of what `to_today` gives."""
    return GgmlType.F32 if kind in APRIL_2023 else GgmlType(kind)


def to_today(data: NDArray[np.uint8], kind: LegacyType, version: BlockVersion) -> Array:
    """Rows of stored bytes as `records.Piece` has them: floats as they are, Q4_2 and Q4_3 as float32, others as
    `(rows, row_bytes)` of today's blocks. Raises `ScaleOverflow`."""
    if kind in _FLOATS:
        return data.view(_FLOATS[kind])
    if kind in APRIL_2023:
        return dequantize(data, kind, version)
    if version is BlockVersion.TODAY:
        return data
    return repack(data, kind, version)


def repack(data: NDArray[np.uint8], kind: LegacyType, version: BlockVersion) -> NDArray[np.uint8]:
    """`(rows, row_bytes)` of contiguous whole blocks in today's layout, `(rows, today's row_bytes)`.

    Integers stay exactly what they are; d and m are rounded to float16. Raises `ScaleOverflow`."""
    old = data.reshape(-1).view(_struct(kind, version))
    new = np.empty(old.size, _struct(kind, BlockVersion.TODAY))
    move_quants = version is BlockVersion.PAIRED and _RULES[kind].bits == 4
    for chunk in _chunks(old.size):
        with np.errstate(over="ignore", invalid="ignore"):
            scales = old["scales"][chunk].astype("<f2")
        if not np.isfinite(scales).all():
            raise ScaleOverflow
        new["scales"][chunk] = scales
        if _RULES[kind].fifth_bits:
            new["fifth_bits"][chunk] = old["fifth_bits"][chunk]
        quants = old["quants"][chunk]
        new["quants"][chunk] = _split(quants) if move_quants else quants
    return new.view(np.uint8).reshape(data.shape[0], -1)


def dequantize(data: NDArray[np.uint8], kind: LegacyType, version: BlockVersion) -> NDArray[np.float32]:
    """`(rows, row_bytes)` of contiguous whole blocks (not K-quants) as `(rows, columns)` of weights."""
    if kind in _FLOATS:
        return data.view(_FLOATS[kind]).astype(np.float32)
    rule = _RULES[kind]
    blocks = data.reshape(-1).view(_struct(kind, version))
    weights = np.empty((blocks.size, rule.weights), np.float32)
    for chunk in _chunks(blocks.size):
        scales = blocks["scales"][chunk].astype(np.float32)
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is found by whoever quantizes
            np.multiply(integers(blocks[chunk], kind, version), scales[:, :1], out=weights[chunk])
            if rule.minimum:
                weights[chunk] += scales[:, 1:]
    return weights.reshape(data.shape[0], -1)


def integers(data: Array, kind: LegacyType, version: BlockVersion) -> NDArray[np.int8]:
    """The factors of d, `(blocks, weights of a block)`, from contiguous bytes or blocks."""
    rule, blocks = _RULES[kind], data.reshape(-1).view(_struct(kind, version))
    stored = np.ascontiguousarray(blocks["quants"]).view(np.uint8).reshape(blocks.size, -1)
    if rule.bits == 8:
        return stored.view(np.int8)
    quants = np.empty((blocks.size, rule.weights), np.uint8)
    half = rule.weights // 2
    first, second = (np.s_[0::2], np.s_[1::2]) if version is BlockVersion.PAIRED else (np.s_[:half], np.s_[half:])
    quants[:, first] = stored & 15
    quants[:, second] = stored >> 4
    if rule.fifth_bits:
        bits = np.ascontiguousarray(blocks["fifth_bits"]).view(np.uint8).reshape(blocks.size, 4)
        quants |= np.unpackbits(bits, axis=1, bitorder="little") << np.uint8(4)
    return quants.view(np.int8) - np.int8(rule.zero)


def _struct(kind: LegacyType, version: BlockVersion) -> np.dtype[Any]:
    rule = _RULES[kind]
    scale = "<f2" if kind in _ALWAYS_HALF or version is BlockVersion.TODAY else "<f4"
    fields: list[Any] = [("scales", scale, (2 if rule.minimum else 1,))]
    if rule.fifth_bits:
        fields.append(("fifth_bits", "<u4"))
    fields.append(("quants", f"V{rule.weights * rule.bits // 8}"))
    return np.dtype(fields)


def _split(quants: Array) -> Array:
    """16 PAIRED bytes (`V16`) as SPLIT ones. New bytes 2j and 2j + 1 hold q[2j] and q[2j+1] of old byte j in their
    low halves and those of old byte j + 8 in their high ones; eight bytes at a time."""
    low_halves, four = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(4)
    front, back = np.ascontiguousarray(quants).view("<u8").reshape(-1, 2).T.copy()
    even = (front & low_halves) | ((back & low_halves) << four)
    odd = ((front >> four) & low_halves) | (back & ~low_halves)
    pairs = odd.view(np.uint8).astype("<u2")
    pairs <<= np.uint16(8)
    pairs |= even.view(np.uint8)
    return pairs.view("V16")


def _chunks(blocks: int) -> Iterator[slice]:
    yield from (slice(start, start + CHUNK_BLOCKS) for start in range(0, blocks, CHUNK_BLOCKS))
