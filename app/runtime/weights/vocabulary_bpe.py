"""BLOOM's byte-level BPE vocabulary, from Hugging Face's `tokenizer.json`, as GGUF keys.

Source: `_set_vocab_gpt2` and `get_vocab_base` in llama.cpp's `conversion/base.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import AppError, Fixable
from app.runtime.weights.json_file import read_object
from app.runtime.weights.records import Folder, Vocabulary
from app.runtime.weights.sniff import shown
from app.runtime.weights.vocabulary_special import (
    SpecialIds,
    added_tokens,
    looks_special,
    read_settings,
    read_special,
    token_content,
)
from app.runtime.weights.vocabulary_spm import FEWER, MAX_ROWS, TokenType, check_tokens

FILE = "tokenizer.json"


def bpe_vocabulary(
    folder: Folder, config: Mapping[str, Any], rows: int, generation: Mapping[str, Any] | None = None
) -> Vocabulary:
    """The vocabulary of `rows` tokens, padded with unused ones; pre-tokenizer "bloom", whatever the file says.

    Raises `Fixable("weights-tokenizer-damaged")`, also if a token's id is outside of the rows."""
    tokenizer = read_object(folder.open(FILE), "weights-tokenizer-damaged")
    model = tokenizer.get("model")
    if not isinstance(model, dict) or model.get("type", "BPE") != "BPE":
        raise _damaged("model.type")
    special = read_special(folder, config, generation or {}, tokenizer)
    tokens, types, notes = _tokens(model, tokenizer, read_settings(folder), rows)
    check_tokens(tokens, FILE)
    metadata = {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "bloom",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": types,
        "tokenizer.ggml.merges": _merges(model.get("merges")),
    }
    # The converter knows add_space_prefix only for sentencepiece.
    keys = SpecialIds(special.ids, special.add, None, special.chat_template).metadata(rows)
    return Vocabulary(rows, metadata | keys, (*notes, *special.notes))


def _tokens(
    model: Mapping[str, Any], tokenizer: Mapping[str, Any], settings: Mapping[str, Any], rows: int
) -> tuple[list[str], list[int], tuple[AppError, ...]]:
    """Texts and types by id."""
    vocabulary = model.get("vocab")
    if not isinstance(vocabulary, dict) or not 0 < len(vocabulary) <= rows <= MAX_ROWS:
        raise _damaged(f"model.vocab: {len(vocabulary) if isinstance(vocabulary, dict) else 0} tokens, {rows} rows")
    tokens = [f"[PAD{number}]" for number in range(rows)]
    types = [int(TokenType.UNUSED)] * rows
    for text, number in vocabulary.items():
        if type(number) is not int or not 0 <= number < rows:
            raise _damaged(f"token id {str(number)[:20]}, {rows} rows")
        if types[number] != TokenType.UNUSED:
            raise _damaged(f"token id {number} twice")
        tokens[number], types[number] = text, int(TokenType.NORMAL)
    notes: list[AppError] = []
    for entry in added_tokens(tokenizer):
        number, text = entry.get("id"), entry.get("content")
        if type(number) is not int or not isinstance(text, str):
            raise _damaged("added_tokens")
        if not 0 <= number < rows:
            notes.append(Fixable("note-added-token", file=FILE, token=shown(text), id=number, rows=rows))
            continue
        control = entry.get("special") is True or looks_special(text)
        # A user's token is matched as it stands, so sentencepiece's sign for a space is undone.
        tokens[number] = text if control else text.replace("\u2581", " ")
        types[number] = int(TokenType.CONTROL if control else TokenType.USER_DEFINED)
    # Whatever the settings name as bos, eos … is special to Hugging Face, listed in added_tokens or not.
    for name in ("bos", "eos", "unk", "pad", "sep", "cls", "mask"):
        number = vocabulary.get(token_content(settings.get(f"{name}_token")))
        if number is not None:
            types[number] = int(TokenType.CONTROL)
    if types.count(TokenType.UNUSED) > FEWER:
        found = rows - types.count(TokenType.UNUSED)
        notes.append(Fixable("note-vocabulary-smaller", file=FILE, tokens=found, rows=rows))
    return tokens, types, tuple(notes)


def _merges(merges: object) -> list[str]:
    """As "left right"; files of 2023 have these strings, later ones pairs."""
    if not isinstance(merges, list) or not merges:
        raise _damaged("model.merges")
    found = []
    for number, merge in enumerate(merges):
        if isinstance(merge, list) and len(merge) == 2 and all(isinstance(part, str) and part for part in merge):
            merge = " ".join(part.replace(" ", "\u0120") for part in merge)  # byte-level BPE's sign for a space
        if not isinstance(merge, str) or merge.find(" ", 1) < 0 or "\0" in merge:
            raise _damaged(f"merge {number}")
        found.append(merge)
    return found


def _damaged(detail: str) -> Fixable:
    return Fixable("weights-tokenizer-damaged", file=FILE, detail=detail)
