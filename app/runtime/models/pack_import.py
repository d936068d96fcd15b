"""A pack taken into the library: all of it is checked before any of it is a model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.errors import Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models import adding, disk
from app.runtime.models.adding import About
from app.runtime.models.archives import Archive
from app.runtime.models.disk import Progress, Tally, silent, told
from app.runtime.models.folder_rules import safe_gguf_name
from app.runtime.models.library import Library
from app.runtime.models.names import is_safe
from app.runtime.models.pack_format import INDEX, MOST_BYTES, PackedModel, read_index
from app.runtime.models.records import Condition, Entry
from app.runtime.weights.sniff import shown


@dataclass(frozen=True)
class Imported:
    """`present`: models of the pack that the library had already."""

    added: tuple[Entry, ...]
    present: tuple[Entry, ...]


class Source(Protocol):
    """A pack on the disk, folder or zip."""

    path: Path

    def size(self, name: str) -> int | None:
        """Bytes of a file, None if it is not there."""

    def blocks(self, name: str) -> Iterator[memoryview | bytes]: ...

    def close(self) -> None: ...


def look_into(path: Path) -> tuple[PackedModel, ...]:
    """What a pack says it holds, to be shown with its licences before it is imported. Raises as `import_pack` does."""
    with told(path), closing(_open(path)) as source:
        return _index(source)


def import_pack(
    path: Path,
    library: Library,
    progress: Progress = silent,
    cancel: CancelToken | None = None,
    folder: Path | None = None,
) -> Imported:
    """Copy the models of a pack (its folder, the folder that holds it, its index or its zip file) into the library.

    On any failure, and on cancel, the library is as it was. Raises `Fixable`: `pack-unknown`, `pack-newer`,
    `pack-damaged`, `pack-unsafe`, `pack-file-missing`, `pack-file-wrong` (they name the file), `library-busy`,
    `library-moving`, `out-space`, what reading and writing raise, what is wrong with a model; `Cancelled`.
    """
    with told(path), closing(_open(path)) as source:
        models = _index(source)
        _check_sizes(source, models)
        present, wanted = _sorted_out(library, models)
        tally = Tally(progress, 2 * sum(one.size for one in wanted), cancel or CancelToken())
        added = library.take_in(folder, [_Copy(source, one, tally) for one in wanted])
        tally.finish()
    return Imported(added, present)


class _Copy:
    """One model on its way into the library: `library.Incoming`."""

    def __init__(self, source: Source, model: PackedModel, tally: Tally) -> None:
        self._source, self._model, self._tally = source, model, tally
        self.name = model.id
        self.size = model.size

    def bring(self, place: Path) -> tuple[Path, About]:
        """Write the file into the folder `place`, all of it proved."""
        model = self._model
        first = model.parts[0].file
        file = place / safe_gguf_name(Path(first.removesuffix(".001")).name)
        sha256 = disk.store(file, model.size, self._pieces(), self._tally)
        if sha256 != model.sha256:
            raise Fixable("pack-file-wrong", file=file.name)
        template = adding.safe_template(model.template)
        return file, About(model.name, model.model, model.repository, model.license, template, sha256)

    def _pieces(self) -> Iterator[memoryview | bytes]:
        """The parts joined; a wrong one is named as soon as it has been read."""
        for part in self._model.parts:
            digest = hashlib.sha256()
            for piece in self._source.blocks(part.file):
                digest.update(piece)
                yield piece
            if digest.hexdigest() != part.sha256:
                raise Fixable("pack-file-wrong", file=part.file)


def _sorted_out(library: Library, models: tuple[PackedModel, ...]) -> tuple[tuple[Entry, ...], list[PackedModel]]:
    """What the library has, and what it lacks."""
    ready = {one.manifest.sha256: one for one in library.entries() if one.condition is Condition.READY}
    present = tuple(ready[one.sha256] for one in models if one.sha256 in ready)
    wanted = {one.sha256: one for one in models if one.sha256 not in ready}
    return present, list(wanted.values())


def _index(source: Source) -> tuple[PackedModel, ...]:
    size = source.size(INDEX)
    if size is None:
        raise Fixable("pack-unknown", path=str(source.path))
    if size > MOST_BYTES:
        raise Fixable("pack-damaged", file=source.path.name, detail=f"{size} bytes")
    return read_index(b"".join(bytes(piece) for piece in source.blocks(INDEX)), source.path.name)


def _check_sizes(source: Source, models: tuple[PackedModel, ...]) -> None:
    for part in (part for one in models for part in one.parts):
        size = source.size(part.file)
        if size is None:
            raise Fixable("pack-file-missing", file=part.file)
        if size != part.size:
            raise Fixable("pack-file-wrong", file=part.file)


def _open(path: Path) -> Source:
    path = path.absolute()
    if path.is_dir():
        return _FolderSource(_pack_in(path))
    if path.name == INDEX:
        return _FolderSource(path.parent)
    return _ZipSource(path)


def _pack_in(folder: Path) -> Path:
    """The folder itself, or the one pack in it: what one chooses is often the stick."""
    if (folder / INDEX).exists():
        return folder
    inside = [one for one in sorted(folder.iterdir()) if (one / INDEX).exists()]
    return inside[0] if len(inside) == 1 else folder


class _FolderSource:
    def __init__(self, path: Path) -> None:
        self.path = path

    def size(self, name: str) -> int | None:
        """Raises `Fixable("pack-unsafe")` for a link: it could lead anywhere."""
        path = self.path / name
        place = path
        while place != self.path:
            if place.is_symlink():
                raise Fixable("pack-unsafe", file=self.path.name, name=shown(name))
            place = place.parent
        return path.stat().st_size if path.is_file() else None

    def blocks(self, name: str) -> Iterator[memoryview | bytes]:
        return disk.blocks(self.path / name)

    def close(self) -> None:
        """Nothing is kept open."""


class _ZipSource:
    """A zip may have been made anew from the folder, so that all its names begin with the folder's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._archive = Archive(path)
        for name in self._archive.sizes:
            if not is_safe(name):
                self._archive.close()
                raise Fixable("pack-unsafe", file=path.name, name=shown(name))
        tops = [name for name in self._archive.sizes if name.split("/", 1)[-1] == INDEX]
        self._top = tops[0][: -len(INDEX)] if len(tops) == 1 else ""

    def size(self, name: str) -> int | None:
        return self._archive.sizes.get(self._top + name)

    def blocks(self, name: str) -> Iterator[memoryview | bytes]:
        return self._archive.blocks(self._top + name)

    def close(self) -> None:
        self._archive.close()
