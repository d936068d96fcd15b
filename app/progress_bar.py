"""Progress of a terminal command: one line on stderr that is drawn again and again, or JSON lines on stdout."""

from __future__ import annotations

import json
import sys
import time
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import get_terminal_size
from typing import Any

from app.errors import AppError
from app.settings import QT_TRANSLATE_NOOP
from app.terminal import Terminal
from app.translations import words

PROGRESS_HELP = QT_TRANSLATE_NOOP("Cli", "how to show progress: a bar in a terminal, JSON lines on stdout, or nothing")
STEP_KEY_TEST = QT_TRANSLATE_NOOP("Cli", "testing the key")
STEP_CONVERT = QT_TRANSLATE_NOOP("Cli", "converting")
STEP_DECRYPT = QT_TRANSLATE_NOOP("Cli", "decrypting")
STEP_VERIFY = QT_TRANSLATE_NOOP("Cli", "checking")
STEP_DOWNLOAD = QT_TRANSLATE_NOOP("Cli", "downloading")
STEP_TRY = QT_TRANSLATE_NOOP("Cli", "asking it a question")
STEP_LOOK = QT_TRANSLATE_NOOP("Cli", "looking at the files")
STEP_COPY = QT_TRANSLATE_NOOP("Cli", "copying")
STEP_QUEUED = QT_TRANSLATE_NOOP("Cli", "waiting for another install")
BAR = QT_TRANSLATE_NOOP("Cli", "{step} {bar} {percent} %  {done} of {total} GB  {rate} MB/s  {left} left")
NO_BAR = QT_TRANSLATE_NOOP("Cli", "{step} …")

STEPS = {
    "key-test": STEP_KEY_TEST,
    "convert": STEP_CONVERT,
    "decrypt": STEP_DECRYPT,
    "verify": STEP_VERIFY,
    "download": STEP_DOWNLOAD,
    "try": STEP_TRY,
    "look": STEP_LOOK,
    "copy": STEP_COPY,
    "queued": STEP_QUEUED,
}
BAR_WIDTH = 24
BETWEEN_LINES = 0.5  # seconds


class Shown:
    """Where progress goes. A bar needs a terminal; elsewhere only the result is printed."""

    def __init__(self, form: str, terminal: Terminal) -> None:
        self.json = form == "json"
        self._bar = form == "bar" and sys.stderr.isatty()
        self._terminal = terminal
        self._step = self._waits = ""
        self._began = self._last = 0.0
        self._told: dict[str, Any] = {}

    def update(
        self,
        step: str,
        done: int = 0,
        total: int = 0,
        item: str = "",
        *,
        rate: float | None = None,
        left: float | None = None,
        waits: AppError | None = None,
    ) -> None:
        """`done` of `total` bytes; 0 of 0 where nothing is counted. `rate` (bytes a second) and `left` (seconds) are
        worked out where they are not known; `waits` says why nothing moves."""
        now = time.monotonic()
        why = str(waits or "")
        if step != self._step:
            self._step, self._began = step, now
        elif now - self._last < BETWEEN_LINES and done < total and why == self._waits:
            return
        self._last, self._waits = now, why
        if rate is None:
            seconds = now - self._began
            rate = done / seconds if seconds > 0 else 0.0
            left = (total - done) / rate if rate and done < total else 0.0
        if self.json:
            facts: dict[str, Any] = {"event": "progress", "step": step, "done": done, "total": total, "item": item}
            facts |= {"rate": round(rate), "left": None if left is None else round(left)}
            facts |= {"waits": described(waits, self._terminal)} if waits else {}
            if facts != self._told:
                self._told = facts
                say_json(facts)
        elif self._bar:
            self._draw(self._line(done, total, rate, left, waits))

    def _line(self, done: int, total: int, rate: float, left: float | None, waits: AppError | None) -> str:
        step = self._terminal.text(STEPS[self._step])
        if not total:
            line = self._terminal.text(NO_BAR, step=step)
        else:
            share = min(1.0, done / total)
            filled = round(share * BAR_WIDTH)
            line = self._terminal.text(
                BAR,
                step=step,
                bar="█" * filled + "░" * (BAR_WIDTH - filled),
                percent=int(share * 100),
                done=f"{done / 1e9:.2f}",
                total=f"{total / 1e9:.2f}",
                rate=f"{rate / 1e6:.0f}" if rate >= 1e7 else f"{rate / 1e6:.1f}",
                left="–" if left is None else clock(left),
            )
        return f"{line}  {words(waits, self._terminal.language)[0]}" if waits else line

    def _draw(self, line: str) -> None:
        """In one row: a longer line would stay when the next one is drawn."""
        sys.stderr.write(f"\r\x1b[K{cut(line, get_terminal_size().columns - 1)}")
        sys.stderr.flush()

    def clear(self) -> None:
        if self._bar and self._step:
            self._draw("")

    def end(self, written: list[str], notes: tuple[AppError, ...] = ()) -> None:
        """The result: what was written, and what the user should know about it."""
        self.clear()
        if self.json:
            told = [described(note, self._terminal) for note in notes]
            say_json({"event": "done", "written": written, "notes": told})
            return
        for note in notes:
            self._terminal.warn(note)
        for path in written:
            sys.stdout.write(f"{path}  {gigabytes(Path(path).stat().st_size)}\n")
        sys.stdout.flush()


@contextmanager
def showing(form: str, terminal: Terminal) -> Iterator[Shown]:
    """`form`: bar, json or none. On the way out by an exception the bar disappears."""
    shown = Shown(form, terminal)
    try:
        yield shown
    except BaseException:
        shown.clear()
        raise


def say_json(facts: Mapping[str, Any]) -> None:
    """One JSON object, on a line of its own on stdout."""
    sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def described(error: AppError, terminal: Terminal) -> dict[str, Any]:
    """An error or a note for JSON."""
    what, then = words(error, terminal.language)
    return {"code": error.code, "message": what, "next": then, "params": dict(error.params)}


def gigabytes(size: int) -> str:
    """Bytes for people."""
    if size >= 1e9:
        return f"{size / 1e9:.2f} GB"
    return f"{size / 1e6:.0f} MB" if size >= 1e7 else f"{size / 1e6:.2f} MB"


def clock(seconds: float) -> str:
    """As `4:05` or `2:04:05`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def width(text: str) -> int:
    """Columns in a terminal: Chinese letters take two."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def cut(text: str, columns: int) -> str:
    """As much of the beginning of `text` as fits into `columns`."""
    if width(text) <= columns:
        return text
    kept = text
    while kept and width(kept) > columns - 1:
        kept = kept[:-1]
    return f"{kept}…"
