"""From the runtime's threads into the GUI thread: one queue, kept in order, text drained every 33 ms."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.runtime.chats.records import AnswerText

DRAIN_MS = 33


class RuntimeBridge(QObject):
    """`post` may be called from any thread; `notice` is emitted in the GUI thread in the same order.

    Answer text waits for the timer and neighbouring pieces become one, so a fast model costs the window no more
    than a slow one; anything else is delivered at once, after the text that came before it.
    """

    notice = Signal(object)
    ready = Signal()
    _text_waits = Signal()
    _wake = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: deque[Any] = deque()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DRAIN_MS)
        self._timer.timeout.connect(self.drain)
        self._text_waits.connect(self._start_timer, Qt.ConnectionType.QueuedConnection)
        self._wake.connect(self.drain, Qt.ConnectionType.QueuedConnection)

    def post(self, notice: object) -> None:
        self._queue.append(notice)
        if isinstance(notice, AnswerText):
            self._text_waits.emit()
        else:
            self._wake.emit()

    def engine_ready(self) -> None:
        """The engine has been made; `ready` is emitted in the GUI thread. May be called from any thread."""
        self.ready.emit()

    def _start_timer(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def drain(self) -> None:
        """Deliver what is queued now."""
        self._timer.stop()
        for item in _joined(self._taken()):
            self.notice.emit(item)

    def _taken(self) -> Iterator[object]:
        for _ in range(len(self._queue)):
            yield self._queue.popleft()


def _joined(items: Iterator[object]) -> Iterator[object]:
    """Neighbouring pieces of the same answer become one."""
    held: AnswerText | None = None
    pieces: list[str] = []
    for item in items:
        if isinstance(item, AnswerText) and held is not None and item.message == held.message:
            pieces.append(item.text)
            continue
        if held is not None:
            yield replace(held, text="".join(pieces))
            held = None
        if isinstance(item, AnswerText):
            held, pieces = item, [item.text]
        else:
            yield item
    if held is not None:
        yield replace(held, text="".join(pieces))
