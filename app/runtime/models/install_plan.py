"""What an install would do and need, told before it starts. Asks the network only for a hub name that was typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import AppError, Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models import memory as memory_need
from app.runtime.models.archive_contents import in_archive
from app.runtime.models.catalogue import Catalogue, Model, ModelFile, ModelKind, ModelTarget
from app.runtime.models.disk import Progress, silent
from app.runtime.models.estimates import Estimate, convert_seconds, try_seconds, verify_seconds
from app.runtime.models.folder_rules import check_folder, folder_notes
from app.runtime.models.install_source import kept_bytes, kept_place
from app.runtime.models.install_target import choose_target, small_first
from app.runtime.models.installs import InstallPlan, InstallRequest, InstallStep, LocalFile, PlannedStep
from app.runtime.models.left_installs import FOLDER
from app.runtime.models.local_files import Local, copied_bytes, find_local, identify, tokenizer_folder
from app.runtime.models.memory import GB, Fit, Memory
from app.runtime.models.records import RemoteFile
from app.runtime.models.shelf import same_path
from app.runtime.models.volumes import check_file_size, nearest
from app.runtime.weights.key_test import find_key
from app.runtime.weights.locate import Located, locate
from app.runtime.weights.planning import HEADER_ROOM, plan
from app.runtime.weights.records import Kind, Target

MAIN = "main"
# What the converter says of a folder in which a model's files are not
_NOT_WHOLE = ("weights-files-missing", "weights-missing-file", "weights-unknown")
PART = re.compile(r"(.+)-\d{5}-of-\d{5}\.gguf", re.IGNORECASE | re.DOTALL)
ListFiles = Callable[[str, str, str, CancelToken], tuple[RemoteFile, ...]]  # repository, revision, source


@dataclass(frozen=True)
class Situation:
    """What a plan is made for. `folders`: of the library, the main one first. `free_space`: bytes free on the drive of
    a path. `memory`: of this computer now; `reclaimable`: bytes that unloading the present model gives back. `context`
    in tokens. `learned`: hash of a file of a repository, if one was recorded at an earlier download. `have`: row of the
    catalogue and type of every model in the library."""

    folders: tuple[Path, ...]
    free_space: Callable[[Path], int]
    memory: Memory
    reclaimable: int
    context: int
    learned: Callable[[str, str], str | None]
    have: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class _Draft:
    """A plan before disk and memory are asked. `read`, `write` in bytes; `key_test`: of an encrypted source."""

    request: InstallRequest
    name: str
    model: Model | None
    type: str
    estimate: Estimate
    convert: bool
    key_test: bool
    download: int
    write: int
    memory: int
    repository: str = ""
    revision: str = ""
    files: tuple[RemoteFile, ...] = ()
    local: tuple[LocalFile, ...] = ()
    problems: tuple[AppError, ...] = ()
    notes: tuple[AppError, ...] = ()


class Planner:
    """Plans for one situation. `list_files` raises `Fixable` and `Cancelled`."""

    def __init__(self, catalogue: Catalogue, situation: Situation, list_files: ListFiles) -> None:
        self._catalogue = catalogue
        self._now = situation
        self._list = list_files

    def plan(self, request: InstallRequest, cancel: CancelToken, progress: Progress = silent) -> InstallPlan:
        """`progress` is told of files of the user's that are hashed.

        What forbids a plan that can be shown is among its `problems`. What cannot be planned at all is raised as
        `Fixable`: `install-nothing`, `install-unknown`, `install-unusable`, `install-guide`, `install-type`,
        `install-no-file`, `install-no-files`, `library-folder-missing`, what is wrong with the files or the archive at
        `request.path` and what listing a repository raises."""
        tokenizer = tokenizer_folder(request.tokenizer)
        request = replace(request, folder=self._folder(request.folder), tokenizer=tokenizer)
        if request.path is not None:
            path = request.path.absolute()
            request = in_archive(request, path, self._catalogue)
            if request.model:
                return self._judged(self._of_row_at(request, self._row(request.model), path, progress, cancel))
            return self._judged(self._of_path(request, locate(path), None))
        if request.model:
            return self._judged(self._of_row(request, self._row(request.model)))
        if request.repository:
            return self._judged(self._of_repository(request, cancel))
        raise Fixable("install-nothing")

    def _folder(self, folder: Path | None) -> Path:
        for one in self._now.folders:
            if folder is None or same_path(one) == same_path(folder):
                return one
        raise Fixable("library-folder-missing", path=str(folder))

    # --- a row of the catalogue

    def _row(self, model_id: str) -> Model:
        model = self._catalogue.find(model_id)
        if model is None:
            raise Fixable("install-unknown", name=model_id[:200])
        if model.kind is ModelKind.GUIDE:
            raise Fixable("install-guide", name=model.name)
        if not model.usable:
            instead = self._catalogue.find(model.instead or "")
            raise Fixable("install-unusable", name=model.name, instead=instead.name if instead else "")
        return model

    def _of_row(self, request: InstallRequest, model: Model, here: Local | None = None) -> _Draft:
        """`here`: those of its files that are not to be fetched."""
        target = choose_target(model, request)
        here = here or Local((), tuple(one for _, one in self._wanted(model, target)))
        convert = model.kind is not ModelKind.GGUF
        folder = request.folder or self._now.folders[0]
        there = kept_bytes(kept_place(folder, model.repository or ""), here.missing)
        there += sum(one.size for one in here.files)
        download = max(0, target.download - there) if here.missing else 0
        key_test = model.kind is ModelKind.ENCRYPTED
        kept = _keep(model) if convert else None
        return _Draft(
            request=replace(request, target=kept or Target(target.type) if convert else None),
            name=request.name or _name(model, target),
            model=model,
            type=target.type,
            estimate=Estimate(model.parameters or 0, None if kept else target.type),
            convert=convert,
            key_test=key_test,
            download=download,
            write=target.size,
            memory=self._memory_of(model, target),
            repository=model.repository or "",
            revision=model.revision or MAIN,
            files=here.missing,
            local=here.files,
            problems=_key_problems(request, model) if key_test else (),
            notes=here.notes,
        )

    def _of_row_at(
        self, request: InstallRequest, model: Model, path: Path, progress: Progress, cancel: CancelToken
    ) -> _Draft:
        """Of a model's files, those at `path` are used."""
        here = find_local(self._wanted(model, choose_target(model, request)), path, progress, cancel)
        whole = here.folder()
        if model.kind is ModelKind.GGUF and here.files and not here.files[0].member:
            return self._of_path(request, locate(here.files[0].path), model)
        if here.files and whole is None:
            return self._of_row(replace(request, path=None), model, here)
        try:  # as it lies there, or in another form than the hub has it
            return self._of_path(request, locate(whole or path), model)
        except Fixable as error:
            if error.code in _NOT_WHOLE:
                raise Fixable("install-no-files", path=str(path), name=model.name) from error
            raise

    def _wanted(self, model: Model, target: ModelTarget) -> list[tuple[ModelFile, RemoteFile]]:
        return [(one, self._remote(model, one)) for one in small_first(model.files_for(target))]

    def _remote(self, model: Model, file: ModelFile) -> RemoteFile:
        learned = self._now.learned(model.repository or "", file.name)
        return RemoteFile(file.name, file.size, file.sha256 or learned)

    def _memory_of(self, model: Model, target: ModelTarget) -> int:
        footprint = memory_need.of_target(model, target)
        if footprint is None:
            return target.memory
        return memory_need.need(footprint, self._now.context, self._free_memory()).total

    # --- a file of the hub

    def _of_repository(self, request: InstallRequest, cancel: CancelToken) -> _Draft:
        """One GGUF file, or all parts of one: they are joined."""
        models: dict[str, list[RemoteFile]] = {}
        for one in self._list(request.repository, MAIN, request.source, cancel):
            if one.name.lower().endswith(".gguf"):
                models.setdefault(PART.sub(r"\1", one.name), []).append(one)
        found = [files for files in models.values() if not request.file or request.file in (one.name for one in files)]
        if len(found) != 1:
            raise Fixable("install-no-file", repository=request.repository, file=request.file, count=len(models))
        files = found[0]
        part = PART.fullmatch(files[0].name)
        size = sum(one.size or 0 for one in files)
        convert = part is not None or request.target not in (None, Target.KEEP)
        stem = (part[1] if part else files[0].name[: -len(".gguf")]).rsplit("/", 1)[-1]
        return _Draft(
            request=replace(request, file=files[0].name, target=(request.target or Target.KEEP) if convert else None),
            name=request.name or stem,
            model=None,
            type=request.target.value if request.target and request.target is not Target.KEEP else "",
            estimate=Estimate(0, None),
            convert=convert,
            key_test=False,
            download=size,
            write=size,
            memory=0,  # its own header tells, when it is here
            repository=request.repository,
            revision=MAIN,
            files=tuple(files),
        )

    # --- files of the user's

    def _of_path(self, request: InstallRequest, located: Located, model: Model | None) -> _Draft:
        """What lies there, as it is. `model` None: found out by names."""
        model = model or identify(self._catalogue, located)
        model = model if model and model.usable and model.kind is not ModelKind.GUIDE else None
        request = replace(request, path=located.path)
        if located.kind is Kind.GGUF and request.target in (None, Target.KEEP):
            return self._in_place(request, located, model)
        try:
            return self._converted(request, located, model)
        except Fixable as problem:
            if model is None or not problem.code.startswith("key-"):
                raise
            draft = self._of_row(request, model, Local((), ()))  # its numbers, to show beside the problem
            return replace(draft, problems=(problem,))

    def _in_place(self, request: InstallRequest, located: Located, model: Model | None) -> _Draft:
        """A GGUF file that is used where it is."""
        from app.runtime.models.adding import check_model

        check_model(located.path)
        footprint = memory_need.of_file(located.path)
        return _Draft(
            request=replace(request, target=None),
            name=request.name,
            model=model,
            type="",
            estimate=Estimate(0, None),
            convert=False,
            key_test=False,
            download=0,
            write=0,
            memory=memory_need.need(footprint, self._now.context, self._free_memory()).total,
        )

    def _converted(self, request: InstallRequest, located: Located, model: Model | None) -> _Draft:
        """Whatever the converter reads, whole."""
        folder = request.folder or self._now.folders[0]
        target = request.target or (_keep(model) if model else None)
        out = nearest(folder) / f"{FOLDER}-{id(request)}.gguf"
        planned = plan(located.path, request.key, target, out=out, tokenizer=request.tokenizer)
        types = [one for one in model.targets if one.type == planned.target.value] if model else []
        stem = located.path.stem if located.file else located.path.name
        return _Draft(
            request=replace(request, path=located.path, key=planned.key, target=planned.target),
            name=request.name or (_name(model, types[0]) if model and types else stem),
            model=model,
            type="" if planned.target is Target.KEEP else planned.target.value,
            estimate=Estimate(planned.parameters, None, planned.seconds),
            convert=True,
            key_test=located.kind is Kind.ENCRYPTED,
            download=0,
            write=planned.write - HEADER_ROOM,
            memory=self._memory_of(model, types[0]) if model and types else 0,
            notes=planned.notes,
        )

    # --- disk and memory

    def _judged(self, draft: _Draft) -> InstallPlan:
        folder = draft.request.folder or self._now.folders[0]
        peak = draft.download + (draft.write + HEADER_ROOM if draft.convert else 0) + copied_bytes(draft.local, folder)
        free = self._now.free_space(folder)
        problems = [*draft.problems, *self._disk_problems(draft, folder, peak, free)]
        steps = _steps(draft)
        model = draft.model
        return InstallPlan(
            request=draft.request,
            name=draft.name,
            model=model.id if model else "",
            type=draft.type,
            template=(model.template or "") if model else "",
            steps=steps,
            files=draft.files,
            download=draft.download,
            write=draft.write,
            peak_disk=peak,
            free_disk=free,
            memory=draft.memory,
            free_memory=self._free_memory(),
            seconds=sum(one.seconds for one in steps),
            repository=draft.repository,
            revision=draft.revision,
            local=draft.local,
            problems=tuple(problems),
            warnings=(*self._have(draft), *self._memory_warnings(draft)),
            notes=(*draft.notes, *folder_notes(folder)),
        )

    def _disk_problems(self, draft: _Draft, folder: Path, peak: int, free: int) -> Iterable[AppError]:
        refused = check_folder(folder)
        if refused:
            yield refused
        if free < peak:
            yield Fixable("out-space", path=str(folder), need_gb=f"{peak / GB:.1f}", free_gb=f"{free / GB:.1f}")
        try:
            largest = max(((one.size or 0, one.name) for one in draft.files), default=(0, ""))
            check_file_size(folder / largest[1].replace("/", "-"), largest[0])
            check_file_size(folder / f"{draft.name}.gguf", draft.write)
        except Fixable as problem:
            yield problem

    def _memory_warnings(self, draft: _Draft) -> tuple[AppError, ...]:
        return memory_warnings(draft.name, draft.memory, self._now.memory, self._now.reclaimable)

    def _have(self, draft: _Draft) -> tuple[AppError, ...]:
        there = draft.model is not None and (draft.model.id, draft.type) in self._now.have
        return (Fixable("install-have", name=draft.name, type=draft.type),) if there else ()

    def _free_memory(self) -> int:
        return self._now.memory.free + self._now.reclaimable


def memory_warnings(name: str, need: int, memory: Memory, reclaimable: int = 0) -> tuple[AppError, ...]:
    """`memory-too-small`, `memory-not-free` or `memory-tight` if a model that takes `need` bytes (0: unknown) will not
    run well. It can be installed all the same: for later, for another computer."""
    free = memory.free + reclaimable
    facts = {"name": name, "need_gb": f"{need / GB:.1f}"}
    fit = memory_need.verdict(need, free).fit
    if not need or fit is Fit.FITS:
        return ()
    if need > memory.total:
        return (Fixable("memory-too-small", **facts, total_gb=f"{memory.total / GB:.1f}"),)
    code = "memory-not-free" if fit is Fit.TOO_SMALL else "memory-tight"
    return (Fixable(code, **facts, free_gb=f"{free / GB:.1f}"),)


def _key_problems(request: InstallRequest, model: Model) -> tuple[AppError, ...]:
    """What is known of the key before any file is there that it should open."""
    if request.key is None:
        return (Fixable("key-needed", file=model.name),)
    return () if find_key(request.key) else (Fixable("key-missing", file=request.key.name),)


def _keep(model: Model) -> Target | None:
    """KEEP for weights that are quantized already, None for others."""
    return Target.KEEP if model.kind is ModelKind.GPTQ or model.stored == "GPTQ" else None


def _name(model: Model, target: ModelTarget) -> str:
    """The model's, with that of its one file where there are several kinds."""
    kinds = {one.weights for one in model.targets}
    return f"{model.name} {Path(target.weights).stem}" if target.weights and len(kinds) > 1 else model.name


def _steps(draft: _Draft) -> tuple[PlannedStep, ...]:
    steps = []
    if draft.files:
        steps.append(PlannedStep(InstallStep.DOWNLOAD, draft.download, 0.0))
    if draft.key_test:
        steps.append(PlannedStep(InstallStep.KEY_TEST, 0, 1.0))
    size = draft.write or (draft.request.path.stat().st_size if draft.request.path else draft.download)
    if draft.convert:
        read = (draft.download + sum(one.size for one in draft.local)) * (2 if draft.key_test else 1)
        steps.append(PlannedStep(InstallStep.CONVERT, size, convert_seconds(draft.estimate, read, draft.write)))
    steps.append(PlannedStep(InstallStep.VERIFY, size, verify_seconds(size)))
    steps.append(PlannedStep(InstallStep.TRY, size, try_seconds(size)))
    return tuple(steps)
