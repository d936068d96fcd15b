"""From token bytes to text that may be shown: whole characters only, stop strings never."""

from __future__ import annotations

import codecs


class TextDecoder:
    """Incremental UTF-8. A character split over tokens comes out when its last byte arrives; bytes that can
    no longer become one come out as U+FFFD."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, data: bytes) -> str:
        return self._decoder.decode(data)

    @property
    def pending(self) -> bytes:
        """The first bytes of a character whose others have not come yet."""
        return self._decoder.getstate()[0]

    def finish(self) -> str:
        """U+FFFD if the text ended inside a character, else nothing."""
        return self._decoder.decode(b"", True)


class StopScanner:
    """Ends the text before the first stop string to be complete; what could become one is held back."""

    def __init__(self, stops: tuple[str, ...]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.hit = False

    def feed(self, text: str) -> str:
        """The part of what was fed so far that is now decided to be answer text."""
        if self.hit:
            return ""
        pending = self._held + text
        found = [(at + len(stop), at) for stop in self._stops if (at := pending.find(stop)) >= 0]
        if found:
            self.hit, self._held = True, ""
            return pending[: min(found)[1]]
        keep = self._undecided(pending)
        self._held = pending[len(pending) - keep :]
        return pending[: len(pending) - keep]

    def _undecided(self, text: str) -> int:
        """Length of the longest end of `text` that begins a stop string."""
        longest = max((len(stop) for stop in self._stops), default=1) - 1
        for length in range(min(longest, len(text)), 0, -1):
            tail = text[len(text) - length :]
            if any(stop.startswith(tail) for stop in self._stops):
                return length
        return 0

    def finish(self) -> str:
        """What was held back, once no more text can follow."""
        held, self._held = self._held, ""
        return held
