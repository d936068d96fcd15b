"""On or off."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.ui.theme import theme
from app.ui.widgets.live import Live

STROKE = 1.5


class Switch(Live, QAbstractButton):
    """A checkable 38×22 switch; `toggled` tells the new value."""

    def __init__(self, name: str = "", checked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setChecked(checked)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setProperty("ring_radius", 11)
        self.go_live()

    def restyle(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(38), theme().px(22))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        knob = theme().px(16) / 2
        inset = (box.height() - 2 * knob) / 2
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("accent-mark" if self.isEnabled() else "text-off"))
            painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
            painter.setBrush(theme().color("bg-page"))
            painter.drawEllipse(QPointF(box.right() - inset - knob, box.center().y()), knob, knob)
            return
        token = "line-control" if self.isEnabled() else "text-off"
        painter.setPen(QPen(theme().color(token), STROKE))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        frame = box.adjusted(STROKE / 2, STROKE / 2, -STROKE / 2, -STROKE / 2)
        painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color(token))
        painter.drawEllipse(QPointF(box.left() + inset + knob, box.center().y()), knob, knob)
