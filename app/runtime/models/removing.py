"""Models removed from the library: put aside first, so that it can be undone, then into the system's trash."""

from __future__ import annotations

import logging
import os
import re
import time
from calendar import timegm
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import Fixable
from app.runtime.models import disk, manifests
from app.runtime.models.folder_rules import safe_name
from app.runtime.models.manifests import Stored
from app.runtime.models.moving import REMOVED, tree
from app.runtime.models.shelf import Shelf
from app.runtime.weights.files import check_name

log = logging.getLogger(__name__)

LINK = "linked.json"  # the manifest of a linked file among the removed ones
_TOKEN = re.compile(r"(.+)-(\d{8}-\d{6})(?:-\d+)?", re.DOTALL)
_TIME = "%Y%m%d-%H%M%S"


@dataclass(frozen=True)
class Removal:
    """Something removed that can still be brought back by its `token`. `size` in bytes on the disk (0 for a linked
    file, which itself is never touched), `when` in seconds since 1970."""

    token: str
    id: str
    name: str
    size: int
    owned: bool
    when: float
    path: Path


def remove(shelf: Shelf, stored: Stored) -> Removal:
    """Put a model aside. Only its file and its manifest are taken: what else lies in the folder stays there."""
    if stored.newer:
        raise Fixable("library-newer", path=str(stored.place))
    root = shelf.root_of(stored.place)
    if root is None:
        raise Fixable("library-unknown", name=stored.manifest.name)
    aside = _new_place(root / REMOVED, stored)
    if not stored.manifest.owned:
        disk.make_folder(aside)
        disk.rename(stored.place, aside / LINK)
    elif _is_all_ours(stored):
        disk.make_folder(aside.parent)
        disk.rename(stored.place.parent, aside)
    else:
        disk.make_folder(aside)
        disk.rename(stored.place, aside / manifests.FILE)
        if os.path.lexists(stored.manifest.path):
            _take_file(stored, aside)
    return _removal(aside)


def _take_file(stored: Stored, aside: Path) -> None:
    """The file after its manifest; if it cannot be had (a program has it open), the manifest goes back."""
    try:
        disk.rename(stored.manifest.path, aside / stored.manifest.path.name)
    except Fixable:
        disk.rename(aside / manifests.FILE, stored.place)
        with suppress(OSError):
            aside.rmdir()
        raise


def removed(shelf: Shelf) -> tuple[Removal, ...]:
    """All that was put aside, the latest first."""
    found = []
    for folder in shelf.folders:
        with suppress(OSError):
            for place in (folder / REMOVED).iterdir():
                if _TOKEN.fullmatch(place.name) and place.is_dir():
                    found.append(_removal(place))
    return tuple(sorted(found, key=lambda one: one.when, reverse=True))


def undo(shelf: Shelf, token: str) -> str:
    """Bring a removed model back; its id, a new one if the old one was taken meanwhile."""
    aside = _find(shelf, token)
    link = aside / LINK
    root = aside.parent.parent
    if link.exists():
        stored = manifests.read(link, owned=False)
        place = root / manifests.LINKED / f"{shelf.free_id(stored.manifest.id)}.json"
        disk.make_folder(place.parent)
        disk.rename(link, place)
        _tidy(aside)
        # read where it lies now: its relative path counts from there
        return _with_id(manifests.read(place, owned=False), place.stem)
    stored = manifests.read(aside / manifests.FILE, owned=True)
    home = root / stored.manifest.id
    file = stored.manifest.path
    there = (home / file.name).exists()
    if home.is_dir() and not (home / manifests.FILE).exists() and not (there and file.exists()):
        for path in (file, aside / manifests.FILE):  # to the user's own files, which stayed
            if os.path.lexists(path):
                disk.rename(path, home / path.name)
        _tidy(aside)
        return _with_id(manifests.read(home / manifests.FILE, owned=True), stored.manifest.id)
    identity = shelf.free_id(stored.manifest.id)
    disk.rename(aside, root / identity)
    _tidy(aside)
    return _with_id(manifests.read(root / identity / manifests.FILE, owned=True), identity)


def finish(shelf: Shelf, token: str) -> None:
    """Send a removed model to the system's trash. Raises `Fixable("trash-failed")`; then it stays where it is."""
    aside = _find(shelf, token)
    if not any(path.suffix != ".json" for path, _ in tree(aside)):
        with disk.told(aside):  # nothing but our own note of a file that is elsewhere, or gone
            for path, _ in tree(aside):
                path.unlink()
            aside.rmdir()
    else:
        _send_to_trash(aside)
    _tidy(aside)


def _send_to_trash(path: Path) -> None:
    try:
        from send2trash import send2trash

        send2trash(path)
    except Exception as error:  # each system has its own; whatever it is, the files are still there
        log.warning("trash: %s", error)
        detail = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise Fixable("trash-failed", path=str(path), detail=detail) from error
    if path.exists():
        raise Fixable("trash-failed", path=str(path), detail="")


def _find(shelf: Shelf, token: str) -> Path:
    check_name(token, "token")
    for folder in shelf.folders:
        place = folder / REMOVED / token
        if _TOKEN.fullmatch(token) and place.is_dir():
            return place
    raise Fixable("library-not-removed", name=token[:200])


def _new_place(folder: Path, stored: Stored) -> Path:
    base = f"{safe_name(stored.manifest.id)}-{time.strftime(_TIME, time.gmtime())}"
    number, place = 1, folder / base
    while os.path.lexists(place):
        number += 1
        place = folder / f"{base}-{number}"
    return place


def _is_all_ours(stored: Stored) -> bool:
    ours = {stored.manifest.path.name, manifests.FILE, f"{manifests.FILE}.part", f"{stored.manifest.path.name}.part"}
    with disk.told(stored.place):
        return {one.name for one in stored.place.parent.iterdir()} <= ours


def _removal(place: Path) -> Removal:
    match = _TOKEN.fullmatch(place.name)
    name, when = match[1] if match else place.name, 0.0
    if match:
        with suppress(ValueError):
            when = float(timegm(time.strptime(match[2], _TIME)))
    owned = not (place / LINK).exists()
    facts = Removal(place.name, name, name, sum(size for _, size in tree(place)), owned, when, place)
    with suppress(Fixable):
        stored = manifests.read(place / (manifests.FILE if owned else LINK), owned)
        facts = replace(facts, id=stored.manifest.id, name=stored.manifest.name)
    return facts if owned else replace(facts, size=0)


def _with_id(stored: Stored, identity: str) -> str:
    if stored.manifest.id != identity:
        manifests.write(replace(stored, manifest=replace(stored.manifest, id=identity)))
    return identity


def _tidy(aside: Path) -> None:
    for place in (aside, aside.parent):
        with suppress(OSError):
            place.rmdir()
