"""Token ids and greedy texts as the original implementation gives them, for both architectures."""

from __future__ import annotations

from typing import Any

import pytest

from tests.runtime.engine.engine_kit import ask, expected, session

CASES = [
    pytest.param(model, row, id=f"{model}-{row['question'][:12]}")
    for model in ("bloom", "llama")
    for row in expected(f"{model}_hf") + expected(f"{model}_hf_unseen")
]


@pytest.fixture(scope="module")
def sessions() -> Any:
    with session("bloom") as bloom, session("llama") as llama:
        yield {"bloom": bloom, "llama": llama}


@pytest.mark.parametrize(("model", "row"), CASES)
def test_raw_greedy_answers_equal_the_reference(sessions: Any, model: str, row: dict[str, Any]) -> None:
    answer = ask(sessions[model], row["prompt"], raw=True, max_tokens=len(row["gen_ids_32"]))
    assert list(answer.prompt_tokens) == row["prompt_ids"]
    assert list(answer.tokens) == row["ids_until_eos"]
    assert answer.text == row["text_until_eos"]


@pytest.mark.parametrize("model", ["bloom", "llama"])
@pytest.mark.parametrize("text", ["你好 world\n\n  🙂", "", " a", "\n", "<s>x</s>", "\ud800 lone"])
def test_text_survives_the_vocabulary(sessions: Any, model: str, text: str) -> None:
    """Inside a prompt tokens stand for exactly the text, control tokens for none of it."""
    vocabulary = sessions[model].model.vocabulary
    tokens = vocabulary.encode(text, start=False)
    assert b"".join(map(vocabulary.piece, tokens)) == text.encode("utf-8", "replace")
    assert not {vocabulary.bos, vocabulary.eos} & set(tokens)
