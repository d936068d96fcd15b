"""The folders of the library as they are on the disk: manifests, files nobody listed, what is half done."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import Fixable
from app.runtime.models import manifests, moving
from app.runtime.models.disk import told
from app.runtime.models.folder_rules import safe_name
from app.runtime.models.manifests import Stored
from app.runtime.weights.staging import StagingFile

STAGED = ".adding-"  # a model that is being made; `Library.stage` gives the place
COPYING = ".copying-"  # a model that is being copied in; of no use until all of it is there
LOCK = ".chatbelle-lock"


@dataclass(frozen=True)
class Leftover:
    """A folder in which a model was being made or copied when that ended. `size` in bytes."""

    path: Path
    size: int


class Shelf:
    """`folders`: the main one first. Nothing is kept in memory: every question looks at the disk."""

    def __init__(self, folders: Sequence[Path]) -> None:
        found: dict[str, Path] = {}
        for folder in folders:
            found.setdefault(same_path(folder), folder.absolute())
        self.folders = tuple(found.values())

    def scan(self) -> tuple[list[Stored], list[Fixable]]:
        """All readable manifests, and what is wrong with the others and with the folders."""
        found: list[Stored] = []
        problems: list[Fixable] = []
        for folder in self.folders:
            if not is_folder(folder):
                problems.append(Fixable("library-folder-missing", path=str(folder)))
                continue
            here, wrong = _read_folder(folder)
            going_to = moving.target_of(folder)
            there, wrong_there = _read_folder(going_to) if going_to else ([], [])
            known = {one.manifest.id for one in here}  # while models are copied they lie in both places
            found += [*here, *(one for one in there if one.manifest.id not in known)]
            problems += [*wrong, *wrong_there]
            if going_to:
                problems.append(Fixable("library-moving", path=str(folder), target=str(going_to)))
        problems += [Fixable("library-newer", path=str(one.place)) for one in found if one.newer]
        return _with_own_ids(found), problems

    def find(self, identity: str) -> Stored:
        """Raises `Fixable("library-unknown")`."""
        for one in self.scan()[0]:
            if one.manifest.id == identity:
                return one
        raise Fixable("library-unknown", name=identity[:200])

    def root_of(self, path: Path) -> Path | None:
        """The folder of the library in which `path` lies, None if outside."""
        above = [same_path(one) for one in path.absolute().parents]
        return next((folder for folder in self.folders if same_path(folder) in above), None)

    def free_id(self, name: str) -> str:
        """An id, and the name of a folder, that is not taken: `name` made safe, with a number if need be."""
        base = safe_name(name)
        taken = {one.manifest.id.casefold() for one in self.scan()[0]}
        for folder in self.folders:
            with suppress(OSError):
                taken.update(entry.name.casefold() for entry in os.scandir(folder))
        number, identity = 1, base
        while identity.casefold() in taken:
            number += 1
            identity = f"{base}-{number}"
        return identity

    def unlisted(self) -> tuple[Path, ...]:
        """GGUF files inside the folders that no manifest names: put there by hand, or their manifest was lost."""
        listed = {same_path(one.manifest.path) for one in self.scan()[0]}
        found = []
        for folder in self.folders:
            for place in (folder, *_subfolders(folder)):
                files = (one for one in _listing(place) if one.name.lower().endswith(".gguf") and one.is_file())
                found += [one for one in files if same_path(one) not in listed]
        return tuple(sorted(found))

    def leftovers(self) -> tuple[Leftover, ...]:
        """What was being made or copied and is not finished."""
        return tuple(
            Leftover(place, sum(size for _, size in moving.tree(place)))
            for folder in self.folders
            for place in _listing(folder)
            if place.name.startswith((STAGED, COPYING)) and place.is_dir()
        )

    def unfinished(self) -> moving.Unfinished | None:
        """A move that was cut off."""
        return next((move for folder in self.folders if (move := moving.unfinished(folder))), None)

    def check_steady(self) -> None:
        """Raise `Fixable("library-moving")` while a folder is on its way elsewhere."""
        move = self.unfinished()
        if move:
            raise Fixable("library-moving", path=str(move.source), target=str(move.target))


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """One process, and one thread of it, at a time copies into or out of a folder; a killed one is no hindrance.

    Raises `Fixable`: `library-busy`, `out-unwritable`."""
    try:
        with told(folder):
            folder.mkdir(parents=True, exist_ok=True)
        lock = StagingFile(folder / LOCK, 0)  # never finished: what matters is that only one process can have it
    except Fixable as error:
        raise Fixable("library-busy", path=str(folder)) if error.code == "out-busy" else error from error
    try:
        yield
    finally:
        lock.abort()


def same_path(path: Path) -> str:
    """What two spellings of one path have in common."""
    return os.path.normcase(os.path.normpath(path.absolute()))


def is_folder(path: Path) -> bool:
    with suppress(OSError):
        return path.is_dir()
    return False


def _listing(folder: Path) -> list[Path]:
    """What lies in a folder, sorted; nothing if it cannot be read."""
    with suppress(OSError):
        return sorted(folder.iterdir())
    return []


def _subfolders(folder: Path) -> list[Path]:
    """The folders of models."""
    return [
        one
        for one in _listing(folder)
        if not one.name.startswith(".") and one.name != manifests.LINKED and one.is_dir()
    ]


def _read_folder(folder: Path) -> tuple[list[Stored], list[Fixable]]:
    places = [(one / manifests.FILE, True) for one in _subfolders(folder)]
    linked = [one for one in _listing(folder / manifests.LINKED) if one.suffix == ".json"]
    found, problems = [], []
    for place, owned in [*places, *((one, False) for one in linked)]:
        try:
            if place.is_file():
                found.append(manifests.read(place, owned))
        except Fixable as error:
            problems.append(error)
        except OSError as error:
            problems.append(Fixable("library-manifest-damaged", path=str(place), detail=error.strerror or str(error)))
    return found, problems


def _with_own_ids(found: Iterable[Stored]) -> list[Stored]:
    """A folder that was copied by hand brings its id along: the copy gets another one, the same each time."""
    result: list[Stored] = []
    taken: set[str] = set()
    for one in sorted(found, key=_is_copy):
        identity = one.manifest.id
        if identity.casefold() in taken:
            identity += "@" + hashlib.sha256(os.fsencode(one.place)).hexdigest()[:6]
            one = replace(one, manifest=replace(one.manifest, id=identity))
        taken.add(identity.casefold())
        result.append(one)
    return result


def _is_copy(stored: Stored) -> bool:
    own = stored.place.parent.name if stored.manifest.owned else stored.place.stem
    return own != stored.manifest.id
