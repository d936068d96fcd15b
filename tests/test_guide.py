"""The shipped guide model: small enough, what it is said to be, and right on the questions everybody asks."""

from __future__ import annotations

import hashlib
import json
import queue
from collections.abc import Iterator

import pytest

from app.model_choice import find_model
from app.paths import find_paths
from app.resources import guide_model
from app.runtime.engine.records import Answer, AnswerRequest, Role, Turn
from app.runtime.engine.service import Engine
from app.runtime.events import Event, JobFailed, JobFinished

LIMIT = 12_000_000


@pytest.fixture(scope="module")
def guide() -> Iterator[Engine]:
    engine = Engine()
    engine.load(find_model("guide", find_paths()))
    yield engine
    engine.close()


def ask(engine: Engine, *texts: str) -> Answer:
    """Ask the last of `texts`; the ones before are question, answer, question, …"""
    template = find_model("guide", find_paths()).template
    assert template is not None
    turns = tuple(Turn(Role.ASSISTANT if n % 2 else Role.USER, text) for n, text in enumerate(texts))
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    engine.answer(AnswerRequest(turns, sampling=template.sampling, max_tokens=template.max_tokens), events.put)
    while True:
        match events.get(timeout=60):
            case JobFinished(result=Answer() as answer):
                return answer
            case JobFailed(error=error):
                raise error


def test_it_is_the_file_that_was_measured() -> None:
    facts = json.loads(guide_model().with_suffix(".json").read_text("utf-8"))
    content = guide_model().read_bytes()
    assert len(content) == facts["size"] <= LIMIT
    assert hashlib.sha256(content).hexdigest() == facts["sha256"]


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("8GB 内存可以用哪个模型？", "8 GB 内存适合 BELLE-7B-2M"),
        ("Which model can I use with 8 GB of memory?", "For 8 GB of memory take BELLE-7B-2M"),
        ("密钥文件是什么？", "consolidated.00.pth"),
        ("Are my chats sent anywhere?", "Privacy"),
        ("Q4_0 是什么意思？", "Q4_0"),
        ("红烧肉怎么做？", "我只懂这个应用"),
        ("Write a poem about the sea", "I only know this app"),
    ],
)
def test_everyday_questions(guide: Engine, question: str, part: str) -> None:
    assert part in ask(guide, question).text


def test_the_same_question_gives_the_same_tokens(guide: Engine) -> None:
    assert ask(guide, "怎么换语言？").tokens == ask(guide, "怎么换语言？").tokens


def test_the_second_question_of_a_chat_is_answered_too(guide: Engine) -> None:
    first = ask(guide, "怎么换语言？").text
    second = ask(guide, "怎么换语言？", first, "8GB 内存可以用哪个模型？")
    assert "BELLE-7B-2M" in second.text
    assert second.stats.reused_tokens > 0
