"""A file that appears under its name only when all of it is on the disk, and never half of it.

It is written as `NAME.part` beside its place. That file is locked while a process writes it, so that two of them never
write the same one, and what a killed process left behind is known by its missing lock.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.errors import Fixable

SUFFIX = ".part"
MOST_AT_ONCE = 64 * 1024 * 1024  # Windows takes no more than 2 GB per write
RENAME_TRIES = 50  # virus scanners hold a new file on Windows for a moment
RENAME_PAUSE = 0.1
OPEN_TRIES = 10

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_NO_SUCH_CALL = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.ENODEV, errno.ENOLCK)
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


class StagingFile:
    """`size` bytes, all zero at first, to become `path`.

    Raises `Fixable`: `out-exists` if there is a `path` and not `overwrite`, `out-busy` if another process (or
    another one of these) is writing it, `disk-full`, `out-unwritable`. May be used from several threads."""

    def __init__(self, path: Path, size: int, *, overwrite: bool = False) -> None:
        self.path = path
        self.size = size
        self._overwrite = overwrite
        self._part = path.with_name(path.name + SUFFIX)
        self._turn = threading.Lock()
        self._done = False
        self._descriptor = -1
        with self._told():
            self._check_free()
            self._descriptor = self._open()
        try:
            with self._told():
                self._check_free()  # another process may have finished it before this one had the lock
                os.ftruncate(self._descriptor, 0)  # what a killed process left
                _reserve(self._descriptor, size)
        except BaseException:
            self.abort()
            raise

    def write(self, offset: int, data: memoryview) -> None:
        """Put bytes at `offset`. Raises `Fixable`: `disk-full`, `out-unwritable`."""
        data = data.cast("B")
        if offset < 0 or offset + len(data) > self.size:
            raise ValueError(f"{offset} + {len(data)} bytes in a file of {self.size}")
        with self._turn, self._told():
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            while len(data):
                data = data[os.write(self._descriptor, data[:MOST_AT_ONCE]) :]

    def finish(self) -> None:
        """Make it `path`, safe from a power cut. Raises `Fixable`: `disk-full`, `out-unwritable`, `out-exists`."""
        with self._turn, self._told():
            os.fsync(self._descriptor)
            self._check_free()
            if sys.platform == "win32":
                self._close()  # an open file cannot be renamed there
            self._rename()
            self._done = True
            self._close()
            _sync_folder(self.path.parent)

    def abort(self) -> None:
        """Leave nothing behind. Does nothing after `finish` or a second time."""
        if self._done:
            return
        self._done = True
        if sys.platform == "win32":
            self._close()
        with suppress(OSError):
            self._part.unlink()
        self._close()

    def _open(self) -> int:
        """The locked file. Whoever held it may have renamed or removed it meanwhile: then it is opened anew."""
        for tries_left in reversed(range(OPEN_TRIES)):
            descriptor = os.open(self._part, _FLAGS, 0o666)
            try:
                if not _lock(descriptor):
                    raise Fixable("out-busy", path=str(self.path))
                # Some network disks number their files anew each time, so in the end the lock alone must do.
                if not tries_left or self._is_part(descriptor):
                    return descriptor
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)
        raise AssertionError("not reached")

    def _is_part(self, descriptor: int) -> bool:
        if sys.platform == "win32":  # an open file keeps its name there
            return True
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(descriptor), self._part.stat())
        return False

    def _check_free(self) -> None:
        if self.path.is_dir():
            raise Fixable("out-unwritable", path=str(self.path), detail=os.strerror(errno.EISDIR))
        if not self._overwrite and os.path.lexists(self.path):
            raise Fixable("out-exists", path=str(self.path))

    def _rename(self) -> None:
        for _ in range(RENAME_TRIES if sys.platform == "win32" else 0):
            with suppress(PermissionError):
                self._part.replace(self.path)
                return
            time.sleep(RENAME_PAUSE)
        self._part.replace(self.path)

    def _close(self) -> None:
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)  # gives the lock back

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _FULL:
                raise Fixable("disk-full", path=str(self.path)) from error
            detail = error.strerror or str(error)
            raise Fixable("out-unwritable", path=str(self.path), detail=detail) from error


def _lock(descriptor: int) -> bool:
    """Take the lock if nobody has it. Closing the file gives it back, and so does the end of the process."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK):
            return False
        if error.errno in _NO_SUCH_CALL:
            return True  # a disk in the network that knows no locks is still good to write to
        raise
    return True


def _reserve(descriptor: int, size: int) -> None:
    """Make an empty file `size` bytes long and take the space, where the system can: a full disk is told at once."""
    if sys.platform == "win32":
        _set_end(descriptor, size)
        return
    if size and hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, size)
            return
        except OSError as error:
            if error.errno not in _NO_SUCH_CALL:
                raise
    os.ftruncate(descriptor, size)


def _set_end(descriptor: int, size: int) -> None:
    """`os.ftruncate` for Windows: that one writes zeros up to the new end, which takes as long as the weights do."""
    if sys.platform == "win32":
        import ctypes
        import msvcrt

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        handle = ctypes.c_void_p(msvcrt.get_osfhandle(descriptor))
        moved = kernel.SetFilePointerEx(handle, ctypes.c_longlong(size), None, 0)
        if not (moved and kernel.SetEndOfFile(handle)):
            raise ctypes.WinError(ctypes.get_last_error())


def _sync_folder(folder: Path) -> None:
    """Have the new name on the disk too. Windows cannot, and some disks will not."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
