"""A combo box with the design's arrow."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from app.ui.theme import theme
from app.ui.widgets.live import Live


class Select(Live, QComboBox):
    """Choices with a stored value each. The wheel scrolls the page, not the choice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("compact", "true")
        self.setMaxVisibleItems(12)
        self.go_live()

    def set_choices(self, choices: list[tuple[Any, str]]) -> None:
        """Replace texts and values, keeping the chosen value and telling nobody."""
        chosen = self.currentData()
        self.blockSignals(True)
        self.clear()
        for value, text in choices:
            self.addItem(text, value)
        self.setCurrentIndex(max(0, self.findData(chosen)))
        self.blockSignals(False)

    def set_value(self, value: Any) -> None:
        """Choose `value` without telling."""
        self.blockSignals(True)
        self.setCurrentIndex(max(0, self.findData(value)))
        self.blockSignals(False)

    def restyle(self) -> None:
        self.setFont(theme().font("interface"))
        self.setMinimumWidth(theme().px(150))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        side = theme().px(16)
        place = QPoint(self.width() - theme().px(12) - side, (self.height() - side) // 2)
        token = "text-2" if self.isEnabled() else "text-off"
        painter.drawPixmap(place, theme().pixmap("chevron-down", 16, token))
