"""Radio button and check box: 18 px, filled with the accent when chosen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton, QWidget

from app.ui.theme import theme
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box, dot

SIDE, GAP, STROKE = 18, 8, 1.5


def _hint(button: QAbstractButton) -> QSize:
    metrics = QFontMetrics(button.font())
    words = theme().px(GAP) + metrics.horizontalAdvance(button.text()) if button.text() else 0
    return QSize(theme().px(SIDE) + words, max(theme().px(SIDE), metrics.height() if button.text() else 0))


def _mark(button: QAbstractButton) -> QRect:
    side = theme().px(SIDE)
    return QRect(0, (button.height() - side) // 2, side, side)


def _words(button: QAbstractButton, painter: QPainter) -> None:
    area = button.rect().adjusted(theme().px(SIDE) + theme().px(GAP), 0, 0, 0)
    painter.setPen(theme().color("text-1" if button.isEnabled() else "text-off"))
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic, button.text())


class Radio(Live, QRadioButton):
    """One of several; a ring of accent with a hole when chosen."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("ring_radius", 9)
        self.go_live()

    def restyle(self) -> None:
        self.setFont(theme().font("interface"))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return _hint(self)

    def hitButton(self, place: QPoint) -> bool:
        return self.rect().contains(place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, mark = QPainter(self), _mark(self)
        on = "accent-mark" if self.isEnabled() else "text-off"
        if self.isChecked():
            centre = QPointF(mark.left() + mark.width() / 2, mark.top() + mark.height() / 2)
            dot(painter, centre, mark.width(), on)
            dot(painter, centre, theme().px(8), "bg-page")
        else:
            line = "line-control" if self.isEnabled() else "text-off"
            box(painter, QRectF(mark), "bg-raised", line, mark.width() / 2, STROKE)
        _words(self, painter)


class Check(Live, QCheckBox):
    """On or off beside words; radius 5, a tick when on."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("ring_radius", 5)
        self.go_live()

    def restyle(self) -> None:
        self.setFont(theme().font("interface"))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return _hint(self)

    def hitButton(self, place: QPoint) -> bool:
        return self.rect().contains(place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, mark = QPainter(self), _mark(self)
        if self.isChecked():
            box(painter, mark, "accent-mark" if self.isEnabled() else "text-off", "", theme().px(5))
            inner = theme().px(14)
            place = mark.topLeft() + QPoint((mark.width() - inner) // 2, (mark.height() - inner) // 2)
            painter.drawPixmap(place, theme().pixmap("check", 14, "bg-page"))
        else:
            line = "line-control" if self.isEnabled() else "text-off"
            box(painter, QRectF(mark), "bg-raised", line, theme().px(5), STROKE)
        _words(self, painter)
