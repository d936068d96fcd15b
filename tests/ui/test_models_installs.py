"""Installs under the table of models: how far they are, what hinders them, what came out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.errors import Fixable
from app.runtime.models.installs import InstallStatus
from app.runtime.models.records import Transfer
from tests.ui.models_stage import Stage, open_stage, press
from tools.sample_models import sample_install


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(qtbot, tmp_path) as opened:
        opened.show()
        yield opened


def test_an_install_is_paused_resumed_and_cancelled_after_a_question(stage: Stage) -> None:
    stage.models.set_install(sample_install())
    stage.wait(lambda: "install-1" in stage.screen.page.cards)
    card = stage.screen.page.cards["install-1"]
    assert card.card.state.title == "Downloading BELLE-7B-1M"
    assert card.card.state.facts == ("18%", "about 16 min left")
    assert card._pause.isVisible() and not card._resume.isVisible()
    card._pause.click()
    stage.wait(lambda: card._resume.isVisible())
    assert card.card.state.state == "paused" and card.card.state.facts[-1] == "paused"
    card._resume.click()
    stage.wait(lambda: card._pause.isVisible())
    card._cancel.click()
    question = stage.screen.sheet
    assert question is not None and "5.1 GB" in question._text.text() and not stage.asked("cancel")
    press(question, "Cancel the install")
    stage.wait(lambda: not stage.screen.page.cards)
    assert stage.asked("cancel") == [("install-1",)]


def test_little_is_cancelled_without_a_question(stage: Stage) -> None:
    state = sample_install()
    first = replace(state.steps[0], done=1000)
    stage.models.set_install(replace(state, steps=(first, *state.steps[1:])))
    stage.wait(lambda: stage.screen.page.cards)
    stage.screen.page.cards["install-1"]._cancel.click()
    assert stage.asked("cancel") == [("install-1",)]


def test_a_failed_install_says_what_to_do(stage: Stage, tmp_path: Path) -> None:
    error = Fixable("key-wrong", key="consolidated.00.pth", file="config.json")
    stage.models.set_install(sample_install(InstallStatus.FAILED, error=error))
    stage.wait(lambda: stage.screen.page.cards)
    card = stage.screen.page.cards["install-1"]
    assert card.problem.isVisible() and not card.card.isVisible()
    press(card, "Show details")
    assert "key-wrong" in card.problem._details.text()
    press(card, "Choose another key file…")
    dialog = stage.screen._dialog
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "consolidated.00.pth"))
    dialog.close()
    assert stage.asked("resume") == [("install-1", tmp_path / "consolidated.00.pth")]
    stage.wait(lambda: card.card.isVisible() and not card.problem.isVisible())


def test_the_guide_is_asked_about_a_problem(stage: Stage) -> None:
    stage.models.set_install(sample_install(InstallStatus.FAILED, error=Fixable("disk-full", path="/x")))
    stage.wait(lambda: stage.screen.page.cards)
    press(stage.screen.page.cards["install-1"], "Ask the built-in guide")
    assert stage.engine.loads[-1].id == "guide" and not stage.window.models_shown
    assert "The disk that holds /x is full" in stage.window.composer.text()


def test_a_finished_install_shows_its_first_answer(stage: Stage) -> None:
    done = sample_install(
        InstallStatus.FINISHED,
        entry="belle-llama-7b-2m",
        question="你好",
        answer="你好，\n我是 BELLE。",
        notes=(Fixable("note-chat-template", file="x.gguf"),),
    )
    stage.models.set_install(done)
    stage.wait(lambda: stage.screen.page.cards)
    card = stage.screen.page.cards["install-1"]
    assert card.card.state.title == "BELLE-7B-1M is installed"
    assert "“你好， 我是 BELLE。”" in card.card.state.detail and card._notes is not None
    press(card, "Use it")
    assert stage.engine.loads[-1].path == stage.entries[1].manifest.path
    card._cancel.click()
    stage.wait(lambda: not stage.screen.page.cards)
    assert stage.asked("dismiss") == [("install-1",)]


def test_a_finished_install_is_told_in_the_chat(stage: Stage) -> None:
    stage.window.show_chat()
    stage.models.set_install(sample_install())
    stage.models.set_install(sample_install(InstallStatus.FINISHED, entry="belle-llama-7b-2m"))
    stage.wait(lambda: "installed-install-1" in stage.window.notices._banners)


def test_installs_of_earlier_starts_have_cards(qtbot: QtBot, tmp_path: Path) -> None:
    with open_stage(qtbot, tmp_path, installs=(sample_install(InstallStatus.PAUSED),)) as stage:
        stage.show()
        assert stage.screen.page.cards["install-1"].card.state.state == "paused"


@pytest.mark.parametrize(
    ("transfer", "fact"),
    [
        (Transfer.CHECKING, "asking the server"),
        (Transfer.STALLED, "no answer at the moment"),
        (Transfer.WAITING, "tries again soon"),
        (Transfer.VERIFYING, "checking what came"),
    ],
)
def test_a_waiting_download_says_why(stage: Stage, transfer: Transfer, fact: str) -> None:
    state = sample_install()
    step = replace(state.steps[0], transfer=transfer, reason=Fixable("disk-full", path="/x"))
    stage.models.set_install(replace(state, steps=(step, *state.steps[1:])))
    stage.wait(lambda: stage.screen.page.cards)
    card = stage.screen.page.cards["install-1"].card.state
    assert card.facts == ("18%", fact) and "The disk that holds /x is full." in card.detail
