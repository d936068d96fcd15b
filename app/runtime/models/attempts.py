"""Trying again: how long to wait, when to give up, and what to say meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from app.errors import Cancelled, Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models.faults import passes

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """Seconds, bytes and counts that decide between waiting and giving up."""

    connect: float = 15.0
    stall: float = 30.0  # without a byte: the connection is given up
    stall_shown: float = 4.0  # without a byte: it is said
    again: float = 0.25  # before the next attempt after one that brought something
    first_wait: float = 1.0  # before the next attempt after one that brought nothing; doubled each time
    longest_wait: float = 60.0
    longest_asked: float = 600.0  # that a server may ask for
    tries: int = 10  # attempts in a row that bring nothing
    first_tries: int = 4  # the same before the first byte: then the cause is rarely one that passes
    worth: int = 64 * 1024  # bytes that make an attempt count
    slow_after: float = 30.0  # over which the rate is looked at
    slow: float = 10_000.0  # bytes a second: below it is said
    crawl: float = 200.0  # bytes a second: below the connection is given up
    tick: float = 0.2
    sync: float = 5.0  # between two moments when all bytes are surely on the disk


class Attempts:
    """Makes one attempt after the other. `waiting(reason)` is called several times a second between them."""

    def __init__(self, patience: Patience, cancel: CancelToken, waiting: Callable[[Fixable], None]) -> None:
        self._patience = patience
        self._cancel = cancel
        self._waiting = waiting
        self._ever = False
        self._fruitless = 0

    def run(self, attempt: Callable[[], T], brought: Callable[[], int] = lambda: 0) -> T:
        """The result of the first attempt that succeeds. `brought`: bytes so far, to tell fruitful attempts.
        Raises `Cancelled`, or the `Fixable` of the last attempt."""
        while True:
            self._cancel.check()
            before = brought()
            try:
                return attempt()
            except Cancelled:
                raise
            except Fixable as fault:
                if not passes(fault):
                    raise
                self._pause(fault, brought() - before)

    def _pause(self, fault: Fixable, gain: int) -> None:
        """Wait before the next attempt, or raise `fault`."""
        patience = self._patience
        if gain >= patience.worth:
            self._ever, self._fruitless = True, 0
            self._sleep(patience.again, fault)
            return
        self._fruitless += 1
        asked = float(fault.params.get("seconds", 0))
        if (
            self._fruitless >= (patience.tries if self._ever else patience.first_tries)
            or asked > patience.longest_asked
        ):
            raise fault
        self._sleep(asked or min(patience.first_wait * 2 ** (self._fruitless - 1), patience.longest_wait), fault)

    def _sleep(self, seconds: float, fault: Fixable) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._cancel.check()
            self._waiting(fault)
            time.sleep(min(left, self._patience.tick))
