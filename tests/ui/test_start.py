"""What a start does not pay for: the window is shown before anything that its first picture can do without."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import gc, sys
from PySide6 import QtWidgets
import app.__main__, app.bootstrap
from PySide6.QtWidgets import QApplication

def begin(window):
    built = [name for name, found in dict.items(vars(QtWidgets)) if isinstance(found, type)]
    print(*built, *sys.modules, gc.isenabled())
    QApplication.exit()
    raise SystemExit

app.bootstrap._begin = begin
app.__main__.main([])
"""


def test_the_window_is_shown_before_what_it_can_do_without(tmp_path: Path) -> None:
    """PySide builds a class when it is first asked for: every widget class there is costs 10 ms, QStyle 6."""
    environment = {**os.environ, "CHATBELLE_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.PIPE, text=True, timeout=60, cwd=ROOT
    )
    names = set(done.stdout.split())
    assert {"QMainWindow", "QTextEdit", "app.ui.main_window", "False"} <= names
    late = {"QCalendarWidget", "QStyle", "QFileDialog", "dataclasses", "sqlite3", "llama_cpp", "numpy"}
    late |= {"app.ui.wizard.wizard", "app.ui.models.screen", "app.ui.settings.window", "app.ui.warm_up"}
    assert late & names == set()
