"""A number on a track, with the value beside it that can be typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

from app.ui.theme import theme
from app.ui.widgets.live import Live


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


class Field(QDoubleSpinBox):
    """The number itself: as many decimals as it needs, no buttons."""

    def textFromValue(self, value: float) -> str:
        text = super().textFromValue(value)
        point = self.locale().decimalPoint()
        return text.rstrip("0").rstrip(point) if point in text else text

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Slider(Live, QWidget):
    """`value_changed` tells the new number, already a multiple of `step` within the bounds."""

    value_changed = Signal(float)

    def __init__(
        self, low: float, high: float, step: float, value: float, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._low, self._step = low, step
        self._track, self._field = Track(), Field()
        self._track.setRange(0, round((high - low) / step))
        self._track.setPageStep(max(1, self._track.maximum() // 10))
        self._field.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self._field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._field.setProperty("bare", "true")
        self._field.setDecimals(2 if step != int(step) else 0)
        self._field.setRange(low, high)
        self._field.setSingleStep(step)
        self._field.setKeyboardTracking(False)
        self._field.setFrame(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._track)
        row.addWidget(self._field)
        self.setFocusProxy(self._track)
        self.setAccessibleName(name)
        self.set_name(name)
        self.set_value(value)
        self._track.valueChanged.connect(self._track_moved)
        self._field.valueChanged.connect(self._typed)
        self.go_live()

    def set_name(self, name: str) -> None:
        self._track.setAccessibleName(name)
        self._field.setAccessibleName(name)

    def value(self) -> float:
        return round(self._low + self._track.value() * self._step, 4)

    def set_value(self, value: float) -> None:
        """Show `value` without telling."""
        for part in (self._track, self._field):
            part.blockSignals(True)
        self._track.setValue(round((value - self._low) / self._step))
        self._field.setValue(value)
        for part in (self._track, self._field):
            part.blockSignals(False)
        self._track.update()

    def restyle(self) -> None:
        self._field.setFont(theme().font("interface"))
        widest = QFontMetrics(self._field.font()).horizontalAdvance("0.00")
        self._field.setFixedWidth(max(theme().px(32), widest + theme().px(4)))
        self._track.setFixedWidth(theme().px(140))
        self._track.setFixedHeight(theme().px(22))
        layout = self.layout()
        if layout:
            layout.setSpacing(theme().px(12))

    def _track_moved(self) -> None:
        self.set_value(self.value())
        self.value_changed.emit(self.value())

    def _typed(self, value: float) -> None:
        self.set_value(value)
        self.set_value(self.value())
        self.value_changed.emit(self.value())
