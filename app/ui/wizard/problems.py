"""What went wrong, or may, and the ways out of it. Made when there is something to tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.theme import theme
from app.ui.widgets.banner import Banner
from app.ui.widgets.live import Live

Way = tuple[str, Callable[[], object]]
KINDS = ("secondary", "secondary", "text")  # of the buttons: the page's primary one is Next


class Told(NamedTuple):
    """What a banner says, and up to three buttons."""

    title: str
    cause: str = ""
    advice: str = ""
    ways: tuple[Way, ...] = ()


class Problem(Banner):
    """A banner that can be told anew."""

    def __init__(self, tone: str, closable: bool, kinds: tuple[str, ...]) -> None:
        self._ways: tuple[Way, ...] = ()
        super().__init__(tone, closable=closable)
        self.buttons = [self.add_button("", kind) for kind in kinds]
        for number, button in enumerate(self.buttons):
            button.clicked.connect(lambda _checked=False, number=number: self._ways[number][1]())

    def tell(self, told: Told) -> None:
        self._ways = told.ways
        self.set_text(told.title, told.cause, told.advice)
        for button, words in zip(self.buttons, [*(words for words, _ in told.ways), "", "", ""], strict=False):
            button.setText(words)
            button.setVisible(bool(words))
        self.restyle()

    def restyle(self) -> None:
        super().restyle()
        if not self._ways:
            self._button_row.setContentsMargins(0, 0, 0, 0)


class Problems(Live, QWidget):
    """Banners of one tone under each other; `closed` when one is closed."""

    closed = Signal()

    def __init__(self, tone: str = "danger", *, closable: bool = False, kinds: tuple[str, ...] = KINDS) -> None:
        super().__init__()
        self._tone, self._closable, self._kinds = tone, closable, kinds
        self.banners: list[Problem] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.go_live()

    def banner(self, number: int) -> Problem:
        """The one at that place, told or not."""
        while len(self.banners) <= number:
            made = Problem(self._tone, self._closable, self._kinds)
            made.hide()
            made.closed.connect(self.closed)
            self._column.addWidget(made)
            self.banners.append(made)
        return self.banners[number]

    def tell(self, *told: Told) -> None:
        """These and no others."""
        for number, one in enumerate(told):
            self.banner(number).tell(one)
        for number, banner in enumerate(self.banners):
            banner.setVisible(number < len(told))

    def restyle(self) -> None:
        self._column.setSpacing(theme().px(12))
