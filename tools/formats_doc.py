"""Writes the tables of `docs/formats.md` from what the tests convert: `python tools/formats_doc.py`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.runtime.weights.records import Target  # noqa: E402
from tests.runtime.weights.format_rows import CONVERTER, QUANTIZER, SOURCES, TEXTS, Source  # noqa: E402

TARGET = ROOT / "docs" / "formats.md"
MARKS = re.compile(r"(<!-- table -->\n).*?(<!-- /table -->)", re.DOTALL)
FLOATS = (Target.F32, Target.F16)


def checks(source: Source, target: Target) -> str:
    """What a test compares the result with."""
    if source.floats:
        exact = CONVERTER if target in (*FLOATS, Target.KEEP) else QUANTIZER
        return f"{exact}; {TEXTS}"
    if target is Target.KEEP and source.exact:
        return f"{source.exact}; {TEXTS}"
    return TEXTS


def table() -> str:
    """One row per source and group of targets that are checked alike."""
    lines = ["| Source | Target | Verified against |", "|---|---|---|"]
    for source in SOURCES:
        groups: dict[str, list[str]] = {}
        for target in Target:
            name = f"keep ({source.kept})" if target is Target.KEEP else target.value
            groups.setdefault(checks(source, target), []).append(name)
        lines += [f"| {source.title} | {', '.join(names)} | {check} |" for check, names in groups.items()]
    return "\n".join(lines) + "\n"


def text() -> str:
    """The page with a current table."""
    return MARKS.sub(lambda found: found[1] + table() + found[2], TARGET.read_text("utf-8"))


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
    print(TARGET)
