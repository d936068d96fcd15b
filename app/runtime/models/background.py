"""Work that waits for the network, on a thread of its own, so that whoever wants its results can stop at once.

A name server or a handshake may keep a thread for half a minute; the thread that reports progress must not wait for it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

DEPTH = 64  # results that wait to be taken
LOOK = 0.2  # seconds between two looks whether anybody still wants results


class Background(Generic[T]):
    """Runs `work()` and hands out what it yields. `cut` is called by `stop` to wake the thread up."""

    def __init__(self, work: Callable[[], Iterator[T]], cut: Callable[[], None] = lambda: None) -> None:
        self._work = work
        self._cut = cut
        self._results: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(DEPTH)
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._thread.start()

    def take(self, timeout: float) -> T | None:
        """The next result, None if there is none within `timeout` seconds. Raises what `work` raised, and
        `StopIteration` after its end."""
        try:
            result = self._results.get(timeout=timeout)
        except queue.Empty:
            return None
        if result is None:
            raise StopIteration
        if isinstance(result, BaseException):
            raise result
        return result[0]

    def stop(self, wait: float = 0.5) -> None:
        """No more results are wanted. The thread mostly ends within `wait` seconds, and later if a name server or a
        handshake keeps it."""
        self._stopped = True
        self._cut()
        self._thread.join(wait)

    def _run(self) -> None:
        try:
            for result in self._work():
                if not self._put((result,)):
                    return
        except BaseException as error:  # told to whoever takes the results
            self._put(error)
            return
        self._put(None)

    def _put(self, result: tuple[T] | BaseException | None) -> bool:
        """False if nobody wants it any more."""
        while not self._stopped:
            try:
                self._results.put(result, timeout=LOOK)
            except queue.Full:
                continue
            return True
        return False
