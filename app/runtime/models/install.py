"""One install, step by step. Killed or paused at any moment, it goes on at the first step that is not done: every step
leaves its result under its final name at one stroke, or none at all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import AppError, Cancelled, Fixable, InternalBug, as_app_error
from app.runtime.jobs import CancelToken
from app.runtime.models import disk
from app.runtime.models import memory as memory_need
from app.runtime.models.adding import About, check_model, discard
from app.runtime.models.answer_check import QUESTION, check_answer
from app.runtime.models.catalogue import Catalogue
from app.runtime.models.folder_rules import safe_gguf_name
from app.runtime.models.install_source import borrow, keep, kept_place, real_names, source_of
from app.runtime.models.install_store import InstallFolder, Work, stopped
from app.runtime.models.install_target import is_weights
from app.runtime.models.installs import InstallState, InstallStatus, InstallStep, StepState, StepStatus
from app.runtime.models.learned import LearnedHashes
from app.runtime.models.library import Library
from app.runtime.models.meter import Meter
from app.runtime.models.records import DownloadProgress, Entry, RemoteFile, Transfer
from app.runtime.models.sources import Source
from app.runtime.weights.convert import run as convert
from app.runtime.weights.key_test import check_key, key_file
from app.runtime.weights.planning import HEADER_ROOM, plan
from app.runtime.weights.records import Origin, Progress, Step

if TYPE_CHECKING:
    from app.runtime.models.download import Downloader

log = logging.getLogger(__name__)

OVER = (StepStatus.DONE, StepStatus.SKIPPED)

# file, question, template row ("" for the file's own), cancel -> answer. Raises `Fixable`, `Cancelled`
TryModel = Callable[[Path, str, str, CancelToken], str]
# source, architecture, row of the catalogue ("" if none) -> what the converted file says of itself
OriginOf = Callable[[Path, str, str], Origin]


@dataclass(frozen=True)
class Tools:
    """What an install works with. `source`: the place that an endpoint ("" for the user's choice) names. `warn`: what
    to tell of a model of that name and footprint on this computer."""

    library: Library
    catalogue: Catalogue
    downloader: Callable[[], Downloader]
    source: Callable[[str], Source]
    try_model: TryModel
    origin: OriginOf
    learned: LearnedHashes
    warn: Callable[[str, memory_need.Footprint], tuple[AppError, ...]]
    keep_downloads: bool = False


class InstallRun:
    """`changed` is called on the running thread with every new state, `end` on another one when another program asks
    that this install be given up. `state` and `work` are what was reached."""

    def __init__(
        self,
        folder: InstallFolder,
        state: InstallState,
        work: Work,
        tools: Tools,
        cancel: CancelToken,
        changed: Callable[[InstallState], None],
        end: Callable[[], None] = lambda: None,
    ) -> None:
        self.state = state
        self.work = work
        self._folder = folder
        self._plan = state.plan
        self._tools = tools
        self._cancel = cancel
        self._changed = changed
        self._end = end

    def run(self) -> None:
        """Do what is left. Ends in FINISHED or FAILED; raises `Cancelled`, and `Fixable` where not even that can be
        written down: `install-elsewhere` if another program is at it, `install-gone` if one has removed it."""
        with self._folder.held(self.state.name), self._folder.listening(self._end):
            if self._folder.gone:
                raise Fixable("install-gone", name=self.state.name)
            try:
                self._go()
            except _StepFailed as failed:
                self._update(status=InstallStatus.FAILED, error=failed.error)
                with suppress(Fixable):  # the disk may be full: then it counts as paused the next time
                    self._folder.save(self.state, self.work)

    def _go(self) -> None:
        self._update(status=InstallStatus.RUNNING, error=None)
        if not self._made():
            self._reset(InstallStep.DOWNLOAD, InstallStep.KEY_TEST, InstallStep.CONVERT)
        self._save()
        for step in self.state.steps:
            if self._step(step.step).status not in OVER:
                self._do(step.step)
        self._update(status=InstallStatus.FINISHED)
        self._save()

    # --- state

    def _do(self, step: InstallStep) -> None:
        work = {
            InstallStep.DOWNLOAD: self._download,
            InstallStep.KEY_TEST: self._test_key,
            InstallStep.CONVERT: self._convert,
            InstallStep.VERIFY: self._verify,
            InstallStep.TRY: self._try,
        }
        planned = next(one.size for one in self._plan.steps if one.step is step)
        self._set(StepState(step, StepStatus.RUNNING, total=planned))
        try:
            self._cancel.check()
            self._save()
            done = work[step]()
            total = self._step(step).total
            self._set(StepState(step, done, done=total, total=total))
            self._save()
        except (Cancelled, _StepFailed):  # of a step inside this one
            self._set(stopped(self._step(step)))
            raise
        except Exception as error:
            reason = as_app_error(error)
            if isinstance(reason, InternalBug):
                log.exception("%s failed", step.value)
            self._set(replace(self._step(step), status=StepStatus.FAILED, rate=0.0, left=None, reason=reason))
            raise _StepFailed(reason) from error

    def _step(self, step: InstallStep) -> StepState:
        return next(one for one in self.state.steps if one.step is step)

    def _set(self, now: StepState) -> None:
        self._update(steps=tuple(now if one.step is now.step else one for one in self.state.steps))

    def _reset(self, *steps: InstallStep) -> None:
        self._update(steps=tuple(StepState(one.step) if one.step in steps else one for one in self.state.steps))

    def _update(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # mypy cannot check keyword arguments against fields
        self._changed(self.state)

    def _note(self, *notes: AppError) -> None:
        known = {str(one) for one in self.state.notes}
        self.state = replace(self.state, notes=(*self.state.notes, *(one for one in notes if str(one) not in known)))

    def _save(self) -> None:
        self._folder.save(self.state, self.work)

    def _meter(self, step: InstallStep, total: int) -> Meter:
        meter = Meter(lambda now: self._tell(step, now))
        meter.total = total
        return meter

    def _tell(self, step: InstallStep, now: DownloadProgress, later: int = 0) -> None:
        transfer = now.transfer if step is InstallStep.DOWNLOAD else None
        self._set(
            StepState(
                step,
                StepStatus.RUNNING,
                done=now.done,
                total=now.total + later,
                rate=now.rate,
                left=now.left if now.left is None or not now.rate else now.left + later / now.rate,
                item=now.file,
                transfer=transfer,
                reason=now.reason,
            )
        )

    # --- download and key

    def _download(self) -> StepStatus:
        downloader, source = self._tools.downloader(), self._tools.source(self._plan.request.source)
        files = self._files(downloader, source)
        borrow(kept_place(self._folder.models, self._plan.repository), files, self._folder.files)
        small = [one for one in files if not is_weights(one.name)]
        if self._plan.has(InstallStep.KEY_TEST) and 0 < len(small) < len(files):
            later = self._plan.download - sum(one.size or 0 for one in small)
            self._fetch(downloader, source, small, max(0, later))
            if self._step(InstallStep.KEY_TEST).status not in OVER:
                self._do(InstallStep.KEY_TEST)
        self._fetch(downloader, source, files, 0)
        return StepStatus.DONE

    def _files(self, downloader: Downloader, source: Source) -> list[RemoteFile]:
        if len(self.work.files) == len(self._plan.files):  # all were here once: nobody need be asked
            return list(self.work.files)
        model = self._tools.catalogue.find(self._plan.model)
        return real_names(self._plan, model, downloader, source, self._cancel)

    def _fetch(self, downloader: Downloader, source: Source, files: Sequence[RemoteFile], later: int) -> None:
        """`later`: bytes of this step that follow afterwards."""
        convert_room = self._plan.write + HEADER_ROOM if self._plan.has(InstallStep.CONVERT) else 0
        found = downloader.fetch(
            self._plan.repository,
            self._plan.revision,
            files,
            self._folder.files,
            source,
            lambda now: self._tell(InstallStep.DOWNLOAD, now, later),
            self._cancel,
            extra=[(self._folder.path, convert_room)],
        )
        if self._plan.model:
            self._tools.learned.note(self._plan.repository, found)
        self.work = replace(self.work, files=tuple(RemoteFile(one.name, one.size, one.sha256) for one in found))

    def _test_key(self) -> StepStatus:
        key = self._plan.request.key
        if key is None:
            raise Fixable("key-needed", file=self._plan.name)
        source = self._source()
        check_key(source, key_file(key, source))
        return StepStatus.DONE

    def _source(self) -> Path:
        return source_of(self._plan, self._folder, self.work.files, self._cancel)

    # --- convert

    def _convert(self) -> StepStatus:
        if self._folder.result.exists():
            return StepStatus.DONE
        request, source = self._plan.request, self._source()
        disk.make_folder(self._folder.path)
        out = self._folder.result
        planned = plan(source, request.key, request.target, out=out, tokenizer=request.tokenizer)
        origin = self._tools.origin(source, planned.architecture, self._plan.model)
        if request.name or not origin.name:
            origin = replace(origin, name=self._plan.name)
        meter = self._meter(InstallStep.CONVERT, 0)

        def show(now: Progress) -> None:
            if now.step is Step.CONVERT:
                meter.total, meter.file = now.total, now.item
                meter.moved(now.done)
                meter.report(Transfer.RUNNING)

        made = convert(replace(planned, origin=origin), show, self._cancel)
        self._note(*made.notes)
        self._check_published(made.hashes)
        return StepStatus.DONE

    def _check_published(self, hashes: dict[str, str]) -> None:
        """Note the user's own files that are not what the catalogue says: another version, or damaged."""
        model = self._tools.catalogue.find(self._plan.model)
        for name, sha256 in hashes.items():
            file = model.file(name) if model else None
            known = set(file.hashes) if file else set()
            if known and sha256 not in known:
                self._note(Fixable("note-file-other", file=name, name=self._plan.name))

    # --- verify

    def _made(self) -> bool:
        """Whether the GGUF file is made already, wherever a kill has left it."""
        if self.state.entry or self._in_place():
            return True
        return self._staged().exists() or self._result().exists() or bool(self._added())

    def _in_place(self) -> bool:
        """Whether a GGUF file of the user's is used where it is."""
        return not (self._plan.has(InstallStep.CONVERT) or self._plan.files or self._plan.local)

    def _result(self) -> Path:
        if self._plan.has(InstallStep.CONVERT):
            return self._folder.result
        if self._plan.files:
            return self._folder.files / self._plan.files[0].name
        return self._folder.joined / self._plan.local[0].name

    def _staged(self) -> Path:
        name = f"{self._plan.name} {self._plan.type}".strip()
        return self._folder.staged / safe_gguf_name(name)

    def _added(self) -> str:
        """Id of the model if the library has taken it over and the kill came before that was noted."""
        if not self.work.sha256:
            return ""
        entries = self._tools.library.entries()
        return next((one.manifest.id for one in entries if one.manifest.sha256 == self.work.sha256), "")

    def _verify(self) -> StepStatus:
        entry = self._use_in_place() if self._in_place() else self._take_over()
        self._update(entry=entry.manifest.id)
        if not self._plan.memory:
            self._note(*self._tools.warn(self._plan.name, memory_need.of_file(entry.manifest.path)))
        self._save()
        self._clear_up()
        return StepStatus.DONE

    def _take_over(self) -> Entry:
        result, staged = self._result(), self._staged()
        if self._plan.local and not self._plan.has(InstallStep.CONVERT) and not staged.exists():
            self._source()  # out of its archive
        if result.exists() and not staged.exists():
            check_model(result)
            if not self.work.sha256:
                self.work = replace(self.work, sha256=self._hash(result))
                self._save()
            disk.make_folder(staged.parent)
            disk.rename(result, staged)
        if staged.exists():
            entry = self._tools.library.add(staged, self._about(self.work.sha256))
            discard(staged.parent)  # it is there still if the library has moved to another folder meanwhile
            return entry
        return self._tools.library.get(self._added())

    def _hash(self, path: Path) -> str:
        if not self._plan.has(InstallStep.CONVERT):
            for one in self.work.files:
                if path == self._folder.files / one.name and one.sha256:
                    return one.sha256  # verified a moment ago
        return disk.hash_file(path, disk.Tally(self._shown(), path.stat().st_size, self._cancel))

    def _shown(self) -> disk.Progress:
        meter = self._meter(InstallStep.VERIFY, 0)

        def show(done: int, total: int, file: str) -> None:
            meter.total, meter.file = total, file
            meter.moved(done)
            meter.report(Transfer.RUNNING)

        return show

    def _use_in_place(self) -> Entry:
        library = self._tools.library
        entry = library.link(self._source(), self._about("")).manifest.id
        return library.verify(entry, self._shown(), self._cancel)

    def _about(self, sha256: str) -> About:
        plan, model = self._plan, self._tools.catalogue.find(self._plan.model)
        return About(
            name=plan.request.name or (plan.name if plan.model else ""),
            model=plan.model,
            repository=plan.repository or (model.repository or "" if model else ""),
            license=model.licence if model else "",
            template=plan.template,
            sha256=sha256,
        )

    def _clear_up(self) -> None:
        """The downloads are of no more use; the user's own files are not touched."""
        if self._tools.keep_downloads and self._plan.has(InstallStep.CONVERT):
            keep(self._folder.files, self.work.files, kept_place(self._folder.models, self._plan.repository))
        self._folder.remove_downloads()

    # --- try

    def _try(self) -> StepStatus:
        if any(one.code == "memory-too-small" for one in self._plan.warnings):
            self._note(Fixable("note-not-tried", name=self._plan.name))
            return StepStatus.SKIPPED
        manifest = self._tools.library.get(self.state.entry).manifest
        self._update(question=QUESTION)
        answer = self._tools.try_model(manifest.path, QUESTION, manifest.template, self._cancel)
        self._update(answer=answer)
        strange = check_answer(answer)
        if strange:
            self._note(strange)
        return StepStatus.DONE


class _StepFailed(Exception):
    """A step failed and says so in its state."""

    def __init__(self, error: AppError) -> None:
        super().__init__(str(error))
        self.error = error
