"""The type that each tensor is written in: the source's own for `keep`, else llama.cpp's rules for the target."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from app.runtime.weights import mixes
from app.runtime.weights.ggml import BLOCKS, FLOATS, GgmlType
from app.runtime.weights.gguf_format import plain
from app.runtime.weights.records import Kind, ModelTensor, Target, WeightsModel

QUANTIZED_KINDS = frozenset({Kind.LEGACY, Kind.GPTQ, Kind.GGUF})
DEFAULT = Target.Q4_0  # of sources that are not quantized: what 8 GB of memory hold
_FILE_TYPES = {mixes.base_type(target): mixes.file_type(target) for target in Target if target is not Target.KEEP}


def default_target(model: WeightsModel) -> Target:
    """`keep` for sources that are quantized already, else 4 bits."""
    quantized = any(tensor.type not in FLOATS for tensor in model.tensors)
    return Target.KEEP if quantized or model.kind in QUANTIZED_KINDS else DEFAULT


def output_types(model: WeightsModel, target: Target) -> dict[str, GgmlType]:
    """The type of every tensor in the file to be written, by name. A tensor that already has the target's own type
    keeps its numbers, and one that was quantized keeps them where the target would only make it larger."""
    if target is Target.KEEP:
        return {tensor.name: _kept(model, tensor) for tensor in model.tensors}
    shapes = [(tensor.name, tensor.shape) for tensor in model.tensors]
    facts = {key: plain(value) for key, value in model.metadata.items()}
    types = mixes.tensor_types(target, shapes, model.architecture, facts)
    base = mixes.base_type(target)
    return {
        tensor.name: base if tensor.type is base and base not in FLOATS else types[tensor.name]
        for tensor in model.tensors
    }


def file_type(target: Target, types: Mapping[str, GgmlType], shapes: Mapping[str, tuple[int, ...]]) -> int:
    """`general.file_type`: the target's number, for `keep` that of the type most weights have."""
    if target is not Target.KEEP:
        return mixes.file_type(target)
    return _FILE_TYPES.get(majority(types, shapes), mixes.file_type(Target.F16))


def majority(types: Mapping[str, GgmlType], shapes: Mapping[str, tuple[int, ...]]) -> GgmlType:
    """The type that most weights have: what a person calls the file's quantization."""
    weights: Counter[GgmlType] = Counter()
    for name, kind in types.items():
        weights[kind] += math.prod(shapes[name])
    return weights.most_common(1)[0][0] if weights else GgmlType.F32


def _kept(model: WeightsModel, tensor: ModelTensor) -> GgmlType:
    """The type that holds the source's numbers, or rounds them least where none of today does. The float32
    embeddings of a quantized checkpoint become F16: they would be larger than all the rest."""
    kept = tensor.keep
    if kept not in FLOATS:
        return kept if tensor.shape[-1] % BLOCKS[kept].weights == 0 else GgmlType.F16
    narrow = model.kind is Kind.GPTQ and kept is GgmlType.F32
    return (
        kept
        if model.kind is Kind.GGUF
        else mixes.float_type(tensor.name, tensor.shape, GgmlType.F16 if narrow else kept)
    )
