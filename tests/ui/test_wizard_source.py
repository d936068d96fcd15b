"""The wizard's page for the source, where an address of the user's is chosen already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.runtime.models.setup_state import Page
from app.ui.wizard.source_page import SourcePage
from tests.ui.wizard_kit import Stage

ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("HF_ENDPOINT", ADDRESS)
    made = Stage(qtbot, tmp_path / "张 三")
    made.to_model()
    made.enter(Page.TERMS)
    made.press(Qt.Key.Key_Space)
    made.enter(Page.SOURCE)
    yield made
    made.close()


def test_the_address_of_the_environment_needs_no_second_word(stage: Stage) -> None:
    page = stage.wizard.page
    assert isinstance(page, SourcePage)
    assert page.card.field.isVisible() and page.card.field.text() == ADDRESS
    assert not page.card.wrong.isVisible() and stage.wizard.foot.next.isEnabled()
    stage.enter(Page.PLAN)
    assert stage.presenter.state.choices.source == ADDRESS


def test_a_page_that_fits_does_not_scroll(stage: Stage) -> None:
    bar = stage.wizard._area.verticalScrollBar()
    stage.wait(lambda: bar.maximum() == 0)
    stage.press(Qt.Key.Key_Up)  # away from the address: its field goes
    page = stage.wizard.page
    assert isinstance(page, SourcePage)
    stage.wait(lambda: not page.card.field.isVisible())
    stage.wait(lambda: bar.maximum() == 0)
