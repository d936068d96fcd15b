"""SHA256SUMS over every file that is handed out."""

from __future__ import annotations

import hashlib
from pathlib import Path

NAME = "SHA256SUMS"


def make(out: Path, _vulkan: bool) -> None:
    """SHA256SUMS over everything in dist/ (`sha256sum -c SHA256SUMS` verifies it)"""
    lines = [f"{digest(path)}  {path.relative_to(out).as_posix()}\n" for path in handed_out(out)]
    (out / NAME).write_text("".join(lines), "utf-8", newline="\n")


def handed_out(out: Path) -> list[Path]:
    """Files in `out`, without the unpacked AppDir."""
    found = (path for path in out.rglob("*") if path.is_file() and path.name != NAME)
    return sorted(path for path in found if not any(part.endswith(".AppDir") for part in path.relative_to(out).parts))


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
