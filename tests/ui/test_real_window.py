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
NEEDED = ("Xvfb", "xdotool", "openbox")
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
            self.xdotool("windowclose", window) if process.poll() is not None else self.close(window)
            assert process.wait(PATIENCE) == 0
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()

    def close(self, window: str) -> None:
        """As a person does: the window manager's close key."""
        self.xdotool("windowactivate", "--sync", window)
        self.xdotool("key", "--window", window, "alt+F4")

    def window_of(self, pid: int) -> str:
        found = self.xdotool("search", "--onlyvisible", "--pid", str(pid), "--name", ".")
        return found.splitlines()[-1] if found else ""

    def first_chat(self, window: str) -> str:
        """Click the newest chat in the sidebar; the window's title then names it."""
        self.xdotool("mousemove", "--window", window, "100", "155", "click", "1")
        time.sleep(0.3)
        return self.xdotool("getwindowname", window)

    def ask(self, text: str) -> None:
        """Type into the composer and press Enter. xdotool changes the keyboard map for each Chinese character and
        a busy X server may lose one: then clear the field and type again, as a person would."""
        for _ in range(4):
            self.xdotool("key", "ctrl+a", "Delete")
            self.xdotool("type", "--delay", "60", text)
            time.sleep(0.5)
            self.xdotool("key", "Return")
            with contextlib.suppress(Late):
                wait_for(lambda: self.query("SELECT id FROM messages"), "the question", 5.0)
                return
        pytest.fail("nothing that was typed arrived")


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


def answers(desk: Desk) -> list[tuple[str, str]]:
    return desk.query("SELECT text, state FROM messages WHERE role = 'assistant' ORDER BY id")


def test_ask_the_guide_in_chinese_close_and_find_the_chat_again(desk: Desk) -> None:
    question = "8GB 内存可以用哪个模型？"
    with desk.app() as window:
        desk.ask(question)
        (text, _) = wait_for(lambda: [row for row in answers(desk) if row[1] == "complete"], "an answer")[0]
        assert "BELLE-7B-2M" in text
        wait_for(lambda: question[:6] in desk.xdotool("getwindowname", window), "the chat's title")
    assert desk.query("SELECT text FROM messages WHERE role = 'user'") == [(question,)]
    with desk.app() as window:
        assert question[:6] not in desk.xdotool("getwindowname", window)
        wait_for(lambda: question[:6] in desk.first_chat(window), "the chat in the sidebar")


def test_tokens_arrive_and_stop_ends_the_answer(desk: Desk, slow_model: Path) -> None:
    chosen = {"model": str(slow_model), "model_sampling": False, "max_tokens": 2048}
    (desk.home / "settings.json").write_text(json.dumps(chosen), "utf-8")
    with desk.app() as window:
        desk.ask("你好")
        first = wait_for(lambda: next((text for text, _ in answers(desk) if text), ""), "the first tokens")
        wait_for(lambda: len(answers(desk)[0][0]) > len(first), "more tokens")
        assert answers(desk)[0][1] == "writing"
        desk.xdotool("key", "--window", window, "Escape")
        wait_for(lambda: answers(desk)[0][1] == "partial", "the end after Stop")
        stopped = answers(desk)[0][0]
        time.sleep(1.0)
        assert answers(desk)[0][0] == stopped
    with desk.app() as window:
        assert answers(desk)[0] == (stopped, "partial")
        wait_for(lambda: "你好" in desk.first_chat(window), "the chat in the sidebar")
