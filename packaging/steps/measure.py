"""What must hold of the frozen program before it is packed: its parts, its size, and how old a system it starts on."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from steps.bundle import SYSTEM
from steps.findings import Failed, Finding
from steps.places import app_dir
from tools.setup import say

INSTALLED_MB = 210
PACKED_MB = 75  # without the guide
GUIDE = "assets/guide/guide.gguf"
# Newest symbol versions of Ubuntu 22.04 and Debian 12: the program asks for nothing newer.
OLDEST = {"GLIBC": (2, 35), "GLIBCXX": (3, 4, 30), "CXXABI": (1, 3, 13)}
C_LIBRARY = re.compile(r"^(lib(c|m|dl|rt|pthread|util|resolv)\.so\.\d|ld-linux.*)")
PARTS = {
    "linux": (
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so",
        "PySide6/Qt/plugins/platformthemes/libqxdgdesktopportal.so",
        "PySide6/Qt/translations/qtbase_zh_CN.qm",
        "llama_cpp/lib/libllama.so",
        "llama_cpp/lib/libggml-cpu-x64.so",
        "llama_cpp/lib/libggml-cpu-sse42.so",
        "llama_cpp/lib/libggml-cpu-haswell.so",
    ),
    "win32": (
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/translations/qtbase_zh_CN.qm",
        "llama_cpp/lib/llama.dll",
        "llama_cpp/lib/ggml-cpu-sse42.dll",
        "llama_cpp/lib/ggml-cpu-haswell.dll",
    ),
    "darwin": ("PySide6/Qt/plugins/platforms/libqcocoa.dylib", "llama_cpp/lib/libllama.dylib"),
}
EVERYWHERE = (GUIDE, "assets/i18n/zh_CN.ts", "assets/icon.svg", "assets/catalogue.json", "licenses/index.txt")
UNWANTED = re.compile(r"libqgtk3|libqeglfs|readline|hf_xet|libgtk|Qt6?(Qml|Quick|WebEngine)|libsqlmysql", re.IGNORECASE)


def verify(_out: Path, _vulkan: bool) -> None:
    """sizes, parts and the oldest system that the program starts on"""
    folder = app_dir()
    if not folder.is_dir():
        raise Failed(f"{folder} is missing: run the step freeze first")
    size = installed_size(folder) / 1e6
    say(f"  installed: {size:.1f} MB (limit {INSTALLED_MB})")
    found = absent(folder) + unwanted(folder)
    if size > INSTALLED_MB:
        found.append(Finding(folder.name, f"{size:.1f} MB installed, the limit is {INSTALLED_MB} MB"))
    if sys.platform == "linux":
        found += too_new(folder) + unresolved(folder)
    if found:
        raise Failed("\n".join(map(str, found)))


def files(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def installed_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in files(folder))


def verify_packed(package: Path, folder: Path) -> None:
    """Raises `Failed` if `package` without the guide is larger than people should have to fetch."""
    guide = next((path for path in files(folder) if path.as_posix().endswith(GUIDE)), None)
    size = (package.stat().st_size - (guide.stat().st_size if guide else 0)) / 1e6
    say(f"  {package.name} without the guide: {size:.1f} MB (limit {PACKED_MB})")
    if size > PACKED_MB:
        raise Failed(f"{package.name} is {size:.1f} MB without the guide, the limit is {PACKED_MB} MB")


def absent(folder: Path) -> list[Finding]:
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    wanted = [*EVERYWHERE, *PARTS.get(sys.platform, ())]
    missing = [part for part in wanted if not any(one.endswith(f"/{part}") for one in there)]
    return [Finding(part, "is not in the program") for part in missing]


def unwanted(folder: Path) -> list[Finding]:
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    return [
        Finding(name, "does not belong in the program") for name in names if UNWANTED.search(name.rsplit("/", 1)[-1])
    ]


def is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def too_new(folder: Path) -> list[Finding]:
    """Files that ask for symbols which the oldest supported systems lack."""
    found, newest = [], dict.fromkeys(OLDEST, (0,))
    for path in filter(is_elf, files(folder)):
        for name, number in asked_versions(path.read_bytes()):
            newest[name] = max(newest[name], number)
            if number > OLDEST[name]:
                found.append(Finding(path.name, f"asks for {name}_{'.'.join(map(str, number))}"))
    say("  asks for " + ", ".join(f"{name} {'.'.join(map(str, number))}" for name, number in newest.items()))
    return found


def asked_versions(data: bytes) -> set[tuple[str, tuple[int, ...]]]:
    """Symbol versions of the C and C++ libraries that a library's tables name."""
    named = re.findall(rb"\0(GLIBC|GLIBCXX|CXXABI)_(\d+(?:\.\d+)+)(?=\0)", data)
    return {(name.decode(), tuple(map(int, number.split(b".")))) for name, number in named}


def unresolved(folder: Path) -> list[Finding]:
    """Libraries that a file asks for and that are neither in the program nor the system's own."""
    there = {path.name for path in folder.rglob("*")}
    found, system = [], set()
    for path in filter(is_elf, files(folder)):
        for name in needed(path):
            if SYSTEM.match(name) or C_LIBRARY.match(name):
                system.add(name)
            elif name not in there:
                found.append(Finding(path.name, f"asks for {name}, which is not in the program"))
    say(f"  of the system: {' '.join(sorted(system))}")
    return found


def needed(path: Path) -> list[str]:
    shown = subprocess.run(["objdump", "-p", str(path)], capture_output=True, text=True, check=False).stdout
    return re.findall(r"^\s+NEEDED\s+(\S+)", shown, re.MULTILINE)
