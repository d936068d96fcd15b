"""The process that `test_kill.py` kills: the real `ChatService` while it writes answers.

Says on standard output, one JSON object a line, unbuffered: `{"asked": TEXT}` when the window is told of a
question, and `{"piece": TEXT, "at": SECONDS}` just before a piece of an answer reaches the service. The engine is
the fake one with an endless numbered answer, or llama.cpp slowed down, asked the same again and again.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
import time
from pathlib import Path

from app.runtime.chats.conversation import AnsweringEngine
from app.runtime.chats.records import AnswerEnded, AnswerSettings, MessageAdded, Notice
from app.runtime.chats.service import ChatService
from app.runtime.engine.records import AnswerRequest, LoadOptions, ModelSpec, PromptTemplate, Role, Sampling
from app.runtime.events import Event, TextDelta
from app.runtime.jobs import Job, Sink
from tests.contracts.fake_engine import FakeEngine, Script

PER_SECOND = 200
REAL_PER_SECOND = 25
SETTINGS = AnswerSettings(sampling=Sampling(temperature=0.0), max_tokens=1_000_000)


def say(**facts: object) -> None:
    os.write(1, f"{json.dumps(facts)}\n".encode())


def say_piece(piece: str) -> None:
    say(piece=piece, at=time.monotonic())


class SlowEngine:
    """llama.cpp with a model whose answers last long enough to be killed in."""

    def __init__(self, model: str) -> None:
        from app.runtime.engine.service import Engine

        template = PromptTemplate("fixture", "Human: \n{text}\n\nAssistant:\n", "\n", "{text}\n", ("Human:",))
        self._engine = Engine()
        self._engine.load(ModelSpec(Path(model), "tiny", "Tiny", template), LoadOptions(context=512, threads=1))

    def answer(self, request: AnswerRequest, sink: Sink) -> Job:
        def slow(event: Event) -> None:
            if isinstance(event, TextDelta):
                time.sleep(1 / REAL_PER_SECOND)
                say_piece(event.text)
            sink(event)

        return self._engine.answer(request, slow)


def main(path: str, question: str, model: str = "") -> None:
    numbers = Script(pieces=(f"{n} " for n in itertools.count()), pace=1 / PER_SECOND)
    engine: AnsweringEngine = SlowEngine(model) if model else FakeEngine(numbers, say_piece)

    def told(notice: Notice) -> None:
        if isinstance(notice, MessageAdded) and notice.message.role is Role.USER:
            say(asked=notice.message.text)
        elif isinstance(notice, AnswerEnded):
            service.send(question, SETTINGS)

    service = ChatService(Path(path), engine, told)
    service.list_chats()
    service.send(question, SETTINGS)
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
