"""Unfinished installs that the window tells of after a start: found quickly, and those of others left alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from app.runtime.models.installs import InstallRequest, InstallStatus
from app.runtime.models.left_installs import LeftInstall, find_left_installs
from tests.runtime.models.hub import Hub
from tests.runtime.models.install_kit import BLOOM, READY, Kit, tiny_hub

ONE, TWO = "0123456789ab", "ba9876543210"


def left(models: Path, install: str, status: str, name: str = "BELLE", created: float = 1.0) -> None:
    place = models / ".installing" / install
    place.mkdir(parents=True)
    (place / "state.json").write_text(
        json.dumps({"state": {"name": name, "status": status}, "work": {"created": created}})
    )


def setup(path: Path, **state: Any) -> Path:
    path.write_text(json.dumps({"version": 1, "state": state}))
    return path


def test_what_an_app_that_was_closed_has_left(home: Path, fx: Path) -> None:
    with Hub(pace=300_000) as hub:
        tiny_hub(hub, fx)
        kit = Kit(home, fx, hub)
        first = kit.service.install(kit.plan(InstallRequest(model=BLOOM)))
        second = kit.service.install(kit.plan(InstallRequest(model=READY)))
        kit.heard.wait(lambda _events: any(one.steps[0].done for one in kit.heard.states(first)))
        here = find_left_installs([kit.paths.models], kit.paths.setup)
        assert [one.id for one in here.installs] == [second], "a program is at the first"
        assert kit.service.close()
        found = find_left_installs([kit.paths.models, home / "nowhere"], kit.paths.setup).installs
        assert found == (LeftInstall(first, "Tiny-Bloom", False), LeftInstall(second, "Tiny-Gguf", False))
        hub.pace = 0
        kit.start()
        for one in (first, second):
            kit.service.resume(one)
            kit.heard.until(one, InstallStatus.FINISHED)
        assert find_left_installs([kit.paths.models], kit.paths.setup).installs == ()
        assert kit.service.close()


def test_failed_killed_and_ended_ones(tmp_path: Path) -> None:
    left(tmp_path, ONE, "failed", "后来", created=2)
    left(tmp_path, TWO, "running", "先")
    left(tmp_path, "a" * 12, "finished")
    (tmp_path / ".installing" / ("b" * 12)).mkdir()
    (tmp_path / ".installing" / f"{TWO}.lock").write_text("{}")  # as a killed one leaves it
    found = find_left_installs([tmp_path], tmp_path / "setup.json").installs
    assert found == (LeftInstall(TWO, "先", False), LeftInstall(ONE, "后来", True))


def test_the_one_of_the_wizard(tmp_path: Path) -> None:
    left(tmp_path, ONE, "paused")
    file = tmp_path / "setup.json"
    for told, state in (
        ((), {"page": "progress", "view": "hidden", "install": ONE, "progress": {"paused": False}}),
        ((), {"page": "progress", "view": "open", "install": ONE, "progress": {"paused": True}}),
        ((ONE,), {"page": "progress", "view": "hidden", "install": ONE, "progress": {"paused": True}}),
        ((ONE,), {"page": "source", "view": "left", "install": "", "failed": ONE}),
        ((), {"page": "source", "view": "open", "install": "", "failed": ONE}),
    ):
        found = find_left_installs([tmp_path], setup(file, **state)).installs
        assert tuple(one.id for one in found) == told and all(one.in_setup for one in found)
    assert not find_left_installs([tmp_path], setup(file, install=TWO)).installs[0].in_setup


def test_looking_brings_nothing_heavy(tmp_path: Path) -> None:
    left(tmp_path, ONE, "paused")
    program = f"""
import sys
from pathlib import Path
from app.runtime.models.left_installs import find_left_installs
assert find_left_installs([Path({str(tmp_path)!r})], Path("none")).installs
print(*sorted({{"numpy", "huggingface_hub", "llama_cpp", "app.runtime.models.installs"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == []
