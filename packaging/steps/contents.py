"""What is in the frozen program, and who made each part: one `Component` per distribution, system package or program.

Runs inside the environment that is frozen (the PyInstaller specification calls it).
"""

from __future__ import annotations

import functools
import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path

from steps.findings import Failed
from steps.places import CONTENTS, NAME, ROOT, WORK, version

OWN, PYPI, DEBIAN, PYTHON, MICROSOFT = "own", "pypi", "deb", "python", "microsoft"
LICENCE_FILE = re.compile(r"(^|/)(licen[cs]es?/.+|[^/]*(licen[cs]e|copying|notice|authors)[^/]*)$", re.IGNORECASE)
CODE = re.compile(r"\.(py|pyc|pyi|so|pyd|dll)$")
BOOTLOADER = "pyinstaller"  # its start program and its own modules are in every frozen program


@dataclass
class Component:
    """`texts`: licence files. `files`: places inside the frozen program; Python code in its archive has none."""

    name: str
    version: str
    kind: str
    licence: str = ""
    texts: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


class Owners:
    """Finds the component of a source file."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str], Component] = {}
        self._distributions = _files_of_distributions()
        self._stdlib = {Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")}
        self._stdlib.add(Path(sys.base_prefix, "DLLs").resolve())  # Windows

    def components(self) -> list[Component]:
        return sorted(self._by_key.values(), key=lambda one: (one.kind, one.name))

    def add(self, source: str, place: str = "") -> Component:
        """Note that `source` lies at `place`. Raises `Failed` if nobody is known to have made it."""
        component = self.owner(Path(source).resolve())
        if place:
            component.files.append(place)
        return component

    def owner(self, source: Path) -> Component:
        distribution = self._distributions.get(source)
        if distribution is not None:
            return self.distribution(distribution)
        if WORK in source.parents or ROOT in source.parents:  # what PyInstaller made of Python's library is there too
            made_here = source.name == "base_library.zip"
            return self._python() if made_here else self._keep(Component(NAME, version(), OWN, "Apache-2.0"))
        if any(folder in source.parents for folder in self._stdlib) or re.match(r"(lib)?python3", source.name):
            return self._python()
        if sys.platform == "win32":
            return self._windows_file(source)
        if sys.platform == "linux":
            return self._keep(debian_package(source))
        raise Failed(f"nobody is known to have made {source}")

    def distribution(self, found: metadata.Distribution) -> Component:
        name = re.sub(r"[-_.]+", "-", found.metadata["Name"]).lower()
        known = self._by_key.get((PYPI, name))
        return known or self._keep(Component(name, found.version, PYPI, licence_of(found), texts_of(found)))

    def _python(self) -> Component:
        return self._keep(Component("python", sys.version.split()[0], PYTHON, "PSF-2.0"))

    def _windows_file(self, source: Path) -> Component:
        if Path(sys.base_prefix).resolve() in source.parents and not source.name.lower().startswith("vcruntime"):
            return self._python()
        if re.match(r"(vcruntime|msvcp|concrt|ucrtbase|api-ms-win)", source.name.lower()):
            return self._keep(Component("microsoft-runtime", "14", MICROSOFT, "LicenseRef-Microsoft-Redistributable"))
        raise Failed(f"nobody is known to have made {source}")

    def _keep(self, component: Component) -> Component:
        return self._by_key.setdefault((component.kind, component.name), component)


def collect(entries: Iterable[tuple[str, str]], code: Iterable[str]) -> list[Component]:
    """`entries`: (place, source file) of what lies in the program's folder; `code`: sources of its Python archive."""
    owners = Owners()
    for place, source in entries:
        owners.add(source, place.replace("\\", "/"))
    for source in code:
        if source and source != "-" and Path(source).is_absolute():
            owners.add(source)
    owners.distribution(metadata.distribution(BOOTLOADER))
    return owners.components()


def save(components: list[Component]) -> None:
    CONTENTS.write_text(json.dumps([asdict(one) for one in components], indent=1, ensure_ascii=False), "utf-8")


def load() -> list[Component]:
    if not CONTENTS.is_file():
        raise Failed(f"{CONTENTS} is missing: run the step freeze first")
    return [Component(**one) for one in json.loads(CONTENTS.read_text("utf-8"))]


def _files_of_distributions() -> dict[Path, metadata.Distribution]:
    found = {}
    for distribution in metadata.distributions():
        for file in distribution.files or ():
            found[Path(str(file.locate())).resolve()] = distribution
    return found


def licence_of(found: metadata.Distribution) -> str:
    """The SPDX expression, or whatever the metadata say in a line."""
    told = found.metadata.get("License-Expression") or found.metadata.get("License") or ""
    if told and told != "UNKNOWN" and "\n" not in told:
        return str(told)
    classifiers = found.metadata.get_all("Classifier") or []
    return "; ".join(one.rsplit(" :: ", 1)[-1] for one in classifiers if one.startswith("License :: "))


def texts_of(found: metadata.Distribution) -> list[str]:
    """Licence files in the distribution's metadata folder."""
    files = [file for file in found.files or () if any(part.endswith(".dist-info") for part in file.parts)]
    named = [file for file in files if LICENCE_FILE.search(file.as_posix()) and not CODE.search(file.name)]
    return sorted(str(file.locate()) for file in named)


@functools.cache
def debian_package(source: Path) -> Component:
    """The installed Debian or Ubuntu package that `source` came from."""
    shown = ""
    for path in (str(source), str(source).removeprefix("/usr")):  # the package may say /lib where /usr/lib is meant
        done = subprocess.run(["dpkg-query", "--search", path], capture_output=True, text=True, check=False)
        shown = shown or done.stdout.partition(":")[0].partition(",")[0]
    if not shown:
        raise Failed(f"no package owns {source}: its licence is not known")
    query = ["dpkg-query", "--show", "--showformat=${Version}\n", shown]
    release = subprocess.run(query, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    text = Path("/usr/share/doc") / shown / "copyright"
    return Component(shown, release, DEBIAN, "", [str(text)] if text.is_file() else [])
