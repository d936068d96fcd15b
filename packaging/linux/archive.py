"""The `.tar.gz`: the program's folder as it is, the same bytes for the same program."""

from __future__ import annotations

import os
import subprocess
import tarfile
from pathlib import Path

from linux import tree
from steps.places import COMMAND, ICONS, epoch


def make(app_dir: Path, target: Path) -> Path:
    extra = {
        f"{COMMAND}/README.md": tree.HERE / "README.md",
        f"{COMMAND}/{COMMAND}.desktop": tree.HERE / "chatbelle.desktop",
        f"{COMMAND}/{COMMAND}.png": ICONS / f"{COMMAND}-256.png",
    }
    plain = target.with_suffix("")
    with tarfile.open(plain, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path in [app_dir, *sorted(app_dir.rglob("*"))]:
            name = f"{COMMAND}/{path.relative_to(app_dir).as_posix()}".removesuffix("/.")
            archive.add(path, name, recursive=False, filter=_anonymous)
        for name, path in extra.items():
            archive.add(path, name, filter=_anonymous)
    os.utime(plain, (epoch(), epoch()))  # gzip notes it
    subprocess.run(["libdeflate-gzip", "-12", "-f", str(plain)], check=True)  # 4 % smaller than the usual gzip's best
    return target


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """No user of this machine, and the time of the version."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = epoch()
    if entry.isreg():
        entry.mode = 0o755 if entry.mode & 0o100 else 0o644
    return entry
