"""Reads past the system's cache, where the system can (Linux, most local file systems).

Weights of many gigabytes pass by once. Through the cache each of them would push out what other programs use, and be
copied once more, which on two cores takes as long as quantizing (`bench/weights.py`).
"""

from __future__ import annotations

import mmap
import os
import threading
from collections import OrderedDict
from pathlib import Path

WINDOW = 4 * 1024 * 1024  # bytes read at once; a multiple of every disk's block, as direct reads must be
WINDOWS = 4  # kept: two threads read next to each other
FLAG = getattr(os, "O_DIRECT", None)  # Linux only


class DirectReader:
    """One file, for any number of threads. Raises `OSError` where direct reads are not possible."""

    def __init__(self, path: Path) -> None:
        if FLAG is None:
            raise OSError("no direct reads on this system")
        self._descriptor = os.open(path, os.O_RDONLY | FLAG)
        self._lock = threading.Lock()
        self._windows: OrderedDict[int, tuple[mmap.mmap, int]] = OrderedDict()
        try:
            self._load(0)  # some file systems open such a file and refuse to read it
        except OSError:
            self.close()
            raise

    def read_some(self, offset: int, buffer: memoryview) -> int:
        """Fill the beginning of `buffer` from `offset` on; the bytes filled, 0 at the end of the file."""
        number, inside = divmod(offset, WINDOW)
        with self._lock:
            memory, filled = self._windows.get(number) or self._load(number)
            self._windows.move_to_end(number)
            count = max(0, min(len(buffer), filled - inside))
            buffer[:count] = memoryview(memory)[inside : inside + count]
        return count

    def close(self) -> None:
        os.close(self._descriptor)

    def _load(self, number: int) -> tuple[mmap.mmap, int]:
        """Read a window, into the memory of the one that was used longest ago."""
        oldest = self._windows.popitem(last=False)[1][0] if len(self._windows) == WINDOWS else None
        memory = oldest or mmap.mmap(-1, WINDOW)  # pages: direct reads want aligned memory
        filled = os.preadv(self._descriptor, [memory], number * WINDOW)
        self._windows[number] = memory, filled
        return memory, filled
