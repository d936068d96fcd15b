"""Small parts of the wizard's pages: a tag with an icon."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import theme
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box
from app.ui.widgets.tag import TONES


class IconTag(Live, QWidget):
    """A neutral tag with an icon of 14 before its word."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._text = icon, ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.go_live()

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.restyle()

    def restyle(self) -> None:
        px = theme().px
        self.setFont(theme().font("tiny"))
        metrics = QFontMetrics(self.font())
        width = 2 * (px(8) + 1) + px(14) + px(4) + metrics.horizontalAdvance(self._text)
        self.setFixedSize(width, max(px(22), metrics.height() + 2))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        ink, fill, line = TONES["neutral"]
        painter, px = QPainter(self), theme().px
        box(painter, self.rect(), fill, line, px(6))
        left = px(8) + 1
        painter.drawPixmap(QPoint(left, (self.height() - px(14)) // 2), theme().pixmap(self._icon, 14, ink))
        painter.setPen(theme().color(ink))
        area = self.rect().adjusted(left + px(14) + px(4), 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self._text)
