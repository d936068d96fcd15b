"""What every engine promises to the chats, real or fake. Subclass `EngineContract`."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

from app.errors import Fixable
from app.runtime.chats.conversation import AnsweringEngine
from app.runtime.engine.records import Answer, AnswerRequest, EndReason, Role, Sampling, Turn
from app.runtime.events import (
    Event,
    JobCancelled,
    JobFailed,
    JobFinished,
    PromptProgress,
    TextDelta,
    TurnsDropped,
)
from app.runtime.jobs import Job

ENDINGS = (JobFinished, JobCancelled, JobFailed)
WITHIN = 60.0


class Listener:
    """A sink that keeps what it hears; `until` may act on an event while it is being told."""

    def __init__(self, act: Callable[[Event], None] = lambda event: None) -> None:
        self.events: list[Event] = []
        self.threads: set[int] = set()
        self._act = act
        self._endings: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        self.threads.add(threading.get_ident())
        self._act(event)
        if isinstance(event, ENDINGS):
            self._endings.put(event)

    def ending(self) -> Event:
        return self._endings.get(timeout=WITHIN)

    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))


class EngineContract:
    """Fixtures: `engine` is ready to answer, `engine_without_model` is not. `question` must have an answer of
    ten pieces at least when `long_tokens` are allowed."""

    question = "Tell me a story"
    long_tokens = 1000

    def ask(self, engine: AnsweringEngine, listener: Listener, **changes: object) -> Job:
        values: dict[str, object] = {
            "turns": (Turn(Role.USER, self.question),),
            "sampling": Sampling(temperature=0.0, seed=1),
            "max_tokens": 8,
        }
        return engine.answer(AnswerRequest(**{**values, **changes}), listener)

    def test_events_come_in_order_and_end_once(self, engine: AnsweringEngine) -> None:
        listener = Listener()
        self.ask(engine, listener)
        ending = listener.ending()
        kinds = [type(event) for event in listener.events]
        assert isinstance(ending, JobFinished) and kinds[-1] is JobFinished
        assert sum(kind in ENDINGS for kind in kinds) == 1
        assert set(kinds) <= {PromptProgress, TextDelta, TurnsDropped, JobFinished}
        texts = [place for place, kind in enumerate(kinds) if kind is TextDelta]
        prompts = [place for place, kind in enumerate(kinds) if kind is PromptProgress]
        assert not texts or not prompts or max(prompts) < min(texts)

    def test_every_event_names_its_job(self, engine: AnsweringEngine) -> None:
        listener = Listener()
        job = self.ask(engine, listener)
        listener.ending()
        assert {event.job for event in listener.events} == {job.id}

    def test_the_sink_is_called_on_another_thread(self, engine: AnsweringEngine) -> None:
        listener = Listener()
        self.ask(engine, listener)
        listener.ending()
        assert len(listener.threads) == 1 and threading.get_ident() not in listener.threads

    def test_the_answer_is_the_sum_of_its_pieces(self, engine: AnsweringEngine) -> None:
        listener = Listener()
        self.ask(engine, listener)
        ending = listener.ending()
        assert isinstance(ending, JobFinished) and isinstance(ending.result, Answer)
        assert ending.result.text == listener.text()
        assert ending.result.stats.answer_tokens == len(ending.result.tokens) <= 8

    def test_prompt_progress_counts_up_to_its_total(self, engine: AnsweringEngine) -> None:
        listener = Listener()
        self.ask(engine, listener)
        listener.ending()
        progress = [event for event in listener.events if isinstance(event, PromptProgress)]
        assert [event.done for event in progress] == sorted(event.done for event in progress)
        assert all(0 <= event.done <= event.total for event in progress)

    def test_the_token_limit_is_kept_and_said(self, engine: AnsweringEngine) -> None:
        listener = Listener()
        self.ask(engine, listener, max_tokens=1)
        ending = listener.ending()
        assert isinstance(ending, JobFinished)
        assert ending.result.stats.answer_tokens <= 1
        if ending.result.stats.answer_tokens == 1:
            assert ending.result.stats.end in (EndReason.LIMIT, EndReason.EOS, EndReason.STOP_STRING)

    def test_cancel_while_answering_ends_the_answer_as_stopped(self, engine: AnsweringEngine) -> None:
        jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        listener = Listener(lambda event: stop() if isinstance(event, TextDelta) else None)

        def stop() -> None:
            if len(listener.text()) == len(listener.events[-1].text):
                jobs.get(timeout=WITHIN).cancel()

        jobs.put(self.ask(engine, listener, max_tokens=self.long_tokens))
        self._assert_stopped(listener)
        assert sum(isinstance(event, TextDelta) for event in listener.events) < 10

    def test_cancel_while_the_prompt_is_read_gives_no_text(self, engine: AnsweringEngine) -> None:
        jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        listener = Listener(lambda event: stop() if isinstance(event, PromptProgress) else None)

        def stop() -> None:
            if len(listener.events) == 1:
                jobs.get(timeout=WITHIN).cancel()

        jobs.put(self.ask(engine, listener, turns=(Turn(Role.USER, "many words " * 300),)))
        self._assert_stopped(listener)
        assert not listener.text()

    def test_cancel_before_the_start_says_nothing_but_the_end(self, engine: AnsweringEngine) -> None:
        gate = threading.Event()
        first = Listener(lambda event: gate.wait(WITHIN) and None)
        self.ask(engine, first)
        second = Listener()
        self.ask(engine, second).cancel()
        gate.set()
        assert isinstance(second.ending(), (JobCancelled, JobFinished))
        assert not second.text()

    def test_cancel_after_the_end_changes_nothing(self, engine: AnsweringEngine) -> None:
        listener = Listener()
        job = self.ask(engine, listener)
        listener.ending()
        job.cancel()
        after = Listener()
        self.ask(engine, after)
        assert isinstance(after.ending(), JobFinished)
        assert sum(isinstance(event, ENDINGS) for event in listener.events) == 1

    def test_requests_are_answered_one_after_another(self, engine: AnsweringEngine) -> None:
        heard: list[int] = []
        listeners = [Listener(lambda event: heard.append(event.job)) for _ in range(3)]
        jobs = [self.ask(engine, listener) for listener in listeners]
        for listener in listeners:
            assert isinstance(listener.ending(), JobFinished)
        assert list(dict.fromkeys(heard)) == [job.id for job in jobs]
        assert heard == sorted(heard)

    def test_an_unfinished_answer_can_be_continued(self, engine: AnsweringEngine) -> None:
        turns = (Turn(Role.USER, "What can you do?"), Turn(Role.ASSISTANT, "I can"))
        listener = Listener()
        self.ask(engine, listener, turns=turns)
        ending = listener.ending()
        assert isinstance(ending, JobFinished)
        assert ending.result.text == listener.text()
        assert not listener.text().startswith("I can")

    def test_without_a_model_it_fails_politely(self, engine_without_model: AnsweringEngine) -> None:
        listener = Listener()
        self.ask(engine_without_model, listener)
        ending = listener.ending()
        assert isinstance(ending, JobFailed) and isinstance(ending.error, Fixable)
        assert len(listener.events) == 1

    def test_answer_returns_at_once(self, engine: AnsweringEngine) -> None:
        listener = Listener()
        began = time.monotonic()
        job = self.ask(engine, listener, max_tokens=self.long_tokens)
        waited = time.monotonic() - began
        job.cancel()
        listener.ending()
        assert waited < 1.0  # generous: the machine may be loaded

    @staticmethod
    def _assert_stopped(listener: Listener) -> None:
        ending = listener.ending()
        if isinstance(ending, JobFinished):
            assert ending.result.stats.end is EndReason.STOPPED
            assert ending.result.text == listener.text()
        else:
            assert isinstance(ending, JobCancelled)
        assert listener.events[-1] is ending
