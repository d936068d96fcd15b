"""Templates, exact to the space."""

from __future__ import annotations

import json

import pytest

from app.resources import assets
from app.runtime.engine.prompts import RawRenderer, RowRenderer, fallback_template, template_for, templates
from app.runtime.engine.records import Role, Turn
from tests.runtime.engine.engine_kit import row, talk

TWO_TURNS = {
    "belle-bloom": "Human: 你好\n\nAssistant:A\nHuman: q2\n\nAssistant:",
    "belle-bloom-gptq": "Human: 你好\n\nAssistant:A\nHuman: q2\n\nAssistant:",
    "belle-llama": "Human: 你好 \n\nAssistant: A\nHuman: q2 \n\nAssistant: ",
    "belle-open-datasets": "Human: 你好 \n\nAssistant: A\nHuman: q2 \n\nAssistant: ",
    "belle-llama-gptq": "Human: 你好\n\nAssistant:A\nHuman: q2\n\nAssistant:",
    "belle-ext-13b": "Human: \n你好\n\nAssistant: \nA{eos}Human: \nq2\n\nAssistant: \n",
    "belle-llama2-chat": "Human: \n你好\n\nAssistant:\nA{eos}Human: \nq2\n\nAssistant:\n",
    "plain": "你好A\n\nq2",
    "guide": "Human: 你好\n\nAssistant:A\n\nHuman: q2\n\nAssistant:",
}
SERVED = {
    "BELLE-7B-0.2M": "belle-bloom",
    "BELLE-7B-2M": "belle-bloom",
    "BELLE-7B-gptq": "belle-bloom-gptq",
    "BELLE-LLaMA-13B-2M-enc": "belle-llama",
    "BELLE-LLaMA-7B-2M-gptq-enc": "belle-llama-gptq",
    "BELLE-LLaMA-EXT-7B": "plain",
    "BELLE-LLaMA-EXT-13B": "belle-ext-13b",
    "BELLE-Llama2-13B-chat-0.4M": "belle-llama2-chat",
    "BELLE-on-Open-Datasets": "belle-open-datasets",
    "guide": "guide",
}


@pytest.mark.parametrize("name", TWO_TURNS)
def test_two_turns_exactly(name: str) -> None:
    renderer = RowRenderer(row(name))
    assert renderer.render(talk("你好", "A", "q2"), "").text == TWO_TURNS[name]
    assert renderer.render(talk("你好", "A", "q2"), "Be kind.").text == "Be kind.\n\n" + TWO_TURNS[name]


def test_every_row_is_tested_and_serves_each_model_once() -> None:
    assert set(templates()) == set(TWO_TURNS)
    rows = json.loads((assets() / "templates.json").read_text(encoding="utf-8"))["templates"]
    served = [model for entry in rows for model in entry["models"]]
    assert len(served) == len(set(served))
    assert all(isinstance(entry["verified"], bool) and entry["source"] for entry in rows)


@pytest.mark.parametrize("model", SERVED)
def test_models_find_their_row(model: str) -> None:
    template = template_for(model)
    assert template is not None and template.id == SERVED[model]


def test_unknown_models_have_none_and_there_is_a_fallback() -> None:
    assert template_for("some-other-model") is None
    assert fallback_template().id == "belle-bloom"


def test_braces_in_a_message_stay() -> None:
    text = RowRenderer(row("guide")).render(talk("{text} {eos} {0}", "{x}", "{}"), "{text}").text
    assert text == "{text}\n\nHuman: {text} {eos} {0}\n\nAssistant:{x}\n\nHuman: {}\n\nAssistant:"


def test_a_half_written_answer_stays_open() -> None:
    prompt = RowRenderer(row("belle-bloom")).render(talk("q", "half an ans"), "")
    assert prompt.text == "Human: q\n\nAssistant:half an ans"


def test_odd_orders_of_turns() -> None:
    turns = (Turn(Role.ASSISTANT, "A0"), Turn(Role.USER, "q1"), Turn(Role.USER, "q2"))
    text = RowRenderer(row("belle-bloom")).render(turns, "").text
    assert text == "A0\nHuman: q1\n\nAssistant:\nHuman: q2\n\nAssistant:"


def test_raw_is_the_text_itself() -> None:
    assert RawRenderer().render(talk("Human: x"), "ignored").text == "Human: x"
