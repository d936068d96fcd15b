"""A folder that files are downloaded into: what of it is whole and verified, what has begun, and who may write there.

The record lies beside the files. A file gets its name after its hash is on record, so that a kill between the two can
be made good; what has no record is hashed before it is believed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from app.errors import Fixable
from app.runtime.models.disk import make_folder, rename, told, write_small
from app.runtime.models.names import BAD, OWN, PART
from app.runtime.models.partial import hash_file, is_git_name
from app.runtime.models.records import DownloadedFile, RemoteFile

RECORD = f"{OWN}-files.json"
LOCK = f"{OWN}-files.lock"
VERSION = 1
SHA1, SHA256 = 40, 64  # hexadecimal digits
LOCKED_BYTE = 1 << 30  # beyond the end: Windows lets nobody read what is locked

_BUSY = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)
_Row = TypeVar("_Row", "Done", "Begun")


@dataclass(frozen=True)
class Done:
    """A file that was verified. `modified` in nanoseconds; `known`: its hash was promised; `etag` it came with."""

    size: int
    sha256: str
    modified: int
    known: bool
    etag: str = ""


@dataclass(frozen=True)
class Begun:
    """A file that has begun: its first `safe` bytes are surely on the disk. `size` is -1 while unknown; `git`: the etag
    is one of a hub that names small files by their SHA-1."""

    etag: str
    size: int
    safe: int = 0
    git: bool = False


class DownloadFolder:
    """The record of `folder`; use it from one thread, inside `alone`. Raises `Fixable`: what `disk.told` does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done: dict[str, Done] = {}
        self.begun: dict[str, Begun] = {}
        self._load()

    def path(self, name: str) -> Path:
        return self.folder / name

    def part(self, name: str) -> Path:
        return self.folder / (name + PART)

    def note(self, name: str, begun: Begun | None) -> None:
        """Record how far a file is; None: there is nothing of it any more."""
        if begun == self.begun.get(name):
            return
        if begun is None:
            del self.begun[name]
        else:
            self.begun[name] = begun
        self._save()

    def part_size(self, name: str) -> int:
        """Bytes that a download of `name` can go on from."""
        begun = self.begun.get(name)
        return max(0, min(begun.safe, _size(self.part(name)))) if begun else 0

    def finish(self, name: str, done: Done) -> DownloadedFile:
        """Give the whole, closed part its name. Raises `Fixable`: `out-exists`."""
        self.done[name] = done
        self.begun.pop(name, None)
        self._save()
        rename(self.part(name), self.path(name))
        return self._file(name, done)

    def find(self, file: RemoteFile, tick: Callable[[], None]) -> DownloadedFile | None:
        """The file if it is here and what `file` promises, else None. What is here under its name and is something else
        is kept aside. `tick` is called while it is hashed."""
        path, done = self.path(file.name), self.done.get(file.name)
        if done and not os.path.lexists(path) and self._is(self.part(file.name), done):
            with told(path):
                rename(self.part(file.name), path)  # killed between record and name
        if not os.path.lexists(path):
            return None
        if done and self._is(path, done) and file.sha256 in (None, done.sha256) and file.size in (None, done.size):
            return replace(self._file(file.name, done), known=done.known or file.sha256 is not None)
        wanted = file.sha256 or (done.sha256 if done else None)
        if wanted is None:
            return None  # `adopt` asks the server
        if path.is_file() and file.size in (None, _size(path)):
            with told(path):
                if hash_file(path, hashlib.sha256(), tick) == wanted:
                    return self._believe(file.name, wanted, True, done.etag if done else "")
        self.keep_aside(file.name)
        return None

    def adopt(self, name: str, now: Begun, tick: Callable[[], None]) -> DownloadedFile | None:
        """The file `name` that is here without record, if the server (`now`) names the same content; else it is kept
        aside."""
        path = self.path(name)
        if not os.path.lexists(path):
            return None
        if path.is_file() and now.size == _size(path):
            with told(path):
                sha256 = hash_file(path, hashlib.sha256(), tick)
                known = sha256 == now.etag or (now.git and is_git_name(path, now.etag))
            if known or not (len(now.etag) == SHA256 or now.git):
                return self._believe(name, sha256, known, now.etag)
        self.keep_aside(name)
        return None

    def keep_aside(self, name: str, part: bool = False) -> Path:
        """Rename the file, or its part, to the first free one of `NAME.bad`, `NAME.bad2`, …"""
        number = 1
        while os.path.lexists(kept := self.folder / f"{name}{BAD}{number if number > 1 else ''}"):
            number += 1
        rename(self.part(name) if part else self.path(name), kept)
        if part:
            self.note(name, None)
        elif self.done.pop(name, None):
            self._save()
        return kept

    def _believe(self, name: str, sha256: str, known: bool, etag: str) -> DownloadedFile:
        stat = self.path(name).stat()
        done = Done(stat.st_size, sha256, stat.st_mtime_ns, known, etag)
        self.done[name] = done
        self._save()
        return self._file(name, done)

    def _file(self, name: str, done: Done) -> DownloadedFile:
        return DownloadedFile(name, self.path(name), done.size, done.sha256, done.known)

    @staticmethod
    def _is(path: Path, done: Done) -> bool:
        try:
            stat = path.stat()
        except OSError:
            return False
        return path.is_file() and (stat.st_size, stat.st_mtime_ns) == (done.size, done.modified)

    def _load(self) -> None:
        path = self.folder / RECORD
        try:
            stored = json.loads(path.read_bytes())
            self.done = _rows(stored["files"], Done)
            self.begun = _rows(stored["parts"], Begun)
        except FileNotFoundError:
            return
        except OSError as error:
            raise Fixable("weights-unreadable", file=str(path), detail=error.strerror or str(error)) from error
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.keep_aside(RECORD)

    def _save(self) -> None:
        stored = {
            "version": VERSION,
            "files": {name: asdict(done) for name, done in self.done.items()},
            "parts": {name: asdict(begun) for name, begun in self.begun.items()},
        }
        text = json.dumps(stored, ensure_ascii=False, indent=1)
        write_small(self.folder / RECORD, text.encode())


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Make `folder` and let nobody else download into it. Raises `Fixable`: `out-busy` if another process or thread
    does, `out-unwritable`, `disk-full`. Disks in a network that know no locks are used without."""
    make_folder(folder)
    with told(folder):
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if not try_lock(descriptor):
            raise Fixable("out-busy", path=str(folder))
        yield
    finally:
        os.close(descriptor)  # gives the lock back, as the end of the process does


def try_lock(descriptor: int) -> bool:
    """Whether nobody else has the open file locked; it is now, until it is closed. Disks that know no locks let all
    have it. What the file holds can still be read."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _BUSY
    return True


def _rows(stored: dict[str, dict[str, Any]], kind: type[_Row]) -> dict[str, _Row]:
    """Rows of the record whose values have the right types; the others are forgotten, so that the files are hashed."""
    rows = {}
    for name, values in stored.items():
        try:
            row = kind(**values)
        except TypeError:
            continue
        if all(type(value) is type(getattr(_SAMPLES[kind], field)) for field, value in asdict(row).items()):
            rows[name] = row
    return rows


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


_SAMPLES: dict[type, Done | Begun] = {Done: Done(0, "", 0, True), Begun: Begun("", 0)}
