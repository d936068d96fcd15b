"""SHA-256 of a file while it is being read for another purpose, so that no file is read twice."""

from __future__ import annotations

import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

from app.runtime.jobs import CancelToken
from app.runtime.weights.records import BytesSource

QUEUE = 64 * 1024 * 1024  # bytes waiting for the hashing thread, besides the one buffer it works on
BLOCK = 8 * 1024 * 1024  # read at a time where nobody but the hash wants the bytes
INLINE = 64 * 1024  # below, waking a thread costs more than hashing
# A small read far ahead is a look at an index (a zip file's lies at its end), not the next tensor.
LOOK_AHEAD = 1024 * 1024


class HashedFile:
    """A `records.BytesSource` that hashes each byte of `source` once, in file order, on a thread of its own.

    A read at or beyond the hashed position first reads and hashes the gap; a read before it, and a small read far
    beyond it, is passed through unhashed, to be read again in its turn. Use it from one thread at a time. The
    buffers handed out are read-only: the thread may still be hashing them.
    """

    def __init__(self, source: BytesSource) -> None:
        self._source = source
        self.name = source.name
        self.size = source.size
        self._hash = hashlib.sha256()
        self._position = 0  # everything before is hashed or waits for it
        self._thread = ThreadPoolExecutor(1, f"sha256 {source.name}")  # started by the first large read
        self._waiting: deque[tuple[Future[None], int]] = deque()

    def read(self, offset: int, size: int) -> memoryview:
        """Exactly `size` bytes from `offset`, read-only; see `records.BytesSource`."""
        gap = offset - self._position
        inside = offset >= 0 and size >= 0 and offset + size <= self.size  # otherwise the source refuses
        follow = inside and gap + size > 0 and (gap <= LOOK_AHEAD or size >= LOOK_AHEAD)
        if follow:
            self._advance(offset, None)
        data = self._source.read(offset, size).toreadonly()
        if follow:
            self._feed(data[self._position - offset :])
        return data

    def finish(self, cancel: CancelToken) -> str:
        """Read and hash the rest; the SHA-256 of the whole file in hexadecimal. Raises `Cancelled`."""
        self._advance(self.size, cancel)
        while self._waiting:
            self._wait()
        return self._hash.hexdigest()

    def _advance(self, offset: int, cancel: CancelToken | None) -> None:
        """Read and hash everything before `offset`."""
        while self._position < offset:
            if cancel:
                cancel.check()
            self._feed(self._source.read(self._position, min(BLOCK, offset - self._position)))

    def _feed(self, data: memoryview) -> None:
        """Hash `data`, the bytes from the position on; waits while too much waits already."""
        self._position += len(data)
        while self._waiting and self._waiting[0][0].done():
            self._wait()
        if len(data) <= INLINE and not self._waiting:
            self._hash.update(data)
            return
        while self._waiting and sum(size for _, size in self._waiting) + len(data) > QUEUE:
            self._wait()
        self._waiting.append((self._thread.submit(self._hash.update, data), len(data)))

    def _wait(self) -> None:
        self._waiting.popleft()[0].result()
