"""The files of an installed program: itself in usr/lib/chatbelle, and what the desktop must know of it."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from steps.icons import LINUX
from steps.places import APP_ID, COMMAND, ICONS, epoch

HERE = Path(__file__).resolve().parent
PROGRAM = f"usr/lib/{COMMAND}"


def lay_out(root: Path, app_dir: Path, version: str) -> None:
    """Fill `root` as the system's root. The program's files are linked, not copied, where the disk can do that."""
    shutil.copytree(app_dir, root / PROGRAM, symlinks=True, copy_function=_link)
    link(root / "usr/bin" / COMMAND, f"../lib/{COMMAND}/{COMMAND}")
    write_desktop_files(root, version)
    for size in LINUX:
        put(ICONS / f"{COMMAND}-{size}.png", root / f"usr/share/icons/hicolor/{size}x{size}/apps/{COMMAND}.png")
    put(ICONS / f"{COMMAND}.svg", root / f"usr/share/icons/hicolor/scalable/apps/{COMMAND}.svg")
    put(HERE / "README.md", root / f"usr/share/doc/{COMMAND}/README.md")


def write_desktop_files(root: Path, version: str) -> dict[str, Path]:
    """Desktop entry, MIME type and AppStream metadata."""
    share = root / "usr/share"
    files = {
        "desktop": put(HERE / "chatbelle.desktop", share / f"applications/{COMMAND}.desktop"),
        "mime": put(HERE / "chatbelle-mime.xml", share / f"mime/packages/{COMMAND}.xml"),
        "metainfo": share / f"metainfo/{APP_ID}.metainfo.xml",
    }
    date = datetime.fromtimestamp(epoch(), UTC).date().isoformat()
    text = (HERE / "metainfo.xml").read_text("utf-8")
    for mark, value in (("@APP_ID@", APP_ID), ("@VERSION@", version), ("@DATE@", date)):
        text = text.replace(mark, value)
    write(files["metainfo"], text)
    return files


def put(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)
    return target


def write(target: Path, text: str, mode: int = 0o644) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8", newline="\n")
    target.chmod(mode)
    return target


def link(place: Path, target: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)


def settle(root: Path) -> None:
    """Rights of folders that do not depend on this user's umask, and the time of the version for all."""
    for path in [*root.rglob("*"), root]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
        os.utime(path, (epoch(), epoch()), follow_symlinks=False)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)
