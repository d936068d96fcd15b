"""Linux: `.tar.gz`, `.deb`, AppDir with its squashfs, and the AppImage where APPIMAGE_RUNTIME names its runtime."""

from __future__ import annotations

import platform
import shutil
import tempfile
from pathlib import Path

from linux import appimage, archive, deb, tree
from steps import measure
from steps.findings import Finding, judged_by, not_here
from steps.places import version


def build(app_dir: Path, out: Path, version: str) -> list[Path]:
    machine = platform.machine()
    made = [
        archive.make(app_dir, out / f"chatbelle-{version}-linux-{machine}.tar.gz"),
        deb.make(app_dir, out / f"chatbelle_{version}_{deb.architecture(machine)}.deb", version),
    ]
    for package in made:
        measure.verify_packed(package, app_dir)
    return [*made, *appimage.make(app_dir, out, version, machine)]


def check() -> list[Finding]:
    """The desktop files, by the desktop's own tools; the package's rules, by lintian where a package was built."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        files = tree.write_desktop_files(folder, version())
        judges = [
            ("desktop-file-validate", "desktop-file-utils", [], files["desktop"]),
            ("appstreamcli", "appstream", ["validate", "--no-net", "--explain"], files["metainfo"]),
            ("xmllint", "libxml2-utils", ["--noout"], files["mime"]),
        ]
        found = []
        for tool, package, words, file in judges:
            if shutil.which(tool):
                found += judged_by([tool, *words, file], file.name)
            else:
                found.append(not_here(tool, package))
    return [*found, *deb.check()]
