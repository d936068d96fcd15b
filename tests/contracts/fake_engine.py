"""Two engines without llama.cpp. Their manual is their docstrings; `engine_contract.py` holds them to the truth.

engine = FakeEngine(Script(pieces=("Good ", "morning"), pace=0.01))     # plays by itself, on its own thread
engine = FakeEngine(lambda request: Script(error=Fixable("no-model")))  # decides per request
engine = HandEngine(); ...; engine.runs[-1].text("Good "); engine.runs[-1].finish()   # the test is the engine
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from app.errors import AppError
from app.runtime.engine.records import Answer, AnswerRequest, AnswerStats, EndReason
from app.runtime.events import (
    Event,
    JobCancelled,
    JobFailed,
    JobFinished,
    PromptProgress,
    TextDelta,
    TurnsDropped,
)
from app.runtime.jobs import Job, Lane, Sink


def stats(end: EndReason = EndReason.EOS, tokens: int = 4, dropped: int = 0) -> AnswerStats:
    """Plausible statistics."""
    return AnswerStats(
        prompt_tokens=12,
        reused_tokens=0,
        answer_tokens=tokens,
        time_to_first_token=0.1,
        tokens_per_second=20.0,
        prompt_tokens_per_second=100.0,
        context_used=12 + tokens,
        context=2048,
        dropped_turns=dropped,
        end=end,
    )


@dataclass(frozen=True)
class Script:
    """One answer as it is played: `dropped` turns, `prompt` steps of prompt reading, then the `pieces` with
    `pace` seconds before each (they may be endless), then `error` if there is one, else `end`. Like the real
    engine it checks for cancel before each of these; `max_tokens` of the request counts pieces."""

    pieces: Iterable[str] = ("Hello", ", ", "world", ".")
    end: EndReason = EndReason.EOS
    error: AppError | None = None
    prompt: int = 3
    dropped: int = 0
    pace: float = 0.0


class FakeEngine:
    """Plays a script for every request, one after another, on a thread of its own.

    `requests` keeps what was asked. `before_piece` is called on the engine's thread with each piece just
    before the sink gets it."""

    def __init__(
        self,
        script: Script | Callable[[AnswerRequest], Script] | None = None,
        before_piece: Callable[[str], None] = lambda piece: None,
    ) -> None:
        self.requests: list[AnswerRequest] = []
        self._script = script or Script()
        self._before_piece = before_piece
        self._lane = Lane("fake engine")

    def answer(self, request: AnswerRequest, sink: Sink) -> Job:
        self.requests.append(request)
        script = self._script if isinstance(self._script, Script) else self._script(request)
        return self._lane.submit(lambda job: self._play(script, request, job), sink)

    def close(self) -> None:
        self._lane.close()

    def _play(self, script: Script, request: AnswerRequest, job: Job) -> Answer:
        if script.dropped:
            job.emit(TurnsDropped(job.id, script.dropped))
        for done in range(1, script.prompt + 1):
            job.token.check()
            job.emit(PromptProgress(job.id, done, script.prompt))
        texts: list[str] = []
        end = script.end
        due = time.monotonic()
        for piece in script.pieces:
            due += script.pace
            time.sleep(max(0.0, due - time.monotonic()))
            if job.token.cancelled:
                end = EndReason.STOPPED
                break
            if len(texts) == request.max_tokens:
                end = EndReason.LIMIT
                break
            self._before_piece(piece)
            job.emit(TextDelta(job.id, piece))
            texts.append(piece)
        if script.error:
            raise script.error
        return Answer("".join(texts), tuple(range(len(texts))), stats(end, len(texts), script.dropped))


@dataclass
class Run:
    """One request to a `HandEngine`. Nothing happens until the test says so; `late` events after an ending are
    possible on purpose."""

    request: AnswerRequest
    job: Job
    texts: list[str] = field(default_factory=list)

    def prompt(self, done: int, total: int) -> None:
        self._say(PromptProgress(self.job.id, done, total))

    def text(self, piece: str) -> None:
        self.texts.append(piece)
        self._say(TextDelta(self.job.id, piece))

    def drop(self, turns: int) -> None:
        self._say(TurnsDropped(self.job.id, turns))

    def finish(self, end: EndReason = EndReason.EOS) -> None:
        answer = Answer("".join(self.texts), tuple(range(len(self.texts))), stats(end, len(self.texts)))
        self._say(JobFinished(self.job.id, answer))

    def cancel(self) -> None:
        self._say(JobCancelled(self.job.id))

    def fail(self, error: AppError) -> None:
        self._say(JobFailed(self.job.id, error))

    @property
    def cancelled(self) -> bool:
        return self.job.token.cancelled

    def _say(self, event: Event) -> None:
        self.job.emit(event)


class HandEngine:
    """Does nothing by itself: every request becomes a `Run` in `runs` that the test plays."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.refuse: Exception | None = None

    def answer(self, request: AnswerRequest, sink: Sink) -> Job:
        if self.refuse:
            raise self.refuse
        self.runs.append(Run(request, Job(sink)))
        return self.runs[-1].job
