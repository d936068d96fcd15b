"""Installs on the disk: `<models folder>/.installing/<id>/` holds an install's state, its downloads and what is made of
them, until the model is in the library."""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import Fixable
from app.runtime.models import disk
from app.runtime.models.frozen_json import from_json, to_json
from app.runtime.models.install_lock import held, listening
from app.runtime.models.installs import (
    InstallPlan,
    InstallRequest,
    InstallState,
    InstallStatus,
    InstallStep,
    StepState,
    StepStatus,
)
from app.runtime.models.left_installs import FOLDER, LOCK, MOST_BYTES, STATE
from app.runtime.models.moving import tree
from app.runtime.models.names import BAD, OWN
from app.runtime.models.records import RemoteFile
from app.runtime.models.shelf import STAGED

log = logging.getLogger(__name__)

FILES = "files"
JOINED = "joined"
RESULT = "model.gguf"
GONE = ".gone"
VERSION = 1
_ID = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True)
class Work:
    """What an install must remember beside what is shown. `created`: seconds since 1970. `files`: fetched, by their
    real names. `sha256`: of the finished file, "" until it is known."""

    created: float = 0.0
    files: tuple[RemoteFile, ...] = ()
    sha256: str = ""


@dataclass(frozen=True)
class InstallFolder:
    """The folder of one install. Methods raise `Fixable` as `disk.told` does."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def models(self) -> Path:
        """The models folder it belongs to."""
        return self.path.parent.parent

    @property
    def files(self) -> Path:
        """What is downloaded."""
        return self.path / FILES

    @property
    def joined(self) -> Path:
        """Links to downloaded files and to the user's, where a model has both."""
        return self.path / JOINED

    @property
    def result(self) -> Path:
        """The GGUF file. It has this name only when all of it is written."""
        return self.path / RESULT

    @property
    def gone(self) -> bool:
        """Whether another program has removed it, once it was saved."""
        return self.models.exists() and not (self.path / STATE).exists()

    def held(self, name: str = "", end_others: bool = False) -> AbstractContextManager[None]:
        """See `install_lock.held`. What is written and removed here is while this holds it."""
        return held(self.path, name or self.id, end_others)

    def listening(self, end: Callable[[], None]) -> AbstractContextManager[None]:
        """See `install_lock.listening`."""
        return listening(self.path, end)

    def save(self, state: InstallState, work: Work) -> None:
        value = {"version": VERSION, "state": to_json(state), "work": to_json(work)}
        disk.make_folder(self.path)
        disk.write_small(self.path / STATE, json.dumps(value, ensure_ascii=False, indent=1).encode())

    def load(self) -> tuple[InstallState, Work]:
        """Raises `Fixable("install-unreadable")`."""
        try:
            with (self.path / STATE).open("rb") as file:
                raw = json.loads(file.read(MOST_BYTES))
            return from_json(InstallState, raw["state"]), from_json(Work, raw["work"])
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise Fixable("install-unreadable", path=str(self.path), detail=str(error)[:200]) from error

    def fetched(self) -> int:
        """Bytes of downloads that are here, whole files and begun ones."""
        return sum(size for path, size in tree(self.files) if not path.name.startswith(OWN) and BAD not in path.suffix)

    def remove(self) -> None:
        """All of it. Killed half-way, the rest goes at the next start."""
        if not os.path.lexists(self.path):
            return
        gone = self.path.with_name(self.path.name + GONE)
        _delete(gone)
        disk.rename(self.path, gone)
        _delete(gone)

    @property
    def staged(self) -> Path:
        """The folder in which the finished file lies for the moment in which the library takes it over."""
        return self.models / f"{STAGED}{self.id}"

    def discard_staged(self) -> None:
        _delete(self.staged)

    def remove_downloads(self) -> None:
        for place in (self.files, self.joined):
            _delete(place)


def new_folder(models: Path) -> InstallFolder:
    """A place for another install; nothing is written yet."""
    return InstallFolder(models / FOLDER / secrets.token_hex(6))


def find_installs(folders: Iterable[Path]) -> list[tuple[InstallFolder, InstallState, Work]]:
    """All installs below the models folders, oldest first. One that was at work counts as paused; one that had finished
    is tidied up; one whose state cannot be read counts as failed, for its files take space."""
    found = []
    for folder in folders:
        for place in _listing(folder / FOLDER):
            if place.name.endswith(GONE):
                _delete(place)
            elif _ID.fullmatch(place.name) and place.is_dir():
                found.append(_read(InstallFolder(place)))
            elif place.suffix == LOCK and not place.with_suffix("").exists():  # whoever had it was killed
                with suppress(Fixable), InstallFolder(place.with_suffix("")).held():
                    pass
    kept = [one for one in found if not one[1].ended]
    for one, state, _ in found:
        if state.ended:
            with suppress(Fixable), one.held(state.name):
                one.remove()
    return sorted(kept, key=lambda one: (one[2].created, one[0].id))


def check_idle(folder: Path, own: Iterable[str]) -> None:
    """Raise `Fixable("install-elsewhere")` if another program is at an install below the models folder `folder` that
    is none of `own` (ids)."""
    for place in _listing(folder / FOLDER):
        if _ID.fullmatch(place.name) and place.name not in own:
            with InstallFolder(place).held():
                pass


def move_installs(source: Path, target: Path) -> None:
    """Take all installs along when a models folder has moved to another place of the same drive. Raises `Fixable`."""
    for place in _listing(source / FOLDER):
        disk.make_folder(target / FOLDER)
        disk.rename(place, target / FOLDER / place.name)
    with suppress(OSError):
        (source / FOLDER).rmdir()
        source.rmdir()  # if nothing else is left there


def _read(folder: InstallFolder) -> tuple[InstallFolder, InstallState, Work]:
    try:
        state, work = folder.load()
    except Fixable as error:
        log.warning("an install cannot be read: %s", error)
        plan = InstallPlan(InstallRequest(), folder.id, "", "", "", (), (), 0, 0, 0, 0, 0, 0, 0.0, problems=(error,))
        return folder, InstallState(folder.id, folder.id, plan, (), InstallStatus.FAILED, error), Work()
    if state.active:
        state = replace(state, status=InstallStatus.PAUSED, steps=tuple(map(stopped, state.steps)))
    steps = tuple(replace(one, done=folder.fetched()) if _is_download(one) else one for one in state.steps)
    return folder, replace(state, id=folder.id, steps=steps), work


def _is_download(step: StepState) -> bool:
    return step.step is InstallStep.DOWNLOAD and step.status is not StepStatus.DONE


def stopped(step: StepState) -> StepState:
    """A step that is no longer at work; how far it was is kept to be shown."""
    if step.status is not StepStatus.RUNNING:
        return step
    return replace(step, status=StepStatus.TODO, rate=0.0, left=None, transfer=None, reason=None)


def _listing(folder: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(folder.iterdir())
    return []


def _delete(place: Path) -> None:
    """What the app itself put there. What cannot be removed (a program has it open) goes another time."""
    shutil.rmtree(place, ignore_errors=True)
    if os.path.lexists(place):
        log.warning("cannot be removed yet: %s", place)
