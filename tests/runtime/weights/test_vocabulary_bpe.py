"""Byte-level BPE from `tokenizer.json`, and JSON files of strangers."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Fixable
from app.runtime.weights.json_file import read_object
from tests.runtime.weights.reference import MemoryFile
from tests.runtime.weights.tokenizer_kit import ADD_BOS, ADD_EOS, TOKENS, TYPES, bpe, bpe_keys, fails, spm_keys

ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10) | st.floats() | st.sampled_from(["", "<s>", "BPE", "a b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "content"]), inner),
    max_leaves=6,
)
FIELDS = ("bos_token", "add_bos_token", "chat_template", "added_tokens_decoder", "add_prefix_space")


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    st.dictionaries(st.sampled_from(["model", "added_tokens", "post_processor"]), ODD),
    st.dictionaries(st.sampled_from(["vocab", "merges", "type"]), ODD),
    st.dictionaries(st.sampled_from(FIELDS), ODD),
    st.dictionaries(st.sampled_from(["bos_token_id", "eos_token_id"]), ODD),
)
def test_odd_values_never_crash(
    tokenizer: dict[str, Any], model: dict[str, Any], named: dict[str, Any], config: dict[str, Any]
) -> None:
    fast = bpe(model=model) | tokenizer
    for call in (
        lambda: bpe_keys(9, fast, tokenizer_config=named),
        lambda: spm_keys(9, config, tokenizer=fast, tokenizer_config=named),
    ):
        with suppress(Fixable):
            call()


def test_both_forms_of_merges_are_one() -> None:
    old = bpe_keys(6, bpe(model={"merges": ["a b", "\u0120 a"]})).metadata
    new = bpe_keys(6, bpe(model={"merges": [["a", "b"], [" ", "a"]]})).metadata
    assert old == new
    assert old["tokenizer.ggml.merges"] == ["a b", "\u0120 a"]


def test_pre_tokenizer_is_blooms_whatever_the_file_says() -> None:
    found = bpe_keys(7, bpe(pre_tokenizer={"type": "Whitespace"})).metadata
    assert found["tokenizer.ggml.pre"] == "bloom"
    assert found[TOKENS][6] == "[PAD6]"
    assert found[TYPES] == [3, 3, 3, 1, 1, 1, 5]
    assert (found[ADD_BOS], found[ADD_EOS]) == (False, False)


def test_added_tokens_of_bpe() -> None:
    added = [
        {"id": 6, "content": "<|x|>"},
        {"id": 7, "content": "\u2581y"},
        {"id": 8, "content": "<pad>", "special": True},
    ]
    found = bpe_keys(8, bpe(added_tokens=added), tokenizer_config={"eos_token": "</s>"})
    assert found.metadata[TOKENS][6:] == ["<|x|>", " y"]
    assert found.metadata[TYPES] == [1, 1, 3, 1, 1, 1, 3, 4]  # </s> is special as the settings name it
    assert [note.params["id"] for note in found.problems] == [8]


@pytest.mark.parametrize(
    "tokenizer",
    [
        bpe(model={"type": "WordPiece"}),
        bpe(model={"type": None}),
        bpe(model={"vocab": {}}),
        bpe(model={"vocab": {"a": 9}}),
        bpe(model={"vocab": {"a": -1}}),
        bpe(model={"vocab": {"a": 0, "b": 0}}),
        bpe(model={"vocab": {"a": "0"}}),
        bpe(model={"merges": []}),
        bpe(model={"merges": [""]}),
        bpe(model={"merges": ["ab"]}),
        bpe(model={"merges": [["a", ""]]}),
        bpe(model={"merges": [["a", "b", "c"]]}),
        bpe(added_tokens=[{"id": 8, "content": "a"}]),  # twice
        bpe(added_tokens=[{"id": "8", "content": "z"}]),
        {"model": []},
        [],
    ],
)
def test_damaged_bpe(tokenizer: Any) -> None:
    assert fails("weights-tokenizer-damaged", bpe_keys, 9, tokenizer)["file"] == "tokenizer.json"


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":' + b"[" * 500_000,
        b'{"a":[' + b"[]," * 1_000_000 + b"[]]}",
        b'{"a":' + b"9" * 10_000 + b"}",
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b"[1]",
        b'{"a":1',
    ],
)
def test_hostile_json_is_refused(data: bytes) -> None:
    assert fails("weights-config", read_object, MemoryFile(data), "weights-config")["file"] == "memory"
