"""Standard output and error, which a windowed program may start without."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress


def give_streams() -> None:
    """Open the missing ones on nothing, as libraries write to both; on the pipe where somebody listens all the same."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, _stream(number))


def _stream(number: int) -> object:
    with suppress(OSError):
        if stat.S_ISFIFO(os.fstat(number).st_mode):
            return open(number, "w", encoding="utf-8", closefd=False)
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123
