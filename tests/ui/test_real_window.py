"""The real app in a real window under Xvfb, used by keyboard and mouse through xdotool."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from tools.synthetic import write_model

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("Xvfb", "xdotool", "openbox", "wmctrl")
PATIENCE = 60.0
T = TypeVar("T")

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Xvfb is an X11 server"),
]


@dataclass
class Desk:
    """An X display with a window manager and the app's data folder."""

    display: str
    home: Path

    def environment(self) -> dict[str, str]:
        own = {"DISPLAY": self.display, "CHATBELLE_HOME": str(self.home), "CHATBELLE_LANG": "zh_CN"}
        return {**os.environ, **own, "QT_QPA_PLATFORM": "xcb", "QT_LOGGING_RULES": "*.debug=false"}

    def xdotool(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self.environment(), capture_output=True, text=True, timeout=PATIENCE
        )
        return done.stdout.strip()

    def query(self, sql: str) -> list[tuple]:
        database = self.home / "chats.db"
        if not database.exists():
            return []
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            try:
                return db.execute(sql).fetchall()
            except sqlite3.OperationalError:
                return []

    @contextlib.contextmanager
    def app(self) -> Iterator[str]:
        """Start the app; gives the id of its window, which has the focus."""
        process = subprocess.Popen([sys.executable, "-m", "app"], cwd=ROOT, env=self.environment())
        try:
            window = wait_for(lambda: self.window_of(process.pid), "the window")
            self.xdotool("windowactivate", "--sync", window)
            yield window
            assert self.closed(process, window) == 0
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()

    def closed(self, process: subprocess.Popen[bytes], window: str) -> int:
        """Close as the close button does; the exit code. (Keys are no good here: after Chinese has been typed by
        xdotool the window manager may have lost its own.)"""
        subprocess.run(["wmctrl", "-i", "-c", window], env=self.environment(), check=True, timeout=PATIENCE)
        return process.wait(PATIENCE)

    def window_of(self, pid: int) -> str:
        found = self.xdotool("search", "--onlyvisible", "--pid", str(pid), "--name", ".")
        return found.splitlines()[-1] if found else ""

    def first_chat(self, window: str) -> str:
        """Click the newest chat in the sidebar; the window's title then names it."""
        self.xdotool("mousemove", "--window", window, "100", "155", "click", "1")
        time.sleep(0.3)
        return self.xdotool("getwindowname", window)

    def ask(self, text: str) -> None:
        """Type into the composer and press Enter. xdotool changes the keyboard map for each Chinese character, and
        a busy X server may lose or mix some up: then begin a new chat and type again."""
        for attempt in range(1, 5):
            self.xdotool("key", "ctrl+n")
            self.xdotool("key", "ctrl+a", "Delete")
            self.xdotool("type", "--delay", str(100 * attempt), text)
            time.sleep(0.5)
            self.xdotool("key", "Return")
            with contextlib.suppress(Late):
                wait_for(lambda: self.asked() == text, "the question", 5.0)
                return
        pytest.fail(f"not what was typed: {self.asked()!r}")

    def asked(self) -> str:
        """The newest question in the history."""
        rows = self.query("SELECT text FROM messages WHERE role = 'user' ORDER BY id DESC LIMIT 1")
        return rows[0][0] if rows else ""

    def answer(self) -> tuple[str, str]:
        """Text and state of the newest answer."""
        rows = self.query("SELECT text, state FROM messages WHERE role = 'assistant' ORDER BY id DESC LIMIT 1")
        return rows[0] if rows else ("", "")


class Late(Exception):
    """Something did not happen in time."""


def wait_for(look: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise Late(f"waited {patience:.0f} s in vain for {what}")


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    missing = [tool for tool in NEEDED if shutil.which(tool) is None]
    if missing:
        pytest.fail(f"not installed: {', '.join(missing)}; `make test` installs them")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        display = f":{pipe.readline().strip()}"
    manager = subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": display}, stderr=subprocess.DEVNULL)
    try:
        yield Desk(display, home)
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait(10)


@pytest.fixture(scope="module")
def slow_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two layers as wide as a 7B model's: slow enough to be stopped. It says nonsense."""
    path = tmp_path_factory.mktemp("models") / "慢 模型.gguf"
    write_model(path, layers=2, vocabulary=1280)
    yield path
    path.unlink()


def test_ask_the_guide_in_chinese_close_and_find_the_chat_again(desk: Desk) -> None:
    question = "8GB 内存可以用哪个模型？"
    with desk.app() as window:
        desk.ask(question)
        wait_for(lambda: desk.answer()[1] == "complete", "an answer")
        assert "BELLE-7B-2M" in desk.answer()[0]
        wait_for(lambda: question[:6] in desk.xdotool("getwindowname", window), "the chat's title")
    with desk.app() as window:
        assert question[:6] not in desk.xdotool("getwindowname", window)
        wait_for(lambda: question[:6] in desk.first_chat(window), "the chat in the sidebar")


def test_tokens_arrive_and_stop_ends_the_answer(desk: Desk, slow_model: Path) -> None:
    chosen = {"model": str(slow_model), "model_sampling": False, "max_tokens": 2048}
    (desk.home / "settings.json").write_text(json.dumps(chosen), "utf-8")
    with desk.app() as window:
        desk.ask("你好")
        first = wait_for(lambda: desk.answer()[0], "the first tokens")
        wait_for(lambda: len(desk.answer()[0]) > len(first), "more tokens")
        assert desk.answer()[1] == "writing"
        desk.xdotool("key", "Escape")
        wait_for(lambda: desk.answer()[1] == "partial", "the end after Stop")
        stopped = desk.answer()
        time.sleep(1.0)
        assert desk.answer() == stopped
    with desk.app() as window:
        assert desk.answer() == stopped
        wait_for(lambda: "你好" in desk.first_chat(window), "the chat in the sidebar")
