"""Vocabularies: the same keys as llama.cpp's converter writes, and no harm from damaged files."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gguf import SpecialVocab
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import Fixable
from app.runtime.weights.files import PlainFolder
from app.runtime.weights.vocabulary import (
    SpecialIds,
    TokenType,
    bpe_vocabulary,
    find_tokenizer,
    folder_vocabulary,
    read_pieces,
    sentencepiece_vocabulary,
)
from tests.runtime.weights.reference import MemoryFile, MemoryFolder, keys
from tests.runtime.weights.tokenizer_kit import (
    ADD_BOS,
    ADD_EOS,
    BASE,
    BOS,
    EOS,
    PAD,
    SCORES,
    TOKENS,
    TYPES,
    UNK,
    bpe_keys,
    fails,
    piece,
    record,
    spm,
    spm_folder,
    spm_keys,
)


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("folder", "architecture", "reference", "rows"),
    [
        ("llama-hf", "llama", "llama-f16.gguf", 1000),
        ("bloom-hf", "bloom", "bloom-f16.gguf", 1280),  # merges as strings, as transformers of 2023 writes them
        ("bloom-hf-safetensors", "bloom", "bloom-f16.gguf", 1280),  # merges as pairs
    ],
)
def test_all_keys_equal_llama_cpps(fx: Path, folder: str, architecture: str, reference: str, rows: int) -> None:
    config = load(fx / folder / "config.json")
    found = folder_vocabulary(architecture, PlainFolder(fx / folder), config, rows)
    theirs = keys(fx / "gguf-ref" / reference, "tokenizer.")
    assert list(found.metadata) == list(theirs)
    assert found.metadata.pop(SCORES, []) == pytest.approx(theirs.pop(SCORES, []), rel=1e-7)
    assert found.metadata == theirs
    assert found.problems == ()
    assert found.size == len(found.metadata[TOKENS]) == rows


def test_metas_tokenizer_alone_gives_the_same_tokens(fx: Path) -> None:
    file = PlainFolder(fx / "llama-pth").open("tokenizer.model")
    found = sentencepiece_vocabulary(file, 1000, SpecialIds({"pad": 0}, {"bos": True, "eos": False})).metadata
    theirs = keys(fx / "gguf-ref" / "llama-f16.gguf", "tokenizer.")
    assert list(found) == list(theirs)
    assert {key: found[key] for key in theirs if key != SCORES} == {key: theirs[key] for key in theirs if key != SCORES}


NAMES = ("bos", "eos", "unk", "pad", "sep", "cls")
SPECIAL = st.sampled_from([None, "", "<s>", "</s>", "<unk>", "<pad>"])
IDS = st.one_of(st.none(), st.integers(0, 12), st.just("1"))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tokens=st.fixed_dictionaries({f"{name}_token": SPECIAL for name in NAMES}),
    add=st.fixed_dictionaries({f"add_{name}_token": st.sampled_from([None, True, False]) for name in ("bos", "eos")}),
    config=st.fixed_dictionaries({f"{name}_token_id": IDS for name in NAMES}),
)
def test_special_ids_are_those_of_llama_cpps_converter(
    tmp_path: Path, tokens: dict[str, Any], add: dict[str, Any], config: dict[str, Any]
) -> None:
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(tokens | add))
    (tmp_path / "config.json").write_text(json.dumps(config))
    theirs = SpecialVocab(tmp_path, n_vocab=10)
    pieces = [(f"piece{number}", 0.0, 1) for number in range(10)]
    (tmp_path / "tokenizer.model").write_bytes(spm(pieces, bos=-1, eos=-1, pad=-1))
    found = folder_vocabulary("llama", PlainFolder(tmp_path), config, 10).metadata
    sep, cls = "tokenizer.ggml.seperator_token_id", "tokenizer.ggml.cls_token_id"
    ours = {"bos": BOS, "eos": EOS, "unk": UNK, "pad": PAD, "sep": sep, "cls": cls}
    assert {name: found[key] for name, key in ours.items() if key in found} == theirs.special_token_ids
    added = {name: found[key] for name, key in (("bos", ADD_BOS), ("eos", ADD_EOS)) if key in found}
    assert added == theirs.add_special_token


FIRST, TEXT, LAST = {"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}


@pytest.mark.parametrize(
    ("post", "named", "expected"),
    [
        ({"type": "ByteLevel"}, {}, {ADD_BOS: False, ADD_EOS: False}),
        ({"type": "ByteLevel"}, {"add_bos_token": True}, {ADD_BOS: False, ADD_EOS: False}),
        ({"type": "TemplateProcessing", "single": [FIRST, TEXT]}, {}, {BOS: 1, ADD_BOS: True}),
        ({"type": "TemplateProcessing", "single": [FIRST, TEXT]}, {"bos_token": "<s>"}, {BOS: 1, ADD_BOS: True}),
        ({"type": "TemplateProcessing", "single": [TEXT, LAST]}, {"eos_token": "</s>"}, {EOS: 2, ADD_EOS: True}),
        ({"processors": [{"type": "ByteLevel"}, {"type": "Other"}]}, {}, {ADD_BOS: False, ADD_EOS: False}),
        (None, {"add_eos_token": True, "eos_token": "</s>"}, {EOS: 2, ADD_EOS: True}),
    ],
)
def test_post_processor_tells_what_surrounds_a_text(post: Any, named: Any, expected: dict[str, Any]) -> None:
    """As class SpecialVocab of llama.cpp of 2025; the released `gguf` package is older."""
    fast = {"post_processor": post, "added_tokens": [{"id": 1, "content": "<s>"}, {"id": 2, "content": "</s>"}]}
    model = spm([(f"piece{number}", 0.0, 1) for number in range(4)], bos=-1, eos=-1, pad=-1)
    folder = spm_folder(model, tokenizer=fast, tokenizer_config=named)
    found = folder_vocabulary("llama", folder, {}, 4).metadata
    assert {key: found[key] for key in (BOS, EOS, ADD_BOS, ADD_EOS) if key in found} == expected


def test_pieces_keep_score_and_type() -> None:
    found = read_pieces(MemoryFile(spm()))
    assert [(one.text.decode(), one.score, int(one.type)) for one in found] == BASE


def test_users_pieces_become_normal_and_rows_are_padded() -> None:
    found = sentencepiece_vocabulary(MemoryFile(spm([*BASE, ("x", 0.0, 4), ("y", 0.0, 5)])), 9).metadata
    assert found[TOKENS][5:] == ["x", "y", "[PAD7]", "[PAD8]"]
    assert found[TYPES] == [2, 3, 3, 6, 1, 1, 5, 5, 5]
    assert found[SCORES][7:] == [-10000.0, -10000.0]


def test_more_tokens_than_rows() -> None:
    assert fails("weights-tokenizer-damaged", spm_keys, 4)["detail"] == "5 tokens, 4 rows"
    assert fails("weights-tokenizer-damaged", bpe_keys, 5)["detail"] == "model.vocab: 6 tokens, 5 rows"


@pytest.mark.parametrize("build", [spm_keys, bpe_keys])
def test_rows_that_no_vocabulary_has(build: Any) -> None:
    fails("weights-tokenizer-damaged", build, 1_000_001)


def test_tokenizer_of_another_model_is_noted() -> None:
    (note,) = spm_keys(79458).problems
    assert note.code == "note-vocabulary-smaller"
    assert (note.params["tokens"], note.params["rows"]) == (5, 79458)


def test_extended_vocabulary_keeps_overlapping_scores() -> None:
    pieces = [*BASE, *((f"\u4e00{number}", -float(number % 32000), 1) for number in range(79458 - len(BASE)))]
    found = sentencepiece_vocabulary(MemoryFile(spm(pieces)), 79458)
    assert len(found.metadata[TOKENS]) == 79458
    assert found.metadata[SCORES] == [score for _, score, _ in pieces]
    assert found.problems == ()


def test_added_tokens_within_the_rows_and_beyond() -> None:
    found = spm_keys(7, added_tokens={"<pad>": 7, "<x>": 5, "<below>": -1})
    assert found.metadata[TOKENS][5:] == ["<x>", "[PAD6]"]
    assert found.metadata[TYPES][5:] == [TokenType.USER_DEFINED, TokenType.UNUSED]
    assert found.metadata[SCORES][5] == -1000.0
    assert [note.params["token"] for note in found.problems] == ["<pad>", "<below>"]
    assert {note.code for note in found.problems} == {"note-added-token"}


def test_added_tokens_of_later_transformers() -> None:
    decoder = {"5": {"content": "\u2581x"}, "6": {"content": "<|end|>"}, "7": {"content": "y", "special": True}}
    found = spm_keys(8, tokenizer_config={"added_tokens_decoder": decoder}).metadata
    assert found[TOKENS][5:] == [" x", "<|end|>", "y"]
    assert found[TYPES][5:] == [4, 3, 3]


def test_empty_names_leave_the_ids_to_the_configuration() -> None:
    names = {"bos_token": "", "eos_token": "", "unk_token": ""}
    found = spm_keys(5, {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}, tokenizer_config=names).metadata
    assert (found[BOS], found[EOS], found[PAD]) == (1, 2, 0)
    assert UNK not in found


def test_ids_from_generation_config_and_from_the_model_itself() -> None:
    generation = {"eos_token_id": [4, 2]}
    found = folder_vocabulary("llama", spm_folder(), {}, 5, generation).metadata
    assert (found[BOS], found[EOS]) == (1, 4)
    assert PAD not in found
    other = [("<s>", 0.0, 3), ("</s>", 0.0, 3), ("<unk>", 0.0, 2), ("<pad>", 0.0, 3)]
    found = sentencepiece_vocabulary(MemoryFile(spm(other, bos=0, eos=1, unk=2, pad=3)), 4).metadata
    assert (found[BOS], found[EOS], found[UNK], found[PAD]) == (0, 1, 2, 3)


def test_early_configuration_with_wrong_ids_is_corrected() -> None:
    found = spm_keys(5, {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": -1})
    assert (found.metadata[BOS], found.metadata[EOS]) == (1, 2)
    assert PAD not in found.metadata
    assert [note.code for note in found.problems] == ["note-token-ids"]


def test_settings_are_copied() -> None:
    named = {"bos_token": {"content": "<s>"}, "add_bos_token": True, "add_eos_token": False, "add_prefix_space": False}
    template = [{"name": "tool", "template": "no"}, {"name": "default", "template": "{{ x }}"}]
    found = spm_keys(5, tokenizer_config=named | {"chat_template": template}).metadata
    assert (found[ADD_BOS], found[ADD_EOS]) == (True, False)
    assert found["tokenizer.ggml.add_space_prefix"] is False
    assert found["tokenizer.chat_template"] == "{{ x }}"


def test_token_objects_are_compared_by_content() -> None:
    post = {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}]}
    fast = {"post_processor": post, "added_tokens": [{"id": 1, "content": "<s>"}]}
    found = spm_keys(5, tokenizer=fast, tokenizer_config={"bos_token": {"content": "<s>"}}).metadata
    assert (found[BOS], found[ADD_BOS]) == (1, True)


@pytest.mark.parametrize("template", ["x" * 70_000, "a\0b"])
def test_unfit_chat_template_is_left_out_and_noted(template: str) -> None:
    found = spm_keys(5, tokenizer_config={"chat_template": template})
    assert "tokenizer.chat_template" not in found.metadata
    assert [note.code for note in found.problems] == ["note-chat-template"]


def test_every_cut_of_a_tokenizer_is_found(fx: Path) -> None:
    data = (fx / "llama-pth" / "tokenizer.model").read_bytes()
    whole = read_pieces(MemoryFile(data))
    refused = 0
    for end in [*range(1, len(data), 211), *range(len(data) - 90, len(data))]:
        try:
            assert read_pieces(MemoryFile(data[:end])) == whole
        except Fixable as error:
            assert error.code == "weights-tokenizer-damaged"
            refused += 1
    assert refused > 65


@pytest.mark.parametrize(
    "model",
    [
        spm([*BASE, ("<s>", 0.0, 1)]),  # twice: llama.cpp aborts
        spm([*BASE, ("a\0b", 0.0, 1)]),
        spm([*BASE, ("[PAD6]", 0.0, 1)]),  # the name of a padded row
        spm([*BASE, ("x", float("nan"), 1)]),
        spm([*BASE, ("x", 0.0, 7)]),
        spm([*BASE, ("", 0.0, 1)]),
        piece(b"\xff", 0.0, 1) + record(2, b""),
        record(2, b""),
        piece(b"x", 0.0, 1),  # the trainer's part is missing
        b"\x0b" + spm(),  # a group: nothing of 2023 writes those
        record(1, b"\x0a\x7f"),
        b"\x0a" + b"\xff" * 9 + b"\x01",
        b"\xff" * 40,
        b"PK\x03\x04",
    ],
)
def test_damaged_tokenizers(model: bytes) -> None:
    fails("weights-tokenizer-damaged", sentencepiece_vocabulary, MemoryFile(model), 8)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "weights-empty"),
        (b"version https://git-lfs.github.com/spec/v1\n", "weights-lfs-pointer"),
        (b"<!DOCTYPE html>", "weights-web-page"),
    ],
)
def test_placeholders_instead_of_tokenizers(data: bytes, code: str) -> None:
    fails(code, read_pieces, MemoryFile(data))
    fails(code, bpe_vocabulary, MemoryFolder({"tokenizer.json": data}), {}, 9)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=200), st.integers(0, 300))
def test_random_bytes_never_crash(noise: bytes, place: int) -> None:
    data = spm()
    with suppress(Fixable):
        sentencepiece_vocabulary(MemoryFile(data[:place] + noise + data[place + len(noise) :]), 100)


@pytest.mark.parametrize(
    "files",
    [
        {"added_tokens": {"x": "5"}},
        {"added_tokens": {"x": True}},
        {"added_tokens": {"x": 1e300}},
        {"added_tokens": ["x"]},
        {"added_tokens": {"<s>": 5}},  # twice
        {"added_tokens": {"\0": 5}},
        {"tokenizer_config": {"added_tokens_decoder": {"-1": {"content": "x"}}}},
        {"tokenizer_config": {"added_tokens_decoder": {"5": {}}}},
        {"tokenizer_config": {"added_tokens_decoder": {"5": "x"}}},
        {"tokenizer_config": {"chat_template": "\ud800"}},
    ],
)
def test_damaged_settings(files: dict[str, Any]) -> None:
    fails("weights-tokenizer-damaged", spm_keys, 8, **files)


def test_where_the_tokenizer_lies() -> None:
    empty, full = MemoryFolder({}, "7B"), spm_folder()
    assert find_tokenizer("llama", empty, None, full) is full
    assert fails("weights-tokenizer-missing", find_tokenizer, "llama", empty, None) == {
        "file": "7B",
        "needed": "tokenizer.model",
    }
    assert fails("weights-tokenizer-missing", find_tokenizer, "bloom", full)["needed"] == "tokenizer.json"


def test_scores_survive_as_float32(fx: Path) -> None:
    file = PlainFolder(fx / "llama-hf").open("tokenizer.model")
    scores = np.array([one.score for one in read_pieces(file)])
    assert np.array_equal(scores, scores.astype(np.float32))
