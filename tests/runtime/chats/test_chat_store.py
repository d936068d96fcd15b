"""Chats on disk: what goes in comes out, as a tree, in order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import Fixable
from app.runtime.chats.records import AnswerSettings, Message, MessageState
from app.runtime.chats.store import ChatStore
from app.runtime.engine.records import Sampling
from tests.contracts.fake_engine import stats

SETTINGS = AnswerSettings("Be brief. 简短", Sampling(0.0, seed=7), 99, "guide", "Guide 小助手")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "聊天 记录" / "chats.db"


@pytest.fixture
def store(path: Path) -> Iterator[ChatStore]:
    store = ChatStore(path)
    yield store
    store.close()


def answered(store: ChatStore, chat: int | None, text: str, answer: str = "yes") -> tuple[int, Message, Message]:
    parent = None if chat is None else store.chat(chat).leaf
    made, question, reply = store.ask(chat, parent, text, SETTINGS)
    store.save_ended(replace(reply, text=answer, state=MessageState.COMPLETE, stats=stats()))
    return made.id, question, store.message(reply.id)


@pytest.mark.parametrize(
    "text",
    [
        "8GB 内存可以用哪个模型？",
        "👩‍👩‍👧‍👦 🇨🇳 𠮷 é e\u0301",
        "before\x00after",
        "line\r\nline\tend ",
        "很长的文字 " * 100_000,
        "'; DROP TABLE chats; --",
        "\u200e\u202e\ufeff",
    ],
    ids=["chinese", "emoji", "nul", "lines", "long", "quotes", "invisible"],
)
def test_text_comes_back_as_it_went_in(path: Path, text: str) -> None:
    store = ChatStore(path)
    chat, question, answer = answered(store, None, text, answer=text)
    store.close()
    store = ChatStore(path)
    shown = store.branch(store.chat(chat).leaf)
    assert [message.text for message in shown] == [text, text]
    assert shown == (question, answer)
    store.close()


def test_half_a_character_is_marked_not_refused(store: ChatStore) -> None:
    _, question, _ = store.ask(None, None, "a\ud83db and a whole \ud83d\ude00", SETTINGS)
    assert question.text == "a\ufffdb and a whole 😀"


def test_an_answer_keeps_who_gave_it_and_how(store: ChatStore) -> None:
    _, question, answer = answered(store, None, "hello")
    assert (answer.model_id, answer.model_name) == ("guide", "Guide 小助手")
    assert answer.settings == SETTINGS and answer.stats == stats()
    assert question.settings is None and question.stats is None


@pytest.mark.parametrize("value", ["not json", "[]", "{}", '{"end": "unheard of"}', '{"temperature": 1, "new": 2}'])
def test_facts_from_other_versions_do_not_keep_a_chat_shut(store: ChatStore, value: str) -> None:
    _, _, answer = answered(store, None, "hello")
    store._run("UPDATE messages SET stats = ?, settings = ?", value, value)
    assert store.message(answer.id).stats is None
    assert store.message(answer.id).text == "yes"


def test_a_question_and_its_empty_answer_are_committed_together(store: ChatStore, path: Path) -> None:
    chat, question, answer = store.ask(None, None, "hello", SETTINGS)
    other = ChatStore(path)
    assert [m.text for m in other.branch(other.chat(chat.id).leaf)] == ["hello", ""]
    other.close()
    assert (answer.parent, answer.state, chat.leaf) == (question.id, MessageState.WRITING, answer.id)


def test_branches_stand_side_by_side(store: ChatStore) -> None:
    chat, first, answer = answered(store, None, "one", "1")
    second = store.answer_again(first, SETTINGS)
    assert [m.id for m in store.branch(store.chat(chat).leaf)] == [first.id, second.id]
    _, edited, third = store.ask(chat, None, "another one", SETTINGS)
    assert [m.id for m in store.branch(store.chat(chat).leaf)] == [edited.id, third.id]
    assert [m.id for m in store.branch(answer.id)] == [first.id, answer.id]
    assert store.chat(chat).title == "another one"


def test_a_ring_of_parents_does_not_trap(store: ChatStore) -> None:
    _, question, answer = answered(store, None, "hello")
    store._run("UPDATE messages SET parent = ? WHERE id = ?", answer.id, question.id)
    assert [m.id for m in store.branch(answer.id)] == [question.id, answer.id]


def test_newest_first(store: ChatStore, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "time", lambda: now)
    chats = [answered(store, None, f"chat {number}")[0] for number in range(3)]
    assert [chat.id for chat in store.chats()] == chats[::-1]
    now = 2000.0
    answered(store, chats[0], "again")
    assert [chat.id for chat in store.chats()] == [chats[0], chats[2], chats[1]]


def test_deleted_chats_hide_come_back_and_go_with_the_next_start(path: Path) -> None:
    store = ChatStore(path)
    gone, back = answered(store, None, "gone")[0], answered(store, None, "back")[0]
    store.delete(gone)
    store.delete(back)
    assert store.chats() == ()
    with pytest.raises(Fixable, match="chat-missing"):
        store.chat(gone)
    store.restore(back)
    assert [chat.title for chat in store.chats()] == ["back"]
    store.close()

    store = ChatStore(path)
    with pytest.raises(Fixable, match="chat-missing"):
        store.restore(gone)
    assert [chat.title for chat in store.chats()] == ["back"]
    assert store._run("SELECT count(*) FROM messages") == [(2,)]
    newer = answered(store, None, "new")[0]
    assert newer > max(gone, back)
    store.close()


def test_a_chat_of_thousands_of_messages_can_be_deleted_for_good(path: Path) -> None:
    store = ChatStore(path)
    chat, _, leaf = answered(store, None, "start")
    with store._transaction():
        for number in range(leaf.id + 1, 3000):
            store._insert(
                "INSERT INTO messages(chat, parent, role, text, state, created)"
                " VALUES (?, ?, 'user', '', 'complete', 0)",
                chat,
                number - 1,
            )
    assert len(store.branch(2999)) == 2999
    store.delete(chat)
    store.close()
    store = ChatStore(path)
    assert store._run("SELECT count(*) FROM messages") == [(0,)]
    store.close()


def test_deleted_text_leaves_the_file(path: Path) -> None:
    store = ChatStore(path)
    chat, _, _ = answered(store, None, "a secret that nobody may find " * 50)
    store.delete(chat)
    store.close()
    ChatStore(path).close()
    assert b"a secret that nobody" not in path.read_bytes()


def test_what_a_killed_process_was_writing_is_partial(path: Path) -> None:
    store = ChatStore(path)
    _, _, answer = store.ask(None, None, "hello", SETTINGS)
    store.save_growing(answer.id, "Hel")
    store.close()
    store = ChatStore(path)
    assert (store.message(answer.id).text, store.message(answer.id).state) == ("Hel", MessageState.PARTIAL)
    store.close()


def test_the_persons_title_stays(store: ChatStore) -> None:
    chat, _, _ = answered(store, None, "first")
    store.rename(chat, "  My \n title ")
    store.ask(chat, None, "edited", SETTINGS)
    assert store.chat(chat).title == "My title"
    store.rename(chat, "  ")
    assert store.chat(chat).title == "edited"


def test_a_resumed_answer_is_writing_again(store: ChatStore) -> None:
    chat, _, answer = answered(store, None, "hello")
    resumed = store.resume(answer, AnswerSettings(model_id="other", model_name="Other"))
    assert (resumed.id, resumed.text, resumed.state) == (answer.id, "yes", MessageState.WRITING)
    assert (resumed.model_id, store.chat(chat).leaf) == ("other", answer.id)
