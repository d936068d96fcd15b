"""The files that an install is made of: found under their real names, joined, borrowed from earlier downloads, kept."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models import disk
from app.runtime.models.catalogue import Model
from app.runtime.models.install_store import InstallFolder
from app.runtime.models.installs import InstallPlan
from app.runtime.models.local_files import join
from app.runtime.models.records import RemoteFile
from app.runtime.models.sources import Source

if TYPE_CHECKING:
    from app.runtime.models.download import Downloader

DOWNLOADS = "downloads"  # in the models folder: what the user wants kept
ANY = "*"  # in a name of the catalogue: the part that nobody has published


def real_names(
    plan: InstallPlan, model: Model | None, downloader: Downloader, source: Source, cancel: CancelToken
) -> list[RemoteFile]:
    """The files to fetch. Those of which only a part of the name is published are looked up at the source.

    Raises `Fixable`: `download-not-found`, what listing raises; `Cancelled`."""
    if all(ANY not in one.name for one in plan.files):
        return list(plan.files)
    listed = downloader.list_files(plan.repository, plan.revision, source, cancel)
    return [_real(one, model, listed, source) if ANY in one.name else one for one in plan.files]


def _real(file: RemoteFile, model: Model | None, listed: Sequence[RemoteFile], source: Source) -> RemoteFile:
    row = next((one for one in model.files if one.name == file.name), None) if model else None
    for one in listed:
        if row and row.matches(one.name):
            return one
    raise Fixable("download-not-found", host=source.name, file=file.name)


def source_of(plan: InstallPlan, folder: InstallFolder, fetched: Iterable[RemoteFile], cancel: CancelToken) -> Path:
    """What the converter is to read: the user's own place, the downloads, or both joined."""
    if plan.local:
        join(plan.local, (folder.files / one.name for one in fetched), folder.joined, cancel)
        return folder.joined
    if not plan.files:
        assert plan.request.path is not None  # a plan has one or the other
        return plan.request.path
    return folder.files if plan.model else folder.files / plan.files[0].name


def kept_place(models: Path, repository: str) -> Path:
    """Where the downloads of a repository are kept for the next time, if the user wants that."""
    return models / DOWNLOADS / repository.replace("/", "--")


def kept_bytes(place: Path, files: Iterable[RemoteFile]) -> int:
    """How much of `files` need not be fetched again."""
    total = 0
    for file in files:
        with suppress(OSError):
            size = (place / file.name).stat().st_size
            total += size if file.size in (None, size) else 0
    return total


def borrow(place: Path, files: Iterable[RemoteFile], folder: Path) -> None:
    """Have kept files among the downloads under a second name; whoever fetches the rest checks them first. A drive that
    knows no second names makes them be fetched again."""
    for file in files:
        if (place / file.name).is_file() and not os.path.lexists(folder / file.name):
            disk.make_folder((folder / file.name).parent)
            with suppress(OSError):
                os.link(place / file.name, folder / file.name)


def keep(folder: Path, files: Iterable[RemoteFile], place: Path) -> None:
    """Keep downloads for the next time. What is there already stays; what cannot be kept is not."""
    for file in files:
        target = place / file.name
        with suppress(Fixable):
            disk.make_folder(target.parent)
            if not os.path.lexists(target):
                disk.rename(folder / file.name, target)
