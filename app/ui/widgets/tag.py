"""A verdict in one word. The numbers stand beside it; the colour never stands alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.ui.theme import theme
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box

# tone -> ink, fill, line
TONES = {
    "ok": ("ok", "ok-soft", "ok-line"),
    "warn": ("warn", "warn-soft", "warn-line"),
    "danger": ("danger", "danger-soft", "danger-line"),
    "accent": ("accent-text", "accent-soft", "accent-line"),
    "neutral": ("text-2", "bg-sunken", "line"),
}
HEIGHT, PADDING, RADIUS = 22, 8, 6


class Tag(Live, QLabel):
    """22 high, as wide as its word. `tone`: ok, warn, danger, accent, neutral."""

    def __init__(self, text: str = "", tone: str = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = tone
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.go_live()
        self.set_text(text)

    @property
    def tone(self) -> str:
        return self._tone

    def set_text(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(text)
        self._fit()

    def set_tone(self, tone: str) -> None:
        self._tone = tone
        self.update()

    def restyle(self) -> None:
        self.setFont(theme().font("tiny"))
        self._fit()
        self.update()

    def _fit(self) -> None:
        metrics = QFontMetrics(self.font())
        width = metrics.horizontalAdvance(self.text()) + 2 * (theme().px(PADDING) + 1)
        self.setFixedSize(width, max(theme().px(HEIGHT), metrics.height() + 2))

    def paintEvent(self, _event: QPaintEvent) -> None:
        ink, fill, line = TONES[self._tone]
        painter = QPainter(self)
        box(painter, self.rect(), fill, line, theme().px(RADIUS))
        painter.setPen(theme().color(ink))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, self.text())
