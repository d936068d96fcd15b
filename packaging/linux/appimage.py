"""AppDir, its squashfs, and the AppImage: that squashfs behind a runtime, which no package registry carries."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from linux import tree
from steps.findings import Failed
from steps.places import COMMAND, ICONS, NAME, epoch

RUNTIME = "APPIMAGE_RUNTIME"
MAGIC = b"AI\x02"  # at offset 8 of every type-2 runtime
START = f"""\
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/{tree.PROGRAM}/{COMMAND}" "$@"
"""


def make(app_dir: Path, out: Path, version: str, machine: str) -> list[Path]:
    folder = out / f"{NAME}.AppDir"
    lay_out(folder, app_dir, version)
    packed = squash(folder, out / f"{NAME}-{version}-{machine}.squashfs")
    runtime = os.environ.get(RUNTIME)
    if not runtime:
        return [folder, packed]
    return [folder, packed, join(Path(runtime), packed, out / f"{NAME}-{version}-{machine}.AppImage")]


def lay_out(folder: Path, app_dir: Path, version: str) -> None:
    """An AppDir: the installed files, with a start script, desktop entry and icon on top."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tree.lay_out(folder, app_dir, version)
    tree.write(folder / "AppRun", START, 0o755)
    tree.put(tree.HERE / "chatbelle.desktop", folder / f"{COMMAND}.desktop")
    tree.put(ICONS / f"{COMMAND}-256.png", folder / f"{COMMAND}.png")
    tree.link(folder / ".DirIcon", f"{COMMAND}.png")
    tree.settle(folder)


def squash(folder: Path, target: Path) -> Path:
    """The same bytes for the same program: no owner, the time of the version (SOURCE_DATE_EPOCH)."""
    target.unlink(missing_ok=True)
    command = ["mksquashfs", str(folder), str(target), "-root-owned", "-noappend", "-no-progress", "-quiet"]
    command += ["-comp", "zstd", "-Xcompression-level", "19", "-b", "1M"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch())}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return target


def join(runtime: Path, packed: Path, target: Path) -> Path:
    """Runtime and squashfs, one behind the other."""
    start = runtime.read_bytes() if runtime.is_file() else b""
    if start[8:11] != MAGIC:
        raise Failed(f"{RUNTIME}={runtime} is no type-2 AppImage runtime")
    with target.open("wb") as file, packed.open("rb") as rest:
        file.write(start)
        shutil.copyfileobj(rest, file)
    target.chmod(0o755)
    return target
