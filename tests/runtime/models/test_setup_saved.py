"""The wizard between two starts: it goes on where it was, or starts over where its file is damaged."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.runtime.models.setup_flow import (
    consistent,
    from_json,
    to_json,
)
from app.runtime.models.setup_state import (
    BEFORE,
    Failed,
    Hide,
    Installed,
    Next,
    Page,
    PlanMade,
    Progress,
    Progressed,
    SetupState,
)
from tests.runtime.models.setup_kit import (
    FULL,
    LOCKED,
    PLAN,
    at,
    run,
    running,
)


@pytest.mark.parametrize("page", BEFORE)
def test_going_on_where_it_was(page: Page) -> None:
    state = at(page, LOCKED)
    restored = from_json(to_json(state))
    assert (restored.page, restored.choices, restored.done) == (page, state.choices, state.done)


def test_a_running_install_and_its_end_survive() -> None:
    state = run(running(LOCKED), Progressed("i1", Progress("download", 0.5, 60.0, True)), Hide())
    assert from_json(to_json(state)) == state
    ready = run(state, Installed("i1", "e", "你好", "好"))
    assert from_json(to_json(ready)) == ready


def test_an_error_survives() -> None:
    state = run(running(), Failed("i1", FULL))
    restored = from_json(to_json(state))
    assert restored.error is not None and str(restored.error) == str(FULL) and restored.failed == "i1"


def test_a_plan_is_made_again_after_a_start() -> None:
    state = run(at(Page.PLAN), PlanMade(at(Page.PLAN).revision, PLAN))
    restored = from_json(to_json(state))
    assert restored.page is Page.PLAN and restored.plan is None and restored.revision != state.revision
    begun = run(state, Next())  # closed before the install had an id
    assert from_json(to_json(begun)).page is Page.PLAN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"version": 2, "state": {}}',
        '{"version": 1, "state": 7}',
        "[" * 100_000,
        "\0",
        '{"version": 1}',
    ],
)
def test_damaged_files_start_over(text: str) -> None:
    assert from_json(text) == SetupState()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("page", "first-answer"),
        ("page", "nowhere"),
        ("page", "progress"),
        ("done", ["plan", "language"]),
        ("done", "language"),
        ("view", "finished"),
        ("choices", None),
        ("revision", "many"),
        ("error", {"code": 1}),
        ("install", "i9"),
    ],
)
def test_states_that_cannot_be_start_over(field: str, value: object) -> None:
    data = json.loads(to_json(at(Page.TERMS)))
    data["state"][field] = value
    assert from_json(json.dumps(data)) == SetupState()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_a_state_cut_or_changed_anywhere(data: st.DataObject) -> None:
    text = to_json(running(LOCKED))
    place = data.draw(st.integers(0, len(text) - 1))
    changed = data.draw(st.sampled_from([text[:place], text[:place] + "x" + text[place + 1 :], text[place:]]))
    assert consistent(from_json(changed))
