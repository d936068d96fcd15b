"""What a check found."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """`where`: a file or a tool. A note (e.g. a tool that is not here) does not fail the build."""

    where: str
    text: str
    is_note: bool = False

    def __str__(self) -> str:
        return f"{'note' if self.is_note else 'WRONG'}: {self.where}: {self.text}"


class Failed(Exception):
    """Ends the build with one message."""


def not_here(tool: str, package: str = "") -> Finding:
    """Nothing was checked, since `tool` is not installed."""
    how = f" (Debian package {package})" if package else ""
    return Finding(tool, f"not installed{how}: this was not checked", is_note=True)


def judged_by(command: Sequence[str | Path], where: str) -> list[Finding]:
    """What a checking program says, when it is not content."""
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode == 0:
        return []
    said = (done.stdout + done.stderr).strip() or f"exit code {done.returncode}"
    return [Finding(where, f"{words[0]}: {said}")]
