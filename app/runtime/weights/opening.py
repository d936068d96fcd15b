"""A located source becomes an open `WeightsModel`, whatever its format and whether it is encrypted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import AppError, Fixable
from app.runtime.jobs import CancelToken
from app.runtime.weights.files import PlainFolder
from app.runtime.weights.hashing import HashedFile
from app.runtime.weights.locate import Located, placeholder_problem
from app.runtime.weights.records import BytesSource, Folder, Kind, WeightsModel
from app.runtime.weights.sources import gguf_file, gptq, hugging_face, legacy_ggml, meta
from app.runtime.weights.xor import EncryptedFolder, KeyFile

HASHED_FROM = 1 << 20  # smaller files are read at once and out of order


class HashingFolder:
    """A folder whose large files hash themselves while they are read, each once."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self.name = folder.name
        self.opened: dict[str, HashedFile] = {}

    def names(self) -> tuple[str, ...]:
        return self._folder.names()

    def open(self, name: str) -> BytesSource:
        if name in self.opened:
            return self.opened[name]
        file = self._folder.open(name)
        if file.size < HASHED_FROM:
            return file
        self.opened[name] = HashedFile(file)
        return self.opened[name]


@dataclass(frozen=True)
class Opened:
    """`encrypted`: the folder whose every file must prove its hash, None for plain sources."""

    located: Located
    model: WeightsModel
    files: HashingFolder
    encrypted: EncryptedFolder | None = None

    def hashes(self, cancel: CancelToken) -> dict[str, str]:
        """SHA-256 of every weight file read, by name, in hexadecimal; reads what has not been read yet.
        Raises `Fixable("enc-checksum")` for an encrypted file that does not have its promised hash."""
        found = {name: file.finish(cancel) for name, file in self.files.opened.items()}
        if self.encrypted is not None:
            for name in self.encrypted.names():  # those that no one has asked for, too
                self.encrypted.open(name)
            self.encrypted.verify(found, cancel)
        return found


def open_source(located: Located, key: Path | None = None, tokenizer: Path | None = None) -> Opened:
    """Read the headers and the small files of a source; no weights.

    `key`: Meta's checkpoint for encrypted folders. `tokenizer`: a folder with `tokenizer.model` or
    `tokenizer.json` if the source's own folder lacks them. Of several files in a folder the first that is whole is
    taken. Raises `Fixable`; the codes are those of `app.messages` that begin with `weights-`, `key-` and `enc-`.
    """
    problem = placeholder_problem(located)
    if problem:
        raise problem
    if located.kind is Kind.ENCRYPTED:
        return _open_encrypted(located, key, tokenizer)
    first: AppError | None = None
    for file in (located.file, *located.choices):
        try:
            one = replace(located, file=file)
            files = HashingFolder(PlainFolder(located.folder))
            model = _open_plain(one, files, tokenizer)
            if located.choices:
                others = ", ".join(sorted({located.file, *located.choices} - {file}))
                note = Fixable("note-several", file=file, others=others)
                model = replace(model, notes=(note, *model.notes))
            return Opened(one, model, files)
        except Fixable as error:
            first = first or error
    assert first is not None
    raise first


def _open_plain(located: Located, files: HashingFolder, tokenizer: Path | None) -> WeightsModel:
    own = PlainFolder(tokenizer) if tokenizer else None
    openers: dict[Kind, Callable[[], WeightsModel]] = {
        Kind.HUGGING_FACE: lambda: hugging_face.open_model(files, tokenizer=own),
        Kind.META: lambda: meta.open_model(files, own or PlainFolder(located.folder.parent)),
        Kind.LEGACY: lambda: legacy_ggml.open_model(files, located.file, own),
        Kind.GPTQ: lambda: _open_checkpoint(located, files, own),
        Kind.GGUF: lambda: gguf_file.open_model(files, located.file),
    }
    return openers[located.kind]()


def _open_checkpoint(located: Located, files: Folder, tokenizer: Folder | None) -> WeightsModel:
    """A torch file of any name: a GPTQ checkpoint, else a Hugging Face model in one file."""
    if gptq.is_gptq(files.open(located.file)):
        return gptq.open_model(files, located.file, tokenizer)
    return hugging_face.open_model(files, file=located.file, tokenizer=tokenizer)


def _open_encrypted(located: Located, key: Path | None, tokenizer: Path | None) -> Opened:
    if key is None:
        raise Fixable("key-needed", file=located.folder.name)
    encrypted = EncryptedFolder(located.folder, KeyFile(key))
    files = HashingFolder(encrypted)
    own = PlainFolder(tokenizer) if tokenizer else None
    checkpoint = next((name for name in encrypted.names() if name.lower().endswith(".pt")), None)
    model = gptq.open_model(files, checkpoint, own) if checkpoint else hugging_face.open_model(files, tokenizer=own)
    return Opened(located, replace(model, kind=Kind.ENCRYPTED), files, encrypted)
