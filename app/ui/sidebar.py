"""The sidebar: new chat, search, the chats by day, models and settings."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme import theme
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.card import Rule
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live
from app.ui.widgets.search_field import SearchField

if TYPE_CHECKING:
    from app.runtime.chats.records import Chat
    from app.ui.widgets.chat_list import ChatList
    from app.ui.widgets.menu import Menu

WIDTH = 264
DAY = 24 * 3600


def key_text(keys: str) -> str:
    """A shortcut as this platform writes it."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


class Sidebar(Live, QFrame):
    """Shows the chats it is given; every wish leaves as a signal."""

    new_chat_requested = Signal()
    chat_selected = Signal(int)
    rename_requested = Signal(int, str)
    delete_requested = Signal(int)
    collapse_requested = Signal()
    models_requested = Signal()
    settings_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self._chats: tuple[Chat, ...] = ()
        self._current: int | None = None
        self._models_shown = False
        self._new = Button(icon="compose", trailing="Ctrl+N", padding=11)
        self._new.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._collapse = IconButton("panel")
        self._search = SearchField()
        self._list: ChatList | None = None
        self._empty = Label(role="small", token="text-3", wrap=True)
        self._models = Button(kind="text", icon="models", leading=True, icon_size=20, padding=9)
        self._settings = Button(kind="text", icon="settings", leading=True, icon_size=20, padding=9)
        self._menu: Menu | None = None
        self._lay_out()
        self._new.clicked.connect(self.new_chat_requested)
        self._collapse.clicked.connect(self.collapse_requested)
        self._models.clicked.connect(self.models_requested)
        self._settings.clicked.connect(self.settings_requested)
        self._search.textChanged.connect(self._show_chats)
        self.setFocusProxy(self._new)
        self._midnight = QTimer(self)
        self._midnight.setSingleShot(True)
        self._midnight.timeout.connect(self._show_chats)
        self.go_live()

    def _lay_out(self) -> None:
        self._outer = QVBoxLayout(self)
        self._outer.setSpacing(0)
        self._top = QHBoxLayout()
        self._top.addWidget(self._new, 1)
        self._top.addWidget(self._collapse)
        self._middle = QVBoxLayout()
        self._middle.addLayout(self._top)
        self._middle.addWidget(self._search)
        self._empty_box = QVBoxLayout()
        self._empty_box.addWidget(self._empty)
        self._empty_box.addStretch(1)
        self._middle.addLayout(self._empty_box)
        self._foot = QHBoxLayout()
        for button in (self._models, self._settings):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._foot.addWidget(button, 1)
        self._outer.addLayout(self._middle, 1)
        self._outer.addWidget(Rule())
        self._outer.addLayout(self._foot)

    @property
    def list(self) -> ChatList:
        """Made when there are chats to show: a new window is there sooner without it."""
        if self._list is None:
            from app.ui.widgets.chat_list import ChatList

            self._list = ChatList()
            self._list.opened.connect(self.chat_selected)
            self._list.delete_requested.connect(self.delete_requested)
            self._list.chats.renamed.connect(self.rename_requested)
            self._list.menu_requested.connect(self._open_menu)
            self._middle.insertWidget(2, self._list, 1)
            self._name_list(self._list)
        return self._list

    def _name_list(self, chats: ChatList) -> None:
        chats.setAccessibleName(self.tr("Chats"))
        chats.rename_name = self.tr("New title")

    def set_chats(self, chats: tuple[Chat, ...]) -> None:
        """All chats, newest first."""
        self._chats = chats
        self._show_chats()

    def set_current(self, chat: int | None) -> None:
        """Mark the chat that is shown; None for a new one."""
        if self._chats:
            self.list.set_current(None if self._models_shown else chat)
        self._current = chat

    def set_models_shown(self, shown: bool) -> None:
        """Whether the models page stands in place of a chat: then its button is marked and no chat is."""
        self._models.set_selected(shown)
        if self._list is not None:
            self._list.set_current(None if shown else self._current)
        self._models_shown = shown

    def focus_search(self) -> None:
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def start_rename(self, chat: int) -> None:
        """Let the person type a new title into the chat's row."""
        if self._search.text():
            self._search.clear()
        self.list.rename(chat)

    def _show_chats(self) -> None:
        wanted = self._search.text().strip().casefold()
        found = tuple(chat for chat in self._chats if wanted in chat.title.casefold())
        words = {"today": self.tr("Today"), "yesterday": self.tr("Yesterday"), "earlier": self.tr("Earlier")}
        if found or self._list is not None:
            self.list.chats.fill(found, words)
            self.list.set_current(None if self._models_shown else self._current)
            self.list.setVisible(bool(found))
        self._empty.setVisible(not found)
        if self._chats:
            self._empty.set_text(self.tr("No chat has these words in its title."))
        else:
            self._empty.set_text(self.tr("No chats yet. What you and the model say is only kept on this computer."))
        now = time.localtime()
        passed = now.tm_hour * 3600 + now.tm_min * 60 + now.tm_sec
        self._midnight.start((DAY - passed + 1) * 1000)

    def _open_menu(self, chat: int, place: QPoint) -> None:
        from app.ui.widgets.menu import Menu  # when one opens

        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = Menu(self)
        rename = self._menu.add(self.tr("Rename"), icon="edit", shortcut="F2")
        delete = self._menu.add(self.tr("Delete"), icon="trash", shortcut="Del", danger=True)
        rename.triggered.connect(lambda: self.list.rename(chat))
        delete.triggered.connect(lambda: self.delete_requested.emit(chat))
        self._menu.popup(place)

    def restyle(self) -> None:
        px = theme().px
        self.setFixedWidth(px(WIDTH))
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._middle.setContentsMargins(px(12), px(12), px(12), 0)
        self._middle.setSpacing(px(8))
        self._top.setSpacing(px(8))
        self._foot.setContentsMargins(px(12), px(8), px(12), px(8))
        self._foot.setSpacing(px(4))
        self._empty_box.setContentsMargins(px(10), px(19), px(10), 0)

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("Chats"))
        self._new.setText(self.tr("New chat"))
        self._new.set_trailing(key_text("Ctrl+N"))
        self._new.setToolTip("")
        self._collapse.set_hint(self.tr("Hide the sidebar"), key_text("Ctrl+B"))
        self._search.set_hint(self.tr("Search chats"))
        if self._list is not None:
            self._name_list(self._list)
        self._models.setText(self.tr("Models"))
        self._settings.setText(self.tr("Settings"))
        self._show_chats()
