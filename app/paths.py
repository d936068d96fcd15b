"""Where everything lies on disk. One folder for the user's data; `CHATBELLE_HOME` or a portable marker moves it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

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

    def create(self) -> Paths:
        for folder in (self.home, self.models, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        return self


def find_paths() -> Paths:
    """`CHATBELLE_HOME`, else `data/` beside a packaged executable that has one, else the platform's data folder."""
    chosen = os.environ.get("CHATBELLE_HOME")
    if chosen:
        return Paths(Path(chosen).expanduser().absolute())
    if getattr(sys, "frozen", False):
        portable = Path(sys.executable).parent / PORTABLE_FOLDER
        if portable.is_dir():
            return Paths(portable)
    import platformdirs  # not needed where the folder is named

    return Paths(Path(platformdirs.user_data_dir("ChatBELLE", appauthor=False)))
