"""Questions to the models service or a thread whose answers come in the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.runtime.events import JobCancelled, JobFailed, JobFinished
from app.runtime.jobs import Job, Sink
from app.ui.bridge import RuntimeBridge

ENDINGS = (JobFinished, JobFailed, JobCancelled)


@cache
def settings_bridge() -> RuntimeBridge:
    """For rows that ask no service. It lives as long as the app: a thread may hold it longer than a window lives."""
    return RuntimeBridge(QCoreApplication.instance())


@dataclass(frozen=True)
class Letter:
    """`to` stands for one question; no thread holds the widget that asked it."""

    to: object
    what: Any


class Asked(QObject):
    """One question at a time: `told` brings the events of a job, exactly one of them an ending, or what a thread found.
    Of one that another took the place of nothing more is heard."""

    told = Signal(object)

    def __init__(self, bridge: RuntimeBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job: Job | None = None
        self._bridge = bridge
        self._waited_for = object()
        bridge.notice.connect(self._take)

    def begin(self, start: Callable[[Sink], Job]) -> None:
        """`start` submits the job. It may raise `Fixable`."""
        self.stop()
        send = self._sender()
        self.job = start(send)

    def find_out(self, work: Callable[[], object]) -> None:
        """What `work`, which must not fail, returns on a thread."""
        send = self._sender()
        threading.Thread(target=lambda: send(work()), name="settings", daemon=True).start()

    def stop(self) -> None:
        """Have the job end; that it did is told."""
        if self.job is not None:
            self.job.cancel()

    def _sender(self) -> Callable[[Any], None]:
        to, post = object(), self._bridge.post
        self._waited_for = to
        return lambda what: post(Letter(to, what))

    def _take(self, notice: object) -> None:
        if not isinstance(notice, Letter) or notice.to is not self._waited_for:
            return
        if isinstance(notice.what, ENDINGS):
            self.job = None
        self.told.emit(notice.what)
