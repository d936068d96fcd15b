"""The numbers of BELLE's GPTQ layers: packed integers to ggml's Q4_1 blocks, or to float32.

Source of the format: BELLE's `models/gptq/quant.py` (class QuantLinear) and `quant_cuda_kernel.cu`. A layer of I inputs
and O outputs, `bits` wide, with G groups of inputs:

    qweight  int32 (I * bits / 32, O)  a word packs 32 / bits neighbouring inputs of one output, the first lowest
    qzeros   int32 (G, O * bits / 32)  a word packs neighbouring outputs, as zero point - 1
    scales   float (G, O)
    weight[o, i] = scales[g, o] * (q - zero), g = i // group

Where a zero point was 0, the packer stored -1 and so set all higher fields of that word to ones. The kernel reads
such a field as 16 (4 bit) or 256 (8 bit), and so does this: the result is the model that BELLE's code runs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.integer[Any]]  # little-endian, 32 bits each
BLOCK = 32  # weights in a block of Q4_1
BLOCK_WORDS = 5  # 32-bit words in it: scale and minimum as float16, then 32 nibbles
BAND_BYTES = 256 * 1024  # packed weights handled at a time, so that they stay in the processor's cache

_EVEN = np.uint32(0x0F0F0F0F)
_ODD = np.uint32(0xF0F0F0F0)
_BYTES_0_2 = np.uint32(0x00FF00FF)
_LOW_HALF = np.uint32(0x0000FFFF)
_NIBBLE, _BYTE, _HALF = np.uint32(4), np.uint32(8), np.uint32(16)


def zero_points(qzeros: Words, bits: int) -> NDArray[np.uint16]:
    """`(G, O)`, each 1 to 2**bits: the stored field + 1, not masked."""
    return _fields(np.ascontiguousarray(qzeros), bits).astype(np.uint16) + np.uint16(1)


def scales_and_minima(scales: NDArray[np.floating[Any]], zeros: NDArray[np.uint16]) -> NDArray[np.float16]:
    """Q4_1's `d` and `m` of every group and output, `(G, O, 2)`; not finite where float16 cannot hold them.

    A block means `d * q + m`. `m` is taken from the rounded `d`, which errs less than taking it from the scale: a
    weight is off by at most round(scale) * abs(q - zero) + round(d * zero), where round(x) is half a step of float16:
    2**-11 * abs(x), but never less than 2**-25. For the usual zero = 8 that is 0.008 of a step between weights.
    """
    pair = np.empty((*scales.shape, 2), np.float16)
    with np.errstate(over="ignore", invalid="ignore"):
        pair[..., 0] = scales
        pair[..., 1] = -(pair[..., 0].astype(np.float32) * zeros)  # exact: 11 bits times 5
    return pair


def q4_1(qweight: Words, pairs: NDArray[np.float16], group: int, outputs: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Rows of Q4_1 blocks, `(len(outputs), I / 32 * 20)`, for these outputs; the integers are those of the file.

    `pairs` from `scales_and_minima`; `group` and I are multiples of 32."""
    blocks = qweight.shape[0] // 4
    found = np.empty((len(outputs), blocks, BLOCK_WORDS), "<u4")
    heads = pairs.view(np.uint32)[..., 0]
    for start, stop in _bands(len(outputs), qweight.shape[0]):
        chosen, band = outputs[start:stop], found[start:stop]
        words = _columns(qweight, chosen).reshape(blocks, 4, stop - start)
        band[:, :, 0] = np.repeat(heads[:, chosen], group // BLOCK, axis=0)[:blocks].T
        for half in (0, 1):  # a block's word `half` packs weights 8 * half and on, word `half + 2` those 16 later
            low, high = words[:, half], words[:, half + 2]
            even = (low & _EVEN) | (high & _EVEN) << _NIBBLE  # bytes of the block in places 0, 2, 4, 6
            odd = (low >> _NIBBLE & _EVEN) | (high & _ODD)  # and in places 1, 3, 5, 7
            band[:, :, 1 + 2 * half] = _interleaved(even & _LOW_HALF, odd & _LOW_HALF).T
            band[:, :, 2 + 2 * half] = _interleaved(even >> _HALF, odd >> _HALF).T
    return found.view(np.uint8).reshape(len(outputs), -1)


def dequantize(
    qweight: Words,
    zeros: NDArray[np.uint16],
    scales: NDArray[np.floating[Any]],
    bits: int,
    group: int,
    outputs: NDArray[np.int64],
) -> NDArray[np.float32]:
    """`(len(outputs), I)`: exactly float32(scale) * (q - zero), rounded once. The last group may be shorter."""
    inputs = qweight.shape[0] * 32 // bits
    found = np.empty((len(outputs), inputs), np.float32)
    for start, stop in _bands(len(outputs), inputs):
        chosen, band = outputs[start:stop], found[start:stop]
        integers = _fields(np.ascontiguousarray(_columns(qweight, chosen).T), bits)
        offset = np.repeat(zeros[:, chosen].T.astype(np.float32), group, axis=1)[:, :inputs]
        factor = np.repeat(scales[:, chosen].T.astype(np.float32), group, axis=1)[:, :inputs]
        np.subtract(integers, offset, out=band)
        np.multiply(band, factor, out=band)
    return found


def _fields(words: Words, bits: int) -> NDArray[np.uint8]:
    """The integers along the last axis, lowest bits first; `words` is contiguous."""
    packed = words.view(np.uint8)
    if bits == 8:
        return packed
    found = np.empty((*packed.shape[:-1], packed.shape[-1] * 2), np.uint8)
    np.bitwise_and(packed, 15, out=found[..., 0::2])
    np.right_shift(packed, 4, out=found[..., 1::2])
    return found


def _interleaved(even: NDArray[np.uint32], odd: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Two bytes each, below 2**16, as the four bytes even 0, odd 0, even 1, odd 1."""
    return (even | even << _BYTE) & _BYTES_0_2 | ((odd | odd << _BYTE) & _BYTES_0_2) << _BYTE


def _columns(words: Words, columns: NDArray[np.int64]) -> NDArray[np.uint32]:
    if bool((np.diff(columns) == 1).all()):
        return words[:, columns[0] : columns[-1] + 1].view(np.uint32)
    return np.take(words, columns, axis=1).view(np.uint32)


def _bands(length: int, words_per_column: int) -> list[tuple[int, int]]:
    step = max(16, BAND_BYTES // (4 * max(1, words_per_column)))
    return [(start, min(start + step, length)) for start in range(0, length, step)]
