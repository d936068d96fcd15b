"""A folder like the one PyInstaller makes on Windows, with empty files: elsewhere the installer is made around it."""

from __future__ import annotations

import shutil
from pathlib import Path

from steps.places import CONSOLE_EXE, STAND_IN, WINDOWED_EXE

FILES = (
    WINDOWED_EXE,
    CONSOLE_EXE,
    "_internal/python311.dll",
    "_internal/base_library.zip",
    "_internal/PySide6/Qt6Core.dll",
    "_internal/PySide6/plugins/platforms/qwindows.dll",
    "_internal/llama_cpp/lib/llama.dll",
    "_internal/llama_cpp/lib/ggml-cpu-x64.dll",
    "_internal/assets/icon.svg",
    "_internal/assets/guide/guide.gguf",
    "_internal/assets/i18n/zh_CN.ts",
    "_internal/licenses/index.txt",
)


def make(folder: Path = STAND_IN) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    for name in FILES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder
