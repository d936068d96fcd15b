"""A window and a terminal at the same installs: one of them at a time, and each can end what the other has begun."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import run
from app.runtime.models import install_lock
from app.runtime.models.installs import InstallRequest, InstallStatus
from app.runtime.weights.records import Target
from tests.runtime.models.hub import Hub
from tests.runtime.models.install_kit import BLOOM, GOOD_ANSWER, READY, WAIT, Kit, tiny_hub


@pytest.fixture
def hub(fx: Path) -> Iterator[Hub]:
    with Hub() as hub:
        tiny_hub(hub, fx)
        yield hub


@pytest.fixture
def kit(home: Path, fx: Path, hub: Hub) -> Iterator[Kit]:
    kit = Kit(home, fx, hub)
    yield kit
    assert kit.service.close()


def installing(kit: Kit) -> list[Path]:
    """Their folders."""
    return sorted(one for one in (kit.paths.models / ".installing").glob("*") if one.is_dir())


def test_two_programs_do_not_do_the_same_install(kit: Kit, hub: Hub, fx: Path) -> None:
    hub.pace = 300_000
    install = kit.service.install(kit.plan(InstallRequest(model=BLOOM)))
    kit.heard.wait(lambda _events: any(one.steps[0].done for one in kit.heard.states(install)))
    other = Kit(kit.home, fx, hub)
    other.service.resume(install)
    error = other.heard.until(install, InstallStatus.FAILED).error
    assert error is not None and error.code == "install-elsewhere"
    assert error.params == {"name": "Tiny-Bloom", "process": str(os.getpid())}
    assert installing(kit) and other.service.close()
    hub.pace = 0
    assert kit.heard.until(install, InstallStatus.FINISHED, InstallStatus.FAILED).error is None


def test_another_program_can_end_an_install(kit: Kit, hub: Hub, fx: Path) -> None:
    hub.pace = 300_000
    install = kit.service.install(kit.plan(InstallRequest(model=BLOOM)))
    kit.heard.wait(lambda _events: any(one.steps[0].done for one in kit.heard.states(install)))
    other = Kit(kit.home, fx, hub)
    other.service.cancel(install)
    other.heard.until(install, InstallStatus.CANCELLED)
    assert kit.heard.until(install, InstallStatus.CANCELLED).error is None
    assert other.service.close() and not (kit.paths.models / ".installing").exists()


def test_one_that_does_not_end_is_named(kit: Kit, fx: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install_lock, "PATIENCE", 0.2)
    going_on = threading.Event()

    def deaf(*_: object) -> str:
        going_on.wait(WAIT)
        return GOOD_ANSWER

    kit.trial = deaf
    install = kit.service.install(kit.plan(InstallRequest(path=fx / "bloom-hf", target=Target.Q4_0)))
    kit.heard.wait(lambda _events: any(one.question for one in kit.heard.states(install)))
    other = Kit(kit.home, fx)
    other.service.cancel(install)
    error = other.heard.until(install, InstallStatus.FAILED).error
    assert error is not None and (error.code, error.params["process"]) == ("install-not-ended", str(os.getpid()))
    assert installing(kit) and other.service.close()
    going_on.set()
    assert kit.heard.until(install, InstallStatus.FINISHED, InstallStatus.CANCELLED)


@pytest.mark.parametrize("status", [InstallStatus.PAUSED, InstallStatus.QUEUED])
def test_what_another_program_has_cancelled_does_not_come_back(
    kit: Kit, hub: Hub, fx: Path, status: InstallStatus
) -> None:
    hub.pace = 500_000
    first = kit.service.install(kit.plan(InstallRequest(model=READY)))
    install = kit.service.install(kit.plan(InstallRequest(model=BLOOM)))
    if status is InstallStatus.PAUSED:
        kit.service.pause(install)
        kit.heard.until(install, status)
    kit.heard.wait(lambda _events: (kit.paths.models / ".installing" / install / "state.json").exists())
    other = Kit(kit.home, fx, hub)
    other.service.cancel(install)
    other.heard.until(install, InstallStatus.CANCELLED)
    assert other.service.close() and kit.service.installs()[1].status is status
    hub.pace = 0
    if status is InstallStatus.PAUSED:
        kit.service.resume(install)
    assert kit.heard.until(install, InstallStatus.CANCELLED).error is None
    kit.heard.until(first, InstallStatus.FINISHED)
    assert installing(kit) == []


def test_a_folder_in_which_another_program_installs_is_not_moved(kit: Kit, hub: Hub, fx: Path, tmp_path: Path) -> None:
    hub.pace = 300_000
    install = kit.service.install(kit.plan(InstallRequest(model=BLOOM)))
    kit.heard.wait(lambda _events: any(one.steps[0].done for one in kit.heard.states(install)))
    other = Kit(kit.home, fx, hub)
    problem = other.problem(other.service.move(tmp_path / "新 家", lambda _folder: None, other.heard))
    assert problem.code == "install-elsewhere" and not (tmp_path / "新 家").exists()
    assert other.service.close()
    kit.service.cancel(install)
    kit.heard.until(install, InstallStatus.CANCELLED)


def test_a_terminal_cancels_what_a_window_is_at(kit: Kit, hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    hub.pace = 300_000
    install = kit.service.install(kit.plan(InstallRequest(model=BLOOM)))
    kit.heard.wait(lambda _events: any(one.steps[0].done for one in kit.heard.states(install)))
    assert run(["models", "cancel", install, "--yes", "--json"]) == 0
    assert install in capsys.readouterr().out
    kit.heard.until(install, InstallStatus.CANCELLED)
    assert not (kit.paths.models / ".installing").exists()
