"""What a file that shall be the key says about itself: its first and last kilobytes are read, nothing else."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from app.runtime.weights.known_keys import LLAMA_2_7B_SIZE
from app.runtime.weights.records import BytesSource

HEAD = 64 * 1024  # covers the index of tensors at the start of Meta's files
TAIL = 22 + 65_535  # the longest end record of a zip file (APPNOTE 4.3.16)
PARAMS = 64 * 1024  # bytes; Meta's params.json has about 100

_LOCAL_HEADER = b"PK\x03\x04"
_END_RECORD = b"PK\x05\x06"
_META_NAMES = (b"tok_embeddings.weight", b"layers.0.attention.w")
_HUGGING_FACE_NAMES = (
    b"model.embed_tokens.",
    b"model.layers.",
    b"lm_head.weight",
    b"transformer.h.",
    b"transformer.word_embeddings",
)
# The shape (32000, columns) as pickle writes it: BININT2 32000, BININT2 columns, TUPLE2
_EMBEDDING_SHAPE = re.compile(rb"tok_embeddings\.weight.{1,400}?M\x00\x7dM(..)\x86", re.DOTALL)
_PART = re.compile(r"consolidated\.(\d\d)/")


@dataclass(frozen=True)
class KeyFacts:
    """`member`: name of the first file in the zip container, "" if it is none. `whole`: False if the container's
    end is missing. `width`: columns of the embedding, 0 if they are not seen. `meta`, `hugging_face`: whose tensor
    names are in it. `llama2`: its size or the params.json beside it are those of LLaMA 2."""

    size: int
    member: str
    whole: bool
    width: int
    meta: bool
    hugging_face: bool
    llama2: bool

    @property
    def part(self) -> int:
        """Which part of a checkpoint in several files this is; 0 for the first and for undivided ones."""
        match = _PART.match(self.member)
        return int(match[1]) if match else 0


def look_at(key: BytesSource, path: Path) -> KeyFacts:
    """The facts of the key file at `path`. Raises `Fixable("weights-unreadable")`."""
    head = bytes(key.read(0, min(HEAD, key.size)))
    tail = bytes(key.read(max(0, key.size - TAIL), min(TAIL, key.size)))
    member = first_member(head)
    shape = _EMBEDDING_SHAPE.search(head)
    hugging_face = _has(head, _HUGGING_FACE_NAMES) or _is_safetensors(head) or member.startswith("pytorch_model")
    return KeyFacts(
        size=key.size,
        member=member,
        whole=not member or _END_RECORD in tail,
        width=int.from_bytes(shape[1], "little") if shape else 0,
        meta=_has(head, _META_NAMES) or member.startswith("consolidated"),
        hugging_face=hugging_face,
        llama2=key.size == LLAMA_2_7B_SIZE or _params_of_llama_2(path.parent / "params.json"),
    )


def first_member(head: bytes) -> str:
    """Name of the first file of a zip container by its local header (APPNOTE 4.3.7), "" if `head` starts none."""
    if not head.startswith(_LOCAL_HEADER) or len(head) < 30:
        return ""
    return head[30 : 30 + int.from_bytes(head[26:28], "little")][:200].decode("utf-8", "replace")


def _has(head: bytes, names: tuple[bytes, ...]) -> bool:
    return any(name in head for name in names)


def _is_safetensors(head: bytes) -> bool:
    return head[8:10] == b'{"' and 0 < int.from_bytes(head[:8], "little") < 1 << 32


def _params_of_llama_2(path: Path) -> bool:
    """The first LLaMA has an RMSNorm epsilon of 1e-6, LLaMA 2 of 1e-5 (convert_llama_ggml_to_gguf.py of llama.cpp);
    only LLaMA 2 and later have the other two fields."""
    try:
        with path.open("rb") as file:
            params = json.loads(file.read(PARAMS))
    except (OSError, ValueError, RecursionError):
        return False
    if not isinstance(params, dict):
        return False
    return params.get("norm_eps") == 1e-5 or "n_kv_heads" in params or "ffn_dim_multiplier" in params
