"""The wizard inside the real window: opened, left, hidden while an install goes on, opened again after a start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.paths import Paths
from app.runtime.chats.service import ChatService
from app.runtime.engine.records import LoadOptions, ModelSpec
from app.runtime.models.installs import InstallStatus, InstallStep
from app.runtime.models.records import Condition, Entry, Manifest
from app.runtime.models.setup_state import AcceptTerms, GoTo, Hide, Next, Page, View
from app.runtime.models.sources import MIRROR
from app.settings import Settings
from app.ui.bridge import RuntimeBridge
from app.ui.context import Runtime
from app.ui.i18n import Languages
from app.ui.look import apply_look
from app.ui.main_window import MainWindow
from app.ui.wizard.place import NOTICE, SetupPlace
from tests.contracts.fake_engine import HandEngine
from tests.contracts.fake_setup import GB, FakeSetup


class Loader(HandEngine):
    """Takes loads and does nothing with them."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []

    def begin(self) -> None: ...

    def load(self, spec: ModelSpec, options: LoadOptions) -> None:
        self.loads.append(spec.id)

    def unload(self) -> None: ...

    def close(self) -> None: ...


class Stage:
    def __init__(self, qtbot: QtBot, home: Path, fake: FakeSetup | None = None) -> None:
        self.qtbot = qtbot
        self.paths, self.bridge, self.engine = Paths(home).create(), RuntimeBridge(), Loader()
        self.fake = fake or FakeSetup(self.bridge.post)
        self.fake._emit = self.bridge.post
        self.settings, languages = Settings(None, {"language": "en", "theme": "light"}), Languages()
        self.chats = ChatService(self.paths.database, self.engine, self.bridge.post)
        find = lambda name: ModelSpec(Path(name), name, name)  # noqa: E731
        self.runtime = Runtime(self.paths, self.settings, languages, self.bridge, self.engine, self.chats, find)
        self.runtime.make_models = lambda: self.fake
        apply_look(self.settings, languages)
        self.window = MainWindow(self.settings, languages, self.paths)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.start(self.runtime)
        self.place = SetupPlace(self.window, self.runtime)
        self.window.setup = self.place.open
        self.window.activateWindow()
        qtbot.waitActive(self.window)

    def wait_for_facts(self) -> None:
        presenter = self.place.presenter
        assert presenter is not None
        self.qtbot.waitUntil(lambda: presenter.facts.computer is not None, timeout=20_000)

    def begin_install(self) -> str:
        presenter = self.place.presenter
        assert presenter is not None
        for action in (Next(), Next(), Next(), Next(), AcceptTerms(True), Next(), Next()):
            presenter.act(action)
        self.qtbot.waitUntil(lambda: presenter.state.plan is not None, timeout=20_000)
        presenter.act(Next())
        assert presenter.state.page is Page.PROGRESS
        return self.fake.installs()[-1].id

    def close(self) -> None:
        if self.place.presenter is not None:
            self.place.presenter.close()
        self.chats.close()


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(qtbot, tmp_path)
    yield made
    made.close()


def test_it_stands_in_place_of_the_chat_and_leads_back(stage: Stage) -> None:
    assert stage.place.wizard is None, "nothing of it is made before"
    stage.window.open_setup()
    wizard = stage.place.wizard
    assert wizard is not None and wizard.isVisible() and not stage.window.composer.isVisible()
    stage.wait_for_facts()
    assert wizard.isAncestorOf(QApplication.focusWidget())
    chat = [one for one in stage.window.findChildren(QShortcut) if one.key().toString() == "Ctrl+N"]
    assert not any(one.isEnabled() for one in chat)
    stage.window.resize(1400, 900)
    stage.window.resize(1280, 820)
    QApplication.processEvents()
    assert wizard.width() == stage.window.width() and not stage.window.sidebar.isVisible()
    QTest.mouseClick(wizard.foot.later, Qt.MouseButton.LeftButton)
    assert not wizard.isVisible() and stage.window.composer.isVisible() and stage.window.sidebar.isVisible()
    assert all(one.isEnabled() for one in chat)


def test_the_installed_model_is_used(stage: Stage) -> None:
    stage.window.open_setup()
    stage.wait_for_facts()
    install = stage.begin_install()
    manifest = Manifest(f"entry-{install}", "BELLE", Path("/m/belle.gguf"), 4 * GB, "", "Q4_0", "bloom", 7, True)
    stage.fake.library = (Entry(manifest, Condition.READY),)
    stage.fake.finish(install)
    presenter = stage.place.presenter
    assert presenter is not None
    stage.qtbot.waitUntil(lambda: presenter.state.page is Page.FIRST_ANSWER, timeout=20_000)
    presenter.act(Next())
    assert presenter.state.view is View.FINISHED and stage.window.composer.isVisible()
    assert stage.engine.loads[-1] == "/m/belle.gguf"
    stage.window.open_setup()
    assert presenter.state.page is Page.MODEL, "for another one"


def test_a_hidden_install_says_when_it_is_done(stage: Stage) -> None:
    stage.window.open_setup()
    stage.wait_for_facts()
    install = stage.begin_install()
    presenter = stage.place.presenter
    assert presenter is not None
    presenter.act(Hide())
    assert stage.window.composer.isVisible()
    stage.fake.run(install, InstallStep.CONVERT, 1, 2)
    stage.qtbot.waitUntil(lambda: presenter.state.progress.fraction == 0.5, timeout=20_000)
    assert NOTICE not in stage.window.notices._banners
    stage.fake.finish(install, "好")
    stage.qtbot.waitUntil(lambda: NOTICE in stage.window.notices._banners, timeout=20_000)
    stage.window.notices._banners[NOTICE]._buttons[0].click()
    assert stage.place.wizard is not None and stage.place.wizard.isVisible()
    assert NOTICE not in stage.window.notices._banners


def test_after_a_start_it_opens_where_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    first = Stage(qtbot, tmp_path)
    first.bridge.engine_ready()
    QApplication.processEvents()
    assert first.place.wizard is None, "a first start shows the chat"
    first.window.open_setup()
    first.wait_for_facts()
    assert first.place.presenter is not None
    for _ in range(3):
        first.place.presenter.act(Next())
    first.place.presenter.act(GoTo(Page.FOLDER))
    first.close()
    second = Stage(qtbot, tmp_path)
    second.bridge.engine_ready()
    qtbot.waitUntil(lambda: second.place.wizard is not None and bool(second.place.wizard._pages), timeout=20_000)
    assert second.place.wizard is not None and second.place.wizard.page.page is Page.FOLDER
    second.close()


def test_after_a_start_a_hidden_install_goes_on(qtbot: QtBot, tmp_path: Path) -> None:
    first = Stage(qtbot, tmp_path)
    first.window.open_setup()
    first.wait_for_facts()
    install = first.begin_install()
    assert first.place.presenter is not None
    first.place.presenter.act(Hide())
    first.close()
    fake = FakeSetup(lambda _event: None)
    fake.put(replace(first.fake.installs()[0], status=InstallStatus.PAUSED))
    second = Stage(qtbot, tmp_path, fake)
    second.bridge.engine_ready()
    qtbot.waitUntil(lambda: ("resume", install, None, None) in fake.calls, timeout=20_000)
    assert second.place.wizard is None
    second.close()


def test_the_guide_is_asked_in_a_new_chat(stage: Stage) -> None:
    stage.window.open_setup()
    stage.wait_for_facts()
    wizard = stage.place.wizard
    assert wizard is not None
    wizard.guide_asked.emit("What is the key file?")
    stage.qtbot.waitUntil(lambda: bool(stage.engine.runs), timeout=20_000)
    assert stage.engine.runs[0].request.turns[-1].text == "What is the key file?"


def test_an_app_without_models_has_no_wizard(stage: Stage) -> None:
    stage.runtime.make_models = None
    stage.place.open()
    assert stage.place.wizard is None and stage.place.presenter is None


def test_what_is_set_in_the_settings_reaches_the_wizard(qtbot: QtBot, tmp_path: Path) -> None:
    stage = Stage(qtbot, tmp_path)
    stage.place.open()
    presenter = stage.place.presenter
    assert presenter is not None
    stage.settings.set("source", MIRROR.endpoint)
    stage.settings.set("models_folder", str(tmp_path / "大 盘"))
    assert presenter.state.choices.source == MIRROR.endpoint
    assert presenter.state.choices.folder == tmp_path / "大 盘"
    stage.close()
