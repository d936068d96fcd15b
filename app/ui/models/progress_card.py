"""A card for something that goes on: what it is, how far, and buttons to halt it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.theme import theme
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.card import Card
from app.ui.widgets.dot_line import DotLine
from app.ui.widgets.labels import ElidedLabel, Label
from app.ui.widgets.progress import ProgressLine

NARROW = 480


@dataclass(frozen=True)
class CardState:
    """`facts` stand at the right above the line; `fraction` None: no line. `detail` under it. `tone` of the icon."""

    title: str
    icon: str = "download"
    facts: tuple[str, ...] = ()
    fraction: float | None = None
    state: str = "running"
    detail: str = ""
    tone: str = "accent-mark"


class ProgressCard(Card):
    """Shows a `CardState`. Icon buttons and buttons with words are added once and then shown or hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = CardState("")
        self._icon, self._title = QLabel(), ElidedLabel(role="interface")
        self._facts, self._line = DotLine(role="small", token="text-2"), ProgressLine()
        self._detail = Label(role="small", token="text-2", wrap=True)
        self._icons: list[IconButton] = []
        self._buttons: list[Button] = []
        row = QWidget()
        self._row = QHBoxLayout(row)
        self._row.setSpacing(0)
        self._words = QHBoxLayout()
        self._words.addWidget(self._title, 1)
        self._words.addWidget(self._facts)
        self._middle = QVBoxLayout()
        self._middle.setSpacing(0)
        self._middle.addLayout(self._words)
        self._middle.addWidget(self._line)
        self._middle.addWidget(self._detail)
        self._row.addWidget(self._icon)
        self._row.addLayout(self._middle, 1)
        self._right = QHBoxLayout()
        self._row.addLayout(self._right)
        self.add_row(row)
        self.go_live()

    def add_icon(self, icon: str, act: Callable[[], object]) -> IconButton:
        button = IconButton(icon, up=True)
        button.clicked.connect(lambda: act())
        self._right.addWidget(button)
        self._icons.append(button)
        return button

    def add_button(self, act: Callable[[], object], kind: str = "secondary") -> Button:
        button = Button(kind=kind, small=True)
        button.clicked.connect(lambda: act())
        self._right.insertWidget(len(self._buttons), button)
        self._buttons.append(button)
        return button

    def set_state(self, state: CardState) -> None:
        if state == self.state:
            return
        fresh = (state.icon, state.tone) != (self.state.icon, self.state.tone)
        self.state = state
        self._title.set_text(state.title)
        self._facts.set_parts(*state.facts)
        self._facts.setVisible(bool(state.facts))
        self._line.set_fraction(state.fraction)
        self._line.set_state(state.state)
        self._line.setVisible(state.fraction is not None)
        self._line.setAccessibleName(state.title)
        self._detail.set_text(state.detail)
        self._detail.setVisible(bool(state.detail))
        self.setAccessibleName(state.title)
        self.setAccessibleDescription(", ".join((*state.facts, state.detail)).strip(", "))
        if fresh:
            self._show_icon()
        self._arrange()

    def restyle(self) -> None:
        px = theme().px
        self._row.setContentsMargins(px(20), px(15), px(20), px(14))
        self._words.setSpacing(px(12))
        self._right.setSpacing(px(14))
        self._show_icon()
        self._arrange()

    def _show_icon(self) -> None:
        self._icon.setPixmap(theme().pixmap(self.state.icon, 20, self.state.tone))
        self._icon.setContentsMargins(0, 0, theme().px(14), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        px = theme().px
        narrow = self.width() < px(NARROW)
        self._words.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        self._words.setSpacing(px(2 if narrow else 12))
        self._middle.setContentsMargins(0, 0, px(12 if narrow else 20), 0)
        under = px(7) if self.state.fraction is not None or self.state.detail else 0
        self._words.setContentsMargins(0, 0, 0, under)
        self._detail.set_margins(px(6) if self.state.fraction is not None else 0, 0)
        align = Qt.AlignmentFlag.AlignRight if not narrow else Qt.AlignmentFlag.AlignLeft
        self._words.setAlignment(self._facts, align | Qt.AlignmentFlag.AlignVCenter)
