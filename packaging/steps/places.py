"""Folders and facts that every step shares. Standard library only: the first steps run before anything is installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PACKAGING = Path(__file__).resolve().parent.parent
ROOT = PACKAGING.parent
OUT = ROOT / "dist"
WORK = ROOT / "build" / "package"
VENV = WORK / "venv"
ICONS = WORK / "icons"  # chatbelle-16.png … chatbelle-512.png, chatbelle.svg, chatbelle.ico, chatbelle.icns
FROZEN = WORK / "frozen"
CONTENTS = WORK / "contents.json"  # what went into the frozen program and who made it
NOTICES = WORK / "licenses"
STAND_IN = WORK / "stand-in"

NAME = "ChatBELLE"
COMMAND = "chatbelle"
APP_ID = "io.github.chatbelle.ChatBELLE"  # AppStream id and macOS bundle identifier
WINDOWED_EXE, CONSOLE_EXE = "ChatBELLE.exe", "chatbelle-cli.exe"  # installed as chatbelle.com, see windows/payload.py
SUMMARY = "Runs BELLE language models on this computer, offline"
SUMMARY_ZH = "在本机离线运行 BELLE 语言模型"
EARLIEST = 315532800  # 1 January 1980: what zip files can hold


def app_dir(system: str = sys.platform) -> Path:
    """The frozen program."""
    return FROZEN / (f"{NAME}.app" if system == "darwin" else COMMAND)


def version() -> str:
    found = re.search(r'^__version__ = "([^"]+)"', (ROOT / "app" / "__init__.py").read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise ValueError("app/__init__.py names no version")
    return found[1]


def epoch() -> int:
    """The time that packages carry: SOURCE_DATE_EPOCH, else that of the last commit, so that builds can be repeated."""
    chosen = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not chosen:
        command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        try:
            chosen = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            chosen = ""
    return max(EARLIEST, int(chosen)) if chosen.isdigit() else EARLIEST


def python() -> Path:
    """The Python that has the app's packages and PyInstaller."""
    return VENV / "Scripts" / "python.exe" if sys.platform == "win32" else VENV / "bin" / "python"
