"""An install that is killed at any moment goes on and ends in the right file, once."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from app.errors import Fixable
from app.paths import Paths
from app.runtime.events import Event
from app.runtime.jobs import CancelToken
from app.runtime.models import adding, disk
from app.runtime.models.install import InstallRun, Tools
from app.runtime.models.install_plan import Planner, Situation
from app.runtime.models.install_store import Work, find_installs, new_folder
from app.runtime.models.installs import (
    InstallChanged,
    InstallRequest,
    InstallState,
    InstallStatus,
    StepState,
    StepStatus,
)
from app.runtime.models.learned import LearnedHashes
from app.runtime.models.library import Library
from app.runtime.models.memory import Memory
from app.runtime.models.service import ModelOptions
from app.runtime.models.sources import OFFICIAL
from app.runtime.weights.write import GgufWriter
from tests.runtime.models.hub import Hub
from tests.runtime.models.install_kit import (
    BLOOM,
    GB,
    GOOD_ANSWER,
    READY,
    Kit,
    answers_well,
    origin_of,
    tiny_catalogue,
    tiny_hub,
)

ROUNDS = 5


class Killed(BaseException):
    """In place of the end of the process."""


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# --- a real process, killed at random moments -------------------------------------------------------------------------


def child(home: str, fx: str, endpoint: str, parent: Connection) -> None:
    """Install slowly, and send at every change how many steps are done."""
    write = GgufWriter.write_rows

    def slowly(self: GgufWriter, *arguments: Any) -> None:
        time.sleep(0.02)
        write(self, *arguments)

    GgufWriter.write_rows = slowly
    kit = Kit(Path(home), Path(fx), options=ModelOptions(source=endpoint))
    kit.trial = lambda *_: time.sleep(0.3) or GOOD_ANSWER
    plan = kit.plan(InstallRequest(model=BLOOM))
    kit.heard.also = lambda event: parent.send(done_steps(event))
    kit.service.install(plan)
    time.sleep(60)


def done_steps(event: Event) -> int:
    steps = event.state.steps if isinstance(event, InstallChanged) else ()
    return sum(one.status is StepStatus.DONE for one in steps)


@pytest.fixture
def hub(fx: Path) -> Iterator[Hub]:
    with Hub(pace=3_000_000) as hub:
        tiny_hub(hub, fx)
        yield hub


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_at_random_moments_it_ends_in_the_right_file(home: Path, fx: Path, hub: Hub, tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "app.runtime.models.install_queue", "app.runtime.models.download"])
    right = whole(home, fx, hub)
    chance = random.Random(20240501)
    for number in range(ROUNDS):
        place = tmp_path / f"第 {number} 次"
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=child, args=(str(place), str(fx), hub.endpoint, there), daemon=True)
        process.start()
        there.close()
        while here.poll(10) and here.recv() < number % 4:
            pass
        time.sleep(chance.uniform(0, 0.4))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        resumed(Kit(place, fx, hub), right)


def whole(home: Path, fx: Path, hub: Hub) -> str:
    kit = Kit(home, fx, hub)
    assert kit.install(InstallRequest(model=BLOOM)).error is None
    assert kit.service.close()
    return sha256(kit.service.entries()[0].manifest.path)


def resumed(kit: Kit, right: str) -> None:
    for state in kit.service.installs():
        kit.service.resume(state.id)
        assert kit.heard.until(state.id, InstallStatus.FINISHED, InstallStatus.FAILED).error is None
    assert kit.service.close()
    assert [sha256(one.manifest.path) for one in kit.service.entries()] == [right]
    left = {one.name for one in kit.paths.models.iterdir() if not one.name.startswith(".chatbelle")}
    assert left == {kit.service.entries()[0].manifest.id}


# --- every delicate moment, one by one --------------------------------------------------------------------------------


class Bench:
    """Runs of one install without lanes, each able to be killed."""

    def __init__(self, home: Path, fx: Path, source: Path) -> None:
        self.paths = Paths(home).create()
        self.library = Library([self.paths.models])
        catalogue = tiny_catalogue(fx)
        situation = Situation(
            (self.paths.models,), lambda _path: 100 * GB, Memory(16 * GB, 9 * GB), 0, 2048, lambda *_: None
        )
        self.plan = Planner(catalogue, situation, lambda *_: ()).plan(InstallRequest(path=source), CancelToken())
        self.tools = Tools(
            library=self.library,
            catalogue=catalogue,
            downloader=lambda: pytest.fail("nothing is fetched"),
            source=lambda _endpoint: OFFICIAL,
            try_model=answers_well,
            origin=origin_of,
            learned=LearnedHashes(self.paths.home / "learned.json"),
            warn=lambda *_: (),
        )
        self.folder = new_folder(self.paths.models)
        steps = tuple(StepState(one.step) for one in self.plan.steps)
        self.folder.save(InstallState(self.folder.id, "x", self.plan, steps, InstallStatus.QUEUED), Work(1.0))

    def run(self) -> InstallState:
        """As after a restart, with what lies on the disk."""
        self.library.recover()
        ((folder, state, work),) = find_installs([self.paths.models])
        run = InstallRun(folder, state, work, self.tools, CancelToken(), lambda _state: None)
        run.run()
        return run.state


def kill_at(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, when: Callable[..., bool], after: bool) -> None:
    """End the process, as far as the run can tell, before or after the first call for which `when` is true."""
    original = getattr(owner, name)
    killed: list[bool] = []

    def dying(*arguments: Any, **named: Any) -> Any:
        now = not killed and when(*arguments)
        if now:
            killed.append(True)
            if not after:
                raise Killed
        result = original(*arguments, **named)
        if now:
            raise Killed
        return result

    monkeypatch.setattr(owner, name, dying)


def always(*_: Any) -> bool:
    return True


MOMENTS: dict[str, tuple[Any, str, Callable[..., bool], bool]] = {
    "the file is made, not yet noted": (disk, "hash_file", always, False),
    "the hash is known, not yet noted": (disk, "hash_file", always, True),
    "before it is put aside for the library": (disk, "rename", lambda _old, new: ".adding" in str(new), False),
    "put aside for the library": (disk, "rename", lambda _old, new: ".adding" in str(new), True),
    "its manifest is written": (adding.manifests, "write", always, True),
    "it is in the library, not yet noted": (Library, "add", always, True),
    "it is in the library, the downloads are there": (InstallRun, "_clear_up", always, False),
    "before the trial": (InstallRun, "_try", always, False),
    "after the trial": (InstallRun, "_try", always, True),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_a_delicate_moment(home: Path, fx: Path, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    bench = Bench(home, fx, fx / "bloom-hf")
    owner, name, when, after = MOMENTS[moment]
    with monkeypatch.context() as patch:
        kill_at(patch, owner, name, when, after)
        with pytest.raises(Killed):
            bench.run()
    state = bench.run()
    assert state.error is None and state.status is InstallStatus.FINISHED
    (entry,) = bench.library.entries()
    assert entry.manifest.id == state.entry
    assert sha256(entry.manifest.path) == entry.manifest.sha256
    assert not bench.library.leftovers()
    assert find_installs([bench.paths.models]) == []  # finished ones are tidied up
    assert not bench.folder.path.exists()


# --- commands in any order --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_commands_in_any_order_leave_a_clear_end(home: Path, fx: Path, hub: Hub, seed: int) -> None:
    kit = Kit(home, fx, hub)
    chance = random.Random(seed)
    installs = [kit.service.install(kit.plan(InstallRequest(model=name))) for name in (BLOOM, READY)]
    for _ in range(30):
        chance.choice([kit.service.pause, kit.service.resume])(chance.choice(installs))
        time.sleep(chance.choice([0, 0, 0.002, 0.03]))
    if seed % 2:
        kit.service.cancel(installs[0])
        kit.heard.until(installs[0], InstallStatus.CANCELLED)
    for install in installs[seed % 2 :]:
        kit.service.resume(install)
        assert kit.heard.until(install, InstallStatus.FINISHED, InstallStatus.FAILED).error is None
    assert len(kit.service.entries()) == 2 - seed % 2
    assert not (kit.paths.models / ".installing").exists()
    assert kit.service.close()


def test_a_state_that_cannot_be_read_can_be_cancelled(home: Path, fx: Path) -> None:
    kit = Kit(home, fx)
    folder = kit.paths.models / ".installing" / "0123456789ab"
    folder.mkdir(parents=True)
    (folder / "state.json").write_text("{")
    assert kit.service.close()
    kit.start()
    (state,) = kit.service.installs()
    assert state.status is InstallStatus.FAILED and state.error is not None
    assert state.error.code == "install-unreadable"
    with pytest.raises(Fixable, match="install-unreadable"):
        kit.service.resume(state.id)
    assert folder.exists()
    kit.service.cancel(state.id)
    kit.heard.until(state.id, InstallStatus.CANCELLED)
    assert not folder.exists()
    assert kit.service.close()
