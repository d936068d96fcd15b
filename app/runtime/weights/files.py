"""Plain files and folders, read with bounds; names that come from outside never lead out of the folder."""

from __future__ import annotations

import os
import threading
from pathlib import Path, PurePosixPath, PureWindowsPath

import numpy as np

from app.errors import Fixable
from app.runtime.weights.direct import DirectReader
from app.runtime.weights.records import BytesSource

_AT_OFFSET = getattr(os, "preadv", None)  # absent on Windows
LARGE = 1024 * 1024 * 1024  # bytes from which a file is read past the system's cache
SMALL_FILE = 64 * 1024 * 1024  # configurations, indexes and tokenizers; more is damage


class PlainFile:
    """A file on disk as a `BytesSource`. Any thread may use it; threads read at the same time where the system can
    read at an offset, and one after the other elsewhere (Windows)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self._lock = threading.Lock()
        try:
            self._file = path.open("rb", buffering=0)
            self.size = os.fstat(self._file.fileno()).st_size
            self._direct = _direct(path) if self.size >= LARGE else None
        except FileNotFoundError:
            raise Fixable("weights-missing-file", file=path.name) from None
        except OSError as error:
            raise Fixable("weights-unreadable", file=path.name, detail=error.strerror or str(error)) from error

    def read(self, offset: int, size: int) -> memoryview:
        """Exactly `size` bytes from `offset`; see `records.BytesSource`."""
        if offset < 0 or size < 0 or offset + size > self.size:
            raise Fixable("weights-truncated", file=self.name)
        buffer = np.empty(size, np.uint8).data  # not cleared first, unlike a bytearray
        self.read_into(offset, buffer)
        return buffer

    def read_into(self, offset: int, buffer: memoryview) -> None:
        """Fill `buffer` from `offset` on. Raises `Fixable` if the file ends or the disk fails."""
        done = 0
        try:
            while done < len(buffer):
                count = self._read_some(offset + done, buffer[done:])
                if not count:
                    raise Fixable("weights-truncated", file=self.name)
                done += count
        except OSError as error:
            raise Fixable("weights-unreadable", file=self.name, detail=error.strerror or str(error)) from error

    def _read_some(self, offset: int, buffer: memoryview) -> int:
        if self._direct is not None:
            return self._direct.read_some(offset, buffer)
        if _AT_OFFSET is not None:
            count: int = _AT_OFFSET(self._file.fileno(), [buffer], offset)
            return count
        with self._lock:
            self._file.seek(offset)
            return self._file.readinto(buffer) or 0

    def close(self) -> None:
        self._file.close()
        if self._direct is not None:
            self._direct.close()


def _direct(path: Path) -> DirectReader | None:
    try:
        return DirectReader(path)
    except OSError:  # the file system cannot, or the system
        return None


class PlainFolder:
    """A folder on disk as `records.Folder`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(entry.name for entry in self.path.iterdir() if entry.is_file()))

    def open(self, name: str) -> PlainFile:
        check_name(name, self.name)
        return PlainFile(self.path / name)


def check_name(name: str, where: str) -> None:
    """Raise `Fixable("weights-outside")` unless `name` is one plain file name: no folder, drive, `..` or NUL."""
    plain = bool(name) and name not in (".", "..") and "\0" not in name
    if not plain or PurePosixPath(name).name != name or PureWindowsPath(name).name != name:
        raise Fixable("weights-outside", file=where, name=name[:200])


def read_small(file: BytesSource) -> bytes:
    """A whole small file. Raises `Fixable("weights-damaged")` if it is larger than such files are."""
    if file.size > SMALL_FILE:
        raise Fixable("weights-damaged", file=file.name, detail=f"{file.size} bytes")
    return bytes(file.read(0, file.size))
