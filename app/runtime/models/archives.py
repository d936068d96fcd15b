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

ZIP, FIRST_PART = ".zip", ".001"
# What archives are called, and how they begin where people have given them another name
FORMATS = {
    ".zip": "zip",
    ".rar": "RAR",
    ".7z": "7z",
    ".tar": "tar",
    ".tgz": "tar.gz",
    ".gz": "gzip",
    ".xz": "xz",
    ".bz2": "bzip2",
    ".zst": "Zstandard",
}
_STARTS = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!\x1a\x07": "RAR", b"\x1f\x8b": "gzip", b"\xfd7zXZ\0": "xz"}
ARCHIVES = (*FORMATS, FIRST_PART)
_START = 8  # bytes
_UTF8_NAME = 0x800
_ENCRYPTED = 1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class Archive:
    """A zip file; `sizes`: bytes of each file in it by its name. To be closed.

    Raises `Fixable`: `weights-missing-file`, `weights-unreadable`, `weights-truncated`, `weights-damaged`,
    `archive-format` (another kind of archive), `archive-part` (of several files), `archive-locked` (a password),
    `archive-unknown` (packed in another way), `archive-unsafe` (links, a name twice).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(PlainFile(path)) as file:
            _check_format(path, bytes(file.read(0, min(file.size, _START))))
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


def is_archive(path: Path) -> bool:
    """Whether it is called like one: torch's files are zip files, too."""
    return path.suffix.lower() in ARCHIVES and path.is_file()


def _check_format(path: Path, start: bytes) -> None:
    """Raise `Fixable` for what is known not to be a zip file, by its first bytes, else by its name."""
    suffix = path.suffix.lower()
    if suffix == FIRST_PART:
        raise Fixable("archive-part", file=path.name)
    named = "" if start.startswith(b"PK") else FORMATS.get(suffix, "")
    found = next((name for magic, name in _STARTS.items() if start.startswith(magic)), named)
    if found not in ("", "zip"):
        raise Fixable("archive-format", file=path.name, format=found)


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: Chinese Windows writes its own code page and does not say so."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME and not name.isascii():
        try:
            return name.encode("cp437").decode("gb18030")
        except UnicodeError:
            return name
    return name
