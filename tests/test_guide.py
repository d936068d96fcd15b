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
from app.translations import table

LIMIT = 12_000_000
# What the empty chat offers to ask first, and what the answer must say in either language
EXAMPLES = {
    "Which BELLE model suits my computer?": {
        "en": ("BELLE-7B-2M", "8 GB", "16 GB", "13B"),
        "zh": ("BELLE-7B-2M", "8 GB", "16 GB", "13B"),
    },
    "What is the “key file”, and where do I get it?": {
        "en": ("7B/consolidated.00.pth", "LLaMA-1", "Meta", "licence", "never by the app"),
        "zh": ("7B/consolidated.00.pth", "LLaMA-1", "Meta", "许可", "应用不提供"),
    },
    "Does it work offline? Where are my chats kept?": {
        "en": ("Offline use works fully", "only when you download a model", "chats.db", "data folder"),
        "zh": ("离线就能用", "只有下载模型时才会联网", "chats.db", "数据文件夹"),
    },
}


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


def test_the_examples_are_those_of_the_empty_chat() -> None:
    asked = {source for context, source in table("zh_CN") if context == "FirstStart" and source.endswith("?")}
    assert asked - {"What shall we talk about?"} == set(EXAMPLES)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_what_the_empty_chat_offers_to_ask_is_answered(guide: Engine, example: str, lang: str) -> None:
    question = example if lang == "en" else table("zh_CN")["FirstStart", example][0]
    text = ask(guide, question).text
    assert not [part for part in EXAMPLES[example][lang] if part not in text], text


def test_the_same_question_gives_the_same_tokens(guide: Engine) -> None:
    assert ask(guide, "怎么换语言？").tokens == ask(guide, "怎么换语言？").tokens


def test_the_second_question_of_a_chat_is_answered_too(guide: Engine) -> None:
    first = ask(guide, "怎么换语言？").text
    second = ask(guide, "怎么换语言？", first, "8GB 内存可以用哪个模型？")
    assert "BELLE-7B-2M" in second.text
    assert second.stats.reused_tokens > 0
