"""The weighted average of two training runs that began from the same weights and vocabulary.

python tools/guide/average.py BEFORE AFTER OUT --after 0.7
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import torch


def average(before: Path, after: Path, out: Path, share: float) -> None:
    """`share` is the weight of `after`, 0 to 1. Each folder holds guide.pt and vocabulary.json; so will `out`."""
    first, second = (torch.load(folder / "guide.pt", weights_only=True) for folder in (before, after))
    second["weights"] = {
        name: (1 - share) * tensor + share * second["weights"][name] for name, tensor in first["weights"].items()
    }
    out.mkdir(parents=True, exist_ok=True)
    torch.save(second, out / "guide.pt")
    shutil.copy(after / "vocabulary.json", out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("before", "after", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--after", dest="share", type=float, default=0.7, help="weight of the second run")
    options = parser.parse_args()
    average(options.before, options.after, options.out, options.share)


if __name__ == "__main__":
    main()
