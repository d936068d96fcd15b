"""BELLE's `.enc` files: the plain text XOR-ed with Meta's LLaMA checkpoint, read at any offset.

Format (BELLE `models/decrypt.py`, point-alpaca `encrypt.py`): the SHA-256 of the plain text (32 bytes), then the
body. The body is handled in chunks of 10 MiB. Chunk i is XOR-ed with chunk i mod n of the key, where n counts the
key's 10 MiB chunks; the last of them is short and is repeated from its own start inside its chunk of the body. The
name of the file is `<plain name>.<the same SHA-256 in hexadecimal>.enc`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PureWindowsPath

import numpy as np
from numpy.typing import NDArray

from app.errors import Fixable
from app.runtime.jobs import CancelToken
from app.runtime.weights.files import PlainFile, check_name
from app.runtime.weights.hashing import HashedFile
from app.runtime.weights.records import BytesSource
from app.runtime.weights.sniff import check_not_placeholder, shown

CHUNK = 10 * 1024 * 1024  # bytes of the body that share one position in the key
HEADER = 32  # bytes: the SHA-256 of the plain text
SUFFIX = ".enc"
SHARED = 4 * 1024 * 1024  # reads from this size on are shared by two threads
PIECE = 256 * 1024  # read and XOR-ed at a time, while both still lie in the processor's cache
SMALL = 4 * 1024 * 1024  # files up to this size prove their checksum when they are opened

_HASHED_NAME = re.compile(r"(.+)\.([0-9a-f]{64})\.enc", re.IGNORECASE | re.DOTALL)
# A name that lost its checksum still serves if it kept its own ending: `pytorch_model.bin.enc`, not `tokenizer.enc`.
_SHORT_NAME = re.compile(r"(.+\.[0-9a-z]{1,16})\.enc", re.IGNORECASE | re.DOTALL)
_DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}  # Windows
_APPLE_DOUBLE = "._"  # what macOS leaves beside every file on a foreign disk
# Plain files beside encrypted ones that a model may need
_COMPANIONS = re.compile(r"tokenizer\.model|[^.].*\.json", re.IGNORECASE)


class KeyFile:
    """Meta's checkpoint, read where it is needed and never as a whole. Any thread may use it.

    Raises `Fixable`: `key-missing`, `key-empty`, `weights-unreadable`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        if not _is_file(path):
            raise Fixable("key-missing", file=path.name)
        self._file = PlainFile(path)
        self.size = self._file.size
        if not self.size:
            raise Fixable("key-empty", file=path.name)
        self._chunks = -(-self.size // CHUNK)
        self._tile: NDArray[np.uint8] | None = None

    def read(self, offset: int, size: int) -> memoryview:
        """Exactly `size` bytes from `offset`; see `records.BytesSource`."""
        return self._file.read(offset, size)

    def xor(self, data: NDArray[np.uint8], offset: int) -> None:
        """XOR `data`, the bytes of a body from `offset` on, with the key, in place."""
        scratch = np.empty(min(PIECE, len(data)), np.uint8)
        done = 0
        while done < len(data):
            key = self._part(offset + done, len(data) - done, scratch)
            piece = data[done : done + len(key)]
            np.bitwise_xor(piece, key, out=piece)
            done += len(key)

    def _part(self, offset: int, limit: int, scratch: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Some of the key bytes, `limit` at most, that belong to the body from `offset` on."""
        chunk, inside = divmod(offset, CHUNK)
        start = chunk % self._chunks * CHUNK
        length = min(CHUNK, self.size - start)
        phase = inside % length
        limit = min(limit, CHUNK - inside)
        if length < PIECE:
            return self._repeated(start, length)[phase:][:limit]
        part = scratch[: min(limit, length - phase)]
        self._file.read_into(start + phase, part.data)
        return part

    def _repeated(self, start: int, length: int) -> NDArray[np.uint8]:
        """The key's last, very short chunk many times over: a key of one byte is no slower than a whole one."""
        if self._tile is None:
            once = np.frombuffer(self.read(start, length), np.uint8)
            self._tile = np.tile(once, PIECE // length + 1)
        return self._tile

    def close(self) -> None:
        self._file.close()


class EncryptedFile:
    """The plain text of one `.enc` file as a `records.BytesSource`. Any thread may use it.

    `sha256`: what the plain text must hash to, in hexadecimal. Raises `Fixable`: `enc-bad-name` (no safe plain name),
    `enc-truncated` (shorter than its header), `enc-name` (name and header name different checksums),
    `weights-lfs-pointer`, `weights-web-page`, `weights-missing-file`, `weights-unreadable`.
    """

    def __init__(self, path: Path, key: KeyFile) -> None:
        self.path = path
        self.name, promised = split_name(path.name)
        self._key = key
        self._file = PlainFile(path)
        self._file.name = self.name  # for its errors
        if self._file.size:
            check_not_placeholder(self._file)
        if self._file.size < HEADER:
            raise Fixable("enc-truncated", file=self.name)
        self.size = self._file.size - HEADER
        self._second = ThreadPoolExecutor(1, f"xor {self.name}")  # started by the first large read
        self.sha256 = self._file.read(0, HEADER).hex()
        if promised and promised != self.sha256:
            raise Fixable("enc-name", file=self.name, name=self.sha256)

    def read(self, offset: int, size: int) -> memoryview:
        """Exactly `size` bytes of plain text from `offset`, unverified; see `records.BytesSource`."""
        if offset < 0 or size < 0 or offset + size > self.size:
            raise Fixable("weights-truncated", file=self.name)
        data = np.empty(size, np.uint8)
        if size < SHARED:
            self._fill(data, offset)
        else:  # while one thread waits for the disk, the other has something to do
            half = size // 2 // PIECE * PIECE
            rest = self._second.submit(self._fill, data[half:], offset + half)
            try:
                self._fill(data[:half], offset)
            finally:
                rest.result()
        return data.data

    def _fill(self, data: NDArray[np.uint8], offset: int) -> None:
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            self._file.read_into(HEADER + offset + start, piece.data)
            self._key.xor(piece, offset + start)

    def check(self, sha256: str) -> None:
        """Raise `Fixable("enc-checksum")` unless `sha256`, in hexadecimal, is the promised one."""
        if sha256 != self.sha256:
            raise Fixable("enc-checksum", file=self.name)

    def verify(self) -> None:
        """Read and hash a small file. Raises `Fixable("enc-checksum")` if it is incomplete or the key is wrong."""
        self.check(hashlib.sha256(self.read(0, self.size)).hexdigest())

    def close(self) -> None:
        self._file.close()


class EncryptedFolder:
    """The `.enc` files of a folder by their plain names, as a `records.Folder`.

    A plain `tokenizer.model` or `*.json` beside them counts where no encrypted file of that name is there; all other
    files do not. Raises `Fixable`: `enc-bad-name`, `enc-twice` (two files give the same plain name),
    `weights-missing-file`, `weights-unreadable`.
    """

    def __init__(self, path: Path, key: KeyFile) -> None:
        self.path = path
        self.name = path.name
        self._key = key
        self._encrypted = encrypted_paths(path)
        self._plain = _companions(path, self._encrypted)
        self._opened: dict[str, EncryptedFile] = {}

    def names(self) -> tuple[str, ...]:
        return tuple(sorted({*self._encrypted, *self._plain}))

    def open(self, name: str) -> BytesSource:
        """Small encrypted files are verified first: `Fixable("enc-checksum")`; large ones when `verify` is called."""
        check_name(name, self.name)
        if name in self._encrypted:
            return self._open(name)
        if name in self._plain:
            return PlainFile(self._plain[name])
        raise Fixable("weights-missing-file", file=name)

    def verify(self, hashes: Mapping[str, str], cancel: CancelToken) -> None:
        """Check every encrypted file that was opened. `hashes`: SHA-256 in hexadecimal of those already read.
        Raises `Fixable("enc-checksum")`, `Cancelled`."""
        for name, file in self._opened.items():
            if file.size > SMALL or name in hashes:
                file.check(hashes[name] if name in hashes else HashedFile(file).finish(cancel))

    def _open(self, name: str) -> EncryptedFile:
        if name not in self._opened:
            file = EncryptedFile(self._encrypted[name], self._key)
            if file.size <= SMALL:
                file.verify()
            self._opened[name] = file
        return self._opened[name]


def split_name(name: str) -> tuple[str, str]:
    """(plain name, SHA-256 in lower-case hexadecimal or "") of an `.enc` file's name.
    Raises `Fixable("enc-bad-name")` if no safe plain name is in it."""
    match = _HASHED_NAME.fullmatch(name) or _SHORT_NAME.fullmatch(name)
    if match is None:
        raise Fixable("enc-bad-name", file=shown(name))
    try:
        check_name(match[1], name)
    except Fixable:
        raise Fixable("enc-bad-name", file=shown(name)) from None
    if not match[1].isprintable() or PureWindowsPath(match[1]).stem.upper() in _DEVICES:
        raise Fixable("enc-bad-name", file=shown(name))
    return match[1], match[2].lower() if match.re is _HASHED_NAME else ""


def encrypted_paths(folder: Path) -> dict[str, Path]:
    """The `.enc` files of a folder, or the one file given, by plain name in sorted order.
    Raises `Fixable`: `enc-bad-name`, `enc-twice`, `weights-missing-file`, `weights-unreadable`."""
    found: dict[str, Path] = {}
    taken: dict[str, str] = {}  # Windows and macOS hold Config.json and config.json for the same
    for path in sorted(_listed(folder)):
        if not path.name.lower().endswith(SUFFIX) or path.name.startswith(_APPLE_DOUBLE):
            continue
        plain, _ = split_name(path.name)
        if plain.casefold() in taken:
            raise Fixable("enc-twice", file=plain, names=f"{taken[plain.casefold()]}, {path.name}")
        taken[plain.casefold()] = path.name
        found[plain] = path
    return found


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as error:  # a folder on the way that may not be entered
        raise Fixable("weights-unreadable", file=path.name, detail=error.strerror or str(error)) from error


def _listed(path: Path) -> list[Path]:
    try:
        return [entry for entry in path.iterdir() if entry.is_file()] if path.is_dir() else [path]
    except OSError as error:
        raise Fixable("weights-unreadable", file=path.name, detail=error.strerror or str(error)) from error


def _companions(folder: Path, encrypted: Mapping[str, Path]) -> dict[str, Path]:
    paths = _listed(folder) if folder.is_dir() else []
    return {path.name: path for path in paths if _COMPANIONS.fullmatch(path.name) and path.name not in encrypted}
