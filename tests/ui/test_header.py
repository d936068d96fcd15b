"""The chip's words and rules, the menus, and the status line."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.runtime.engine.records import AnswerStats, EndReason, ModelInfo, ModelState, ModelStatus
from app.ui.chat.header import Header, ModelRow, gigabytes
from app.ui.chat.status_line import StatusLine
from app.ui.theme import theme

INFO = ModelInfo("b", "BELLE-7B-2M", Path("x.gguf"), "bloom", "Q4_0", 4_000_000_000, 7, 2048, 250880)
READY = ModelStatus(ModelState.READY, "b", "BELLE-7B-2M", 1.0, INFO)


@pytest.fixture
def header(qtbot: QtBot) -> Header:
    theme().configure(mode="light", factor=1.0, language="zh_CN")
    widget = Header()
    qtbot.addWidget(widget)
    widget.resize(1016, 52)
    widget.show()
    return widget


def texts(header: Header) -> list[str]:
    return [header.chip.state.name, *(text for text, _ in header.chip.parts())]


def test_chip_states(header: Header) -> None:
    header.set_model(READY)
    assert texts(header) == ["BELLE-7B-2M", "Q4_0", "4.0 GB", "Ready"]
    header.set_model(READY, tight=True)
    assert texts(header)[-1] == "Memory tight" and header.chip.state.kind == "tight"
    header.set_model(ModelStatus(ModelState.LOADING, "b", "BELLE-7B-2M", 0.4))
    assert texts(header) == ["BELLE-7B-2M", "Loading 40%"]
    header.set_model(ModelStatus(ModelState.LOADING, "b", "BELLE-7B-2M", aside=True))
    assert texts(header) == ["BELLE-7B-2M", "Set aside"]
    header.set_model(ModelStatus(ModelState.FAILED, "b", "BELLE-7B-2M"))
    assert texts(header) == ["BELLE-7B-2M", "Could not load"]
    header.set_model(ModelStatus(ModelState.READY, "guide", "guide", 1.0, INFO))
    assert texts(header) == ["Built-in guide", "small model", "Ready"]
    assert header.chip.accessibleName() == "Built-in guide, small model, Ready"


@pytest.mark.parametrize(("width", "shown"), [(1280, 3), (990, 2), (859, 0), (760, 0)])
def test_chip_says_less_in_narrow_windows(header: Header, width: int, shown: int) -> None:
    header.set_model(READY)
    header.set_narrow(width)
    assert len(header.chip.parts()) == shown
    assert header._panel.isVisible() == (width < 1000)
    assert header.chip.minimumSizeHint().width() == 120


def test_collapsed_sidebar_brings_the_buttons(header: Header) -> None:
    header.set_narrow(1280)
    assert not header._compose.isVisible()
    header.set_sidebar_shown(False)
    assert header._compose.isVisible() and header._panel.isVisible()


def test_title_is_elided_with_a_tooltip(header: Header) -> None:
    header.set_title("很长的标题" * 60)
    QApplication.processEvents()
    assert header._title.shown_text().endswith("…")
    assert header._title.toolTip() == header.title()
    header.set_title("")
    assert header.title() == "New chat"


def test_model_menu(header: Header) -> None:
    chosen: list[str] = []
    told: list[str] = []
    header.model_chosen.connect(chosen.append)
    header.open_file_requested.connect(lambda: told.append("file"))
    header.set_models([ModelRow("guide", "Built-in guide", "small model", True), ModelRow("/a.gguf", "a", "4.0 GB")])
    header.chip.click()
    menu = header._menu
    assert menu is not None and menu.isVisible()
    actions = [action for action in menu.actions() if not action.isSeparator()]
    assert [action.text() for action in actions] == ["Built-in guide", "a", "Open a GGUF file…", "Manage models…"]
    assert [action.isChecked() for action in actions[:2]] == [True, False]
    assert menu.actionGeometry(actions[0]).height() == 34
    for action in actions[1:]:
        action.trigger()
    assert chosen == ["/a.gguf"] and told == ["file"]
    menu.close()


def test_chat_menu_is_off_for_a_new_chat(header: Header) -> None:
    copied: list[bool] = []
    header.copy_requested.connect(lambda: copied.append(True))
    header.open_chat_menu()
    assert header._menu is not None
    assert not any(action.isEnabled() for action in header._menu.actions() if not action.isSeparator())
    header._menu.close()
    header.set_title("chat")
    header.open_chat_menu()
    header._menu.actions()[1].trigger()
    header._menu.close()
    assert copied == [True]


def test_sizes(header: Header) -> None:
    assert header.height() == 52 and header.chip.sizeHint().height() == 30
    theme().configure(mode="dark", factor=2.0, language="en")
    QApplication.processEvents()
    assert header.height() == 104 and header.chip.sizeHint().height() == 60
    assert gigabytes(11_000_000) == "11 MB"


def stats(used: int) -> AnswerStats:
    return AnswerStats(10, 0, 20, 0.5, 7.62, 22.0, used, 2048, 0, EndReason.EOS)


@pytest.fixture
def line(qtbot: QtBot) -> StatusLine:
    theme().configure(mode="light", factor=1.0, language="zh_CN")
    widget = StatusLine()
    qtbot.addWidget(widget)
    widget.resize(760, 32)
    widget.show()
    return widget


def test_status_line(line: StatusLine) -> None:
    line.set_stats(stats(812))
    QTest.qWait(1)
    assert line._speed.text() == "7.6 tokens/s" and line._context.text() == "Context 812 / 2048"
    assert line._meter.isVisible() and line._reminder.isVisible() and line.height() == 32
    line.set_stats(stats(1800))
    assert "nearly full" in line._context.text()
    line.set_narrow(760)
    assert not line._meter.isVisible() and not line._reminder.isVisible() and line._speed.isVisible()


def test_status_line_guide_and_note(line: StatusLine) -> None:
    line.set_guide(True)
    assert line._guide_size.isVisible() and not line._speed.isVisible() and not line._meter.isVisible()
    line.set_note("note")
    assert line._note.isVisible()
    line.set_note("")
    line.set_guide(False)
    visible = [dot.isVisible() for dot in line._dots]
    assert visible == [False, False, False, False, True]
