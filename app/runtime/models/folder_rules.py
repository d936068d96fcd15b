"""Names and folders that work on every system: what a model's folder may be called, and where models may lie."""

from __future__ import annotations

import re
import sys
import tempfile
import unicodedata
from contextlib import suppress
from pathlib import Path, PurePath, PureWindowsPath

from app.errors import Fixable
from app.runtime.models.volumes import check_space, nearest, volume_of

NAME_LENGTH = 60  # characters of a model's folder and of its file without `.gguf`
NAME_BYTES = 180  # in UTF-8: most systems take 255 for one name, and endings follow
WINDOWS_PATH = 259  # UTF-16 units of a whole path, unless long paths were switched on
WINDOWS_FOLDER = 247  # of a folder: a short file name must fit below it
LONGEST_BELOW = 1 + NAME_LENGTH + 1 + NAME_LENGTH + len(".gguf.part")

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DEVICES = {
    *("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"),
    *(f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"),
}


def safe_name(name: str, fallback: str = "model") -> str:
    """A name for one file or folder that every system takes, as like `name` as possible; all scripts stay."""
    text = unicodedata.normalize("NFC", name)
    text = "".join(letter if letter.isprintable() else " " for letter in _FORBIDDEN.sub("-", text))
    text = re.sub(r"\s+", " ", text).strip(" .-")
    text = _cut(text).strip(" .-")
    if not text:
        return fallback
    return f"_{text}" if _is_device(text) else text


def safe_gguf_name(name: str) -> str:
    """`safe_name` of a file that ends in `.gguf`, whatever `name` ends in."""
    stem = name[: -len(".gguf")] if name.lower().endswith(".gguf") else name
    return f"{safe_name(stem)}.gguf"


def windows_length(path: PurePath) -> int:
    """How long Windows finds a path: in UTF-16 units, of which rare characters take two."""
    return len(str(path).encode("utf-16-le", "surrogatepass")) // 2


def windows_problem(path: PureWindowsPath) -> Fixable | None:
    """Why Windows refuses `path` or takes it for another one: `folder-name-bad`, `folder-path-too-long`, None if it
    does not."""
    for part in path.parts[1:] if path.anchor else path.parts:
        if part in (".", ".."):
            continue
        if _FORBIDDEN.search(part) or part != part.rstrip(" .") or _is_device(part):
            return Fixable("folder-name-bad", path=str(path), name=part)
    if windows_length(path) > WINDOWS_FOLDER:
        return Fixable("folder-path-too-long", path=str(path), length=windows_length(path), limit=WINDOWS_FOLDER)
    return None


def windows_note(path: PureWindowsPath) -> Fixable | None:
    """`note-folder-long` if names below `path` may become too long for programs that know no long paths."""
    length = windows_length(path) + LONGEST_BELOW
    if length > WINDOWS_PATH:
        return Fixable("note-folder-long", path=str(path), length=windows_length(path), limit=WINDOWS_PATH)
    return None


def check_folder(path: Path, need: int = 0) -> Fixable | None:
    """Why models cannot be kept in `path`, which need not be there yet; None if they can. `need` in bytes.

    `folder-name-bad`, `folder-path-too-long`, `folder-is-file`, `folder-unwritable`, `out-space`.
    """
    path = path.absolute()
    problem = windows_problem(PureWindowsPath(path)) if sys.platform == "win32" else None
    if problem:
        return problem
    try:
        return _refused(path, need)
    except OSError as error:
        return Fixable("folder-unwritable", path=str(path), detail=error.strerror or str(error))


def folder_notes(path: Path) -> tuple[Fixable, ...]:
    """What the user should know about keeping models in `path` although it works: `note-folder-network`,
    `note-folder-removable`, `note-folder-fat`, `note-folder-long`."""
    volume = volume_of(path)
    notes = []
    if volume.network:
        notes.append(Fixable("note-folder-network", path=str(path)))
    if volume.removable:
        notes.append(Fixable("note-folder-removable", path=str(path)))
    if volume.largest_file is not None:
        notes.append(Fixable("note-folder-fat", path=str(path)))
    long = windows_note(PureWindowsPath(path.absolute())) if sys.platform == "win32" else None
    return (*notes, long) if long else tuple(notes)


def _refused(path: Path, need: int) -> Fixable | None:
    with suppress(FileNotFoundError, NotADirectoryError):
        path.lstat()  # tells a name that is too long
    place = nearest(path)
    if not place.is_dir():
        return Fixable("folder-is-file", path=str(place))
    with tempfile.TemporaryFile(dir=place):  # the only sure test; permissions alone say little on Windows
        pass
    try:
        check_space(place, need)
    except Fixable as error:
        return Fixable(error.code, **{**error.params, "path": str(path)})
    return None


def _cut(text: str) -> str:
    text = text[:NAME_LENGTH]
    while len(text.encode("utf-8", "replace")) > NAME_BYTES:
        text = text[:-1]
    return text


def _is_device(name: str) -> bool:
    """`NUL`, `nul.txt` and `NUL .gguf` are all the same device."""
    return name.split(".")[0].rstrip(" ").upper() in _DEVICES
