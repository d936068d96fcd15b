"""`manifest.json`: what is known about a model, beside its file; for a linked file in the folder `linked`.

Paths inside are relative to the manifest, so that the whole folder may be carried elsewhere. A linked file's absolute
path is kept as well and tried first.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.errors import Fixable
from app.runtime.models.disk import write_small
from app.runtime.models.records import Condition, Entry, Manifest
from app.runtime.weights.files import check_name
from app.runtime.weights.sniff import shown

SCHEMA = 1
FILE = "manifest.json"
LINKED = "linked"
MOST_BYTES = 1_000_000
SAME_TIME = 2.0  # seconds: FAT counts in steps of two
QUARTER = 900  # FAT keeps local time: in another time zone its files seem to have moved by quarters of an hour

_SHA256 = re.compile(r"[0-9a-f]{64}|")
_TEXTS = ("name", "sha256", "quantization", "architecture", "model", "repository", "license", "template")
_COUNTS = ("size", "parameters")
_TIMES = ("added", "last_used", "modified")


@dataclass(frozen=True)
class Stored:
    """A manifest and where it lies. `damaged`: the file had another hash when it was last checked, at the time
    `manifest.modified`. `newer`: written by a newer program, to be left as it is. `raw`: all that was read."""

    manifest: Manifest
    place: Path
    damaged: bool = False
    newer: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)


def read(place: Path, owned: bool) -> Stored:
    """Raises `Fixable("library-manifest-damaged")`, or `library-newer` if not even its known fields can be read."""
    raw: dict[str, Any] = {}
    try:
        raw = _read_object(place)
        return _stored(raw, place, owned)
    except (OSError, ValueError, RecursionError, Fixable) as error:
        if _is_newer(raw):
            raise Fixable("library-newer", path=str(place)) from error
        detail = error.strerror if isinstance(error, OSError) and error.strerror else shown(str(error))
        raise Fixable("library-manifest-damaged", path=str(place), detail=detail) from error


def write(stored: Stored) -> Stored:
    """Replace the manifest on the disk. Raises `Fixable`: `library-newer`, and as `disk.write_small` does."""
    if stored.newer:
        raise Fixable("library-newer", path=str(stored.place))
    manifest = stored.manifest
    known: dict[str, Any] = {"schema": SCHEMA, "id": manifest.id}
    known.update({name: getattr(manifest, name) for name in (*_TEXTS, *_COUNTS, *_TIMES)})
    known["damaged"] = stored.damaged
    if manifest.owned:
        known["file"] = manifest.path.name
    else:
        known.update(path_facts(manifest.path, stored.place.parent))
    raw = {**stored.raw, **known}
    write_small(stored.place, json.dumps(raw, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass"))
    return replace(stored, raw=raw)


def path_facts(path: Path, base: Path) -> dict[str, str]:
    """How a path outside is kept: as it is, and as seen from the folder `base` if that is on the same drive."""
    facts = {"path": str(path)}
    try:
        facts["relative"] = Path(os.path.relpath(path, base)).as_posix()
    except ValueError:  # another drive of Windows
        facts["relative"] = ""
    return facts


def find_path(raw: Mapping[str, Any], base: Path) -> Path:
    """The path that `path_facts` kept: the absolute one, unless only the relative one is there. Raises `ValueError`."""
    text, relative = raw.get("path"), raw.get("relative", "")
    if not isinstance(text, str) or not isinstance(relative, str) or not text or "\0" in text + relative:
        raise ValueError("path")
    path = Path(text)
    if relative and not _exists(path):
        other = Path(os.path.normpath(base / relative))
        return other if _exists(other) else path
    return path


def condition(stored: Stored) -> Condition:
    """By the file's size and time alone."""
    manifest = stored.manifest
    try:
        status = manifest.path.stat()
    except (OSError, ValueError):
        return Condition.MISSING
    same = same_time(status.st_mtime, manifest.modified)
    if stored.damaged and same:
        return Condition.DAMAGED
    return Condition.READY if same and status.st_size == manifest.size else Condition.CHANGED


def same_time(first: float, second: float) -> bool:
    """True if two times of one file, in seconds, may be the same, whatever disk it was on."""
    apart = abs(first - second)
    return min(apart % QUARTER, QUARTER - apart % QUARTER) <= SAME_TIME and apart <= 26 * 3600


def explain(entry: Entry) -> Fixable | None:
    """Why a model cannot be used as it is: `library-missing`, `library-drive-missing`, `library-changed`,
    `library-damaged` (`library-linked-changed`, `library-linked-damaged` for a file of the user's); None if READY."""
    manifest = entry.manifest
    facts = {"name": manifest.name, "path": str(manifest.path)}
    linked = "" if manifest.owned else "linked-"
    match entry.condition:
        case Condition.MISSING:
            return Fixable("library-missing" if _drive_there(manifest.path) else "library-drive-missing", **facts)
        case Condition.CHANGED:
            return Fixable(f"library-{linked}changed", **facts)
        case Condition.DAMAGED:
            return Fixable(f"library-{linked}damaged", **facts)
    return None


def _drive_there(path: Path) -> bool:
    """False if the drive is gone: on Windows its letter, elsewhere the folder in which drives appear."""
    if path.drive:
        return _exists(Path(path.anchor))
    roots = (("media", 3), ("run", 4), ("Volumes", 2), ("mnt", 2))  # /run/media/USER/DRIVE
    for root, length in roots:
        if path.parts[1:2] == (root,) and len(path.parts) > length + 1:
            return _exists(Path(*path.parts[: length + 1]))
    return True


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _read_object(place: Path) -> dict[str, Any]:
    with place.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES} bytes")
    raw = json.loads(data.decode("utf-8-sig", "surrogatepass"))
    if not isinstance(raw, dict):
        raise ValueError("no object")
    return raw


def _is_newer(raw: Mapping[str, Any]) -> bool:
    schema = raw.get("schema")
    return type(schema) is int and schema > SCHEMA


def _stored(raw: Mapping[str, Any], place: Path, owned: bool) -> Stored:
    if type(raw.get("schema")) is not int:
        raise ValueError("schema")
    if owned:
        name = _text(raw, "file")
        check_name(name, FILE)
        path = place.parent / name
    else:
        path = find_path(raw, place.parent)
    known: dict[str, Any] = {name: _text(raw, name) for name in _TEXTS}
    known.update({name: _count(raw, name) for name in _COUNTS})
    known.update({name: _time(raw, name) for name in _TIMES})
    manifest = Manifest(id=_identity(raw), path=path, owned=owned, **known)
    if not _SHA256.fullmatch(manifest.sha256):
        raise ValueError("sha256")
    return Stored(manifest, place, raw.get("damaged") is True, _is_newer(raw), raw)


def _identity(raw: Mapping[str, Any]) -> str:
    identity = _text(raw, "id")
    check_name(identity, FILE)
    return identity


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name, "")
    if not isinstance(value, str):
        raise ValueError(name)
    return value


def _count(raw: Mapping[str, Any], name: str) -> int:
    value = raw.get(name, 0)
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise ValueError(name)
    return value


def _time(raw: Mapping[str, Any], name: str) -> float:
    value = raw.get(name, 0.0)
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError(name)
    return float(value)
