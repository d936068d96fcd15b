"""What all pages of the wizard have: title, introduction, an error and what to do about it, room between the parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from app.errors import AppError
from app.runtime.models.setup_flow import can_continue
from app.runtime.models.setup_state import Page, SetupState
from app.ui.errors import present
from app.ui.theme import theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live
from app.ui.wizard.problems import KINDS, Problem, Problems, Told, Way
from app.ui.wizard.words import joined

if TYPE_CHECKING:
    from app.ui.wizard.facts import Facts
    from app.ui.wizard.presenter import SetupPresenter


@dataclass(frozen=True)
class Foot:
    """What the wizard's foot says on a page; an empty text: that button is not there. `back_icon`: before its words."""

    next: str
    back: str
    later: str
    summary: str = ""
    back_icon: str = ""


class SetupPage(Live, QWidget):
    """A view of `presenter.state` and `presenter.facts`; `refresh` shows them, every wish goes to the presenter.

    Subclasses add their parts with `add` and end `__init__` with `go_live()`."""

    page: ClassVar[Page]
    problem_kinds: ClassVar[tuple[str, ...]] = KINDS
    to_be_seen = Signal(QWidget)  # a part that has just come

    def __init__(self, presenter: SetupPresenter) -> None:
        super().__init__()
        self.presenter = presenter
        self.title = Label(role="page-title", wrap=True)
        self.intro = Label(role="table", token="text-2", wrap=True)
        self._problems = Problems(closable=True, kinds=self.problem_kinds)
        self._problems.closed.connect(self._close_problem)
        self._error: AppError | None = None  # that is shown
        self._closed: AppError | None = None  # that the user has closed
        self._rooms: dict[QWidget, tuple[QWidget, int]] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.title)
        self._column.addWidget(self.intro)
        self.add(self._problems, 20)
        self.set_shown(self._problems, False)

    # --- parts

    def add(self, widget: QWidget, above: int = 0) -> None:
        """Below what is there, with `above` logical px of room that goes away with it. Buttons keep their width."""
        room = QWidget()
        layout = QVBoxLayout(room)
        layout.setSpacing(0)
        left = isinstance(widget, QAbstractButton)
        layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag(0))
        self._rooms[widget] = (room, above)
        self._column.addWidget(room)

    def end(self) -> None:
        """After the last part."""
        self._column.addStretch(1)

    def set_shown(self, widget: QWidget, shown: bool) -> None:
        """A part with the room above it."""
        widget.setVisible(shown)
        self._rooms[widget][0].setVisible(shown)

    def restyle(self) -> None:
        self.intro.set_margins(theme().px(4), 0)
        for room, above in self._rooms.values():
            layout = room.layout()
            if layout is not None:
                layout.setContentsMargins(0, theme().px(above), 0, 0)

    # --- the view

    @property
    def state(self) -> SetupState:
        return self.presenter.state

    @property
    def facts(self) -> Facts:
        return self.presenter.facts

    def refresh(self) -> None:
        """Show the state and the facts."""
        raise NotImplementedError

    def foot(self) -> Foot:
        return Foot(self.tr("Next"), self.tr("Back"), self.tr("Later"))

    def ready(self) -> bool:
        """Whether Next is possible."""
        return can_continue(self.state)

    def set_narrow(self, narrow: bool) -> None:
        """Whether the window is small."""

    def start(self) -> QWidget | None:
        """What has the keyboard when the page is shown; None for Next."""
        return None

    def leave(self) -> None:
        """Another page is shown now."""

    def retranslate(self) -> None:
        self.refresh()
        self.setAccessibleName(self.title.text())

    # --- errors

    @property
    def problem(self) -> Problem:
        """The banner of the page's error."""
        return self._problems.banner(0)

    def show_error(self, *ways: Way, title: str = "", advice: str = "", error: AppError | None = None) -> None:
        """The flow's error, or `error`, with ways out; nothing where there is none. `title` above what happened. An
        install that failed can be tried again."""
        error, before = error or self.state.error, self._error
        self._error = error
        shown = present(error, self.presenter.languages) if error is not None and error is not self._closed else None
        self.set_shown(self._problems, shown is not None)
        if shown is None:
            self._problems.tell()
            return
        if self.state.failed and error is self.state.error and not ways:
            ways = ((self.tr("Try again"), self.presenter.retry),)
            advice = advice or self.tr("What has been downloaded is kept.")
        text = joined(shown.text, advice)
        self._problems.tell(Told(title, shown.title, text, ways) if title else Told(shown.title, "", text, ways))
        if error is not before:
            self.to_be_seen.emit(self._problems)

    def _close_problem(self) -> None:
        self._closed = self._error
        self.refresh()

    def link(self, icon: str = "") -> Button:
        return Button(kind="link", icon=icon, icon_size=16)

    @staticmethod
    def visit(address: str) -> None:
        """Show a page in the system's browser."""
        QDesktopServices.openUrl(QUrl(address))
