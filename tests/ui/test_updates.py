"""Settings, About: looking for an update is offered, asked for, answered; never done by itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import app
from app.paths import Paths
from app.runtime.models.connections import Connections
from app.settings import Settings
from app.ui.i18n import Languages
from app.ui.settings.updates import Updates, UpdatesRow
from app.ui.settings.window import SettingsWindow
from app.ui.theme import theme
from tests.runtime.models.test_updates import Releases

PAGE = "https://releases.example/"


@pytest.fixture
def releases() -> Iterator[Releases]:
    server = Releases()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class Stage:
    """The settings window at its About page."""

    def __init__(self, qtbot: QtBot, folder: Path, address: str) -> None:
        theme().configure(mode="light", factor=1.0, language="en")
        self.qtbot, self.languages = qtbot, Languages()
        self.settings = Settings(folder / "settings.json")
        self.record = Connections(folder / "connections.jsonl")
        updates = Updates(self.settings, self.languages, self.record, address, PAGE if address else "")
        self.window = SettingsWindow(self.settings, Paths(folder), None, self.record.summary, updates)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.show_category("about")
        (self.row,) = self.window.findChildren(UpdatesRow)

    def press(self, wanted: str) -> None:
        QTest.mouseClick(self.row.button, Qt.MouseButton.LeftButton)
        self.qtbot.waitUntil(lambda: wanted in self.row.hint.text(), timeout=30_000)


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, releases: Releases) -> Stage:
    return Stage(qtbot, tmp_path, releases.address)


def publish(releases: Releases, version: str) -> None:
    releases.body = json.dumps({"tag_name": version}).encode()


def test_nothing_is_asked_without_a_click(stage: Stage, releases: Releases, qtbot: QtBot) -> None:
    qtbot.wait(50)
    assert "Only when you press" in stage.row.hint.text()
    assert releases.asked == [] and stage.record.summary() == ()


def test_a_newer_one_leads_to_its_page(stage: Stage, releases: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr("app.ui.settings.updates.QDesktopServices.openUrl", opened.append)
    publish(releases, "v99.1")
    stage.press("99.1")
    assert app.__version__ in stage.row.hint.text() and stage.row.button.text() == "Open the page"
    QTest.mouseClick(stage.row.button, Qt.MouseButton.LeftButton)
    assert [url.toString() for url in opened] == [PAGE] and len(releases.asked) == 1


def test_the_newest_and_one_ahead(stage: Stage, releases: Releases) -> None:
    publish(releases, f"v{app.__version__}")
    stage.press("This is the newest version.")
    publish(releases, "v0.0.1")
    stage.press("ahead of the newest release (0.0.1)")
    assert stage.row.button.text() == "Look for an update" and stage.row.button.isEnabled()


def test_a_failure_is_told_and_can_be_tried_again(stage: Stage, releases: Releases) -> None:
    releases.status = 503
    stage.press("has a problem (503)")
    assert "Try later, or look where you got ChatBELLE from." in stage.row.hint.text()
    assert "choose another source" not in stage.row.hint.text()
    releases.status = 200
    publish(releases, "v99")
    stage.press("99")


def test_offline_by_the_settings(stage: Stage, releases: Releases) -> None:
    stage.settings.set("offline", True)
    stage.press("The network is switched off in the settings")
    assert "Allow connections in the settings" in stage.row.hint.text() and releases.asked == []
    stage.settings.set("offline", False)
    publish(releases, "v99")
    stage.press("99")


def test_in_chinese(stage: Stage, releases: Releases) -> None:
    stage.languages.use("zh_CN")
    try:
        releases.status = 500
        stage.press("500")
        text = stage.row.hint.text()
        assert "。 " not in text and "Try" not in text
    finally:
        stage.languages.use("en")


def test_without_an_address_there_is_no_button(qtbot: QtBot, tmp_path: Path) -> None:
    stage = Stage(qtbot, tmp_path, "")
    assert not stage.row.button.isVisible()
    assert "where you got this one" in stage.row.hint.text()
