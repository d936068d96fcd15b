"""The state machine as a table, and the prompt a branch becomes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.runtime.chats.records import Message, MessageState, Phase
from app.runtime.chats.session import TRANSITIONS, IllegalStep, RunningAnswer, Step, advance, state_after, turns_of
from app.runtime.engine.records import EndReason, Role, Turn

W, R, A, S, IDLE = Phase.WAITING, Phase.READING, Phase.ANSWERING, Phase.STOPPING, Phase.IDLE
EXPECTED = {  # phase: after ASK, PROMPT, TEXT, STOP, END; None: illegal
    IDLE: (W, None, None, None, None),
    W: (None, R, A, S, IDLE),
    R: (None, R, A, S, IDLE),
    A: (None, R, A, S, IDLE),
    S: (None, S, S, S, IDLE),
}


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("place, step", list(enumerate(Step)))
def test_advance(phase: Phase, place: int, step: Step) -> None:
    after = EXPECTED[phase][place]
    if after is None:
        with pytest.raises(IllegalStep):
            advance(phase, step)
    else:
        assert advance(phase, step) is after


def test_every_phase_can_be_reached_and_left() -> None:
    assert set(TRANSITIONS.values()) == set(Phase)
    assert {phase for phase, _ in TRANSITIONS} == set(Phase)
    assert all((phase, Step.END) in TRANSITIONS for phase in Phase if phase is not IDLE)


@pytest.mark.parametrize("end", EndReason)
def test_only_the_models_own_end_is_complete(end: EndReason) -> None:
    finished = end in (EndReason.EOS, EndReason.STOP_STRING)
    assert state_after(end) is (MessageState.COMPLETE if finished else MessageState.PARTIAL)


def branch(*parts: str) -> list[Message]:
    """`u:text` and `a:text`."""
    made = []
    for number, part in enumerate(parts):
        who, text = part.split(":", 1)
        role = Role.USER if who == "u" else Role.ASSISTANT
        made.append(Message(number, 1, None, role, text, MessageState.COMPLETE, 0.0))
    return made


@pytest.mark.parametrize(
    "parts, kept",
    [
        (["u:1", "a:"], ["1"]),
        (["u:1", "a:A", "u:2", "a:"], ["1", "A", "2"]),
        (["u:1", "a:", "u:2", "a:"], ["2"]),
        (["u:1", "a:A", "u:2", "a:", "u:3", "a:C"], ["1", "A", "3", "C"]),
        (["u:1", "a:unfini"], ["1", "unfini"]),
        (["u:1", "u:2"], ["2"]),
        ([], []),
    ],
)
def test_turns_alternate(parts: list[str], kept: list[str]) -> None:
    turns = turns_of(branch(*parts))
    assert [turn.text for turn in turns] == kept
    assert all(isinstance(turn, Turn) for turn in turns)
    assert [turn.role for turn in turns] == [(Role.USER, Role.ASSISTANT)[i % 2] for i in range(len(kept))]


def test_a_running_answer_grows_and_knows_when_to_save() -> None:
    message = replace(branch("a:Begun")[0], state=MessageState.WRITING)
    run = RunningAnswer(message)
    run.add(", and", 10.0, 0.25)
    run.add(" on", 10.1, 0.25)
    assert run.save_at == 10.25
    assert run.snapshot().text == "Begun, and on"
    run.add(".", 10.2, 0.25)
    ended = run.ended(MessageState.PARTIAL, None)
    assert (ended.text, ended.state) == ("Begun, and on.", MessageState.PARTIAL)
