"""The models on this computer: what there is and in which condition, added, linked, checked, moved and removed.

`<folder>/<model>/<file>.gguf` with a `manifest.json` beside it; linked files have theirs in the main folder's `linked`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.errors import Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models import adding, disk, manifests, moving, removing
from app.runtime.models.adding import NOTHING, About, Incoming
from app.runtime.models.disk import Progress, Tally, silent, told
from app.runtime.models.folder_rules import safe_gguf_name
from app.runtime.models.manifests import Stored, explain
from app.runtime.models.moving import Moved, Switch, Unfinished
from app.runtime.models.records import Condition, Entry
from app.runtime.models.removing import Removal
from app.runtime.models.shelf import LOCK, Leftover, Shelf, is_folder, same_path, writing
from app.runtime.models.volumes import check_file_size, check_space

log = logging.getLogger(__name__)

MOST_NAME = 200  # characters of a model's name


class Library:
    """`folders`: where models lie, the main one first; a folder that is not there is told by `problems`.

    May be used from any thread. Nothing is kept in memory, so what happens outside shows at the next question.
    `progress` is called on the calling thread with bytes done, bytes in all and the file at work; `cancel` raises
    `Cancelled`. Every method raises `Fixable`, and `library-unknown` for an id that is not there.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._shelf = Shelf(folders)
        self._turn = threading.RLock()  # a manifest is read, changed and written by one thread at a time

    @property
    def folders(self) -> tuple[Path, ...]:
        return self._shelf.folders

    # --- what there is ------------------------------------------------------------------------------------------

    def entries(self) -> tuple[Entry, ...]:
        """All models by name, from manifests, sizes and times alone."""
        found = self._shelf.scan()[0]
        by_hash: dict[str, list[str]] = {}
        for one in found:
            by_hash.setdefault(one.manifest.sha256, []).append(one.manifest.id)
        entries = [
            Entry(
                one.manifest,
                manifests.condition(one),
                tuple(other for other in by_hash[one.manifest.sha256] if other != one.manifest.id)
                if one.manifest.sha256
                else (),
            )
            for one in found
        ]
        return tuple(sorted(entries, key=lambda entry: (entry.manifest.name.casefold(), entry.manifest.id)))

    def get(self, identity: str) -> Entry:
        for entry in self.entries():
            if entry.manifest.id == identity:
                return entry
        raise Fixable("library-unknown", name=identity[:200])

    def problems(self) -> tuple[Fixable, ...]:
        """What is wrong with the library itself: `library-folder-missing`, `library-manifest-damaged`, `library-newer`,
        `library-moving`."""
        return tuple(self._shelf.scan()[1])

    def unlisted(self) -> tuple[Path, ...]:
        """GGUF files inside the folders that are no models of the library yet; `add` or `link` makes them so."""
        return self._shelf.unlisted()

    def find_same(self, path: Path, progress: Progress = silent, cancel: CancelToken | None = None) -> tuple[str, ...]:
        """Ids of the models whose file holds the same bytes as `path`. Hashes are computed only where sizes agree."""
        size = disk.status_of(path).st_size
        alike = [one for one in self.entries() if one.manifest.size == size]
        if not alike:
            return ()
        tally = Tally(progress, size, cancel or CancelToken())
        sha256 = disk.hash_file(path, tally)
        return tuple(one.manifest.id for one in alike if self._hash_of(one, tally.cancel) == sha256)

    def find_duplicates(self, identity: str, progress: Progress = silent, cancel: CancelToken | None = None) -> Entry:
        """The entry with all its duplicates, also of those whose hash was not known. `progress` is about one file
        after the other."""
        own, cancel = self.get(identity), cancel or CancelToken()
        alike = [one for one in self.entries() if one.manifest.size == own.manifest.size]
        for one in alike if len(alike) > 1 else ():
            self._hash_of(one, cancel, progress)
        return self.get(identity)

    def _hash_of(self, entry: Entry, cancel: CancelToken, progress: Progress = silent) -> str:
        if not entry.manifest.sha256 and entry.condition is not Condition.MISSING:
            entry = self.verify(entry.manifest.id, progress, cancel)
        return entry.manifest.sha256

    # --- more models --------------------------------------------------------------------------------------------

    def stage(self, name: str, folder: Path | None = None) -> Path:
        """Where a new model may be written before `add`: the same place each time, in a folder no list shows."""
        return adding.stage(self._folder(folder), name)

    def add(
        self,
        path: Path,
        about: About = NOTHING,
        progress: Progress = silent,
        cancel: CancelToken | None = None,
        folder: Path | None = None,
    ) -> Entry:
        """Make a GGUF file, or the one in a folder, a model that the app owns.

        A file inside the library's folders (from `stage`, or put there by hand) is taken over without copying, any
        other one is copied into `folder` (the main one) and stays where it is. Raises `Fixable`: what is wrong with
        the file (`adding.check_model`), `file-unlike`, `library-moving`, `library-busy`, `out-space` …
        """
        with told(path):
            path = adding.gguf_in(path)
            known = self._listed(path)
            if known and known.manifest.owned:
                return self.get(known.manifest.id)
            adding.check_model(path)
            self._shelf.check_steady()
            tally = Tally(progress, disk.status_of(path).st_size, cancel or CancelToken())
            if self._shelf.root_of(path) is not None and known is None:
                stored = adding.take_over(self._shelf, path, about, tally)
            else:
                tally.total *= 2
                copy = adding.CopiedFile(path, about, tally)
                stored = adding.take_in(self._shelf, self._folder(folder), [copy])[0]
        return self.get(stored.manifest.id)

    def take_in(self, folder: Path | None, incoming: Sequence[Incoming]) -> tuple[Entry, ...]:
        """Models that somebody else copies (a pack): all of them become visible, or none. See `adding.take_in`."""
        found = adding.take_in(self._shelf, self._folder(folder), incoming)
        return tuple(self.get(one.manifest.id) for one in found)

    def link(self, path: Path, about: About = NOTHING) -> Entry:
        """Use a GGUF file where it is, without copying; the app will never change or remove it. Its hash stays unknown
        until `verify`. Raises `Fixable`: what is wrong with the file."""
        with told(path):
            path = adding.gguf_in(path)
            known = self._listed(path)
            if known:
                return self.get(known.manifest.id)
            adding.check_model(path)
            self._shelf.check_steady()
            stored = adding.link(self._shelf, path, about)
        return self.get(stored.manifest.id)

    def relink(
        self, identity: str, path: Path, progress: Progress = silent, cancel: CancelToken | None = None
    ) -> Entry:
        """Say where a linked file is now. Raises `Fixable`: `library-not-linked`, `library-other-file`."""
        path = adding.gguf_in(path)
        manifest = self.get(identity).manifest
        if manifest.owned:
            raise Fixable("library-not-linked", name=manifest.name)
        status = disk.status_of(path)
        same = status.st_size == manifest.size
        if same and manifest.sha256:
            tally = Tally(progress, status.st_size, cancel or CancelToken())
            same = disk.hash_file(path, tally) == manifest.sha256
        if not same:
            raise Fixable("library-other-file", name=manifest.name, path=str(path))
        return self._change(identity, damaged=False, path=path, modified=status.st_mtime)

    def recover(self) -> tuple[Entry, ...]:
        """To be called at the start: what was complete but for its name when the app was killed becomes a model."""
        if self._shelf.unfinished():
            return ()
        found = adding.recover(self._shelf)
        return tuple(self.get(one.manifest.id) for one in found)

    def leftovers(self) -> tuple[Leftover, ...]:
        """What was being made or copied when that ended; it goes on, or `discard` frees the space."""
        return self._shelf.leftovers()

    def discard(self, leftover: Leftover) -> None:
        adding.discard(leftover.path)

    # --- one model ----------------------------------------------------------------------------------------------

    def verify(self, identity: str, progress: Progress = silent, cancel: CancelToken | None = None) -> Entry:
        """Read all of a file. A hash that was not known is recorded and holds from then on."""
        stored = self._shelf.find(identity)
        if manifests.condition(stored) is Condition.MISSING:
            return self.get(identity)
        manifest = stored.manifest
        status = disk.status_of(manifest.path)
        found, good = manifest.sha256, status.st_size == manifest.size
        if good:
            tally = Tally(progress, status.st_size, cancel or CancelToken())
            found = disk.hash_file(manifest.path, tally)
            good = manifest.sha256 in ("", found)
        if stored.newer:
            return replace(self.get(identity), condition=Condition.READY if good else Condition.DAMAGED)
        sha256 = manifest.sha256 or found
        return self._change(identity, damaged=not good, sha256=sha256, modified=status.st_mtime)

    def touch(self, identity: str) -> None:
        """Note that a model is used now. Never fails: a disk that cannot be written to is no reason not to chat."""
        with suppress(Fixable):
            self._change(identity, last_used=time.time())

    def rename(self, identity: str, name: str) -> Entry:
        """Another name to show; id and file names stay. A blank name is ignored."""
        name = " ".join(name.split())[:MOST_NAME]
        return self._change(identity, name=name) if name else self.get(identity)

    def set_template(self, identity: str, template: str) -> Entry:
        """`template`: a row of `assets/templates.json`, "" for the file's own."""
        return self._change(identity, template=template)

    def export(
        self, identity: str, target: Path, progress: Progress = silent, cancel: CancelToken | None = None
    ) -> Path:
        """Copy the file to `target`, a folder or a new file, and prove the copy. Raises `Fixable`: `out-exists`,
        `out-space`, `disk-file-too-large`, `library-missing`, `library-damaged`, what writing raises."""
        entry = self.get(identity)
        manifest = entry.manifest
        problem = explain(entry)
        if problem and entry.condition is not Condition.CHANGED:
            raise problem
        with told(target):
            if target.is_dir():
                target = target / safe_gguf_name(manifest.path.name)
            target = target.absolute()
            check_file_size(target, manifest.size)
            check_space(target, manifest.size)
            try:
                tally = Tally(progress, 2 * manifest.size, cancel or CancelToken())
                disk.copy_file(manifest.path, target, manifest.sha256, tally)
            except Fixable as error:
                if error.code != "file-unlike":
                    raise
                raise explain(replace(entry, condition=Condition.DAMAGED)) or error from None
        return target

    # --- removing -----------------------------------------------------------------------------------------------

    def remove(self, identity: str) -> Removal:
        """Put a model aside; `undo` brings it back until `finish_removal`. Of a linked file only the entry goes.
        Raises `Fixable`: `file-in-use`, `library-newer`, `library-moving`."""
        with self._turn, told(self.folders[0]):
            self._shelf.check_steady()
            return removing.remove(self._shelf, self._shelf.find(identity))

    def removed(self) -> tuple[Removal, ...]:
        """What was put aside and can be brought back, also from earlier starts."""
        return removing.removed(self._shelf)

    def undo(self, token: str) -> Entry:
        """Raises `Fixable("library-not-removed")` for a token that is not there any more."""
        with self._turn, told(self.folders[0]):
            self._shelf.check_steady()
            return self.get(removing.undo(self._shelf, token))

    def finish_removal(self, token: str) -> None:
        """Send what was put aside to the system's trash. Raises `Fixable("trash-failed")`: then it stays and can still
        be brought back."""
        with told(self.folders[0]):
            self._shelf.check_steady()
            removing.finish(self._shelf, token)

    # --- moving -------------------------------------------------------------------------------------------------

    def move(
        self,
        target: Path,
        switch: Switch,
        progress: Progress = silent,
        cancel: CancelToken | None = None,
        source: Path | None = None,
    ) -> Moved:
        """Move the main folder (or `source`, another one) to `target`. `switch` is called with the new folder when all
        is there and proved, and must store it: from then on it is the one in use. See `moving.move`."""
        source = self._folder(source)

        def switched(folder: Path) -> None:
            switch(folder)
            self._replace_folder(source, folder)

        with writing(source):
            moved = moving.move(source, target, switched, progress, cancel or CancelToken())
        return self._after(moved)

    def unfinished_move(self) -> Unfinished | None:
        """A move that was cut off; to be asked at the start. Until it is continued or abandoned nothing can be added or
        removed; all models can be used."""
        return self._shelf.unfinished()

    def continue_move(
        self, switch: Switch, progress: Progress = silent, cancel: CancelToken | None = None
    ) -> Moved | None:
        """Go on with the unfinished move, None if there is none. As `move`."""
        unfinished = self._shelf.unfinished()
        if unfinished is None:
            return None
        if not unfinished.switched:
            return self.move(unfinished.target, switch, progress, cancel, unfinished.source)
        with ExitStack() as locks:
            for folder in filter(is_folder, (unfinished.target, unfinished.source)):
                locks.enter_context(writing(folder))
            left = moving.finish(unfinished.source, unfinished.target)
        return self._after(Moved(unfinished.source, unfinished.target, 0, copied=True, left=left))

    def abandon_move(self) -> None:
        """Bring all back to the old folder. After the switch there is no way back: does nothing then."""
        unfinished = self._shelf.unfinished()
        if unfinished and not unfinished.switched:
            with writing(unfinished.source):
                moving.abandon(unfinished.source, unfinished.target)

    def _after(self, moved: Moved) -> Moved:
        with suppress(OSError):
            moved.source.rmdir()  # the lock lay in it
        with suppress(Fixable):  # links remember where they are as seen from their manifest
            for one in self._shelf.scan()[0]:
                if not one.manifest.owned and not one.newer:
                    manifests.write(one)
        return replace(moved, left=tuple(name for name in moved.left if not name.startswith(LOCK)))

    # --- inside -------------------------------------------------------------------------------------------------

    def _replace_folder(self, old: Path, new: Path) -> None:
        folders = [new if same_path(one) == same_path(old) else one for one in self.folders]
        self._shelf = Shelf(folders)

    def _folder(self, folder: Path | None) -> Path:
        if folder is None:
            return self.folders[0]
        for one in self.folders:
            if same_path(one) == same_path(folder):
                return one
        raise Fixable("library-folder-missing", path=str(folder))

    def _listed(self, path: Path) -> Stored | None:
        """The model whose file is `path`."""
        wanted = same_path(path)
        return next((one for one in self._shelf.scan()[0] if same_path(one.manifest.path) == wanted), None)

    def _change(self, identity: str, damaged: bool | None = None, **fields: Any) -> Entry:
        with self._turn:
            stored = self._shelf.find(identity)
            manifests.write(
                replace(
                    stored,
                    manifest=replace(stored.manifest, **fields),
                    damaged=stored.damaged if damaged is None else damaged,
                )
            )
        return self.get(identity)
