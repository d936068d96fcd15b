"""Layers as BELLE's GPTQ stores them, unpacked by the letter of the format."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from gguf import GGMLQuantizationType
from gguf.quants import dequantize as ggml_values
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


def random_layer(seed: int, inputs: int, outputs: int, groups: int, bits: int) -> Arrays:
    rng = np.random.default_rng(seed)
    return {
        ".qweight": rng.integers(-(2**31), 2**31, (inputs * bits // 32, outputs), dtype=np.int32),
        ".qzeros": rng.integers(-(2**31), 2**31, (groups, outputs * bits // 32), dtype=np.int32),
        ".scales": (10.0 ** rng.uniform(-7, 1, (groups, outputs))).astype(np.float32),
    }


def fields(words: NDArray[Any], bits: int, axis: int) -> NDArray[np.int64]:
    """The packed integers, as the format is written down: field j of a word is (word >> bits * j) & mask."""
    count = 32 // bits
    spread = [(words.astype(np.int64) >> bits * j) & (2**bits - 1) for j in range(count)]
    shape = list(words.shape)
    shape[axis] *= count
    return np.stack(spread, axis + 1).reshape(shape)


@dataclass
class Layer:
    """The numbers of a layer, one output after the other."""

    q: NDArray[np.int64]
    zero: NDArray[np.int64]
    scale: NDArray[np.float32]

    @classmethod
    def of(cls, qweight: NDArray[Any], qzeros: NDArray[Any], scales: NDArray[Any], bits: int, group: int) -> Layer:
        q = fields(qweight, bits, 0)
        zero = np.repeat(fields(qzeros, bits, 1) + 1, group, 0)[: len(q)]
        scale = np.repeat(scales.astype(np.float32), group, 0)[: len(q)]
        return cls(q.T, zero.T, scale.T)

    @property
    def weights(self) -> NDArray[np.float32]:
        return self.scale * (self.q - self.zero).astype(np.float32)


def sha(values: NDArray[np.float32]) -> str:
    return hashlib.sha256(np.ascontiguousarray(values, "<f4").tobytes()).hexdigest()


def half_step(values: NDArray[Any]) -> NDArray[np.float64]:
    """Half a step of float16 at these values."""
    return np.maximum(np.abs(values.astype(np.float64)) * 2.0**-11, 2.0**-25)


def check_q4_1(rows: NDArray[np.uint8], layer: Layer) -> None:
    """The same integers, and values off by no more than float16 rounds scale and minimum."""
    blocks = rows.reshape(len(rows), -1, 20)
    low, high = blocks[..., 4:] & 15, blocks[..., 4:] >> 4
    np.testing.assert_array_equal(np.concatenate([low, high], -1).reshape(layer.q.shape), layer.q)
    d = layer.scale.astype(np.float16).astype(np.float64)
    bound = half_step(layer.scale) * np.abs(layer.q - layer.zero) + half_step(d * layer.zero)
    error = ggml_values(rows, GGMLQuantizationType.Q4_1).astype(np.float64) - layer.weights
    assert (np.abs(error) <= bound + 1e-6 * np.abs(layer.scale)).all()  # and the rounding of float32 itself
