"""The translations are read as they are (`assets/i18n/*.ts`): nothing to compile, but they must be complete."""

from __future__ import annotations

from pathlib import Path

from steps.findings import Failed, Finding
from tools import i18n


def verify(_out: Path, _vulkan: bool) -> None:
    """every text has its Chinese"""
    wrong = check()
    if wrong:
        raise Failed("\n".join(map(str, wrong)))


def check() -> list[Finding]:
    missing = i18n.unfinished(i18n.TARGET)
    return [Finding(i18n.TARGET.name, f"{context}: no translation of {text!r}") for context, text in missing]
