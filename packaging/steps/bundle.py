"""Which of the files that PyInstaller found go into the program: lists of (place, source, kind), as it has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath

Entry = tuple[str, str, str]

# Qt's plugins: what a window without OpenGL, network and print-outs needs, on each system.
PLUGINS = re.compile(
    r"""/plugins/(
        platforms/(lib)?q(xcb|wayland|offscreen|windows|cocoa)\.
      | platforminputcontexts/lib(compose|ibus)platforminputcontextplugin\.
      | platformthemes/libqxdgdesktopportal\.
      | imageformats/(lib)?q(svg|ico|icns|jpeg|gif|webp)\.
      | iconengines/ | styles/
      | wayland-shell-integration/libxdg-shell\.
      | wayland-decoration-client/
    )""",
    re.VERBOSE,
)
TRANSLATIONS = re.compile(r"/translations/qtbase_zh_CN\.qm$")
DROPPED = re.compile(
    r"""(^|/)(
        opengl32sw\.dll | d3dcompiler_\d+\.dll       # only for OpenGL and Direct3D
      | Qt/(qml|metatypes|libexec|resources)/.*
      | .*\.(pyi|pxd|h|hpp|cmake|pc|lib|a)
      | numpy/.*/tests/.*
    )$""",
    re.VERBOSE,
)
# Libraries of the system: there wherever there is a desktop, and they must fit each other and its configuration.
SYSTEM = re.compile(
    r"^lib(stdc\+\+|gcc_s|fontconfig|freetype|expat|GL|GLX|EGL|OpenGL|GLdispatch|X11|X11-xcb|xcb|drm|gbm|vulkan"
    r"|wayland-(client|cursor|egl)|dbus-1|glib-2\.0|gthread-2\.0)\.so\."
)
UNUSED = re.compile(r"^(lib)?(llama-common|mtmd)\.")  # of llama.cpp: for its own programs, and for pictures
TWIN = re.compile(r"^(?P<base>lib.+\.so)(?P<major>\.\d+)?(?P<rest>\.[\d.]+)?$")


def libraries(folder: Path) -> list[Path]:
    """One file per library of llama.cpp: the name that other libraries ask for, libX.so.0 before libX.so."""
    found = sorted(path for path in folder.iterdir() if re.search(r"\.(so(\.[\d.]+)?|dll|dylib)$", path.name))
    names = {path.name for path in found}
    return [path for path in found if not _has_better_twin(path.name, names) and not UNUSED.match(path.name)]


def _has_better_twin(name: str, names: set[str]) -> bool:
    parts = TWIN.match(name)
    if parts is None:
        return False
    if parts["rest"]:
        return f"{parts['base']}{parts['major']}" in names
    return parts["major"] is None and any(re.fullmatch(rf"{re.escape(name)}\.\d+", other) for other in names)


def links(entries: Iterable[Entry]) -> list[Entry]:
    """For each libX.so.0 in `llama_cpp/lib` the link libX.so, which the binding opens."""
    made = []
    for place, _, _ in entries:
        path = PurePosixPath(place.replace("\\", "/"))
        parts = TWIN.match(path.name)
        if path.parent.as_posix() == "llama_cpp/lib" and parts and parts["major"] and not parts["rest"]:
            made.append((str(path.with_name(parts["base"])), path.name, "SYMLINK"))
    return made


def is_wanted(place: str) -> bool:
    """By its place alone."""
    place = place.replace("\\", "/")
    if "/plugins/" in place and "PySide6" in place:
        return bool(PLUGINS.search(place))
    if "/translations/" in place and "PySide6" in place:
        return bool(TRANSLATIONS.search(place))
    return not DROPPED.search(place) and not SYSTEM.match(PurePosixPath(place).name)


def chosen(binaries: Sequence[Entry], imports: Callable[[str], Iterable[str]]) -> list[Entry]:
    """`binaries` without what is not wanted, and without libraries that then nothing asks for.

    `imports` gives the file names of the libraries that a file asks for."""
    kept = [entry for entry in binaries if is_wanted(entry[0])]
    by_name: dict[str, list[Entry]] = {}
    for entry in kept:
        by_name.setdefault(_name(entry[0]), []).append(entry)
    reached = {entry[0] for entry in kept if _is_root(entry)}
    open_ends = [entry for entry in kept if entry[0] in reached]
    while open_ends:
        for name in imports(open_ends.pop()[1]):
            for entry in by_name.get(_name(name), []):
                if entry[0] not in reached:
                    reached.add(entry[0])
                    open_ends.append(entry)
    return [entry for entry in kept if entry[0] in reached]


def without_lost_links(entries: Sequence[Entry], binaries: Sequence[Entry]) -> list[Entry]:
    """Datas: what is wanted, and of PyInstaller's links those whose library is still there."""
    there = {_name(place) for place, _, _ in binaries}
    kept = [entry for entry in entries if is_wanted(entry[0])]
    return [entry for entry in kept if entry[2] != "SYMLINK" or _name(entry[1]) in there]


def _is_root(entry: Entry) -> bool:
    """Loaded by name and not because another library asks for it."""
    place = entry[0].replace("\\", "/")
    return entry[2] == "EXTENSION" or "/plugins/" in place or place.startswith("llama_cpp/lib/") or "python3" in place


def _name(place: str) -> str:
    return place.replace("\\", "/").rsplit("/", 1)[-1].lower()
