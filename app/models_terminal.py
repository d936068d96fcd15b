"""The models service for a terminal command: it waits for each job, shows how far it is, and can be interrupted."""

from __future__ import annotations

import argparse
import queue
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from shutil import get_terminal_size
from typing import Any

from app.errors import AppError, Cancelled, Fixable
from app.models_wiring import add_folder, library_folders, main_folder, make_model_service
from app.progress_bar import PROGRESS_HELP, Shown, cut, described, width
from app.runtime.events import Event, JobCancelled, JobFailed, JobFinished
from app.runtime.jobs import Job, Sink
from app.runtime.models.installs import InstallState, InstallStatus, InstallStep, WorkProgress
from app.runtime.models.records import Entry
from app.settings import QT_TRANSLATE_NOOP, Settings
from app.terminal import Terminal, cancel_on_interrupt

JSON_HELP = QT_TRANSLATE_NOOP("Cli", "print one JSON object")
PAUSING = QT_TRANSLATE_NOOP("Cli", "Pausing …")
YES_WORDS = ("y", "yes", "是", "好")

LOOK = 0.2  # seconds; without a timeout Windows would not see Ctrl-C


class WaitingModels:
    """`folder`: another models folder for this command; `keep_folder` remembers it."""

    def __init__(self, terminal: Terminal, folder: Path | None = None) -> None:
        self.settings = Settings.load(terminal.paths.settings)
        self._terminal = terminal
        self._more = None if folder in (None, *library_folders(terminal.paths, self.settings)) else folder
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        if main_folder(self.settings) is None:
            with suppress(OSError):  # told when something is to be written there
                terminal.paths.create()
        used = Settings(None, dict(self.settings.values))
        if self._more:
            add_folder(used, self._more)
        self.service = make_model_service(terminal.paths, used, self._events.put)

    def keep_folder(self) -> None:
        if self._more:
            add_folder(self.settings, self._more)

    def close(self) -> None:
        self.service.close()

    def do(self, start: Callable[[Sink], Job], shown: Shown, step: str) -> Any:
        """The result of a job. After Ctrl-C raises `Cancelled` when the job has ended; twice: KeyboardInterrupt."""
        job = start(self._events.put)
        with cancel_on_interrupt(job.token):
            while True:
                match self._next(job.id):
                    case JobFinished(result=result):
                        shown.clear()
                        return result
                    case JobCancelled():
                        raise Cancelled
                    case JobFailed(error=error):
                        raise error
                    case WorkProgress(done=done, total=total, item=item):
                        shown.update(step, done, total, item)

    def follow(self, install: str, shown: Shown) -> InstallState:
        """The state in which an install stops. Ctrl-C pauses it; twice raises KeyboardInterrupt."""
        asked = False
        with cancel_on_interrupt() as interrupted:
            while True:
                state = self.state(install)
                if not state.active:
                    shown.clear()
                    return state
                if interrupted.cancelled and not asked:
                    asked = True
                    shown.clear()
                    self._terminal.note(PAUSING)
                    self.service.pause(install)
                self._show(state, shown)
                self._next()  # an event, or a moment

    def give_up(self, before: InstallState) -> InstallState:
        """Cancel an install; its state when that is done or has failed."""
        self.service.cancel(before.id)
        while True:
            state = self.state(before.id)
            if state.ended or state.error is not before.error:
                return state
            self._next()

    def _next(self, job: int = 0) -> Event | None:
        try:
            event = self._events.get(timeout=LOOK)
        except queue.Empty:
            return None
        return event if event.job == job else None

    def _show(self, state: InstallState, shown: Shown) -> None:
        step = state.current
        if state.status is InstallStatus.QUEUED:
            if any(one.status is InstallStatus.RUNNING for one in self.service.installs()):
                shown.update("queued")
        elif step and step.step is InstallStep.TRY:  # nothing is counted there
            shown.update("try")
        elif step:
            name, waits = step.step.value, step.reason
            shown.update(name, step.done, step.total, step.item, rate=step.rate, left=step.left, waits=waits)

    def state(self, install: str) -> InstallState:
        """How an install is now. Raises `Fixable("install-gone")`."""
        for state in self.service.installs():
            if state.id == install:
                return state
        raise Fixable("install-gone", name=install[:200])


@contextmanager
def open_models(terminal: Terminal, folder: Path | None = None) -> Iterator[WaitingModels]:
    """The service while inside; afterwards what runs is paused."""
    models = WaitingModels(terminal, folder)
    try:
        models.do(models.service.begin, Shown("none", terminal), "look")
        yield models
    finally:
        models.close()


# --- what is printed --------------------------------------------------------------------------------------------------


def say(line: str) -> None:
    """A line of the result, to stdout."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tell(line: str) -> None:
    """A line beside the result, to stderr."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def say_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest text; in a terminal no line is longer than it is wide."""
    widths = [max(map(width, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = (text + " " * (columns - width(text)) for text, columns in zip(row, widths, strict=True))
        line = "  ".join(cells).rstrip()
        say(cut(line, get_terminal_size().columns) if sys.stdout.isatty() else line)


def plain(value: Any, terminal: Terminal) -> Any:
    """A frozen record for JSON."""
    if isinstance(value, AppError):
        return described(value, terminal)
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name), terminal) for one in fields(value)}
    if isinstance(value, (tuple, list)):
        return [plain(one, terminal) for one in value]
    if isinstance(value, dict):
        return {str(name): plain(one, terminal) for name, one in value.items()}
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, Path) else value


def plain_entry(entry: Entry, terminal: Terminal) -> dict[str, Any]:
    """A model of the library for JSON: its manifest, and how it is."""
    from app.runtime.models.manifests import explain

    facts: dict[str, Any] = plain(entry.manifest, terminal)
    return facts | {
        "condition": entry.condition.value,
        "duplicates": list(entry.duplicates),
        "problem": plain(explain(entry), terminal),
    }


# --- what is asked ----------------------------------------------------------------------------------------------------


def can_ask() -> bool:
    """Whether somebody sits there who could answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def asked(question: str) -> bool:
    """The answer to a question with yes or no; nothing typed means no."""
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in YES_WORDS


# --- arguments --------------------------------------------------------------------------------------------------------


def add_command(commands: Any, terminal: Terminal, name: str, about: str, run: Callable[..., int]) -> Any:
    """A command with what all of them have."""
    text = terminal.text(about)
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.add_argument("--json", action="store_true", help=terminal.text(JSON_HELP))
    command.add_argument("--verbose", action="store_true", help=argparse.SUPPRESS)
    command.set_defaults(run=run, command=command)
    return command


def add_progress(command: Any, terminal: Terminal) -> None:
    choices = ("bar", "json", "none")
    command.add_argument("--progress", choices=choices, default="bar", help=terminal.text(PROGRESS_HELP))
