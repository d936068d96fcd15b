"""Installs one after the other on the models lane. Each can be paused, resumed and cancelled, after a restart too."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.errors import AppError, Cancelled, Fixable, as_app_error
from app.runtime.events import Event
from app.runtime.jobs import Job, Lane
from app.runtime.models.install import InstallRun, Tools
from app.runtime.models.install_store import (
    InstallFolder,
    Work,
    check_idle,
    find_installs,
    move_installs,
    new_folder,
    stopped,
)
from app.runtime.models.installs import (
    InstallChanged,
    InstallPlan,
    InstallState,
    InstallStatus,
    StepState,
)
from app.runtime.models.shelf import same_path

log = logging.getLogger(__name__)

BETWEEN = 0.2  # seconds between two events of one install that tell of nothing but progress


class _Ticket:
    """An install as the queue knows it. `job`: what will run or runs; another one in its place makes it void.
    `saved`: it is on the disk, unless another program has removed it."""

    def __init__(self, folder: InstallFolder, state: InstallState, work: Work, saved: bool) -> None:
        self.folder = folder
        self.state = state
        self.work = work
        self.saved = saved
        self.job: Job | None = None
        self.running = False
        self.wish = ""  # of one that is running: what is to become of it
        self.told_at = 0.0
        self.disk = threading.Lock()  # one thread at a time writes its state


class InstallQueue:
    """Commands return at once; what they do on the disk is done on a lane of its own, in order. `tools` is called when
    an install begins. `emit` gets `InstallChanged`, `added` is called when a model has come into the library; both on
    a lane's thread."""

    def __init__(self, tools: Callable[[], Tools], emit: Callable[[Event], None], added: Callable[[], None]) -> None:
        self._tools = tools
        self._emit = emit
        self._added = added
        self._tickets: dict[str, _Ticket] = {}
        self._turn = threading.RLock()
        self._moving: Fixable | None = None
        self._lane = Lane("models")
        self._desk = Lane("installs")

    # --- commands

    def load(self, folders: Iterable[Path]) -> None:
        """Find the installs of earlier starts; each is told. They wait for `resume`. Blocks while the disk is read."""
        for folder, state, work in find_installs(folders):
            with self._turn:
                if folder.id not in self._tickets:
                    self._tickets[folder.id] = _Ticket(folder, state, work, saved=True)
                    self._show(self._tickets[folder.id])

    def add(self, plan: InstallPlan) -> str:
        """Queue an install; its id. Raises `Fixable`: the first of the plan's problems, `install-twice`,
        `library-moving`."""
        if plan.problems:
            raise plan.problems[0]
        assert plan.request.folder is not None  # a plan has one
        with self._turn:
            self._check_still()
            for other in self._tickets.values():
                same = (other.state.plan.name, other.state.plan.type) == (plan.name, plan.type)
                if same and not other.state.ended:
                    raise Fixable("install-twice", name=plan.name)
            folder = new_folder(plan.request.folder)
            steps = tuple(StepState(one.step, total=one.size) for one in plan.steps)
            state = InstallState(folder.id, plan.name, plan, steps, InstallStatus.QUEUED, notes=plan.notes)
            ticket = _Ticket(folder, state, Work(created=time.time()), saved=False)
            self._tickets[folder.id] = ticket
            self._enqueue(ticket)
        return folder.id

    def pause(self, install: str) -> None:
        """What was done stays. Does nothing if it is not under way."""
        with self._turn:
            ticket = self._ticket(install)
            if ticket.running:
                self._interrupt(ticket, "pause")
            elif ticket.state.active and ticket.wish != "cancel":
                self._unqueue(ticket, InstallStatus.PAUSED)

    def resume(self, install: str, key: Path | None = None, source: str | None = None) -> None:
        """Queue it again; it goes on at the first step that is not done. `key`, `source`: others than before. Raises
        `Fixable`: `library-moving`, `install-unreadable`."""
        with self._turn:
            self._check_still()
            ticket = self._ticket(install)
            if ticket.state.ended or ticket.wish == "cancel":
                return
            if ticket.state.plan.problems:  # what it was to do cannot be read
                raise ticket.state.plan.problems[0]
            request = ticket.state.plan.request
            request = replace(request, key=key or request.key, source=request.source if source is None else source)
            ticket.state = replace(ticket.state, plan=replace(ticket.state.plan, request=request))
            if ticket.running and (ticket.wish == "pause" or not ticket.state.active):  # it is about to end
                ticket.wish = "resume"
            elif not ticket.state.active:
                self._requeue(ticket)

    def cancel(self, install: str) -> None:
        """End it for good and remove its folder; the user's own files and the library are not touched. Another program
        that is at it is asked to end it: `install-not-ended` if it does not."""
        with self._turn:
            ticket = self._ticket(install)
            if ticket.running:
                self._interrupt(ticket, "cancel")
            elif not ticket.state.ended:
                self._void(ticket)
                ticket.wish = "cancel"
                self._desk.submit(lambda _job: self._remove(ticket), _ignore)

    def dismiss(self, install: str) -> None:
        """Show it no longer. One that failed is cancelled; one that is not over stays."""
        with self._turn:
            ticket = self._ticket(install)
            if ticket.state.status is InstallStatus.FAILED:
                self.cancel(install)
            if ticket.state.ended or ticket.state.status is InstallStatus.FAILED:
                del self._tickets[install]

    def states(self) -> tuple[InstallState, ...]:
        """Oldest first; those that ended since the start too."""
        with self._turn:
            tickets = sorted(self._tickets.values(), key=lambda one: one.work.created)
            return tuple(one.state for one in tickets)

    @contextmanager
    def standing_still(self, folder: Path, target: Path, one_drive: bool) -> Iterator[None]:
        """While the models folder `folder` is moved nothing is begun. Raises `Fixable("move-installs")` if installs in
        it are in the way: at work, or unfinished where they cannot be taken along; `install-elsewhere`."""
        self._check_elsewhere(folder)
        with self._turn:
            there = [one.state for one in self._in(folder) if not one.state.ended]
            if there and (not one_drive or any(one.active for one in there)):
                raise Fixable("move-installs", name=there[0].name, count=len(there), path=str(target))
            self._moving = Fixable("library-moving", path=str(folder), target=str(target))
        try:
            yield
        finally:
            with self._turn:
                self._moving = None

    def moved(self, folder: Path, target: Path) -> None:
        """The models folder has moved: take the unfinished installs along, on the same drive."""
        with self._turn:
            move_installs(folder, target)
            for ticket in self._in(folder):
                ticket.folder = InstallFolder(target / ticket.folder.path.relative_to(folder))
                request = replace(ticket.state.plan.request, folder=target)
                ticket.state = replace(ticket.state, plan=replace(ticket.state.plan, request=request))
                self._show(ticket)

    def close(self, timeout: float) -> bool:
        """Interrupt what runs and end; True if all threads ended within `timeout` seconds each."""
        with self._turn:
            for ticket in self._tickets.values():
                if ticket.running:
                    self._interrupt(ticket, "pause")
                elif ticket.job:
                    self._void(ticket)
        ended = self._lane.close(timeout)
        return self._desk.close(timeout) and ended

    # --- inside

    def _check_still(self) -> None:
        if self._moving:
            raise self._moving

    def _check_elsewhere(self, folder: Path) -> None:
        """Raise `Fixable("install-elsewhere")` if another program is at an install in the models folder `folder`."""
        with self._turn:
            own = self._in(folder)
        check_idle(folder, [one.folder.id for one in own])
        for ticket in own:
            if not (ticket.state.active or ticket.state.ended):
                with ticket.disk, ticket.folder.held(ticket.state.name):
                    pass

    def _ticket(self, install: str) -> _Ticket:
        if install not in self._tickets:
            raise Fixable("install-gone", name=install[:200])
        return self._tickets[install]

    def _in(self, folder: Path) -> list[_Ticket]:
        return [one for one in self._tickets.values() if same_path(one.folder.models) == same_path(folder)]

    def _enqueue(self, ticket: _Ticket) -> None:
        """Write it down, then put it into the queue: a kill may not lose it."""
        self._show(ticket)
        begun = threading.Event()

        def put(_job: Job) -> None:
            try:
                self._write(ticket)
            finally:
                begun.set()

        def work(job: Job) -> None:
            begun.wait()
            self._work(ticket, job)

        self._desk.submit(put, _ignore)
        ticket.job = self._lane.submit(work, _ignore)

    def _requeue(self, ticket: _Ticket) -> None:
        with self._turn:
            steps = tuple(map(stopped, ticket.state.steps))
            ticket.state = replace(ticket.state, status=InstallStatus.QUEUED, error=None, steps=steps)
            self._enqueue(ticket)

    def _unqueue(self, ticket: _Ticket, status: InstallStatus) -> None:
        self._void(ticket)
        ticket.state = replace(ticket.state, status=status)
        self._show(ticket)
        self._desk.submit(lambda _job: self._write(ticket), _ignore)

    def _void(self, ticket: _Ticket) -> None:
        if ticket.job:
            ticket.job.cancel()
            ticket.job = None

    def _interrupt(self, ticket: _Ticket, wish: str) -> None:
        if ticket.wish != "cancel":
            ticket.wish = wish
        if ticket.job:
            ticket.job.cancel()

    def _write(self, ticket: _Ticket) -> None:
        try:
            with ticket.disk, ticket.folder.held(ticket.state.name):
                gone = ticket.saved and ticket.folder.gone
                if not gone:
                    ticket.folder.save(ticket.state, ticket.work)
                    ticket.saved = True
        except Fixable as error:
            self._failed(ticket, error)
            return
        if gone:
            self._cancelled(ticket)

    def _failed(self, ticket: _Ticket, error: AppError) -> None:
        with self._turn:
            self._void(ticket)
            ticket.wish = ""
            steps = tuple(map(stopped, ticket.state.steps))
            ticket.state = replace(ticket.state, status=InstallStatus.FAILED, error=error, steps=steps)
            self._show(ticket)

    def _remove(self, ticket: _Ticket) -> None:
        try:
            with ticket.disk:
                if ticket.folder.path.exists():
                    with ticket.folder.held(ticket.state.name, end_others=True):
                        ticket.folder.discard_staged()
                        ticket.folder.remove()
        except Fixable as error:
            self._failed(ticket, error)
            return
        self._cancelled(ticket)

    def _cancelled(self, ticket: _Ticket) -> None:
        """By the user, here or in another program."""
        with self._turn:
            self._void(ticket)
            steps = tuple(map(stopped, ticket.state.steps))
            ticket.state = replace(ticket.state, status=InstallStatus.CANCELLED, error=None, steps=steps)
            self._show(ticket)

    # --- on the models lane

    def _work(self, ticket: _Ticket, job: Job) -> None:
        with self._turn:
            if ticket.job is not job:
                return
            ticket.running = True
        error: AppError | None = None
        interrupted = False
        try:
            with ticket.disk:
                run = InstallRun(
                    ticket.folder,
                    ticket.state,
                    ticket.work,
                    self._tools(),
                    job.token,
                    lambda state: self._changed(ticket, state, job.id),
                    lambda: self._end(ticket),
                )
                try:
                    run.run()
                finally:
                    ticket.work = run.work
        except Cancelled:
            interrupted = True
        except Exception as caught:
            log.debug("an install failed", exc_info=True)
            error = as_app_error(caught)
        self._ended(ticket, error, interrupted)

    def _end(self, ticket: _Ticket) -> None:
        """Another program asks that it be cancelled."""
        with self._turn:
            if ticket.running:
                self._interrupt(ticket, "cancel")

    def _ended(self, ticket: _Ticket, error: AppError | None, interrupted: bool) -> None:
        """Tell the outcome when the disk is in order, then do what was wished for meanwhile."""
        if error or interrupted:
            with self._turn:
                status = InstallStatus.FAILED if error else InstallStatus.PAUSED
                steps = tuple(map(stopped, ticket.state.steps))
                ticket.state = replace(ticket.state, status=status, error=error, steps=steps)
        self._tidy(ticket, interrupted)
        gone = error is not None and error.code == "install-gone"
        with self._turn:
            ticket.running, ticket.job = False, None
            wish, ticket.wish = ticket.wish, "cancel" if gone else ""
            if gone:
                self._cancelled(ticket)
                return
            if wish == "resume" and not ticket.state.ended:
                self._requeue(ticket)
                return
            if wish != "cancel" or ticket.state.ended:
                self._show(ticket)
                return
            ticket.wish = "cancel"
        self._remove(ticket)

    def _tidy(self, ticket: _Ticket, interrupted: bool) -> None:
        if not (interrupted or ticket.state.ended):
            return
        try:
            with ticket.disk, ticket.folder.held(ticket.state.name):
                if ticket.state.ended:
                    ticket.folder.remove()
                elif not ticket.folder.gone:
                    ticket.folder.save(ticket.state, ticket.work)
        except Fixable as problem:  # the next start does it, or counts it as paused anyway
            log.warning("an install is not tidied up: %s", problem)

    def _changed(self, ticket: _Ticket, state: InstallState, job: int) -> None:
        with self._turn:
            before, request = ticket.state, ticket.state.plan.request
            ticket.state = replace(state, plan=replace(state.plan, request=request))
            quiet = _kind(before) == _kind(state) and time.monotonic() - ticket.told_at < BETWEEN
            over = state.status in (InstallStatus.FINISHED, InstallStatus.FAILED)  # `_ended` tells it
            if not quiet and not over:
                self._show(ticket, job)
        if state.entry != before.entry:
            self._added()

    def _show(self, ticket: _Ticket, job: int = 0) -> None:
        ticket.told_at = time.monotonic()
        self._emit(InstallChanged(job, ticket.state))


def _kind(state: InstallState) -> tuple[object, ...]:
    """What is worth an event of its own."""
    steps = tuple((one.status, one.transfer, one.reason.code if one.reason else "") for one in state.steps)
    return state.status, steps, state.entry, state.question, state.answer, len(state.notes), state.error is None


def _ignore(_event: Event) -> None:
    """The state tells what became of it."""
