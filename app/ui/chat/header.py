"""The header of a chat: its title, the model chip and what can be done with the chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from app.ui.theme import theme
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.chip import Chip, ChipState
from app.ui.widgets.gaps import set_gaps
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.live import Live

if TYPE_CHECKING:
    from app.runtime.engine.records import ModelStatus
    from app.ui.widgets.menu import Menu

NO_SIDEBAR = 1000
NAME_ONLY = 860
GUIDE = "guide"


class ModelRow(NamedTuple):
    """A row of the model menu. `fact` stands at the right (a size)."""

    id: str
    name: str
    fact: str = ""
    checked: bool = False


def gigabytes(size: int) -> str:
    """Bytes as people say them: `4.0 GB`, `11 MB`."""
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{max(1, round(size / 1e6))} MB"


class Header(Live, QFrame):
    """52 high. Under 1000 logical px, or with `set_sidebar_shown(False)`, it carries the sidebar's two buttons."""

    model_chosen = Signal(str)
    open_file_requested = Signal()
    manage_models_requested = Signal()
    panel_requested = Signal()
    new_chat_requested = Signal()
    rename_requested = Signal()
    delete_requested = Signal()
    copy_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self._status: ModelStatus | None = None
        self._tight, self._named = False, False
        self._narrow, self._sidebar = False, True
        self._rows: tuple[ModelRow, ...] = ()
        self._menu: Menu | None = None
        self._panel, self._compose = IconButton("panel"), IconButton("compose")
        self._title = ElidedLabel(role="card-title")
        self.chip = Chip()
        self._more = IconButton("more")
        row = self._row = QHBoxLayout(self)
        row.setSpacing(0)
        for button in (self._panel, self._compose):
            row.addWidget(button)
        row.addWidget(self._title, 1)
        row.addWidget(self.chip)
        row.addWidget(self._more)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._panel.clicked.connect(self.panel_requested)
        self._compose.clicked.connect(self.new_chat_requested)
        self.chip.clicked.connect(self.open_model_menu)
        self._more.clicked.connect(self.open_chat_menu)
        self.go_live()

    def set_title(self, title: str) -> None:
        """The chat's title; empty for a new chat."""
        self._named = bool(title)
        self._title.set_text(title or self.tr("New chat"))

    def title(self) -> str:
        return self._title.text()

    def set_model(self, status: ModelStatus, tight: bool = False) -> None:
        """`tight`: it runs, but less than 2 GB of memory are left."""
        self._status, self._tight = status, tight
        self._show_model()

    def set_models(self, rows: list[ModelRow] | tuple[ModelRow, ...]) -> None:
        """What the model menu lists."""
        self._rows = tuple(rows)

    def set_narrow(self, width_logical: float) -> None:
        """`width_logical`: the window's width ÷ text size factor."""
        self._narrow = width_logical < NO_SIDEBAR
        detail = "name" if width_logical < NAME_ONLY else "no-size" if self._narrow else "all"
        self.chip.set_detail(detail)
        self._arrange()

    def set_sidebar_shown(self, shown: bool) -> None:
        """False when the person has collapsed the sidebar."""
        self._sidebar = shown
        self._arrange()

    def _show_model(self) -> None:
        status = self._status
        if status is None or (status.state == "none" and not status.name):
            self.chip.set_state(ChipState(self.tr("No model"), "none"))
            return
        guide, info = status.id == GUIDE, status.info
        name = self.tr("Built-in guide") if guide else status.name
        facts = (self.tr("small model"),) if guide else (info.quantization,) if info and info.quantization else ()
        size = ""
        if status.aside:
            kind, word = "loading", self.tr("Set aside")
        elif status.state == "loading":
            kind, word = "loading", self.tr("Loading {percent}%").format(percent=round(status.fraction * 100))
        elif status.state == "failed":
            kind, word = "failed", self.tr("Could not load")
        elif status.state == "none":
            kind, word = "none", ""
        else:
            kind, word = ("tight", self.tr("Memory tight")) if self._tight else ("ready", self.tr("Ready"))
            size = gigabytes(info.size) if info and not guide else ""
        self.chip.set_state(ChipState(name, kind, word, facts, size))

    def open_model_menu(self) -> None:
        """The models that can be chosen, then a file."""
        menu = self._fresh_menu()
        for row in self._rows:
            action = menu.add_choice(row.name, row.fact, row.checked)
            action.triggered.connect(lambda _checked=False, id=row.id: self.model_chosen.emit(id))
        if self._rows:
            menu.addSeparator()
        menu.add(self.tr("Open a GGUF file…"), icon="folder").triggered.connect(self.open_file_requested)
        menu.add(self.tr("Manage models…"), icon="models").triggered.connect(self.manage_models_requested)
        menu.setAccessibleName(self.tr("Model menu"))
        menu.open_below(self.chip)

    def open_chat_menu(self) -> None:
        menu = self._fresh_menu()
        menu.add(self.tr("Rename"), icon="edit", enabled=self._named).triggered.connect(self.rename_requested)
        menu.add(self.tr("Copy the chat"), icon="copy", enabled=self._named).triggered.connect(self.copy_requested)
        menu.addSeparator()
        delete = menu.add(self.tr("Delete"), icon="trash", danger=True, enabled=self._named)
        delete.triggered.connect(self.delete_requested)
        menu.setAccessibleName(self.tr("Chat menu"))
        menu.open_below(self._more)

    def _fresh_menu(self) -> Menu:
        from app.ui.widgets.menu import Menu  # when one opens

        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = Menu(self)
        return self._menu

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), max(theme().px(52), self.chip.sizeHint().height() + theme().px(8)))

    def _arrange(self) -> None:
        px = theme().px
        own = self._narrow or not self._sidebar
        for button in (self._panel, self._compose):
            button.setVisible(own)
        self._row.setContentsMargins(px(12 if own else 24), 1, px(12 if self._narrow else 16), 0)
        gaps = [(self._panel, 4 if own else 0), (self._compose, 12 if own else 0), (self._title, 16), (self.chip, 0)]
        gaps[3] = (self.chip, 4 if self._narrow else 8)
        set_gaps(self._row, gaps)

    def restyle(self) -> None:
        self.setFixedHeight(self.sizeHint().height())
        self._title.set_margins(0, 1)
        self._arrange()

    def retranslate(self) -> None:
        self._panel.set_hint(self.tr("Show the sidebar"), "Ctrl+B")
        self._compose.set_hint(self.tr("New chat"), "Ctrl+N")
        self._more.set_hint(self.tr("More about this chat"))
        if not self._named:
            self._title.set_text(self.tr("New chat"))
        self._show_model()
