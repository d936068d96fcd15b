"""One window per data folder: a second start hands over what it was to open, and the first one comes to the front.

Both is done with files in the folder, which may have any name of any length: a lock, and one file for each call.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QLockFile, QObject, QTimer

CALL, STAGING = "show-window", ".part"
PATIENCE = 10.0  # seconds until a window that does not answer counts as hung
LOOK = 0.05
TOKEN = "XDG_ACTIVATION_TOKEN"  # a Wayland desktop's leave to come to the front
ANY_PROGRAM = -1
SLOW_LOOK_MS = 1000  # where the system does not tell of new files


class SingleWindow(QObject):
    """The lock goes with the process, also after a crash."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._home = home
        self._lock = QLockFile(str(home / "window.lock"))
        self._lock.setStaleLockTime(0)  # never by age: only when its process is gone
        self._watcher: QFileSystemWatcher | None = None
        self._timer: QTimer | None = None

    def claim(self) -> bool:
        """False only if another window holds the folder; one that cannot be written is the history's matter."""
        if not self._take() and self._lock.error() is QLockFile.LockError.LockFailedError:
            return False
        for call in self._calls():
            if not _waits(call):  # it was meant for a window that is gone, too
                with suppress(OSError):
                    call.unlink()
        return True

    def _take(self) -> bool:
        if self._lock.tryLock(0):
            return True
        # Left behind under another name of this computer, or on another one: only the system knows if it is held.
        return self._lock.removeStaleLockFile() and self._lock.tryLock(0)

    def call_first(self, files: Sequence[Path] = (), patience: float = PATIENCE) -> bool | None:
        """Ask the window that is there to come to the front and to open `files`. True when it has heard, None when it
        ended instead and this start has the folder now, False if it does not answer."""
        call = self._home / f"{CALL}.{os.getpid()}"
        staging = call.with_name(call.name + STAGING)
        words = [os.environ.get(TOKEN, ""), *(str(file.absolute()) for file in files)]
        staging.write_text("\0".join(words), "utf-8", "surrogateescape")
        _allow_others_forward()
        staging.replace(call)
        end = time.monotonic() + patience
        while call.exists():
            if self._take():
                call.unlink(missing_ok=True)
                return None
            if time.monotonic() > end:
                call.unlink(missing_ok=True)
                return False
            time.sleep(LOOK)
        return True

    def watch(self, called: Callable[[list[Path]], object]) -> None:
        """`called` gets the files of every other start, those since `claim` at once."""
        self._watcher = QFileSystemWatcher(self)
        if self._watcher.addPath(str(self._home)):
            self._watcher.directoryChanged.connect(lambda _: self._look(called))
        else:
            self._timer = QTimer(self)
            self._timer.timeout.connect(lambda: self._look(called))
            self._timer.start(SLOW_LOOK_MS)
        self._look(called)

    def _calls(self) -> list[Path]:
        """Oldest first as far as names tell; none in a folder that is not there."""
        return sorted(path for path in self._home.glob(f"{CALL}*") if path.suffix != STAGING)

    def _look(self, called: Callable[[list[Path]], object]) -> None:
        for call in self._calls():
            try:
                text = call.read_text("utf-8", "surrogateescape")
                call.unlink()
            except OSError:  # taken back by a start that waits no longer
                continue
            token, *names = text.split("\0")
            if token:
                os.environ[TOKEN] = token  # Qt looks for it when a window is activated
            called([Path(name) for name in names])
            os.environ.pop(TOKEN, None)


def _waits(call: Path) -> bool:
    """Whether the start that made `call` is still there."""
    import psutil  # rarely needed

    process = call.suffix.removeprefix(".")
    return process.isdigit() and int(process) != os.getpid() and psutil.pid_exists(int(process))


def _allow_others_forward() -> None:
    """On Windows only the program that a person has just started may say who comes to the front."""
    if sys.platform == "win32":
        ctypes.windll.user32.AllowSetForegroundWindow(ANY_PROGRAM)
