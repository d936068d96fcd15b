"""How far something is: a line of 6, always with words beside it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from app.ui.theme import theme
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box

STATES = {"running": "accent-mark", "paused": "text-3", "broken": "danger"}
HEIGHT, STEPS = 6, 1000


class ProgressLine(Live, QProgressBar):
    """`set_fraction(None)` while the length is unknown: nothing is drawn then, the words beside it say what happens."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fraction: float | None = None
        self._state = "running"
        self.setRange(0, STEPS)
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.go_live()

    @property
    def fraction(self) -> float | None:
        return self._fraction

    @property
    def state(self) -> str:
        return self._state

    def set_fraction(self, fraction: float | None) -> None:
        """0..1; None if nobody knows."""
        self._fraction = None if fraction is None else min(max(fraction, 0.0), 1.0)
        self.setValue(round((self._fraction or 0.0) * STEPS))
        self.update()

    def set_state(self, state: str) -> None:
        """`running`, `paused` or `broken`."""
        if state not in STATES:
            raise ValueError(state)
        self._state = state
        self.update()

    def restyle(self) -> None:
        self.setFixedHeight(theme().px(HEIGHT))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(160), theme().px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(60), theme().px(HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._fraction is None:
            return
        painter, radius = QPainter(self), self.height() / 2
        box(painter, self.rect(), "line", "", radius)
        if self._fraction > 0:
            width = max(self.height(), self.width() * self._fraction)
            box(painter, QRectF(0, 0, width, self.height()), STATES[self._state], "", radius)
