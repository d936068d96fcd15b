"""How fast bytes come, how long the rest will take, and when to say so."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from app.errors import Fixable
from app.runtime.models.records import DownloadProgress, Transfer

WINDOW = 5.0  # seconds that the rate is about
BETWEEN = 0.2  # seconds between two reports of the same kind
SAMPLE = 0.1


class Meter:
    """Reports the progress of several files as one. `total` and `finished` (bytes of the files before the present
    one) are set by whoever downloads; `tell` is called on his thread."""

    def __init__(self, tell: Callable[[DownloadProgress], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.total = 0
        self.finished = 0
        self.file = ""
        self._tell = tell
        self._clock = clock
        self._samples: deque[tuple[float, int]] = deque()
        self._here = 0
        self._last: tuple[Transfer, str, str] | None = None
        self._told_at = 0.0

    def moved(self, here: int) -> None:
        """`here` bytes of the present file are there now; going back (it is fetched anew) starts the rate anew."""
        now = self._clock()
        if here < self._here or not self._samples:
            self._samples.clear()
            self._samples.append((now, here))
        elif now - self._samples[-1][0] >= SAMPLE:
            self._samples.append((now, here))
        self._here = here

    def next_file(self, file: str, finished: int) -> None:
        """Begin another file after `finished` bytes."""
        self.file, self.finished, self._here = file, finished, 0
        self._samples.clear()

    def rate(self) -> float:
        """Bytes a second over the last seconds, 0 if unknown."""
        now = self._clock()
        while len(self._samples) > 2 and now - self._samples[1][0] >= WINDOW:
            self._samples.popleft()
        if not self._samples:
            return 0.0
        since, bytes_then = self._samples[0]
        return (self._here - bytes_then) / (now - since) if now - since >= SAMPLE else 0.0

    def report(self, transfer: Transfer, reason: Fixable | None = None) -> None:
        """Tell how far it is: at once if something else happens than before, otherwise not too often."""
        kind = transfer, self.file, reason.code if reason else ""
        now = self._clock()
        if kind == self._last and now - self._told_at < BETWEEN:
            return
        self._last, self._told_at = kind, now
        rate = self.rate() if transfer is Transfer.RUNNING else 0.0
        done = self.finished + self._here
        left = (self.total - done) / rate if rate > 0 and self.total else None
        self._tell(DownloadProgress(transfer, self.file, done, self.total, rate, left, reason))
