"""Names of files as a repository lists them: what may become a path on any of the three systems."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PureWindowsPath

from app.errors import Fixable
from app.runtime.models.folder_rules import windows_problem

PART = ".part"
BAD = ".bad"
OWN = ".chatbelle"  # begins the names of the files in which we keep what we know
DEEPEST = 8
LONGEST = 240  # bytes of one name, so that what we append still fits

_ASIDE = re.compile(re.escape(BAD) + r"\d*$")


def is_safe(name: str) -> bool:
    """True for a relative path with `/` between its parts that leads nowhere else and collides with none of ours."""
    parts = name.split("/")
    if len(parts) > DEEPEST or "\\" in name or ":" in name or not all(_is_safe_part(part) for part in parts):
        return False
    return windows_problem(PureWindowsPath(name)) is None


def check_names(names: Iterable[str]) -> None:
    """Raise `Fixable("download-bad-name")` for a name that is not safe, and for two that some disks take for one."""
    seen: set[str] = set()
    for name in names:
        same = unicodedata.normalize("NFC", name).casefold()
        if not is_safe(name) or same in seen:
            raise Fixable("download-bad-name", file=_shown(name))
        seen.add(same)


def _is_safe_part(part: str) -> bool:
    try:
        long = len(part.encode()) > LONGEST
    except UnicodeEncodeError:  # half of a surrogate pair, out of JSON
        return False
    ours = part.startswith(OWN) or part.lower().endswith(PART) or _ASIDE.search(part.lower())
    return not long and not ours and part not in ("", ".", "..")


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "�" for letter in name[:200])
