"""Asking, answering, stopping and opening, step by step on one thread."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import Fixable, InternalBug
from app.runtime.chats.records import (
    AnswerEnded,
    AnswerSettings,
    AnswerText,
    ChatOpened,
    MessageAdded,
    MessageState,
    Phase,
    PhaseChanged,
    TurnsNoLongerFit,
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


# -- sending


def test_the_first_message_makes_a_chat_and_an_answer(stage: Stage) -> None:
    stage.do.send("你好，BELLE", SETTINGS)
    assert stage.kinds() == ["ChatOpened", "MessageAdded", "MessageAdded", "PhaseChanged", "ChatsListed"]
    question, answer = [notice.message for notice in stage.told(MessageAdded)]
    assert (question.role, question.text, question.state) == (Role.USER, "你好，BELLE", COMPLETE)
    assert (answer.role, answer.parent, answer.state) == (Role.ASSISTANT, question.id, WRITING)
    assert answer.model_name == "Guide"
    assert stage.last(ChatOpened).chat == stage.chats()[0]
    assert stage.chats()[0].title == "你好，BELLE"
    request = stage.run.request
    assert [turn.text for turn in request.turns] == ["你好，BELLE"]
    assert (request.system, request.sampling, request.max_tokens) == ("Be brief.", Sampling(0.1), 77)


def test_the_question_is_on_disk_before_the_engine_is_asked(stage: Stage) -> None:
    seen = []
    answer = stage.engine.answer

    def look(request, sink):
        seen.append([message.text for message in Stage(stage.path).do._store.branch(2)])
        return answer(request, sink)

    stage.engine.answer = look
    stage.do.send("hello", SETTINGS)
    assert seen == [["hello", ""]]


def test_an_answer_passes_through_its_phases(stage: Stage) -> None:
    stage.do.send("hello", SETTINGS)
    stage.run.drop(2)
    stage.run.prompt(5, 10)
    stage.run.prompt(10, 10)
    stage.run.text("Good ")
    stage.run.text("day")
    stage.run.finish()
    assert phases(stage) == [Phase.WAITING, Phase.READING, Phase.READING, Phase.ANSWERING, Phase.IDLE]
    progress = stage.told(PhaseChanged)[2]
    assert (progress.chat, progress.done, progress.total) == (1, 10, 10)
    assert [notice.text for notice in stage.told(AnswerText)] == ["Good ", "day"]
    assert stage.last(TurnsNoLongerFit) == TurnsNoLongerFit(1, 2, 2)
    ended = stage.last(AnswerEnded)
    assert (ended.message.text, ended.message.state, ended.error) == ("Good day", COMPLETE, None)
    assert ended.message.stats and ended.message.stats.end is EndReason.EOS
    assert stage.stored(2) == ended.message


def test_the_next_question_carries_what_was_said(stage: Stage) -> None:
    stage.exchange("one", "1")
    stage.do.send("two", SETTINGS)
    assert [turn.text for turn in stage.run.request.turns] == ["one", "1", "two"]
    assert len(stage.chats()) == 1


@pytest.mark.parametrize("end", EndReason)
def test_how_it_ended_decides_whether_it_can_go_on(stage: Stage, end: EndReason) -> None:
    stage.do.send("hello", SETTINGS)
    stage.run.text("words")
    stage.run.finish(end)
    finished = end in (EndReason.EOS, EndReason.STOP_STRING)
    assert stage.last(AnswerEnded).message.state is (COMPLETE if finished else PARTIAL)


def test_a_failed_answer_keeps_its_text(stage: Stage) -> None:
    stage.do.send("hello", SETTINGS)
    stage.run.text("so far")
    error = InternalBug("internal-bug", kind="x")
    stage.run.fail(error)
    ended = stage.last(AnswerEnded)
    assert (ended.error, ended.message.state, ended.message.text) == (error, PARTIAL, "so far")
    assert phases(stage)[-1] is Phase.IDLE


def test_an_engine_that_cannot_even_be_asked(stage: Stage) -> None:
    stage.engine.refuse = RuntimeError("broken")
    stage.do.send("hello", SETTINGS)
    ended = stage.last(AnswerEnded)
    assert isinstance(ended.error, InternalBug) and ended.message.state is PARTIAL
    stage.engine.refuse = None
    stage.exchange("again", "fine")
    assert stage.last(AnswerEnded).error is None


# -- stopping


def test_stop_while_answering_waits_for_the_engine(stage: Stage) -> None:
    stage.do.send("hello", SETTINGS)
    stage.run.text("Good")
    stage.do.stop()
    assert phases(stage)[-1] is Phase.STOPPING and stage.run.cancelled
    stage.run.text(" day")
    stage.run.finish(EndReason.STOPPED)
    assert (stage.last(AnswerEnded).message.text, stage.last(AnswerEnded).message.state) == ("Good day", PARTIAL)
    assert phases(stage)[-1] is Phase.IDLE


def test_stop_while_reading_leaves_an_empty_answer_to_go_on_with(stage: Stage) -> None:
    stage.do.send("hello", SETTINGS)
    stage.run.prompt(1, 2)
    stage.do.stop()
    stage.do.stop()
    stage.run.cancel()
    ended = stage.last(AnswerEnded).message
    assert (ended.text, ended.state) == ("", PARTIAL)
    stage.do.continue_answer(ended.id, SETTINGS)
    assert [turn.text for turn in stage.run.request.turns] == ["hello"]


def test_stop_while_the_model_loads_is_at_once(stage: Stage) -> None:
    stage.do.send("hello", SETTINGS)
    stage.do.stop()
    assert stage.run.cancelled and phases(stage) == [Phase.WAITING, Phase.IDLE]
    assert stage.last(AnswerEnded).message.state is PARTIAL


def test_stop_without_an_answer_does_nothing(stage: Stage) -> None:
    stage.do.stop()
    assert stage.notices == []


def test_what_a_stopped_job_still_says_is_ignored(stage: Stage) -> None:
    stage.do.send("one", SETTINGS)
    old = stage.run
    stage.do.stop()
    stage.do.send("two", SETTINGS)
    stage.clear()
    for late in (lambda: old.text("late"), lambda: old.prompt(1, 2), old.finish, old.cancel, lambda: old.drop(1)):
        late()
    assert stage.notices == []
    stage.run.text("fresh")
    stage.run.finish()
    assert stage.last(AnswerEnded).message.text == "fresh"


def test_sending_while_answering_stops_the_running_one_first(stage: Stage) -> None:
    stage.do.send("one", SETTINGS)
    first = stage.run
    first.text("half")
    stage.do.send("two", SETTINGS)
    assert first.cancelled
    ended = stage.last(AnswerEnded).message
    assert (ended.text, ended.state) == ("half", PARTIAL)
    assert stage.stored(ended.id).text == "half"
    assert [turn.text for turn in stage.run.request.turns] == ["one", "half", "two"]


def test_sending_in_another_chat_stops_the_answer_of_the_first(stage: Stage) -> None:
    stage.do.send("one", SETTINGS)
    stage.run.text("half")
    stage.do.new_chat()
    stage.do.send("two", SETTINGS)
    assert stage.last(AnswerEnded).message.chat == 1
    assert [turn.text for turn in stage.run.request.turns] == ["two"]
    assert stage.last(PhaseChanged).chat == 2


# -- opening


def test_an_answer_belongs_to_its_chat_when_another_is_open(stage: Stage) -> None:
    stage.exchange("old", "answer")
    stage.do.new_chat()
    stage.do.send("new", SETTINGS)
    stage.run.text("begun")
    stage.do.open_chat(1)
    assert [message.text for message in stage.last(ChatOpened).messages] == ["old", "answer"]
    stage.run.text(" and on")
    assert stage.last(AnswerText).chat == 2
    stage.do.open_chat(2)
    shown = stage.last(ChatOpened).messages[-1]
    assert (shown.text, shown.state) == ("begun and on", WRITING)
    stage.run.finish()
    assert stage.stored(shown.id).text == "begun and on"


def test_a_chat_opens_after_a_restart_with_what_was_written(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "chats.db")
    stage.do.send("hello", SETTINGS)
    stage.run.text("Good da")
    stage.do.save_if_due()
    after = Stage(tmp_path / "chats.db")
    after.do.open_chat(1)
    answer = after.last(ChatOpened).messages[-1]
    assert (answer.text, answer.state) == ("Good da", PARTIAL)
    after.do.continue_answer(answer.id, SETTINGS)
    after.run.text("y")
    after.run.finish()
    assert after.stored(answer.id).text == "Good day"


def test_opening_what_is_not_there(stage: Stage) -> None:
    with pytest.raises(Fixable, match="chat-missing"):
        stage.do.open_chat(99)
