"""A terminal command's two tools: where to write (`Terminal`), and the engine for a program that waits (`Talk`)."""

from __future__ import annotations

import logging
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from app.errors import AppError, Cancelled, Fixable
from app.paths import Paths, find_paths
from app.resources import guide_model
from app.runtime.engine.records import Answer, AnswerRequest, LoadOptions, ModelInfo, ModelSpec
from app.runtime.engine.service import Engine
from app.runtime.engine.trial import Trials
from app.runtime.events import Event, JobCancelled, JobFailed, JobFinished, LoadProgress
from app.runtime.jobs import CancelToken, Job
from app.settings import QT_TRANSLATE_NOOP
from app.translations import system_language, translate, words

log = logging.getLogger(__name__)

DONE, BUG, USAGE, FIXABLE, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 3, 130, 141
NOTE = QT_TRANSLATE_NOOP("Cli", "note")
LOADING = QT_TRANSLATE_NOOP("Cli", "Loading {name}: {percent} %")
LABELLED = QT_TRANSLATE_NOOP("Cli", "{label}: {value}")
CHINESE_STOPS = "。！？：；，"  # which have room of their own


class Terminal:
    """Where to write, and in which language."""

    def __init__(self) -> None:
        self.language = system_language()
        self.paths: Paths = find_paths()

    def text(self, source: str, **facts: Any) -> str:
        return translate("Cli", source, self.language).format(**facts)

    def note(self, source: str, **facts: Any) -> None:
        print(self.text(source, **facts), file=sys.stderr, flush=True)

    def labelled(self, label: str, value: str) -> str:
        """A value behind what it is: `Size: 4.0 GB`."""
        return self.text(LABELLED, label=self.text(label), value=value)

    def loading(self, name: str, fraction: float | None) -> None:
        """Progress on one line that disappears (`fraction` None); nothing where stderr is a file."""
        if sys.stderr.isatty():
            shown = "" if fraction is None else self.text(LOADING, name=name, percent=round(fraction * 100))
            print(f"\r\x1b[K{shown}", end="", file=sys.stderr, flush=True)

    def warn(self, note: AppError) -> None:
        """Something to know although nothing failed, in one line."""
        print(self.labelled(NOTE, sentences(*words(note, self.language))), file=sys.stderr, flush=True)

    def report(self, error: AppError) -> int:
        """Say what happened in one line and return the exit code."""
        if isinstance(error, Cancelled):
            return INTERRUPTED
        print(f"error[{error.code}]: {sentences(*words(error, self.language))}", file=sys.stderr)
        if isinstance(error, Fixable):
            return FIXABLE
        cause = error.__cause__ or error  # place and type only: a message could hold chat text
        log.error("%s %s\n%s", error.code, type(cause).__name__, "".join(traceback.format_tb(cause.__traceback__)))
        return BUG


def sentences(*parts: str) -> str:
    """One after the other; after a Chinese stop there is no space."""
    text = ""
    for part in filter(None, parts):
        text += part if not text or text[-1] in CHINESE_STOPS else f" {part}"
    return text


class Talk:
    """The engine for a program that waits for each job."""

    def __init__(self, paths: Paths) -> None:
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.engine = Engine(trials=Trials(paths, trusted=(guide_model(),)))

    def load(self, spec: ModelSpec, options: LoadOptions, terminal: Terminal) -> ModelInfo:
        def show(event: Event) -> None:
            if isinstance(event, LoadProgress):
                terminal.loading(spec.name, event.fraction)

        try:
            info: ModelInfo = self._wait(self.engine.load(spec, options, self._events.put), show)
            return info
        finally:
            terminal.loading(spec.name, None)

    def answer(self, request: AnswerRequest, show: Callable[[Event], None] | None = None) -> Answer:
        """Ctrl-C stops the answer (its end is then `stopped`); Ctrl-C twice raises KeyboardInterrupt."""
        answer: Answer = self._wait(self.engine.answer(request, self._events.put), show or (lambda _event: None))
        return answer

    def close(self) -> None:
        self.engine.close()

    def _wait(self, job: Job, show: Callable[[Event], None]) -> Any:
        with cancel_on_interrupt(job.token):
            while True:  # until the job's one ending
                try:
                    event = self._events.get(timeout=0.2)  # without a timeout Windows would not see Ctrl-C
                except queue.Empty:
                    continue
                if event.job != job.id:
                    continue
                if isinstance(event, JobFinished):
                    return event.result
                if isinstance(event, JobCancelled):
                    raise Cancelled
                if isinstance(event, JobFailed):
                    raise event.error
                show(event)


@contextmanager
def cancel_on_interrupt(token: CancelToken | None = None) -> Iterator[CancelToken]:
    """Ctrl-C (and a polite kill) cancel `token`, a second one raises KeyboardInterrupt; any exception cancels too."""
    token = token or CancelToken()

    def interrupt(_number: int, _frame: Any) -> None:
        if token.cancelled:
            raise KeyboardInterrupt
        token.cancel()

    in_main_thread = threading.current_thread() is threading.main_thread()
    numbers = (signal.SIGINT, signal.SIGTERM) if in_main_thread else ()
    before = [(number, signal.signal(number, interrupt)) for number in numbers]
    try:
        yield token
    except BaseException:  # nobody waits for the result any more (a closed pipe, a second Ctrl-C)
        token.cancel()
        raise
    finally:
        for number, handler in before:
            signal.signal(number, handler)
