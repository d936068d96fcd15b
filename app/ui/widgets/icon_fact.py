"""A fact with an icon before it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.ui.theme import theme
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live


class IconFact(Live, QWidget):
    """An icon and a short text; it wraps where the room ends. `indent`: it stands under the rows of a card."""

    def __init__(
        self,
        icon: str,
        role: str = "small",
        token: str = "text-2",
        *,
        indent: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon, self._token, self._indent = icon, token, indent
        self._mark = QLabel()
        self.label = Label(role=role, token=token, wrap=True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self.label, 1)
        self.go_live()

    def set_text(self, text: str) -> None:
        self.label.set_text(text)
        self.setAccessibleName(self.label.text())

    def set_look(self, icon: str, token: str) -> None:
        self._icon, self._token = icon, token
        self.label.set_token(token)
        self.restyle()

    def restyle(self) -> None:
        px, side = theme().px, 20 if self._indent else 18
        self._mark.setPixmap(theme().pixmap(self._icon, side, self._token))
        self._mark.setFixedHeight(max(px(side), self.label.minimumSizeHint().height()))
        self._row.setSpacing(px(14 if self._indent else 6))
        self._row.setContentsMargins(px(20) if self._indent else 0, 0, 0, 0)
