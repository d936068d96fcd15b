"""Tokenizers made by hand: sentencepiece's protobuf and Hugging Face's JSON."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import pytest

from app.errors import Fixable
from app.runtime.weights.records import Vocabulary
from app.runtime.weights.vocabulary import bpe_vocabulary, folder_vocabulary
from tests.runtime.weights.reference import MemoryFolder

BASE = [("<unk>", 0.0, 2), ("<s>", 0.0, 3), ("</s>", 0.0, 3), ("<0x0A>", 0.0, 6), ("\u2581a", -1.5, 1)]
TOKENS, SCORES, TYPES = (f"tokenizer.ggml.{key}" for key in ("tokens", "scores", "token_type"))
BOS, EOS, UNK, PAD = (f"tokenizer.ggml.{key}_token_id" for key in ("bos", "eos", "unknown", "padding"))
ADD_BOS, ADD_EOS = "tokenizer.ggml.add_bos_token", "tokenizer.ggml.add_eos_token"


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    data = b""
    while number >= 0x80:
        data, number = data + bytes([number & 0x7F | 0x80]), number >> 7
    return data + bytes([number])


def record(field: int, data: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(data)) + data


def piece(text: bytes, score: float, kind: int) -> bytes:
    return record(1, record(1, text) + b"\x15" + struct.pack("<f", score) + b"\x18" + varint(kind))


def spm(pieces: list[tuple[str, float, int]] | None = None, **trained: int) -> bytes:
    """A `tokenizer.model`; `trained` are the trainer's ids, e.g. `bos=1`."""
    fields = {"unk": 40, "bos": 41, "eos": 42, "pad": 43}
    trainer = b"".join(varint(fields[name] << 3) + varint(number) for name, number in trained.items())
    body = b"".join(piece(text.encode(), score, kind) for text, score, kind in pieces or BASE)
    return body + record(2, trainer) + record(3, record(1, b"identity"))


def spm_folder(model: bytes | None = None, **files: Any) -> MemoryFolder:
    data = {f"{stem}.json": json.dumps(value).encode() for stem, value in files.items()}
    return MemoryFolder({"tokenizer.model": spm() if model is None else model} | data)


def spm_keys(rows: int, config: Mapping[str, Any] | None = None, **files: Any) -> Vocabulary:
    return folder_vocabulary("llama", spm_folder(**files), config or {}, rows)


def bpe(**changes: Any) -> dict[str, Any]:
    """A `tokenizer.json`."""
    model = {"type": "BPE", "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, "a": 3, "b": 4, "ab": 5}, "merges": ["a b"]}
    special = [{"id": number, "content": text, "special": True} for number, text in enumerate(["<unk>", "<s>", "</s>"])]
    post = {"type": "ByteLevel"}
    return {"model": model | changes.pop("model", {}), "added_tokens": special, "post_processor": post} | changes


def bpe_keys(rows: int, tokenizer: Mapping[str, Any] | None = None, **files: Any) -> Vocabulary:
    data = {"tokenizer.json": json.dumps(bpe() if tokenizer is None else tokenizer).encode()}
    data |= {f"{stem}.json": json.dumps(value).encode() for stem, value in files.items()}
    return bpe_vocabulary(MemoryFolder(data), {}, rows)


def fails(code: str, call: Any, *arguments: Any, **named: Any) -> Mapping[str, Any]:
    with pytest.raises(Fixable) as raised:
        call(*arguments, **named)
    assert raised.value.code == code
    return raised.value.params
