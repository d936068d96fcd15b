"""Where everything lies on disk. One folder for the user's data; `CHATBELLE_HOME` or a portable marker moves it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from app import program

PORTABLE_FOLDER = "data"


class Paths(NamedTuple):
    """All folders and files the app writes; nothing else in the code joins path strings."""

    home: Path

    @property
    def database(self) -> Path:
        return self.home / "chats.db"

    @property
    def settings(self) -> Path:
        return self.home / "settings.json"

    @property
    def models(self) -> Path:
        return self.home / "models"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def breadcrumb(self) -> Path:
        """Written before a first load, removed after it: survives only if the process died."""
        return self.home / "loading.json"

    @property
    def trials(self) -> Path:
        """Which model files have already run on this machine."""
        return self.home / "trials.json"

    @property
    def connections(self) -> Path:
        """The record of every connection ever made."""
        return self.home / "connections.jsonl"

    @property
    def setup(self) -> Path:
        """How far the wizard is, to go on from there."""
        return self.home / "setup.json"

    @property
    def learned_hashes(self) -> Path:
        """Checksums that nobody publishes, noted at a first download."""
        return self.home / "learned_hashes.json"

    def create(self) -> Paths:
        for folder in (self.home, self.models, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        return self


def find_paths() -> Paths:
    """`CHATBELLE_HOME`, else `data/` beside a package that has one, else the platform's data folder."""
    chosen = os.environ.get("CHATBELLE_HOME")
    if chosen:
        return Paths(Path(chosen).expanduser().absolute())
    place = program.place()
    if place is not None and (place / PORTABLE_FOLDER).is_dir():
        return Paths(place / PORTABLE_FOLDER)
    import platformdirs  # not needed where the folder is named

    return Paths(Path(platformdirs.user_data_dir("ChatBELLE", appauthor=False)))
