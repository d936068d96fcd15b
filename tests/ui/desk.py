"""A desk for tests of the real app: an X server of its own, a window manager, a keyboard with Chinese keys, eyes."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import pytest
from PySide6.QtGui import QImage

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("Xvfb", "xdotool", "openbox", "wmctrl", "xkbcomp")
PATIENCE = 60.0
SIZE = (1280, 900)
FOCUS = 0x8CBDE1  # token "focus" of the dark theme
SHORTEST = 24  # px of a line in that colour that can only be a frame around something
# Reads the clipboard as any other program would
CLIPBOARD = (
    "import sys; from PySide6.QtGui import QGuiApplication; application = QGuiApplication([]);"
    "sys.stdout.buffer.write(application.clipboard().text().encode())"
)
# What an American keyboard lacks lies on keys that nobody misses
KEYMAP = """
xkb_keymap {
    xkb_keycodes { include "evdev+aliases(qwerty)" };
    xkb_types { include "complete" };
    xkb_compat { include "complete" };
    xkb_symbols {
        include "pc+us+inet(evdev)"
        %s
    };
};
"""
T = TypeVar("T")


class Late(Exception):
    """Something did not happen in time."""


def wait_for(look: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    end = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise Late(f"waited {patience:.0f} s in vain for {what}")
        time.sleep(0.05)


class Frame(NamedTuple):
    """Around what has the keyboard, in px of the screen."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left


@dataclass
class Desk:
    """`screen`: the file in which the X server keeps its picture. `more`: for the app's environment."""

    display: str
    home: Path
    screen: Path
    more: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        own = {"DISPLAY": self.display, "CHATBELLE_HOME": str(self.home), "CHATBELLE_LANG": "zh_CN"}
        return {**os.environ, **own, "QT_QPA_PLATFORM": "xcb", "QT_LOGGING_RULES": "*.debug=false", **self.more}

    def query(self, sql: str) -> list[tuple]:
        database = self.home / "chats.db"
        if not database.exists():
            return []
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            try:
                return db.execute(sql).fetchall()
            except sqlite3.OperationalError:
                return []

    # --- the app's window

    @contextlib.contextmanager
    def app(self) -> Iterator[str]:
        """Start the app; gives the id of its window, which has the focus."""
        process = subprocess.Popen([sys.executable, "-m", "app"], cwd=ROOT, env=self.environment())
        try:
            window = wait_for(lambda: self.window_of(process.pid), "the window")
            self.xdotool("windowactivate", "--sync", window)
            wait_for(lambda: self.query("SELECT 1 FROM sqlite_master"), "the history")  # keys come after all is wired
            yield window
            self.run("wmctrl", "-i", "-c", window)  # as its close button does
            assert process.wait(PATIENCE) == 0
        except BaseException:
            self.keep_picture()
            raise
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()

    def window_of(self, pid: int) -> str:
        found = self.xdotool("search", "--onlyvisible", "--pid", str(pid), "--name", ".")
        return found.splitlines()[-1] if found else ""

    def title(self, window: str) -> str:
        return self.xdotool("getwindowname", window)

    # --- hands

    def run(self, *words: str, given: str | None = None) -> str:
        done = subprocess.run(
            words, env=self.environment(), input=given, capture_output=True, text=True, check=True, timeout=PATIENCE
        )
        return done.stdout.strip()

    def xdotool(self, *words: str) -> str:
        """What it says, nothing if it found nothing."""
        with contextlib.suppress(subprocess.CalledProcessError):
            return self.run("xdotool", *words)
        return ""

    def learn(self, *texts: str) -> None:
        """Give the keyboard a key for every character of `texts` that it lacks, before the app is started: then
        typing changes no key any more. (xdotool else does for each character, and programs lose some of them.)"""
        unknown = sorted({one for text in texts for one in text if not one.isascii()})
        free = sorted(set(re.findall(r"<(I\d{3})> = ", self.run("xkbcomp", "-w0", "-xkb", self.display, "-"))))
        assert len(unknown) <= len(free), "more characters than keys"
        keys = [f"override key <{name}> {{ [ U{ord(one):04X} ] }};" for name, one in zip(free, unknown, strict=False)]
        self.run("xkbcomp", "-w0", "-", self.display, given=KEYMAP % "\n".join(keys))
        self.press("Shift_L")  # the server takes the new map for pressed keys with the first of them

    def press(self, *keys: str) -> None:
        """One after the other, by their X names."""
        self.xdotool("key", *keys)

    def write(self, text: str) -> None:
        """Type into the field that has the keyboard, in place of what is there, and make sure that it arrived."""
        for attempt in range(1, 5):
            self.press("ctrl+a")
            self.xdotool("type", "--delay", str(10 * attempt), text)
            self.press("ctrl+a", "ctrl+c")
            with contextlib.suppress(Late):
                wait_for(lambda: self.clipboard() == text, "the text", 10.0)
                self.press("End")
                return
        pytest.fail(f"not what was typed: {self.clipboard()!r}")

    def clipboard(self) -> str:
        return self.run(sys.executable, "-c", CLIPBOARD)

    def ask(self, text: str) -> None:
        """Write into the composer, which has the keyboard, and press Enter."""
        self.write(text)
        self.press("Return")
        wait_for(lambda: self.asked() == text, "the question")

    # --- eyes

    def asked(self) -> str:
        """The newest question in the history."""
        rows = self.query("SELECT text FROM messages WHERE role = 'user' ORDER BY id DESC LIMIT 1")
        return rows[0][0] if rows else ""

    def answer(self) -> tuple[str, str]:
        """Text and state of the newest answer."""
        rows = self.query("SELECT text, state FROM messages WHERE role = 'assistant' ORDER BY id DESC LIMIT 1")
        return rows[0] if rows else ("", "")

    def picture(self) -> np.ndarray:
        """Colours of the screen, 0xRRGGBB, by row and column. The file is what `xwd` would write."""
        data = self.screen.read_bytes()
        head = struct.unpack(">25I", data[:100])
        width, height, across, colours = head[4], head[5], head[12] // 4, head[19]
        order = "<u4" if head[7] == 0 else ">u4"
        pixels = np.frombuffer(data, order, across * height, head[0] + 12 * colours)
        return pixels.reshape(height, across)[:, :width] & 0xFFFFFF

    def keep_picture(self) -> None:
        """For whoever looks why a test failed."""
        pixels = (self.picture() | 0xFF000000).astype(np.uint32)
        image = QImage(pixels.tobytes(), pixels.shape[1], pixels.shape[0], QImage.Format.Format_RGB32)
        image.save(str(self.screen.with_name("failed.png")))

    def focus(self) -> Frame | None:
        """The frame that shows where the keyboard is, the ring or a field's own, in the dark theme; None if nothing
        shows it."""
        marked = self.picture() == FOCUS
        lines: list[tuple[int, int, int]] = []
        for row in np.flatnonzero(marked.sum(axis=1) >= SHORTEST):
            edges = np.flatnonzero(np.diff(marked[row].astype(np.int8), prepend=0, append=0))
            starts, ends = edges[::2], edges[1::2]
            longest = int(np.argmax(ends - starts))
            if ends[longest] - starts[longest] >= SHORTEST:
                lines.append((int(row), int(starts[longest]), int(ends[longest])))
        if len(lines) < 2:
            return None
        rows, starts, ends = zip(*lines, strict=True)
        return Frame(min(starts), rows[0], max(ends), rows[-1])


@contextlib.contextmanager
def open_desk(home: Path, folder: Path) -> Iterator[Desk]:
    """`home`: the app's data folder; `folder`: for the desk itself."""
    missing = [tool for tool in NEEDED if shutil.which(tool) is None]
    if missing:
        pytest.fail(f"not installed: {', '.join(missing)}; `make test` installs them")
    read, write = os.pipe()
    width, height = SIZE
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    command += ["-fbdir", str(folder)]
    command += ["-ardelay", "3600000"]  # a key that is held repeats: not here, where it may be let up late
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as pipe:
        display = f":{pipe.readline().strip()}"
    manager = subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": display}, stderr=subprocess.DEVNULL)
    try:
        yield Desk(display, home, folder / "Xvfb_screen0")
    finally:
        for process in (manager, server):
            process.terminate()
            process.wait(10)
