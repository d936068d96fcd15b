"""After a start the window says quietly what an earlier one has left uninstalled, and leads to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.errors import Fixable
from app.runtime.models.installs import InstallState, InstallStatus
from app.ui.models.left_notice import NOTICE, LeftNotice
from app.ui.widgets.banner import Banner
from tests.ui.models_stage import Stage, open_stage
from tools.sample_models import sample_install

PAUSED = sample_install(InstallStatus.PAUSED)
FAILED = replace(sample_install(InstallStatus.FAILED), error=Fixable("download-unreachable", host="h", detail="d"))
QUEUED = replace(PAUSED, id="install-2", name="BELLE-LLaMA-EXT-13B")


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(qtbot, tmp_path) as made:
        yield made


def leave(stage: Stage, *states: InstallState) -> None:
    for number, state in enumerate(states):
        place = stage.window.paths.models / ".installing" / state.id
        place.mkdir(parents=True)
        stored = {"state": {"name": state.name, "status": state.status.value}, "work": {"created": number}}
        (place / "state.json").write_text(json.dumps(stored), "utf-8")


def told(stage: Stage) -> Banner:
    LeftNotice(stage.window, stage.runtime).look()
    stage.wait(lambda: NOTICE in stage.window.notices._banners)
    return stage.window.notices._banners[NOTICE]


def test_nothing_is_said_where_nothing_is_left(stage: Stage) -> None:
    LeftNotice(stage.window, stage.runtime).look().join(10)
    QApplication.processEvents()
    assert NOTICE not in stage.window.notices._banners


def test_one_that_was_interrupted_goes_on(stage: Stage) -> None:
    leave(stage, PAUSED)
    banner = told(stage)
    assert "BELLE-7B-1M is not installed yet" in banner.accessibleName() and banner._tone == "info"
    banner._buttons[0].click()
    assert stage.window.models_shown and NOTICE not in stage.window.notices._banners
    assert not stage.asked("resume"), "the service does not know it yet"
    stage.models.set_install(PAUSED)
    stage.wait(lambda: bool(stage.asked("resume")))
    assert stage.asked("resume") == [(PAUSED.id, None)]


def test_one_that_failed_is_led_to(stage: Stage) -> None:
    leave(stage, FAILED)
    stage.models.set_install(FAILED)
    banner = told(stage)
    assert "error" in banner.accessibleName()
    banner._buttons[0].click()
    assert stage.window.models_shown and not stage.asked("resume")


def test_several_are_shown_with_a_button_each(stage: Stage) -> None:
    leave(stage, PAUSED, QUEUED)
    banner = told(stage)
    assert "2 models" in banner.accessibleName() and QUEUED.name in banner.accessibleName()
    banner._buttons[0].click()
    assert stage.window.models_shown and not stage.asked("resume")


def test_the_notice_goes_when_it_goes_on_anyway(stage: Stage) -> None:
    leave(stage, PAUSED)
    told(stage)
    stage.models.set_install(replace(PAUSED, status=InstallStatus.RUNNING))
    stage.wait(lambda: NOTICE not in stage.window.notices._banners)


def test_the_wizards_own_leads_to_the_wizard(stage: Stage) -> None:
    leave(stage, FAILED)
    stored = {"version": 1, "state": {"page": "source", "view": "left", "install": "", "failed": FAILED.id}}
    stage.window.paths.setup.write_text(json.dumps(stored), "utf-8")
    opened: list[bool] = []
    stage.window.setup = lambda: opened.append(True)
    told(stage)._buttons[0].click()
    assert opened == [True] and not stage.window.models_shown
