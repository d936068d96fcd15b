"""A GGUF file becomes a model of the library: looked at, hashed, given its manifest, and visible at one stroke."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from app.errors import Fixable
from app.runtime.models import disk, manifests
from app.runtime.models.disk import Tally
from app.runtime.models.folder_rules import safe_gguf_name, safe_name
from app.runtime.models.manifests import Stored
from app.runtime.models.records import Manifest
from app.runtime.models.shelf import COPYING, STAGED, Shelf, same_path, writing
from app.runtime.models.volumes import check_file_size, check_space
from app.runtime.weights.files import PlainFile
from app.runtime.weights.metadata import TEMPLATE_ID
from app.runtime.weights.recognise import recognise
from app.runtime.weights.records import Kind
from app.runtime.weights.sources.gguf_file import read_summary
from app.runtime.weights.sources.gguf_header import parse

COMMIT_TRIES = 5


@dataclass(frozen=True)
class About:
    """What is known about a file from elsewhere. Empty fields are filled from the file's own header. `sha256`: its
    hash if it has just been computed; otherwise the file is read for it."""

    name: str = ""
    model: str = ""
    repository: str = ""
    license: str = ""
    template: str = ""
    sha256: str = ""


NOTHING = About()


def gguf_in(path: Path) -> Path:
    """The one GGUF file that `path` is or, if it is a folder, that lies in it. Raises `Fixable`:
    `weights-missing-file`, `library-no-model`, `library-several`."""
    path = path.absolute()
    if not path.is_dir():
        disk.status_of(path)
        return path
    with disk.told(path):
        found = sorted(one for one in path.iterdir() if one.name.lower().endswith(".gguf") and one.is_file())
    if len(found) != 1:
        names = ", ".join(one.name for one in found[:5])
        raise (
            Fixable("library-several", path=str(path), names=names)
            if found
            else Fixable("library-no-model", path=str(path))
        )
    return found[0]


def check_model(path: Path) -> None:
    """Raise `Fixable` unless `path` is a whole GGUF file: what `recognise` finds wrong, `library-not-gguf`,
    `library-split` for a part of a model in several files."""
    found = recognise(path)
    if found.problem:
        raise found.problem
    if found.kind is not Kind.GGUF:
        raise Fixable("library-not-gguf", path=str(path), kind=found.kind.value)
    if len(found.files) > 1:
        raise Fixable("library-split", path=str(path), parts=len(found.files))
    if not found.complete:
        raise Fixable("weights-files-missing", file=path.name, missing=", ".join(found.missing))


def describe(path: Path, about: About, *, owned: bool) -> Manifest:
    """A manifest for `path` without id and hash, from its header."""
    with closing(PlainFile(path)) as file:
        summary = read_summary(file)
        template = parse(file, arrays=False).text(TEMPLATE_ID)
    status = disk.status_of(path)
    return Manifest(
        id="",
        name=about.name or summary.name or path.stem,
        path=path,
        size=status.st_size,
        sha256=about.sha256.lower(),
        quantization=summary.file_type or summary.quantization,
        architecture=summary.architecture,
        parameters=summary.parameters,
        owned=owned,
        model=about.model,
        repository=about.repository,
        license=about.license or summary.license,
        template=about.template or safe_template(template),
        added=time.time(),
        modified=status.st_mtime,
    )


def safe_template(text: str) -> str:
    """The id of a template row as a file gives it, "" if it cannot be one."""
    return text if len(text) <= 64 and text.replace("-", "").isalnum() and text.isascii() else ""


def wished_id(manifest: Manifest) -> str:
    """Name and quantization, as `BELLE-7B-2M-Q4_0`."""
    name = safe_name(manifest.name)
    if manifest.quantization.casefold() not in name.casefold():
        name = f"{name[:45]} {manifest.quantization}"
    return name.replace(" ", "-")


def stage(folder: Path, name: str) -> Path:
    """Where a new model may be written before `add`: a file in a folder of its own that no list shows."""
    place = folder / f"{STAGED}{safe_name(name)}"
    disk.make_folder(place)
    return place / safe_gguf_name(name)


def take_over(shelf: Shelf, path: Path, about: About, tally: Tally) -> Stored:
    """Register a file that lies in a folder of the library: where it is, or, staged, under its final name."""
    root = shelf.root_of(path)
    assert root is not None
    manifest = describe(path, about, owned=True)
    manifest = replace(manifest, sha256=manifest.sha256 or disk.hash_file(path, tally))
    _check_still(manifest)
    if path.parent.name.startswith(STAGED) and same_path(path.parent.parent) == same_path(root):
        return commit(shelf, root, path.parent, manifest)
    if same_path(path.parent) == same_path(root):
        place = root / f"{STAGED}{safe_name(path.stem)}"
        disk.make_folder(place)
        disk.rename(path, place / path.name)
        return commit(shelf, root, place, replace(manifest, path=place / path.name))
    return _register(shelf, path, manifest)


def _register(shelf: Shelf, path: Path, manifest: Manifest) -> Stored:
    """In a folder that the user made. A manifest that cannot be read, or of another file, is kept aside."""
    place = path.parent / manifests.FILE
    if os.path.lexists(place):
        aside = place.with_suffix(".json.bad")
        number = 1
        while os.path.lexists(aside):
            number += 1
            aside = place.with_suffix(f".json.bad{number}")
        disk.rename(place, aside)
    own = path.parent.name
    taken = {one.manifest.id.casefold() for one in shelf.scan()[0]}
    identity = own if own.casefold() not in taken else shelf.free_id(wished_id(manifest))
    return manifests.write(Stored(replace(manifest, id=identity), place))


class Incoming(Protocol):
    """A model on its way into the library. `size` in bytes."""

    name: str
    size: int

    def bring(self, place: Path) -> tuple[Path, About]:
        """Write its file, proved, into the folder `place`; the file, and what is known about it with its hash."""


class CopiedFile:
    """A file from elsewhere; it stays as it is."""

    def __init__(self, path: Path, about: About, tally: Tally) -> None:
        self._path, self._about, self._tally = path, about, tally
        self.name = path.stem
        self.size = disk.status_of(path).st_size

    def bring(self, place: Path) -> tuple[Path, About]:
        target = place / safe_gguf_name(self._path.name)
        sha256 = disk.store(target, self.size, disk.blocks(self._path), self._tally)
        if self._about.sha256.lower() not in ("", sha256):
            raise Fixable("file-unlike", path=str(self._path))
        return target, replace(self._about, name=self._about.name or self._path.stem, sha256=sha256)


def take_in(shelf: Shelf, root: Path, incoming: Sequence[Incoming]) -> list[Stored]:
    """Copy models into `root`: all of them, or on any failure none. Raises `Fixable`: `library-busy`, `out-space`,
    `disk-file-too-large`, what copying raises, what is wrong with a file."""
    shelf.check_steady()
    with writing(root):
        check_space(root, sum(one.size for one in incoming))
        for one in incoming:
            check_file_size(root / safe_gguf_name(one.name), one.size)
        places = [root / f"{COPYING}{safe_name(one.name)}" for one in incoming]
        done: list[Stored] = []
        try:
            staged = [_bring(one, place) for one, place in zip(incoming, places, strict=True)]
            for place, manifest in zip(places, staged, strict=True):
                done.append(commit(shelf, root, place, manifest))
        except BaseException:
            for stored, place in zip(done, places, strict=False):
                with suppress(Fixable):
                    disk.rename(stored.place.parent, place)
            for place in places:
                discard(place)
            raise
    return done


def _bring(incoming: Incoming, place: Path) -> Manifest:
    discard(place)  # what a killed process left of the same one
    disk.make_folder(place)
    file, about = incoming.bring(place)
    check_model(file)
    return describe(file, about, owned=True)


def discard(place: Path) -> None:
    """Delete an unfinished model."""
    if place.name.startswith((STAGED, COPYING)):
        shutil.rmtree(place, ignore_errors=True)


def commit(shelf: Shelf, root: Path, place: Path, manifest: Manifest) -> Stored:
    """Make a staged folder a model of the library. Raises `Fixable`: `library-moving`, `out-unwritable` …"""
    shelf.check_steady()
    for tries_left in reversed(range(COMMIT_TRIES)):
        identity = shelf.free_id(manifest.id or wished_id(manifest))
        final = root / identity
        stored = manifests.write(Stored(replace(manifest, id=identity), place / manifests.FILE))
        try:
            disk.rename(place, final)
        except Fixable:  # another process took the name, or has finished this very model
            if not place.exists() and (final / manifests.FILE).exists():
                break
            if not tries_left or not os.path.lexists(final):
                raise
            continue
        break
    return replace(
        stored, place=final / manifests.FILE, manifest=replace(stored.manifest, path=final / manifest.path.name)
    )


def link(shelf: Shelf, path: Path, about: About) -> Stored:
    """Register a file of the user's where it is. It is hashed when it is first verified."""
    manifest = describe(path, about, owned=False)
    identity = shelf.free_id(wished_id(manifest))
    folder = shelf.folders[0] / manifests.LINKED
    disk.make_folder(folder)
    return manifests.write(Stored(replace(manifest, id=identity), folder / f"{identity}.json"))


def recover(shelf: Shelf) -> tuple[Stored, ...]:
    """Finish what was complete but for its final name when the process died."""
    found = []
    for leftover in shelf.leftovers():
        with suppress(Fixable):
            stored = manifests.read(leftover.path / manifests.FILE, owned=True)
            if disk.status_of(stored.manifest.path).st_size == stored.manifest.size:
                found.append(commit(shelf, leftover.path.parent, leftover.path, stored.manifest))
    return tuple(found)


def _check_still(manifest: Manifest) -> None:
    """Raise `Fixable("library-changed")` if the file was written to while it was hashed."""
    status = disk.status_of(manifest.path)
    if status.st_size != manifest.size or status.st_mtime != manifest.modified:
        raise Fixable("library-changed", name=manifest.name, path=str(manifest.path))
