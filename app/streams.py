"""Standard output and error, which a windowed program may start without."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def give_streams() -> None:
    """Open the missing ones on nothing; libraries write to both."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), number)
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
