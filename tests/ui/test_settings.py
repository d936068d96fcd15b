"""The settings window: every row works at once, search, small windows."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTextEdit
from pytestqt.qtbot import QtBot

from app.paths import Paths
from app.settings import ROWS, Settings
from app.ui.settings.pages import LICENCES
from app.ui.settings.row import SETTLE_MS, SettingRow
from app.ui.settings.window import SettingsWindow
from app.ui.theme import theme
from app.ui.widgets.select import Select
from app.ui.widgets.slider import Slider
from app.ui.widgets.switch import Switch


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> SettingsWindow:
    theme().configure(mode="light", factor=1.0, language="en")
    widget = SettingsWindow(Settings(tmp_path / "settings.json"), Paths(tmp_path))
    qtbot.addWidget(widget)
    widget.resize(900, 688)
    widget.show()
    return widget


def row(window: SettingsWindow, key: str) -> SettingRow:
    found = [row for row in window.findChildren(SettingRow) if row.row.key == key]
    assert len(found) == 1
    return found[0]


def test_every_setting_with_a_category_has_a_row_with_a_name(window: SettingsWindow) -> None:
    keys = {row.row.key for row in window.findChildren(SettingRow)}
    assert keys == {setting.key for setting in ROWS if setting.category not in ("", "models")}  # its page comes later
    for found in window.findChildren(SettingRow):
        assert found.control.accessibleName()
    assert not window.isModal()


def test_choice_applies_at_once(window: SettingsWindow) -> None:
    control = row(window, "theme").control
    assert isinstance(control, Select)
    control.setCurrentIndex(control.findData("dark"))
    assert window._settings.get("theme") == "dark"


def test_switch_turns_rows_off(window: SettingsWindow) -> None:
    window.show_category("chat")
    control = row(window, "model_sampling").control
    assert isinstance(control, Switch)
    assert not row(window, "temperature").isEnabled()
    QTest.mouseClick(control, Qt.MouseButton.LeftButton)
    assert window._settings.get("model_sampling") is False
    assert row(window, "temperature").isEnabled()


def test_numbers_by_slider_and_typing(window: SettingsWindow, qtbot: QtBot) -> None:
    control = row(window, "threads").control
    assert isinstance(control, Slider)
    control._track.setValue(6)
    assert window._settings.get("threads") == 0
    qtbot.waitUntil(lambda: window._settings.get("threads") == 6, timeout=SETTLE_MS * 10)
    control._field.setText("999")
    control._field.editingFinished.emit()
    window.flush()
    assert window._settings.get("threads") == 64
    control._field.setText("many")
    control._field.editingFinished.emit()
    assert control.text() == "64"
    QTest.keyClick(control._field, Qt.Key.Key_Down)
    window.flush()
    assert window._settings.get("threads") == 63


def test_closing_stores_the_typed_prompt(window: SettingsWindow) -> None:
    control = row(window, "system_prompt").control
    assert isinstance(control, QTextEdit)
    control.setPlainText("简短回答")
    window.close()
    assert window._settings.get("system_prompt") == "简短回答"


def test_change_from_elsewhere_is_shown(window: SettingsWindow) -> None:
    window._settings.set("wide_column", True)
    control = row(window, "wide_column").control
    assert isinstance(control, Switch) and control.isChecked()


def test_search_looks_through_all_categories(window: SettingsWindow) -> None:
    QTest.keyClicks(window._search, "length")
    assert window.shown_titles() == ["Context length"]
    window._search.clear()
    QTest.keyClicks(window._search, "ctrl+k")
    assert window.shown_titles() == ["Search chats"]
    QTest.keyClicks(window._search, "zzzz")
    assert window.shown_titles() == [] and window._nothing.isVisible()
    window.show_category("about")
    assert window._search.text() == "" and window.shown_titles()[:3] == ["ChatBELLE", "Updates", "Data folder"]


def test_categories_become_a_combo_box(window: SettingsWindow) -> None:
    assert window._categories.isVisible() and not window._choice.isVisible()
    window.resize(560, 520)
    QApplication.processEvents()
    assert window._choice.isVisible() and not window._categories.isVisible()
    window._choice.setCurrentIndex(window._choice.findData("privacy"))
    assert "Everything stays on this computer" in window.shown_titles()


def test_large_text_lays_out_like_a_small_window(window: SettingsWindow) -> None:
    window.resize(900, 688)
    theme().configure(mode="dark", factor=2.0, language="en")
    window.resize(900, 688)
    QApplication.processEvents()
    assert window._choice.isVisible()


def brought(needed: list[str]) -> set[str]:
    """Names of the packages that are installed for these, and for those, and so on; in small letters, with hyphens."""
    found: set[str] = set()
    while needed:
        name = re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", needed.pop())[0]).lower()
        if name in found:
            continue
        try:
            needed += [one for one in requires(name) or [] if "extra ==" not in one]
        except PackageNotFoundError:  # for another system
            continue
        found.add(name)
    return found


def test_about_names_everything_that_comes_along() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    named = {name.strip().replace("_", "-").lower() for names, _ in LICENCES for name in names.split(",")}
    there = brought([*project["dependencies"], "socksio"])
    assert {"huggingface-hub", "httpcore2", "send2trash", "markupsafe"} <= there
    assert there - {"pyside6-essentials"} <= named


def test_category_by_keyboard(window: SettingsWindow) -> None:
    button = next(section.button for section in window._sections if section.key == "performance")
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert window.shown_titles()[0] == "Context length"
    assert button.isChecked()
