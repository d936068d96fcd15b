"""llama.cpp's libraries, where the binding looks for them: `llama_cpp/lib`. PyInstaller has no hook of its own.

Wheels cannot hold links, so a library is there up to three times (libX.so, libX.so.0, libX.so.0.5.0): one of them is
taken, and steps/bundle.py makes the name that the binding opens a link to it.
"""

from pathlib import Path

from PyInstaller.utils.hooks import get_package_paths

from steps.bundle import libraries

folder = Path(get_package_paths("llama_cpp")[1]) / "lib"
binaries = [(str(path), "llama_cpp/lib") for path in libraries(folder)]
excludedimports = ["llama_cpp.server", "llama_cpp.mtmd_cpp"]
