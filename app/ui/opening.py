"""Files that a person opens with ChatBELLE: at the start, by a second start, or (on a Mac) while it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

MODEL = ".gguf"


class Application(QApplication):
    """Tells `opened` of files that the system wants it to open; those that come before somebody listens wait."""

    _opened: Callable[[list[Path]], object] | None = None
    _waiting: tuple[Path, ...] = ()

    def listen(self, opened: Callable[[list[Path]], object]) -> None:
        self._opened = opened
        waiting, self._waiting = self._waiting, ()
        if waiting:
            opened(list(waiting))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FileOpen:
            from PySide6.QtGui import QFileOpenEvent  # on a Mac, now and then

            assert isinstance(event, QFileOpenEvent)
            path = Path(event.file())
            if self._opened is None:
                self._waiting = (*self._waiting, path)
            else:
                self._opened([path])
            return True
        return super().event(event)


def bring_forward(window: MainWindow) -> None:
    """To the front, on the desktop that is shown."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def open_files(window: MainWindow, files: list[Path]) -> None:
    """Bring the window forward and use the first model among `files`, or say what the first file is."""
    bring_forward(window)
    if not files:
        return
    path = next((file for file in files if file.suffix.lower() == MODEL), files[0])
    if path.suffix.lower() == MODEL:
        window.show_chat()
        window.models.choose(str(path))
    else:
        window.look_at(path)
