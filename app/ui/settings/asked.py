"""A job of the models service whose events come in the GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

from app.runtime.events import Event, JobCancelled, JobFailed, JobFinished
from app.runtime.jobs import Job, Sink

ENDINGS = (JobFinished, JobFailed, JobCancelled)


class Asked(QObject):
    """One job at a time: `told` brings its events, exactly one of them an ending. Of a job that another took the place
    of nothing more is heard."""

    told = Signal(object)
    _heard = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job: Job | None = None
        self._number = 0
        self._heard.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def begin(self, start: Callable[[Sink], Job]) -> None:
        """`start` submits the job. It may raise `Fixable`."""
        self.stop()
        self._number += 1
        number = self._number

        def sink(event: Event) -> None:
            try:
                self._heard.emit(number, event)
            except RuntimeError:
                return  # the window is gone

        self.job = start(sink)

    def stop(self) -> None:
        """Have it end; that it did is told."""
        if self.job is not None:
            self.job.cancel()

    def _take(self, number: int, event: Event) -> None:
        if number != self._number:
            return
        if isinstance(event, ENDINGS):
            self.job = None
        self.told.emit(event)
