"""`ModelService`: models for the window and the command line. Work runs on lanes of its own; nobody waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.paths import Paths
from app.runtime.events import Event
from app.runtime.jobs import Job, Lane, Sink
from app.runtime.models.installs import (
    InstallPlan,
    InstallRequest,
    InstallState,
    LibraryChanged,
    SourceMeasured,
    WorkProgress,
)
from app.runtime.models.records import Entry
from app.runtime.models.service_parts import GIVEN, Given, ModelOptions, Parts

if TYPE_CHECKING:  # each with numpy or the hub's client, which the first picture need not wait for
    from app.runtime.models.catalogue import Catalogue
    from app.runtime.models.connections import Connections, Line
    from app.runtime.models.install import OriginOf, TryModel
    from app.runtime.models.library import Library

CLOSE_WITHIN = 5.0

__all__ = ["Given", "ModelOptions", "ModelService"]


class ModelService:
    """Commands return at once and may be called from any thread; `options` is called on the caller's.

    `emit` gets `LibraryChanged` and `InstallChanged`, mostly on a lane's thread. A `sink` gets, on a lane's thread,
    `WorkProgress` and exactly one of `JobFinished` with the result that the method names, `JobCancelled` or
    `JobFailed`. Nothing is read before `begin`, and the network is used only by installs, `list_repository`,
    `test_sources` and `plan_install` of a file of the hub. `given`: see there.
    """

    def __init__(
        self,
        paths: Paths,
        options: Callable[[], ModelOptions],
        emit: Callable[[Event], None],
        try_model: TryModel,
        origin: OriginOf,
        given: Given = GIVEN,
    ) -> None:
        self._emit = emit
        self._parts = Parts(paths, options, emit, try_model, origin, self._added, given)
        self._entries: tuple[Entry, ...] = ()
        self._turn = threading.Lock()
        self._questions = Lane("model questions")  # what a person waits for
        self._files = Lane("model files")  # what takes minutes on the disk

    # --- what there is ----------------------------------------------------------------------------------------------

    def begin(self, sink: Sink | None = None) -> Job:
        """Look at the disk: finish what a kill left half done, list the models (`LibraryChanged`) and the unfinished
        installs (`InstallChanged`); entries."""
        now = self._parts.read_options()

        def work(_job: Job) -> tuple[Entry, ...]:
            library = self._parts.library(now)
            library.recover()
            self._parts.queue().load(library.folders)
            return self._look(library, always=True)

        return self._questions.submit(work, sink or _ignore)

    def catalogue(self) -> Catalogue:
        """All models that are known."""
        return self._parts.catalogue()

    def computer(self, sink: Sink) -> Job:
        """(hardware.Computer, hardware.Advice)"""
        from app.runtime.models import hardware

        folder = self._parts.folders(self._parts.read_options())[0]

        def work(_job: Job) -> tuple[hardware.Computer, hardware.Advice]:
            computer = hardware.this_computer(folder, self._parts.memory(), self._parts.reclaimable())
            return computer, hardware.describe(computer)

        return self._questions.submit(work, sink)

    def entries(self) -> tuple[Entry, ...]:
        """As last seen; `LibraryChanged` tells when that changes."""
        return self._entries

    def refresh(self, sink: Sink | None = None) -> Job:
        """Look at the folders again, and tell `LibraryChanged` if anything is different; entries."""
        return self._ask(lambda library, _job: self._look(library), sink or _ignore)

    def problems(self, sink: Sink) -> Job:
        """What is wrong with the library itself (library.problems): a tuple of `Fixable`."""
        return self._ask(lambda library, _job: library.problems(), sink)

    def verdict(self, entry: str, sink: Sink) -> Job:
        """Whether a model fits into this computer's memory now: memory.Verdict"""
        now = self._parts.read_options()

        def work(library: Library, _job: Job) -> Any:
            from app.runtime.models import memory

            footprint = memory.of_file(library.get(entry).manifest.path)
            free, back = self._parts.memory(), self._parts.reclaimable()
            return memory.check(footprint, now.context, free, reclaimable=back)

        return self._ask(work, sink)

    # --- installs ---------------------------------------------------------------------------------------------------

    def plan_install(self, request: InstallRequest, sink: Sink) -> Job:
        """InstallPlan. Files at `request.path` may be hashed, which `WorkProgress` tells."""
        now = self._parts.read_options()

        def work(job: Job) -> InstallPlan:
            from app.runtime.models.install_plan import Planner

            planner = Planner(
                self.catalogue(),
                self._parts.situation(now),
                lambda repository, revision, source, cancel: self._parts.downloader().list_files(
                    repository, revision, self._parts.source(source), cancel
                ),
            )
            return planner.plan(request, job.token, _progress(job))

        hashing = request.path is not None and request.model  # which takes a minute for large files
        return (self._files if hashing else self._questions).submit(work, sink)

    def install(self, plan: InstallPlan) -> str:
        """Queue it; the id. Raises `Fixable`: the first of `plan.problems`, `install-twice`."""
        self._parts.read_options()
        return self._parts.queue().add(plan)

    def pause(self, install: str) -> None:
        """What was done stays; `resume` goes on. This and the next three raise `Fixable("install-gone")`."""
        self._parts.queue().pause(install)

    def resume(self, install: str, key: Path | None = None, source: str | None = None) -> None:
        """Go on at the first step that is not done, with another key or source if given."""
        self._parts.read_options()
        self._parts.queue().resume(install, key, source)

    def cancel(self, install: str) -> None:
        """End it for good and remove its own folder, nothing else."""
        self._parts.queue().cancel(install)

    def dismiss(self, install: str) -> None:
        """Show one that ended no longer; one that failed is cancelled."""
        self._parts.queue().dismiss(install)

    def installs(self) -> tuple[InstallState, ...]:
        """All that are not over, and those that ended since the start, oldest first."""
        return self._parts.installs()

    # --- files of the user's ----------------------------------------------------------------------------------------

    def recognise(self, path: Path, sink: Sink, key: Path | None = None, tokenizer: Path | None = None) -> Job:
        """weights.records.Recognised. `tokenizer`: a folder or a file in it, see `InstallRequest`."""

        def work(_job: Job) -> Any:
            from app.runtime.models.local_files import tokenizer_folder
            from app.runtime.weights.recognise import recognise

            return recognise(path, key, tokenizer_folder(tokenizer))

        return self._questions.submit(work, sink)

    def link(self, path: Path, sink: Sink) -> Job:
        """Use a GGUF file where it is: Entry"""
        return self._change(lambda library, _job: library.link(path), sink)

    def relink(self, entry: str, path: Path, sink: Sink) -> Job:
        """Say where a linked file is now: Entry"""
        return self._change(lambda library, job: library.relink(entry, path, _progress(job), job.token), sink)

    def find_same(self, path: Path, sink: Sink) -> Job:
        """Ids of the models that hold the same bytes as a file."""
        return self._ask(lambda library, job: library.find_same(path, _progress(job), job.token), sink, self._files)

    # --- the library ------------------------------------------------------------------------------------------------

    def verify(self, entry: str, sink: Sink) -> Job:
        """Read all of a file again: Entry"""
        return self._change(lambda library, job: library.verify(entry, _progress(job), job.token), sink)

    def rename(self, entry: str, name: str, sink: Sink | None = None) -> Job:
        """Another name to show: Entry"""
        return self._change(lambda library, _job: library.rename(entry, name), sink or _ignore, self._questions)

    def set_template(self, entry: str, template: str, sink: Sink | None = None) -> Job:
        """`template`: a row of `assets/templates.json`, "" for the file's own: Entry"""
        return self._change(
            lambda library, _job: library.set_template(entry, template), sink or _ignore, self._questions
        )

    def touch(self, entry: str) -> Job:
        """Note that a model is used now."""
        return self._change(lambda library, _job: library.touch(entry), _ignore, self._questions)

    def remove(self, entry: str, sink: Sink | None = None) -> Job:
        """Take a model out of the library: the token that brings it back. The file is put aside, on the same drive."""
        return self._change(lambda library, _job: library.remove(entry).token, sink or _ignore, self._questions)

    def undo(self, token: str, sink: Sink | None = None) -> Job:
        """Bring a removed model back: Entry"""
        return self._change(lambda library, _job: library.undo(token), sink or _ignore, self._questions)

    def removed(self, sink: Sink) -> Job:
        """What was removed and can be brought back, also in earlier starts: tuple of removing.Removal"""
        return self._ask(lambda library, _job: library.removed(), sink)

    def finish_removal(self, token: str, sink: Sink | None = None) -> Job:
        """Send what was removed to the system's trash: None"""
        return self._change(lambda library, _job: library.finish_removal(token), sink or _ignore)

    def move(self, folder: Path, switch: Callable[[Path], None], sink: Sink) -> Job:
        """Move the models folder; `switch` must store the new one and is called on a lane's thread when all is there:
        moving.Moved. Unfinished installs go along on the same drive; else `Fixable("move-installs")`."""

        def work(library: Library, job: Job) -> Any:
            from app.runtime.models.volumes import one_drive

            old, queue = library.folders[0], self._parts.queue()
            with queue.standing_still(old, folder, one_drive(old, folder)):
                moved = library.move(folder, switch, _progress(job), job.token)
                queue.moved(old, library.folders[0])
            return moved

        return self._change(work, sink)

    def continue_move(self, switch: Callable[[Path], None], sink: Sink) -> Job:
        """Go on with a move that was cut off: moving.Moved, None if there is none"""
        return self._change(lambda library, job: library.continue_move(switch, _progress(job), job.token), sink)

    def abandon_move(self, sink: Sink) -> Job:
        """Bring all back to the old folder: None"""
        return self._change(lambda library, _job: library.abandon_move(), sink)

    def export(self, entry: str, target: Path, sink: Sink) -> Job:
        """Copy the GGUF file to `target`, a folder or a new file: Path"""
        return self._ask(
            lambda library, job: library.export(entry, target, _progress(job), job.token), sink, self._files
        )

    def export_pack(self, entries: Sequence[str], target: Path, sink: Sink, part_size: int | None = None) -> Job:
        """An offline pack, a zip if `target` ends so: pack.Packed"""

        def work(library: Library, job: Job) -> Any:
            from app.runtime.models.pack import export_pack

            return export_pack(library, entries, target, _progress(job), job.token, part_size)

        return self._ask(work, sink, self._files)

    def import_pack(self, source: Path, sink: Sink) -> Job:
        """pack_import.Imported"""

        def work(library: Library, job: Job) -> Any:
            from app.runtime.models.pack_import import import_pack

            return import_pack(source, library, _progress(job), job.token)

        return self._change(work, sink)

    # --- the network, only when asked -------------------------------------------------------------------------------

    def test_sources(self, sink: Sink) -> Job:
        """How fast each source is from here: tuple of measuring.Measured, each told as `SourceMeasured` when known"""
        now = self._parts.read_options()

        def work(job: Job) -> Any:
            from app.runtime.models.measuring import Sample, measure_sources
            from app.runtime.models.sources import KNOWN

            model = self.catalogue().usable()[0]
            largest = max(model.files, key=lambda one: one.size or one.about or 0)
            sources = dict.fromkeys([*KNOWN, self._parts.source("")])
            return measure_sources(
                list(sources),
                Sample(model.repository or "", largest.name, model.revision or "main"),
                self.connections,
                job.token,
                proxy=now.proxy,
                found=lambda one: job.emit(SourceMeasured(job.id, one)),
            )

        return self._questions.submit(work, sink)

    def list_repository(self, repository: str, sink: Sink, source: str = "") -> Job:
        """What a repository of the hub holds: tuple of RemoteFile"""
        self._parts.read_options()
        return self._questions.submit(
            lambda job: self._parts.downloader().list_files(repository, "main", self._parts.source(source), job.token),
            sink,
        )

    @property
    def connections(self) -> Connections:
        """The switch that forbids all connections, and their record."""
        return self._parts.connections()

    def connections_made(self, sink: Sink) -> Job:
        """All connections ever made, by host and purpose: tuple of connections.Line"""

        def work(_job: Job) -> tuple[Line, ...]:
            return self.connections.summary()

        return self._questions.submit(work, sink)

    def set_offline(self, offline: bool) -> None:
        """True cuts what runs, too. The setting is stored by whoever calls this."""
        self.connections.forbidden = offline

    def close(self, timeout: float = CLOSE_WITHIN) -> bool:
        """Interrupt what runs, to go on at the next start, and end the threads; True if they ended within `timeout`
        seconds each."""
        ended = self._parts.close(timeout)
        return all([self._questions.close(timeout), self._files.close(timeout), ended])

    # --- questions to the library -----------------------------------------------------------------------------------

    def _ask(self, work: Callable[[Library, Job], Any], sink: Sink, lane: Lane | None = None) -> Job:
        """`work` with the library on a lane, for what changes nothing."""
        now = self._parts.read_options()
        return (lane or self._questions).submit(lambda job: work(self._parts.library(now), job), sink)

    def _change(self, work: Callable[[Library, Job], Any], sink: Sink, lane: Lane | None = None) -> Job:
        """The same for what changes it; `LibraryChanged` is told before the end, however that is."""
        now = self._parts.read_options()

        def changing(job: Job) -> Any:
            library = self._parts.library(now)
            try:
                return work(library, job)
            finally:
                self._look(library, job=job.id)

        return (lane or self._files).submit(changing, sink)

    def _added(self) -> None:
        """An install has put a model into the library."""
        self._look(self._parts.library())

    def _look(self, library: Library, always: bool = False, job: int = 0) -> tuple[Entry, ...]:
        entries = library.entries()
        with self._turn:
            changed, self._entries = entries != self._entries, entries
        if changed or always:
            self._emit(LibraryChanged(job, entries))
        return entries


def _progress(job: Job) -> Callable[[int, int, str], None]:
    return lambda done, total, item: job.emit(WorkProgress(job.id, done, total, item))


def _ignore(_event: Event) -> None:
    """Nobody asked for the outcome."""
