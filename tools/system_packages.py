"""Looks for the system libraries and programs that ChatBELLE, its set-up and its tests need on Linux."""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import subprocess
import sys

# package on Debian and Ubuntu: the library it brings
QT_LIBRARIES = {
    "libgl1": "libGL.so.1",
    "libegl1": "libEGL.so.1",
    "libglib2.0-0": "libglib-2.0.so.0",
    "libdbus-1-3": "libdbus-1.so.3",
    "libfontconfig1": "libfontconfig.so.1",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-shape0": "libxcb-shape.so.0",
}
TEST_PROGRAMS = {"xvfb": "Xvfb", "xdotool": "xdotool", "openbox": "openbox", "wmctrl": "wmctrl"}


def missing_packages(for_tests: bool, for_window: bool, compiler: bool, venv: bool) -> tuple[list[str], list[str]]:
    """Debian package names of what is really absent here: (must be there, only wished for)."""
    if sys.platform != "linux":
        return [], []
    must: list[str] = []
    wished: list[str] = []
    if venv and not (has_module("ensurepip") and has_module("venv")):
        must.append("python3-venv")
    if compiler:
        if not (shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")):
            must.append("gcc")
        if not (shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")):
            must.append("g++")
    if for_tests or for_window:
        must += [package for package, library in QT_LIBRARIES.items() if not has_library(library)]
        if not has_chinese_font():
            fonts = ["fonts-wqy-microhei"] if for_tests else ["fonts-noto-cjk"]
            fonts += [] if shutil.which("fc-list") else ["fontconfig"]
            (must if for_tests else wished).extend(fonts)
    if for_tests:
        must += [package for package, program in TEST_PROGRAMS.items() if not shutil.which(program)]
    return must, wished


def has_library(name: str) -> bool:
    """True if the dynamic loader finds it."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


def has_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
