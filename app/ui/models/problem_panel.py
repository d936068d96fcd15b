"""An error as a panel: what happened, why, what to do next, and a button for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import AppError
from app.ui.errors import Shown, present
from app.ui.i18n import Languages
from app.ui.widgets.banner import Banner
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live

_FIRST_SENTENCE = re.compile(r"(.+?(?:[。！？]|[.!?:](?=\s)|：))\s*(.+)", re.DOTALL)


@dataclass(frozen=True)
class Way:
    """A button of the panel. `kind`: primary, secondary, text."""

    words: str
    act: Callable[[], object]
    kind: str = "secondary"


def parts_of(shown: Shown) -> tuple[str, str, str]:
    """(title, cause, advice): what happened in the first sentence, the rest of it as the cause."""
    match = _FIRST_SENTENCE.fullmatch(shown.title)
    title, cause = (match[1], match[2]) if match else (shown.title, "")
    return title.rstrip("。.:："), cause, shown.text


class ProblemPanel(Live, QWidget):
    """Shows one `AppError` at a time and stays until `clear`; `closed` after its × was pressed."""

    closed = Signal()

    def __init__(self, languages: Languages, *, closable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._languages, self._closable = languages, closable
        self._error: AppError | None = None
        self._ways: tuple[Way, ...] = ()
        self._guide: Callable[[AppError], object] | None = None
        self._banner: Banner | None = None
        self._details: Label | None = None
        self._open = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()
        self.go_live()

    @property
    def error(self) -> AppError | None:
        return self._error

    def show_error(self, error: AppError, *ways: Way, guide: Callable[[AppError], object] | None = None) -> None:
        """`ways` out, the first of them primary unless it says otherwise; `guide` asks the built-in one about it."""
        self._error, self._ways, self._guide, self._open = error, ways, guide, False
        self._build()

    def clear(self) -> None:
        self._error = None
        self._build()

    def button(self, words: str) -> Button | None:
        return next((one for one in self.findChildren(Button) if one.text() == words and one.isVisibleTo(self)), None)

    def _build(self) -> None:
        for part in (self._banner, self._details):
            if part is not None:
                self._column.removeWidget(part)
                part.hide()
                part.deleteLater()
        self._banner = self._details = None
        shown = present(self._error, self._languages) if self._error is not None else None
        self.setVisible(shown is not None)
        if shown is None:
            return
        banner = self._banner = Banner("danger", *parts_of(shown), closable=self._closable)
        banner.closed.connect(self._shut)
        for way in self._ways:
            banner.add_button(way.words, way.kind).clicked.connect(lambda _checked=False, act=way.act: act())
        guide, error = self._guide, self._error
        if guide is not None and error is not None:
            banner.add_button(self.tr("Ask the built-in guide")).clicked.connect(lambda: guide(error))
        details = banner.add_button(self.tr("Hide details") if self._open else self.tr("Show details"), "text")
        details.clicked.connect(self._toggle)
        self._column.addWidget(banner)
        banner.show()
        if self._open:
            self._show_details(shown)
        self.setAccessibleName(banner.accessibleName())

    def _show_details(self, shown: Shown) -> None:
        assert self._error is not None and self._banner is not None
        text = shown.report or str(self._error)
        self._details = Label(text, "code", "text-2", wrap=True)
        self._column.addWidget(self._details)
        self._details.show()
        copy = self._banner.add_button(self.tr("Copy details"), "text")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))

    def _toggle(self) -> None:
        self._open = not self._open
        self._build()

    def _shut(self) -> None:
        self._error = None
        self.hide()
        self.closed.emit()

    def retranslate(self) -> None:
        if self._error is not None:
            self._build()
