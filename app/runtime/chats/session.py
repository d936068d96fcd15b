"""The conversation's state machine and the answer being written. Pure: no thread, no file, no engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.runtime.chats.records import Message, MessageState, Phase
from app.runtime.engine.records import AnswerStats, EndReason, Role, Turn
from app.runtime.jobs import Job


class Step(StrEnum):
    """What can happen to a conversation."""

    ASK = "ask"  # an answer was requested from the engine
    PROMPT = "prompt"  # the engine read a part of the prompt
    TEXT = "text"  # the engine wrote a piece of the answer
    STOP = "stop"  # the person pressed Stop
    END = "end"  # the answer ended, in whatever way


# ANSWERING + PROMPT: a full context is read again where its cells cannot be shifted.
TRANSITIONS: dict[tuple[Phase, Step], Phase] = {
    (Phase.IDLE, Step.ASK): Phase.WAITING,
    (Phase.WAITING, Step.PROMPT): Phase.READING,
    (Phase.WAITING, Step.TEXT): Phase.ANSWERING,
    (Phase.WAITING, Step.STOP): Phase.STOPPING,
    (Phase.WAITING, Step.END): Phase.IDLE,
    (Phase.READING, Step.PROMPT): Phase.READING,
    (Phase.READING, Step.TEXT): Phase.ANSWERING,
    (Phase.READING, Step.STOP): Phase.STOPPING,
    (Phase.READING, Step.END): Phase.IDLE,
    (Phase.ANSWERING, Step.PROMPT): Phase.READING,
    (Phase.ANSWERING, Step.TEXT): Phase.ANSWERING,
    (Phase.ANSWERING, Step.STOP): Phase.STOPPING,
    (Phase.ANSWERING, Step.END): Phase.IDLE,
    (Phase.STOPPING, Step.PROMPT): Phase.STOPPING,
    (Phase.STOPPING, Step.TEXT): Phase.STOPPING,
    (Phase.STOPPING, Step.STOP): Phase.STOPPING,
    (Phase.STOPPING, Step.END): Phase.IDLE,
}


class IllegalStep(Exception):
    """A step the table does not know: a mistake in the code that took it."""


def advance(phase: Phase, step: Step) -> Phase:
    """The phase after `step`."""
    try:
        return TRANSITIONS[phase, step]
    except KeyError:
        raise IllegalStep(f"{step} while {phase}") from None


def state_after(end: EndReason) -> MessageState:
    """COMPLETE only if the model itself found the end; everything else can be continued."""
    finished = end in (EndReason.EOS, EndReason.STOP_STRING)
    return MessageState.COMPLETE if finished else MessageState.PARTIAL


def turns_of(branch: Sequence[Message]) -> tuple[Turn, ...]:
    """The prompt's turns, questions and answers in alternation. A question whose answer has no text (stopped
    or failed before the first word) is left out, except when it is the last: then it is the one to be answered."""
    turns: list[Turn] = []
    for message in branch:
        if message.role is Role.ASSISTANT and not message.text:
            continue
        if turns and turns[-1].role is message.role:
            turns.pop()
        turns.append(Turn(message.role, message.text))
    return tuple(turns)


@dataclass
class RunningAnswer:
    """The one answer being written; `message` is how it began, `pieces` what came since.

    `save_at`: when the text must be on disk (monotonic seconds; None: it is). `failures`: saves that failed
    in a row. `told`: the person knows that saving fails.
    """

    message: Message
    pieces: list[str] = field(default_factory=list)
    save_at: float | None = None
    failures: int = 0
    told: bool = False
    job: Job | None = None

    def add(self, text: str, now: float, save_every: float) -> None:
        """Append a piece; the first unsaved one sets the time of the next save."""
        self.pieces.append(text)
        if self.save_at is None:
            self.save_at = now + save_every

    @property
    def text(self) -> str:
        self.pieces[:] = ["".join(self.pieces)]  # so that the next call joins only what came since
        return self.message.text + self.pieces[0]

    def snapshot(self) -> Message:
        return replace(self.message, text=self.text)

    def ended(self, state: MessageState, stats: AnswerStats | None) -> Message:
        return replace(self.message, text=self.text, state=state, stats=stats or self.message.stats)
