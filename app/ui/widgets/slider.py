"""A number on a track, with the value beside it that can be typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSlider, QWidget

from app.ui.theme import theme
from app.ui.widgets.live import Live

STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}


class Track(QSlider):
    """A horizontal slider that leaves the wheel to the page unless it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setProperty("ring_radius", 8)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class NumberField(QLineEdit):
    """The number itself; arrows step it. (A QSpinBox without buttons loses its text under a style sheet.)"""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = STEPS.get(Qt.Key(event.key()))
        if steps is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(steps)


class Slider(Live, QWidget):
    """`value_changed` tells the new number, already a multiple of `step` within the bounds."""

    value_changed = Signal(float)

    def __init__(
        self, low: float, high: float, step: float, value: float, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._low, self._high, self._step = low, high, step
        self._track, self._field = Track(), NumberField()
        self._track.setRange(0, round((high - low) / step))
        self._track.setPageStep(max(1, self._track.maximum() // 10))
        self._field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._field.setProperty("bare", "true")
        self._field.setMaxLength(8)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._track)
        self._row.addWidget(self._field)
        self.setFocusProxy(self._track)
        self.set_name(name)
        self.set_value(value)
        self._track.valueChanged.connect(self._moved)
        self._field.editingFinished.connect(self._typed)
        self._field.stepped.connect(lambda steps: self._track.setValue(self._track.value() + steps))
        self.go_live()

    def set_name(self, name: str) -> None:
        self._track.setAccessibleName(name)
        self._field.setAccessibleName(name)

    def value(self) -> float:
        return round(self._low + self._track.value() * self._step, 4)

    def text(self) -> str:
        """The number as shown."""
        return f"{self.value():g}"

    def set_value(self, value: float) -> None:
        """Show the step nearest to `value` without telling."""
        self._track.blockSignals(True)
        self._track.setValue(round((min(max(value, self._low), self._high) - self._low) / self._step))
        self._track.blockSignals(False)
        self._track.update()
        self._field.setText(self.text())

    def restyle(self) -> None:
        px = theme().px
        self._field.setFont(theme().font("interface"))
        widest = QFontMetrics(self._field.font()).horizontalAdvance("0.00")
        self._field.setFixedWidth(max(px(32), widest + px(4)))
        self._field.setTextMargins(-2, 0, -2, 0)
        self._track.setFixedSize(px(140), px(22))
        self._row.setSpacing(px(12))

    def _moved(self) -> None:
        self._field.setText(self.text())
        self.value_changed.emit(self.value())

    def _typed(self) -> None:
        before = self.value()
        try:
            self.set_value(float(self._field.text().replace(",", ".")))
        except ValueError:
            self.set_value(before)
        if self.value() != before:
            self.value_changed.emit(self.value())
