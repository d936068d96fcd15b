"""The `general.*` keys of a written file: what it is, whence it comes, and what made it.

Names as in llama.cpp's `gguf-py/gguf/constants.py`; keys of our own begin with `chatbelle.`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import __version__
from app.runtime.weights.records import Kind, Origin, WeightsModel

QUANTIZATION_VERSION = 2  # GGML_QNT_VERSION of ggml.h
CHAT_TEMPLATE = "tokenizer.chat_template"
TEMPLATE_ID = "chatbelle.template"
HASHES = "general.source.sha256"
HASH_PLACEHOLDER = "0" * 64
# Rewritten, or about how the source file was cut
STALE = ("general.file_type", "general.quantization_version", "split.", "general.source.sha256")


def describe(model: WeightsModel, origin: Origin, file_type: int, hashed: tuple[str, ...]) -> dict[str, Any]:
    """All keys of the file in the order they are written. `hashed`: the weight files whose SHA-256 is filled in at
    the end (`HASHES` lists "name hash", with `HASH_PLACEHOLDER` for now)."""
    keys: dict[str, Any] = {"general.architecture": model.architecture, "general.type": "model"}
    source = {key: value for key, value in model.metadata.items() if not key.startswith(STALE)}
    keys.update({key: value for key, value in source.items() if key.startswith("general.")})
    keys.update(_origin(origin, keys))
    keys["general.file_type"] = file_type
    keys["general.quantization_version"] = QUANTIZATION_VERSION
    keys["chatbelle.converter"] = f"ChatBELLE {__version__}"
    if hashed:
        keys[HASHES] = [f"{name} {HASH_PLACEHOLDER}" for name in hashed]
    keys.update({key: value for key, value in source.items() if not key.startswith("general.")})
    keys.update(model.vocabulary.metadata)
    if origin.template and CHAT_TEMPLATE not in keys and model.kind is not Kind.GGUF:
        keys[CHAT_TEMPLATE] = origin.template
        if origin.template_id:
            keys[TEMPLATE_ID] = origin.template_id
    return keys


def fill_hashes(hashes: Mapping[str, str], hashed: tuple[str, ...]) -> list[str]:
    """The final value of `HASHES`, as long as the placeholder."""
    return [f"{name} {hashes[name]}" for name in hashed]


def _origin(origin: Origin, known: Mapping[str, Any]) -> dict[str, Any]:
    facts = {
        "general.name": origin.name,
        "general.license": origin.license,
        "general.source.url": origin.repository,
        "general.source.repo_url": origin.repository,
    }
    return {key: value for key, value in facts.items() if value and (key not in known or key != "general.name")}
