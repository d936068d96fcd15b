"""The licences of everything in the frozen program, as files beside it.

A component without a text fails the build. What its own metadata lack is in packaging/licences.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from steps.contents import DEBIAN, MICROSOFT, OWN, PYTHON, Component
from steps.findings import Failed
from steps.places import NAME, NOTICES, PACKAGING, ROOT

TEXTS = PACKAGING / "licences"
COMMON = Path("/usr/share/common-licenses")  # what Debian's notices refer to
QT = ("LGPL-3.0.txt", "GPL-3.0.txt", "qt-replace.txt", "qt.txt", "icu.txt")
PYTHON_PARTS = ("python.txt", "openssl.txt", "Apache-2.0.txt", "libffi.txt", "zlib.txt", "bzip2.txt", "xz.txt")
PYTHON_PARTS += ("sqlite.txt", "expat.txt")
# Texts beside those that a component brings itself.
ADDED: dict[str, tuple[str, ...]] = {
    "pyside6-essentials": QT,
    "shiboken6": QT[:3],
    "llama-cpp-python": ("llama.cpp.txt",),
    "python": PYTHON_PARTS,
    "microsoft-runtime": ("microsoft-runtime.txt",),
}
LICENCES = {OWN: "Apache-2.0", PYTHON: "PSF-2.0", MICROSOFT: "Microsoft"}


def write(components: Sequence[Component], folder: Path = NOTICES) -> Path:
    """Fill `folder`: one folder per component, and index.txt. Raises `Failed` naming all that have no text."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    missing = [one.name for one in components if not _write(one, folder)]
    if missing:
        raise Failed(f"no licence text is known of: {', '.join(missing)} (packaging/licences, steps/notices.py)")
    _copy_common(folder)
    (folder / "index.txt").write_text(index(components), "utf-8")
    return folder


def _write(component: Component, folder: Path) -> bool:
    own = folder / component.name
    sources = [Path(text) for text in component.texts]
    sources += [TEXTS / name for name in ADDED.get(component.name, ())]
    if component.kind == OWN:
        sources += [ROOT / "LICENSE", ROOT / "NOTICE"]
    sources = [source for source in sources if source.is_file() and source.stat().st_size]
    if not sources:
        return False
    own.mkdir()
    for source in sources:
        name = source.name if not (own / source.name).exists() else f"{source.parent.name}-{source.name}"
        number = 2
        while (own / name).exists():
            name, number = f"{number}-{source.name}", number + 1
        shutil.copyfile(source, own / name)
    return True


def _copy_common(folder: Path) -> None:
    """The whole texts that Debian's notices only point to."""
    wanted: set[str] = set()
    for text in folder.rglob("copyright"):
        found = re.findall(rf"{COMMON}/([A-Za-z0-9.+-]+)", text.read_text("utf-8", "replace"))
        wanted |= {name.rstrip(".") for name in found}
    for name in sorted(wanted):
        if (COMMON / name).is_file():
            (folder / "common").mkdir(exist_ok=True)
            shutil.copyfile(COMMON / name, folder / "common" / f"{name}.txt")


def index(components: Sequence[Component]) -> str:
    """A line per component."""
    lines = [
        f"{NAME} and what is in it. Each name is a folder here with its licence; common/ holds the texts that some of",
        "them refer to (/usr/share/common-licenses). Qt can be replaced: pyside6-essentials/qt-replace.txt.",
        "",
    ]
    width = max(len(one.name) for one in components) + 2
    for one in sorted(components, key=lambda one: (one.kind != OWN, one.name)):
        licence = one.licence or LICENCES.get(one.kind, "see its folder")
        system = ", of the system it was built on" if one.kind == DEBIAN else ""
        lines.append(f"{one.name:{width}}{one.version:22} {licence}{system}")
    return "\n".join(lines) + "\n"
