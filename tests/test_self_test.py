"""`chatbelle --self-test`: every step of a whole installation, and what is said of a broken one."""

from __future__ import annotations

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import cli, self_test
from app.self_test import LIBRARIES
from tests.contracts.fake_engine import Script
from tests.test_cli import CliEngine

ROOT = Path(__file__).resolve().parents[1]
STEPS = 12


def test_a_whole_installation(home: Path, tmp_path: Path) -> None:
    """From another folder, without display, and with nothing left behind but the log."""
    report = tmp_path / "报告.txt"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CHATBELLE_LANG": "zh_CN"}
    environment = {name: value for name, value in environment.items() if name not in ("DISPLAY", "QT_QPA_PLATFORM")}
    done = subprocess.run(
        [sys.executable, "-m", "app", "--self-test", "--report", str(report)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        timeout=110,
    )
    said = done.stdout.decode("utf-8")
    assert done.returncode == 0, said + done.stderr.decode("utf-8", "replace")
    assert len(said.splitlines()) == STEPS and all("正常" in line for line in said.splitlines())
    assert report.read_text("utf-8") == said
    assert "CPU: " in said and "offscreen" in said
    assert {path.name for path in home.iterdir()} <= {"logs"}


@pytest.fixture
def wrong_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers everything in English."""
    monkeypatch.setattr("app.terminal.Engine", lambda **_options: CliEngine(Script(pieces=("Only English.",))))


@pytest.mark.usefixtures("wrong_engine")
def test_a_broken_installation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Each failure is told, and the other steps go on."""
    monkeypatch.setenv("CHATBELLE_LANG", "en")
    monkeypatch.setattr(self_test, "LIBRARIES", ("numpy", "no_such_library"))
    quick_death = [sys.executable, "-c", "import sys; sys.exit('no plugin for the screen')"]
    monkeypatch.setattr("app.program.command", lambda: quick_death)
    report = tmp_path / "report.txt"
    assert cli.run(["self-test", "--report", str(report)]) == 3
    out, err = capsys.readouterr()
    failed = [line.partition(":")[0] for line in out.splitlines() if line.endswith(": FAILED")]
    assert failed == [
        "load every part",
        "answer in Chinese",
        "try it in a process of its own",
        "open and close the window",
    ]
    assert len(out.splitlines()) == STEPS
    codes = ["self-test-parts", "self-test-answer", "trial-crashed", "self-test-window"]
    assert [line.partition("]")[0] for line in err.splitlines()] == [f"error[{code}" for code in codes]
    assert "no_such_library" in err and "no plugin for the screen" in err
    assert all(line in report.read_text("utf-8") for line in (*out.splitlines(), *err.splitlines()))


@pytest.mark.usefixtures("wrong_engine")
def test_a_report_that_cannot_be_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.run(["self-test", "--report", str(tmp_path / "nowhere" / "report.txt")]) == 3
    assert "error[out-unwritable]" in capsys.readouterr().err


def test_every_library_that_the_app_imports_is_loaded() -> None:
    """Also the late ones: what a package lacks must not be found out by a person."""
    imported: set[str] = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
    foreign = imported - sys.stdlib_module_names - {"app"}
    assert foreign <= {name.partition(".")[0] for name in LIBRARIES}
    assert all(importlib.util.find_spec(name) for name in LIBRARIES)
