"""A second start brings the first window forward."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.single_window import SingleWindow

ROOT = Path(__file__).resolve().parents[2]


def test_second_start_calls_the_first(qtbot: QtBot, tmp_path: Path) -> None:
    first, second = SingleWindow(tmp_path), SingleWindow(tmp_path)
    window = QWidget()
    qtbot.addWidget(window)
    assert first.claim()
    first.watch(window)
    assert not second.claim()
    assert not window.isVisible()
    second.call_first()
    qtbot.waitUntil(window.isVisible, timeout=30_000)
    assert not (tmp_path / "show-window").exists()


def test_lock_of_a_killed_process_does_not_matter(qtbot: QtBot, tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from app.ui.single_window import SingleWindow;"
        "lock = SingleWindow(pathlib.Path(sys.argv[1])); print(lock.claim(), flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None and child.stdout.readline().strip() == "True"
        assert not SingleWindow(tmp_path).claim()
        child.kill()
    assert SingleWindow(tmp_path).claim()
