"""A `Conversation` on the test's own thread, with an engine played by hand and everything told kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.runtime.chats.conversation import Conversation
from app.runtime.chats.records import AnswerSettings, Chat, ChatsListed, Message, MessageAdded, Notice
from tests.contracts.fake_engine import HandEngine, Run

N = TypeVar("N", bound=Notice)


class Stage:
    """`do.send(…)` runs a command; `run` is the newest request; `told(Kind)` what was said since `clear()`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine = HandEngine()
        self.notices: list[Notice] = []
        self.do = Conversation(path, self.engine, self.notices.append, self._at_once, save_every=0.0)

    @staticmethod
    def _at_once(call: Callable[[], None]) -> None:
        call()

    @property
    def run(self) -> Run:
        return self.engine.runs[-1]

    def told(self, kind: type[N]) -> list[N]:
        return [notice for notice in self.notices if isinstance(notice, kind)]

    def last(self, kind: type[N]) -> N:
        return self.told(kind)[-1]

    def kinds(self) -> list[str]:
        return [type(notice).__name__ for notice in self.notices]

    def clear(self) -> None:
        self.notices.clear()

    @property
    def answer(self) -> Message:
        """The newest message added, an answer."""
        return self.last(MessageAdded).message

    def chats(self) -> tuple[Chat, ...]:
        return self.last(ChatsListed).chats

    def stored(self, message: int) -> Message:
        """As it is on disk, whatever memory knows better."""
        return self.do._store.message(message)

    def exchange(self, question: str, answer: str) -> tuple[int, int, int]:
        """A question answered to its end; returns the ids of chat, question and answer."""
        self.do.send(question, AnswerSettings())
        asked, answered = [notice.message for notice in self.told(MessageAdded)[-2:]]
        self.run.text(answer)
        self.run.finish()
        return asked.chat, asked.id, answered.id
