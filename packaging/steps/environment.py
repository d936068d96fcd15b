"""The Python environment that is frozen: the locks' packages, PyInstaller, and a llama.cpp that runs everywhere."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import sys
import tempfile
from pathlib import Path

from steps.findings import Failed
from steps.places import ROOT, VENV, python
from tools import setup
from tools.system_packages import missing_for_packaging

LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-package.lock"]
STAMP = VENV / "chatbelle-package.txt"
MACOS = "13.0"
VULKAN_HEADERS = 272
# The plugins' install folders: the binding's own rules do not know the targets that are made per processor.
PLUGINS = (
    "-DGGML_BACKEND_DL=ON",
    "-DGGML_CPU_ALL_VARIANTS=ON",
    "-DCMAKE_INSTALL_BINDIR=llama_cpp/lib",
    "-DCMAKE_INSTALL_LIBDIR=llama_cpp/lib",
    "-DCMAKE_INSTALL_INCLUDEDIR=llama_cpp/include",
)
OF_THIS_USER = ("CMAKE_ARGS", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS")  # may name this processor


def prepare(_out: Path, vulkan: bool) -> None:
    """build/package/venv: the app's packages, PyInstaller, and llama.cpp for every processor"""
    if not setup.OLDEST <= sys.version_info[:2] <= setup.NEWEST:
        raise Failed(
            f"Python 3.{setup.OLDEST[1]} to 3.{setup.NEWEST[1]} is needed, this is {platform.python_version()}"
        )
    if vulkan:
        check_vulkan_headers()
    setup.have_packages(lambda: (missing_for_packaging(vulkan), []))
    rest, native = setup.split_lock(LOCKS[0].read_text("utf-8"))
    wheel = redistributable(native, vulkan)
    stamp = hashlib.sha256(b"\0".join([*(lock.read_bytes() for lock in LOCKS), wheel.read_bytes()])).hexdigest()
    stamp += f"\n{sys.version}\n"
    if STAMP.is_file() and STAMP.read_text("utf-8") == stamp:
        return
    setup.make_venv(VENV)
    log = setup.log_folder() / "package.log"
    with tempfile.TemporaryDirectory() as folder:
        filtered = Path(folder) / "packages.txt"
        filtered.write_text(rest, "utf-8")
        setup.pip_install(python(), filtered, log, "Installing the app's packages")
    setup.pip_install(python(), LOCKS[1], log, "Installing PyInstaller")
    command = [str(python()), "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--no-index"]
    setup.run_logged([*command, "--force-reinstall", str(wheel)], log, "Installing llama.cpp")
    STAMP.write_text(stamp, "utf-8")


def check_vulkan_headers(folder: Path = Path("/usr/include/vulkan")) -> None:
    """Raise `Failed` where they are there but older than ggml's plugin needs (Debian 12's are)."""
    header = folder / "vulkan_core.h"
    found = re.search(r"#define VK_HEADER_VERSION (\d+)", header.read_text("utf-8")) if header.is_file() else None
    if found and int(found[1]) < VULKAN_HEADERS:
        raise Failed(f"Vulkan headers 1.3.{VULKAN_HEADERS} or newer are needed, {header} has 1.3.{found[1]}")


def flags(system: str, machine: str, vulkan: bool) -> list[str]:
    """How llama.cpp is compiled so that the result runs on other computers than this one."""
    words = [*setup.NATIVE_FLAGS.split(), "-DGGML_NATIVE=OFF"]
    if system == "darwin":  # Metal and its shaders are always in it; a Mac's processor is known by its architecture
        return [*words, f"-DCMAKE_OSX_DEPLOYMENT_TARGET={MACOS}", f"-DCMAKE_OSX_ARCHITECTURES={machine}"]
    words += PLUGINS
    words += ["-DCMAKE_INSTALL_RPATH=$ORIGIN"] if system == "linux" else ["-DGGML_OPENMP=OFF"]  # else vcomp140.dll
    return [*words, "-DGGML_VULKAN=ON"] if vulkan else words


def wheel_folder(words: list[str]) -> Path:
    """Beside the wheels that `make run` keeps, but named by what was asked of the compiler, not by the processor."""
    digest = hashlib.sha256("\n".join([*words, *platform.libc_ver()]).encode()).hexdigest()[:12]
    return setup.cache_folder() / "wheels" / f"everywhere-{sys.platform}-{platform.machine().lower()}-{digest}"


def redistributable(native: str, vulkan: bool) -> Path:
    """The wheel, compiled once and kept."""
    words = flags(sys.platform, platform.machine(), vulkan)
    folder = wheel_folder(words)
    kept = setup.kept_wheel(native, folder)
    if kept:
        return kept
    launcher = ["-DCMAKE_C_COMPILER_LAUNCHER=ccache", "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"]
    environment = {name: value for name, value in os.environ.items() if name not in OF_THIS_USER}
    environment["CMAKE_ARGS"] = " ".join([*words, *(launcher if shutil.which("ccache") else [])])
    return setup.build_wheel(native, folder, environment, "for every processor. This takes about 20 minutes")
