"""Every test gets its own data folder; nothing touches the user's. The weight files of tests/fixtures/README.md."""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parent / "fixtures"

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose name holds Chinese characters and a space."""
    folder = tmp_path / "数据 folder"
    folder.mkdir()
    monkeypatch.setenv("CHATBELLE_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def fx(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked weight files: llama-hf/, legacy/, corrupt/ … Do not write into it."""
    folder = tmp_path_factory.mktemp("weights")
    with tarfile.open(FIXTURES / "weights.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="session")
def expected() -> dict[str, Any]:
    """What the original tools say about these files."""
    data: dict[str, Any] = json.loads((FIXTURES / "weights_expected.json").read_text(encoding="utf-8"))
    return data
