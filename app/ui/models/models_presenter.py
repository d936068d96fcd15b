"""The models page's view of the service: its events, which come from other threads, become Qt signals here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from app.errors import AppError
from app.runtime.engine.records import ModelState, ModelStatus
from app.runtime.events import JobCancelled, JobFailed, JobFinished
from app.runtime.jobs import Job, Sink
from app.runtime.models.installs import InstallChanged, InstallState, InstallStatus, LibraryChanged, WorkProgress
from app.ui.context import GUIDE

if TYPE_CHECKING:
    from app.runtime.models.catalogue import Catalogue
    from app.runtime.models.hardware import Computer
    from app.runtime.models.installs import InstallPlan
    from app.runtime.models.memory import Verdict
    from app.runtime.models.records import Entry
    from app.ui.context import Runtime
    from app.ui.models.models_service import Models


SOON = 300  # ms that a job may take before it is shown


class Looks(Protocol):
    """`app.ui.models.looker.Looker`, or what plays it in a test."""

    def look_into_pack(self, path: Path, sink: Sink) -> Job: ...
    def look_into_archive(self, path: Path, catalogue: Catalogue, sink: Sink) -> Job: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Work:
    """A job that takes its time: `kind` is verify, export, pack, import, trash or undo; `name` of the model or file.
    Bytes."""

    job: int
    kind: str
    name: str
    done: int = 0
    total: int = 0


@dataclass
class _Pending:
    job: Job
    done: Callable[[Any], None] | None
    failed: Callable[[AppError], None] | None
    ended: Callable[[], None] | None


class ModelsPresenter(QObject):
    """Holds what was last heard; every wish goes straight to the service. `problem`: an error nobody else shows;
    `troubles`: what is wrong with the library itself; `left_over`: a removal that an earlier start did not finish.
    `verdicts` by the entry's id; `leaving`: ids of the entries that are being removed."""

    library_changed = Signal()
    installs_changed = Signal()
    install_finished = Signal(object)
    work_changed = Signal()
    problem = Signal(object)
    troubles_changed = Signal()
    left_over = Signal(object)

    def __init__(self, runtime: Runtime, service: Models, looker: Looks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runtime, self.service, self._looker = runtime, service, looker
        self.entries: tuple[Entry, ...] = service.entries()
        self.installs: dict[str, InstallState] = {one.id: one for one in service.installs()}
        self.works: dict[int, Work] = {}
        self.verdicts: dict[str, Verdict] = {}
        self.leaving: frozenset[str] = frozenset()
        self.computer: Computer | None = None
        self.troubles: tuple[AppError, ...] = ()
        self.status = ModelStatus(ModelState.NONE)
        self._pending: dict[int, _Pending] = {}
        self._weighing: list[Job | None] = []
        self._handlers: dict[type, Callable[[Any], None]] = {
            LibraryChanged: self._library,
            InstallChanged: self._install,
            WorkProgress: self._progress,
            JobFinished: self._finished,
            JobFailed: self._failed,
            JobCancelled: self._cancelled,
            ModelStatus: self._model,
        }
        runtime.bridge.notice.connect(self.handle)

    @property
    def language(self) -> str:
        return self.runtime.languages.current

    def close(self) -> None:
        self._looker.close()

    # -- what there is --------------------------------------------------------------------------------------

    def entry(self, identity: str) -> Entry | None:
        return next((one for one in self.entries if one.manifest.id == identity), None)

    @property
    def in_use(self) -> Path | None:
        """The file that the engine has, or is loading; None for the guide and for nothing."""
        spec = self.runtime.spec
        return spec.path if spec is not None and spec.id != GUIDE and self._holds(spec.id) else None

    def _holds(self, model: str) -> bool:
        """Whether the engine has that model or is loading it."""
        return self.status.id == model and self.status.state in (ModelState.LOADING, ModelState.READY)

    @property
    def guide_in_use(self) -> bool:
        return self._holds(GUIDE)

    def look_again(self) -> None:
        """Ask for everything that may have changed while nobody looked."""
        self.submit(self.service.refresh)
        self.submit(self.service.computer, self._computer)
        self.submit(self.service.problems, self._troubles)
        self.weigh()

    def look_for_left_over(self) -> None:
        """Ask what an earlier start removed without finishing it; each is told by `left_over`."""

        def tell(found: tuple[object, ...]) -> None:
            for one in found:
                self.left_over.emit(one)

        self.submit(self.service.removed, tell)

    def weigh(self) -> None:
        """Ask for the memory verdicts of all models, as things are now."""
        for job in self._weighing:
            self.drop_job(job)
        self._weighing = [self._weigh(entry.manifest.id) for entry in self.entries if entry.condition.value == "ready"]

    def _weigh(self, entry: str) -> Job | None:
        def weighed(verdict: Verdict) -> None:
            if self.verdicts.get(entry) != verdict:
                self.verdicts[entry] = verdict
                self.library_changed.emit()

        return self.submit(lambda sink: self.service.verdict(entry, sink), weighed, lambda _error: None)

    @property
    def free_memory(self) -> int | None:
        """Bytes that a model could have in place of the loaded one; None if not known yet."""
        weighed = next(iter(self.verdicts.values()), None)
        if weighed is not None:
            return weighed.free
        return self.computer.free_memory if self.computer is not None else None

    # -- wishes ---------------------------------------------------------------------------------------------

    def submit(
        self,
        start: Callable[[Sink], Job],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[AppError], None] | None = None,
        ended: Callable[[], None] | None = None,
        work: tuple[str, str] | None = None,
        work_after: int = 0,
    ) -> Job | None:
        """Start a job of the service; exactly one of `done(result)` and `failed(error)` follows, neither if it is
        cancelled, and `ended` in any case. Without `failed` the error is told by `problem`. `work`: its kind and
        name, to be shown while it goes on; if it is usually over at once, after `work_after` ms."""
        try:
            job = start(self.runtime.bridge.post)
        except AppError as error:
            (failed or self.problem.emit)(error)
            if ended:
                ended()
            return None
        self._pending[job.id] = _Pending(job, done, failed, ended)
        if work and work_after:
            QTimer.singleShot(work_after, self, lambda: self._show_work(Work(job.id, *work)))
        elif work:
            self._show_work(Work(job.id, *work))
        return job

    def _show_work(self, work: Work) -> None:
        if work.job in self._pending:
            self.works[work.job] = work
            self.work_changed.emit()

    def look_into_pack(self, path: Path, done: Callable[[Any], None], failed: Callable[[AppError], None]) -> Job | None:
        """What an offline pack holds."""
        return self.submit(lambda sink: self._looker.look_into_pack(path, sink), done, failed)

    def look_into_archive(
        self, path: Path, done: Callable[[Any], None], failed: Callable[[AppError], None]
    ) -> Job | None:
        """Of which model the files in an archive are."""
        catalogue = self.service.catalogue()
        return self.submit(lambda sink: self._looker.look_into_archive(path, catalogue, sink), done, failed)

    def drop_job(self, job: Job | None) -> None:
        """Nobody waits for it any more."""
        if job is not None and self._pending.pop(job.id, None) is not None:
            job.cancel()

    def stop_work(self, job: int) -> None:
        pending = self._pending.get(job)
        if pending is not None:
            pending.job.cancel()

    def install(self, plan: InstallPlan) -> AppError | None:
        """Queue it; what forbids it, if anything."""
        try:
            self.service.install(plan)
        except AppError as error:
            return error
        return None

    def pause(self, install: str) -> None:
        self._guarded(lambda: self.service.pause(install))

    def resume(self, install: str, key: Path | None = None) -> None:
        self._guarded(lambda: self.service.resume(install, key))

    def cancel(self, install: str) -> None:
        self._guarded(lambda: self.service.cancel(install))

    def dismiss(self, install: str) -> None:
        if self._guarded(lambda: self.service.dismiss(install)):
            self.installs.pop(install, None)
            self.installs_changed.emit()

    def rename(self, entry: str, name: str) -> None:
        self.submit(lambda sink: self.service.rename(entry, name, sink))

    def set_template(self, entry: str, template: str) -> None:
        self.submit(lambda sink: self.service.set_template(entry, template, sink))

    def remove(self, entry: str, done: Callable[[str], None]) -> None:
        """Put a model aside; `done` is told the token that brings it back."""

        def ended() -> None:
            self.leaving -= {entry}
            self.library_changed.emit()

        if entry not in self.leaving:
            self.leaving |= {entry}
            self.library_changed.emit()
            self.submit(lambda sink: self.service.remove(entry, sink), done, ended=ended)

    def undo(self, token: str, name: str, failed: Callable[[AppError], None]) -> None:
        work = ("undo", name)
        self.submit(lambda sink: self.service.undo(token, sink), failed=failed, work=work, work_after=SOON)

    def finish_removal(self, token: str, name: str) -> None:
        """Into the trash, which may copy if that is on another drive."""
        work = ("trash", name)
        self.submit(lambda sink: self.service.finish_removal(token, sink), work=work, work_after=SOON)

    def _guarded(self, wish: Callable[[], object]) -> bool:
        try:
            wish()
        except AppError as error:
            self.problem.emit(error)
            return False
        return True

    # -- events ---------------------------------------------------------------------------------------------

    def handle(self, notice: object) -> None:
        handler = self._handlers.get(type(notice))
        if handler is not None:
            handler(notice)

    def _library(self, event: LibraryChanged) -> None:
        fresh = {_file(one) for one in event.entries} - {_file(one) for one in self.entries}
        self.entries = event.entries
        self.library_changed.emit()
        if fresh:
            self.weigh()

    def _install(self, event: InstallChanged) -> None:
        state, before = event.state, self.installs.get(event.state.id)
        if state.status is InstallStatus.CANCELLED:
            self.installs.pop(state.id, None)
        else:
            self.installs[state.id] = state
        self.installs_changed.emit()
        if state.status is InstallStatus.FINISHED and (before is None or not before.ended):
            self.install_finished.emit(state)

    def _progress(self, event: WorkProgress) -> None:
        work = self.works.get(event.job)
        if work is not None:
            self.works[event.job] = replace(work, done=event.done, total=event.total)
            self.work_changed.emit()

    def _finished(self, event: JobFinished) -> None:
        pending = self._end(event.job)
        if pending is not None and pending.done:
            pending.done(event.result)
        self._told(pending)

    def _failed(self, event: JobFailed) -> None:
        pending = self._end(event.job)
        if pending is not None:
            (pending.failed or self.problem.emit)(event.error)
        self._told(pending)

    def _cancelled(self, event: JobCancelled) -> None:
        self._told(self._end(event.job))

    def _end(self, job: int) -> _Pending | None:
        if self.works.pop(job, None):
            self.work_changed.emit()
        return self._pending.pop(job, None)

    @staticmethod
    def _told(pending: _Pending | None) -> None:
        if pending is not None and pending.ended:
            pending.ended()

    def _model(self, status: ModelStatus) -> None:
        settled = status.state is not self.status.state and status.state is not ModelState.LOADING
        self.status = status
        self.library_changed.emit()
        if settled:
            self.weigh()

    def _computer(self, known: tuple[Computer, object]) -> None:
        self.computer = known[0]
        self.library_changed.emit()

    def _troubles(self, troubles: tuple[AppError, ...]) -> None:
        self.troubles = troubles
        self.troubles_changed.emit()


def _file(entry: Entry) -> tuple[str, Path, str]:
    """What a memory verdict depends on."""
    return entry.manifest.id, entry.manifest.path, entry.condition.value
