"""Hashes that nobody published: recorded when a file is first downloaded, and checked from then on."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app.errors import Fixable
from app.runtime.models import disk
from app.runtime.models.records import DownloadedFile

log = logging.getLogger(__name__)

MOST_BYTES = 16_000_000
_SHA256 = re.compile(r"[0-9a-f]{64}")


class LearnedHashes:
    """SHA-256 by repository and file name, in one JSON file. Thread-safe; never fails: without the file nothing is
    known."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()

    def find(self, repository: str, name: str) -> str | None:
        files = self._read().get(repository)
        found = files.get(name) if isinstance(files, dict) else None
        return found if isinstance(found, str) and _SHA256.fullmatch(found) else None

    def note(self, repository: str, files: Iterable[DownloadedFile]) -> None:
        """What was noted before stays: a file that differs from it has not been accepted."""
        with self._turn:
            known = self._read()
            before = known.get(repository)
            before = before if isinstance(before, dict) else {}
            now = {**{file.name: file.sha256 for file in files}, **before}
            if now == before:
                return
            try:
                disk.write_small(self._path, json.dumps({**known, repository: now}, indent=1).encode())
            except Fixable as error:
                log.warning("hashes are not recorded: %s", error)

    def _read(self) -> dict[str, Any]:
        try:
            with self._path.open("rb") as file:
                known = json.loads(file.read(MOST_BYTES))
        except (OSError, ValueError, RecursionError):
            return {}
        return known if isinstance(known, dict) else {}
