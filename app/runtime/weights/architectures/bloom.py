"""BLOOM in GGUF's terms: keys, shapes, and where the tensors of Hugging Face go.

Source: llama.cpp's converter, `conversion/bloom.py` (class BloomModel), and its loader `src/models/bloom.cpp`.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import Fixable
from app.runtime.weights.architectures.place import Place
from app.runtime.weights.hyper import Hyper
from app.runtime.weights.sniff import shown

OPTIONAL: frozenset[str] = frozenset({"output.weight"})  # llama.cpp falls back to token_embd.weight (tied)

_MODULES = {
    "word_embeddings": "token_embd",
    "word_embeddings_layernorm": "token_embd_norm",
    "ln_f": "output_norm",
    "lm_head": "output",
}
_LAYER_MODULES = {
    "input_layernorm": "attn_norm",
    "self_attention.query_key_value": "attn_qkv",
    "self_attention.dense": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.dense_h_to_4h": "ffn_up",
    "mlp.dense_4h_to_h": "ffn_down",
}
_NO_BIAS = ("word_embeddings", "lm_head")
_NAME = re.compile(r"(?:h\.(0|[1-9][0-9]{0,3})\.)?(.+)\.(weight|bias)")
_SKIPPED = re.compile(r"h\.[0-9]+\.self_attention\.(bias|masked_bias)")  # masks that some versions stored


def metadata(hyper: Hyper) -> dict[str, Any]:
    """The `bloom.*` keys: int for uint32, float for float32."""
    return {
        "bloom.context_length": hyper.context,
        "bloom.embedding_length": hyper.hidden,
        "bloom.feed_forward_length": hyper.feed_forward,
        "bloom.block_count": hyper.layers,
        "bloom.attention.head_count": hyper.heads,
        "bloom.attention.head_count_kv": hyper.kv_heads,
        "bloom.attention.layer_norm_epsilon": float(hyper.epsilon),
    }


def shapes(hyper: Hyper) -> dict[str, tuple[int, ...]]:
    """Every tensor of the GGUF file in the converter's order: `(rows, columns)` or `(length,)`."""
    hidden, inner = hyper.hidden, hyper.feed_forward
    layer: dict[str, tuple[int, ...]] = {
        **_pair("attn_norm", hidden),
        **_pair("attn_qkv", 3 * hidden, hidden),
        **_pair("attn_output", hidden, hidden),
        **_pair("ffn_norm", hidden),
        **_pair("ffn_up", inner, hidden),
        **_pair("ffn_down", hidden, inner),
    }
    found: dict[str, tuple[int, ...]] = {"token_embd.weight": (hyper.vocabulary, hidden)}
    found |= _pair("token_embd_norm", hidden)
    for number in range(hyper.layers):
        found |= {f"blk.{number}.{name}": shape for name, shape in layer.items()}
    return found | _pair("output_norm", hidden) | {"output.weight": (hyper.vocabulary, hidden)}


def _pair(module: str, rows: int, *columns: int) -> dict[str, tuple[int, ...]]:
    return {f"{module}.weight": (rows, *columns), f"{module}.bias": (rows,)}


def place(stored_name: str, hyper: Hyper, file: str = "") -> Place | None:
    """Where Hugging Face's tensor goes, with or without `transformer.`; None if GGUF has no use for it.

    Raises `Fixable("weights-tensor-unknown")`."""
    name = stored_name.removeprefix("transformer.")
    if _SKIPPED.fullmatch(name):
        return None
    match = _NAME.fullmatch(name)
    if match:
        layer, module, kind = match.groups()
        if layer is None and module in _MODULES and not (kind == "bias" and module in _NO_BIAS):
            return Place(f"{_MODULES[module]}.{kind}")
        if layer is not None and module in _LAYER_MODULES and int(layer) < hyper.layers:
            order = _split_qkv(hyper) if module == "self_attention.query_key_value" else None
            return Place(f"blk.{layer}.{_LAYER_MODULES[module]}.{kind}", order)
    raise Fixable("weights-tensor-unknown", file=file, tensor=shown(stored_name))


def _split_qkv(hyper: Hyper) -> NDArray[np.int64]:
    """Stored `[head, q/k/v, head_size]` becomes `[q/k/v, head, head_size]`."""
    rows = np.arange(3 * hyper.hidden, dtype=np.int64)
    return rows.reshape(hyper.heads, 3, hyper.head_size).swapaxes(0, 1).reshape(-1)
