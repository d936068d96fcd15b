"""The packaged program against the same app from source: time to its window, and what it weighs.

    python bench/package.py [--quick] [PROGRAM]

Both are started alternately, each until its window is shown and until the history behind it is wired; what is judged is
the median of the paired ratios. PROGRAM is build/package/frozen/chatbelle/chatbelle, which `make package` makes.
Runs on the platform QT_QPA_PLATFORM names (offscreen, xcb).
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

from bench.window import _marks  # noqa: E402
from steps import measure  # noqa: E402
from steps.places import OUT, app_dir  # noqa: E402

TARGET_RATIO = 1.5
ROUNDS, QUICK_ROUNDS = 15, 3


def start_ratio(program: Path, rounds: int) -> float:
    """Print medians; the larger of the ratios of the two marks."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "CHATBELLE_HOME": home, "CHATBELLE_EXIT_WHEN_READY": "1", "PYTHONPATH": str(ROOT)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = f"{home}/bytecode"  # as an installed program has it
        commands = {"source": [sys.executable, "-m", "app"], "packaged": [str(program)]}
        taken = [{name: _marks(words, environment) for name, words in commands.items()} for _ in range(rounds + 1)]
    ratios = []
    for mark in ("shown", "wired"):
        pairs = [
            (one["packaged"][mark], one["source"][mark]) for one in taken[1:]
        ]  # the first round warms the disk cache
        ratio = statistics.median(own / source for own, source in pairs)
        own, source = (statistics.median(side) * 1000 for side in zip(*pairs, strict=True))
        print(f"start to {mark}: packaged {own:.0f} ms, source {source:.0f} ms, ratio {ratio:.2f}")
        ratios.append(ratio)
    return max(ratios)


def sizes(program: Path) -> bool:
    """Print what is installed and what must be fetched; True within the limits."""
    installed = measure.installed_size(program.parent) / 1e6
    print(f"installed: {installed:.1f} MB of {measure.INSTALLED_MB}")
    for package in [*sorted(OUT.glob("*.deb")), *sorted(OUT.glob("*.tar.gz")), *sorted(OUT.glob("*.squashfs"))]:
        print(f"{package.name}: {package.stat().st_size / 1e6:.1f} MB")
    return installed <= measure.INSTALLED_MB


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path, nargs="?", default=app_dir() / "chatbelle")
    parser.add_argument("--quick", action="store_true", help="three starts")
    options = parser.parse_args()
    if not options.program.is_file():
        raise SystemExit(f"{options.program} is missing: `make package`")
    met = [
        sizes(options.program),
        start_ratio(options.program, QUICK_ROUNDS if options.quick else ROUNDS) <= TARGET_RATIO,
    ]
    print("targets met" if all(met) else "a target is missed")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
