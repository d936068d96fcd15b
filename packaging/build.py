"""Turn this checkout into what people install.

python packaging/build.py                      everything this system can make, in dist/
python packaging/build.py --only STEP …        these steps alone; what came before must be there (build/package/)
python packaging/build.py --check              verify what can be verified here of all three systems' packages
python packaging/build.py --list               the steps

A platform's folder holds one module, with
    build(app_dir: Path, out: Path, version: str) -> list[Path]     the packages made from the frozen program
    check() -> list[Finding]                                        what can be verified of it on this system
linux/packages.py, windows/installer.py, macos/bundle.py. `app_dir` is the folder that PyInstaller made (on macOS the
`.app`); the stand-in for Windows, made where there is no Windows, has the same files with nothing in them.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]

from steps import run  # noqa: E402
from steps.places import OUT  # noqa: E402


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=run.names(), metavar="STEP", help="steps: %(choices)s")
    parser.add_argument("--check", action="store_true", help="verify, build nothing")
    parser.add_argument("--list", action="store_true", help="name the steps")
    parser.add_argument("--out", type=Path, default=OUT, help="where the packages go (dist)")
    parser.add_argument("--vulkan", action="store_true", help="with llama.cpp's plugin for graphics cards")
    options = parser.parse_args(arguments)
    if options.list:
        run.show()
        return 0
    if options.check:
        return run.check()
    return run.build(options.only or run.names(), Path(os.path.abspath(options.out)), options.vulkan)  # noqa: PTH100


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
