"""Asks the services, and brings their answers into the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.errors import AppError
from app.runtime.events import Event, JobFailed, JobFinished
from app.runtime.jobs import Job, Lane, Sink
from app.runtime.models.installs import SourceMeasured
from app.ui.bridge import RuntimeBridge
from app.ui.wizard.facts import find_and_check_key, own_files

if TYPE_CHECKING:
    from app.runtime.models.catalogue import Key
    from app.runtime.models.installs import InstallRequest
    from app.ui.wizard.service import SetupService

log = logging.getLogger(__name__)
Ended = Callable[[Any, AppError | None], None]  # result and None, or None and what went wrong


class Questions(QObject):
    """One job of each kind at a time; what an earlier one of the same kind says is not heard any more. Answers come
    in the GUI thread."""

    def __init__(self, service: SetupService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._bridge = RuntimeBridge(self)
        self._bridge.notice.connect(lambda call: call())
        self._keys: Lane | None = None
        self._jobs: dict[str, Job] = {}
        self._asked: dict[str, int] = {}

    def computer(self, known: Callable[..., None]) -> None:
        """`known(catalogue, computer, advice)`; the last two None if they cannot be found out."""

        def with_catalogue(event: Event) -> Any:
            found = event.result if isinstance(event, JobFinished) else (None, None)
            return self._service.catalogue(), *found

        sink = self._sink("computer", lambda result, error: known(*result) if error is None else None, with_catalogue)
        self._begin("computer", self._service.computer(sink))

    def files(self, path: Path, known: Ended) -> None:
        """facts.OwnFiles of what lies at `path`."""

        def recognised(event: Event) -> Any:
            found = event.result if isinstance(event, JobFinished) else None
            error = event.error if isinstance(event, JobFailed) else None
            return own_files(path, self._service.catalogue(), found, error)

        self._begin("files", self._service.recognise(path, self._sink("files", known, recognised)))

    def sources(self, one: Callable[[Any], None], known: Ended) -> None:
        """Tuple of measuring.Measured, each told to `one` as soon as it is known."""
        ended = self._sink("sources", known)
        asked = self._asked["sources"]

        def sink(event: Event) -> None:
            if isinstance(event, SourceMeasured):
                self._post(lambda: one(event.measured) if asked == self._asked["sources"] else None)
            else:
                ended(event)

        self._begin("sources", self._service.test_sources(sink))

    def key(self, place: Path, key: Key | None, model: str, known: Ended) -> None:
        """The path of the key file, which is at `place` or in it."""
        self._keys = self._keys or Lane("setup key")
        sink = self._sink("key", known)
        self._begin("key", self._keys.submit(lambda _job: find_and_check_key(place, key, model), sink))

    def key_of_files(self, files: Path, place: Path, known: Ended) -> None:
        """weights.records.Recognised of the user's `files`, looked into with the key at `place`."""
        self._begin("key", self._service.recognise(files, self._sink("key", known), key=place))

    def tokenizer(self, files: Path, place: Path, key: Path | None, known: Ended) -> None:
        """weights.records.Recognised of the user's `files`, read with the tokenizer at `place`."""
        sink = self._sink("tokenizer", known)
        self._begin("tokenizer", self._service.recognise(files, sink, key=key, tokenizer=place))

    def plan(self, request: InstallRequest, known: Ended) -> None:
        """InstallPlan"""
        self._begin("plan", self._service.plan_install(request, self._sink("plan", known)))

    # --- from other threads

    def _sink(self, name: str, known: Ended, first: Callable[[Event], Any] | None = None) -> Sink:
        """`first` makes the result on the service's thread, of failures too."""
        number = self._asked[name] = self._asked.get(name, 0) + 1

        def tell(result: Any, error: AppError | None) -> None:
            if self._asked[name] == number:
                known(result, error)

        def sink(event: Event) -> None:
            if not isinstance(event, (JobFinished, JobFailed)):
                return
            result = event.result if isinstance(event, JobFinished) else None
            error = event.error if isinstance(event, JobFailed) else None
            if first is not None:
                try:
                    result, error = first(event), None
                except Exception:  # the lane must outlive it
                    log.exception("%s: the answer cannot be used", name)
                    return
            self._post(lambda: tell(result, error))

        return sink

    def _begin(self, name: str, job: Job) -> None:
        if name in self._jobs:
            self._jobs[name].cancel()
        self._jobs[name] = job

    def _post(self, call: Callable[[], None]) -> None:
        try:
            self._bridge.post(call)
        except RuntimeError:  # the window is gone
            log.debug("an answer came too late")
