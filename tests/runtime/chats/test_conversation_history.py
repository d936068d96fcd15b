"""Branches, the list of chats, and saving, step by step on one thread."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import Fixable
from app.runtime.chats import store as store_module
from app.runtime.chats.records import (
    AnswerContinued,
    AnswerEnded,
    AnswerSettings,
    AnswerText,
    ChatDeleted,
    ChatOpened,
    ChatsListed,
    HistoryDamaged,
    HistoryFailed,
    MessageState,
    Phase,
    PhaseChanged,
)
from app.runtime.engine.records import EndReason, Role, Sampling
from tests.runtime.chats.stage import Stage

SETTINGS = AnswerSettings("Be brief.", Sampling(0.1), 77, "guide", "Guide")
COMPLETE, PARTIAL, WRITING = MessageState.COMPLETE, MessageState.PARTIAL, MessageState.WRITING


@pytest.fixture
def stage(tmp_path: Path):
    stage = Stage(tmp_path / "chats.db")
    yield stage
    stage.do.close()


def phases(stage: Stage) -> list[Phase]:
    return [notice.phase for notice in stage.told(PhaseChanged)]


# -- other branches


def test_regenerate_stands_beside_the_old_answer(stage: Stage) -> None:
    _, question, answer = stage.exchange("hello", "first")
    stage.clear()
    stage.do.regenerate(answer, SETTINGS)
    assert stage.kinds() == ["ChatOpened", "PhaseChanged", "ChatsListed"]
    shown = stage.last(ChatOpened).messages
    assert shown[0].id == question and shown[1].id != answer and shown[1].state is WRITING
    assert [turn.text for turn in stage.run.request.turns] == ["hello"]
    stage.run.text("second")
    stage.run.finish()
    assert stage.stored(answer).text == "first"
    assert stage.stored(shown[1].id).text == "second"
    assert stage.stored(shown[1].id).parent == question


def test_regenerate_of_a_question_answers_it_again(stage: Stage) -> None:
    _, question, _ = stage.exchange("hello", "first")
    stage.do.regenerate(question, SETTINGS)
    assert stage.last(ChatOpened).messages[-1].parent == question


def test_regenerate_the_running_answer(stage: Stage) -> None:
    stage.do.send("hello", SETTINGS)
    stage.run.text("half")
    running = stage.answer.id
    stage.do.regenerate(running, SETTINGS)
    assert stage.stored(running).state is PARTIAL and len(stage.engine.runs) == 2


def test_regenerate_in_a_chat_that_is_not_open(stage: Stage) -> None:
    _, _, answer = stage.exchange("hello", "first")
    stage.do.new_chat()
    stage.clear()
    stage.do.regenerate(answer, SETTINGS)
    assert stage.kinds() == ["MessageAdded", "PhaseChanged", "ChatsListed"]


def test_edit_asks_beside_the_old_question(stage: Stage) -> None:
    stage.exchange("one", "1")
    _, second, _ = stage.exchange("two", "2")
    stage.do.edit(second, "zwei", SETTINGS)
    shown = [message.text for message in stage.last(ChatOpened).messages]
    assert shown == ["one", "1", "zwei", ""]
    assert [turn.text for turn in stage.run.request.turns] == ["one", "1", "zwei"]
    assert stage.stored(second).text == "two"


def test_edit_the_first_question_changes_the_title(stage: Stage) -> None:
    _, first, _ = stage.exchange("one", "1")
    stage.do.edit(first, "uno", SETTINGS)
    assert stage.chats()[0].title == "uno"


@pytest.mark.parametrize("role", ["question", "nobody"])
def test_what_cannot_be_edited_or_continued(stage: Stage, role: str) -> None:
    _, question, answer = stage.exchange("one", "1")
    with pytest.raises(Fixable, match="chat-missing"):
        stage.do.edit(answer if role == "question" else 99, "x", SETTINGS)
    with pytest.raises(Fixable, match="chat-missing"):
        stage.do.continue_answer(question if role == "question" else 99, SETTINGS)


# -- continuing


def test_continue_goes_on_in_the_same_message(stage: Stage) -> None:
    stage.do.send("count", SETTINGS)
    stage.run.text("one, two")
    stage.run.finish(EndReason.LIMIT)
    answer = stage.answer.id
    stage.clear()
    stage.do.continue_answer(answer, SETTINGS)
    assert stage.last(AnswerContinued).message.state is WRITING
    assert stage.last(AnswerContinued).message.text == "one, two"
    assert [(turn.role, turn.text) for turn in stage.run.request.turns] == [
        (Role.USER, "count"),
        (Role.ASSISTANT, "one, two"),
    ]
    stage.run.text(", three")
    assert stage.last(AnswerText).text == ", three"
    stage.run.finish()
    assert (stage.stored(answer).text, stage.stored(answer).state) == ("one, two, three", COMPLETE)


def test_a_continued_answer_that_fails_keeps_everything(stage: Stage) -> None:
    stage.do.send("count", SETTINGS)
    stage.run.text("one")
    stage.run.finish(EndReason.STOPPED)
    stage.do.continue_answer(stage.answer.id, SETTINGS)
    stage.run.fail(Fixable("no-model"))
    stored = stage.stored(stage.answer.id)
    assert (stored.text, stored.state) == ("one", PARTIAL)
    assert stored.stats and stored.stats.end is EndReason.STOPPED


def test_a_complete_or_running_answer_is_not_continued(stage: Stage) -> None:
    _, _, answer = stage.exchange("hello", "done")
    stage.do.continue_answer(answer, SETTINGS)
    stage.do.send("again", SETTINGS)
    stage.do.continue_answer(stage.answer.id, SETTINGS)
    assert len(stage.engine.runs) == 2 and not stage.run.cancelled


# -- the list


def test_rename(stage: Stage) -> None:
    chat, _, _ = stage.exchange("hello", "hi")
    stage.do.rename(chat, "My chat")
    assert stage.chats()[0].title == "My chat"
    with pytest.raises(Fixable, match="chat-missing"):
        stage.do.rename(99, "")


def test_delete_and_undo_bring_the_open_chat_back(stage: Stage) -> None:
    chat, _, _ = stage.exchange("hello", "hi")
    stage.clear()
    stage.do.delete(chat)
    assert stage.kinds() == ["ChatDeleted", "ChatsListed", "ChatOpened"]
    assert stage.last(ChatDeleted).chat.title == "hello"
    assert stage.chats() == () and stage.last(ChatOpened) == ChatOpened(None, ())
    stage.do.restore(chat)
    assert stage.chats()[0].id == chat
    assert [message.text for message in stage.last(ChatOpened).messages] == ["hello", "hi"]


def test_undo_does_not_take_the_screen_from_another_chat(stage: Stage) -> None:
    first, _, _ = stage.exchange("hello", "hi")
    stage.do.delete(first)
    stage.exchange("other", "yes")
    stage.clear()
    stage.do.restore(first)
    assert stage.kinds() == ["ChatsListed"]


def test_deleting_another_chat_leaves_the_open_one(stage: Stage) -> None:
    first, _, _ = stage.exchange("one", "1")
    stage.do.new_chat()
    stage.exchange("two", "2")
    stage.clear()
    stage.do.delete(first)
    assert stage.kinds() == ["ChatDeleted", "ChatsListed"]


def test_deleting_the_chat_being_answered_stops_it(stage: Stage) -> None:
    stage.do.send("hello", SETTINGS)
    stage.run.text("half")
    stage.do.delete(1)
    assert stage.run.cancelled and stage.last(AnswerEnded).message.text == "half"
    stage.clear()
    stage.run.text("late")
    assert stage.notices == []
    stage.do.restore(1)
    assert stage.last(ChatOpened).messages[-1].text == "half"


def test_deleting_twice(stage: Stage) -> None:
    chat, _, _ = stage.exchange("hello", "hi")
    stage.do.delete(chat)
    with pytest.raises(Fixable, match="chat-missing"):
        stage.do.delete(chat)


# -- saving


def break_saving(stage: Stage, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    def full(*_: object) -> None:
        raise Fixable("disk-full", path=str(stage.path))

    for name in names:
        monkeypatch.setattr(store_module.ChatStore, name, full)


def test_a_growing_answer_is_saved(stage: Stage) -> None:
    stage.do.send("hello", SETTINGS)
    assert stage.do.seconds_to_save() is None
    stage.run.text("so far")
    assert stage.do.seconds_to_save() == 0.0
    stage.do.save_if_due()
    assert stage.do.seconds_to_save() is None
    assert stage.do._store._run("SELECT text, state FROM messages WHERE id = 2") == [("so far", "writing")]


def test_a_disk_that_is_full_is_told_once_and_the_answer_goes_on(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.do.send("hello", SETTINGS)
    with monkeypatch.context() as patch:
        break_saving(stage, patch, "save_growing", "save_ended")
        for piece in ("a", "b", "c", "d"):
            stage.run.text(piece)
            stage.do.save_if_due()
        stage.run.finish()
    failures = stage.told(HistoryFailed)
    assert [failure.error.code for failure in failures] == ["disk-full"]
    assert stage.last(AnswerEnded).message.text == "abcd"
    stage.do.open_chat(1)
    assert stage.last(ChatOpened).messages[-1].text == "abcd"  # from memory: the disk has less
    assert stage.stored(2).text == ""
    stage.exchange("more", "fine")
    assert (stage.stored(2).text, stage.stored(2).state) == ("abcd", COMPLETE)


def test_one_failed_save_is_repeated_in_silence(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.do.send("hello", SETTINGS)
    stage.run.text("text")
    with monkeypatch.context() as patch:
        break_saving(stage, patch, "save_growing")
        stage.do.save_if_due()
    stage.do.save_if_due()
    assert stage.stored(2).text == "text" and not stage.told(HistoryFailed)


def test_what_could_not_be_saved_is_saved_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(tmp_path / "chats.db")
    stage.do.send("hello", SETTINGS)
    with monkeypatch.context() as patch:
        break_saving(stage, patch, "save_ended")
        stage.run.text("kept")
        stage.run.finish()
    stage.do.close()
    after = Stage(tmp_path / "chats.db")
    after.do.open_chat(1)
    assert after.last(ChatOpened).messages[-1].text == "kept"


def test_an_unsaved_answer_can_be_continued(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.do.send("hello", SETTINGS)
    with monkeypatch.context() as patch:
        break_saving(stage, patch, "save_ended")
        stage.run.text("half")
        stage.run.finish(EndReason.LIMIT)
    stage.do.continue_answer(2, SETTINGS)
    assert stage.run.request.turns[-1].text == "half"
    stage.run.text(" whole")
    stage.run.finish()
    assert stage.stored(2).text == "half whole"


def test_a_question_that_cannot_be_stored_comes_back(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    _, question, _ = stage.exchange("hello", "hi")
    break_saving(stage, monkeypatch, "ask")
    stage.clear()
    stage.do.send("precious words", SETTINGS)
    stage.do.edit(question, "other words", SETTINGS)
    assert [(n.error.code, n.text) for n in stage.told(HistoryFailed)] == [
        ("disk-full", "precious words"),
        ("disk-full", "other words"),
    ]
    assert stage.kinds() == ["HistoryFailed"] * 2 and len(stage.engine.runs) == 1


def test_closing_saves_the_running_answer(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "chats.db")
    stage.do.send("hello", SETTINGS)
    stage.run.text("half")
    stage.do.close()
    assert stage.run.cancelled
    after = Stage(tmp_path / "chats.db")
    after.do.open_chat(1)
    assert after.last(ChatOpened).messages[-1].text == "half"


# -- a history that does not open


def test_a_damaged_history_is_told_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "chats.db"
    path.write_bytes(b"not a database" * 500)
    stage = Stage(path)
    stage.do.list_chats()
    assert stage.kinds() == ["HistoryDamaged", "ChatsListed"]
    assert Path(stage.last(HistoryDamaged).moved_to).read_bytes().startswith(b"not a database")


def test_a_history_that_breaks_while_in_use_is_replaced(stage: Stage) -> None:
    for number in range(30):
        stage.do.new_chat()
        stage.exchange(f"question {number} " * 200, "answer " * 200)
    stage.do.close()
    stage.do.list_chats()
    data = bytearray(stage.path.read_bytes())
    data[4096:-4096] = b"\xff" * (len(data) - 8192)
    stage.path.write_bytes(data)
    stage.do._store._run("PRAGMA shrink_memory")  # else SQLite remembers the pages
    stage.clear()
    for number in range(1, 31):
        try:
            stage.do.open_chat(number)
        except Fixable as error:
            assert error.code == "history-damaged"
            stage.do.failed(error)
            break
    assert stage.kinds()[-3:] == ["HistoryDamaged", "ChatsListed", "ChatOpened"]
    stage.exchange("it goes on", "yes")
    assert len(stage.chats()) == 1


def test_a_history_that_opens_later_is_used_later(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.write_text("in the way")
    stage = Stage(folder / "chats.db")
    with pytest.raises(Fixable, match="history-unwritable"):
        stage.do.list_chats()
    folder.unlink()
    stage.do.list_chats()
    assert stage.chats() == ()


def test_closing_without_any_command_opens_nothing(tmp_path: Path) -> None:
    Stage(tmp_path / "chats.db").do.close()
    assert not (tmp_path / "chats.db").exists()


def test_every_list_is_newest_first(stage: Stage) -> None:
    first, _, _ = stage.exchange("one", "1")
    stage.do.new_chat()
    second, _, _ = stage.exchange("two", "2")
    stage.do.open_chat(first)
    stage.exchange("one again", "1")
    assert [chat.id for chat in stage.last(ChatsListed).chats] == [first, second]
