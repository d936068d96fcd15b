"""A second start brings the first window forward and hands over its files."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.ui.single_window import SingleWindow

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
# A whole start, without engine and models; says what it is told.
PROGRAM = """
import sys
import app.bootstrap as bootstrap
from app.__main__ import main

def open_files(window, files):
    window.raise_()
    print("called", *[file.name for file in files], flush=True)
    if any(file.name == "end.gguf" for file in files):
        window.close()

bootstrap.open_files = open_files
begin = bootstrap._begin

def _begin(window):
    from types import SimpleNamespace
    print("shown", window.settings.get("model"), flush=True)
    return SimpleNamespace(close=lambda: None)

bootstrap._begin = _begin
code = main(sys.argv[1:])
print("ended", code, flush=True)
"""


class Start:
    """One start of the app in a process of its own."""

    def __init__(self, home: Path, *arguments: str) -> None:
        environment = {**os.environ, "CHATBELLE_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
        command = [sys.executable, "-c", PROGRAM, *arguments]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def started(home: Path, *arguments: str) -> Iterator[Start]:
    start = Start(home, *arguments)
    try:
        yield start
    finally:
        start.kill()


def a_model(folder: Path, name: str) -> str:
    path = folder / name
    path.touch()
    return str(path)


@pytest.fixture
def long_home(tmp_path: Path) -> Path:
    """Longer than a socket's name may be, with Chinese characters and spaces."""
    folder = tmp_path / ("很长的 文件夹" * 10) / ("数据 data " * 10).strip()
    folder.mkdir(parents=True)
    assert len(os.fsencode(folder)) > 300
    return folder


def test_a_second_start_brings_the_first_forward_and_ends(long_home: Path, tmp_path: Path) -> None:
    with started(long_home) as first:
        assert first.line().startswith("shown")
        with started(long_home) as second:
            assert second.line() == "ended 0"
        assert first.line() == "called"
        model = a_model(tmp_path, "模型 一.gguf")
        with started(long_home, model) as third:
            assert third.line() == "ended 0"
        assert first.line() == "called 模型 一.gguf"


def test_several_at_once_lose_nothing(home: Path, tmp_path: Path) -> None:
    with started(home) as first:
        assert first.line().startswith("shown")
        others = [Start(home, a_model(tmp_path, f"{number}.gguf")) for number in range(3)]
        try:
            heard = {first.line() for _ in others}
            assert {other.line() for other in others} == {"ended 0"}
        finally:
            for other in others:
                other.kill()
        assert heard == {f"called {number}.gguf" for number in range(3)}


def test_a_killed_window_does_not_block(home: Path) -> None:
    with started(home) as first:
        assert first.line().startswith("shown")
    for process in (2**22 + 1, "", "part"):
        (home / f"show-window.{process}").write_text("\0/meant/for/the/dead.gguf")
    with started(home) as second:
        assert second.line() == "shown guide"
        with started(home) as third:
            assert third.line() == "ended 0"
        assert second.line() == "called"  # and not what was meant for the dead


def test_a_window_that_is_closing_makes_room(home: Path, tmp_path: Path) -> None:
    """The second start waits for its end and then opens the file itself."""
    with started(home) as first:
        assert first.line().startswith("shown")
        with started(home, a_model(tmp_path, "end.gguf")) as second:
            assert second.line() == "ended 0"
        with started(home, a_model(tmp_path, "next.gguf")) as third:
            assert third.line().endswith("next.gguf")
        assert first.line() == "called end.gguf"


def test_two_folders_are_two_windows(tmp_path: Path) -> None:
    homes = [tmp_path / name for name in ("one", "two")]
    with started(homes[0]) as first, started(homes[1]) as second:
        assert first.line().startswith("shown") and second.line().startswith("shown")


# --- the parts, in one process


def test_a_lock_from_another_computer(qtbot: QtBot, home: Path) -> None:
    """A stick that was pulled out, or a computer that was renamed."""
    first = SingleWindow(home)
    assert first.claim()
    text = (home / "window.lock").read_bytes()
    del first
    process, name, _host, *rest = text.split(b"\n")
    (home / "window.lock").write_bytes(
        b"\n".join([process, name, b"another-computer", *(b"x" * len(one) for one in rest)])
    )
    assert SingleWindow(home).claim()


def test_a_held_lock_is_not_taken_whatever_it_says(home: Path) -> None:
    with started(home) as first:
        assert first.line().startswith("shown")
        lock = home / "window.lock"
        process, name, _host, *rest = lock.read_bytes().split(b"\n")
        with lock.open("r+b") as file:
            file.write(b"\n".join([process, name, b"another-computer", *rest]))
        assert not SingleWindow(home).claim()


def test_a_window_that_does_not_answer(home: Path) -> None:
    holder = SingleWindow(home)
    assert holder.claim()
    second = SingleWindow(home)
    assert not second.claim()
    began = time.monotonic()
    assert second.call_first(patience=0.3) is False
    assert time.monotonic() - began < PATIENCE
    assert not list(home.glob("show-window*"))


def test_a_window_that_ended_meanwhile(home: Path) -> None:
    holder, second = SingleWindow(home), SingleWindow(home)
    assert holder.claim() and not second.claim()
    timer = threading.Timer(0.2, holder._lock.unlock)
    timer.start()
    assert second.call_first(patience=PATIENCE) is None
    timer.join()
    assert not SingleWindow(home).claim()


def test_calls_before_the_window_listens_are_heard(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the desktop's leave to come to the front, which is for this once."""
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "leave-42")
    holder, second = SingleWindow(home), SingleWindow(home)
    assert holder.claim() and not second.claim()
    heard: list[tuple[str, list[Path]]] = []

    def called(files: list[Path]) -> None:
        heard.append((os.environ.get("XDG_ACTIVATION_TOKEN", ""), files))

    caller = threading.Thread(target=second.call_first, args=([Path("/a/模 型.gguf"), Path("/b\n.gguf")],))
    caller.start()
    qtbot.waitUntil(lambda: bool(list(home.glob("show-window.*"))), timeout=30_000)
    monkeypatch.delenv("XDG_ACTIVATION_TOKEN")
    holder.watch(called)
    caller.join(PATIENCE)
    assert heard == [("leave-42", [Path("/a/模 型.gguf"), Path("/b\n.gguf")])]
    assert "XDG_ACTIVATION_TOKEN" not in os.environ


def test_who_waits_is_heard_by_whoever_comes_next(qtbot: QtBot, home: Path) -> None:
    """The window that was called ends, and a third start is faster than the one that waits."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as waiting:
        (home / f"show-window.{waiting.pid}").write_text("\0/a.gguf")
        third = SingleWindow(home)
        assert third.claim()
        heard: list[list[Path]] = []
        third.watch(heard.append)
        waiting.kill()
    assert heard == [[Path("/a.gguf")]]


def test_a_folder_that_cannot_be_written_is_the_historys_matter(tmp_path: Path) -> None:
    assert SingleWindow(tmp_path / "nowhere").claim()
