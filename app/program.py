"""How this program was started, from a checkout or as a package, and what that means for the programs it starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

LIBRARIES = "LD_LIBRARY_PATH"  # a package leads its own process to its libraries, and keeps what was there before
LIBRARIES_BEFORE = "LD_LIBRARY_PATH_ORIG"
PACKAGED = "_PYI_"  # what a package tells its own process
QT_FOLDERS = ("QT_PLUGIN_PATH", "QML2_IMPORT_PATH", "DYLD_LIBRARY_PATH", "PATH")


def packaged() -> bool:
    """True in what people install, False in a checkout or a wheel."""
    return bool(getattr(sys, "frozen", False))


def command() -> list[str]:
    """What starts this program again."""
    return [sys.executable] if packaged() else [sys.executable, "-m", "app"]


def environment() -> dict[str, str]:
    """For `command`. In a checkout the child must find this very `app`, whatever the current folder is."""
    given = dict(os.environ, PYTHONIOENCODING="utf-8", PYTHONUTF8="1")
    if not packaged():
        root = str(Path(__file__).resolve().parent.parent)
        before = given.get("PYTHONPATH")
        given["PYTHONPATH"] = os.pathsep.join([root, before] if before else [root])
    return given


def clean_environment() -> None:
    """Leave nothing of the package in what other programs are started with: a browser or a file manager must not load
    our libraries, and this program started from there must find its own. This process has read them already."""
    if not packaged():
        return
    before = os.environ.pop(LIBRARIES_BEFORE, None)
    if before:
        os.environ[LIBRARIES] = before
    elif sys.platform.startswith("linux"):
        os.environ.pop(LIBRARIES, None)
    for name in [name for name in os.environ if name.startswith(PACKAGED)]:
        del os.environ[name]


def clean_qt_environment() -> None:
    """The same for the folders that Qt is led to, once it knows them."""
    inside = str(getattr(sys, "_MEIPASS", ""))
    for name in QT_FOLDERS if inside else ():
        folders = os.environ.get(name, "").split(os.pathsep)
        theirs = [folder for folder in folders if folder and not folder.startswith(inside)]
        if theirs:
            os.environ[name] = os.pathsep.join(theirs)
        else:
            os.environ.pop(name, None)


def place() -> Path | None:
    """The folder in which a person sees the package; None for what is none."""
    if not packaged():
        return None
    executable = Path(sys.executable)
    image, mounted = os.environ.get("APPIMAGE"), os.environ.get("APPDIR")
    if image and mounted and executable.is_relative_to(mounted):  # else it is another program's, which started this one
        return Path(image).parent
    bundle = executable.parent.parent.parent
    if sys.platform == "darwin" and bundle.suffix == ".app":
        return bundle.parent
    return executable.parent


def file_in(argument: str) -> Path | None:
    """The file that a file manager asks to be opened, None for anything else: a command, an option."""
    if argument.startswith("file:"):
        from urllib.parse import urlsplit
        from urllib.request import url2pathname

        parts = urlsplit(argument)
        return Path(url2pathname(parts.path)) if parts.netloc in ("", "localhost") and parts.path else None
    path = Path(argument)
    return path if (path.is_absolute() or path.suffix.lower() == ".gguf") and path.exists() else None


def files_in(arguments: list[str]) -> list[Path]:
    """The files among the arguments, absolute, if the first one is a file; options of Qt may follow."""
    found = [file_in(argument) for argument in arguments]
    return [path.absolute() for path in found if path is not None] if found and found[0] is not None else []
