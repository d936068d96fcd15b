"""The files that a packaged llama.cpp is made of: back ends that are loaded when it is known what this computer has.

A build from source has none of them; there all is linked.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from functools import cache
from pathlib import Path

log = logging.getLogger(__name__)

PREFIX, SUFFIX = ("ggml-", ".dll") if sys.platform == "win32" else ("libggml-", ".so")
BASE, PROCESSOR = "base", "cpu"


@cache
def for_processor(folder: Path) -> tuple[Path, ctypes.CDLL] | None:
    """Of the back ends for processors the one that knows most about this one; None if it is linked."""
    best: tuple[Path, ctypes.CDLL] | None = None
    most = 0
    for path in _files(folder):
        library = open_library(path) if _kind(path).startswith(PROCESSOR) else None
        if library is None or not hasattr(library, "ggml_backend_init"):
            continue
        score = int(library.ggml_backend_score()) if hasattr(library, "ggml_backend_score") else 1
        if score > most:
            best, most = (path, library), score
    return best


def for_cards(folder: Path) -> tuple[Path, ...]:
    """Back ends for graphics cards. Opening one may touch a driver."""
    return tuple(path for path in _files(folder) if not _kind(path).startswith((BASE, PROCESSOR)))


def open_library(path: Path) -> ctypes.CDLL | None:
    """None, and a line in the log, if it or something that it needs is not there."""
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        log.info("skipped %s: %s", path.name, error)
        return None


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{PREFIX}*{SUFFIX}"))


def _kind(path: Path) -> str:
    return path.name.removeprefix(PREFIX).removesuffix(SUFFIX)
