"""The vocabulary of legacy files: kinds of tokens, and what is done where scores or bytes are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import Fixable
from app.runtime.weights.files import PlainFolder
from app.runtime.weights.records import Vocabulary
from app.runtime.weights.sources.legacy_vocabulary import legacy_vocabulary

LOST = "\ufffd".encode()


def small_tokens() -> list[bytes]:
    return [b" \xe2\x81\x87 ", b"", b"", *(bytes([byte]) for byte in range(256)), b" the"]


def scored(tokens: list[bytes], folder: Path) -> Vocabulary:
    scores = [-float(max(0, number - 259)) for number in range(len(tokens))]
    return legacy_vocabulary("model.bin", tokens, scores, PlainFolder(folder), None)


def unscored(tokens: list[bytes], folder: Path) -> Vocabulary:
    return legacy_vocabulary("model.bin", tokens, (), PlainFolder(folder), None)


def texts(vocabulary: Vocabulary) -> list[str]:
    return vocabulary.metadata["tokenizer.ggml.tokens"]


def test_kinds_of_tokens(tmp_path: Path) -> None:
    found = scored([*small_tokens(), b"", b" a b", "好".encode(), b"<pad>"], tmp_path)
    assert texts(found)[:4] == ["<unk>", "<s>", "</s>", "<0x00>"]
    assert texts(found)[258:] == ["<0xFF>", "\u2581the", "", "\u2581a\u2581b", "好", "<pad>"]
    assert found.metadata["tokenizer.ggml.token_type"] == [2, 3, 3, *[6] * 256, 1, 3, 1, 1, 1]
    assert found.metadata["tokenizer.ggml.scores"][-2:] == [-3.0, -4.0]
    assert found.metadata["tokenizer.ggml.unknown_token_id"] == 0
    assert (found.size, found.problems) == (264, ())


def test_lost_bytes_are_restored_by_number(tmp_path: Path) -> None:
    tokens = [LOST if 130 < number < 259 else one for number, one in enumerate(small_tokens())]
    for found in (scored(tokens, tmp_path), unscored(tokens, tmp_path)):
        assert texts(found)[3:259] == [f"<0x{byte:02X}>" for byte in range(256)]
        assert found.metadata["tokenizer.ggml.token_type"][3:259] == [6] * 256


def test_without_scores_what_llama_cpp_cannot_bear_becomes_empty(tmp_path: Path) -> None:
    """Two equal tokens make llama.cpp end the whole program."""
    found = unscored([*small_tokens(), b" the", b"\xff", b"\0", b"<s>", LOST, b"ok"], tmp_path)
    assert texts(found)[259:] == ["\u2581the", "", "", "", "", "", "ok"]
    assert found.metadata["tokenizer.ggml.scores"][257:] == [0, 0, 0, -1, -2, -3, -4, -5, -6]
    assert [problem.code for problem in found.problems] == ["note-tokenizer-approximate"]


@pytest.mark.parametrize(
    "tokens",
    [
        [*small_tokens(), b" the"],
        [*small_tokens(), b"<0x41>"],
        [*small_tokens(), b"\xff\xfe"],
        [*small_tokens(), b"a\0b"],
        small_tokens()[:258],
        [*small_tokens()[:100], b"xx", *small_tokens()[101:]],
        [*small_tokens()[:100], b"\x05", *small_tokens()[101:]],
    ],
)
def test_with_scores_such_a_vocabulary_is_damage(tokens: list[bytes], tmp_path: Path) -> None:
    with pytest.raises(Fixable) as caught:
        scored(tokens, tmp_path)
    assert (caught.value.code, caught.value.params["file"]) == ("weights-tokenizer-damaged", "model.bin")


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_scores_are_numbers(score: float, tmp_path: Path) -> None:
    with pytest.raises(Fixable) as caught:
        legacy_vocabulary("model.bin", small_tokens(), [score] * 260, PlainFolder(tmp_path), None)
    assert caught.value.code == "weights-tokenizer-damaged"


def test_too_few_tokens_without_scores(tmp_path: Path) -> None:
    for count in (1, 3, 258):
        with pytest.raises(Fixable) as caught:
            unscored(small_tokens()[:count], tmp_path)
        assert caught.value.code == "weights-tokenizer-damaged"


def test_a_tokenizer_of_another_model_is_not_used(fx: Path, tmp_path: Path) -> None:
    model = (fx / "legacy" / "tokenizer.model").read_bytes()
    (tmp_path / "tokenizer.model").write_bytes(model)
    found = unscored(small_tokens(), tmp_path)
    assert [problem.code for problem in found.problems] == ["note-tokenizer-ignored", "note-tokenizer-approximate"]
    assert texts(found)[-1] == "\u2581the"
    (tmp_path / "tokenizer.model").write_bytes(model[:5000])
    with pytest.raises(Fixable) as caught:
        unscored(small_tokens(), tmp_path)
    assert (caught.value.code, caught.value.params["file"]) == ("weights-tokenizer-damaged", "tokenizer.model")
