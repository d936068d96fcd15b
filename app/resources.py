"""Read-only files shipped with the app (`assets/`), from a checkout, a wheel or a packaged build."""

from __future__ import annotations

import sys
from pathlib import Path


def assets() -> Path:
    """The folder `assets/`."""
    packaged = getattr(sys, "_MEIPASS", None)
    root = Path(packaged) if packaged else Path(__file__).resolve().parent.parent
    return root / "assets"


def guide_model() -> Path:
    """The built-in guide model (GGUF)."""
    return assets() / "guide" / "guide.gguf"
