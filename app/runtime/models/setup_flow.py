"""The first-run wizard as a state machine: what each action makes of the snapshot in `setup_state`. No window here.

A view shows `SetupState`, sends actions through `advance`, and saves `to_json` after each. An action that does not
fit the page or comes too late changes nothing, so that clicks and events of lanes need no guards of their own.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from app.errors import AppError
from app.runtime.models import frozen_json
from app.runtime.models.setup_mending import lacks_tokenizer, mending_page
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
)

log = logging.getLogger(__name__)
VERSION = 1


def advance(state: SetupState, action: Action) -> SetupState:
    """The state after `action`; the same one where it has no meaning."""
    rule = _RULES[type(action)]
    if state.page not in rule.pages or state.view not in rule.views:
        return state
    after: SetupState = rule.handler(state, action)
    return after


# --- questions of the view --------------------------------------------------------------------------------------------


def begin(language: str, folder: Path | None = None, source: str | None = None) -> SetupState:
    """The first page, with what is chosen unless the user chooses otherwise."""
    return SetupState(choices=Choices(language=language, folder=folder, source=source))


def can_continue(state: SetupState) -> bool:
    """Whether Next does anything."""
    return state.view is View.OPEN and _satisfied(state, state.page)


def can_go_back(state: SetupState) -> bool:
    return state.view is View.OPEN and state.page in BEFORE[1:]


def can_go_to(state: SetupState, page: Page) -> bool:
    """True for pages that are done, and for the first one that is not; never while an install runs."""
    if state.view is not View.OPEN or state.page not in BEFORE or page not in BEFORE:
        return False
    earlier = BEFORE[: BEFORE.index(page)]
    return page != state.page and page not in state.skipped and all(is_over(state, one) for one in earlier)


def _satisfied(state: SetupState, page: Page) -> bool:
    """Whether what `page` asks is answered."""
    choices = state.choices
    match page:
        case Page.LANGUAGE:
            return bool(choices.language)
        case Page.FOLDER:
            return choices.folder is not None
        case Page.MODEL:
            return choices.model is not None
        case Page.TERMS:
            return choices.terms
        case Page.SOURCE:
            return choices.source is not None
        case Page.KEY:
            return _has_key(choices) and _has_tokenizer(choices)
        case Page.PLAN:
            return state.plan is not None and not state.plan.problems
    return page is not Page.PROGRESS  # which ends by itself


def _has_key(choices: Choices) -> bool:
    """Whether the key that is needed is there; also where none is."""
    needed = choices.model is None or choices.model.key or not choices.model.tokenizer
    return not needed or (choices.key is not None and choices.key_good)


def _has_tokenizer(choices: Choices) -> bool:
    needed = choices.model is not None and choices.model.tokenizer
    return not needed or (choices.tokenizer is not None and choices.tokenizer_good)


def is_over(state: SetupState, page: Page) -> bool:
    """Whether `page` is done or not needed."""
    return page in state.done or page in state.skipped


# --- what actions do --------------------------------------------------------------------------------------------------


def _next(state: SetupState, _action: Next) -> SetupState:
    if not can_continue(state):
        return state
    state = replace(state, done=_in_order({*state.done, state.page}), error=None)
    if state.page is Page.FIRST_ANSWER:
        return replace(state, view=View.FINISHED)
    later = [page for page in PAGES[PAGES.index(state.page) + 1 :] if page not in state.skipped]
    page = next(page for page in later if page not in state.done) if state.mending else later[0]
    if page is Page.PROGRESS:
        return replace(state, page=page, install="", progress=Progress(), mending=False)
    return replace(state, page=page, mending=state.mending and page is not Page.PLAN)


def _back(state: SetupState, _action: Back) -> SetupState:
    if not can_go_back(state):
        return state
    earlier = [page for page in PAGES[: PAGES.index(state.page)] if page not in state.skipped]
    return replace(state, page=earlier[-1], error=None, mending=False)


def _go_to(state: SetupState, action: GoTo) -> SetupState:
    if not can_go_to(state, action.page):
        return state
    refused = state.page is Page.PLAN and state.plan is not None and bool(state.plan.problems)
    return replace(state, page=action.page, error=None, mending=refused)


def _add_another(state: SetupState, _action: AddAnother) -> SetupState:
    kept = state.choices
    fresh = begin(kept.language, kept.folder, kept.source)
    page = Page.MODEL if kept.language and kept.folder else Page.LANGUAGE
    return replace(fresh, page=page, done=PAGES[: PAGES.index(page)], revision=state.revision + 1)


def _choose_language(state: SetupState, action: ChooseLanguage) -> SetupState:
    done = state.done if action.language else _without(state.done, Page.LANGUAGE)
    return replace(state, choices=replace(state.choices, language=action.language), done=done)


def _choose_folder(state: SetupState, action: ChooseFolder) -> SetupState:
    return _changed(state, replace(state.choices, folder=action.folder))


def _choose_model(state: SetupState, action: ChooseModel) -> SetupState:
    """Another model has other terms, another key and another tokenizer; everything else stays."""
    if action.model == state.choices.model:
        return _changed(state, replace(state.choices, target=action.target))
    chosen = Choices(state.choices.language, state.choices.folder, action.model, action.target)
    return _changed(state, replace(chosen, source=state.choices.source), Page.TERMS, Page.KEY)


def _accept_terms(state: SetupState, action: AcceptTerms) -> SetupState:
    done = state.done if action.accepted else _without(state.done, Page.TERMS)
    return replace(state, choices=replace(state.choices, terms=action.accepted), done=done)


def _choose_source(state: SetupState, action: ChooseSource) -> SetupState:
    return _changed(state, replace(state.choices, source=action.source))


def _set_elsewhere(state: SetupState, action: SetElsewhere) -> SetupState:
    """What runs goes on as it was planned."""
    kept = state.choices
    choices = replace(kept, folder=action.folder or kept.folder, source=action.source or kept.source)
    return _changed(state, choices) if state.page in BEFORE else replace(state, choices=choices)


def _choose_key(state: SetupState, action: ChooseKey) -> SetupState:
    return _changed(state, replace(state.choices, key=action.key, key_good=False), Page.KEY)


def _key_tested(state: SetupState, action: KeyTested) -> SetupState:
    if action.key != state.choices.key:
        return state
    if action.error is None:
        return replace(state, choices=replace(state.choices, key_good=True), error=None)
    return replace(_without_key(_without_plan(state)), error=action.error)


def _choose_tokenizer(state: SetupState, action: ChooseTokenizer) -> SetupState:
    return _changed(state, replace(state.choices, tokenizer=action.tokenizer, tokenizer_good=False), Page.KEY)


def _tokenizer_tested(state: SetupState, action: TokenizerTested) -> SetupState:
    if action.tokenizer != state.choices.tokenizer:
        return state
    if action.error is None:
        return replace(state, choices=replace(state.choices, tokenizer_good=True), error=None)
    return replace(_without_tokenizer(_without_plan(state)), error=action.error)


def _plan_made(state: SetupState, action: PlanMade) -> SetupState:
    return replace(state, plan=action.plan) if action.revision == state.revision else state


def _plan_failed(state: SetupState, action: PlanFailed) -> SetupState:
    return _to_be_mended(state, action.error) if action.revision == state.revision else state


def _started(state: SetupState, action: Started) -> SetupState:
    return state if state.install else replace(state, install=action.install, failed="")


def _progressed(state: SetupState, action: Progressed) -> SetupState:
    return replace(state, progress=action.progress) if _runs(state, action.install) else state


def _failed(state: SetupState, action: Failed) -> SetupState:
    if action.install != state.install:
        return state
    return replace(_to_be_mended(state, action.error), install="", failed=action.install or state.failed)


def _stopped(state: SetupState, action: Stopped) -> SetupState:
    if not _runs(state, action.install):
        return state
    return replace(_without_plan(state), page=Page.PLAN, install="", progress=Progress())


def _installed(state: SetupState, action: Installed) -> SetupState:
    if not _runs(state, action.install):
        return state
    return replace(
        state,
        page=Page.FIRST_ANSWER,
        done=_in_order({*state.done, Page.PROGRESS}),
        entry=action.entry,
        question=action.question,
        answer=action.answer,
        error=None,
    )


def _runs(state: SetupState, install: str) -> bool:
    return bool(install) and install == state.install


def _to_be_mended(state: SetupState, error: AppError) -> SetupState:
    """At the page where the user can do something about it, all choices kept."""
    page = mending_page(state, error)
    tokenizer, state = lacks_tokenizer(state, error), _without_plan(state)
    if page is Page.KEY:
        state = _without_tokenizer(state) if tokenizer else _without_key(state)
    return replace(state, page=page, error=error, mending=True)


def _changed(state: SetupState, choices: Choices, *undone: Page) -> SetupState:
    """With other choices that the plan depends on."""
    if choices == state.choices:
        return state
    return replace(_without_plan(state), choices=choices, done=_without(state.done, *undone, Page.PLAN), error=None)


def _without_plan(state: SetupState) -> SetupState:
    return replace(state, plan=None, revision=state.revision + 1, done=_without(state.done, Page.PLAN))


def _without_key(state: SetupState) -> SetupState:
    """Its file stays named, but must be tested again."""
    return replace(state, choices=replace(state.choices, key_good=False), done=_without(state.done, Page.KEY))


def _without_tokenizer(state: SetupState) -> SetupState:
    """Another one must be chosen, or one at all: that the files come without may turn out late."""
    choices = replace(state.choices, tokenizer_good=False)
    if choices.model is not None:
        choices = replace(choices, model=replace(choices.model, tokenizer=True))
    return replace(state, choices=choices, done=_without(state.done, Page.KEY))


def _without(done: tuple[Page, ...], *pages: Page) -> tuple[Page, ...]:
    return tuple(page for page in done if page not in pages)


def _in_order(pages: set[Page]) -> tuple[Page, ...]:
    return tuple(page for page in PAGES if page in pages)


class _Rule(NamedTuple):
    """Where an action has a meaning."""

    handler: Callable[[SetupState, Any], SetupState]
    pages: tuple[Page, ...]
    views: tuple[View, ...] = (View.OPEN,)


_ANY_VIEW = tuple(View)
_RULES: dict[type[Action], _Rule] = {
    Next: _Rule(_next, PAGES),
    Back: _Rule(_back, BEFORE),
    GoTo: _Rule(_go_to, BEFORE),
    Leave: _Rule(lambda state, _: replace(state, view=View.LEFT), BEFORE),
    Hide: _Rule(lambda state, _: replace(state, view=View.HIDDEN), (Page.PROGRESS,)),
    Reopen: _Rule(lambda state, _: replace(state, view=View.OPEN), PAGES, (View.HIDDEN, View.LEFT)),
    AddAnother: _Rule(_add_another, (*BEFORE, Page.FIRST_ANSWER), _ANY_VIEW),
    ChooseLanguage: _Rule(_choose_language, (Page.LANGUAGE,)),
    ChooseFolder: _Rule(_choose_folder, (Page.FOLDER,)),
    ChooseModel: _Rule(_choose_model, (Page.MODEL,)),
    AcceptTerms: _Rule(_accept_terms, (Page.TERMS,)),
    ChooseSource: _Rule(_choose_source, (Page.SOURCE,)),
    SetElsewhere: _Rule(_set_elsewhere, PAGES, _ANY_VIEW),
    ChooseKey: _Rule(_choose_key, (Page.KEY,)),
    KeyTested: _Rule(_key_tested, (Page.KEY,), _ANY_VIEW),
    ChooseTokenizer: _Rule(_choose_tokenizer, (Page.KEY,)),
    TokenizerTested: _Rule(_tokenizer_tested, (Page.KEY,), _ANY_VIEW),
    PlanMade: _Rule(_plan_made, BEFORE, _ANY_VIEW),
    PlanFailed: _Rule(_plan_failed, (Page.PLAN,), _ANY_VIEW),
    Started: _Rule(_started, (Page.PROGRESS,), _ANY_VIEW),
    Progressed: _Rule(_progressed, (Page.PROGRESS,), _ANY_VIEW),
    Failed: _Rule(_failed, (Page.PROGRESS,), _ANY_VIEW),
    Stopped: _Rule(_stopped, (Page.PROGRESS,), _ANY_VIEW),
    Installed: _Rule(_installed, (Page.PROGRESS,), _ANY_VIEW),
}


# --- between two starts -----------------------------------------------------------------------------------------------


def to_json(state: SetupState) -> str:
    return json.dumps({"version": VERSION, "state": frozen_json.to_json(state)}, ensure_ascii=False, indent=1)


def from_json(text: str) -> SetupState:
    """The state that `to_json` was given, to go on from; the first page if the text is damaged or of another
    version. A plan that was not begun is to be made again: disk and memory have changed since."""
    try:
        data = json.loads(text)
        if data["version"] != VERSION:
            raise ValueError(f"version {data['version']!r}")
        state: SetupState = frozen_json.from_json(SetupState, data["state"])
        if not consistent(state):
            raise ValueError("pages and choices do not fit together")
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        log.warning("the state of the wizard is not readable: %s", error)
        return SetupState()
    if state.page is Page.PROGRESS and not state.install:
        state = replace(state, page=Page.PLAN)  # closed between the click and the start
    return _without_plan(state) if state.page in BEFORE else state


def consistent(state: SetupState) -> bool:
    """What holds in every state that actions can reach."""
    behind = {page for page in PAGES[: PAGES.index(state.page)] if page not in state.skipped}
    settled = [page for page in state.done if page not in state.skipped and page is not Page.PROGRESS]
    return (
        state.page not in state.skipped
        and behind <= set(state.done)
        and list(state.done) == [page for page in PAGES if page in state.done]
        and all(_satisfied(state, page) for page in settled)
        and (state.page in BEFORE or state.plan is not None)
        and (state.page is Page.FIRST_ANSWER or Page.PROGRESS not in state.done)
        and (state.page is Page.FIRST_ANSWER or state.view is not View.FINISHED)
        and (state.page in BEFORE or state.view is not View.LEFT)
        and (state.page not in BEFORE or not state.install)
    )
