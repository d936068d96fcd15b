"""The real window with sample models: what the tests of the models page share."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.paths import Paths
from app.runtime.chats.service import ChatService
from app.runtime.engine.records import LoadOptions, ModelInfo, ModelSpec, ModelState, ModelStatus
from app.runtime.models.installs import InstallState
from app.runtime.models.records import Entry
from app.settings import Settings
from app.ui.bridge import RuntimeBridge
from app.ui.context import Runtime
from app.ui.i18n import Languages
from app.ui.look import apply_look
from app.ui.main_window import MainWindow
from app.ui.models.models_service import Models
from app.ui.models.screen import ModelsScreen
from tests.contracts.fake_engine import HandEngine
from tools.sample_models import SampleModels

PATIENCE = 30_000


class PlainLoader(HandEngine):
    """Loads whatever it is told, at once."""

    def __init__(self, bridge: RuntimeBridge) -> None:
        super().__init__()
        self.bridge = bridge
        self.loads: list[ModelSpec] = []
        self.unloads = 0

    def begin(self) -> None:
        self.bridge.engine_ready()

    def load(self, spec: ModelSpec, options: LoadOptions) -> None:
        self.loads.append(spec)
        self.status(ModelState.LOADING, spec, 0.4)
        self.status(ModelState.READY, spec)

    def status(self, state: ModelState, spec: ModelSpec, fraction: float = 1.0) -> None:
        info = ModelInfo(spec.id, spec.name, spec.path, "bloom", "Q4_0", 4_000_000_000, 7, 2048, 250_880)
        ready = info if state is ModelState.READY else None
        self.bridge.post(ModelStatus(state, spec.id, spec.name, fraction, ready))

    def unload(self) -> None:
        self.unloads += 1
        self.bridge.post(ModelStatus(ModelState.NONE))

    def close(self) -> None:
        """Nothing to free."""


@dataclass
class Stage:
    qtbot: QtBot
    window: MainWindow
    engine: PlainLoader
    models: SampleModels
    runtime: Runtime

    @property
    def screen(self) -> ModelsScreen:
        screen = self.window.library
        assert screen is not None
        return screen

    def wait(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)

    def show(self) -> None:
        """Open the page and let all its questions be answered."""
        self.window.show_models()
        self.wait(lambda: self.screen.presenter.computer and len(self.screen.presenter.verdicts) >= len(self.entries))
        self.wait(lambda: self.screen.page.whole)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return self.models.entries()

    def asked(self, method: str) -> list[tuple[object, ...]]:
        """What the service was asked: the arguments of each call."""
        return [call[1:] for call in self.models.calls if call[0] == method]


def press(parent: QWidget, words: str) -> None:
    """Click the button that says so."""
    QApplication.sendPostedEvents()  # which show what has just been made
    found = [one for one in parent.findChildren(QPushButton) if one.text() == words and one.isVisibleTo(parent)]
    assert found, words
    found[0].click()


@contextlib.contextmanager
def open_stage(
    qtbot: QtBot,
    folder: Path,
    *,
    entries: tuple[Entry, ...] | None = None,
    installs: tuple[InstallState, ...] = (),
    language: str = "en",
    in_use: str = "guide",
    service: Callable[[Paths, RuntimeBridge], Models] | None = None,
) -> Iterator[Stage]:
    """A window with a models service that plays, or with `service`; `in_use` is loaded at the start."""
    paths = Paths(folder / "家").create()
    settings, languages = Settings(None, {"language": language, "theme": "light", "model": in_use}), Languages()
    bridge = RuntimeBridge()
    engine, models = PlainLoader(bridge), SampleModels(bridge.post, entries, installs)
    used = service(paths, bridge) if service is not None else models
    chats = ChatService(paths.database, engine, bridge.post)

    def find(name: str) -> ModelSpec:
        return ModelSpec(Path(name), name, Path(name).stem)

    runtime = Runtime(paths, settings, languages, bridge, engine, chats, find, make_models=lambda: used)
    apply_look(settings, languages)
    window = MainWindow(settings, languages, paths)
    qtbot.addWidget(window)
    window.resize(1280, 820)
    window.show()
    window.start(runtime)
    engine.begin()
    qtbot.waitUntil(lambda: bool(engine.loads), timeout=PATIENCE)
    yield Stage(qtbot, window, engine, models, runtime)
    runtime.close()
    apply_look(Settings(None, {"language": "en", "theme": "light"}), languages)
