"""A row of a page's list of categories: icon and word, one of them chosen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from app.ui.theme import theme
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box


class CategoryButton(Live, QPushButton):
    """36 high, checkable."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setProperty("kind", "bare")
        self.setProperty("ring_inset", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.go_live()

    def restyle(self) -> None:
        self.setFont(theme().font("interface"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme().font("interface"))
        width = theme().px(48) + metrics.horizontalAdvance(self.text())
        return QSize(width, max(theme().px(36), metrics.height() + theme().px(8)))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(60), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, px = QPainter(self), theme().px
        chosen = self.isChecked()
        if chosen or self.underMouse():
            box(painter, self.rect(), "bg-selected" if chosen else "bg-hover", "", px(8))
        token, side = "text-1" if chosen else "text-2", px(20)
        painter.drawPixmap(QPoint(px(10), (self.height() - side) // 2), theme().pixmap(self._icon, 20, token))
        left = px(10) + side + px(8)
        room = QRect(left, 0, self.width() - left - px(8), self.height())
        text = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(theme().color(token))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
