"""A row of the list of models, or of the ways of having one: name, tags, a sentence, facts, whether it fits."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.runtime.models.memory import Verdict
from app.ui.theme import theme
from app.ui.widgets.choice_card import ChoiceRow
from app.ui.widgets.dot_line import DotLine
from app.ui.widgets.labels import Label
from app.ui.widgets.tag import Tag
from app.ui.wizard.pieces import IconTag
from app.ui.wizard.words import fit_word, numbers

NARROW = 560  # logical px of a row that is narrow in any window


class OptionRow(ChoiceRow):
    """`tell` sets everything anew; what is empty takes no room."""

    def __init__(self, value: Any, parent: QWidget | None = None) -> None:
        super().__init__(value, parent)
        self.name = Label(role="card-title")
        self.good, self.plain, self.key = Tag(tone="accent"), Tag(tone="neutral"), IconTag("key")
        self.sentence = Label(role="interface", token="text-2", wrap=True)
        self.facts = DotLine("tiny", "text-3", wrap=True)
        self.tags = [Tag(), Tag()]  # at the right, below
        self.numbers = [Label(role="tiny", token="text-2"), Label(role="tiny", token="text-2", wrap=True)]
        self._verdict: Verdict | None = None
        self._narrow = False
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        for part in (self.name, self.good, self.plain, self.key):
            self._head.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._head.addStretch(1)
        self._below = QHBoxLayout()
        self._below.addWidget(self.tags[1], 0, Qt.AlignmentFlag.AlignTop)
        self._below.addWidget(self.numbers[1], 1)
        self._left = QVBoxLayout()
        self._left.setSpacing(0)
        self._left.addLayout(self._head)
        self._left.addWidget(self.sentence)
        self._left.addWidget(self.facts)
        self._left.addLayout(self._below)
        self._right = QVBoxLayout()
        self._right.addWidget(self.tags[0], 0, Qt.AlignmentFlag.AlignRight)
        self._right.addWidget(self.numbers[0], 0, Qt.AlignmentFlag.AlignRight)
        self._right.addStretch(1)
        self._across = QHBoxLayout()
        self._across.addLayout(self._left, 1)
        self._across.addLayout(self._right)
        self.words.addLayout(self._across)
        self.see_through(self.name, self.good, self.plain, self.sentence, *self.tags, *self.numbers)
        self.go_live()

    def tell(
        self,
        name: str,
        sentence: str,
        facts: tuple[str, ...],
        verdict: Verdict | None,
        *,
        good: str = "",
        plain: str = "",
        key: str = "",
    ) -> None:
        """`good`, `plain`, `key`: words of the tags beside the name."""
        self.name.set_text(name)
        self.sentence.set_text(sentence)
        self.sentence.setVisible(bool(sentence))
        self.facts.set_parts(*facts)
        tag: Tag | IconTag
        for tag, text in ((self.good, good), (self.plain, plain), (self.key, key)):
            tag.set_text(text)
            tag.setVisible(bool(text))
        self._verdict = verdict
        said = [name, good, plain, key]
        if verdict is not None:
            tone, word = fit_word(verdict)
            for one, label in zip(self.tags, self.numbers, strict=True):
                one.set_tone(tone)
                one.set_text(word)
                label.set_text(numbers(verdict))
            said += [word, numbers(verdict)]
        self.setAccessibleName(". ".join(part for part in (*said, sentence, *facts) if part))
        self._arrange()

    def set_narrow(self, narrow: bool) -> None:
        """Whether the verdict stands under the text."""
        self._narrow = narrow
        self._arrange()

    def restyle(self) -> None:
        super().restyle()
        px = theme().px
        self._head.setSpacing(px(8))
        self._below.setSpacing(px(8))
        self._right.setSpacing(px(6))
        self._across.setSpacing(px(20))
        self.sentence.set_margins(px(6), px(6))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """The verdict at the right or, where the row is narrow, under the text; tags under a name too long for them."""
        px = theme().px
        narrow = self._narrow or self.width() < px(NARROW)
        for number, shown in enumerate((not narrow, narrow)):
            shown = shown and self._verdict is not None
            self.tags[number].setVisible(shown)
            self.numbers[number].setVisible(shown)
        self._below.setContentsMargins(0, px(8) if narrow and self._verdict else 0, 0, 0)
        tags = [one for one in (self.good, self.plain, self.key) if not one.isHidden()]
        wide = self.name.sizeHint().width() + sum(one.width() + px(8) for one in tags)
        direction = (
            QBoxLayout.Direction.TopToBottom if wide > self.width() - px(70) else QBoxLayout.Direction.LeftToRight
        )
        if self._head.direction() != direction:
            self._head.setDirection(direction)
