"""Installs that an earlier start left unfinished, found without what an install itself needs: the window says so soon
after it opens."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER, STATE, LOCK = ".installing", "state.json", ".lock"
MOST_BYTES = 16_000_000
OVER = ("finished", "cancelled")


@dataclass(frozen=True)
class LeftInstall:
    """`failed`: it stopped with an error, else because it was paused or the app ended. `in_setup`: the wizard leads to
    it."""

    id: str
    name: str
    failed: bool
    in_setup: bool = False


@dataclass(frozen=True)
class LeftInstalls:
    """What there is to tell, oldest first."""

    installs: tuple[LeftInstall, ...]


def find_left_installs(folders: Iterable[Path], setup: Path) -> LeftInstalls:
    """Below the models folders. Left out are those that another program is at, and that of the wizard (`setup`: its
    file) if it goes on by itself or is seen. Asks the disk."""
    wizard = _Wizard(_read(setup))
    found: list[tuple[float, LeftInstall]] = []
    for folder in folders:
        with suppress(OSError):
            for place in sorted((folder / FOLDER).iterdir()):
                stored = _read(place / STATE)
                state, work = stored.get("state"), stored.get("work")
                if not isinstance(state, dict) or state.get("status") in OVER or wizard.cares_for(place.name):
                    continue
                if _is_held(place):
                    continue
                failed, name = state.get("status") == "failed", str(state.get("name") or place.name)
                created = work.get("created") if isinstance(work, dict) else 0.0
                one = LeftInstall(place.name, name, failed, wizard.leads_to(place.name))
                found.append((created if isinstance(created, (int, float)) else 0.0, one))
    return LeftInstalls(tuple(one for _, one in sorted(found, key=lambda item: (item[0], item[1].id))))


class _Wizard:
    """What its file says of installs."""

    def __init__(self, stored: dict[str, Any]) -> None:
        state = stored.get("state")
        state = state if isinstance(state, dict) else {}
        progress = state.get("progress")
        self._install, self._failed = state.get("install"), state.get("failed")
        self._open = state.get("view") == "open"
        self._paused = isinstance(progress, dict) and progress.get("paused") is True

    def leads_to(self, install: str) -> bool:
        return install in (self._install, self._failed)

    def cares_for(self, install: str) -> bool:
        """It is open at it, or has it go on."""
        goes_on = install == self._install and not self._paused
        return goes_on or (self._open and self.leads_to(install))


def _is_held(place: Path) -> bool:
    """Whether a program is at it. After a crash the lock's file is still there, but nobody holds it."""
    if not place.with_name(place.name + LOCK).exists():
        return False
    from app.errors import Fixable
    from app.runtime.models.install_lock import held

    try:
        with held(place, place.name):
            return False
    except Fixable:
        return True


def _read(path: Path) -> dict[str, Any]:
    """A small JSON file of ours; empty if it cannot be read."""
    try:
        with path.open("rb") as file:
            stored = json.loads(file.read(MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return stored if isinstance(stored, dict) else {}
