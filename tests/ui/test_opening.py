"""Files that a person opens reach the window: the first model is used, anything else is looked at."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.opening import open_files

ROOT = Path(__file__).resolve().parents[2]


class Window(QWidget):
    """What is told to the main window."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.models = SimpleNamespace(choose=lambda name: self.told.append(f"use {name}"))

    def show_chat(self) -> None:
        self.told.append("chat")

    def look_at(self, path: Path) -> None:
        self.told.append(f"look at {path}")


@pytest.fixture
def window(qtbot: QtBot) -> Any:
    made = Window()
    qtbot.addWidget(made)
    return made


def test_without_files_it_only_comes_forward(window: Any) -> None:
    window.showMinimized()
    open_files(window, [])
    assert window.isVisible() and not window.windowState() & Qt.WindowState.WindowMinimized
    assert window.told == []


def test_of_several_the_model(window: Any) -> None:
    open_files(window, [Path("/a/key.pth"), Path("/a/模型.GGUF"), Path("/a/other.gguf")])
    assert window.told == ["chat", f"use {Path('/a/模型.GGUF')}"]


def test_what_is_no_model_is_looked_at(window: Any) -> None:
    open_files(window, [Path("/a/BELLE.enc"), Path("/a/notes.txt")])
    assert window.told == [f"look at {Path('/a/BELLE.enc')}"]


MAC = """
import sys
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QFileOpenEvent
from app.bootstrap import make_application

application = make_application([])
for number, name in enumerate(sys.argv[1:]):
    if number == 2:
        application.listen(lambda files: sys.stdout.buffer.write(" ".join(file.name for file in files).encode() + b"|"))
    QCoreApplication.sendEvent(application, QFileOpenEvent(QUrl.fromLocalFile(name)))
"""


def test_a_mac_tells_of_files_while_the_app_runs(tmp_path: Path) -> None:
    """Those that come before the window listens wait for it, together."""
    files = [str(tmp_path / name) for name in ("一.gguf", "二.gguf", "三.gguf")]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", MAC, *files], cwd=ROOT, env=environment, capture_output=True, timeout=60
    )
    assert done.stdout.decode() == "一.gguf 二.gguf|三.gguf|", done.stderr
