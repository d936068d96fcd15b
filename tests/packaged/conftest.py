"""Tests of the program that `make package` built: `make test-package`. Without CHATBELLE_PACKAGED none is collected.

CHATBELLE_PACKAGED is the folder of the packages, or 1 for dist/.
"""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

import pytest

from steps.places import OUT, app_dir
from tests.packaged.kit import Run

ASKED = os.environ.get("CHATBELLE_PACKAGED", "")
collect_ignore_glob = [] if ASKED else ["test_*.py"]


@pytest.fixture(scope="session")
def packages() -> Path:
    folder = OUT if ASKED == "1" else Path(ASKED)
    if not list(folder.glob("SHA256SUMS")):
        pytest.fail(f"nothing was built in {folder}: `make package`")
    return folder


@pytest.fixture(scope="session")
def program() -> Path:
    """The frozen program's executable."""
    path = app_dir() / "chatbelle"
    if not path.is_file():
        pytest.fail(f"{path} is missing: `make package`")
    return path


@pytest.fixture(scope="session")
def deb(packages: Path) -> Path:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    found = sorted(packages.glob(f"chatbelle_*_{machine}.deb"))
    if not found:
        pytest.fail(f"no .deb in {packages}: `make package`")
    return found[-1]


@pytest.fixture
def run(home: Path) -> Run:
    """Run a program with an environment as bare as after a login; the text it says in UTF-8."""

    def run(*words: str | Path, timeout: float = 120, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "CHATBELLE_HOME": str(home),
            "LANG": "C.UTF-8",
            **more,
        }
        command = [str(word) for word in words]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=timeout
        )

    return run
