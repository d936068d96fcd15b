"""A row of a card that tells something: an icon, a title, facts below it, a word at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.theme import SEMIBOLD, theme
from app.ui.widgets.dot_line import DotLine
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live
from app.ui.widgets.tag import Tag

PADDING_X, PADDING_Y, GAP = 20, 16, 14


class InfoRow(Live, QWidget):
    """`tag` True: a tag stands at the right before the word. `body`: a layout for more, below the facts."""

    def __init__(self, icon: str, *, tag: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._token, self._strong = icon, "text-2", False
        self._mark = QLabel()
        self.title = Label(role="interface", wrap=True)
        self.loud = Label(role="card-title", weight=SEMIBOLD, wrap=True)  # the title of what is going on now
        self.facts = DotLine("small", "text-2", wrap=True)
        self.text = Label(role="small", token="text-2", wrap=True)
        self.right = Label(role="small", token="text-2")
        self.tag = Tag() if tag else None
        self._words = QVBoxLayout()
        self._words.setSpacing(0)
        for part in (self.title, self.loud, self.facts, self.text):
            self._words.addWidget(part)
        self.body = QVBoxLayout()
        self.body.setSpacing(0)
        self._end = QHBoxLayout()
        if self.tag is not None:
            self._end.addWidget(self.tag, 0, Qt.AlignmentFlag.AlignTop)
        self._end.addWidget(self.right, 0, Qt.AlignmentFlag.AlignTop)
        across = QHBoxLayout()
        across.addLayout(self._words, 1)
        across.addLayout(self._end)
        beside = QVBoxLayout()
        beside.setSpacing(0)
        beside.addLayout(across)
        beside.addLayout(self.body)
        self._box = QHBoxLayout(self)
        self._box.setSpacing(0)
        self._box.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        self._box.addLayout(beside, 1)
        self.go_live()

    def tell(
        self, title: str, *facts: str, text: str = "", right: str = "", verdict: tuple[str, str] | None = None
    ) -> None:
        """`verdict`: tone and word of the tag. Empty parts take no room."""
        self.title.set_text(title)
        self.loud.set_text(title)
        self.facts.set_parts(*facts)
        self.facts.setVisible(any(facts))
        self.text.set_text(text)
        self.text.setVisible(bool(text))
        self.right.set_text(right)
        self.right.setVisible(bool(right))
        if self.tag is not None:
            self.tag.setVisible(verdict is not None)
            if verdict is not None:
                self.tag.set_tone(verdict[0])
                self.tag.set_text(verdict[1])
        said = (title, verdict[1] if verdict else "", right, ", ".join(facts), text)
        self.setAccessibleName(". ".join(part for part in said if part))

    def set_look(self, icon: str, token: str = "text-2", *, strong: bool = False, title: str = "text-1") -> None:
        """`strong`: what goes on now; `title`: colour of the title."""
        if (icon, token, strong) != (self._icon, self._token, self._strong):
            self._icon, self._token, self._strong = icon, token, strong
            self.restyle()
        self.title.set_token(title)

    def restyle(self) -> None:
        px = theme().px
        self.title.setVisible(not self._strong)
        self.loud.setVisible(self._strong)
        self._mark.setPixmap(theme().pixmap(self._icon, 20, self._token))
        self._box.setContentsMargins(px(PADDING_X), px(PADDING_Y), px(PADDING_X), px(PADDING_Y))
        self._mark.setContentsMargins(0, 0, px(GAP), 0)
        self._end.setContentsMargins(px(16), 0, 0, 0)
        self._end.setSpacing(px(10))
        self.text.set_margins(px(2), 0)
        self.facts.set_margin(px(2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()
