"""The engine as the rest of the app sees it: one model at a time, everything of llama.cpp on one lane."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import Fixable
from app.runtime.engine.model import load, memory_need
from app.runtime.engine.records import (
    Answer,
    AnswerRequest,
    LoadOptions,
    ModelInfo,
    ModelSpec,
    ModelState,
    ModelStatus,
)
from app.runtime.engine.session import Session
from app.runtime.engine.trial import Trials
from app.runtime.engine.trial_process import TRIAL_SHARE
from app.runtime.events import Event, JobCancelled, JobFailed, JobFinished, LoadProgress
from app.runtime.jobs import CancelToken, Job, Lane, Sink

log = logging.getLogger(__name__)

_ENDINGS = (JobFinished, JobCancelled, JobFailed)
_LOOK = 0.05  # seconds between two looks at whether a wait was called off

TRANSITIONS: dict[ModelState, frozenset[ModelState]] = {
    ModelState.NONE: frozenset({ModelState.LOADING}),
    ModelState.LOADING: frozenset(ModelState),
    ModelState.READY: frozenset({ModelState.LOADING, ModelState.NONE}),
    ModelState.FAILED: frozenset({ModelState.LOADING, ModelState.NONE}),
}


def _ignore(_event: object) -> None:
    pass


class _Loan:
    """The model's memory, wanted by another thread for a while."""

    def __init__(self) -> None:
        self.free = threading.Event()  # it can be had, or will not come
        self.over = threading.Event()  # it is not wanted any more
        self.follow: Sink = _ignore  # hears how the model comes back

    def tell(self, event: Event) -> None:
        if isinstance(event, _ENDINGS):
            self.free.set()
        self.follow(event)


class Engine:
    """`emit` gets a `ModelStatus` whenever the status changes, on the thread that changed it: it must not wait.
    Sinks are called on the lane. Without `trials` every file is loaded directly."""

    def __init__(self, emit: Callable[[ModelStatus], None] = _ignore, trials: Trials | None = None) -> None:
        self._emit = emit
        self._trials = trials
        self._lane = Lane("engine")
        self._session: Session | None = None  # touched on the lane only
        self._loaded: tuple[ModelSpec, LoadOptions] | None = None  # what the session was made of, on the lane only
        self._lock = threading.RLock()
        self._loan: _Loan | None = None
        self._closing = False
        self._outstanding: set[Job] = set()
        self._wish = 0  # number of the newest load or unload; older ones no longer say anything
        self._status = ModelStatus(ModelState.NONE)

    @property
    def status(self) -> ModelStatus:
        return self._status

    def load(self, spec: ModelSpec, options: LoadOptions | None = None, sink: Sink | None = None) -> Job:
        """Load `spec` in place of what is loaded; ends a running load and answer. Result: `ModelInfo`."""
        chosen = options or LoadOptions()
        hear = _ignore if sink is None else sink
        with self._lock:
            wish = self._begin_wish()
            self._advance(wish, ModelStatus(ModelState.LOADING, spec.id, spec.name))

            def watch(event: Event) -> None:
                self._follow_load(wish, spec, event)
                hear(event)

            return self._submit(lambda job: self._load(spec, chosen, job), watch)

    def answer(self, request: AnswerRequest, sink: Sink) -> Job:
        """Answer with the loaded model, after a load that is still going on. Result: `Answer`."""
        return self._submit(lambda job: self._answer(request, job), sink)

    def memory_need(self, path: Path, options: LoadOptions, sink: Sink) -> Job:
        """Result: bytes (int) that the file would take when loaded."""
        return self._submit(lambda _job: memory_need(path, options), sink)

    def unload(self) -> Job:
        """Free the model; ends a running load and answer."""
        with self._lock:
            self._advance(self._begin_wish(), ModelStatus(ModelState.NONE))
            return self._submit(lambda _job: self._free(), _ignore)

    @contextmanager
    def set_aside(self, cancel: CancelToken) -> Iterator[None]:
        """While inside, on the caller's thread, the model is out of memory. Waits for the answer that is being written;
        what is asked for meanwhile waits in its turn. Afterwards the model is loaded again, unless another or none is
        wished for by then. Raises `Cancelled`."""
        loan = _Loan()
        self._lane.submit(lambda job: self._lend(loan, job), loan.tell)
        try:
            while not loan.free.wait(_LOOK):
                cancel.check()
            yield
        finally:
            loan.over.set()

    def close(self, timeout: float = 10.0) -> bool:
        """End everything and free the model; True if the lane ended in time."""
        self.unload()
        with self._lock:
            self._closing = True
            if self._loan is not None:
                self._loan.over.set()
        return self._lane.close(timeout)

    # --- on the lane ---

    def _load(self, spec: ModelSpec, options: LoadOptions, job: Job) -> ModelInfo:
        self._free()
        self._loaded = spec, options
        if self._trials is None:
            self._open(spec, options, job)
        else:
            tried = self._trials.prove(spec, options, job)
            with self._trials.breadcrumb(spec, options):
                self._open(spec, options, job, TRIAL_SHARE if tried else 0.0)
        assert self._session is not None
        return self._session.model.info

    def _open(self, spec: ModelSpec, options: LoadOptions, job: Job, begin: float = 0.0) -> None:
        model = load(spec, options, job, begin)
        try:
            self._session = Session(model, spec.template)
        except BaseException:
            model.close()
            raise

    def _lend(self, loan: _Loan, job: Job) -> ModelInfo | None:
        """Free the model until the loan is over, then bring it back. Nothing else runs on the lane meanwhile."""
        with self._lock:
            wish, wanted = self._wish, self._status.state is ModelState.READY
            if self._closing or loan.over.is_set() or self._session is None or self._loaded is None:
                return None
            spec, options = self._loaded
            self._loan = loan
            if wanted:
                self._advance(wish, ModelStatus(ModelState.LOADING, spec.id, spec.name, aside=True))
        self._free()
        loan.free.set()
        loan.over.wait()

        def follow(event: Event) -> None:
            if isinstance(event, _ENDINGS):
                with self._lock:
                    self._outstanding.discard(job)
            self._follow_load(wish, spec, event)

        with self._lock:
            if not wanted or wish != self._wish:
                return None
            self._outstanding.add(job)  # from here on a newer wish ends it
            loan.follow = follow
            self._advance(wish, ModelStatus(ModelState.LOADING, spec.id, spec.name))
        return self._load(spec, options, job)

    def _answer(self, request: AnswerRequest, job: Job) -> Answer:
        if self._session is None:
            raise Fixable("no-model")
        return self._session.answer(request, job)

    def _free(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.model.close()

    # --- status and jobs ---

    def _begin_wish(self) -> int:
        for job in self._outstanding:
            job.cancel()
        self._wish += 1
        return self._wish

    def _submit(self, work: Callable[[Job], object], sink: Sink) -> Job:
        def watch(event: Event) -> None:
            if isinstance(event, _ENDINGS):
                with self._lock:
                    self._outstanding.discard(job)
            sink(event)

        with self._lock:
            job = self._lane.submit(work, watch)
            self._outstanding.add(job)
        return job

    def _follow_load(self, wish: int, spec: ModelSpec, event: Event) -> None:
        named = ModelStatus(ModelState.LOADING, spec.id, spec.name)
        match event:
            case LoadProgress(fraction=fraction):
                self._advance(wish, ModelStatus(named.state, spec.id, spec.name, fraction))
            case JobFinished(result=info):
                self._advance(wish, ModelStatus(ModelState.READY, spec.id, spec.name, 1.0, info))
            case JobFailed(error=error):
                self._advance(wish, ModelStatus(ModelState.FAILED, spec.id, spec.name, error=error))
            case JobCancelled():
                self._advance(wish, self._at_rest())

    def _at_rest(self) -> ModelStatus:
        """After a cancelled load: the earlier model, if the load had not begun."""
        if self._session is None:
            return ModelStatus(ModelState.NONE)
        info = self._session.model.info
        return ModelStatus(ModelState.READY, info.id, info.name, 1.0, info)

    def _advance(self, wish: int, status: ModelStatus) -> None:
        with self._lock:
            if wish != self._wish or status == self._status:
                return
            if status.state not in TRANSITIONS[self._status.state]:
                raise ValueError(f"{self._status.state} -> {status.state}")
            self._status = status
            self._emit(status)
