"""The wizard under any sequence of clicks, choices and events, in time or not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.errors import Fixable
from app.runtime.models.setup_flow import (
    advance,
    begin,
    can_go_to,
    consistent,
    from_json,
    to_json,
)
from app.runtime.models.setup_state import (
    BEFORE,
    PAGES,
    AcceptTerms,
    Action,
    AddAnother,
    Back,
    ChooseFolder,
    ChooseKey,
    ChooseLanguage,
    ChooseModel,
    ChooseSource,
    ChooseTokenizer,
    Failed,
    GoTo,
    Hide,
    Installed,
    KeyTested,
    Leave,
    ModelChoice,
    Next,
    Page,
    PlanFailed,
    PlanMade,
    PlanSummary,
    Progress,
    Progressed,
    Reopen,
    SetElsewhere,
    SetupState,
    Started,
    Stopped,
    TokenizerTested,
    View,
)
from app.runtime.models.setup_steps import steps
from tests.runtime.models.setup_kit import (
    CUT,
    FOLDER,
    FULL,
    KEY,
    LOCKED,
    OWN,
    PLAIN,
    PLAN,
    TOKENIZER,
    answers,
    run,
)

HUB = ModelChoice(repository="a/b", file="m.gguf", terms=False)
MODELS = (PLAIN, LOCKED, OWN, CUT, HUB, replace(LOCKED, model="other"), replace(CUT, key=True))
INSTALLS = ("", "i1", "i2")
CODES = (
    "out-space",
    "key-wrong",
    "download-cut",
    "model-out-of-memory",
    "weights-damaged",
    "weights-tokenizer-missing",
    "weights-tokenizer-damaged",
    "odd",
)
ERRORS = tuple(map(Fixable, CODES))
CHOOSING = (
    ChooseLanguage,
    ChooseFolder,
    ChooseModel,
    AcceptTerms,
    ChooseSource,
    ChooseKey,
    KeyTested,
    ChooseTokenizer,
    TokenizerTested,
    AddAnother,
    SetElsewhere,
)


class AnyUser(RuleBasedStateMachine):
    """Clicks, choices and events in any order, in time or not."""

    def __init__(self) -> None:
        super().__init__()
        self.state = SetupState()

    def act(self, action: Action) -> None:
        before, self.state = self.state, advance(self.state, action)
        if not isinstance(action, (*CHOOSING, Failed, PlanFailed)):
            assert self.state.choices == before.choices
        if self.state.page is not before.page and before.page is Page.PROGRESS:
            assert isinstance(action, (Failed, Stopped, Installed))
        if isinstance(action, Back) and before.view is View.OPEN and before.page in BEFORE[1:]:
            assert PAGES.index(self.state.page) < PAGES.index(before.page)

    @initialize(folder=st.sampled_from([None, FOLDER]))
    def start(self, folder: Path | None) -> None:
        self.state = begin("en", folder)

    @rule(model=st.sampled_from(MODELS))
    def onward(self, model: ModelChoice) -> None:
        for action in answers(self.state, model):
            self.act(action)
        self.act(Next())

    @rule(action=st.sampled_from([Next(), Back(), Back(), Leave(), Hide(), Reopen(), Reopen(), AddAnother()]))
    def click(self, action: Action) -> None:
        self.act(action)

    @rule(page=st.sampled_from(PAGES))
    def click_step(self, page: Page) -> None:
        possible = can_go_to(self.state, page)
        self.act(GoTo(page))
        assert (self.state.page is page) or not possible

    @rule(
        action=st.one_of(
            st.builds(ChooseLanguage, st.sampled_from(["", "en"])),
            st.builds(ChooseFolder, st.sampled_from([FOLDER, Path("/d")])),
            st.builds(ChooseModel, st.sampled_from(MODELS), st.sampled_from(["", "Q8_0"])),
            st.builds(AcceptTerms, st.booleans()),
            st.builds(ChooseSource, st.sampled_from(["", "https://hf-mirror.com"])),
            st.builds(SetElsewhere, st.sampled_from([None, Path("/e")]), st.sampled_from([None, "https://e"])),
            st.builds(ChooseKey, st.sampled_from([KEY, Path("/k")])),
            st.builds(KeyTested, st.sampled_from([KEY, Path("/k")]), st.sampled_from([None, ERRORS[1]])),
            st.builds(ChooseTokenizer, st.sampled_from([TOKENIZER, Path("/t")])),
            st.builds(TokenizerTested, st.sampled_from([TOKENIZER, Path("/t")]), st.sampled_from([None, ERRORS[5]])),
        )
    )
    def choose(self, action: Action) -> None:
        self.act(action)

    @rule(late=st.booleans(), plan=st.sampled_from([PLAN, replace(PLAN, problems=(FULL,))]))
    def plan_made(self, late: bool, plan: PlanSummary) -> None:
        self.act(PlanMade(self.state.revision - late, plan))

    @rule(late=st.booleans(), error=st.sampled_from(ERRORS))
    def plan_failed(self, late: bool, error: Fixable) -> None:
        self.act(PlanFailed(self.state.revision - late, error))

    @rule(
        action=st.one_of(
            st.builds(Started, st.sampled_from(INSTALLS[1:])),
            st.builds(Progressed, st.sampled_from(INSTALLS), st.just(Progress("download", 0.5))),
            st.builds(Failed, st.sampled_from(INSTALLS), st.sampled_from(ERRORS)),
            st.builds(Stopped, st.sampled_from(INSTALLS)),
            st.builds(Installed, st.sampled_from(INSTALLS), st.just("entry")),
        )
    )
    def event(self, action: Action) -> None:
        self.act(action)

    @rule()
    def restart(self) -> None:
        before, self.state = self.state, from_json(to_json(self.state))
        assert self.state.choices == before.choices and self.state.view is before.view
        assert self.state.page is before.page or (before.page is Page.PROGRESS and not before.install)

    @invariant()
    def pages_and_choices_fit(self) -> None:
        assert consistent(self.state)
        assert len(steps(self.state)) == 6

    @invariant()
    def nothing_is_installed_unasked(self) -> None:
        """Terms accepted and key tested whenever an install runs or has run."""
        choices, model = self.state.choices, self.state.choices.model
        if self.state.page not in BEFORE:
            assert model is not None and choices.folder is not None
            assert choices.terms or not model.terms
            assert choices.key_good or not model.key
            assert choices.tokenizer_good or not model.tokenizer

    @invariant()
    def there_is_always_a_way_on(self) -> None:
        """By at most one answer for each page."""
        state = run(self.state, Reopen())
        for _ in PAGES:
            if state.page in (Page.PROGRESS, Page.FIRST_ANSWER):
                return
            model = state.choices.model or PLAIN
            state = run(state, *answers(state, model), Next())
        raise AssertionError(state.page)


AnyUser.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None, derandomize=True)
TestAnyUser = AnyUser.TestCase
