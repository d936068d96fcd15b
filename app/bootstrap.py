"""Builds every part once and wires them: the only module that knows them all."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app import __version__
from app.late_engine import LateEngine
from app.paths import Paths, find_paths
from app.runtime.chats.service import ChatService
from app.settings import Settings
from app.ui.bridge import RuntimeBridge
from app.ui.context import Runtime
from app.ui.i18n import Languages
from app.ui.look import apply_look
from app.ui.main_window import MainWindow

if TYPE_CHECKING:
    from app.runtime.engine.records import ModelSpec
    from app.runtime.engine.service import Engine


def run_gui(argv: list[str]) -> int:
    """Open the window and run until it is closed; returns the exit code. A GGUF file in `argv` is opened."""
    application = make_application(argv)
    runtime, engine = make_runtime()
    apply_look(runtime.settings, runtime.languages)
    window = MainWindow(runtime)
    QGuiApplication.styleHints().colorSchemeChanged.connect(
        lambda _scheme: apply_look(runtime.settings, runtime.languages)
    )
    if argv and argv[0].lower().endswith(".gguf"):
        runtime.settings.set("model", os.path.abspath(argv[0]))  # noqa: PTH100  before anything heavy is imported
    window.show()
    QTimer.singleShot(0, lambda: _begin(window, runtime, engine))
    code = application.exec()
    runtime.chats.close()
    engine.close()
    return code


def _begin(window: MainWindow, runtime: Runtime, engine: LateEngine) -> None:
    """What the first picture of the window need not wait for."""
    if os.environ.get("CHATBELLE_EXIT_WHEN_READY"):
        print("ready", flush=True)  # noqa: T201  for bench/window.py
        QApplication.quit()
        return
    from app.log import set_up_logging

    set_up_logging(runtime.paths)
    window.start()
    engine.begin()


def make_application(argv: list[str]) -> QApplication:
    application = QApplication([sys.argv[0], *argv])
    application.setApplicationName("ChatBELLE")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("chatbelle")
    application.setStyle("Fusion")
    return application


def make_runtime() -> tuple[Runtime, LateEngine]:
    """Settings, bridge, chats thread, and the engine to come."""
    paths = find_paths().create()
    bridge = RuntimeBridge(QApplication.instance())
    engine = LateEngine(lambda: _make_engine(paths, bridge), bridge.engine_ready)
    runtime = Runtime(
        paths=paths,
        settings=Settings.load(paths.settings),
        languages=Languages(),
        bridge=bridge,
        engine=engine,
        chats=ChatService(paths.database, engine, bridge.post),
        find_model=lambda name: _find_model(name, paths),
    )
    return runtime, engine


def _make_engine(paths: Paths, bridge: RuntimeBridge) -> Engine:
    import app.model_choice  # noqa: F401  so that the window finds it imported
    from app.resources import guide_model
    from app.runtime.engine.service import Engine
    from app.runtime.engine.trial import Trials

    return Engine(bridge.post, Trials(paths, trusted=[guide_model()]))


def _find_model(name: str, paths: Paths) -> ModelSpec:
    from app.model_choice import find_model

    return find_model(name, paths)
