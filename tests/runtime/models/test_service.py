"""The facade for the window and the command line: what each command gives, what is told, and what is left alone."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import app
from app.errors import Fixable
from app.runtime.models import removing
from app.runtime.models.installs import (
    InstallRequest,
    InstallStatus,
    LibraryChanged,
    SourceMeasured,
    WorkProgress,
)
from app.runtime.models.memory import Fit, Memory
from app.runtime.models.records import Condition
from app.runtime.weights.records import Kind
from tests.runtime.models.hub import Hub
from tests.runtime.models.install_kit import BLOOM, GB, READY, Kit, tiny_hub


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


@pytest.fixture
def model(kit: Kit) -> str:
    """The id of an installed model."""
    state = kit.install(InstallRequest(model=READY))
    assert state.error is None
    return state.entry


def library_changes(kit: Kit) -> int:
    return sum(isinstance(one, LibraryChanged) for one in kit.heard.events)


# --- what there is ----------------------------------------------------------------------------------------------------


def test_importing_it_costs_the_window_nothing_heavy() -> None:
    code = (
        "import sys, app.runtime.models.service;"
        "print([m for m in ('numpy', 'huggingface_hub', 'httpx2', 'llama_cpp', 'jinja2') if m in sys.modules])"
    )
    root = Path(app.__file__).parent.parent
    result = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_beginning_tells_what_is_there(kit: Kit, model: str) -> None:
    assert kit.service.close()
    kit.heard.events.clear()
    kit.start()
    assert [one.manifest.id for one in kit.service.entries()] == [model]
    assert library_changes(kit) == 1


def test_nothing_is_told_when_nothing_has_changed(kit: Kit, model: str) -> None:
    before = library_changes(kit)
    kit.done(kit.service.refresh(kit.heard))
    assert library_changes(kit) == before


def test_a_file_that_vanishes_outside_is_noticed(kit: Kit, model: str) -> None:
    kit.service.entries()[0].manifest.path.unlink()
    (entry,) = kit.done(kit.service.refresh(kit.heard))
    assert entry.condition is Condition.MISSING
    assert kit.service.entries() == (entry,)


def test_this_computer(kit: Kit) -> None:
    computer, advice = kit.done(kit.service.computer(kit.heard))
    assert computer.memory.total > 0 and advice.sizes


def test_the_catalogue_is_there_at_once(kit: Kit) -> None:
    assert kit.service.catalogue().find(BLOOM)


def test_the_memory_verdict_of_a_model(kit: Kit, model: str) -> None:
    assert kit.done(kit.service.verdict(model, kit.heard)).fit is Fit.FITS
    kit.memory = Memory(GB, 1_000_000)
    assert kit.done(kit.service.verdict(model, kit.heard)).fit is Fit.TOO_SMALL


def test_what_unloading_gives_back_counts_and_is_asked_beside_the_caller(kit: Kit, model: str) -> None:
    asked: list[int] = []

    def back() -> int:
        asked.append(threading.get_ident())
        return 4 * GB

    kit.memory, kit.back = Memory(8 * GB, 1_000_000), back
    verdict = kit.done(kit.service.verdict(model, kit.heard))
    assert verdict.fit is Fit.FITS and verdict.free == 4 * GB + 1_000_000
    computer, advice = kit.done(kit.service.computer(kit.heard))
    assert computer.memory.free == 1_000_000 and computer.free_memory == verdict.free
    assert advice.sizes[0].now is Fit.TOO_SMALL  # 5.4 GB
    assert asked and threading.get_ident() not in asked


# --- the library ------------------------------------------------------------------------------------------------------


def test_a_removed_model_comes_back_or_goes_to_the_trash(kit: Kit, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trashed: list[Path] = []

    def trash(path: Path) -> None:
        trashed.append(path)
        path.rename(kit.home / "trash")

    monkeypatch.setattr(removing, "_send_to_trash", trash)
    token = kit.done(kit.service.remove(model, kit.heard))
    assert kit.service.entries() == ()
    assert [one.token for one in kit.done(kit.service.removed(kit.heard))] == [token]
    assert kit.done(kit.service.undo(token, kit.heard)).manifest.id == model
    assert len(kit.service.entries()) == 1
    kit.done(kit.service.finish_removal(kit.done(kit.service.remove(model, kit.heard)), kit.heard))
    assert kit.service.entries() == () and len(trashed) == 1
    assert kit.problem(kit.service.undo(token, kit.heard)).code == "library-not-removed"


def test_removing_waits_for_a_slow_drive_beside_the_caller(
    kit: Kit, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, rename = threading.Event(), removing.disk.rename

    def slow(old: Path, new: Path) -> None:
        assert gate.wait(20)
        rename(old, new)

    monkeypatch.setattr(removing.disk, "rename", slow)
    job = kit.service.remove(model, kit.heard)
    assert len(kit.service.entries()) == 1
    gate.set()
    assert kit.done(job) and kit.service.entries() == ()


def test_names_and_templates_are_changed(kit: Kit, model: str) -> None:
    kit.done(kit.service.rename(model, "我的模型", kit.heard))
    kit.done(kit.service.set_template(model, "plain", kit.heard))
    kit.service.touch(model)
    (entry,) = kit.done(kit.service.refresh(kit.heard))
    assert (entry.manifest.name, entry.manifest.template) == ("我的模型", "plain")
    assert entry.manifest.last_used > 0


def test_verifying_tells_its_progress_and_finds_damage(kit: Kit, model: str) -> None:
    path = kit.service.entries()[0].manifest.path
    job = kit.service.verify(model, kit.heard)
    assert kit.done(job).condition is Condition.READY
    (last,) = [one for one in kit.heard.events if isinstance(one, WorkProgress) and one.job == job.id][-1:]
    assert last.done == last.total == path.stat().st_size
    with path.open("r+b") as file:
        file.seek(-10, 2)
        file.write(b"\xff\x00\xff")
    assert kit.done(kit.service.verify(model, kit.heard)).condition is Condition.DAMAGED
    assert kit.service.entries()[0].condition is Condition.DAMAGED


def test_moving_the_models_takes_paused_installs_along(kit: Kit, model: str, hub: Hub, tmp_path: Path) -> None:
    hub.pace = 400_000
    install = kit.service.install(kit.plan(InstallRequest(model=BLOOM)))
    kit.heard.wait(lambda _events: any(one.steps[0].done > 100_000 for one in kit.heard.states(install)))
    stored: list[Path] = []
    target = tmp_path / "另一个 地方"
    assert kit.problem(kit.service.move(target, stored.append, kit.heard)).code == "move-installs"
    kit.service.pause(install)
    kit.heard.until(install, InstallStatus.PAUSED)
    kit.done(kit.service.move(target, stored.append, kit.heard))
    assert stored == [target]
    assert kit.service.entries()[0].manifest.path.is_relative_to(target)
    kit.options = replace(kit.options, folder=target)
    hub.pace = 0
    kit.service.resume(install)
    assert kit.heard.until(install, InstallStatus.FINISHED, InstallStatus.FAILED).error is None
    assert len(kit.service.entries()) == 2
    assert all(one.manifest.path.is_relative_to(target) for one in kit.service.entries())


def test_a_model_is_exported_and_packed_and_taken_in(kit: Kit, model: str, tmp_path: Path) -> None:
    out = kit.done(kit.service.export(model, tmp_path / "出.gguf", kit.heard))
    assert out.read_bytes() == kit.service.entries()[0].manifest.path.read_bytes()
    assert kit.done(kit.service.find_same(out, kit.heard)) == (model,)
    packed = kit.done(kit.service.export_pack([model], tmp_path / "包.zip", kit.heard))
    kit.done(kit.service.remove(model, kit.heard))
    kit.done(kit.service.import_pack(packed.path, kit.heard))
    assert len(kit.service.entries()) == 1


def test_a_file_is_linked_where_it_is(kit: Kit, fx: Path, tmp_path: Path) -> None:
    own = tmp_path / "自己的.gguf"
    own.write_bytes((fx / "gguf-ref" / "llama-f16.gguf").read_bytes())
    entry = kit.done(kit.service.link(own, kit.heard))
    assert entry.manifest.path == own and not entry.manifest.owned
    moved = own.rename(tmp_path / "moved.gguf")
    assert kit.done(kit.service.relink(entry.manifest.id, moved, kit.heard)).condition is Condition.READY
    assert kit.done(kit.service.recognise(moved, kit.heard)).kind is Kind.GGUF


def test_a_model_that_is_not_there_is_told(kit: Kit) -> None:
    assert kit.problem(kit.service.verify("没有", kit.heard)).code == "library-unknown"
    with pytest.raises(Fixable, match="install-gone"):
        kit.service.pause("没有")


# --- the network ------------------------------------------------------------------------------------------------------


def test_nothing_but_installs_and_questions_for_it_uses_the_network(kit: Kit, hub: Hub, fx: Path) -> None:
    service, heard = kit.service, kit.heard
    for job in (
        service.refresh(heard),
        service.computer(heard),
        service.plan_install(InstallRequest(model=BLOOM), heard),
        service.plan_install(InstallRequest(path=fx / "bloom-hf"), heard),
        service.recognise(fx / "enc" / "encrypted", heard),
        service.problems(heard),
    ):
        kit.done(job)
    assert kit.done(service.connections_made(heard)) == () and hub.seen == []
    kit.done(service.list_repository("Tiny/tiny-gguf", heard))
    (line,) = kit.done(service.connections_made(heard))
    assert (line.purpose, line.requests) == ("list", 1)


def test_one_switch_forbids_all(kit: Kit, hub: Hub) -> None:
    kit.options = replace(kit.options, offline=True)
    assert kit.problem(kit.service.list_repository("Tiny/tiny-gguf", kit.heard)).code == "network-forbidden"
    state = kit.install(InstallRequest(model=READY))
    assert state.error is not None and state.error.code == "network-forbidden"
    measured = kit.done(kit.service.test_sources(kit.heard))
    assert len(measured) >= 2
    assert {one.problem.code for one in measured if one.problem} == {"network-forbidden"}
    assert sum(isinstance(one, SourceMeasured) for one in kit.heard.events) == len(measured)
    assert hub.seen == []
    kit.options = replace(kit.options, offline=False)
    kit.service.resume(state.id)
    assert kit.heard.until(state.id, InstallStatus.FINISHED)


def test_the_switch_cuts_what_runs(kit: Kit, hub: Hub) -> None:
    hub.pace = 300_000
    install = kit.service.install(kit.plan(InstallRequest(model=BLOOM)))
    kit.heard.wait(lambda _events: any(one.steps[0].done for one in kit.heard.states(install)))
    kit.service.set_offline(True)
    state = kit.heard.until(install, InstallStatus.FAILED)
    assert state.error is not None and state.error.code == "network-forbidden"


def test_a_token_is_shown_nowhere() -> None:
    from app.runtime.models.service import ModelOptions

    assert "secret" not in repr(ModelOptions(token="secret"))


# --- the rest ---------------------------------------------------------------------------------------------------------


def test_long_and_chinese_paths(tmp_path: Path, fx: Path, hub: Hub) -> None:
    home = tmp_path
    while len(str(home)) < 280:
        home /= "用户 张 三 的 文件夹 with spaces and more"
    kit = Kit(home, fx, hub)
    state = kit.install(InstallRequest(model=BLOOM, name="贝尔 “七十亿” / 测试: *?"))
    assert state.error is None
    (entry,) = kit.service.entries()
    assert entry.manifest.name == "贝尔 “七十亿” / 测试: *?" and len(str(entry.manifest.path)) > 280
    assert kit.service.close()


def test_commands_return_at_once_although_the_lanes_are_busy(kit: Kit, model: str) -> None:
    hold = threading.Event()
    kit.service._files.submit(lambda _job: hold.wait(10), kit.heard)
    kit.service._questions.submit(lambda _job: hold.wait(10), kit.heard)
    began = time.perf_counter()
    kit.service.entries()
    kit.service.installs()
    jobs = [
        kit.service.verify(model, kit.heard),
        kit.service.plan_install(InstallRequest(model=BLOOM), kit.heard),
        kit.service.computer(kit.heard),
    ]
    assert time.perf_counter() - began < 0.2
    hold.set()
    for job in jobs:
        kit.done(job)


def test_closing_twice_does_no_harm(home: Path, fx: Path) -> None:
    kit = Kit(home, fx)
    assert kit.service.close() and kit.service.close()
