"""Files hashed, copied and renamed: cancellable, read back after writing, with errors that can be told."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from app.errors import Fixable
from app.runtime.jobs import CancelToken
from app.runtime.weights.files import PlainFile
from app.runtime.weights.hashing import HashedFile
from app.runtime.weights.staging import StagingFile

Progress = Callable[[int, int, str], None]  # bytes done, bytes in all, the file at work

BLOCK = 4 * 1024 * 1024
BETWEEN_REPORTS = 0.1  # seconds
RENAME_TRIES = 20  # virus scanners hold a new file on Windows for a moment
RENAME_PAUSE = 0.1
HIDDEN = ".chatbelle-"

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_IN_USE = (32, 33)  # Windows: ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION
_TOO_LARGE = 223  # Windows: ERROR_FILE_TOO_LARGE


def silent(_done: int, _total: int, _file: str) -> None:
    """For work nobody watches."""


class Tally:
    """Counts bytes of one piece of work, tells of them now and then, and ends it when it is cancelled."""

    def __init__(self, progress: Progress, total: int, cancel: CancelToken) -> None:
        self._progress = progress
        self._told = 0.0
        self.total = total
        self.done = 0
        self.cancel = cancel

    def add(self, size: int, file: str) -> None:
        """Raises `Cancelled`."""
        self.cancel.check()
        self.done += size
        now = time.monotonic()
        if self.done >= self.total or now - self._told >= BETWEEN_REPORTS:
            self._told = now
            self._progress(min(self.done, self.total), self.total, file)

    def finish(self) -> None:
        """Tell that all is done, also where less had to be read than was thought."""
        self._progress(self.total, self.total, "")


def silent_tally() -> Tally:
    """For small work that is neither told nor cancelled."""
    return Tally(silent, 0, CancelToken())


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn an `OSError` while `path` is written into a `Fixable`: `disk-full`, `disk-file-too-large`, `file-in-use`,
    `out-unwritable`."""
    try:
        yield
    except OSError as error:
        raise as_fixable(error, path) from error


def as_fixable(error: OSError, path: Path) -> Fixable:
    """What `told` raises for `error`."""
    windows = getattr(error, "winerror", None)
    if error.errno in _FULL:
        return Fixable("disk-full", path=str(path))
    if error.errno == errno.EFBIG or windows == _TOO_LARGE:
        return Fixable("disk-file-too-large", path=str(path), file=path.name)
    if windows in _IN_USE:
        return Fixable("file-in-use", path=str(path))
    return Fixable("out-unwritable", path=str(path), detail=error.strerror or str(error))


def status_of(path: Path) -> os.stat_result:
    """Size and time of a file. Raises `Fixable`: `weights-missing-file`, `weights-unreadable`."""
    try:
        return path.stat()
    except FileNotFoundError:
        raise Fixable("weights-missing-file", file=path.name) from None
    except OSError as error:
        raise Fixable("weights-unreadable", file=path.name, detail=error.strerror or str(error)) from error


def blocks(path: Path) -> Iterator[memoryview]:
    """The bytes of a file from first to last. Raises `Fixable`: `weights-missing-file`, `weights-unreadable`,
    `weights-truncated`."""
    with closing(PlainFile(path)) as file:
        for offset in range(0, file.size, BLOCK):
            yield file.read(offset, min(BLOCK, file.size - offset))


def hash_file(path: Path, tally: Tally) -> str:
    """SHA-256 in hexadecimal. Raises as `blocks` does, and `Cancelled`."""
    with closing(PlainFile(path)) as file:
        hashed = HashedFile(file)
        for offset in range(0, file.size, BLOCK):
            size = min(BLOCK, file.size - offset)
            hashed.read(offset, size)
            tally.add(size, path.name)
        return hashed.finish(tally.cancel)


def store(target: Path, size: int, pieces: Iterable[memoryview | bytes], tally: Tally, overwrite: bool = False) -> str:
    """Write `pieces`, `size` bytes in all, as `target` and read them back from the disk; their SHA-256.

    Counts every byte twice. On any failure and on cancel there is no `target`. Raises `Fixable`: what reading a piece
    raises, `weights-truncated` if there are fewer or more bytes, `copy-unlike` if others are read back, `out-exists`,
    `out-busy`, `disk-full`, `disk-file-too-large`, `out-unwritable`.
    """
    digest = hashlib.sha256()
    with told(target):
        staging = StagingFile(target, size, overwrite=overwrite)
    try:
        at = 0
        for piece in pieces:
            if at + len(piece) > size:
                raise Fixable("weights-truncated", file=target.name)
            digest.update(piece)
            staging.write(at, memoryview(piece))
            at += len(piece)
            tally.add(len(piece), target.name)
        if at < size:
            raise Fixable("weights-truncated", file=target.name)
        staging.finish()
    except BaseException:
        staging.abort()
        raise
    try:
        _forget(target)
        if hash_file(target, tally) != digest.hexdigest():
            raise Fixable("copy-unlike", path=str(target))
    except BaseException:
        with suppress(OSError):
            target.unlink()
        raise
    return digest.hexdigest()


def copy_file(source: Path, target: Path, sha256: str, tally: Tally) -> str:
    """Copy to a folder where every name is visible: `target` appears when the copy is proved.

    `sha256`: what it must be, "" if unknown. Raises as `store` and `rename` do, and `file-unlike`.
    """
    hidden = hidden_name(target)
    found = store(hidden, status_of(source).st_size, blocks(source), tally, overwrite=True)
    try:
        if sha256 and found != sha256:
            raise Fixable("file-unlike", path=str(source))
        rename(hidden, target)
    except BaseException:
        with suppress(OSError):
            hidden.unlink()
        raise
    return found


def hidden_name(target: Path) -> Path:
    """Where `target` is prepared: short, and the same each time, so that a killed try leaves no second heap."""
    return target.with_name(HIDDEN + hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12])


def rename(source: Path, target: Path) -> bool:
    """Give a file or folder another name; False if that is on another drive. Nothing is overwritten.

    Raises `Fixable`: `out-exists`, `file-in-use`, `out-unwritable`.
    """
    if os.path.lexists(target):
        raise Fixable("out-exists", path=str(target))
    with told(source):
        try:
            _rename(source, target)
        except OSError as error:
            if error.errno == errno.EXDEV:
                return False
            raise
    sync_folder(target.parent)
    return True


def _rename(source: Path, target: Path) -> None:
    for _ in range(RENAME_TRIES if sys.platform == "win32" else 0):
        with suppress(PermissionError):
            source.rename(target)
            return
        time.sleep(RENAME_PAUSE)
    source.rename(target)


def sync_folder(folder: Path) -> None:
    """Have the new names on the disk too. Windows cannot, and some disks will not."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_small(path: Path, data: bytes) -> None:
    """Replace a small file of ours, all or nothing. Raises `Fixable`: `out-busy`, `disk-full`, `out-unwritable`."""
    with told(path):
        staging = StagingFile(path, len(data), overwrite=True)
    try:
        staging.write(0, memoryview(data))
        staging.finish()
    except BaseException:
        staging.abort()
        raise


def make_folder(folder: Path) -> None:
    """Raises `Fixable`: `disk-full`, `out-unwritable`."""
    with told(folder):
        folder.mkdir(parents=True, exist_ok=True)


def _forget(path: Path) -> None:
    """Drop what the system keeps in memory of a file, so that reading it back asks the disk."""
    if sys.platform == "linux":
        with suppress(OSError), path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
