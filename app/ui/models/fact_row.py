"""A choice with its facts: title and hint, at the right a number and, with its numbers beside it, a verdict."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.theme import theme
from app.ui.widgets.choice_card import ChoiceRow
from app.ui.widgets.labels import Label
from app.ui.widgets.tag import Tag

NARROW = 420


class FactRow(ChoiceRow):
    """A row of a `ChoiceCard`."""

    def __init__(self, value: Any, title: str, hint: str = "", fact: str = "", parent: QWidget | None = None) -> None:
        super().__init__(value, parent)
        self._title, self._hint = Label(title, wrap=True), Label(hint, "tiny", "text-2", wrap=True)
        self._fact, self._note, self._tag = Label(fact, "small", "text-2"), Label("", "tiny", "text-2"), Tag()
        text = QVBoxLayout()
        text.setSpacing(0)
        text.addWidget(self._title)
        text.addWidget(self._hint)
        self._hint.setVisible(bool(hint))
        self._facts = QHBoxLayout()
        for part in (self._fact, self._tag, self._note):
            self._facts.addWidget(part)
        self._line = QHBoxLayout()
        self._line.addLayout(text, 1)
        self._line.addLayout(self._facts)
        self.words.addLayout(self._line)
        self.see_through(self._title, self._hint, self._fact, self._tag, self._note)
        self.set_verdict(None)
        self.go_live()

    def set_fact(self, fact: str) -> None:
        self._fact.set_text(fact)
        self._name()

    def set_verdict(self, verdict: tuple[str, str] | None, note: str = "") -> None:
        """A word with its tone, and the numbers beside it."""
        self._tag.setVisible(verdict is not None)
        if verdict is not None:
            self._tag.set_text(verdict[0])
            self._tag.set_tone(verdict[1])
        self._note.set_text(note)
        self._note.setVisible(bool(note))
        self._name()

    def _name(self) -> None:
        word = self._tag.text() if not self._tag.isHidden() else ""
        facts = (self._title.text(), self._hint.text(), self._fact.text(), word, self._note.text())
        self.setAccessibleName(", ".join(fact for fact in facts if fact))

    def restyle(self) -> None:
        super().restyle()
        self._facts.setSpacing(theme().px(8))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        narrow = self.width() < theme().px(NARROW)
        self._line.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        self._line.setSpacing(theme().px(4 if narrow else 12))
