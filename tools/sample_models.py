"""A models service with sample models that does nothing by itself: for screenshots of the models page and its tests."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app.errors import AppError, Fixable
from app.runtime.events import Event, JobFailed, JobFinished
from app.runtime.jobs import Job, Sink
from app.runtime.models.catalogue import Catalogue, Words, load
from app.runtime.models.hardware import Advice, Computer, Drive
from app.runtime.models.installs import (
    InstallChanged,
    InstallPlan,
    InstallRequest,
    InstallState,
    InstallStatus,
    InstallStep,
    LibraryChanged,
    PlannedStep,
    StepState,
    StepStatus,
)
from app.runtime.models.measuring import Measured
from app.runtime.models.memory import Memory, Verdict, verdict
from app.runtime.models.moving import Moved
from app.runtime.models.records import Condition, Entry, Manifest, RemoteFile, Transfer
from app.runtime.models.sources import MIRROR, OFFICIAL

GB = 1_000_000_000
FREE_MEMORY = 11_200_000_000
FOLDER = Path("/models")
GOOD_FOR = {
    "BELLE-7B-2M": Words("日常问答、写作和翻译", "Everyday questions, writing and translation"),
    "BELLE-LLaMA-7B-2M-enc": Words("中英混合内容和简单代码", "Mixed Chinese and English, simple code"),
    "BELLE-LLaMA-EXT-13B": Words("长文更连贯，回答较慢", "More coherent long texts, slower answers"),
}
SIZES = {"Q4_0": 3.8, "Q4_K_M": 4.2, "Q5_K_M": 4.8, "Q6_K": 5.6, "Q8_0": 7.2, "F16": 13.5}  # GB of a 7B model


def manifest(name: str, gigabytes: float, model: str = "", **more: Any) -> Manifest:
    """A model of the library that the app downloaded on the third of June, unless `more` says otherwise."""
    june = datetime(datetime.now().year, 6, 3, 12).timestamp()
    facts: dict[str, Any] = {
        "id": name.lower(),
        "name": name,
        "path": FOLDER / name / f"{name}.gguf",
        "size": round(gigabytes * GB),
        "sha256": "",
        "quantization": "Q4_0",
        "architecture": "llama",
        "parameters": 7 * GB,
        "owned": True,
        "model": model,
        "repository": f"BelleGroup/{model}" if model else "",
        "license": "apache-2.0",
        "added": june,
    }
    return Manifest(**(facts | more))


def sample_entries() -> tuple[Entry, ...]:
    """The four models of the design's picture."""
    local = {"path": Path(r"D:\models\belle-13b-chat-q8.gguf"), "owned": False, "quantization": "Q8_0"}
    manifests = (
        manifest("BELLE-7B-2M", 4.0, "BELLE-7B-2M", architecture="bloom"),
        manifest("BELLE-LLaMA-7B-2M", 3.8, "BELLE-LLaMA-7B-2M-enc"),
        manifest("BELLE-LLaMA-EXT-13B", 7.5, "BELLE-LLaMA-EXT-13B", parameters=13 * GB),
        manifest("belle-13b-chat-q8", 13.8, parameters=13 * GB, **local),
    )
    return tuple(Entry(one, Condition.READY) for one in manifests)


def sample_plan(request: InstallRequest, name: str = "BELLE-7B-1M") -> InstallPlan:
    """A plan for a 7B model in the type that is asked for."""
    kind = request.target.value if request.target is not None else "Q4_0"
    size = round(SIZES.get(kind, 3.8) * GB)
    steps = tuple(PlannedStep(step, size, 60.0) for step in (InstallStep.CONVERT, InstallStep.VERIFY, InstallStep.TRY))
    return InstallPlan(
        request=request,
        name=request.name or name,
        model=request.model,
        type=kind,
        template="belle-bloom",
        steps=steps,
        files=(),
        download=0,
        write=size,
        peak_disk=size,
        free_disk=212 * GB,
        memory=size + 1_400_000_000,
        free_memory=FREE_MEMORY,
        seconds=180.0,
    )


def sample_install(status: InstallStatus = InstallStatus.RUNNING, **more: Any) -> InstallState:
    """BELLE-7B-1M, 18 % downloaded."""
    total = 28_300_000_000
    going = {"done": round(0.18 * total), "total": total, "rate": 24e6, "left": 16 * 60.0, "transfer": Transfer.RUNNING}
    steps = (
        StepState(InstallStep.DOWNLOAD, StepStatus.RUNNING, item="pytorch_model.bin", **going),
        StepState(InstallStep.CONVERT),
        StepState(InstallStep.VERIFY),
        StepState(InstallStep.TRY),
    )
    plan = sample_plan(InstallRequest(model="BELLE-7B-1M"))
    state = InstallState("install-1", "BELLE-7B-1M", plan, steps, status)
    return replace(state, **more)


class SampleModels:
    """Plays `ModelService`: every job ends at once with what `results` holds for its method, or fails with what
    `errors` holds; one whose method is in `held` waits for `end`. `calls` remembers what was asked."""

    def __init__(self, emit: Any, entries: tuple[Entry, ...] | None = None, installs: tuple[InstallState, ...] = ()):
        self.emit = emit
        self._entries = sample_entries() if entries is None else entries
        self._installs = {one.id: one for one in installs}
        self.calls: list[tuple[Any, ...]] = []
        self.results: dict[str, Any] = {}
        self.errors: dict[str, AppError] = {}
        self.held: dict[str, list[Job]] = {}
        self._before = self._entries
        self.needs = dict(zip((one.manifest.id for one in self._entries), (5.4, 5.1, 9.8, 15.6), strict=False))
        rows = tuple(replace(one, good_for=GOOD_FOR.get(one.id, one.good_for)) for one in load().models)
        self._catalogue = Catalogue(rows, load().keys)

    def _job(self, method: str, sink: Sink | None, result: Any = None, *arguments: Any) -> Job:
        self.calls.append((method, *arguments))
        job = Job(sink or (lambda _event: None))
        if method in self.held:
            self.held[method].append(job)
        else:
            self.end(job, method, result)
        return job

    def end(self, job: Job, method: str, result: Any = None) -> None:
        """The one ending of a job."""
        event: Event = JobFinished(job.id, self.results.get(method, result))
        if method in self.errors:
            event = JobFailed(job.id, self.errors[method])
        job.emit(event)

    def _wish(self, method: str, *arguments: Any) -> None:
        self.calls.append((method, *arguments))
        if method in self.errors:
            raise self.errors[method]

    def set_entries(self, *entries: Entry) -> None:
        """As if the library had changed."""
        self._entries = entries
        self.emit(LibraryChanged(0, entries))

    def set_install(self, state: InstallState) -> None:
        self._installs[state.id] = state
        self.emit(InstallChanged(0, state))

    # --- what the window asks ---------------------------------------------------------------------------------------

    def catalogue(self) -> Catalogue:
        return self._catalogue

    def computer(self, sink: Sink) -> Job:
        memory, drives = Memory(16_700_000_000, FREE_MEMORY), (Drive(Path("/"), 500 * GB, 212 * GB),)
        known = Computer(memory, 8, 16, drives, sys.platform, "")
        return self._job("computer", sink, (known, Advice((), None, ())))

    def entries(self) -> tuple[Entry, ...]:
        return self._entries

    def refresh(self, sink: Sink | None = None) -> Job:
        return self._job("refresh", sink, self._entries)

    def problems(self, sink: Sink) -> Job:
        return self._job("problems", sink, ())

    def verdict(self, entry: str, sink: Sink) -> Job:
        found: Verdict = verdict(round(self.needs.get(entry, 5.0) * GB), FREE_MEMORY)
        return self._job("verdict", sink, found, entry)

    def plan_install(self, request: InstallRequest, sink: Sink) -> Job:
        return self._job("plan_install", sink, sample_plan(request), request)

    def install(self, plan: InstallPlan) -> str:
        self._wish("install", plan)
        self.set_install(sample_install(plan=plan, name=plan.name))
        return "install-1"

    def pause(self, install: str) -> None:
        self._wish("pause", install)
        self.set_install(replace(self._installs[install], status=InstallStatus.PAUSED))

    def resume(self, install: str, key: Path | None = None, source: str | None = None) -> None:
        self._wish("resume", install, key)
        self.set_install(replace(self._installs[install], status=InstallStatus.RUNNING, error=None))

    def cancel(self, install: str) -> None:
        self._wish("cancel", install)
        self.set_install(replace(self._installs[install], status=InstallStatus.CANCELLED))

    def dismiss(self, install: str) -> None:
        self._wish("dismiss", install)

    def installs(self) -> tuple[InstallState, ...]:
        return tuple(self._installs.values())

    def recognise(self, path: Path, sink: Sink, key: Path | None = None, tokenizer: Path | None = None) -> Job:
        return self._job("recognise", sink, None, path, key)

    def link(self, path: Path, sink: Sink) -> Job:
        entry = Entry(manifest(path.stem, 1.0, path=path, owned=False), Condition.READY)
        self.set_entries(*self._entries, entry)
        return self._job("link", sink, entry, path)

    def relink(self, entry: str, path: Path, sink: Sink) -> Job:
        return self._job("relink", sink, None, entry, path)

    def verify(self, entry: str, sink: Sink) -> Job:
        return self._job("verify", sink, self._find(entry), entry)

    def rename(self, entry: str, name: str, sink: Sink | None = None) -> Job:
        self._change(entry, name=name)
        return self._job("rename", sink, None, entry, name)

    def set_template(self, entry: str, template: str, sink: Sink | None = None) -> Job:
        self._change(entry, template=template)
        return self._job("set_template", sink, None, entry, template)

    def touch(self, entry: str) -> Job:
        return self._job("touch", None, None, entry)

    def remove(self, entry: str, sink: Sink | None = None) -> Job:
        if "remove" not in self.errors and "remove" not in self.held:
            self._before = self._entries
            self.set_entries(*(one for one in self._entries if one.manifest.id != entry))
        return self._job("remove", sink, f"token-{entry}", entry)

    def undo(self, token: str, sink: Sink | None = None) -> Job:
        if "undo" not in self.errors and "undo" not in self.held:
            self.set_entries(*self._before)
        return self._job("undo", sink, self._entries[0], token)

    def removed(self, sink: Sink) -> Job:
        return self._job("removed", sink, ())

    def finish_removal(self, token: str, sink: Sink | None = None) -> Job:
        return self._job("finish_removal", sink, None, token)

    def export(self, entry: str, target: Path, sink: Sink) -> Job:
        return self._job("export", sink, target, entry, target)

    def export_pack(self, entries: Sequence[str], target: Path, sink: Sink, part_size: int | None = None) -> Job:
        return self._job("export_pack", sink, None, tuple(entries), target)

    def import_pack(self, source: Path, sink: Sink) -> Job:
        return self._job("import_pack", sink, None, source)

    def move(self, folder: Path, switch: Callable[[Path], None], sink: Sink) -> Job:
        return self._job("move", sink, Moved(FOLDER, folder, 29 * GB, copied=True), folder)

    def continue_move(self, switch: Callable[[Path], None], sink: Sink) -> Job:
        return self._job("continue_move", sink)

    def abandon_move(self, sink: Sink) -> Job:
        return self._job("abandon_move", sink)

    def test_sources(self, sink: Sink) -> Job:
        cut = Fixable("download-unreachable", host="huggingface.co", detail="timed out")
        return self._job("test_sources", sink, (Measured(OFFICIAL, problem=cut), Measured(MIRROR, 0.3, 8.4e6)))

    def list_repository(self, repository: str, sink: Sink, source: str = "") -> Job:
        files = (RemoteFile("README.md", 1200), RemoteFile("model-Q4_0.gguf", 4 * GB))
        return self._job("list_repository", sink, files, repository)

    def close(self, timeout: float = 5.0) -> bool:
        self._wish("close")
        return True

    # --- inside -----------------------------------------------------------------------------------------------------

    def _find(self, entry: str) -> Entry:
        found = next((one for one in self._entries if one.manifest.id == entry), None)
        if found is None:
            raise Fixable("library-unknown", name=entry)
        return found

    def _change(self, entry: str, **facts: Any) -> None:
        changed = [
            replace(one, manifest=replace(one.manifest, **facts)) if one.manifest.id == entry else one
            for one in self._entries
        ]
        self.set_entries(*changed)
