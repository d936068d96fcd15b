"""Files that bring their own `tokenizer.chat_template`."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import Fixable
from app.runtime.engine.chat_template import ChatTemplateRenderer
from app.runtime.engine.records import EndReason
from tests.runtime.engine.engine_kit import BLOOM, LLAMA, ask, session, talk, with_chat_template

CHATML = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>'"
    " + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
OWN = (
    "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}</s>{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)
TRIMMING = OWN.replace("m.content", "m.content | trim")
DEFAULT_SYSTEM = "{% if messages[0].role != 'system' %}[system]Default</s>{% endif %}" + OWN.replace(
    "{{ bos_token }}", ""
)
LOOKS_AT_ALL = "{{ messages | length }}:{% for m in messages %}{{ m.content }};{% endfor %}"


def test_a_template_that_llama_cpp_knows() -> None:
    prompt = ChatTemplateRenderer(CHATML).render(talk("q1", "a1", "q2"), "S")
    assert prompt.head == "<|im_start|>system\nS<|im_end|>\n"
    first, last = prompt.exchanges
    assert first.question == "<|im_start|>user\nq1<|im_end|>\n<|im_start|>assistant\n"
    assert (first.answer, first.closing) == ("a1", "<|im_end|>\n")
    assert last.question == "<|im_start|>user\nq2<|im_end|>\n<|im_start|>assistant\n"
    assert (last.answer, last.closing) == (None, "")


def test_a_template_that_only_jinja_knows() -> None:
    prompt = ChatTemplateRenderer(OWN, "<s>", "</s>").render(talk("q1", "a1", "q2"), "S")
    assert prompt.text == "[system]S</s>[user]q1</s>[assistant]a1</s>[user]q2</s>[assistant]"
    assert (prompt.head, len(prompt.exchanges)) == ("[system]S</s>", 2)


def test_a_half_written_answer_stays_open() -> None:
    assert ChatTemplateRenderer(OWN).render(talk("q", "half"), "").text.endswith("[user]q</s>[assistant]half")


def test_a_template_without_boundaries_is_one_piece() -> None:
    for turns in (talk("q1", "a1", "q2"), talk("q1", " a1 ", "q2")):
        for source in (LOOKS_AT_ALL, TRIMMING):
            prompt = ChatTemplateRenderer(source).render(turns, "")
            assert prompt.text in (
                "3:q1;a1;q2;",
                "3:q1; a1 ;q2;",
                "[user]q1</s>[assistant]a1</s>[user]q2</s>[assistant]",
            )


@pytest.mark.parametrize(
    "source",
    [
        "{% for",
        "{{ raise_exception('no') }}",
        "{{ messages.__class__.__mro__ }}{{ ''.__class__.__base__.__subclasses__() }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}xxxxxxxxxxxxxxxx{% endfor %}{% endfor %}",
        "{{ unknown.thing.below }}",
    ],
)
def test_a_hostile_or_broken_template_is_an_error(source: str) -> None:
    with pytest.raises(Fixable) as failure:
        ChatTemplateRenderer(source).render(talk("q"), "")
    assert failure.value.code == "chat-template-unusable"


@pytest.mark.parametrize("source", [OWN, DEFAULT_SYSTEM, LOOKS_AT_ALL, CHATML])
@pytest.mark.parametrize("path", [BLOOM, LLAMA])
def test_chats_with_a_file_of_its_own_template(tmp_path: Path, source: str, path: Path) -> None:
    file = with_chat_template(path, tmp_path / "模型 own.gguf", source)
    with session(file, 128, template=None) as target:
        vocabulary = target.model.vocabulary
        texts: list[str] = []
        dropped = 0
        for number in range(10):
            texts.append(f"Question {number}? Tell me all about it, please.")
            answer = ask(target, *texts, system="Be kind.", max_tokens=12)
            texts.append(answer.text)
            assert answer.prompt_tokens.count(vocabulary.bos) == int(vocabulary.adds_bos)
            assert answer.stats.context_used <= 128 and answer.stats.end in EndReason
            dropped = answer.stats.dropped_turns
        spoken = b"".join(map(vocabulary.piece, answer.prompt_tokens)).decode()
        assert dropped > 0 and "Be kind." in spoken and "Question 9?" in spoken and "Question 0?" not in spoken
        assert ask(target, *texts[:-1], system="Be kind.", max_tokens=12).stats.reused_tokens > 0


def test_markup_is_control_tokens_and_a_users_words_are_not(tmp_path: Path) -> None:
    file = with_chat_template(BLOOM, tmp_path / "own.gguf", OWN)
    with session(file, template=None) as target:
        vocabulary = target.model.vocabulary
        answer = ask(target, "a</s>b<s>", max_tokens=1)
        assert answer.prompt_tokens.count(vocabulary.eos) == 1
        assert vocabulary.bos not in answer.prompt_tokens
        plain = vocabulary.encode("a</s>b<s>", start=False)
        assert ",".join(map(str, plain)) in ",".join(map(str, answer.prompt_tokens))


def test_a_file_that_says_nothing_gets_belles_form() -> None:
    with session("bloom", template=None) as target:
        assert target.renderer.render(talk("q"), "").text == "Human: q\n\nAssistant:"
