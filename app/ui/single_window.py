"""One window per data folder: a second start brings the first one to the front instead."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QLockFile, QObject
from PySide6.QtWidgets import QWidget


class SingleWindow(QObject):
    """The lock goes with the process, also after a crash."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._home = home
        self._call = home / "show-window"
        self._lock = QLockFile(str(home / "window.lock"))
        self._lock.setStaleLockTime(0)  # never by age: only when its process is gone
        self._watcher: QFileSystemWatcher | None = None

    def claim(self) -> bool:
        """False only if another window holds the folder; one that cannot be written is the history's matter."""
        return self._lock.tryLock(0) or self._lock.error() is not QLockFile.LockError.LockFailedError

    def call_first(self) -> None:
        """Ask the window that is there to come to the front."""
        self._call.touch()

    def watch(self, window: QWidget) -> None:
        """Bring `window` to the front when another start asks for it."""
        self._call.unlink(missing_ok=True)
        self._watcher = QFileSystemWatcher([str(self._home)], self)
        self._watcher.directoryChanged.connect(lambda _: self._look(window))

    def _look(self, window: QWidget) -> None:
        if not self._call.exists():
            return
        self._call.unlink(missing_ok=True)
        window.setWindowState(window.windowState() & ~window.windowState().WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
