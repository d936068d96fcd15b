"""Lanes: one worker thread each, one job at a time, exactly one ending per job."""

from __future__ import annotations

import itertools
import logging
import queue
import threading
from collections.abc import Callable
from typing import Any

from app.errors import Cancelled, InternalBug, as_app_error
from app.runtime.events import Event, JobCancelled, JobFailed, JobFinished

log = logging.getLogger(__name__)
_ids = itertools.count(1)

Sink = Callable[[Event], None]


class CancelToken:
    """Set once from any thread. `flag` is a two-byte C string buffer for native abort callbacks:
    its length is 0 until `cancel()` and 1 afterwards, so libc's `strlen` reads it without the GIL."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.flag = bytearray(2)

    def cancel(self) -> None:
        self.flag[0] = 1
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if `cancel()` was called."""
        if self._event.is_set():
            raise Cancelled


class Job:
    """One unit of work on a lane. `emit` sends an event to whoever submitted it."""

    def __init__(self, sink: Sink) -> None:
        self.id = next(_ids)
        self.token = CancelToken()
        self.emit = sink

    def cancel(self) -> None:
        self.token.cancel()


class Lane:
    """A named daemon thread with a queue. Work is a callable taking its `Job` and returning a result;
    the lane emits `JobFinished`, `JobCancelled` or `JobFailed`, whichever holds, and never two of them."""

    def __init__(self, name: str) -> None:
        self._queue: queue.SimpleQueue[tuple[Job, Callable[[Job], Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Job], Any], sink: Sink) -> Job:
        """Queue `work`; returns at once. `sink` is called on the lane's thread."""
        job = Job(sink)
        self._queue.put((job, work))
        return job

    def close(self, timeout: float = 5.0) -> bool:
        """End the thread after the queued work; True if it ended within `timeout` seconds."""
        self._queue.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            job, work = item
            job.emit(self._ending(job, work))

    @staticmethod
    def _ending(job: Job, work: Callable[[Job], Any]) -> Event:
        try:
            job.token.check()
            return JobFinished(job.id, work(job))
        except Cancelled:
            return JobCancelled(job.id)
        except Exception as error:  # a lane must outlive any job
            failure = as_app_error(error)
            if isinstance(failure, InternalBug):
                log.exception("job %d failed", job.id)
            else:
                log.info("job %d failed: %s", job.id, failure)
            return JobFailed(job.id, failure)
