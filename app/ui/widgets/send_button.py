"""The round-cornered Send button of the composer."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from app.ui.theme import theme
from app.ui.widgets.buttons import hint_text
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box


class SendButton(Live, QPushButton):
    """34×34, radius 9; grey while there is nothing to send."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hint = ("", "")
        self.setProperty("kind", "bare")
        self.setProperty("ring_radius", 9)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.go_live()

    def set_hint(self, hint: str, shortcut: str) -> None:
        self._hint = (hint, shortcut)
        self.setAccessibleName(hint)
        self.setToolTip(hint_text(hint, shortcut))

    def restyle(self) -> None:
        self.setFixedSize(theme().px(34), theme().px(34))
        self.setToolTip(hint_text(*self._hint))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(34), theme().px(34))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill, ink = "accent", "on-accent"
        if not self.isEnabled():
            fill, ink = "bg-hover", "text-off"
        elif self.isDown():
            fill = "accent-press"
        elif self.underMouse():
            fill = "accent-hover"
        box(painter, self.rect(), fill, "", theme().px(9))
        side = theme().px(20)
        place = QPoint((self.width() - side) // 2, (self.height() - side) // 2)
        painter.drawPixmap(place, theme().pixmap("send", 20, ink))
