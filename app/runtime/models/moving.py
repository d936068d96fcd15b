"""A models folder goes elsewhere: renamed on the same drive, else copied and proved before the old one is removed.

Two small files tell of a move that is not finished: `.moving.json` in the old folder names the new one, and one in the
new folder names the old one and the items that belong to the move. Until the switch the old folder counts; whatever
has been renamed already is found through its `.moving.json`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models import disk, manifests, volumes
from app.runtime.models.disk import Progress, Tally, told
from app.runtime.models.folder_rules import check_folder
from app.runtime.weights.files import check_name
from app.runtime.weights.staging import SUFFIX

JOURNAL = ".moving.json"
STAGE = ".moving"
REMOVED = ".removed"
MARGIN = 64 * 1024 * 1024  # bytes that stay free beside the copy
SCHEMA = 1

Switch = Callable[[Path], None]


@dataclass(frozen=True)
class Unfinished:
    """A move that was cut off. `switched`: the new folder is in use already, only the old copy is left."""

    source: Path
    target: Path
    switched: bool


@dataclass(frozen=True)
class Moved:
    """`size` in bytes. `left`: names that stay in the old folder, because they are not the library's or could not be
    removed. `notes`: models whose file was found damaged while it was copied (`library-damaged`)."""

    source: Path
    target: Path
    size: int
    copied: bool
    left: tuple[str, ...] = ()
    notes: tuple[Fixable, ...] = ()


def unfinished(folder: Path) -> Unfinished | None:
    """The move out of or into `folder` that was cut off."""
    raw = _journal(folder)
    other = _other(raw, folder)
    if other is None:
        return None
    if raw.get("role") == "source":
        return Unfinished(folder, other, switched=False)
    return Unfinished(other, folder, switched=True) if raw.get("complete") is True else None


def target_of(folder: Path) -> Path | None:
    """Where the models of `folder` are being moved to, None if they stay."""
    raw = _journal(folder)
    return _other(raw, folder) if raw.get("role") == "source" else None


def move(source: Path, target: Path, switch: Switch, progress: Progress, cancel: CancelToken) -> Moved:
    """Move all that the library put into `source` to `target`; goes on where an earlier try was cut off.

    `switch` is called once, when `target` is complete, and makes it the folder in use. On cancel and on failure before
    that everything is as it was. Raises `Fixable`: `move-inside`, `move-target-taken`, `library-moving`, what
    `check_folder` tells, `out-space`, `disk-file-too-large`, and what copying raises; `Cancelled`.
    """
    source, target = source.absolute(), target.absolute()
    items = _begin(source, target)
    size = sum(_size(source / name) for name in items)
    job = _Move(source, target, items, Tally(progress, 2 * size, cancel))
    try:
        with told(target):
            job.bring_all()
            job.refresh_manifests()
        cancel.check()  # the last moment for it
        _write_journal(target, source, role="target", items=items, complete=True)
        switch(target)
    except BaseException:
        with suppress(Fixable, OSError):
            abandon(source, target)
        raise
    left = finish(source, target)
    progress(2 * size, 2 * size, "")
    return Moved(source, target, size, job.copied, left, tuple(job.notes))


def finish(source: Path, target: Path) -> tuple[str, ...]:
    """After the switch: take what was copied out of the old folder. Names of what stays there: it is not the
    library's, or could not be removed."""
    for name in _items(target, source):
        for path, size in tree(source / name):
            out = target / name / path.relative_to(source / name)
            with suppress(OSError):
                if out.stat().st_size == size:
                    path.unlink()
        _remove_empty(source / name)
    _end(source, target)
    with suppress(OSError):
        source.rmdir()  # only if nothing is left in it
        return ()
    with suppress(OSError):
        return tuple(sorted(one.name for one in source.iterdir()))
    return ()


def abandon(source: Path, target: Path) -> None:
    """Bring everything back to `source`, where a move was cut off before its switch. Raises `Fixable`."""
    source, target = source.absolute(), target.absolute()
    for name in _items(target, source):
        if not os.path.lexists(target / name):
            continue
        if os.path.lexists(source / name):
            with told(target):
                _delete(target / name)  # a copy, ours: its name was free when the move began
        else:
            disk.rename(target / name, source / name)
    made = _journal(source).get("made") is True
    with told(target):
        _delete(target / STAGE)
    _end(source, target)
    if made:
        with suppress(OSError):
            target.rmdir()


class _Move:
    """One try. `bring` leaves each item either in the old or, whole, in the new folder."""

    def __init__(self, source: Path, target: Path, items: tuple[str, ...], tally: Tally) -> None:
        self.source, self.target, self.items, self.tally = source, target, items, tally
        self.copied = not volumes.one_drive(source, target)
        self.notes: list[Fixable] = []

    def bring_all(self) -> None:
        if self.copied:
            self._check_room()
        for name in self.items:
            self._bring(name)

    def _bring(self, name: str) -> None:
        old, new = self.source / name, self.target / name
        size = _size(old)
        if os.path.lexists(new) or not os.path.lexists(old):
            self.tally.add(2 * size, name)  # an earlier try brought it
            return
        if not self.copied:
            self.tally.cancel.check()
            if disk.rename(old, new):
                self.tally.add(2 * size, name)
                return
            self.copied = True  # drives that look like one and are not
            self._check_room()
        self._copy(old, self.target / STAGE / name)
        disk.rename(self.target / STAGE / name, new)

    def _check_room(self) -> None:
        there = sum(_size(self.target / one) for one in (STAGE, *self.items))
        need = sum(_size(self.source / one) for one in self.items)
        volumes.check_space(self.target, max(0, need - there) + MARGIN)
        for name in self.items:
            for path, size in tree(self.source / name):
                volumes.check_file_size(self.target / path.name, size)

    def _copy(self, old: Path, stage: Path) -> None:
        """Every file proved; those that an earlier try has copied are not copied again if they are right."""
        stage.mkdir(parents=True, exist_ok=True)
        known = _known_hash(old)
        for path, size in tree(old):
            out = stage / path.relative_to(old)
            out.parent.mkdir(parents=True, exist_ok=True)
            expected = known.get(path, "")
            if out.exists() and self._is_copy(path, out, size):
                found = expected
            else:
                found = disk.store(out, size, disk.blocks(path), self.tally, overwrite=True)
            status = path.stat()
            os.utime(out, ns=(status.st_atime_ns, status.st_mtime_ns))  # else the model would seem changed
            if expected and found != expected:
                self.notes.append(Fixable("library-damaged", name=old.name, path=str(self.target / old.name)))
        disk.sync_folder(stage)

    def _is_copy(self, path: Path, out: Path, size: int) -> bool:
        return out.stat().st_size == size and disk.hash_file(out, self.tally) == disk.hash_file(path, self.tally)

    def refresh_manifests(self) -> None:
        """A name given, or a chat begun, while the files were copied."""
        for name in self.items:
            for path, _ in tree(self.source / name):
                if path.suffix == ".json":
                    data = path.read_bytes()
                    out = self.target / name / path.relative_to(self.source / name)
                    if not out.exists() or out.read_bytes() != data:
                        disk.write_small(out, data)


# --- the beginning and the end ----------------------------------------------------------------------------------


def _begin(source: Path, target: Path) -> tuple[str, ...]:
    """Check the way and write both journals; the names of all that goes along."""
    before = target_of(source)
    if before is not None and before != target:
        raise Fixable("library-moving", path=str(source), target=str(before))
    _check_apart(source, target)
    problem = check_folder(target)
    if problem:
        raise problem
    items = _own_items(source)
    if _continued(source, target):
        items = tuple(sorted({*items, *_items(target, source)}))
    else:
        if _journal(target):
            raise Fixable("library-moving", path=str(source), target=str(target))
        for name in items:
            if os.path.lexists(target / name):
                raise Fixable("move-target-taken", path=str(target), name=name)
    made = _journal(source).get("made") is True if before else not os.path.lexists(target)
    _write_journal(source, target, role="source", made=made)
    try:
        disk.make_folder(target)
        _write_journal(target, source, role="target", items=items)
    except BaseException:
        if before is None:
            with suppress(OSError):
                (source / JOURNAL).unlink()
        raise
    return items


def _check_apart(source: Path, target: Path) -> None:
    """Raise `Fixable("move-inside")` if the new folder is the old one or lies in it, by whatever name."""
    for place in (target, *target.parents):
        with suppress(OSError):
            if place.samefile(source):
                raise Fixable("move-inside", path=str(target), source=str(source))


def _own_items(source: Path) -> tuple[str, ...]:
    """Names in the old folder that go along: models with their manifests, the links, what was removed."""
    try:
        entries = sorted(source.iterdir())
    except OSError as error:
        raise Fixable("library-folder-missing", path=str(source)) from error
    return tuple(
        one.name
        for one in entries
        if not one.is_symlink()
        and one.is_dir()
        and (
            one.name in (manifests.LINKED, REMOVED)
            or (not one.name.startswith(".") and (one / manifests.FILE).is_file())
        )
    )


def _end(source: Path, target: Path) -> None:
    """Forget the move."""
    with suppress(OSError):
        _delete(target / STAGE)
    for folder in (source, target):  # the old one first: alone, the new one's says that only cleaning up is left
        for name in (JOURNAL, JOURNAL + SUFFIX):
            with suppress(OSError):
                (folder / name).unlink()


def _continued(source: Path, target: Path) -> bool:
    raw = _journal(target)
    return raw.get("role") == "target" and _other(raw, target) == source


def _items(target: Path, source: Path) -> tuple[str, ...]:
    """The items of a move that was cut off."""
    names = _journal(target).get("items", []) if _continued(source, target) else []
    try:
        for name in names:
            check_name(name, JOURNAL)
    except (TypeError, Fixable):
        return ()
    return tuple(names)


def _journal(folder: Path) -> Mapping[str, Any]:
    """The journal in a folder, empty if there is none that can be read."""
    try:
        with (folder / JOURNAL).open("rb") as file:
            raw = json.loads(file.read(manifests.MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _other(raw: Mapping[str, Any], folder: Path) -> Path | None:
    if raw.get("role") not in ("source", "target"):
        return None
    with suppress(ValueError):
        return manifests.find_path(raw, folder)
    return None


def _write_journal(folder: Path, other: Path, **facts: Any) -> None:
    facts = {"schema": SCHEMA, **facts, **manifests.path_facts(other, folder)}
    disk.write_small(folder / JOURNAL, json.dumps(facts, ensure_ascii=False).encode("utf-8", "surrogatepass"))


# --- trees of files ---------------------------------------------------------------------------------------------


def tree(folder: Path) -> Iterator[tuple[Path, int]]:
    """All files below a folder with their sizes; links to folders are not followed."""
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = Path(place) / name
            with suppress(OSError):
                if path.is_file():
                    yield path, path.stat().st_size


def _size(folder: Path) -> int:
    return sum(size for _, size in tree(folder))


def _known_hash(folder: Path) -> dict[Path, str]:
    """What the manifest of a model says of its file."""
    with suppress(Fixable):
        stored = manifests.read(folder / manifests.FILE, owned=True)
        if not stored.damaged:
            return {stored.manifest.path: stored.manifest.sha256}
    return {}


def _delete(folder: Path) -> None:
    if os.path.lexists(folder):
        shutil.rmtree(folder)


def _remove_empty(folder: Path) -> None:
    for place, _, _ in os.walk(folder, topdown=False):
        with suppress(OSError):
            Path(place).rmdir()
