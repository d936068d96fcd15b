"""Facts with the separator dot between them, on one line or on as many as they need."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import theme
from app.ui.widgets.labels import DOT, DOT_GAP
from app.ui.widgets.live import Live


class DotLine(Live, QWidget):
    """Short facts in a type role. One line ends in … where the room ends, and its tooltip holds everything then; with
    `wrap` lines break between facts, one too long for a line is cut, and clicks reach what lies behind."""

    def __init__(
        self, role: str = "tiny", token: str = "text-3", *, wrap: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._role, self._token, self._wrap = role, token, wrap
        self._parts: tuple[str, ...] = ()
        self._above = 0
        self._broken: dict[int, list[list[tuple[str, int]]]] = {}  # lines by width
        policy = QSizePolicy(
            QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred if wrap else QSizePolicy.Policy.Fixed
        )
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, wrap)
        self.go_live()

    @property
    def parts(self) -> tuple[str, ...]:
        return self._parts

    def set_parts(self, *parts: str) -> None:
        """Empty ones are left out."""
        parts = tuple(part for part in parts if part)
        if parts != self._parts:
            self._parts = parts
            self.setAccessibleName(", ".join(parts))
            self._measure()

    def set_margin(self, above: int) -> None:
        """Room above, px, that goes away with it when it is hidden."""
        self._above = above
        self.updateGeometry()

    def restyle(self) -> None:
        self.setFont(theme().font(self._role))
        self._measure()

    def _measure(self) -> None:
        self._broken.clear()
        self._hint()
        self.updateGeometry()
        self.update()

    # -- where the facts stand ------------------------------------------------------------------------------

    def _line(self) -> int:
        height = theme().line(self._role)
        return height if self._wrap else max(height, QFontMetrics(self.font()).height())

    def _dot(self) -> int:
        return QFontMetrics(theme().latin_font(self._role)).horizontalAdvance(DOT) + 2 * theme().px(DOT_GAP)

    def _width(self) -> int:
        metrics = QFontMetricsF(self.font())
        words = sum(metrics.horizontalAdvance(part) for part in self._parts)
        return math.ceil(words) + self._dot() * max(0, len(self._parts) - 1)

    def _lines(self, width: int) -> list[list[tuple[str, int]]]:
        """Facts and where they begin."""
        if width not in self._broken:
            self._broken[width] = self._break(width) if self._wrap else [self._cut(width)]
        return self._broken[width]

    def _break(self, width: int) -> list[list[tuple[str, int]]]:
        metrics, dot = QFontMetrics(self.font()), self._dot()
        lines: list[list[tuple[str, int]]] = []
        left = 0
        for part in self._parts:
            advance = metrics.horizontalAdvance(part)
            if lines and left + dot + advance <= width:
                lines[-1].append((part, left + dot))
                left += dot + advance
            else:
                lines.append([(metrics.elidedText(part, Qt.TextElideMode.ElideRight, max(width, 1)), 0)])
                left = advance
        return lines

    def _cut(self, width: int) -> list[tuple[str, int]]:
        metrics, dot = QFontMetricsF(self.font()), self._dot()
        line: list[tuple[str, int]] = []
        left = 0.0
        for part in self._parts:
            if left >= width:
                break
            line.append((metrics.elidedText(part, Qt.TextElideMode.ElideRight, width - left), round(left)))
            left += metrics.horizontalAdvance(part) + dot
        return line

    # -- Qt asks --------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(self._width(), self._line() + self._above)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(60 if self._wrap else 24), self._line() + self._above)

    def heightForWidth(self, width: int) -> int:
        if not self._wrap:
            return -1
        return max(1, len(self._lines(width))) * self._line() + self._above

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hint()
        if self._wrap:
            self.updateGeometry()

    def _hint(self) -> None:
        if not self._wrap:
            self.setToolTip(" \u00b7 ".join(self._parts) if self._width() > self.width() + 1 else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, metrics = QPainter(self), QFontMetricsF(self.font())
        line, dot = self._line(), self._dot()
        for number, parts in enumerate(self._lines(self.width())):
            top = self._above + number * line
            baseline = top + (line - metrics.height()) / 2 + metrics.ascent()
            for part, left in parts:
                painter.setFont(self.font())
                painter.setPen(theme().color(self._token))
                painter.drawText(QPointF(left, baseline), part)
                if left:
                    painter.setFont(theme().latin_font(self._role))
                    painter.setPen(theme().color("text-3"))
                    painter.drawText(QRect(left - dot, top, dot, line), Qt.AlignmentFlag.AlignCenter, DOT)
