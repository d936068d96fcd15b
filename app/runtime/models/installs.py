"""What the window and the command line know of an install: what is wanted, what it will take, how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import AppError
from app.runtime.events import Event
from app.runtime.models.records import Entry, RemoteFile, Transfer

if TYPE_CHECKING:  # numpy, which the window need not wait for
    from app.runtime.models.measuring import Measured
    from app.runtime.weights.records import Target


@dataclass(frozen=True)
class InstallRequest:
    """What to install: a row of the catalogue (`model`), a file of the hub (`repository` and `file`), or what lies at
    `path`, a file or folder of the user's that is used where it is. `model` and `path` together: of that model's
    files, those that are not at `path` are fetched.

    `target` None: the recommended one for a row that is converted, `keep` for what is quantized already. `key`: Meta's
    file, or a folder that holds it, for encrypted models. `tokenizer`: a folder with `tokenizer.model` or
    `tokenizer.json`, or one of them, if the files at `path` come without. `source`: the endpoint to fetch from, "" for
    the one in the settings. `folder`: the models folder to put it in, None for the first. `name`: what the user calls
    it, "" for the model's own name."""

    model: str = ""
    repository: str = ""
    file: str = ""
    path: Path | None = None
    target: Target | None = None
    key: Path | None = None
    source: str = ""
    folder: Path | None = None
    name: str = ""
    tokenizer: Path | None = None


class InstallStep(StrEnum):
    """In this order; a plan has only those it needs."""

    DOWNLOAD = "download"
    KEY_TEST = "key-test"
    CONVERT = "convert"  # decrypt, convert and quantize in one pass
    VERIFY = "verify"  # hash it, read its header, put it into the library
    TRY = "try"  # load it in a child process and ask it something


class StepStatus(StrEnum):
    TODO = "todo"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True)
class PlannedStep:
    """`size` in bytes that the step reads, fetches or writes, whichever decides how long it takes; `seconds` is an
    estimate, 0 where it depends on the network alone."""

    step: InstallStep
    size: int
    seconds: float


@dataclass(frozen=True)
class LocalFile:
    """A file of the model that the user has already, at `path` or as `member` of the archive there. `name`: as the
    converter must find it. `sha256`: "" if it was not computed."""

    name: str
    path: Path
    size: int
    member: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class InstallPlan:
    """What an install would do. Bytes: `download` still to fetch, `write` of the finished file, `peak_disk` more than
    now while it runs, `free_disk` now; `memory` in use afterwards, `free_memory` that this computer could give it.

    `request` with all that was left open in it decided. `model`: the row of the catalogue, "" if none. `type`: what the
    weights will be kept as, "" if only the file itself tells. `files` are fetched from `repository` in this order; a
    `*` in a name stands for what the hub's listing will tell. `local`: of its files, those that are used where they
    are. `problems` forbid the install; `warnings` ask the user, who may go on all the same; `notes` are only told."""

    request: InstallRequest
    name: str
    model: str
    type: str
    template: str
    steps: tuple[PlannedStep, ...]
    files: tuple[RemoteFile, ...]
    download: int
    write: int
    peak_disk: int
    free_disk: int
    memory: int
    free_memory: int
    seconds: float
    repository: str = ""
    revision: str = ""
    local: tuple[LocalFile, ...] = ()
    problems: tuple[AppError, ...] = ()
    warnings: tuple[AppError, ...] = ()
    notes: tuple[AppError, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.problems

    def has(self, step: InstallStep) -> bool:
        return any(one.step is step for one in self.steps)


@dataclass(frozen=True)
class StepState:
    """`done` of `total` bytes (answer characters are not counted: TRY has 0 of 0); `rate` in bytes a second, `left` in
    seconds, None while unknown; `item` is the file or tensor at work; `reason` says why it failed or waits."""

    step: InstallStep
    status: StepStatus = StepStatus.TODO
    done: int = 0
    total: int = 0
    rate: float = 0.0
    left: float | None = None
    item: str = ""
    transfer: Transfer | None = None  # of DOWNLOAD while it runs
    reason: AppError | None = None


class InstallStatus(StrEnum):
    QUEUED = "queued"  # waits for another install
    RUNNING = "running"
    PAUSED = "paused"  # by the user, or because the app was closed or died
    FAILED = "failed"  # `error` says why; `resume` tries again from the step that failed
    FINISHED = "finished"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class InstallState:
    """How far an install is. `error` of FAILED. Of FINISHED: `entry` is the id in the library, `answer` what the model
    said to `question`; `notes` what the user should know all the same, e.g. that the answer is no Chinese."""

    id: str
    name: str
    plan: InstallPlan
    steps: tuple[StepState, ...]
    status: InstallStatus
    error: AppError | None = None
    entry: str = ""
    question: str = ""
    answer: str = ""
    notes: tuple[AppError, ...] = ()

    @property
    def active(self) -> bool:
        """Whether it runs or will run by itself."""
        return self.status in (InstallStatus.QUEUED, InstallStatus.RUNNING)

    @property
    def ended(self) -> bool:
        return self.status in (InstallStatus.FINISHED, InstallStatus.CANCELLED)

    @property
    def current(self) -> StepState | None:
        """The step at work, or the next one; None when all are done."""
        over = (StepStatus.DONE, StepStatus.SKIPPED)
        return next((one for one in self.steps if one.status not in over), None)


@dataclass(frozen=True)
class InstallChanged(Event):
    """Told at every change of status and step, and some five times a second while a step goes on."""

    state: InstallState


@dataclass(frozen=True)
class LibraryChanged(Event):
    """`job` is 0 where no job brought it about."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class WorkProgress(Event):
    """Of any other job of the models service: `done` of `total` bytes, `item` is the file at work."""

    done: int
    total: int
    item: str = ""


@dataclass(frozen=True)
class SourceMeasured(Event):
    """Of `ModelService.test_sources`: how fast one source is."""

    measured: Measured
