"""Every test gets its own data folder; nothing touches the user's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose name holds Chinese characters and a space."""
    folder = tmp_path / "数据 folder"
    folder.mkdir()
    monkeypatch.setenv("CHATBELLE_HOME", str(folder))
    return folder
