"""BELLE's GPTQ checkpoints: one torch file (`torch.save` of the state dict) beside `config.json` and a tokenizer.

Each quantized layer is stored as four buffers, see `gptq_blocks`; embeddings, norms and `lm_head` as plain floats.
Source: BELLE's `models/gptq` (`quant.py`, `bloom.py`, `llama.py`); bits and group size are nowhere written down there
but in the shapes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import Fixable
from app.runtime.weights.architectures.place import Place
from app.runtime.weights.ggml import BLOCKS, GgmlType, row_size
from app.runtime.weights.hyper import Hyper
from app.runtime.weights.json_file import read_object
from app.runtime.weights.records import (
    PIECE_BYTES,
    BytesSource,
    Dtype,
    Folder,
    Kind,
    ModelTensor,
    Piece,
    StoredTensor,
    WeightsModel,
)
from app.runtime.weights.sniff import shown
from app.runtime.weights.sources import gptq_blocks, hugging_face
from app.runtime.weights.sources.torch_zip import read_checkpoint
from app.runtime.weights.sources.zip_directory import LOCAL_MAGIC
from app.runtime.weights.tensors import ARCHITECTURES, FloatTensor, check_complete
from app.runtime.weights.vocabulary import find_tokenizer, folder_vocabulary

BUFFERS = (".qweight", ".qzeros", ".scales")
BITS = (4, 8)  # what BELLE published; its code also knows 2 and 3
HEAD_SIZE = 128  # of every LLaMA and BLOOM model with HEAD_SIZE_FROM hidden units or more
HEAD_SIZE_FROM = 4096
_WORD_BITS = 32
_LAYER = re.compile(r"(?:model\.layers|(?:transformer\.)?h)\.([0-9]{1,4})\..+")


@dataclass(frozen=True, eq=False)
class QuantizedLinear:
    """A layer whose buffers fit together. 4 bits in groups of whole blocks give Q4_1 with the file's own integers;
    anything else has no twin in ggml and gives the exact float32 values. `group`: inputs that share a scale.

    qweight is stored inputs first, so `pieces` reads all of it before the first row (23 MB for 4096 x 11008)."""

    name: str
    qweight: StoredTensor
    qzeros: StoredTensor
    scales: StoredTensor
    bits: int
    group: int
    row_order: NDArray[np.int64] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.qweight.shape[1], self.qweight.shape[0] * _WORD_BITS // self.bits

    @property
    def type(self) -> GgmlType:
        block = BLOCKS[GgmlType.Q4_1].weights
        whole = self.group % block == 0 and self.shape[1] % block == 0
        return GgmlType.Q4_1 if self.bits == 4 and whole else GgmlType.F32

    @property
    def keep(self) -> GgmlType:
        """What loses least: 8 bit integers with zero points of their own fit no block of today; Q8_0 rounds them by
        about as much as GPTQ did."""
        return self.type if self.type is GgmlType.Q4_1 else GgmlType.Q8_0

    @property
    def order(self) -> tuple[str, int]:
        return self.qweight.file.name, min(part.offset for part in self._parts)

    @property
    def source_bytes(self) -> int:
        return sum(math.prod(part.shape) * part.dtype.numpy.itemsize for part in self._parts)

    def pieces(self) -> Iterator[Piece]:
        """Raises `Fixable("weights-overflow")` for scales beyond the type's range."""
        data = {part.name: part.read() for part in sorted(self._parts, key=lambda part: part.offset)}
        qweight, scales = data[self.qweight.name], data[self.scales.name]
        zeros = gptq_blocks.zero_points(data[self.qzeros.name], self.bits)
        rows, columns = self.shape
        stored_rows = np.arange(rows) if self.row_order is None else self.row_order
        step = max(1, PIECE_BYTES // row_size(self.type, columns))
        if self.type is GgmlType.Q4_1:
            pairs = gptq_blocks.scales_and_minima(scales, zeros)
            self._check_finite(bool(np.isfinite(pairs).all()))
            for first in range(0, rows, step):
                yield Piece(first, gptq_blocks.q4_1(qweight, pairs, self.group, stored_rows[first : first + step]))
            return
        with np.errstate(over="ignore", invalid="ignore"):
            largest = scales.astype(np.float32) * np.float32(1 << self.bits)
        self._check_finite(bool(np.isfinite(largest).all()))
        for first in range(0, rows, step):
            chosen = stored_rows[first : first + step]
            yield Piece(first, gptq_blocks.dequantize(qweight, zeros, scales, self.bits, self.group, chosen))

    @property
    def _parts(self) -> tuple[StoredTensor, StoredTensor, StoredTensor]:
        return self.qweight, self.qzeros, self.scales

    def _check_finite(self, finite: bool) -> None:
        if not finite:
            raise Fixable("weights-overflow", file=self.scales.file.name, tensor=self.name)


def is_gptq(file: BytesSource) -> bool:
    """Whether `file` is a torch checkpoint with GPTQ's buffers. Raises what `read_checkpoint` raises for damage."""
    head = bytes(file.read(0, min(4, file.size)))
    if head != LOCAL_MAGIC and head[:1] != b"\x80":
        return False
    return any(name.endswith(BUFFERS) for name in read_checkpoint(file))


def open_model(folder: Folder, name: str, tokenizer: Folder | None = None) -> WeightsModel:
    """The model in the checkpoint `name` of `folder`, with the `config.json` and the tokenizer beside it.

    `tokenizer`: where to look for either if `folder` has none. Without any config the shapes tell all but the size of
    the heads, which large models share; then a `note-config-derived` says so.

    Raises `Fixable`: `weights-missing-file` (config.json), `weights-config`, `weights-architecture`,
    `weights-tensor-missing`, `weights-tensor-unknown`, `weights-shape`, `weights-type`, `weights-gptq-unsupported`,
    `weights-tokenizer-missing`, `weights-tokenizer-damaged`, and what the reader of the checkpoint raises."""
    file = folder.open(name)
    stored = read_checkpoint(file)
    _check_buffers(stored, name)
    home = next((one for one in (folder, tokenizer) if one is not None and hugging_face.CONFIG in one.names()), None)
    config: dict[str, Any] = {}
    notes: tuple[Fixable, ...] = ()
    if home is not None:
        config = read_object(home.open(hugging_face.CONFIG), "weights-config")
        hyper = hugging_face.read_hyper(config, hugging_face.architecture_of(config))
    else:
        hyper = _hyper_from_shapes(stored, name)
        notes = (Fixable("note-config-derived", file=name, heads=hyper.heads),)
    tied = hugging_face.tied(config, hyper.architecture)
    tensors, hyper = _tensors(stored, hyper, tied, name)
    vocabulary_folder = find_tokenizer(hyper.architecture, folder, tokenizer)
    generation: dict[str, Any] = {}
    if home is not None and "generation_config.json" in home.names():
        generation = read_object(home.open("generation_config.json"), "weights-config")
    metadata = {"general.architecture": hyper.architecture} | ARCHITECTURES[hyper.architecture].metadata(hyper)
    return WeightsModel(
        kind=Kind.GPTQ,
        architecture=hyper.architecture,
        metadata=metadata | (hugging_face.rope_scaling(config) if hyper.architecture == "llama" else {}),
        tensors=tensors,
        vocabulary=folder_vocabulary(hyper.architecture, vocabulary_folder, config, hyper.vocabulary, generation),
        files=(file,),
        notes=notes,
    )


def _layers(stored: Mapping[str, StoredTensor]) -> tuple[str, ...]:
    """The names of the quantized layers, in file order."""
    bases = (name.removesuffix(buffer) for name in stored for buffer in BUFFERS if name.endswith(buffer))
    return tuple(dict.fromkeys(bases))


def _check_buffers(stored: Mapping[str, StoredTensor], file: str) -> None:
    """Raise `Fixable` if there is no quantized layer, one lacks a buffer, or inputs are reordered (`g_idx`)."""
    for name in stored:
        if name.endswith(".g_idx"):
            raise Fixable("weights-gptq-unsupported", file=file, detail=shown(name))
    layers = _layers(stored)
    if not layers:
        raise Fixable("weights-tensor-missing", file=file, tensor="qweight")
    for base in layers:
        for buffer in (*BUFFERS, ".bias"):
            if base + buffer not in stored:
                raise Fixable("weights-tensor-missing", file=file, tensor=shown(base) + buffer)


def _tensors(
    stored: Mapping[str, StoredTensor], hyper: Hyper, tied: bool, file: str
) -> tuple[tuple[ModelTensor, ...], Hyper]:
    """All tensors in GGUF's order, complete; and `hyper` with the vocabulary that the embedding has."""
    architecture = ARCHITECTURES[hyper.architecture]
    known = architecture.shapes(hyper)
    tensors: list[ModelTensor] = []
    linears: list[QuantizedLinear] = []
    extra: list[ModelTensor] = []
    done: set[str] = set()
    for base in _layers(stored):
        place = architecture.place(base + ".weight", hyper, file)
        if place is None or len(known[place.name]) != 2:
            raise Fixable("weights-tensor-unknown", file=file, tensor=shown(base) + BUFFERS[0])
        linears.append(_linear(base, stored, place, known[place.name]))
        done.update(base + buffer for buffer in BUFFERS)
        if place.name.removesuffix("weight") + "bias" not in known:
            extra += _bias(stored[base + ".bias"], place, known[place.name][0])
            done.add(base + ".bias")
    linears = _grouped(linears, file)
    for name, tensor in stored.items():
        if name not in done and (found := architecture.place(name, hyper, file)) is not None:
            tensors.append(FloatTensor(found.name, tensor, found.row_order))
    tensors = [tensor for tensor in (*tensors, *linears) if not (tied and tensor.name == "output.weight")]
    rows = next((tensor.shape[0] for tensor in tensors if tensor.name == "token_embd.weight"), hyper.vocabulary)
    hyper = replace(hyper, vocabulary=rows).checked(file)
    check_complete(tensors, hyper, file)
    if not tied and all(tensor.name != "output.weight" for tensor in tensors):
        raise Fixable("weights-tensor-missing", file=file, tensor="lm_head.weight")
    order = {name: number for number, name in enumerate(known)}
    return (*sorted(tensors, key=lambda tensor: order[tensor.name]), *extra), hyper


def _linear(base: str, stored: Mapping[str, StoredTensor], place: Place, shape: tuple[int, ...]) -> QuantizedLinear:
    """The layer `base`, whose GGUF tensor has `shape` (outputs, inputs), as a single group so far."""
    qweight, qzeros, scales = (stored[base + buffer] for buffer in BUFFERS)
    for part, types in ((qweight, (Dtype.I32,)), (qzeros, (Dtype.I32,)), (scales, (Dtype.F32, Dtype.F16))):
        if part.dtype not in types:
            raise Fixable("weights-type", file=part.file.name, tensor=shown(part.name), type=part.dtype.name)
    outputs, inputs = shape
    bits = _bits(qweight, outputs, inputs)
    if len(scales.shape) != 2 or scales.shape[1] != outputs or scales.shape[0] > inputs:
        raise _wrong_shape(scales, f"n x {outputs}")
    groups = scales.shape[0]
    if qzeros.shape != (groups, outputs * bits // _WORD_BITS) or outputs * bits % _WORD_BITS:
        raise _wrong_shape(qzeros, f"{groups} x {outputs * bits / _WORD_BITS:g}")
    return QuantizedLinear(place.name, qweight, qzeros, scales, bits, inputs, place.row_order)


def _bits(qweight: StoredTensor, outputs: int, inputs: int) -> int:
    fitting = [bits for bits in range(1, 9) if qweight.shape == (inputs * bits / _WORD_BITS, outputs)]
    if not fitting:
        raise _wrong_shape(qweight, " / ".join(f"{inputs * bits / _WORD_BITS:g} x {outputs}" for bits in BITS))
    if fitting[0] not in BITS:
        detail = f"{shown(qweight.name)}: {fitting[0]} bit"
        raise Fixable("weights-gptq-unsupported", file=qweight.file.name, detail=detail)
    return fitting[0]


def _grouped(linears: list[QuantizedLinear], file: str) -> list[QuantizedLinear]:
    """The layers with the group size of the file: the one that explains the groups of every layer. The last group of a
    layer may be short; a size that divides evenly, else a power of two, is what people choose.

    Raises `Fixable("weights-gptq-unsupported")` if there is none."""
    groups = {(one.shape[1], one.scales.shape[0]) for one in linears}
    even = {inputs // count for inputs, count in groups if inputs % count == 0}
    powers = {1 << (-(-inputs // count) - 1).bit_length() for inputs, count in groups}
    for size in sorted(even, reverse=True) + sorted(powers):
        if all(-(-inputs // size) == count for inputs, count in groups):
            return [replace(one, group=min(size, one.shape[1])) for one in linears]
    detail = ", ".join(f"{count} groups of {inputs}" for inputs, count in sorted(groups))
    raise Fixable("weights-gptq-unsupported", file=file, detail=detail[:200])


def _bias(bias: StoredTensor, place: Place, outputs: int) -> list[ModelTensor]:
    """A bias that the architecture does not have: nothing if it is zero, as BELLE's packer adds it to every layer;
    else a tensor that llama.cpp adds when it is there (`create_tensor_qkv` and `ffn_*_b` in its loader)."""
    if bias.shape != (outputs,):
        raise _wrong_shape(bias, str(outputs))
    tensor = FloatTensor(place.name.removesuffix("weight") + "bias", bias, place.row_order)
    _ = tensor.type  # raises for integers
    return [tensor] if bias.read().any() else []


def _hyper_from_shapes(stored: Mapping[str, StoredTensor], file: str) -> Hyper:
    """Raises `Fixable("weights-missing-file")` for config.json if the shapes leave the number of heads open."""
    llama = "model.embed_tokens.weight" in stored
    bloom = "transformer." if "transformer.word_embeddings.weight" in stored else ""
    embedding = stored.get("model.embed_tokens.weight" if llama else f"{bloom}word_embeddings.weight")
    widest = stored.get("model.layers.0.mlp.gate_proj.qweight" if llama else f"{bloom}h.0.mlp.dense_h_to_4h.qweight")
    numbers = [int(match[1]) for match in map(_LAYER.fullmatch, stored) if match]
    missing = Fixable("weights-missing-file", file=hugging_face.CONFIG)
    if embedding is None or widest is None or len(embedding.shape) != 2 or len(widest.shape) != 2:
        raise missing
    vocabulary, hidden = embedding.shape
    rotary = next((one for name, one in stored.items() if llama and name.endswith("rotary_emb.inv_freq")), None)
    head_size = 2 * rotary.shape[0] if rotary is not None else HEAD_SIZE  # one frequency for each pair
    if hidden % head_size or (rotary is None and hidden < HEAD_SIZE_FROM):
        raise missing
    key = stored.get("model.layers.0.self_attn.k_proj.scales")
    kv_rows = key.shape[-1] if llama and key is not None else hidden
    return Hyper(
        architecture="llama" if llama else "bloom",
        vocabulary=vocabulary,
        hidden=hidden,
        feed_forward=widest.shape[1],
        layers=max(numbers) + 1,
        heads=hidden // head_size,
        kv_heads=kv_rows // head_size or 1,
        context=2048,
        epsilon=1e-6 if llama else 1e-5,
    ).checked(file)


def _wrong_shape(part: StoredTensor, expected: str) -> Fixable:
    found = " x ".join(str(length) for length in part.shape[:8]) or "1"
    return Fixable("weights-shape", file=part.file.name, tensor=shown(part.name), found=found, expected=expected)
