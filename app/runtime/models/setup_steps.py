"""The list of steps beside the wizard's pages: fewer than pages, as some pages belong together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.runtime.models.setup_flow import can_go_to, is_over
from app.runtime.models.setup_state import Page, SetupState, View


class Step(StrEnum):
    """What the list beside the pages names; some stand for several pages. TOKENIZER in place of KEY where no key is
    needed."""

    WELCOME = "welcome"
    FOLDER = "folder"
    MODEL = "model"
    KEY = "key"
    TOKENIZER = "tokenizer"
    INSTALL = "install"
    READY = "ready"


STEPS: dict[Step, tuple[Page, ...]] = {
    Step.WELCOME: (Page.LANGUAGE, Page.COMPUTER),
    Step.FOLDER: (Page.FOLDER,),
    Step.MODEL: (Page.MODEL, Page.TERMS, Page.SOURCE),
    Step.KEY: (Page.KEY,),
    Step.INSTALL: (Page.PLAN, Page.PROGRESS),
    Step.READY: (Page.FIRST_ANSWER,),
}


class StepStatus(StrEnum):
    DONE = "done"
    CURRENT = "current"
    SKIPPED = "skipped"  # "not needed"
    TODO = "todo"


@dataclass(frozen=True)
class StepRow:
    """`number` from 1; `page`: where a click leads, None if nowhere."""

    step: Step
    number: int
    status: StepStatus
    page: Page | None


def steps(state: SetupState) -> tuple[StepRow, ...]:
    return tuple(_row(state, step, number) for number, step in enumerate(STEPS, 1))


def _row(state: SetupState, step: Step, number: int) -> StepRow:
    pages, model = STEPS[step], state.choices.model
    if step is Step.KEY and model is not None and model.tokenizer and not model.key:
        step = Step.TOKENIZER
    if state.page in pages:
        over = state.view is View.FINISHED
        return StepRow(step, number, StepStatus.DONE if over else StepStatus.CURRENT, None)
    status = StepStatus.DONE if all(is_over(state, page) for page in pages) else StepStatus.TODO
    if all(page in state.skipped for page in pages):
        status = StepStatus.SKIPPED
    return StepRow(step, number, status, next((page for page in pages if can_go_to(state, page)), None))
