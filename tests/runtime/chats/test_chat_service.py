"""The same through the real thread: commands return at once, nothing ends it, everything is saved in time."""

from __future__ import annotations

import itertools
import queue
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest

from app.errors import Fixable, InternalBug
from app.runtime.chats.records import (
    AnswerEnded,
    AnswerSettings,
    AnswerText,
    ChatOpened,
    ChatsListed,
    HistoryFailed,
    MessageAdded,
    MessageState,
    Notice,
    Phase,
    PhaseChanged,
)
from app.runtime.chats.service import ChatService
from app.runtime.chats.store import ChatStore
from tests.contracts.fake_engine import FakeEngine, HandEngine, Script

N = TypeVar("N", bound=Notice)
WITHIN = 30.0
LONG = AnswerSettings(max_tokens=1_000_000)


class Inbox:
    """What a service tells, waited for by kind."""

    def __init__(self) -> None:
        self._notices: queue.SimpleQueue[Notice] = queue.SimpleQueue()
        self.threads: set[str] = set()

    def __call__(self, notice: Notice) -> None:
        self.threads.add(threading.current_thread().name)
        self._notices.put(notice)

    def wait(self, kind: type[N]) -> N:
        end = time.monotonic() + WITHIN
        while True:
            notice = self._notices.get(timeout=max(0.0, end - time.monotonic()))
            if isinstance(notice, kind):
                return notice


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "历史 history" / "chats.db"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def endless(path: Path, inbox: Inbox) -> Iterator[ChatService]:
    """A service whose engine writes until it is stopped."""
    engine = FakeEngine(Script(pieces=(f"{n} " for n in itertools.count()), pace=0.002))
    service = ChatService(path, engine, inbox)
    yield service
    service.close()
    engine.close()


def test_a_whole_chat(path: Path, inbox: Inbox) -> None:
    engine = FakeEngine()
    service = ChatService(path, engine, inbox)
    service.list_chats()
    assert inbox.wait(ChatsListed).chats == ()
    service.send("  你好 ")
    assert inbox.wait(MessageAdded).message.text == "  你好 "
    answer = inbox.wait(AnswerEnded).message
    assert (answer.text, answer.state) == ("Hello, world.", MessageState.COMPLETE)
    service.regenerate(answer.id)
    again = inbox.wait(AnswerEnded).message
    assert again.parent == answer.parent
    assert answer.parent is not None
    service.edit(answer.parent, "再见")
    assert inbox.wait(ChatOpened).messages[-2].text == "再见"
    inbox.wait(AnswerEnded)
    service.rename(answer.chat, "聊天")
    service.list_chats()
    service.delete(answer.chat)
    service.restore(answer.chat)
    service.open_chat(answer.chat)
    assert [inbox.wait(ChatOpened).chat is None for _ in range(3)] == [True, False, False]
    service.new_chat()
    assert inbox.wait(ChatOpened).chat is None
    assert service.close()
    assert inbox.threads == {"chats"}
    engine.close()


def test_stop_and_continue(endless: ChatService, inbox: Inbox) -> None:
    endless.send("count", LONG)
    inbox.wait(AnswerText)
    endless.stop()
    stopped = inbox.wait(AnswerEnded).message
    assert stopped.state is MessageState.PARTIAL and stopped.text
    endless.continue_answer(stopped.id, LONG)
    inbox.wait(AnswerText)
    endless.stop()
    longer = inbox.wait(AnswerEnded).message
    assert longer.id == stopped.id and longer.text.startswith(stopped.text) and len(longer.text) > len(stopped.text)


def test_a_growing_answer_reaches_the_disk_while_it_grows(path: Path, endless: ChatService, inbox: Inbox) -> None:
    endless.send("count", LONG)
    answer = (inbox.wait(MessageAdded), inbox.wait(MessageAdded))[1].message
    inbox.wait(AnswerText)
    seen: set[str] = set()
    end = time.monotonic() + WITHIN
    while len(seen) < 3 and time.monotonic() < end:
        reader = sqlite_text(path, answer.id)
        if reader:
            seen.add(reader)
        time.sleep(0.02)
    assert len(seen) >= 3


def sqlite_text(path: Path, message: int) -> str:
    with closing(sqlite3.connect(path)) as db:
        (text,) = db.execute("SELECT text FROM messages WHERE id = ?", (message,)).fetchone()
    return str(text)


def test_a_pause_of_the_engine_does_not_keep_text_from_the_disk(path: Path, inbox: Inbox) -> None:
    engine = HandEngine()
    service = ChatService(path, engine, inbox)
    service.send("hello")
    answer = (inbox.wait(MessageAdded), inbox.wait(MessageAdded))[1].message
    inbox.wait(ChatsListed)
    engine.runs[-1].text("the only word")
    end = time.monotonic() + WITHIN
    while sqlite_text(path, answer.id) != "the only word" and time.monotonic() < end:
        time.sleep(0.02)
    assert sqlite_text(path, answer.id) == "the only word"
    service.close()


def test_closing_during_an_answer_saves_and_is_quick(path: Path, endless: ChatService, inbox: Inbox) -> None:
    endless.send("count", LONG)
    for _ in range(5):
        inbox.wait(AnswerText)
    assert endless.close()
    ended = inbox.wait(AnswerEnded).message
    store = ChatStore(path)
    assert store.message(ended.id) == ended
    assert (ended.state, ended.text[:4]) == (MessageState.PARTIAL, "0 1 ")
    store.close()
    endless.send("nobody hears this")
    assert endless.close()


def test_closing_does_not_wait_for_an_engine_that_hangs(path: Path, inbox: Inbox) -> None:
    engine = HandEngine()
    service = ChatService(path, engine, inbox)
    service.send("hello")
    inbox.wait(PhaseChanged)
    inbox.wait(ChatsListed)
    engine.runs[-1].text("half")
    service.stop()
    assert service.close()
    assert inbox.wait(AnswerEnded).message.text == "half"


def test_commands_return_while_the_history_is_locked(path: Path, inbox: Inbox) -> None:
    ChatStore(path).close()
    service = ChatService(path, HandEngine(), inbox)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        service.send("hello")
        service.list_chats()
        assert time.monotonic() - began < 1.0  # the lock is waited for on the chats thread, for two seconds
        failed = inbox.wait(HistoryFailed)
        assert (failed.error.code, failed.text) == ("history-locked", "hello")
        other.execute("ROLLBACK")
    service.list_chats()
    assert inbox.wait(ChatsListed).chats == ()
    service.close()


@pytest.mark.parametrize(
    "command",
    [
        lambda service: service.open_chat(99),
        lambda service: service.regenerate(99),
        lambda service: service.edit(99, "x"),
        lambda service: service.continue_answer(99),
        lambda service: service.rename(99, "x"),
        lambda service: service.delete(99),
        lambda service: service.restore(99),
    ],
    ids=["open", "regenerate", "edit", "continue", "rename", "delete", "restore"],
)
def test_a_command_that_fails_is_told_and_the_thread_lives(endless: ChatService, inbox: Inbox, command) -> None:
    command(endless)
    assert inbox.wait(HistoryFailed).error.code == "chat-missing"
    endless.list_chats()
    inbox.wait(ChatsListed)


def test_a_bug_is_told_and_the_thread_lives(
    endless: ChatService, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(ChatStore, "chats", lambda self: 1 / 0)
        endless.list_chats()
        assert isinstance(inbox.wait(HistoryFailed).error, InternalBug)
    endless.list_chats()
    inbox.wait(ChatsListed)


def test_a_listener_that_fails_does_not_end_the_thread(path: Path) -> None:
    heard = threading.Event()

    def gone(notice: Notice) -> None:
        heard.set()
        raise RuntimeError("the window is closed")

    service = ChatService(path, FakeEngine(), gone)
    service.list_chats()
    assert heard.wait(WITHIN)
    service.send("hello")
    assert service.close()
    store = ChatStore(path)
    assert len(store.chats()) == 1
    store.close()


def test_a_newer_history_is_refused_again_and_again(path: Path, inbox: Inbox) -> None:
    store = ChatStore(path)
    store._run("PRAGMA user_version = 999")
    store.close()
    service = ChatService(path, FakeEngine(), inbox)
    for _ in range(2):
        service.send("hello")
        failed = inbox.wait(HistoryFailed)
        assert (failed.error.code, failed.text) == ("history-newer", "hello")
    assert service.close()


def test_blank_messages_are_ignored(path: Path, inbox: Inbox) -> None:
    engine = FakeEngine()
    service = ChatService(path, engine, inbox)
    service.send(" \n ")
    service.edit(1, "")
    service.list_chats()
    assert inbox.wait(Notice) == ChatsListed(())
    service.close()
    engine.close()


def test_a_failing_engine_is_told_with_the_answer(path: Path, inbox: Inbox) -> None:
    engine = FakeEngine(Script(pieces=(), prompt=0, error=Fixable("no-model")))
    service = ChatService(path, engine, inbox)
    service.send("hello")
    ended = inbox.wait(AnswerEnded)
    assert ended.error and ended.error.code == "no-model"
    assert inbox.wait(PhaseChanged).phase is Phase.IDLE
    service.close()
    engine.close()


def test_a_thousand_quick_commands(path: Path, inbox: Inbox) -> None:
    engine = FakeEngine(Script(pieces=("a", "b"), prompt=1))
    service = ChatService(path, engine, inbox)
    for number in range(150):
        service.send(f"message {number}")
        if number % 3 == 0:
            service.stop()
        if number % 10 == 0:
            service.new_chat()
    service.list_chats()
    assert service.close(60.0)
    store = ChatStore(path)
    questions = store._run("SELECT count(*) FROM messages WHERE role = 'user'")
    states = {state for (state,) in store._run("SELECT DISTINCT state FROM messages")}
    assert questions == [(150,)] and "writing" not in states
    store.close()
    engine.close()
