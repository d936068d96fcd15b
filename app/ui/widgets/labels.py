"""Text as the design sets it: fixed line heights, two weights, elided titles, the separator dot."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.ui.theme import SEMIBOLD, theme
from app.ui.widgets.live import Live

UNBOUNDED = 1 << 20


class Label(Live, QLabel):
    """Plain text in a type role and a colour token, every line exactly the role's line height.

    `wrap` breaks long text; `**bold**` parts are drawn in the strong weight and `strong_token`.
    """

    def __init__(
        self,
        text: str = "",
        role: str = "interface",
        token: str = "text-1",
        *,
        weight: QFont.Weight | None = None,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._role, self._token, self._weight = role, token, weight
        self._strong_token = "text-1"
        self._bold: list[tuple[int, int]] = []
        self._above, self._under = 0, 0
        self._extents: dict[float, tuple[int, int]] = {}
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.set_wrap(wrap)
        self.go_live()
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show `text`; parts between `**` become bold."""
        parts = re.split(r"\*\*(.+?)\*\*", text)
        self._bold, start = [], 0
        for number, part in enumerate(parts):
            if number % 2:
                self._bold.append((start, len(part)))
            start += len(part)
        self.setText("".join(parts))
        self.setAccessibleName(self.text())
        self._changed()

    def set_wrap(self, wrap: bool) -> None:
        """Break long text, or keep it on one line."""
        self.setWordWrap(wrap)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)
        self._extents.clear()

    def set_token(self, token: str) -> None:
        if token != self._token:
            self._token = token
            self.update()

    def set_margins(self, above: int, under: int) -> None:
        """Room above and under the text, px, that goes away with the label when it is hidden."""
        self._above, self._under = above, under
        self._changed()
        self.update()

    def restyle(self) -> None:
        self.setFont(theme().font(self._role, self._weight))
        self._changed()
        self.update()

    def _layout(self, width: float) -> QTextLayout:
        """The text broken at `width`, lines at the role's pitch."""
        layout = QTextLayout(self.text().replace("\n", "\u2028"), self.font())
        formats = []
        for start, length in self._bold:
            piece = QTextLayout.FormatRange()
            piece.start, piece.length = start, length
            style = QTextCharFormat()
            style.setFontWeight(SEMIBOLD)
            style.setForeground(theme().color(self._strong_token))
            piece.format = style
            formats.append(piece)
        layout.setFormats(formats)
        pitch, number = theme().line(self._role), 0
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width if self.wordWrap() else UNBOUNDED)
            line.setPosition(QPointF(0, number * pitch + (pitch - line.height()) / 2))
            number += 1
        layout.endLayout()
        return layout

    def _changed(self) -> None:
        self._extents.clear()
        self.updateGeometry()

    def _extent(self, width: float) -> tuple[int, int]:
        """Widest line and height, px, at `width`; layouts ask for the same ones again and again."""
        if width not in self._extents:
            self._extents[width] = self._measure(width)
        return self._extents[width]

    def _measure(self, width: float) -> tuple[int, int]:
        layout = self._layout(width)
        lines = [layout.lineAt(number) for number in range(layout.lineCount())]
        widest = max((line.naturalTextWidth() for line in lines), default=0)
        return math.ceil(widest), max(1, len(lines)) * theme().line(self._role) + self._above + self._under

    def sizeHint(self) -> QSize:
        return QSize(*self._extent(UNBOUNDED))

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(theme().px(40), theme().line(self._role) + self._above + self._under) if self.wordWrap() else hint

    def heightForWidth(self, width: int) -> int:
        return self._extent(width)[1] if self.wordWrap() else -1

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.wordWrap():
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme().color(self._token if self.isEnabled() else "text-off"))
        width, height = self._extent(self.width())
        left = 0
        if self.alignment() & Qt.AlignmentFlag.AlignRight:
            left = self.width() - width
        elif self.alignment() & Qt.AlignmentFlag.AlignHCenter:
            left = (self.width() - width) // 2
        self._layout(self.width()).draw(painter, QPointF(left, self._top(height)))

    def _top(self, height: int) -> int:
        return self._above + (0 if self.wordWrap() else (self.height() - height) // 2)


class ElidedLabel(Label):
    """One line that ends in … where the room ends; the tooltip then holds the whole text."""

    def __init__(
        self,
        text: str = "",
        role: str = "card-title",
        token: str = "text-1",
        *,
        weight: QFont.Weight | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        self._mode = mode
        super().__init__(text, role, token, weight=weight, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def set_text(self, text: str) -> None:
        self._bold = []
        self.setText(" ".join(text.split()))
        self.setAccessibleName(self.text())
        self._hint()
        self.updateGeometry()

    def shown_text(self) -> str:
        return QFontMetrics(self.font()).elidedText(self.text(), self._mode, self.width())

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(24), theme().line(self._role) + self._above + self._under)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hint()

    def _hint(self) -> None:
        self.setToolTip(self.text() if self.shown_text() != self.text() else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme().color(self._token if self.isEnabled() else "text-off"))
        text, metrics = self.shown_text(), QFontMetricsF(self.font())
        middle = self._above + (self.height() - self._above - self._under) / 2
        baseline = round(middle - metrics.height() / 2 + metrics.ascent())
        room = self.width() - metrics.horizontalAdvance(text)
        painter.drawText(QPointF(room if self.alignment() & Qt.AlignmentFlag.AlignRight else 0, baseline), text)


DOT = "\u00b7"
DOT_GAP = 6


class DotLabel(Label):
    """The separator `·`: Latin font (CJK fonts draw it full width), 6 px on either side. Silent for screen readers."""

    def __init__(self, role: str = "tiny", gap: int = DOT_GAP, parent: QWidget | None = None) -> None:
        self._gap = gap
        super().__init__(DOT, role, "text-3", parent=parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def restyle(self) -> None:
        self.setFont(theme().latin_font(self._role))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self.font()).horizontalAdvance(DOT) + 2 * theme().px(self._gap)
        return QSize(width, theme().line(self._role))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
