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
from app.program import clean_qt_environment, files_in
from app.settings import Settings
from app.ui.i18n import Languages
from app.ui.look import apply_look
from app.ui.main_window import MainWindow
from app.ui.opening import MODEL, Application, open_files
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
    """Open the window and run until it is closed; returns the exit code. Files in `argv` are opened."""
    application, files = make_application(argv), files_in(argv)
    clean_qt_environment()
    paths, languages = find_paths().create(), Languages()
    single = SingleWindow(paths.home)
    if not single.claim():
        heard = single.call_first(files)
        if heard is not None:
            return 0 if heard else _tell_hung(application, paths, languages)
    settings = Settings.load(paths.settings)
    if files and files[0].suffix.lower() == MODEL:
        settings.set("model", os.path.abspath(files[0]))  # noqa: PTH100  pathlib's would not tidy ".."
        files = []
    apply_look(settings, languages, dress=False)
    window = MainWindow(settings, languages, paths)
    theme().dress()
    window.show()
    running: list[Runtime] = []

    def follow() -> None:
        running.append(_begin(window))
        single.watch(lambda called: open_files(window, called))
        application.listen(lambda called: open_files(window, called))
        if files:
            open_files(window, files)

    QTimer.singleShot(0, follow)
    code = application.exec()
    for runtime in running:
        runtime.close()
    return code


def _tell_hung(application: Application, paths: Paths, languages: Languages) -> int:
    """The window that holds the folder does not answer."""
    from PySide6.QtWidgets import QMessageBox

    from app.errors import Fixable

    apply_look(Settings.load(paths.settings), languages)
    what, then = languages.words(Fixable("window-hung", path=str(paths.home)))
    box = QMessageBox(QMessageBox.Icon.Warning, "ChatBELLE", what)
    box.setInformativeText(then)
    box.show()
    application.exec()
    return 3


def _begin(window: MainWindow) -> Runtime:
    """What the first picture of the window need not wait for."""
    measured = bool(os.environ.get("CHATBELLE_EXIT_WHEN_READY"))
    if measured:
        print("shown", flush=True)  # noqa: T201  for bench/window.py
    from app.log import set_up_logging

    set_up_logging(window.paths)
    runtime = make_runtime(window.paths, window.settings, window.languages)
    window.start(runtime)
    from app.ui.collector import Collector
    from app.ui.wizard.place import SetupPlace

    window.setup = SetupPlace(window, runtime).open
    gc.freeze()  # classes and widgets that stay: no later collection need look at them
    Collector(window)
    QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _: apply_look(window.settings, window.languages))
    if measured:
        print("wired", flush=True)  # noqa: T201
        QApplication.quit()
    else:
        from app.ui.models.left_notice import LeftNotice
        from app.ui.warm_up import WarmUp

        runtime.bridge.ready.connect(LeftNotice(window, runtime).look)
        runtime.bridge.ready.connect(WarmUp(window).begin)
        runtime.engine.begin()
    return runtime


def make_application(argv: list[str]) -> Application:
    application = Application([sys.argv[0], "-style", "fusion", *argv])  # setStyle() would wrap the style: 6 ms
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

    made: list[Engine] = []

    def make() -> Engine:
        made.append(_make_engine(paths, bridge))
        return made[0]

    def failed(error: AppError) -> None:
        bridge.post(ModelStatus(ModelState.FAILED, error=error))

    engine = LateEngine(make, bridge.engine_ready, failed)
    chats = ChatService(paths.database, engine, bridge.post)

    def make_models() -> Models:
        from app.models_wiring import make_model_service
        from app.runtime.models.loaded import LoadedModel

        loaded = LoadedModel(lambda: made[0] if made else None)
        models = make_model_service(paths, settings, bridge.post, loaded)
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
