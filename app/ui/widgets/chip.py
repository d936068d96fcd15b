"""The model chip: dot, name, facts and state in one button that opens the model menu."""

from __future__ import annotations

import math
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app.ui.theme import theme
from app.ui.widgets.labels import DOT, DOT_GAP
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box, dot

TONES = {"ready": "ok", "loading": "accent-mark", "tight": "warn", "failed": "danger", "none": "line-control"}
WORDS = {"ready": "ok", "loading": "accent-text", "tight": "warn", "failed": "danger", "none": "text-2"}
LEAST = 120


class ChipState(NamedTuple):
    """What the chip says. `kind`: ready, loading, tight, failed, none; `word` is the kind in words."""

    name: str
    kind: str = "none"
    word: str = ""
    facts: tuple[str, ...] = ()
    size: str = ""


class Chip(Live, QPushButton):
    """30 high, fully round. `set_detail`: `all`, `no-size` or `name`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = ChipState("")
        self._detail = "all"
        self.setProperty("ring_radius", 15)
        self.setProperty("kind", "bare")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.go_live()

    def set_state(self, state: ChipState) -> None:
        self._state = state
        self.setAccessibleName(", ".join(part for part in (state.name, *state.facts, state.size, state.word) if part))
        self.updateGeometry()
        self.update()

    def set_detail(self, detail: str) -> None:
        self._detail = detail
        self.updateGeometry()
        self.update()

    @property
    def state(self) -> ChipState:
        return self._state

    def parts(self) -> list[tuple[str, str]]:
        """(text, colour token) of everything after the name that is shown."""
        if self._detail == "name":
            return []
        state = self._state
        size = state.size if self._detail == "all" else ""
        found = [(text, "text-2") for text in (*state.facts, size) if text]
        return [*found, (state.word, WORDS[state.kind])] if state.word else found

    def restyle(self) -> None:
        self.setFont(theme().font("small"))
        self.updateGeometry()
        self.update()

    def _dot_width(self) -> float:
        return QFontMetricsF(theme().latin_font("small")).horizontalAdvance(DOT) + 2 * theme().px(DOT_GAP)

    def _width(self, name: str) -> float:
        metrics = QFontMetricsF(self.font())
        width = 2 + theme().px(12) + 2 * theme().px(8) + metrics.horizontalAdvance(name)
        width += sum(self._dot_width() + metrics.horizontalAdvance(text) for text, _ in self.parts())
        return width + theme().px(8) + theme().px(16) + theme().px(10)

    def sizeHint(self) -> QSize:
        height = max(theme().px(30), math.ceil(QFontMetricsF(self.font()).height()) + theme().px(6))
        return QSize(max(theme().px(LEAST), round(self._width(self._state.name))), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(LEAST), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill = "bg-pressed" if self.isDown() else "bg-hover-up" if self.underMouse() else "bg-raised"
        box(painter, self.rect(), fill, "line-strong", self.height() / 2)
        state, middle, metrics = self._state, self.height() / 2, QFontMetricsF(self.font())
        left = 1.0 + theme().px(12)
        side = theme().px(8)
        dot(painter, QPointF(left + side / 2, middle), side, TONES[state.kind])
        left += side + theme().px(8)
        missing = self._width(state.name) - self.width()
        room = metrics.horizontalAdvance(state.name) - missing
        name = metrics.elidedText(state.name, Qt.TextElideMode.ElideRight, room) if missing >= 1 else state.name
        left = self._text(painter, left, name, "text-1")
        for text, token in self.parts():
            painter.save()
            painter.setFont(theme().latin_font("small"))
            self._text(painter, left + theme().px(DOT_GAP), DOT, "text-3")
            painter.restore()
            left = self._text(painter, left + self._dot_width(), text, token)
        icon = theme().px(16)
        right = self.width() - 1 - theme().px(10) - icon
        painter.drawPixmap(QPointF(right, (self.height() - icon) / 2), theme().pixmap("chevron-down", 16))

    def _text(self, painter: QPainter, left: float, text: str, token: str) -> float:
        """Draw `text` at `left`; returns where it ends."""
        if painter.font() != self.font() and text != DOT:
            painter.setFont(QFont(self.font()))
        painter.setPen(theme().color(token))
        area = QRectF(left, 0, self.width() - left, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
        return left + QFontMetricsF(painter.font()).horizontalAdvance(text)
