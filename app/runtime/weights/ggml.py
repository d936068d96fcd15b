"""ggml's tensor types: their numbers in GGUF files, and how many bytes a block of weights takes.

Source: `enum ggml_type` and the block structs of ggml (`ggml/include/ggml.h`, `ggml/src/ggml-common.h`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class GgmlType(IntEnum):
    """The number of a tensor type in a GGUF file. Absent: integers, F64, and Q8_1 and Q8_K, which ggml uses only
    while it computes and cannot turn back into floats; no model of ours has tensors of them."""

    F32 = 0
    F16 = 1
    Q4_0 = 2
    Q4_1 = 3
    Q5_0 = 6
    Q5_1 = 7
    Q8_0 = 8
    Q2_K = 10
    Q3_K = 11
    Q4_K = 12
    Q5_K = 13
    Q6_K = 14
    IQ2_XXS = 16
    IQ2_XS = 17
    IQ3_XXS = 18
    IQ1_S = 19
    IQ4_NL = 20
    IQ3_S = 21
    IQ2_S = 22
    IQ4_XS = 23
    IQ1_M = 29
    BF16 = 30
    TQ1_0 = 34
    TQ2_0 = 35
    MXFP4 = 39
    NVFP4 = 40
    Q1_0 = 41
    Q2_0 = 42


@dataclass(frozen=True)
class Block:
    """`weights` values are stored together in `size` bytes."""

    weights: int
    size: int


BLOCKS: dict[GgmlType, Block] = {
    GgmlType.F32: Block(1, 4),
    GgmlType.F16: Block(1, 2),
    GgmlType.BF16: Block(1, 2),
    GgmlType.Q4_0: Block(32, 18),
    GgmlType.Q4_1: Block(32, 20),
    GgmlType.Q5_0: Block(32, 22),
    GgmlType.Q5_1: Block(32, 24),
    GgmlType.Q8_0: Block(32, 34),
    GgmlType.Q2_K: Block(256, 84),
    GgmlType.Q3_K: Block(256, 110),
    GgmlType.Q4_K: Block(256, 144),
    GgmlType.Q5_K: Block(256, 176),
    GgmlType.Q6_K: Block(256, 210),
    GgmlType.IQ2_XXS: Block(256, 66),
    GgmlType.IQ2_XS: Block(256, 74),
    GgmlType.IQ3_XXS: Block(256, 98),
    GgmlType.IQ1_S: Block(256, 50),
    GgmlType.IQ4_NL: Block(32, 18),
    GgmlType.IQ3_S: Block(256, 110),
    GgmlType.IQ2_S: Block(256, 82),
    GgmlType.IQ4_XS: Block(256, 136),
    GgmlType.IQ1_M: Block(256, 56),
    GgmlType.TQ1_0: Block(256, 54),
    GgmlType.TQ2_0: Block(256, 66),
    GgmlType.MXFP4: Block(32, 17),
    GgmlType.NVFP4: Block(64, 36),
    GgmlType.Q1_0: Block(128, 18),
    GgmlType.Q2_0: Block(64, 18),
}

FLOATS = frozenset({GgmlType.F32, GgmlType.F16, GgmlType.BF16})


def row_size(kind: GgmlType, columns: int) -> int:
    """Bytes of one row of `columns` weights; `columns` must be a multiple of the block's weights."""
    block = BLOCKS[kind]
    return columns // block.weights * block.size
