"""Copies of the history's file: set aside when damaged, copied before its form changes. Nothing is overwritten."""

from __future__ import annotations

import time
from pathlib import Path

SIDE_FILES = ("-wal", "-shm", "-journal")


def beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def is_torn(path: Path) -> bool:
    """True if the file itself is missing or empty but its log holds text: opening it would drop that log."""
    log = beside(path, "-wal")
    return not _size(path) and _size(log) > 0


def move_aside(path: Path) -> Path:
    """Rename a damaged history and what SQLite keeps beside it to `NAME.damaged-DATE-TIME.db`."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    target = free_name(path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}"))
    for suffix in (*SIDE_FILES, ""):  # the file itself last: until it is gone, the next start tries again
        source = beside(path, suffix)
        if source.exists():
            source.rename(beside(target, suffix))
    return target


def free_name(path: Path) -> Path:
    """`path`, or `path` with -2, -3, … before its ending, whichever is not there yet."""
    candidate, number = path, 2
    while any(beside(candidate, suffix).exists() for suffix in ("", *SIDE_FILES)):
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return candidate


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
