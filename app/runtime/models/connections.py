"""Every connection that is ever made, for the user to read, and the switch that forbids them all.

The record is a file of JSON lines. A line is added when a request starts and more as its bytes come, so that not even a
kill leaves a connection out; when the file grows too long, its older half becomes one line for each host and purpose.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.errors import Fixable

log = logging.getLogger(__name__)

OTHERS = "…"  # stands for hosts that were not worth a line of their own
LIMIT = 1_000_000  # bytes of the record
TELL_EVERY = 10.0  # seconds between two lines about one long download
LINE = 150  # bytes of a line, roughly


class Purpose(StrEnum):
    """What a connection is for."""

    LIST = "list"  # which files a repository holds
    ASK = "ask"  # size and hash of a file
    DOWNLOAD = "download"
    MEASURE = "measure"  # how fast a source is
    UPDATE = "update"  # which version of the app is the newest


@dataclass(frozen=True)
class Line:
    """Part of the record: `requests` and `received` bytes (bodies only) between two times (seconds since 1970).
    `refused` requests were not made, because the switch was on."""

    host: str
    purpose: str
    requests: int
    received: int
    refused: int
    since: float
    until: float


class Connections:
    """The switch and the record. Thread-safe; several processes may keep the same record."""

    def __init__(self, path: Path, forbidden: bool = False, limit: int = LIMIT) -> None:
        self.path = path
        self._forbidden = forbidden
        self._limit = limit
        self._turn = threading.Lock()

    @property
    def forbidden(self) -> bool:
        """True: no connection is made, and those that run are cut at their next byte."""
        return self._forbidden

    @forbidden.setter
    def forbidden(self, value: bool) -> None:
        self._forbidden = value

    def open(self, host: str, purpose: Purpose) -> Connection:
        """Record a request before it is made. Raises `Fixable`: `network-forbidden`; `disk-full` or `out-unwritable` if
        it cannot be recorded, for then it must not be made."""
        now = time.time()
        if self._forbidden:
            self._add(Line(host, purpose, 0, 0, 1, now, now))
            raise Fixable("network-forbidden", host=host)
        self._add(Line(host, purpose, 1, 0, 0, now, now))
        return Connection(self, host, purpose)

    def summary(self) -> tuple[Line, ...]:
        """One line for each host and purpose, the latest first. Raises `Fixable`: `weights-unreadable`."""
        return tuple(sorted(merge(self._read()), key=lambda line: line.until, reverse=True))

    def _add(self, line: Line) -> None:
        from app.runtime.models.disk import told  # numpy, which a start without connections need not wait for

        text = json.dumps(_facts(line), ensure_ascii=False)
        with self._turn, told(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                size = file.seek(0, os.SEEK_END)
                file.write(f"{_mend(file, size)}{text}\n".encode())
            if size > self._limit:
                self._shorten()

    def _shorten(self) -> None:
        """Another process may add a line meanwhile and lose it; only the bytes of one request would be missing."""
        from app.runtime.models.disk import write_small

        try:
            lines = self._read()
            recent = min(len(lines) // 2, self._limit // 4 // LINE)
            old = len(lines) - recent
            kept = [*_few(lines[:old], self._limit // 4 // LINE), *lines[old:]]
            write_small(self.path, "".join(f"{json.dumps(_facts(line))}\n" for line in kept).encode())
        except Fixable as error:
            log.info("the record of connections stays long: %s", error)

    def _read(self) -> list[Line]:
        try:
            lines = self.path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise Fixable("weights-unreadable", file=str(self.path), detail=error.strerror or str(error)) from error
        return [line for text in lines if (line := _line(text))]


class Connection:
    """One request that was allowed. Use it from one thread."""

    def __init__(self, record: Connections, host: str, purpose: Purpose) -> None:
        self._record = record
        self._line = Line(host, purpose, 0, 0, 0, time.time(), time.time())

    def received(self, count: int) -> None:
        """Note `count` more bytes. Raises `Fixable`: `network-forbidden` if the switch was turned on meanwhile."""
        self._line = replace(self._line, received=self._line.received + count, until=time.time())
        if self._record.forbidden:
            raise Fixable("network-forbidden", host=self._line.host)
        if self._line.until - self._line.since >= TELL_EVERY:
            self._tell()

    def close(self) -> None:
        """Record what is not yet recorded. May be called twice."""
        try:
            self._tell()
        except Fixable as error:  # the request itself is on record
            log.warning("bytes from %s are not on record: %s", self._line.host, error)

    def _tell(self) -> None:
        line, now = self._line, time.time()
        self._line = replace(line, received=0, since=now, until=now)
        if line.received:
            self._record._add(line)


def merge(lines: Iterable[Line]) -> list[Line]:
    """One line for each host and purpose."""
    totals: dict[tuple[str, str], Line] = {}
    for line in lines:
        key = line.host, line.purpose
        before = totals.get(key)
        totals[key] = _together(before, line) if before else line
    return list(totals.values())


def _few(lines: list[Line], most: int) -> list[Line]:
    """One line for each host and purpose, and for what the least used ones sum up to if there are too many."""
    totals = sorted(merge(lines), key=lambda line: line.requests, reverse=True)
    return totals[:most] + merge(replace(line, host=OTHERS) for line in totals[most:])


def _together(one: Line, other: Line) -> Line:
    return Line(
        one.host,
        one.purpose,
        one.requests + other.requests,
        one.received + other.received,
        one.refused + other.refused,
        min(one.since, other.since),
        max(one.until, other.until),
    )


def _mend(file: Any, size: int) -> str:
    """A line break after a line that a kill cut short."""
    if not size:
        return ""
    file.seek(size - 1)
    return "" if file.read(1) == b"\n" else "\n"


def _facts(line: Line) -> dict[str, Any]:
    facts: dict[str, Any] = {"since": round(line.since, 3), "until": round(line.until, 3)}
    facts |= {"host": line.host, "purpose": str(line.purpose)}
    counts = {"requests": line.requests, "received": line.received, "refused": line.refused}
    return facts | {name: count for name, count in counts.items() if count}


def _line(text: bytes) -> Line | None:
    """None for what is no line of ours: cut short by a kill, or edited."""
    try:
        facts = json.loads(text)
        host, purpose = str(facts["host"]), str(facts["purpose"])
        requests, received, refused = (int(facts.get(name, 0)) for name in ("requests", "received", "refused"))
        return Line(host, purpose, requests, received, refused, float(facts["since"]), float(facts["until"]))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None
