"""Files of a model that are on this computer already: of which model, and how they join those still fetched."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.errors import AppError
from app.runtime.jobs import CancelToken
from app.runtime.models import disk, netdisk
from app.runtime.models.catalogue import Catalogue, Model, ModelFile
from app.runtime.models.disk import Progress, make_folder, silent, told
from app.runtime.models.installs import LocalFile
from app.runtime.models.records import RemoteFile
from app.runtime.models.volumes import one_drive
from app.runtime.weights.locate import Located

HUB_CACHE = "snapshots"  # the hub's own cache keeps files in REPOSITORY/snapshots/REVISION/


@dataclass(frozen=True)
class Local:
    """`files` of the model that are here, `missing` ones, and what is wrong with files that seemed to be the rest."""

    files: tuple[LocalFile, ...]
    missing: tuple[RemoteFile, ...]
    notes: tuple[AppError, ...] = ()

    def folder(self) -> Path | None:
        """The folder in which everything lies as the converter wants it."""
        folders = {one.path.parent for one in self.files}
        tidy = all(one.path.name == one.name and not one.member for one in self.files)
        return folders.pop() if tidy and len(folders) == 1 and not self.missing else None


def identify(catalogue: Catalogue, located: Located) -> Model | None:
    """The model at a place, by names and sizes alone: hashing takes minutes."""
    files = [located.path] if located.file else _files(located.folder)
    folder = located.folder
    above = folder.parents[1] if folder.parent.name == HUB_CACHE and len(folder.parents) > 1 else folder
    sizes = {one.name: one.stat().st_size for one in files}
    return catalogue.identify([above.name, *sizes], sizes=sizes)


def find_local(
    wanted: Sequence[tuple[ModelFile, RemoteFile]],
    path: Path,
    progress: Progress = silent,
    cancel: CancelToken | None = None,
) -> Local:
    """Which of the files of a model lie at `path`, a folder or an archive. Raises as `netdisk.match` does."""
    matched = netdisk.match(path, [remote for _, remote in wanted], progress, cancel)
    files: list[LocalFile] = []
    missing: list[RemoteFile] = []
    homes = {found.path.parent for found in matched.found.values() if not found.member}
    for file, remote in wanted:
        found = matched.found.get(remote.name)
        beside = None if file.name_known else _beside(file, homes)
        if found:
            files.append(LocalFile(remote.name, found.path, found.size, found.member, found.sha256))
        elif beside:
            files.append(LocalFile(beside.name, beside, beside.stat().st_size))
        else:
            missing.append(remote)
    return Local(tuple(files), tuple(missing), (*matched.notes, *matched.wrong.values()))


def tokenizer_folder(path: Path | None) -> Path | None:
    """The folder that is meant by it, or by a file in it. Raises `Fixable("weights-missing-file")`."""
    if path is not None and not path.is_dir():
        disk.status_of(path)
        return path.parent
    return path


def copied_bytes(files: Iterable[LocalFile], folder: Path) -> int:
    """What `join` will write into `folder`: what lies in archives, and what the system cannot link to."""
    links = sys.platform != "win32"
    return sum(one.size for one in files if one.member or not (links or one_drive(one.path, folder)))


def join(local: Iterable[LocalFile], downloaded: Iterable[Path], folder: Path, cancel: CancelToken) -> None:
    """Have all files under their names in `folder`, without copying where the disk allows it. Raises `Fixable` as
    `netdisk.take` does; `Cancelled`."""
    make_folder(folder)
    fetched = [LocalFile(path.name, path, path.stat().st_size) for path in downloaded]
    for file in (*local, *fetched):
        place = folder / file.name
        if os.path.lexists(place):
            if place.exists() and place.stat().st_size == file.size:
                continue
            with told(place):
                place.unlink()  # a link to what is gone
        if not _linked(file, place):
            found = netdisk.Found(file.path, file.member, file.size, file.sha256, known=bool(file.sha256))
            netdisk.take(found, place, silent, cancel)


def _linked(file: LocalFile, place: Path) -> bool:
    if not file.member:
        for way in (os.link, os.symlink):
            with suppress(OSError, NotImplementedError):
                way(file.path, place)
                return True
    return False


def _beside(file: ModelFile, homes: Iterable[Path]) -> Path | None:
    """A file of which only a part of the name is published."""
    for home in homes:
        for path in _files(home):
            if file.matches(path.name):
                return path
    return None


def _files(folder: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(one for one in folder.iterdir() if one.is_file())
    return []
