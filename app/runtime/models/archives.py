"""Zip files of strangers: their list is read within bounds, and what they hold comes out in pieces, never as paths."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from app.errors import Fixable
from app.runtime.models.disk import BLOCK
from app.runtime.weights.files import PlainFile
from app.runtime.weights.sniff import shown
from app.runtime.weights.sources.zip_directory import ZipDirectory

OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".xz", ".bz2", ".zst", ".001")
_UTF8_NAME = 0x800
_ENCRYPTED = 1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class Archive:
    """A zip file; `sizes`: bytes of each file in it by its name. To be closed.

    Raises `Fixable`: `weights-missing-file`, `weights-unreadable`, `weights-truncated`, `weights-damaged`,
    `archive-locked` (a password), `archive-unknown` (packed in another way), `archive-unsafe` (links, a name twice).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(PlainFile(path)) as file:
            ZipDirectory(file)  # counts and lengths are held against the file before Python's reader believes them
        try:
            self._zip = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise self._damaged(error) from error
        try:
            self._members = self._files()
        except BaseException:
            self._zip.close()
            raise
        self.sizes = {name: info.file_size for name, info in self._members.items()}

    def _files(self) -> dict[str, zipfile.ZipInfo]:
        found: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            name = _name(info)
            if name.endswith("/"):
                continue
            if info.flag_bits & _ENCRYPTED:
                raise Fixable("archive-locked", file=self.path.name)
            if info.compress_type not in _METHODS:
                raise Fixable("archive-unknown", file=self.path.name)
            if name in found or stat.S_ISLNK(info.external_attr >> 16):
                raise Fixable("archive-unsafe", file=self.path.name, name=shown(name))
            found[name] = info
        return found

    def blocks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file in pieces, no more than `sizes` says. Raises `Fixable("weights-damaged")`."""
        try:
            with self._zip.open(self._members[name]) as file:
                while piece := file.read(BLOCK):
                    yield piece
        except _BROKEN as error:
            raise self._damaged(error) from error

    def start(self, name: str, size: int) -> bytes:
        """The first `size` bytes of a file."""
        try:
            with self._zip.open(self._members[name]) as file:
                return file.read(size)
        except _BROKEN as error:
            raise self._damaged(error) from error

    def close(self) -> None:
        self._zip.close()

    def _damaged(self, error: Exception) -> Fixable:
        return Fixable("weights-damaged", file=self.path.name, detail=shown(str(error) or type(error).__name__))


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: Chinese Windows writes its own code page and does not say so."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME and not name.isascii():
        try:
            return name.encode("cp437").decode("gb18030")
        except UnicodeError:
            return name
    return name
