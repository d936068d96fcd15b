"""The engine behind a door: importing it takes longer than drawing the window, so that happens beside it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from app.errors import AppError, as_app_error

if TYPE_CHECKING:
    from app.runtime.engine.records import AnswerRequest, LoadOptions, ModelSpec
    from app.runtime.engine.service import Engine
    from app.runtime.jobs import Job, Sink

log = logging.getLogger(__name__)


class LateEngine:
    """Makes the engine on a short thread once `begin` is called; `ready` or `failed` is called there at the end.

    `load` never waits: it is done as soon as there is an engine. `answer` waits for it, on the chats thread.
    """

    def __init__(
        self, make: Callable[[], Engine], ready: Callable[[], None], failed: Callable[[AppError], None]
    ) -> None:
        self._make, self._ready, self._failed = make, ready, failed
        self._engine: Future[Engine] = Future()
        self._thread = threading.Thread(target=self._run, name="engine-import", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def load(self, spec: ModelSpec, options: LoadOptions) -> None:
        self._engine.add_done_callback(lambda made: made.exception() or made.result().load(spec, options))

    def unload(self) -> None:
        """Free the model; before there is an engine there is nothing to free."""
        if self._engine.done() and not self._engine.exception():
            self._engine.result().unload()

    def answer(self, request: AnswerRequest, sink: Sink) -> Job:
        return self._engine.result().answer(request, sink)

    def close(self) -> None:
        """Free the model. Before `begin` there is nothing to free."""
        if (self._thread.is_alive() or self._engine.done()) and not self._engine.exception():
            self._engine.result().close()

    def _run(self) -> None:
        try:
            self._engine.set_result(self._make())
        except Exception as error:  # e.g. a library that does not load: the window must say so
            log.exception("no engine")
            self._engine.set_exception(error)
            self._failed(as_app_error(error))
        else:
            self._ready()
