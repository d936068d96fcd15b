"""What the tests of the wizard share: models, answers to each page, and states to begin from."""

from __future__ import annotations

from pathlib import Path

from app.errors import Fixable
from app.runtime.models.setup_flow import (
    advance,
    begin,
)
from app.runtime.models.setup_state import (
    AcceptTerms,
    Action,
    ChooseFolder,
    ChooseKey,
    ChooseLanguage,
    ChooseModel,
    ChooseSource,
    ChooseTokenizer,
    KeyTested,
    ModelChoice,
    Next,
    Page,
    PlanMade,
    PlanSummary,
    SetupState,
    Started,
    TokenizerTested,
)

FOLDER = Path("/home/张 三/模型")
KEY = Path("/U 盘/consolidated.00.pth")
PLAIN = ModelChoice(model="BELLE-7B-2M")
LOCKED = ModelChoice(model="BELLE-LLaMA-7B-2M-enc", key=True)
OWN = ModelChoice(path=Path("/下载/我的 模型.gguf"), terms=False, source=False)
CUT = ModelChoice(path=Path("/下载/bloom-4bit.pt"), terms=False, source=False, tokenizer=True)
TOKENIZER = Path("/下载/分词器")
PLAN = PlanSummary("BELLE-7B-2M", 28, 4, 33, 200, 5, 11, 900.0)
FULL = Fixable("out-space", path="/x", need_gb="33.0", free_gb="2.0")


def run(state: SetupState, *actions: Action) -> SetupState:
    for action in actions:
        state = advance(state, action)
    return state


def at(page: Page, model: ModelChoice = PLAIN) -> SetupState:
    """The state of a user who went straight to `page`."""
    state = begin("zh_CN", FOLDER)
    while state.page is not page:
        after = run(state, *answers(state, model), Next())
        assert after.page is not state.page, state.page
        state = after
    return state


def answers(state: SetupState, model: ModelChoice = PLAIN) -> tuple[Action, ...]:
    """What makes Next possible."""
    chosen = state.choices.model or model
    tokenizer = (ChooseTokenizer(TOKENIZER), TokenizerTested(TOKENIZER)) if chosen.tokenizer else ()
    return {
        Page.LANGUAGE: (ChooseLanguage("zh_CN"),),
        Page.FOLDER: (ChooseFolder(state.choices.folder or FOLDER),),
        Page.MODEL: (ChooseModel(model),),
        Page.TERMS: (AcceptTerms(True),),
        Page.SOURCE: (ChooseSource(""),),
        Page.KEY: (ChooseKey(KEY), KeyTested(KEY), *tokenizer),
        Page.PLAN: (PlanMade(state.revision, PLAN),),
    }.get(state.page, ())


def running(model: ModelChoice = PLAIN) -> SetupState:
    return run(at(Page.PLAN, model), PlanMade(at(Page.PLAN, model).revision, PLAN), Next(), Started("i1"))


def visited(model: ModelChoice) -> list[Page]:
    state, pages = begin("zh_CN", FOLDER), []
    while state.page is not Page.PROGRESS:
        pages.append(state.page)
        state = run(state, *answers(state, model), Next())
    return pages
