"""LLaMA in GGUF's terms: keys, shapes, and where the tensors of Hugging Face and of Meta go.

Source: llama.cpp's converter, `conversion/llama.py` (class LlamaModel) and `conversion/base.py` (class TextModel).
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

_HUGGING_FACE = {
    "embed_tokens.weight": "token_embd.weight",
    "norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}
_HUGGING_FACE_LAYER = {
    "input_layernorm.weight": "attn_norm.weight",
    "self_attn.q_proj.weight": "attn_q.weight",
    "self_attn.k_proj.weight": "attn_k.weight",
    "self_attn.v_proj.weight": "attn_v.weight",
    "self_attn.o_proj.weight": "attn_output.weight",
    "post_attention_layernorm.weight": "ffn_norm.weight",
    "mlp.gate_proj.weight": "ffn_gate.weight",
    "mlp.up_proj.weight": "ffn_up.weight",
    "mlp.down_proj.weight": "ffn_down.weight",
}
_META = {
    "tok_embeddings.weight": "token_embd.weight",
    "norm.weight": "output_norm.weight",
    "output.weight": "output.weight",
}
_META_LAYER = {
    "attention_norm.weight": "attn_norm.weight",
    "attention.wq.weight": "attn_q.weight",
    "attention.wk.weight": "attn_k.weight",
    "attention.wv.weight": "attn_v.weight",
    "attention.wo.weight": "attn_output.weight",
    "ffn_norm.weight": "ffn_norm.weight",
    "feed_forward.w1.weight": "ffn_gate.weight",
    "feed_forward.w3.weight": "ffn_up.weight",
    "feed_forward.w2.weight": "ffn_down.weight",
}
_LAYER = re.compile(r"layers\.(0|[1-9][0-9]{0,3})\.(.+)")


def metadata(hyper: Hyper) -> dict[str, Any]:
    """The `llama.*` keys: int for uint32, float for float32."""
    return {
        "llama.block_count": hyper.layers,
        "llama.context_length": hyper.context,
        "llama.embedding_length": hyper.hidden,
        "llama.feed_forward_length": hyper.feed_forward,
        "llama.attention.head_count": hyper.heads,
        "llama.attention.head_count_kv": hyper.kv_heads,
        "llama.rope.freq_base": float(hyper.rope_base),
        "llama.attention.layer_norm_rms_epsilon": float(hyper.epsilon),
        "llama.attention.key_length": hyper.head_size,
        "llama.attention.value_length": hyper.head_size,
        "llama.vocab_size": hyper.vocabulary,
        "llama.rope.dimension_count": hyper.head_size,
    }


def shapes(hyper: Hyper) -> dict[str, tuple[int, ...]]:
    """Every tensor of the GGUF file in the converter's order: `(rows, columns)` or `(length,)`."""
    hidden, inner, kv = hyper.hidden, hyper.feed_forward, hyper.kv_heads * hyper.head_size
    layer: dict[str, tuple[int, ...]] = {
        "attn_q.weight": (hidden, hidden),
        "attn_k.weight": (kv, hidden),
        "attn_v.weight": (kv, hidden),
        "attn_output.weight": (hidden, hidden),
        "ffn_gate.weight": (inner, hidden),
        "ffn_up.weight": (inner, hidden),
        "ffn_down.weight": (hidden, inner),
        "attn_norm.weight": (hidden,),
        "ffn_norm.weight": (hidden,),
    }
    found: dict[str, tuple[int, ...]] = {"token_embd.weight": (hyper.vocabulary, hidden)}
    for number in range(hyper.layers):
        found |= {f"blk.{number}.{name}": shape for name, shape in layer.items()}
    return found | {"output_norm.weight": (hidden,), "output.weight": (hyper.vocabulary, hidden)}


def place(stored_name: str, hyper: Hyper, file: str = "") -> Place | None:
    """Where Hugging Face's tensor goes; None if GGUF has no use for it.

    Hugging Face turns each head as two halves, ggml and Meta as neighbouring pairs, hence the order of q and k.
    Raises `Fixable("weights-tensor-unknown")`."""
    if stored_name.endswith((".rotary_emb.inv_freq", ".attention.masked_bias", ".attention.bias")):
        return None
    found = _named(stored_name.removeprefix("model."), _HUGGING_FACE, _HUGGING_FACE_LAYER, stored_name, hyper, file)
    if stored_name.endswith("self_attn.q_proj.weight"):
        return Place(found, _interleaved(hyper.heads, hyper.head_size))
    if stored_name.endswith("self_attn.k_proj.weight"):
        return Place(found, _interleaved(hyper.kv_heads, hyper.head_size))
    return Place(found)


def place_meta(stored_name: str, hyper: Hyper, file: str = "") -> Place | None:
    """Where Meta's tensor (or that of a legacy ggml file) goes; None for `rope.freqs`.

    Raises `Fixable("weights-tensor-unknown")`."""
    if stored_name == "rope.freqs" or stored_name.endswith(".attention.inner_attention.rope.freqs"):
        return None
    return Place(_named(stored_name, _META, _META_LAYER, stored_name, hyper, file))


def _named(
    name: str, names: dict[str, str], layer_names: dict[str, str], stored_name: str, hyper: Hyper, file: str
) -> str:
    if name in names:
        return names[name]
    match = _LAYER.fullmatch(name)
    if match and match[2] in layer_names and int(match[1]) < hyper.layers:
        return f"blk.{match[1]}.{layer_names[match[2]]}"
    raise Fixable("weights-tensor-unknown", file=file, tensor=shown(stored_name))


def _interleaved(heads: int, head_size: int) -> NDArray[np.int64]:
    """`LlamaModel.permute` as an order: row 2j of a head was row j, row 2j + 1 was row j + head_size / 2."""
    if head_size % 2:
        raise Fixable("weights-config", file="config.json", detail=f"head_size={head_size}")
    rows = np.arange(heads * head_size, dtype=np.int64)
    return rows.reshape(heads, 2, head_size // 2).swapaxes(1, 2).reshape(-1)
