"""Real weight files on tiny models, made by the original tools (see tests/fixtures/README.md)."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture(scope="session")
def fx(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked folder: llama-hf/, legacy/, corrupt/ … Do not write into it."""
    folder = tmp_path_factory.mktemp("weights")
    with tarfile.open(FIXTURES / "weights.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="session")
def expected() -> dict[str, Any]:
    """What the original tools say about these files."""
    return json.loads((FIXTURES / "weights_expected.json").read_text(encoding="utf-8"))
