"""Builds every part once and wires them: the only module that knows them all."""

from __future__ import annotations

import logging
import os
import sys
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app import __version__
from app.log import set_up_logging
from app.model_choice import find_model
from app.paths import find_paths
from app.resources import guide_model
from app.runtime.chats.service import ChatService
from app.runtime.engine.service import Engine
from app.runtime.engine.trial import Trials, interrupted_load
from app.settings import Settings
from app.ui.bridge import RuntimeBridge
from app.ui.context import Runtime
from app.ui.i18n import Languages
from app.ui.look import apply_look
from app.ui.main_window import MainWindow

log = logging.getLogger(__name__)


def run_gui(argv: list[str]) -> int:
    """Open the window and run until it is closed; returns the exit code."""
    application = make_application(argv)
    runtime = make_runtime()
    apply_look(runtime.settings, runtime.languages)
    window = MainWindow(runtime)
    QGuiApplication.styleHints().colorSchemeChanged.connect(
        lambda _scheme: apply_look(runtime.settings, runtime.languages)
    )
    window.show()
    window.start(interrupted_load(runtime.paths))
    if os.environ.get("CHATBELLE_EXIT_WHEN_READY"):
        QTimer.singleShot(0, application.quit)
    code = application.exec()
    runtime.chats.close()
    runtime.engine.close()
    return code


def make_application(argv: list[str]) -> QApplication:
    application = QApplication([sys.argv[0], *argv])
    application.setApplicationName("ChatBELLE")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("chatbelle")
    application.setStyle("Fusion")
    return application


def make_runtime() -> Runtime:
    """Settings, bridge, engine lane and chats lane."""
    paths = find_paths().create()
    set_up_logging(paths)
    bridge = RuntimeBridge(QApplication.instance())
    engine = Engine(bridge.post, Trials(paths, trusted=[guide_model()]))
    return Runtime(
        paths=paths,
        settings=Settings.load(paths.settings),
        languages=Languages(),
        bridge=bridge,
        engine=engine,
        chats=ChatService(paths.database, engine, bridge.post),
        find_model=partial(find_model, paths=paths),
    )
