"""Facts in one line with the separator dot between them; the last one ends in … where the room ends."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import theme
from app.ui.widgets.labels import DOT, DOT_GAP
from app.ui.widgets.live import Live


class DotLine(Live, QWidget):
    """One line of a type role. The tooltip holds everything if something is cut."""

    def __init__(self, role: str = "tiny", token: str = "text-3", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role, self._token = role, token
        self._parts: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.go_live()

    @property
    def parts(self) -> tuple[str, ...]:
        return self._parts

    def set_parts(self, *parts: str) -> None:
        self._parts = tuple(part for part in parts if part)
        self.setAccessibleName(", ".join(self._parts))
        self._hint()
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        self.setFont(theme().font(self._role))
        self.updateGeometry()
        self.update()

    def _gap(self) -> float:
        return QFontMetricsF(theme().latin_font(self._role)).horizontalAdvance(DOT) + 2 * theme().px(DOT_GAP)

    def _width(self) -> float:
        metrics = QFontMetricsF(self.font())
        words = sum(metrics.horizontalAdvance(part) for part in self._parts)
        return words + self._gap() * max(0, len(self._parts) - 1)

    def sizeHint(self) -> QSize:
        height = max(theme().line(self._role), QFontMetrics(self.font()).height())
        return QSize(math.ceil(self._width()), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(24), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hint()

    def _hint(self) -> None:
        self.setToolTip(" \u00b7 ".join(self._parts) if self._width() > self.width() + 1 else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, metrics = QPainter(self), QFontMetricsF(self.font())
        baseline = math.floor((self.height() - metrics.height()) / 2 + metrics.ascent())
        left = 0.0
        for number, part in enumerate(self._parts):
            if number:
                painter.setFont(theme().latin_font(self._role))
                painter.setPen(theme().color("text-3"))
                painter.drawText(QPointF(left + theme().px(DOT_GAP), baseline), DOT)
                left += self._gap()
            room = self.width() - left
            if room <= 0:
                return
            painter.setFont(self.font())
            painter.setPen(theme().color(self._token))
            painter.drawText(QPointF(left, baseline), metrics.elidedText(part, Qt.TextElideMode.ElideRight, room))
            left += metrics.horizontalAdvance(part)
