"""A file while it is being fetched, and the hash of one that is whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from app.runtime.models.disk import sync_folder, told

BLOCK = 4 * 1024 * 1024

_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


class Hash(Protocol):
    """As `hashlib` has them."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


class PartFile:
    """The first `position` bytes of a file, growing. What lies behind `position` at first is cut off. The hash is
    computed on the way if all bytes pass through here. Raises what `disk.told` does."""

    def __init__(self, path: Path, position: int = 0) -> None:
        self.path = path
        self.position = position
        with told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.fdopen(os.open(path, _FLAGS, 0o666), "r+b", 0)
            self._file.truncate(position)
            self._file.seek(position)
        sync_folder(path.parent)
        self._hash: Hash | None = None if position else hashlib.sha256()

    def write(self, data: bytes) -> None:
        with told(self.path):
            rest = memoryview(data)
            while len(rest):
                rest = rest[self._file.write(rest) :]
        self.position += len(data)
        if self._hash:
            self._hash.update(data)

    def restart(self) -> None:
        """Forget all bytes."""
        with told(self.path):
            self._file.seek(0)
            self._file.truncate(0)
        self.position = 0
        self._hash = hashlib.sha256()

    def sync(self) -> int:
        """Have all bytes on the disk; their number."""
        with told(self.path):
            os.fsync(self._file.fileno())
        return self.position

    def start(self, size: int) -> bytes:
        """The first `size` bytes, or as many as there are."""
        with told(self.path):
            self._file.seek(0)
            data = self._file.read(min(size, self.position))
            self._file.seek(self.position)
        return data or b""

    def sha256(self, tick: Callable[[], None]) -> str:
        """Of all bytes; `tick` is called while they are read, if they must be."""
        if self._hash:
            return self._hash.hexdigest()
        with told(self.path):
            return hash_file(self.path, hashlib.sha256(), tick)

    def close(self) -> None:
        """May be called twice."""
        self._file.close()


def hash_file(path: Path, into: Hash, tick: Callable[[], None] = lambda: None) -> str:
    """The hash of a file in hexadecimal; `tick` is called every 4 MB and may raise. Raises `OSError`."""
    with path.open("rb", buffering=0) as file:
        while data := file.read(BLOCK):
            tick()
            into.update(data)
    return into.hexdigest()


def is_git_name(path: Path, etag: str) -> bool:
    """Whether `etag`, a SHA-1, names the content of a small file: as git does, or (on other hubs) plainly."""
    as_git = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    return etag in (hash_file(path, as_git), hash_file(path, hashlib.sha1(usedforsecurity=False)))
