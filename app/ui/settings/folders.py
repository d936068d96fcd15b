"""Where models lie: the models folder, a move of it that was cut off, and more folders on other drives."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.errors import AppError, Cancelled
from app.models_wiring import more_folders
from app.ui.models.words import sentences
from app.ui.settings.asked import Asked
from app.ui.settings.move_sheet import MoveSheet
from app.ui.settings.mover import Mover
from app.ui.settings.row import Row
from app.ui.theme import theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live

if TYPE_CHECKING:
    from app.paths import Paths
    from app.runtime.models.moving import Unfinished
    from app.settings import Settings
    from app.ui.settings.place import ModelsPlace


def breakable(path: Path) -> str:
    """A path that a line may break after each part of."""
    text = str(path)
    for mark in "/\\":
        text = text.replace(mark, f"{mark}\u200b")
    return text


def show_folder(folder: Path) -> None:
    """In the file manager; the nearest one that is there, as no model may have been installed yet."""
    from app.runtime.models.volumes import nearest

    QDesktopServices.openUrl(QUrl.fromLocalFile(str(nearest(folder))))


def _unfinished(paths: Paths) -> Unfinished | None:
    """The move that was cut off, as the disk says."""
    from app.models_wiring import open_library
    from app.settings import Settings

    return open_library(paths, Settings.load(paths.settings)).unfinished_move()


class Buttons(Live, QWidget):
    """Small buttons side by side."""

    def __init__(self, *buttons: Button) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for button in buttons:
            self._row.addWidget(button)
        self._row.addStretch(1)
        self.go_live()

    def restyle(self) -> None:
        self._row.setSpacing(theme().px(8))


class MainFolderRow(Row):
    """The folder, shown in the file manager or moved. `came`: into view."""

    came = Signal()

    def __init__(self, place: ModelsPlace, mover: Mover) -> None:
        self._place, self._mover = place, mover
        self.sheet: MoveSheet | None = None
        self.show_it, self.move_it = Button(small=True), Button(small=True)
        super().__init__(control=Buttons(self.show_it, self.move_it))
        self.show_it.clicked.connect(lambda: show_folder(self._mover.source))
        self.move_it.clicked.connect(lambda: self.ask())
        self.move_it.setVisible(place.runtime.make_models is not None)

    def ask(self, *, go_on: bool = False) -> None:
        """The dialog that moves it."""
        sheet = MoveSheet(self._mover, self._place.runtime, self.window(), go_on=go_on)
        self.sheet = sheet
        sheet.finished.connect(lambda _result: self._closed(sheet))
        sheet.open()

    def _closed(self, sheet: MoveSheet) -> None:
        if self.sheet is sheet:
            self.sheet = None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.came.emit()

    def refresh(self) -> None:
        self.retranslate()

    def retranslate(self) -> None:
        self.set_words(self.tr("Models folder"), breakable(self._mover.source))
        self.show_it.setText(self.tr("Show in folder"))
        self.show_it.setAccessibleName(self.tr("Show the models folder"))
        self.move_it.setText(self.tr("Move…"))
        self.move_it.setAccessibleName(self.tr("Move the models folder"))


class UnfinishedRow(Row):
    """There only after a move was cut off; looked for, on a thread, each time the page comes into view."""

    def __init__(self, place: ModelsPlace, mover: Mover, changed: Callable[[], None]) -> None:
        self._place, self._mover, self._changed = place, mover, changed
        self._move: Unfinished | None = None
        self._problem = ""
        self.there = False
        self.go_on, self.back = Button(small=True), Button(small=True)
        self._asked = Asked(place.runtime.bridge)
        super().__init__(control=Buttons(self.go_on, self.back))
        self._asked.setParent(self)
        self._asked.told.connect(self._show)
        self.back.clicked.connect(self._bring_back)
        mover.ended.connect(self._ended)

    def look(self) -> None:
        if not self._mover.busy:
            self._asked.find_out(partial(_unfinished, self._place.runtime.paths))

    def _bring_back(self) -> None:
        self._problem = ""
        self._mover.bring_back()
        self.retranslate()

    def _ended(self, result: object) -> None:
        self._problem = ""
        if isinstance(result, AppError) and not isinstance(result, Cancelled):
            self._problem = sentences(*self._place.runtime.languages.words(result))
        self.retranslate()
        self.look()

    def _show(self, move: Unfinished | None) -> None:
        there = move is not None and not self._mover.busy and self._place.runtime.make_models is not None
        if (move, there) != (self._move, self.there):
            self._move, self.there = move, there
            self.retranslate()
            self._changed()

    def retranslate(self) -> None:
        move = self._move
        hint = self.tr("To {folder}. Until then no model can be added or removed.") if move is not None else ""
        hint = hint.format(folder=breakable(move.target) if move is not None else "")
        self.set_words(self.tr("A move was cut off"), self._problem or hint)
        for button in (self.go_on, self.back):
            button.setEnabled(not self._mover.busy)
        self.go_on.setText(self.tr("Go on"))
        self.go_on.setAccessibleName(self.tr("Go on with the move"))
        self.back.setText(self.tr("Bring all back"))
        self.back.setVisible(move is None or not move.switched)


class FolderLine(Live, QWidget):
    """A folder and a button that shows it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._label, self._open = Label(breakable(folder), "small", "text-2", wrap=True), Button(small=True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._label, 1)
        self._row.addWidget(self._open)
        self._open.clicked.connect(lambda: show_folder(folder))
        self._folder = folder
        self.go_live()

    def restyle(self) -> None:
        self._row.setSpacing(theme().px(16))

    def retranslate(self) -> None:
        self._open.setText(self.tr("Show in folder"))
        self._open.setAccessibleName(self.tr("Show {folder}").format(folder=self._folder))


class MoreFoldersRow(Row):
    """Those on other drives; there only if there are some."""

    def __init__(self, settings: Settings, changed: Callable[[], None]) -> None:
        self._settings, self._changed = settings, changed
        self._folders: tuple[Path, ...] = ()
        self._lines: list[FolderLine] = []
        self.there = False
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        super().__init__(under=self._list)
        self.refresh()

    def refresh(self) -> None:
        folders = more_folders(self._settings)
        if folders == self._folders:
            return
        self._folders, self.there = folders, bool(folders)
        for line in self._lines:
            self._column.removeWidget(line)
            line.deleteLater()
        self._lines = [FolderLine(folder) for folder in folders]
        for line in self._lines:
            self._column.addWidget(line)
        self._changed()

    def restyle(self) -> None:
        super().restyle()
        self._column.setSpacing(theme().px(6))

    def retranslate(self) -> None:
        self.set_words(self.tr("More models folders"), self.tr("On other drives; new models go into the one above"))
