"""What the parts of this package tell each other, the window and the command line: plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.errors import AppError


@dataclass(frozen=True)
class RemoteFile:
    """A file of a repository. `size` in bytes and `sha256` (hexadecimal, of the file as hosted) are None if unknown."""

    name: str
    size: int | None = None
    sha256: str | None = None


class Transfer(StrEnum):
    """What a download does at the moment."""

    CHECKING = "checking"  # asking the server, hashing what is already here
    RUNNING = "running"
    STALLED = "stalled"  # no byte for a while; it will try again
    WAITING = "waiting"  # between two attempts
    VERIFYING = "verifying"


@dataclass(frozen=True)
class DownloadProgress:
    """`done` of `total` bytes of all files together (`total` 0 while unknown); `rate` in bytes a second over the last
    seconds, `left` in seconds (None while unknown); `reason` says why it is stalled or waiting."""

    transfer: Transfer
    file: str
    done: int
    total: int
    rate: float = 0.0
    left: float | None = None
    reason: AppError | None = None


@dataclass(frozen=True)
class DownloadedFile:
    """A whole file. `known`: its hash was promised beforehand; otherwise it was recorded for the next time."""

    name: str
    path: Path
    size: int
    sha256: str
    known: bool


@dataclass(frozen=True)
class Manifest:
    """What is known about a model in the library; one `manifest.json` beside each file the app put there.

    `path`: the GGUF file. `owned`: the app put it there and may remove it; a linked file is the user's. Times are
    seconds since 1970. `template`: a row of `assets/templates.json`, "" for the file's own chat template."""

    id: str
    name: str
    path: Path
    size: int
    sha256: str
    quantization: str
    architecture: str
    parameters: int
    owned: bool
    model: str = ""  # the catalogue row it came from
    repository: str = ""
    license: str = ""
    template: str = ""
    added: float = 0.0
    last_used: float = 0.0
    modified: float = 0.0  # of the file when it was last verified


class Condition(StrEnum):
    """Whether a model of the library can be used."""

    READY = "ready"
    MISSING = "missing"  # the file is gone, or its drive is not connected
    CHANGED = "changed"  # its size or time is not what was verified
    DAMAGED = "damaged"  # its hash is not what was recorded


@dataclass(frozen=True)
class Entry:
    """A model of the library as it is now."""

    manifest: Manifest
    condition: Condition
    duplicates: tuple[str, ...] = ()  # ids of other entries with the same hash
