"""The steps in their order. Each is a function `(out, vulkan) -> None` that raises `Failed` with a sentence."""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from steps import checksums, environment, freeze, icons, measure, sbom, stand_in, translations
from steps.findings import Failed, Finding
from steps.places import WORK, app_dir, epoch, version
from tools.setup import SetupFailed, say

PLATFORMS = {"linux": "linux.packages", "win32": "windows.installer", "darwin": "macos.bundle"}


def make_packages(out: Path, _vulkan: bool) -> None:
    """This system's packages: on Linux .deb, .tar.gz, AppDir; on Windows installer and zip; on macOS .dmg"""
    show_files(importlib.import_module(PLATFORMS[sys.platform]).build(app_dir(), out, version()))


def make_stand_in(out: Path, _vulkan: bool) -> None:
    """off Windows: the Windows packages around empty files, so that they are known to compile"""
    if sys.platform == "win32":
        return
    installer = importlib.import_module(PLATFORMS["win32"])
    folder = out / "stand-in"
    folder.mkdir(parents=True, exist_ok=True)
    show_files(installer.build(stand_in.make(), folder, version()))


STEPS: dict[str, Callable[[Path, bool], None]] = {
    "environment": environment.prepare,
    "translations": translations.verify,
    "icons": icons.make,
    "freeze": freeze.freeze,
    "measure": measure.verify,
    "sbom": sbom.make,
    "packages": make_packages,
    "stand-in": make_stand_in,
    "checksums": checksums.make,
}


def names() -> list[str]:
    return list(STEPS)


def show() -> None:
    for name, step in STEPS.items():
        print(f"{name:14}{(step.__doc__ or '').strip().splitlines()[0]}")


def build(wanted: list[str], out: Path, vulkan: bool) -> int:
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch())  # for every tool that is started
    os.environ["PYTHONHASHSEED"] = "1"
    WORK.mkdir(parents=True, exist_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    for name in names():
        if name not in wanted:
            continue
        say(f"{name}: {(STEPS[name].__doc__ or '').strip().splitlines()[0]}")
        started = time.monotonic()
        try:
            STEPS[name](out, vulkan)
        except (Failed, SetupFailed) as failure:
            say(f"{name} FAILED: {failure}")
            return 1
        say(f"{name}: done after {time.monotonic() - started:.0f} s")
    return 0


def check() -> int:
    """Every platform's check and the shared ones; 1 if anything is wrong."""
    found: list[Finding] = [*translations.check(), *icons.check()]
    for module in PLATFORMS.values():
        found += importlib.import_module(module).check()
    for finding in found:
        say(str(finding))
    wrong = sum(not finding.is_note for finding in found)
    say(f"{wrong} wrong, {len(found) - wrong} not checked here")
    return 1 if wrong else 0


def show_files(paths: list[Path]) -> None:
    for path in paths:
        size = "" if path.is_dir() else f"  {path.stat().st_size / 1e6:.1f} MB"
        say(f"  {path}{size}")
