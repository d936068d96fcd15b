"""A quiet search field: no border, magnifier in front."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.ui.theme import theme
from app.ui.widgets.live import Live


class SearchField(Live, QLineEdit):
    """Esc empties it first and only then goes on to whoever else wants Esc."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("quiet", "true")
        self._icon = QLabel(self)
        self._icon.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.go_live()

    def set_hint(self, text: str) -> None:
        self.setPlaceholderText(text)
        self.setAccessibleName(text)

    def restyle(self) -> None:
        px = theme().px
        self.setFont(theme().font("small"))
        height = max(px(34), QFontMetrics(self.font()).height() + px(8))
        self.setFixedHeight(height)
        self._icon.setPixmap(theme().pixmap("search", 16, "text-3"))
        self._icon.setGeometry(px(10), (height - px(16)) // 2, px(16), px(16))
        self.setTextMargins(px(34) - 2, 0, px(8), 2)  # a QLineEdit adds 2 px of its own

    def event(self, event: QEvent) -> bool:
        """Keep Esc from the window's shortcuts while there is something to empty."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.text():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            event.accept()
            return
        super().keyPressEvent(event)
