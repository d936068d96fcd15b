"""Write the lock files from `pyproject.toml`: `make lock`.

pip resolves each group once; the hashes of every wheel of each chosen release (all platforms, CPython 3.11 to 3.14)
come from the package index that pip itself is configured to use. The files name no index and no host.
"""

from __future__ import annotations

import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from pip._internal.models.index import PyPI
from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import (
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from pip._vendor.packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
MINORS = range(11, 15)
SYSTEMS = (("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"), ("win32", "Windows", "nt"))
MACHINES = re.compile(r"(^any$|x86_64$|aarch64$|arm64$|universal2$|amd64$)")
HEADER = "# Made by `make lock` from pyproject.toml. Do not edit. Names no package index: pip uses its own.\n"


@dataclass
class Pin:
    """One release; `marker` is empty when every platform needs it."""

    name: str
    version: str
    marker: str = ""
    hashes: list[str] = field(default_factory=list)

    def block(self) -> str:
        marker = f" ; {self.marker}" if self.marker else ""
        return f"{self.name}=={self.version}{marker} \\\n    " + " \\\n    ".join(
            f"--hash=sha256:{digest}" for digest in self.hashes
        )


def environments() -> list[dict[str, str]]:
    """Every platform and Python the locks serve, as marker values."""
    return [
        {
            "python_version": f"3.{minor}",
            "python_full_version": f"3.{minor}.0",
            "sys_platform": system[0],
            "platform_system": system[1],
            "os_name": system[2],
            "platform_python_implementation": "CPython",
            "implementation_name": "cpython",
        }
        for minor, system in product(MINORS, SYSTEMS)
    ]


def resolve(requirements: list[str], known: list[Pin]) -> list[Pin]:
    """What pip would install for `requirements` (with `known` versions kept), plus what other platforms need."""
    wanted = dict.fromkeys(requirements, "")
    while True:
        found = _report([*wanted], known)
        missing = _needed_elsewhere(found)
        missing = {text: marker for text, marker in missing.items() if text not in wanted}
        if not missing:
            markers = {canonicalize_name(Requirement(text).name): mark for text, mark in wanted.items() if mark}
            return [Pin(name, version, markers.get(name, "")) for name, version, _ in found]
        wanted.update(missing)


def _report(requirements: list[str], known: list[Pin]) -> list[tuple[str, str, list[str]]]:
    constraints = [f"{pin.name}=={pin.version}" for pin in known]
    with tempfile.TemporaryDirectory() as folder:
        keep = Path(folder) / "constraints.txt"
        keep.write_text("\n".join(constraints), "utf-8")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        command += ["--report", "-", "--constraint", str(keep), *requirements]
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    items = [item["metadata"] for item in json.loads(out)["install"]]
    return sorted((canonicalize_name(m["name"]), m["version"], m.get("requires_dist", [])) for m in items)


def _needed_elsewhere(found: list[tuple[str, str, list[str]]]) -> dict[str, str]:
    """Requirements that only hold on another platform or Python than this one, with their markers."""
    names = {name for name, _, _ in found}
    missing = {}
    for _, _, requires in found:
        for text in requires:
            need = Requirement(text)
            if need.marker is None or canonicalize_name(need.name) in names or "extra" in str(need.marker):
                continue
            if any(need.marker.evaluate(values) for values in environments()):
                missing[f"{need.name}{need.specifier}"] = str(need.marker)
    return missing


def index_url() -> str:
    """The index that pip is configured to use on this machine; nothing is written down here."""
    chosen = os.environ.get("PIP_INDEX_URL")
    if not chosen:
        command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
        chosen = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return (chosen or str(PyPI.simple_url)).rstrip("/")


class _Links(html.parser.HTMLParser):
    """File name and sha256 from the links of an index page."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address, _, fragment = (dict(attrs).get("href") or "").partition("#")
        if tag == "a" and fragment.startswith("sha256="):
            self.files.append((address.rsplit("/", 1)[-1], fragment.removeprefix("sha256=")))


def files_of(name: str) -> list[tuple[str, str]]:
    """(file name, sha256) of every file the index has for a project."""
    request = urllib.request.Request(f"{index_url()}/{name}/", headers={"Accept": "text/html"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        page = answer.read().decode("utf-8")
    links = _Links()
    links.feed(page)
    return links.files


def hashes_for(version: str, files: list[tuple[str, str]]) -> list[str]:
    """Hashes of the wheels we can use; of the source archive where a release has no such wheel."""
    wheels, sources = [], []
    for filename, digest in files:
        try:
            if filename.endswith(".whl"):
                _, release, _, tags = parse_wheel_filename(filename)
                if release == Version(version) and any(_usable(t.interpreter, t.abi, t.platform) for t in tags):
                    wheels.append(digest)
            elif parse_sdist_filename(filename)[1] == Version(version):
                sources.append(digest)
        except ValueError:  # old files have odd names
            continue
    return sorted(wheels or sources)


def _usable(interpreter: str, abi: str, platform: str) -> bool:
    if not MACHINES.search(platform) or platform.startswith(("ios", "android")):
        return False
    if interpreter == "py3":
        return True
    minor = re.fullmatch(r"cp3(\d+)", interpreter)
    if minor is None:
        return False
    return (abi == "abi3" and int(minor[1]) < MINORS.stop) or (abi == interpreter and int(minor[1]) in MINORS)


def write(path: Path, pins: list[Pin], cache: dict[str, list[tuple[str, str]]]) -> None:
    for pin in pins:
        cache.setdefault(pin.name, []) or cache[pin.name].extend(files_of(pin.name))
        pin.hashes = hashes_for(pin.version, cache[pin.name])
        if not pin.hashes:
            raise SystemExit(f"no usable file of {pin.name} {pin.version} on the index")
    path.write_text(HEADER + "\n".join(pin.block() for pin in pins) + "\n", "utf-8")
    print(f"{path.name}: {len(pins)} packages, {sum(len(pin.hashes) for pin in pins)} hashes")


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    cache: dict[str, list[tuple[str, str]]] = {}
    run_needs = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    run = resolve(run_needs, [])
    write(ROOT / "requirements.lock", run, cache)
    dev = resolve([*run_needs, *project["project"]["optional-dependencies"]["dev"]], run)
    write(ROOT / "requirements-dev.lock", dev, cache)
    build = resolve(project["dependency-groups"]["native-build"], dev)
    write(ROOT / "requirements-build.lock", build, cache)
    package = resolve(project["project"]["optional-dependencies"]["package"], dev)
    write(ROOT / "requirements-package.lock", package, cache)


if __name__ == "__main__":
    main()
