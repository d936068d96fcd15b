"""Removing a model on the models page: slow, failed, undone, unfinished."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.errors import Fixable
from app.runtime.models.removing import Removal
from tests.ui.models_stage import Stage, open_stage, press
from tools.sample_models import FOLDER

BELLE = "belle-7b-2m"
BELLE_LLAMA = "belle-llama-7b-2m"
LOCAL = "belle-13b-chat-q8"


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(qtbot, tmp_path, in_use=str(FOLDER / "BELLE-7B-2M" / "BELLE-7B-2M.gguf")) as opened:
        opened.show()
        yield opened


def test_remove_can_be_undone_and_is_finished_later(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    notices = stage.screen.page.notices
    stage.screen.actions.act("belle-llama-7b-2m", "remove")
    stage.wait(lambda: stage.screen.page.row("belle-llama-7b-2m") is None)
    press(notices, "Undo")
    stage.wait(lambda: stage.screen.page.row("belle-llama-7b-2m") is not None)
    assert stage.asked("undo") and not stage.asked("finish_removal")
    monkeypatch.setattr("app.ui.models.row_actions.UNDO_MS", 1000)
    stage.screen.actions.act(LOCAL, "remove")
    stage.wait(lambda: f"removed-token-{LOCAL}" in notices._banners)
    assert "its file stays where it is" in notices._banners[f"removed-token-{LOCAL}"].accessibleName()
    stage.wait(lambda: stage.asked("finish_removal") == [(f"token-{LOCAL}",)])


def test_a_slow_removal_is_shown_in_the_row(stage: Stage) -> None:
    stage.models.held["remove"] = []
    stage.screen.actions.act(BELLE_LLAMA, "remove")
    stage.wait(lambda: stage.screen.page.row(BELLE_LLAMA).state.tag == ("Removing…", "neutral"))
    row = stage.screen.page.row(BELLE_LLAMA)
    assert row is not None and row.main_button is None
    for wish in ("remove", "use", "verify"):
        stage.screen.actions.act(BELLE_LLAMA, wish)
    assert stage.asked("remove") == [(BELLE_LLAMA,)] and not stage.asked("verify")
    (job,) = stage.models.held.pop("remove")
    stage.models.set_entries(*(one for one in stage.entries if one.manifest.id != BELLE_LLAMA))
    stage.models.end(job, "remove", "token-9")
    stage.wait(lambda: stage.screen.page.row(BELLE_LLAMA) is None)
    assert "removed-token-9" in stage.screen.page.notices._banners


def test_a_removal_that_fails_says_why_and_leaves_the_row(stage: Stage) -> None:
    stage.models.errors["remove"] = Fixable("out-busy", path="/models/x.gguf")
    stage.screen.actions.act(BELLE_LLAMA, "remove")
    stage.wait(lambda: "models-out-busy" in stage.screen.page.notices._banners)
    stage.wait(lambda: stage.screen.page.row(BELLE_LLAMA).state.main == "use")


def test_bringing_back_can_be_slow_and_can_fail(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.ui.models.models_presenter.SOON", 1)
    page, notices = stage.screen.page, stage.screen.page.notices
    stage.screen.actions.act(BELLE_LLAMA, "remove")
    stage.wait(lambda: f"removed-token-{BELLE_LLAMA}" in notices._banners)
    stage.models.held["undo"] = []
    press(notices, "Undo")
    stage.wait(lambda: page._works)
    assert next(iter(page._works.values())).state.title == "Bringing BELLE-LLaMA-7B-2M back"
    (job,) = stage.models.held.pop("undo")
    stage.models.errors["undo"] = Fixable("out-busy", path="/models/x.gguf")
    stage.models.end(job, "undo")
    stage.wait(lambda: "models-out-busy" in notices._banners and not page._works)
    del stage.models.errors["undo"]
    press(notices, "Undo")
    stage.wait(lambda: page.row(BELLE_LLAMA) is not None)


def test_the_model_in_use_is_released_before_it_is_removed(stage: Stage) -> None:
    stage.screen.actions.act(BELLE, "remove")
    assert not stage.asked("remove") and stage.engine.loads[-1].id == "guide"
    stage.wait(lambda: stage.asked("remove") == [(BELLE,)])


def test_a_removal_that_was_not_finished_is_offered_again(stage: Stage) -> None:
    left = Removal("token-9", "old", "Old model", 1, True, 0.0, Path("/x"))
    stage.models.results["removed"] = (left,)
    stage.screen.presenter.look_for_left_over()
    stage.wait(lambda: "removed-token-9" in stage.screen.page.notices._banners)
