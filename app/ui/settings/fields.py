"""A field under a row of the settings, with what is wrong in it."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.ui.models.source_card import mark_wrong
from app.ui.theme import theme
from app.ui.widgets.icon_fact import IconFact
from app.ui.widgets.live import Live


class FieldPart(Live, QWidget):
    """A line to type into; `set_wrong` says what is wrong with it, until something else is typed."""

    def __init__(self) -> None:
        super().__init__()
        self.field, self.wrong = QLineEdit(), IconFact("error", token="danger")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.field)
        self._column.addWidget(self.wrong)
        self.field.textEdited.connect(lambda _text: self.set_wrong(""))
        self.set_wrong("")
        self.go_live()

    def set_wrong(self, words: str) -> None:
        self.wrong.set_text(words)
        self.wrong.setVisible(bool(words))
        mark_wrong(self.field, words)

    def restyle(self) -> None:
        self.field.setFont(theme().font("interface"))
        self._column.setSpacing(theme().px(6))
