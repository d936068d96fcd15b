"""The wizard without a window: every page in turn, going back, late events and failures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import Fixable
from app.runtime.models.installs import InstallPlan, InstallRequest
from app.runtime.models.setup_flow import (
    begin,
    can_continue,
    can_go_back,
    can_go_to,
    consistent,
)
from app.runtime.models.setup_mending import mending_page
from app.runtime.models.setup_state import (
    BEFORE,
    PAGES,
    AcceptTerms,
    Action,
    AddAnother,
    Back,
    Choices,
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
    Progress,
    Progressed,
    Reopen,
    SetElsewhere,
    SetupState,
    Started,
    Stopped,
    TokenizerTested,
    View,
    install_request,
    summary,
)
from app.runtime.models.setup_steps import Step, StepStatus, steps
from app.runtime.weights.records import Target
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
    at,
    run,
    running,
    visited,
)

# --- straight on ---


def test_every_page_in_its_order() -> None:
    assert visited(LOCKED) == list(BEFORE)


def test_pages_that_are_not_needed_are_passed_over() -> None:
    assert visited(PLAIN) == [page for page in BEFORE if page is not Page.KEY]
    assert visited(OWN) == [Page.LANGUAGE, Page.COMPUTER, Page.FOLDER, Page.MODEL, Page.PLAN]


def test_to_the_first_answer() -> None:
    state = run(running(), Progressed("i1", Progress("download", 0.5, 60.0)))
    assert (state.page, state.progress.fraction) == (Page.PROGRESS, 0.5)
    state = run(state, Installed("i1", "entry", "你好", "你好！"))
    assert (state.page, state.entry, state.answer) == (Page.FIRST_ANSWER, "entry", "你好！")
    assert run(state, Next()).view is View.FINISHED


@pytest.mark.parametrize(
    ("page", "model"), [(page, LOCKED) for page in (Page.MODEL, Page.TERMS, Page.SOURCE, Page.KEY, Page.PLAN)]
)
def test_next_waits_for_an_answer(page: Page, model: ModelChoice) -> None:
    state = at(page, model)
    assert not can_continue(state) and run(state, Next()) is state
    assert can_continue(run(state, *answers(state, model)))


def test_without_language_or_folder() -> None:
    assert not can_continue(SetupState())
    state = run(SetupState(), ChooseLanguage("en"), Next(), Next())
    assert state.page is Page.FOLDER and not can_continue(state)


def test_a_plan_with_problems_forbids_the_start() -> None:
    state = at(Page.PLAN)
    refused = run(state, PlanMade(state.revision, replace(PLAN, problems=(FULL,))))
    assert not can_continue(refused)
    warned = run(state, PlanMade(state.revision, replace(PLAN, warnings=(FULL,))))
    assert can_continue(warned)
    mended = run(refused, GoTo(mending_page(refused, FULL)), ChooseFolder(Path("/d")), Next())
    assert mended.page is Page.PLAN and mended.plan is None


def test_a_key_that_failed_its_test() -> None:
    state = run(at(Page.KEY, LOCKED), ChooseKey(KEY), KeyTested(KEY, Fixable("key-wrong", file="x")))
    assert not can_continue(state) and state.error is not None and state.error.code == "key-wrong"
    late = run(state, ChooseKey(Path("/other")), KeyTested(KEY))
    assert not can_continue(late) and late.error is None
    assert can_continue(run(late, KeyTested(Path("/other"))))


# --- back, and by the list of steps ---


def test_back_through_every_page_keeps_every_choice() -> None:
    state = at(Page.PLAN, LOCKED)
    choices, seen = state.choices, [state.page]
    while can_go_back(state):
        state = run(state, Back())
        seen.append(state.page)
    assert seen == list(reversed(BEFORE)) and state.choices == choices
    for _ in BEFORE[1:]:
        state = run(state, Next())
    assert state.page is Page.PLAN and state.choices == choices


def test_a_model_without_a_key_is_passed_over_on_the_way_back() -> None:
    assert run(at(Page.PLAN), Back()).page is Page.SOURCE


def test_done_pages_can_be_clicked_and_those_ahead_cannot() -> None:
    state = at(Page.SOURCE, LOCKED)
    assert [page for page in PAGES if can_go_to(state, page)] == list(BEFORE[: BEFORE.index(Page.SOURCE)])
    state = run(state, GoTo(Page.COMPUTER))
    assert state.page is Page.COMPUTER and can_go_to(state, Page.SOURCE) and not can_go_to(state, Page.KEY)
    assert run(state, GoTo(Page.SOURCE)).page is Page.SOURCE
    assert run(state, GoTo(Page.PLAN)) is state


def test_another_model_asks_again_for_what_depends_on_it() -> None:
    state = run(at(Page.PLAN, LOCKED), GoTo(Page.MODEL))
    before = state.choices
    other = replace(LOCKED, model="BELLE-LLaMA-13B-2M-enc")
    changed = run(state, ChooseModel(other, "Q8_0"))
    assert changed.choices == replace(before, model=other, target="Q8_0", terms=False, key=None, key_good=False)
    assert set(state.done) - set(changed.done) == {Page.TERMS, Page.KEY}
    assert not can_go_to(changed, Page.SOURCE)  # the terms come first
    assert run(state, ChooseModel(LOCKED)).choices == before


@pytest.mark.parametrize(
    ("page", "action"),
    [
        (Page.FOLDER, ChooseFolder(Path("/d"))),
        (Page.MODEL, ChooseModel(PLAIN, "Q8_0")),
        (Page.SOURCE, ChooseSource("https://hf-mirror.com")),
    ],
)
def test_other_choices_only_ask_for_another_plan(page: Page, action: Action) -> None:
    planned = run(at(Page.PLAN), PlanMade(at(Page.PLAN).revision, PLAN))
    state = run(planned, GoTo(page), action)
    assert state.plan is None and state.revision > planned.revision
    assert state.done == tuple(one for one in planned.done if one is not Page.PLAN)
    assert replace(planned.choices, folder=None, target="", source=None) == replace(
        state.choices, folder=None, target="", source=None
    )


@pytest.mark.parametrize("page", [Page.LANGUAGE, Page.PLAN])
def test_what_is_set_in_the_settings_counts(page: Page) -> None:
    changed = run(at(page), SetElsewhere(Path("/moved"), "https://hf-mirror.com"))
    assert (changed.choices.folder, changed.choices.source) == (Path("/moved"), "https://hf-mirror.com")
    assert changed.plan is None and changed.page is page and changed.revision > at(page).revision
    assert run(changed, SetElsewhere()) is changed


def test_what_runs_does_not_change_with_the_settings() -> None:
    state = at(Page.PROGRESS)
    changed = run(state, SetElsewhere(source="https://hf-mirror.com"))
    assert changed == replace(state, choices=replace(state.choices, source="https://hf-mirror.com"))


def test_a_late_plan_for_other_choices_is_not_taken() -> None:
    state = at(Page.PLAN)
    changed = run(state, GoTo(Page.FOLDER), ChooseFolder(Path("/d")), GoTo(Page.PLAN))
    assert run(changed, PlanMade(state.revision, PLAN)) is changed
    assert run(changed, PlanFailed(state.revision, FULL)) is changed
    assert can_continue(run(changed, PlanMade(changed.revision, PLAN)))


# --- leaving, hiding, coming back ---


def test_just_try_the_guide() -> None:
    state = run(begin("zh_CN", FOLDER), Leave())
    assert state.view is View.LEFT and not can_continue(state) and run(state, Next()) is state
    assert run(state, Reopen()) == begin("zh_CN", FOLDER)


def test_later_from_any_page_before_the_install() -> None:
    for page in BEFORE:
        state = at(page, LOCKED)
        assert run(state, Leave(), Reopen()) == state


def test_hidden_while_it_goes_on() -> None:
    state = running()
    assert run(state, Leave()) is state and run(state, Back()) is state and run(state, GoTo(Page.MODEL)) is state
    hidden = run(state, Hide(), Progressed("i1", Progress("convert", 0.25)))
    assert hidden.view is View.HIDDEN and hidden.progress.step == "convert"
    assert run(hidden, Reopen()).view is View.OPEN
    ready = run(hidden, Installed("i1", "entry"))
    assert (ready.view, ready.page) == (View.HIDDEN, Page.FIRST_ANSWER)
    assert run(ready, Reopen()).view is View.OPEN


def test_another_model_later() -> None:
    finished = run(running(LOCKED), Installed("i1", "entry"), Next())
    state = run(finished, AddAnother())
    assert (state.page, state.view, state.choices.folder) == (Page.MODEL, View.OPEN, FOLDER)
    assert state.choices.model is None and consistent(state)
    assert run(running(), AddAnother()).page is Page.PROGRESS


# --- a tokenizer from elsewhere ---


def test_files_without_a_tokenizer_ask_for_it_and_not_for_a_key() -> None:
    assert visited(CUT) == [page for page in BEFORE if page not in (Page.TERMS, Page.SOURCE)]
    state = run(at(Page.KEY, CUT), Next())
    assert state.page is Page.KEY and not can_continue(state)
    lacking = Fixable("weights-tokenizer-missing", file="x", needed="tokenizer.json")
    state = run(state, ChooseTokenizer(TOKENIZER), TokenizerTested(TOKENIZER, lacking))
    assert state.error is lacking and not can_continue(state)
    state = run(state, ChooseTokenizer(TOKENIZER), TokenizerTested(Path("/other")), Next())
    assert state.page is Page.KEY, "another one was tested"
    state = run(state, TokenizerTested(TOKENIZER), Next())
    assert state.page is Page.PLAN
    assert install_request(state.choices) == InstallRequest(path=CUT.path, tokenizer=TOKENIZER, folder=FOLDER)


def test_both_a_key_and_a_tokenizer() -> None:
    state = run(at(Page.KEY, replace(CUT, key=True)), ChooseKey(KEY), KeyTested(KEY))
    assert not can_continue(state)
    assert can_continue(run(state, ChooseTokenizer(TOKENIZER), TokenizerTested(TOKENIZER)))


def test_that_a_tokenizer_is_missing_may_turn_out_late() -> None:
    state = at(Page.PLAN, OWN)
    lacking = Fixable("weights-tokenizer-missing", file="x", needed="tokenizer.model")
    state = run(state, PlanFailed(state.revision, lacking))
    assert state.page is Page.KEY and state.error is lacking and state.mending
    state = run(state, ChooseTokenizer(TOKENIZER), TokenizerTested(TOKENIZER), Next())
    assert state.page is Page.PLAN and install_request(state.choices).tokenizer == TOKENIZER
    assert {row.step for row in steps(state)} >= {Step.TOKENIZER}


# --- failures ---


@pytest.mark.parametrize(
    ("code", "model", "page"),
    [
        ("out-space", PLAIN, Page.FOLDER),
        ("disk-full", PLAIN, Page.FOLDER),
        ("download-unreachable", PLAIN, Page.SOURCE),
        ("network-forbidden", PLAIN, Page.SOURCE),
        ("download-gated", PLAIN, Page.MODEL),
        ("key-llama2", LOCKED, Page.KEY),
        ("key-missing", PLAIN, Page.PLAN),
        ("model-out-of-memory", PLAIN, Page.MODEL),
        ("trial-crashed", PLAIN, Page.MODEL),
        ("weights-truncated", PLAIN, Page.PLAN),
        ("weights-lora", OWN, Page.MODEL),
        ("download-unreachable", OWN, Page.PLAN),
        ("internal-bug", PLAIN, Page.PLAN),
    ],
)
def test_a_failure_leads_to_where_it_can_be_mended(code: str, model: ModelChoice, page: Page) -> None:
    before = running(model)
    state = run(before, Failed("i1", Fixable(code)))
    assert state.page is page and state.error is not None and state.error.code == code
    assert (state.install, state.failed, state.plan) == ("", "i1", None)
    assert replace(state.choices, key_good=True) == replace(before.choices, key_good=True)
    state = run(state, *answers(state, model))
    if page is not Page.PLAN:
        state = run(state, Next())  # straight back, past everything that is done
    assert (state.page is Page.PLAN and state.error is None) or page is Page.PLAN
    state = run(state, PlanMade(state.revision, PLAN), Next(), Started("i2"))
    assert (state.page, state.install, state.failed) == (Page.PROGRESS, "i2", "")


def test_mending_with_another_model_asks_for_its_terms() -> None:
    state = run(running(), Failed("i1", Fixable("model-out-of-memory")), ChooseModel(LOCKED), Next())
    assert state.page is Page.TERMS
    state = run(state, AcceptTerms(True), Next())
    assert state.page is Page.KEY  # the source is known


def test_a_plan_that_could_not_be_made() -> None:
    state = at(Page.PLAN)
    failed = run(state, PlanFailed(state.revision, Fixable("download-no-host", host="x")))
    assert failed.page is Page.SOURCE and failed.error is not None


def test_a_start_that_failed() -> None:
    state = run(at(Page.PLAN), PlanMade(at(Page.PLAN).revision, PLAN), Next(), Failed("", FULL))
    assert state.page is Page.FOLDER and state.error is FULL


def test_cancelled_by_the_user() -> None:
    state = run(running(), Stopped("i1"))
    assert (state.page, state.plan, state.error, state.install) == (Page.PLAN, None, None, "")


def test_events_of_an_earlier_install_are_ignored() -> None:
    state = run(running(), Stopped("i1"))
    state = run(state, PlanMade(state.revision, PLAN), Next())
    for late in (Progressed("i1", Progress("x")), Failed("i1", FULL), Stopped("i1"), Installed("i1", "e"), Stopped("")):
        assert run(state, late) is state
    state = run(state, Started("i2"))
    assert run(state, Installed("i1", "e")) is state and run(state, Started("i3")) is state


# --- the list of steps ---


def statuses(state: SetupState) -> list[StepStatus]:
    return [row.status for row in steps(state)]


def test_steps_as_in_the_picture() -> None:
    done, current, skipped, todo = StepStatus.DONE, StepStatus.CURRENT, StepStatus.SKIPPED, StepStatus.TODO
    assert statuses(begin("en")) == [current, todo, todo, todo, todo, todo]
    state = run(at(Page.MODEL), ChooseModel(PLAIN))
    assert statuses(state) == [done, done, current, skipped, todo, todo]
    assert [row.page for row in steps(state)] == [Page.LANGUAGE, Page.FOLDER, None, None, None, None]
    assert statuses(at(Page.KEY, LOCKED)) == [done, done, done, current, todo, todo]
    assert statuses(running(LOCKED)) == [done, done, done, done, current, todo]
    assert all(row.page is None for row in steps(running(LOCKED)))
    ready = run(running(LOCKED), Installed("i1", "e"))
    assert statuses(ready) == [done, done, done, done, done, current]
    assert statuses(run(ready, Next())) == [done] * 6
    assert [row.number for row in steps(ready)] == [1, 2, 3, 4, 5, 6]


def test_a_step_of_several_pages_is_done_when_all_are() -> None:
    state = run(at(Page.PLAN, LOCKED), GoTo(Page.MODEL), ChooseModel(replace(LOCKED, model="other")), GoTo(Page.FOLDER))
    rows = {row.step: row for row in steps(state)}
    assert (rows[Step.MODEL].status, rows[Step.MODEL].page) == (StepStatus.TODO, Page.MODEL)
    assert rows[Step.KEY].status is StepStatus.TODO


# --- requests and plans ---


def test_what_is_asked_for() -> None:
    choices = run(at(Page.PLAN, LOCKED), GoTo(Page.MODEL), ChooseModel(LOCKED, "Q8_0")).choices
    request = install_request(choices)
    assert request == InstallRequest(model=LOCKED.model, target=Target.Q8_0, key=KEY, source="", folder=FOLDER)
    own = install_request(at(Page.PLAN, OWN).choices)
    assert own == InstallRequest(path=OWN.path, folder=FOLDER)
    assert install_request(Choices()) == InstallRequest()


def test_what_is_shown_of_a_plan() -> None:
    plan = InstallPlan(InstallRequest(), "BELLE-7B-2M", "", "Q4_0", "", (), (), 28, 4, 33, 200, 5, 11, 900.0)
    assert summary(plan) == PLAN
