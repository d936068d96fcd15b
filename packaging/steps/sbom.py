"""A CycloneDX 1.5 bill of materials: the components of the frozen program and the files each of them brought."""

from __future__ import annotations

import json
import platform
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from steps import contents
from steps.checksums import digest
from steps.contents import DEBIAN, OWN, PYPI, PYTHON, Component
from steps.findings import Failed
from steps.places import COMMAND, app_dir, epoch, version

IDENTIFIERS = {"MIT", "Apache-2.0", "BSD-3-Clause", "BSD-2-Clause", "PSF-2.0", "MPL-2.0", "ISC", "Zlib", "0BSD"}


def make(out: Path, _vulkan: bool) -> None:
    """a CycloneDX list of what is in the program, beside the packages"""
    name = f"{COMMAND}-{version()}-{sys.platform}-{platform.machine().lower()}.cdx.json"
    bill = document(contents.load(), app_dir(), version(), epoch())
    (out / name).write_text(json.dumps(bill, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")


def document(components: list[Component], program: Path, release: str, seconds: int) -> dict[str, Any]:
    """Raises `Failed` if a file of the program belongs to nobody."""
    places = {_place(path, program): path for path in program.rglob("*") if path.is_file() and not path.is_symlink()}
    own = next(one for one in components if one.kind == OWN)
    others = [_component(one, places) for one in components if one is not own]
    main = _component(own, places)
    left = [place for place in places if not place.startswith(("licenses/", "Resources/licenses/"))]
    starters = [place for place in left if "/" not in place or place.startswith("MacOS/")]
    if set(left) - set(starters) - _made_by_bundling(left):
        raise Failed(f"files of unknown origin in the program: {', '.join(sorted(set(left) - set(starters))[:10])}")
    main["components"] = [*main.get("components", []), *(_file(place, places[place], own) for place in sorted(left))]
    main["type"] = "application"
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([release, main, others], sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"timestamp": datetime.fromtimestamp(seconds, UTC).isoformat(), "component": main},
        "components": others,
        "dependencies": [{"ref": main["bom-ref"], "dependsOn": sorted(one["bom-ref"] for one in others)}],
    }


def _place(path: Path, program: Path) -> str:
    """As the specification named it: without the folder that PyInstaller adds."""
    inside = path.relative_to(program).as_posix()
    for added in ("_internal/", "Contents/Frameworks/", "Contents/Resources/", "Contents/"):
        if inside.startswith(added):
            return inside.removeprefix(added)
    return inside


def _made_by_bundling(left: list[str]) -> set[str]:
    """What PyInstaller and codesign add to a macOS program."""
    return {place for place in left if place in ("Info.plist", "chatbelle.icns") or place.startswith("_CodeSignature/")}


def _component(one: Component, places: dict[str, Path]) -> dict[str, Any]:
    """`places` loses the files that are listed."""
    reference = _reference(one)
    made: dict[str, Any] = {"type": "library", "bom-ref": reference, "name": one.name, "version": one.version}
    if one.kind in (PYPI, DEBIAN, PYTHON):
        made["purl"] = reference
    if one.licence:
        name = {"id": one.licence} if one.licence in IDENTIFIERS else {"name": one.licence}
        made["licenses"] = [{"license": name}]
    files = [_file(place, places.pop(place), one) for place in sorted(set(one.files)) if place in places]
    if files:
        made["components"] = files
    return made


def _reference(one: Component) -> str:
    release = quote(one.version, safe="")
    if one.kind == PYPI:
        return f"pkg:pypi/{one.name}@{release}"
    if one.kind == DEBIAN:
        return f"pkg:deb/{_distribution()}/{quote(one.name, safe='')}@{release}"
    return f"pkg:generic/{one.name.lower()}@{release}"


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["ID"]
    except (OSError, KeyError):
        return "debian"


def _file(place: str, path: Path, one: Component) -> dict[str, Any]:
    hashes = [{"alg": "SHA-256", "content": digest(path)}]
    return {"type": "file", "bom-ref": f"{_reference(one)}#{quote(place)}", "name": place, "hashes": hashes}
