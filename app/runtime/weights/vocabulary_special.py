"""The tokens with a meaning of their own, as Hugging Face's small files name them.

Source: class SpecialVocab of llama.cpp's `gguf-py/gguf/vocab.py`. It differs where that would give wrong texts:
contents of `AddedToken` objects are compared, not the objects; ids may also come from `generation_config.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.errors import AppError, Fixable
from app.runtime.weights.json_file import read_object
from app.runtime.weights.records import Folder

TEMPLATE_BYTES = 64 * 1024

_ID_KEYS = {
    "bos": "tokenizer.ggml.bos_token_id",
    "eos": "tokenizer.ggml.eos_token_id",
    "unk": "tokenizer.ggml.unknown_token_id",
    "sep": "tokenizer.ggml.seperator_token_id",  # spelt so in llama.cpp
    "pad": "tokenizer.ggml.padding_token_id",
    "cls": "tokenizer.ggml.cls_token_id",
    "mask": "tokenizer.ggml.mask_token_id",
    "eot": "tokenizer.ggml.eot_token_id",
}
_ADD_KEYS = {
    "bos": "tokenizer.ggml.add_bos_token",
    "eos": "tokenizer.ggml.add_eos_token",
    "sep": "tokenizer.ggml.add_sep_token",
}


@dataclass(frozen=True)
class SpecialIds:
    """`ids` and `add` by llama.cpp's short names: bos, eos, unk, sep, pad, cls, mask, eot."""

    ids: Mapping[str, int] = field(default_factory=dict)
    add: Mapping[str, bool] = field(default_factory=dict)
    add_space_prefix: bool | None = None
    chat_template: str = ""
    notes: tuple[AppError, ...] = ()

    def metadata(self, rows: int) -> dict[str, Any]:
        """The GGUF keys. Ids outside of the `rows` tokens are left out, as llama.cpp's converter does."""
        found: dict[str, Any] = {}
        for name, key in _ID_KEYS.items():
            if 0 <= self.ids.get(name, -1) < rows:
                found[key] = self.ids[name]
        found |= {key: self.add[name] for name, key in _ADD_KEYS.items() if name in self.add}
        if self.add_space_prefix is not None:
            found["tokenizer.ggml.add_space_prefix"] = self.add_space_prefix
        if self.chat_template:
            found["tokenizer.chat_template"] = self.chat_template
        return found


def read_special(
    folder: Folder, config: Mapping[str, Any], generation: Mapping[str, Any], tokenizer: Mapping[str, Any]
) -> SpecialIds:
    """From the folder's `tokenizer_config.json` and the parsed `config.json`, `generation_config.json` and
    `tokenizer.json` (empty where there is none). A token named by "" has no name; its id then comes from the configs.

    Raises `Fixable("weights-tokenizer-damaged")`."""
    settings = read_settings(folder)
    contents = {name: token_content(settings.get(f"{name}_token")) for name in _ID_KEYS}
    contents["bos"] = contents["bos"] or (contents["cls"] if tokenizer else "")
    contents["eos"] = contents["eos"] or (contents["sep"] if tokenizer else "")
    add = _from_post_processor(tokenizer.get("post_processor"), contents)
    for name in _ADD_KEYS:
        wanted = settings.get(f"add_{name}_token")
        if isinstance(wanted, bool):
            add.setdefault(name, wanted)
    by_content: dict[str, Any] = {}
    for token in added_tokens(tokenizer):
        by_content.setdefault(str(token.get("content")), token.get("id"))
    ids: dict[str, int] = {}
    for name in _ID_KEYS:
        stored = by_content.get(contents[name]) if contents[name] else None
        for found in (stored, config.get(f"{name}_token_id"), _first(generation.get(f"{name}_token_id"))):
            if type(found) is int and found >= 0:
                ids[name] = found
                break
    template, notes = _chat_template(folder, settings)
    prefix = settings.get("add_prefix_space")
    return SpecialIds(ids, add, prefix if isinstance(prefix, bool) else None, template, notes)


def read_settings(folder: Folder) -> dict[str, Any]:
    """`tokenizer_config.json`, empty if there is none."""
    if "tokenizer_config.json" not in folder.names():
        return {}
    return read_object(folder.open("tokenizer_config.json"), "weights-tokenizer-damaged")


def added_tokens(tokenizer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The entries of `added_tokens` in `tokenizer.json` that are objects."""
    entries = tokenizer.get("added_tokens")
    yield from (entry for entry in (entries if isinstance(entries, list) else []) if isinstance(entry, dict))


def token_content(entry: object) -> str:
    """The text of a token that stands as a string or as an `AddedToken` object; "" if it has none."""
    if isinstance(entry, dict):
        entry = entry.get("content")
    return entry if isinstance(entry, str) else ""


def looks_special(token: str) -> bool:
    """llama.cpp's guess (`does_token_look_special`) at added tokens that are not marked as special."""
    return (
        token in ("<pad>", "<mask>", "<2mass>", "[@BOS@]")
        or (token.startswith("<|") and token.endswith("|>"))
        or (token.startswith("<\uff5c") and token.endswith("\uff5c>"))  # DeepSeek's full-width bars
        or (token.startswith("<unused") and token.endswith(">"))
    )


def _from_post_processor(processor: object, contents: dict[str, str]) -> dict[str, bool]:
    """Whether bos and eos surround a text; what that says about the tokens' names is put into `contents`."""
    add: dict[str, bool] = {}
    if not isinstance(processor, dict):
        return add
    inner = processor.get("processors")
    for one in inner if isinstance(inner, list) else [processor]:
        kind = one.get("type") if isinstance(one, dict) else None
        if kind == "ByteLevel":
            add.setdefault("bos", False)
            add.setdefault("eos", False)
        single = one.get("single") if kind == "TemplateProcessing" else None
        if not isinstance(single, list) or len(single) < 2:
            continue
        first, last = _special_content(single[0]), _special_content(single[-1])
        if first:
            if first not in (contents["bos"], contents["cls"]):
                contents["bos"] = contents["bos"] or first
                contents["cls"] = contents["cls"] or first
            add["bos"] = first in (contents["bos"], contents["cls"])
        if last:
            if last != contents["eos"]:  # then the named token ends a turn, and the text ends with this one
                contents["eot"], contents["eos"] = contents["eos"], last
            add["eos"] = True
    return add


def _special_content(step: object) -> str:
    """The token of one step of a template; "" if the step is the text."""
    token = step.get("SpecialToken") if isinstance(step, dict) else None
    return token_content(token.get("id")) if isinstance(token, dict) else ""


def _chat_template(folder: Folder, settings: Mapping[str, Any]) -> tuple[str, tuple[AppError, ...]]:
    found = settings.get("chat_template")
    if isinstance(found, list):
        named = [entry for entry in found if isinstance(entry, dict) and entry.get("name") == "default"]
        found = named[0].get("template") if named else None
    if not isinstance(found, str) or not found:
        return "", ()
    if len(found.encode()) > TEMPLATE_BYTES or "\0" in found:
        return "", (Fixable("note-chat-template", file=folder.name),)
    return found, ()


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value
