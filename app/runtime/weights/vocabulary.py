"""The tokenizer of a folder as GGUF keys: sentencepiece for LLaMA, byte-level BPE for BLOOM."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.errors import Fixable
from app.runtime.weights.json_file import read_object
from app.runtime.weights.records import Folder, Vocabulary
from app.runtime.weights.sniff import shown
from app.runtime.weights.vocabulary_bpe import bpe_vocabulary
from app.runtime.weights.vocabulary_special import SpecialIds, looks_special, read_settings, read_special
from app.runtime.weights.vocabulary_spm import Added, Piece, TokenType, read_pieces, sentencepiece_vocabulary

__all__ = [
    "Added",
    "Piece",
    "SpecialIds",
    "TokenType",
    "bpe_vocabulary",
    "find_tokenizer",
    "folder_vocabulary",
    "read_pieces",
    "sentencepiece_vocabulary",
]

NEEDED = {"llama": "tokenizer.model", "bloom": "tokenizer.json"}


def find_tokenizer(architecture: str, *folders: Folder | None) -> Folder:
    """The first of `folders` that holds what `architecture` needs.

    Raises `Fixable("weights-tokenizer-missing")` naming the first folder and the file."""
    given = [folder for folder in folders if folder is not None]
    for folder in given:
        if NEEDED[architecture] in folder.names():
            return folder
    raise Fixable("weights-tokenizer-missing", file=given[0].name, needed=NEEDED[architecture])


def folder_vocabulary(
    architecture: str,
    folder: Folder,
    config: Mapping[str, Any],
    rows: int,
    generation: Mapping[str, Any] | None = None,
) -> Vocabulary:
    """The vocabulary in `folder` for a model of `rows` tokens. `config` and `generation` are its parsed
    `config.json` and `generation_config.json`; they may come from another folder.

    Raises `Fixable("weights-tokenizer-damaged")`."""
    if architecture == "bloom":
        return bpe_vocabulary(folder, config, rows, generation)
    fast: dict[str, Any] = {}
    if "tokenizer.json" in folder.names():
        fast = read_object(folder.open("tokenizer.json"), "weights-tokenizer-damaged")
    special = read_special(folder, config, generation or {}, fast)
    return sentencepiece_vocabulary(folder.open("tokenizer.model"), rows, special, _added(folder))


def _added(folder: Folder) -> tuple[Added, ...]:
    """Tokens that were added after training: `added_tokens.json`, then those of `tokenizer_config.json`."""
    found = []
    if "added_tokens.json" in folder.names():
        name = "added_tokens.json"
        for text, number in read_object(folder.open(name), "weights-tokenizer-damaged").items():
            if type(number) is not int:
                raise Fixable("weights-tokenizer-damaged", file=name, detail=shown(text))
            found.append(Added(number, text, TokenType.USER_DEFINED, name))
    decoder = read_settings(folder).get("added_tokens_decoder")
    for key, entry in decoder.items() if isinstance(decoder, dict) else ():
        name = "tokenizer_config.json"
        content = entry.get("content") if isinstance(entry, dict) else None
        if not re.fullmatch("[0-9]{1,9}", key) or not isinstance(content, str):
            raise Fixable("weights-tokenizer-damaged", file=name, detail=shown(key))
        if entry.get("special") or looks_special(content):
            found.append(Added(int(key), content, TokenType.CONTROL, name))
        else:  # a user's token is matched as it stands
            found.append(Added(int(key), content.replace("\u2581", " "), TokenType.USER_DEFINED, name))
    return tuple(found)
