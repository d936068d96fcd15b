"""Packs made and taken in: nothing is visible, here or there, before every byte has been read back and is right."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from app.errors import Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models import disk, pack_zip
from app.runtime.models.disk import BLOCK, Progress, Tally, silent, told
from app.runtime.models.folder_rules import safe_gguf_name, safe_name
from app.runtime.models.library import Library
from app.runtime.models.manifests import explain
from app.runtime.models.pack_format import (
    INDEX,
    LICENSES,
    MODELS,
    SUMS,
    PackedFile,
    PackedModel,
    index_text,
    licenses_text,
    sums_text,
)
from app.runtime.models.records import Condition, Entry
from app.runtime.models.volumes import GB, check_space, volume_of
from app.runtime.weights.files import PlainFile

PART_SIZE = 2_000_000_000  # bytes: every file system takes a file of this size
MARGIN = 16 * 1024 * 1024  # bytes for the small files


@dataclass(frozen=True)
class Packed:
    """`path`: the folder or zip file. `size` in bytes."""

    path: Path
    size: int
    models: tuple[PackedModel, ...]


class Sink(Protocol):
    """What a pack is written into, out of sight until `finish`."""

    def put(self, name: str, size: int, pieces: Iterable[memoryview | bytes], tally: Tally) -> str:
        """Write one file; its SHA-256."""

    def finish(self, hashes: dict[str, str], tally: Tally) -> None:
        """Prove what was written and give the pack its name."""

    def abort(self) -> None:
        """Leave nothing behind."""


def check_pack(library: Library, ids: Sequence[str], target: Path, part_size: int | None = None) -> Fixable | None:
    """Why a pack cannot be written to `target` as asked, before anything is written; None if it can.

    `pack-file-too-large` (the stick is FAT32: ask again with `part_size=PART_SIZE` and a folder), `out-space`,
    `out-exists`, and what `explain` says of a model that is not whole."""
    try:
        entries = [_usable(library.get(one)) for one in ids]
        path = pack_path(target, ids)
        with told(path):
            _check_free(path)
        largest = volume_of(path).largest_file
        total = sum(entry.manifest.size for entry in entries) + MARGIN
        files = [(path.name, total)] if _is_zip(path) else [(one.manifest.name, one.manifest.size) for one in entries]
        for name, size in files:
            size = size if part_size is None or _is_zip(path) else min(size, part_size)
            if largest is not None and size > largest:
                raise Fixable("pack-file-too-large", name=name, size_gb=f"{size / GB:.1f}", path=str(path))
        check_space(path, total)
    except Fixable as problem:
        return problem
    return None


def pack_path(target: Path, ids: Sequence[str]) -> Path:
    """Where the pack goes: `target`, or a new folder in it if it is a folder that holds something."""
    target = target.absolute()
    with told(target):
        if target.is_dir() and (os.path.ismount(target) or any(target.iterdir())):
            return target / safe_name(f"ChatBELLE {ids[0] if len(ids) == 1 else MODELS}")
    return target


def export_pack(
    library: Library,
    ids: Sequence[str],
    target: Path,
    progress: Progress = silent,
    cancel: CancelToken | None = None,
    part_size: int | None = None,
) -> Packed:
    """Write models as a pack: a zip file (stored, not compressed) if `target` ends in `.zip`, else a folder.

    `part_size`: files larger than this many bytes are split (folders only). The pack appears under its name when all
    of it has been read back. Raises `Fixable`: what `check_pack` tells, `library-damaged`, what writing raises;
    `Cancelled`.
    """
    problem = check_pack(library, ids, target, part_size)
    if problem:
        raise problem
    path = pack_path(target, ids)
    part_size = None if _is_zip(path) else part_size
    entries = [library.get(one) for one in dict.fromkeys(ids)]
    tally = Tally(progress, 2 * sum(entry.manifest.size for entry in entries), cancel or CancelToken())
    sink: Sink = pack_zip.ZipSink(path) if _is_zip(path) else _FolderSink(path)
    try:
        models = tuple(_put_model(entry, sink, part_size, tally) for entry in entries)
        hashes = {part.file: part.sha256 for one in models for part in one.parts}
        texts = {LICENSES: licenses_text(models), SUMS: sums_text(models), INDEX: index_text(models)}
        for name, text in texts.items():
            data = text.encode("utf-8", "replace")
            hashes[name] = sink.put(name, len(data), [data], disk.silent_tally())
        sink.finish(hashes, tally)
    except BaseException:
        sink.abort()
        raise
    return Packed(path, sum(one.size for one in models), models)


def _put_model(entry: Entry, sink: Sink, part_size: int | None, tally: Tally) -> PackedModel:
    manifest = entry.manifest
    folder = f"{MODELS}/{safe_name(manifest.id)}"
    file = f"{folder}/{safe_gguf_name(manifest.path.name)}"
    whole = hashlib.sha256()
    parts = []
    split = part_size is not None and manifest.size > part_size
    step = part_size if part_size is not None and split else max(1, manifest.size)
    for number, offset in enumerate(range(0, manifest.size, step), start=1):
        name = f"{file}.{number:03}" if split else file
        size = min(step, manifest.size - offset)
        sha256 = sink.put(name, size, _slice(manifest.path, offset, size, whole.update), tally)
        parts.append(PackedFile(name, size, sha256))
    if manifest.sha256 not in ("", whole.hexdigest()):
        problem = explain(replace(entry, condition=Condition.DAMAGED))
        raise problem or Fixable("file-unlike", path=str(manifest.path))
    return PackedModel(
        id=manifest.id,
        name=manifest.name,
        size=manifest.size,
        sha256=whole.hexdigest(),
        parts=tuple(parts),
        quantization=manifest.quantization,
        model=manifest.model,
        repository=manifest.repository,
        license=manifest.license,
        template=manifest.template,
    )


def _slice(path: Path, offset: int, size: int, seen: Callable[[memoryview], None]) -> Iterator[memoryview]:
    """Bytes of a file from `offset` on, in pieces, each shown to `seen` as it goes by."""
    with closing(PlainFile(path)) as file:
        for start in range(offset, offset + size, BLOCK):
            piece = file.read(start, min(BLOCK, offset + size - start))
            seen(piece)
            yield piece


class _FolderSink:
    """A pack as a folder, made beside its place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stage = disk.hidden_name(path)
        with told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if self._stage.exists():
                shutil.rmtree(self._stage)  # what a killed try of the same pack left
            self._stage.mkdir()

    def put(self, name: str, size: int, pieces: Iterable[memoryview | bytes], tally: Tally) -> str:
        target = self._stage / name
        disk.make_folder(target.parent)
        return disk.store(target, size, pieces, tally)  # reads back at once

    def finish(self, hashes: dict[str, str], tally: Tally) -> None:
        tally.cancel.check()
        with suppress(OSError):
            self.path.rmdir()  # an empty folder that the user made for it
        disk.rename(self._stage, self.path)

    def abort(self) -> None:
        shutil.rmtree(self._stage, ignore_errors=True)


def _check_free(path: Path) -> None:
    """Raise `Fixable("out-exists")` unless there is nothing at `path`, or an empty folder."""
    if os.path.lexists(path) and (_is_zip(path) or not path.is_dir() or any(path.iterdir())):
        raise Fixable("out-exists", path=str(path))


def _usable(entry: Entry) -> Entry:
    """Raises what is wrong with a model. A changed file is hashed on the way out anyway."""
    problem = explain(entry)
    if problem and entry.condition is not Condition.CHANGED:
        raise problem
    if entry.condition is Condition.CHANGED and disk.status_of(entry.manifest.path).st_size != entry.manifest.size:
        raise problem or Fixable("file-unlike", path=str(entry.manifest.path))
    return entry


def _is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip"
