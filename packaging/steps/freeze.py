"""PyInstaller makes the program; its Python library is stripped; files get the same rights on every machine."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from steps.findings import Failed
from steps.places import COMMAND, FROZEN, PACKAGING, ROOT, WORK, app_dir, python
from tools import setup

SPECIFICATION = PACKAGING / "chatbelle.spec"


def freeze(_out: Path, _vulkan: bool) -> None:
    """build/package/frozen: the program with everything it needs, in one folder"""
    shutil.rmtree(FROZEN, ignore_errors=True)
    command = [str(python()), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    command += ["--distpath", str(FROZEN), "--workpath", str(WORK / "pyinstaller"), str(SPECIFICATION)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PACKAGING), str(ROOT)])}
    environment["PYINSTALLER_CONFIG_DIR"] = str(WORK / "pyinstaller-cache")
    log = setup.log_folder() / "pyinstaller.log"
    setup.run_logged(command, log, "PyInstaller", environment)
    folder = app_dir()
    if not folder.is_dir():
        raise Failed(f"PyInstaller made no {folder}; its output is in {log}")
    if sys.platform == "linux":
        strip(folder)
        normalise(folder)
    if sys.platform == "darwin":
        shutil.rmtree(FROZEN / COMMAND)  # the folder that the .app was made from


def strip(folder: Path) -> None:
    """Python's own libraries may be as they were compiled, four times as large. Never numpy's: they break."""
    for library in sorted([*folder.rglob("libpython3*.so*"), *folder.rglob("lib-dynload/*.so")]):
        if not library.is_symlink():
            subprocess.run(["strip", "--strip-unneeded", str(library)], check=True)


def normalise(folder: Path) -> None:
    """Rights that do not depend on this user's umask: programs and libraries 755, the rest 644."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_symlink():
            continue
        runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
        path.chmod(0o755 if runs else 0o644)
