"""Looks for the system libraries and programs that ChatBELLE, its set-up and its tests need on Linux."""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

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
# More libraries that go into the packages, so they must be there when it is frozen.
FROZEN_LIBRARIES = {
    "libwayland-client0": "libwayland-client.so.0",
    "libwayland-cursor0": "libwayland-cursor.so.0",
    "libxcb-image0": "libxcb-image.so.0",
    "libxcb-render-util0": "libxcb-render-util.so.0",
    "libxcb-randr0": "libxcb-randr.so.0",
    "libxcb-xkb1": "libxcb-xkb.so.1",
    "libgomp1": "libgomp.so.1",
}
PACKAGING_PROGRAMS = {
    "binutils": "objdump",
    "dpkg": "dpkg-deb",
    "desktop-file-utils": "desktop-file-validate",
    "appstream": "appstreamcli",
    "squashfs-tools": "mksquashfs",
    "libdeflate-tools": "libdeflate-gzip",
    "nsis": "makensis",
}
TEST_PROGRAMS = {
    "xvfb": "Xvfb",
    "x11-xkb-utils": "xkbcomp",
    "xdotool": "xdotool",
    "openbox": "openbox",
    "wmctrl": "wmctrl",
}


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


def missing_for_packaging(vulkan: bool = False) -> list[str]:
    """Debian package names of what `make package` needs and this machine lacks."""
    if sys.platform != "linux":
        return []
    must, _ = missing_packages(for_tests=False, for_window=False, compiler=True, venv=True)
    libraries = {**QT_LIBRARIES, **FROZEN_LIBRARIES}
    must += [package for package, library in libraries.items() if not has_library(library)]
    must += [package for package, program in PACKAGING_PROGRAMS.items() if not shutil.which(program)]
    if not has_shared_python():
        must.append(f"libpython{sys.version_info[0]}.{sys.version_info[1]}")
    if vulkan and not shutil.which("glslc"):
        must += ["glslc", "libvulkan-dev", "spirv-headers"]
    return must


def has_shared_python() -> bool:
    """PyInstaller puts Python in as a library, which Debian keeps in a package of its own."""
    name = f"libpython{sys.version_info[0]}.{sys.version_info[1]}.so.1.0"
    folder = sysconfig.get_config_var("LIBDIR") or ""
    return Path(folder, name).exists() or has_library(name)


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
