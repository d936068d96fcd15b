"""Which tensor gets which type: llama.cpp's rules, for the targets we write and the architectures we know.

Source: `src/llama-quant.cpp` of the llama.cpp in llama-cpp-python 0.3.36 (`tensor_allows_quantization`,
`llama_tensor_get_type`, `tensor_type_fallback`), for float tensors `conversion/base.py` (`prepare_tensors`).
Rules for other architectures, other file types, experts and importance matrices are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.runtime.weights.ggml import BLOCKS, GgmlType
from app.runtime.weights.records import Target

# target: the type of most tensors, and llama.cpp's number for the mix (`enum llama_ftype`, `general.file_type`)
_TARGETS = {
    Target.F32: (GgmlType.F32, 0),
    Target.F16: (GgmlType.F16, 1),
    Target.Q4_0: (GgmlType.Q4_0, 2),
    Target.Q4_1: (GgmlType.Q4_1, 3),
    Target.Q8_0: (GgmlType.Q8_0, 7),
    Target.Q5_0: (GgmlType.Q5_0, 8),
    Target.Q5_1: (GgmlType.Q5_1, 9),
    Target.Q4_K_M: (GgmlType.Q4_K, 15),
    Target.Q5_K_M: (GgmlType.Q5_K, 17),
    Target.Q6_K: (GgmlType.Q6_K, 18),
}
_FALLBACKS = {GgmlType.Q4_K: GgmlType.Q5_0, GgmlType.Q5_K: GgmlType.Q5_1, GgmlType.Q6_K: GgmlType.Q8_0}
_MEDIUM = frozenset({Target.Q4_K_M, Target.Q5_K_M})  # the mixes that give some tensors more bits
_ATTENTION_V = ("attn_qkv.weight", "attn_kv_b.weight", "attn_v.weight")


def base_type(target: Target) -> GgmlType:
    """The type that most matrices of a file for `target` (any but KEEP) have."""
    return _TARGETS[target][0]


def file_type(target: Target) -> int:
    """`general.file_type` of a file for `target` (any but KEEP)."""
    return _TARGETS[target][1]


def float_type(name: str, shape: tuple[int, ...], matrices: GgmlType) -> GgmlType:
    """Of a tensor that is not quantized: `matrices` for those, F32 for vectors, norms and everything unusual."""
    plain = len(shape) > 1 and name.endswith(".weight") and not name.endswith("_norm.weight")
    return matrices if plain and "ffn_gate_inp" not in name else GgmlType.F32


def tensor_types(
    target: Target, tensors: Iterable[tuple[str, tuple[int, ...]]], architecture: str, metadata: Mapping[str, Any]
) -> dict[str, GgmlType]:
    """The type of every tensor in a file for `target` (any but KEEP), by name.

    `tensors` gives all names and shapes of the model, slowest axis first; `metadata` its GGUF keys, of which the
    number of layers and of heads matter. What is never quantized gets `float_type`.
    """
    shapes = dict(tensors)
    base = base_type(target)
    if base in (GgmlType.F32, GgmlType.F16):
        return {name: float_type(name, shape, base) for name, shape in shapes.items()}
    mix = _Mix(target, shapes, architecture, metadata)
    types = {name: mix.next_type(name, shapes[name]) for name in sorted(shapes, key=_walking_order)}
    return {name: types[name] for name in shapes}


class _Mix:
    """Chooses types in the order in which llama.cpp walks the tensors: some rules count what came before."""

    def __init__(
        self, target: Target, shapes: Mapping[str, tuple[int, ...]], architecture: str, metadata: Mapping[str, Any]
    ) -> None:
        self._target = target
        self._base = base_type(target)
        self._tied = "output.weight" not in shapes
        self._values = sum(any(part in name for part in _ATTENTION_V) for name in shapes)  # n_attention_wv
        self._layers = _count(metadata.get(f"{architecture}.block_count"), _layers(shapes))
        heads = metadata.get(f"{architecture}.attention.head_count")
        grouped = heads != metadata.get(f"{architecture}.attention.head_count_kv", heads)
        self._shares_values = architecture == "llama" and self._layers == 80 and grouped  # LLM_TYPE_70B
        self._values_seen = self._downs_seen = 0

    def next_type(self, name: str, shape: tuple[int, ...]) -> GgmlType:
        if not _quantizes(name, shape):
            return float_type(name, shape, GgmlType.F16)
        kind = self._wanted(name, shape[-1])
        if shape[-1] % BLOCKS[kind].weights:
            kind = _FALLBACKS.get(kind, kind)
            if shape[-1] % BLOCKS[kind].weights:
                kind = GgmlType.F16
        return kind

    def _wanted(self, name: str, columns: int) -> GgmlType:
        if name == "output.weight" or (self._tied and name == "token_embd.weight"):
            whole = columns % BLOCKS[self._base].weights == 0
            return GgmlType.Q6_K if whole and self._base is not GgmlType.Q8_0 else GgmlType.Q8_0
        if any(part in name for part in _ATTENTION_V):
            self._values_seen += 1
            return self._value_type(self._values_seen - 1)
        if "ffn_down" in name:
            self._downs_seen += 1
            better = self._target in _MEDIUM and _use_more_bits(self._downs_seen - 1, self._layers)
            return GgmlType.Q6_K if better else self._base
        return self._base

    def _value_type(self, index: int) -> GgmlType:
        if self._target in _MEDIUM and _use_more_bits(index, self._values):
            return GgmlType.Q6_K
        return GgmlType.Q5_K if self._shares_values and self._base is GgmlType.Q4_K else self._base


def _quantizes(name: str, shape: tuple[int, ...]) -> bool:
    """Whether llama.cpp quantizes the tensor at all. A matrix of one row is a vector to ggml."""
    matrix = len(shape) > 1 and any(length > 1 for length in shape[:-1])
    return matrix and name.endswith("weight") and "_norm.weight" not in name and "ffn_gate_inp.weight" not in name


def _use_more_bits(index: int, count: int) -> bool:
    """For the first and the last eighth of the layers, and every third one between."""
    return index < count // 8 or index >= 7 * count // 8 or (index - count // 8) % 3 == 2


def _walking_order(name: str) -> tuple[int, str]:
    """llama.cpp's `weight_name_comparer`: what belongs to no layer, then layer by layer, by name."""
    return _layer(name), name


def _layer(name: str) -> int:
    found = re.match(r"blk\.(\d{1,6})", name)
    return int(found[1]) if found else -1


def _layers(names: Iterable[str]) -> int:
    return 1 + max((_layer(name) for name in names), default=-1)


def _count(value: Any, default: int) -> int:
    return value if isinstance(value, int) and value > 0 else default
