"""The numbers of GPTQ layers, against the formula and the files of the original packer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.runtime.weights.files import PlainFile
from app.runtime.weights.sources import gptq, gptq_blocks
from app.runtime.weights.sources.torch_zip import read_checkpoint
from tests.runtime.weights.gptq_layers import Layer, check_q4_1, random_layer, sha


class TestBlocks:
    @pytest.mark.parametrize(
        ("inputs", "outputs", "groups", "group"),
        [(256, 24, 2, 128), (96, 8, 3, 32), (64, 8, 1, 64), (160, 16, 2, 128), (4096, 200, 32, 128)],
    )
    def test_q4_1(self, inputs: int, outputs: int, groups: int, group: int) -> None:
        layer = random_layer(inputs, inputs, outputs, groups, 4)
        qweight, qzeros, scales = layer.values()
        pairs = gptq_blocks.scales_and_minima(scales, gptq_blocks.zero_points(qzeros, 4))
        order = np.random.default_rng(1).permutation(outputs)
        stored = Layer.of(qweight, qzeros, scales, 4, group)
        for rows in (np.arange(outputs), order, order[:3]):
            found = gptq_blocks.q4_1(qweight, pairs, group, rows)
            check_q4_1(found, Layer(stored.q[rows], stored.zero[rows], stored.scale[rows]))

    @pytest.mark.parametrize("bits", [4, 8])
    @pytest.mark.parametrize(("inputs", "groups", "group"), [(256, 2, 128), (64, 1, 64), (48, 3, 16), (160, 2, 128)])
    def test_dequantize(self, bits: int, inputs: int, groups: int, group: int) -> None:
        qweight, qzeros, scales = random_layer(bits, inputs, 40, groups, bits).values()
        exact = Layer.of(qweight, qzeros, scales, bits, group).weights
        zeros = gptq_blocks.zero_points(qzeros, bits)
        for rows in (np.arange(40), np.arange(40)[::-1], np.arange(7, 9)):
            found = gptq_blocks.dequantize(qweight, zeros, scales, bits, group, rows)
            np.testing.assert_array_equal(found, exact[rows])

    @pytest.mark.parametrize("bits", [4, 8])
    def test_overflowed_zero_points_are_read_as_the_kernel_reads_them(
        self, fx: Path, expected: dict[str, Any], bits: int
    ) -> None:
        stored = read_checkpoint(PlainFile(fx / f"gptq-bloom/edge-zero-point-{bits}bit-128g.pt"))
        qweight, qzeros, scales = (stored[f"layer{buffer}"].read() for buffer in gptq.BUFFERS)
        zeros = gptq_blocks.zero_points(qzeros, bits)
        assert zeros.max() == 2**bits
        values = gptq_blocks.dequantize(qweight, zeros, scales, bits, 128, np.arange(qweight.shape[1]))
        assert sha(values) == expected["gptq_edge_zero_point"][f"{bits}bit"]["sha256_f32_kernel_formula"]
        if bits == 4:
            pairs = gptq_blocks.scales_and_minima(scales, zeros)
            rows = gptq_blocks.q4_1(qweight, pairs, 128, np.arange(qweight.shape[1]))
            check_q4_1(rows, Layer.of(qweight, qzeros, scales, 4, 128))
