"""Writes `docs/settings.md` from the rows of `app.settings`: `python tools/settings_doc.py`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.settings import ROWS, Setting  # noqa: E402

TARGET = ROOT / "docs" / "settings.md"
HEAD = """# Settings

Made by `python tools/settings_doc.py` from `app/settings.py`. Kept in `settings.json` in the data folder; a value that
does not fit is ignored and the default used. "Loads again": the model is loaded anew when the value changes.

| Key | Meaning | Default | Values | Loads again |
|---|---|---|---|---|
"""


def values(row: Setting) -> str:
    """What the row accepts, in words."""
    if row.choices:
        return ", ".join(f"`{value}`" for value, _ in row.choices)
    if isinstance(row.default, bool):
        return "`true`, `false`"
    if row.low is not None and row.high is not None:
        return f"{row.low:g} to {row.high:g}, step {row.step:g}"
    return "text"


def text() -> str:
    """The whole page."""
    lines = []
    for row in ROWS:
        meaning = ". ".join(part for part in (row.title, row.hint) if part) or "kept by the app itself"
        default = str(row.default).lower() if isinstance(row.default, bool) else str(row.default) or "(empty)"
        lines.append(f"| `{row.key}` | {meaning} | `{default}` | {values(row)} | {'yes' if row.reload_model else ''} |")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
    print(TARGET)
