"""Builds every part once and wires them: the only module that knows them all.

The window comes first: what its first picture does not need is imported after it is shown.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app import __version__
from app.paths import Paths, find_paths
from app.settings import Settings
from app.ui.i18n import Languages
from app.ui.look import apply_look
from app.ui.main_window import MainWindow
from app.ui.single_window import SingleWindow
from app.ui.theme import theme

if TYPE_CHECKING:
    from app.errors import AppError
    from app.runtime.engine.records import ModelSpec
    from app.runtime.engine.service import Engine
    from app.ui.bridge import RuntimeBridge
    from app.ui.context import Runtime
    from app.ui.models.models_service import Models


def run_gui(argv: list[str]) -> int:
    """Open the window and run until it is closed; returns the exit code. A GGUF file in `argv` is opened."""
    application = make_application(argv)
    paths, languages = find_paths().create(), Languages()
    single = SingleWindow(paths.home)
    if not single.claim():
        single.call_first()
        return 0
    settings = Settings.load(paths.settings)
    if argv and argv[0].lower().endswith(".gguf"):
        settings.set("model", os.path.abspath(argv[0]))  # noqa: PTH100  pathlib's would not tidy ".."
    apply_look(settings, languages, dress=False)
    window = MainWindow(settings, languages, paths)
    theme().dress()
    window.show()
    running: list[Runtime] = []
    QTimer.singleShot(0, lambda: running.append(_begin(window)))
    QTimer.singleShot(0, lambda: single.watch(window))
    code = application.exec()
    for runtime in running:
        runtime.close()
    return code


def _begin(window: MainWindow) -> Runtime:
    """What the first picture of the window need not wait for."""
    measured = bool(os.environ.get("CHATBELLE_EXIT_WHEN_READY"))
    if measured:
        print("shown", flush=True)  # noqa: T201  for bench/window.py
    from app.log import set_up_logging

    set_up_logging(window.paths)
    runtime = make_runtime(window.paths, window.settings, window.languages)
    window.start(runtime)
    from app.ui.wizard.place import SetupPlace

    window.setup = SetupPlace(window, runtime).open
    gc.freeze()  # classes and widgets that stay: no later collection need look at them
    gc.enable()
    QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _: apply_look(window.settings, window.languages))
    if measured:
        print("wired", flush=True)  # noqa: T201
        QApplication.quit()
    else:
        runtime.engine.begin()
    return runtime


def make_application(argv: list[str]) -> QApplication:
    application = QApplication([sys.argv[0], "-style", "fusion", *argv])  # setStyle() would wrap the style: 6 ms
    application.setApplicationName("ChatBELLE")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("chatbelle")
    return application


def make_runtime(paths: Paths, settings: Settings, languages: Languages) -> Runtime:
    """Bridge, chats thread, and the engine to come."""
    from app.late_engine import LateEngine
    from app.runtime.chats.service import ChatService
    from app.runtime.engine.records import ModelState, ModelStatus
    from app.ui.bridge import RuntimeBridge
    from app.ui.context import Runtime

    bridge = RuntimeBridge(QApplication.instance())

    def failed(error: AppError) -> None:
        bridge.post(ModelStatus(ModelState.FAILED, error=error))

    engine = LateEngine(lambda: _make_engine(paths, bridge), bridge.engine_ready, failed)
    chats = ChatService(paths.database, engine, bridge.post)

    def make_models() -> Models:
        from app.models_wiring import make_model_service

        models = make_model_service(paths, settings, bridge.post)
        models.begin()
        settings.listeners.append(lambda key: models.set_offline(settings.get(key)) if key == "offline" else None)
        return models

    return Runtime(
        paths,
        settings,
        languages,
        bridge,
        engine,
        chats,
        lambda name: _find_model(name, paths),
        make_models=make_models,
    )


def _make_engine(paths: Paths, bridge: RuntimeBridge) -> Engine:
    import app.model_choice  # noqa: F401  so that the window finds it imported
    from app.resources import guide_model
    from app.runtime.engine.service import Engine
    from app.runtime.engine.trial import Trials

    return Engine(bridge.post, Trials(paths, trusted=[guide_model()]))


def _find_model(name: str, paths: Paths) -> ModelSpec:
    from app.model_choice import find_model

    return find_model(name, paths)
