"""The whole window with the real history; the test plays the engine by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.errors import Fixable
from app.paths import Paths
from app.runtime.chats.records import Notice
from app.runtime.chats.service import ChatService
from app.runtime.engine.records import EndReason, LoadOptions, ModelInfo, ModelSpec, ModelState, ModelStatus, Role
from app.settings import Settings
from app.ui.bridge import RuntimeBridge
from app.ui.context import Runtime
from app.ui.i18n import Languages
from app.ui.look import apply_look
from app.ui.main_window import MainWindow
from tests.contracts.fake_engine import HandEngine


class HandLoader(HandEngine):
    """`HandEngine` that also takes loads; `status` tells the window what the model does."""

    def __init__(self, bridge: RuntimeBridge) -> None:
        super().__init__()
        self.bridge = bridge
        self.loads: list[tuple[ModelSpec, LoadOptions]] = []

    def begin(self) -> None:
        self.bridge.engine_ready()

    def load(self, spec: ModelSpec, options: LoadOptions) -> None:
        self.loads.append((spec, options))
        self.status(ModelState.LOADING, spec)

    def status(self, state: ModelState, spec: ModelSpec, error: Fixable | None = None) -> None:
        info = ModelInfo(spec.id, spec.name, spec.path, "bloom", "Q4_0", 4_000_000_000, 7, 2048, 250880)
        ready = info if state is ModelState.READY else None
        self.bridge.post(ModelStatus(state, spec.id, spec.name, 0.4, ready, error))

    def close(self) -> None:
        """Nothing to free."""


@dataclass
class Stage:
    window: MainWindow
    engine: HandLoader
    runtime: Runtime
    spec: ModelSpec

    def loaded(self) -> None:
        self.engine.status(ModelState.READY, self.spec)


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    paths = Paths(tmp_path / "家").create()
    settings, languages = Settings(None, {"language": "zh_CN", "theme": "light"}), Languages()
    bridge = RuntimeBridge()
    engine = HandLoader(bridge)
    spec = ModelSpec(tmp_path / "guide.gguf", "guide", "guide")

    def find(name: str) -> ModelSpec:
        if name == "guide":
            return spec
        raise Fixable("model-file-missing", path=name)

    chats = ChatService(paths.database, engine, bridge.post)
    runtime = Runtime(paths, settings, languages, bridge, engine, chats, find)
    apply_look(settings, languages)
    window = MainWindow(settings, languages, paths)
    qtbot.addWidget(window)
    window.show()
    window.start(runtime)
    engine.begin()
    qtbot.waitUntil(lambda: bool(engine.loads), timeout=30_000)
    yield Stage(window, engine, runtime, spec)
    runtime.close()
    apply_look(Settings(None, {"language": "en", "theme": "light"}), languages)


def ask(qtbot: QtBot, stage: Stage, text: str) -> None:
    """Type and press Enter, as a person."""
    runs = len(stage.engine.runs)
    stage.window.composer.edit.setFocus()
    qtbot.keyClicks(stage.window.composer.edit, text)
    qtbot.keyClick(stage.window.composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(stage.engine.runs) == runs + 1, timeout=30_000)
    qtbot.waitUntil(lambda: stage.window.conversation.chat is not None, timeout=30_000)


def shown(stage: Stage) -> list[tuple[Role, str]]:
    return [(message.role, message.text) for message in stage.window.conversation._messages.values()]


def test_a_question_asked_while_the_model_loads_is_answered(qtbot: QtBot, stage: Stage) -> None:
    ask(qtbot, stage, "hello")
    qtbot.waitUntil(lambda: stage.window.pages.currentWidget() is stage.window.transcript, timeout=30_000)
    assert stage.window.composer.text() == ""
    stage.loaded()
    run = stage.engine.runs[-1]
    run.text("**Good** ")
    run.text("morning")
    run.finish()
    qtbot.waitUntil(lambda: (Role.ASSISTANT, "**Good** morning") in shown(stage), timeout=30_000)
    assert stage.window.windowTitle().startswith("hello")


def test_stop_keeps_the_text_and_offers_to_continue(qtbot: QtBot, stage: Stage) -> None:
    ask(qtbot, stage, "hello")
    run = stage.engine.runs[-1]
    run.text("one ")
    qtbot.waitUntil(lambda: stage.window.conversation._answering_here(), timeout=30_000)
    qtbot.keyClick(stage.window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: run.cancelled, timeout=30_000)
    run.finish(EndReason.STOPPED)
    qtbot.waitUntil(lambda: not stage.window.conversation._answering_here(), timeout=30_000)
    answer = next(one for one in stage.window.conversation._messages.values() if one.role is Role.ASSISTANT)
    stage.window.transcript.continue_requested.emit(answer.id)
    qtbot.waitUntil(lambda: len(stage.engine.runs) == 2, timeout=30_000)
    stage.engine.runs[-1].text("two")
    stage.engine.runs[-1].finish()
    qtbot.waitUntil(lambda: (Role.ASSISTANT, "one two") in shown(stage), timeout=30_000)


def test_delete_and_undo(qtbot: QtBot, stage: Stage) -> None:
    ask(qtbot, stage, "hello")
    stage.engine.runs[-1].finish()
    chat = stage.window.conversation.chat
    assert chat is not None
    stage.window.sidebar.delete_requested.emit(chat.id)
    qtbot.waitUntil(lambda: stage.window.conversation.chat is None, timeout=30_000)
    qtbot.waitUntil(lambda: "deleted" in "".join(stage.window.notices._banners), timeout=30_000)
    undo = next(b for b in stage.window.notices.findChildren(QPushButton) if b.text() == "撤销")
    undo.click()
    qtbot.waitUntil(lambda: stage.window.conversation.chat is not None, timeout=30_000)
    assert not stage.window.notices.isVisible()


def test_language_switches_live(qtbot: QtBot, stage: Stage) -> None:
    assert stage.window.header.title() == "新对话"
    stage.window.settings.set("language", "en")
    qtbot.waitUntil(lambda: stage.window.header.title() == "New chat", timeout=30_000)
    stage.window.settings.set("language", "zh_CN")
    qtbot.waitUntil(lambda: stage.window.header.title() == "新对话", timeout=30_000)


def test_a_model_that_cannot_be_loaded_is_explained(qtbot: QtBot, stage: Stage) -> None:
    other = ModelSpec(Path("/x.gguf"), "/x.gguf", "x")
    stage.runtime.spec = other
    stage.engine.status(ModelState.FAILED, other, Fixable("model-file-not-gguf", path="/x.gguf"))
    qtbot.waitUntil(lambda: stage.window.notices.isVisible(), timeout=30_000)
    buttons = [b.text() for b in stage.window.notices.findChildren(QPushButton)]
    assert "使用内置向导" in buttons
    next(b for b in stage.window.notices.findChildren(QPushButton) if b.text() == "使用内置向导").click()
    assert stage.engine.loads[-1][0].id == "guide"
    stage.loaded()
    qtbot.waitUntil(lambda: not stage.window.notices.isVisible(), timeout=30_000)


def test_a_missing_model_is_refused_in_words(qtbot: QtBot, stage: Stage) -> None:
    stage.window.models.choose("/gone.gguf")
    assert "/gone.gguf" in stage.window.notices._banners["model"].accessibleName()
    assert stage.window.settings.get("model") == "guide"


def test_narrow_window_lays_the_sidebar_over_the_page(qtbot: QtBot, stage: Stage) -> None:
    window = stage.window
    window.resize(1280, 820)
    assert window.sidebar.isVisible()
    window.resize(760, 520)
    QApplication.processEvents()
    assert not window.sidebar.isVisible()
    window.place.toggle()
    assert window.sidebar.isVisible() and window.page.width() == window.width()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.sidebar.isVisible()
    window.resize(1280, 820)
    QApplication.processEvents()
    assert window.sidebar.isVisible() and window.page.x() == window.sidebar.width()


def test_changed_context_loads_the_model_again(qtbot: QtBot, stage: Stage) -> None:
    stage.window.settings.set("context", 1024)
    assert stage.engine.loads[-1][1].context == 1024


@pytest.mark.parametrize("factor", [80, 200])
def test_text_size_reaches_everything(qtbot: QtBot, stage: Stage, factor: int) -> None:
    stage.window.settings.set("text_size", factor)
    QApplication.processEvents()
    assert stage.window.header.height() >= 52 * factor // 100
    stage.window.settings.set("text_size", 100)


def test_everything_that_can_be_pressed_has_a_name(qtbot: QtBot, stage: Stage) -> None:
    from PySide6.QtWidgets import QAbstractButton

    ask(qtbot, stage, "hello")
    stage.engine.runs[-1].text("```python\nprint(1)\n```")
    stage.engine.runs[-1].finish()
    qtbot.waitUntil(lambda: not stage.window.conversation._answering_here(), timeout=30_000)
    nameless = [
        type(button).__name__
        for button in stage.window.findChildren(QAbstractButton)
        if not (button.accessibleName() or button.text() or button.toolTip())
    ]
    assert nameless == []


def test_no_notice_of_the_history_is_forgotten(stage: Stage) -> None:
    assert set(stage.window.conversation.notices_wanted()) == set(Notice.__subclasses__())
