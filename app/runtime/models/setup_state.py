"""What the first-run wizard consists of: its pages, what is chosen, the snapshot to show, and the actions there are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from app.errors import AppError

if TYPE_CHECKING:
    from app.runtime.models.installs import InstallPlan, InstallRequest


class Page(StrEnum):
    """In this order."""

    LANGUAGE = "language"
    COMPUTER = "computer"
    FOLDER = "folder"
    MODEL = "model"
    TERMS = "terms"
    SOURCE = "source"
    KEY = "key"
    PLAN = "plan"
    PROGRESS = "progress"
    FIRST_ANSWER = "first-answer"


PAGES = tuple(Page)
BEFORE = PAGES[: PAGES.index(Page.PROGRESS)]  # nothing has begun yet


class View(StrEnum):
    """What of the wizard is seen."""

    OPEN = "open"
    HIDDEN = "hidden"  # while the install goes on
    LEFT = "left"  # for the guide; it can be gone on with
    FINISHED = "finished"


@dataclass(frozen=True)
class ModelChoice:
    """A row of the catalogue (`model`), a file of the hub (`repository`, `file`) or what lies at `path`; see
    `installs.InstallRequest`. `terms`, `source`: whether those pages are needed; `key`, `tokenizer`: whether these have
    to be chosen on the page for the user's own files."""

    model: str = ""
    repository: str = ""
    file: str = ""
    path: Path | None = None
    terms: bool = True
    source: bool = True
    key: bool = False
    tokenizer: bool = False


@dataclass(frozen=True)
class Choices:
    """What the user said so far. `target`: name of a `weights.records.Target`, "" for the recommended one. `source`:
    an endpoint, "" for the one in the settings. `key_good`: the key has passed its test; `tokenizer_good`: the files
    can be read with the tokenizer."""

    language: str = ""
    folder: Path | None = None
    model: ModelChoice | None = None
    target: str = ""
    terms: bool = False
    source: str | None = None
    key: Path | None = None
    key_good: bool = False
    tokenizer: Path | None = None
    tokenizer_good: bool = False


@dataclass(frozen=True)
class PlanSummary:
    """What the plan page shows, in bytes and seconds; `problems` forbid the start, `warnings` do not."""

    name: str
    download: int
    write: int
    peak_disk: int
    free_disk: int
    memory: int
    free_memory: int
    seconds: float
    problems: tuple[AppError, ...] = ()
    warnings: tuple[AppError, ...] = ()


@dataclass(frozen=True)
class Progress:
    """`step`: value of `installs.InstallStep`; `fraction` of that step, None while unknown; `left` in seconds."""

    step: str = ""
    fraction: float | None = None
    left: float | None = None
    paused: bool = False


@dataclass(frozen=True)
class SetupState:
    """Everything there is to show. `revision` changes with each choice that a plan depends on. `install`: the id of
    the one that runs; `failed`: of the last that failed, to be resumed or dismissed. `mending`: an error brought the
    user back to this page, and Next leads to the next page that has something left to do."""

    page: Page = Page.LANGUAGE
    done: tuple[Page, ...] = ()
    view: View = View.OPEN
    choices: Choices = Choices()
    revision: int = 0
    plan: PlanSummary | None = None
    install: str = ""
    failed: str = ""
    progress: Progress = Progress()
    error: AppError | None = None
    mending: bool = False
    entry: str = ""
    question: str = ""
    answer: str = ""

    @property
    def skipped(self) -> tuple[Page, ...]:
        """Pages that the chosen model does not need."""
        model = self.choices.model
        if model is None:
            return ()
        needed = {Page.TERMS: model.terms, Page.SOURCE: model.source, Page.KEY: model.key or model.tokenizer}
        return tuple(page for page, needs in needed.items() if not needs)


def summary(plan: InstallPlan) -> PlanSummary:
    """Of what the plan page shows."""
    return PlanSummary(
        name=plan.name,
        download=plan.download,
        write=plan.write,
        peak_disk=plan.peak_disk,
        free_disk=plan.free_disk,
        memory=plan.memory,
        free_memory=plan.free_memory,
        seconds=plan.seconds,
        problems=plan.problems,
        warnings=plan.warnings,
    )


def install_request(choices: Choices) -> InstallRequest:
    """What to plan; a model must have been chosen."""
    from app.runtime.models.installs import InstallRequest
    from app.runtime.weights.records import Target

    model = choices.model or ModelChoice()
    return InstallRequest(
        model=model.model,
        repository=model.repository,
        file=model.file,
        path=model.path,
        target=Target(choices.target) if choices.target else None,
        key=choices.key if model.key else None,
        tokenizer=choices.tokenizer if model.tokenizer else None,
        source=choices.source or "",
        folder=choices.folder,
    )


# --- actions ----------------------------------------------------------------------------------------------------------


class Next(NamedTuple):
    pass


class Back(NamedTuple):
    pass


class GoTo(NamedTuple):
    """A click on a page in the list of steps, or on what mends a problem of the plan."""

    page: Page


class Leave(NamedTuple):
    """ "Just try the guide", "Later"."""


class Hide(NamedTuple):
    """Back to the chat while the install goes on."""


class Reopen(NamedTuple):
    pass


class AddAnother(NamedTuple):
    """Choose a further model; language, folder and source stay."""


class ChooseLanguage(NamedTuple):
    language: str


class ChooseFolder(NamedTuple):
    folder: Path


class ChooseModel(NamedTuple):
    model: ModelChoice
    target: str = ""


class AcceptTerms(NamedTuple):
    accepted: bool


class ChooseSource(NamedTuple):
    source: str


class SetElsewhere(NamedTuple):
    """The models folder was moved, or another source chosen, in the settings; None: as it was."""

    folder: Path | None = None
    source: str | None = None


class ChooseKey(NamedTuple):
    """It must be tested next."""

    key: Path


class KeyTested(NamedTuple):
    key: Path
    error: AppError | None = None


class ChooseTokenizer(NamedTuple):
    """The files must be looked at with it next."""

    tokenizer: Path


class TokenizerTested(NamedTuple):
    tokenizer: Path
    error: AppError | None = None


class PlanMade(NamedTuple):
    """`revision`: the state's when the plan was asked for."""

    revision: int
    plan: PlanSummary


class PlanFailed(NamedTuple):
    revision: int
    error: AppError


class Started(NamedTuple):
    install: str


class Progressed(NamedTuple):
    install: str
    progress: Progress


class Failed(NamedTuple):
    """`install` "": it could not even begin."""

    install: str
    error: AppError


class Stopped(NamedTuple):
    """The user cancelled the install, or it is not known any more."""

    install: str


class Installed(NamedTuple):
    """`entry`: the id in the library; what it was asked at the end, and said."""

    install: str
    entry: str
    question: str = ""
    answer: str = ""


Action = (
    Next
    | Back
    | GoTo
    | Leave
    | Hide
    | Reopen
    | AddAnother
    | ChooseLanguage
    | ChooseFolder
    | ChooseModel
    | AcceptTerms
    | ChooseSource
    | SetElsewhere
    | ChooseKey
    | KeyTested
    | ChooseTokenizer
    | TokenizerTested
    | PlanMade
    | PlanFailed
    | Started
    | Progressed
    | Failed
    | Stopped
    | Installed
)
