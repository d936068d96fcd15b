"""The main window: sidebar, header, page, composer and status line, laid out for any width and text size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtGui import (
    QCloseEvent,
    QIcon,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.paths import Paths
from app.settings import Settings
from app.ui.chat.composer import Composer
from app.ui.chat.first_start import FirstStart
from app.ui.chat.header import Header
from app.ui.chat.status_line import StatusLine
from app.ui.i18n import Languages
from app.ui.look import apply_look
from app.ui.notices import NoticeArea
from app.ui.sidebar import Sidebar
from app.ui.sidebar_place import SidebarPlace
from app.ui.theme import app_icon, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent

    from app.ui.chat.conversation import Conversation
    from app.ui.chat.transcript import TranscriptView
    from app.ui.context import Runtime
    from app.ui.models.drop import DropArea
    from app.ui.models.model_choice import ModelChoice
    from app.ui.models.screen import ModelsScreen

MINIMUM = (760, 520)
START = (1280, 820)
COLUMN, WIDE_COLUMN, MARGIN = 760, 1080, 24


class MainWindow(QMainWindow):
    """Owns the widgets and the layout; `Conversation`, `ModelChoice` and `ModelsScreen` hold the behaviour.

    Two steps, so that the window is there at once: what its first picture shows, then `start` with the rest. The
    models page is made when it is first wanted and stands in place of the chat. `setup` opens the wizard that
    installs a BELLE model.
    """

    transcript: TranscriptView
    conversation: Conversation
    models: ModelChoice
    runtime: Runtime
    setup: Callable[[], object] | None = None

    def __init__(self, settings: Settings, languages: Languages, paths: Paths) -> None:
        super().__init__()
        self.settings, self.languages, self.paths = settings, languages, paths
        self._started = False
        self.setWindowTitle("ChatBELLE")
        self.sidebar, self.header = Sidebar(), Header()
        self.first_start = FirstStart()
        self.composer, self.status = Composer(), StatusLine()
        self.notices = NoticeArea()
        self._settings_window: QDialog | None = None
        self._library: ModelsScreen | None = None
        self._drops: DropArea | None = None
        self._build()
        self.place = SidebarPlace(self.sidebar, self.header, self._centre, self._columns, settings)
        self.resize(*START)
        self._restyle()
        theme().changed.connect(self._restyle)

    def _build(self) -> None:
        self.page = QWidget()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.first_start)
        self.foot = QWidget()
        foot = self._foot_layout = QVBoxLayout(self.foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(0)
        for widget in (self.notices, self.composer, self.status):
            foot.addWidget(widget)
        page = QVBoxLayout(self.page)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.header)
        page.addWidget(self.pages, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.foot)
        row.addStretch(1)
        page.addLayout(row)
        centre = self._centre = QWidget()
        self.views = QStackedWidget()  # what takes all of the window comes in here: moving widgets later is slow
        self.views.addWidget(centre)
        self.setCentralWidget(self.views)
        layout = self._columns = QHBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.sidebar)
        layout.addWidget(self.page, 1)

    def _shortcuts(self) -> None:
        for keys, action in (
            ("Ctrl+N", self.new_chat),
            ("Ctrl+K", self.search),
            ("Ctrl+B", self.place.toggle),
            ("Ctrl+,", self.show_settings),
            ("Ctrl+M", self.show_models),
            ("Esc", self._escape),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(action)

    def _wire(self) -> None:
        self.sidebar.collapse_requested.connect(self.place.toggle)
        self.sidebar.models_requested.connect(self.show_models)
        self.header.manage_models_requested.connect(self.show_models)
        self.sidebar.new_chat_requested.connect(self.show_chat)
        self.sidebar.settings_requested.connect(self.show_settings)
        self.sidebar.chat_selected.connect(lambda _chat: self.show_chat())
        self.header.panel_requested.connect(self.place.toggle)
        self.settings.listeners.append(self._setting_changed)

    def start(self, runtime: Runtime) -> None:
        """The rest of the window and its behaviour; asks for the chats. The model follows when the engine is ready."""
        from app.ui.chat.conversation import Conversation
        from app.ui.chat.transcript import TranscriptView
        from app.ui.models.model_choice import ModelChoice
        from app.ui.widgets.focus_ring import FocusRing

        self.runtime = runtime
        self.setWindowIcon(QIcon(app_icon()))
        self.setAcceptDrops(runtime.make_models is not None)
        self.focus_ring = FocusRing(self)
        self.transcript = TranscriptView()
        self.pages.addWidget(self.transcript)
        self.conversation = Conversation(self, runtime)
        self.models = ModelChoice(self, runtime)
        self._started = True
        self._shortcuts()
        self._wire()
        self._lay_out()
        runtime.chats.list_chats()
        self.conversation.new_chat()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._started:
            self.conversation.retranslate()
            self.models.retranslate()
        super().changeEvent(event)

    # -- layout ---------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        factor = theme().factor
        self.place.lay_out(self.width() / factor)
        logical = self.width() / factor - (0 if self.place.overlaid or not self.place.visible else 264)
        limit = WIDE_COLUMN if self.settings.get("wide_column") else COLUMN
        column = min(limit, int(logical) - 2 * MARGIN)
        if self._started:
            self.transcript.set_column(limit)
        self.foot.setFixedWidth(theme().px(column))
        self.header.set_narrow(self.width() / factor)
        self.status.set_narrow(self.width() / factor)
        self.composer.set_narrow(self.width() / factor)
        if self._library is not None:
            self._library.page.set_narrow(self.width() / factor, self.place.visible and not self.place.overlaid)

    def _restyle(self) -> None:
        room = self.screen().availableGeometry()
        self.setMinimumSize(min(MINIMUM[0], room.width()), min(MINIMUM[1], room.height()))
        self._foot_layout.setContentsMargins(0, theme().px(8), 0, 0)
        self._lay_out()

    # -- actions --------------------------------------------------------------------------------------------

    def show_page(self, widget: QWidget) -> None:
        self.pages.setCurrentWidget(widget)

    @property
    def library(self) -> ModelsScreen | None:
        """The models page and what belongs to it; None if the app runs without a models service."""
        service = self.runtime.models
        if self._library is None and service is not None:
            from app.ui.models.screen import ModelsScreen  # most starts do without

            self._library = ModelsScreen(self, self.runtime, service)
            self._library.page.hide()
            self._columns.addWidget(self._library.page, 1)
        return self._library

    @property
    def models_shown(self) -> bool:
        """Whether the models page stands in place of the chat."""
        return self._library is not None and self._library.page.isVisible()

    def show_models(self) -> None:
        """The models page in place of the chat."""
        library = self.library
        if library is None:
            self.models.show_menu()
            return
        self.place.close_overlay()
        self.page.hide()
        library.page.show()
        self.sidebar.set_models_shown(True)
        self._lay_out()
        library.shown()

    def show_chat(self) -> None:
        """The chat in place of the models page."""
        self.place.close_overlay()
        if self._library is not None and self.models_shown:
            self._library.page.hide()
            self.page.show()
            self.sidebar.set_models_shown(False)
            self._lay_out()
            self.composer.edit.setFocus()

    def new_chat(self) -> None:
        self.show_chat()
        self.conversation.new_chat()

    def open_setup(self) -> None:
        """The wizard that installs a BELLE model; the models page where there is none."""
        (self.setup or self.show_models)()

    def notice_areas(self) -> list[NoticeArea]:
        """Where a notice about the model in use belongs, so that it is seen on whichever page is shown."""
        return [self.notices] if self._library is None else [self.notices, self._library.page.notices]

    def search(self) -> None:
        self.place.open()
        self.sidebar.focus_search()

    def show_settings(self) -> None:
        if self._settings_window is None:
            from app.runtime.models.connections import Connections  # most starts do without
            from app.ui.settings.place import ModelsPlace
            from app.ui.settings.updates import Updates
            from app.ui.settings.window import SettingsWindow

            record = Connections(self.paths.connections)
            updates = Updates(self.settings, self.languages, record)
            place = ModelsPlace(self.runtime, self.models.choose)
            self._settings_window = SettingsWindow(self.settings, self.paths, self, record.summary, updates, place)
        self._settings_window.show()
        self._settings_window.raise_()
        self._settings_window.activateWindow()

    def _escape(self) -> None:
        if self.models_shown:
            if not self.place.close_overlay():
                self.show_chat()
        elif not self.conversation.stop():
            self.place.close_overlay()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.place.close_overlay()
        super().mousePressEvent(event)

    # -- files dropped on the window ------------------------------------------------------------------------

    def _drop_area(self) -> DropArea:
        if self._drops is None:
            from app.ui.models.drop import DropArea  # when something is first dragged here

            self._drops = DropArea(self)
            self._drops.dropped.connect(self.look_at)
        return self._drops

    def look_at(self, path: Path) -> None:
        """Say what a file or folder is and offer the next step."""
        if self.library is not None:
            self.library.look_at(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._drop_area().begin(event.mimeData()):
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._drop_area().end()

    def dropEvent(self, event: QDropEvent) -> None:
        if self._drop_area().take(event.mimeData()):
            event.acceptProposedAction()

    def _setting_changed(self, key: str) -> None:
        if key in ("language", "theme", "text_size"):
            apply_look(self.settings, self.languages)
        elif key == "wide_column":
            self._lay_out()
        elif key in ("context", "threads", "gpu"):
            self.models.reload()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._settings_window is not None:
            self._settings_window.close()
        if self._library is not None:
            self._library.close()
        super().closeEvent(event)
        QApplication.quit()
