"""What a plan says before anything is done: steps, bytes, time, and why it must not or should not be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import Fixable
from app.runtime.models.installs import InstallRequest, InstallStep
from app.runtime.models.memory import Memory
from app.runtime.weights.records import Target
from tests.runtime.models.hub import Hub
from tests.runtime.models.install_kit import BLOOM, GB, READY, Kit, tiny_hub


@pytest.fixture(scope="module")
def hub(fx: Path) -> Iterator[Hub]:
    with Hub() as hub:
        tiny_hub(hub, fx)
        yield hub


@pytest.fixture
def kit(home: Path, fx: Path, hub: Hub) -> Iterator[Kit]:
    kit = Kit(home, fx, hub)
    yield kit
    assert kit.service.close()


def test_a_plan_names_steps_bytes_and_time(kit: Kit) -> None:
    plan = kit.plan(InstallRequest(model="BELLE-7B-2M"))
    assert [one.step.value for one in plan.steps] == ["download", "convert", "verify", "try"]
    assert plan.allowed and not plan.warnings
    assert (plan.type, plan.template, plan.model) == ("Q4_0", "belle-bloom", "BELLE-7B-2M")
    assert plan.download == pytest.approx(28.3e9, rel=0.01)
    assert plan.peak_disk == pytest.approx(plan.download + plan.write, rel=0.01)
    assert 60 < plan.seconds < 3600
    assert plan.files[-1].name == "pytorch_model.bin"  # the small ones first


def test_a_plan_for_an_encrypted_model_tests_the_key_on_small_files(kit: Kit, fx: Path) -> None:
    request = InstallRequest(model="BELLE-LLaMA-7B-2M-enc")
    plan = kit.plan(request)
    assert [one.code for one in plan.problems] == ["key-needed"]
    plan = kit.plan(replace(request, key=fx / "enc" / "consolidated.00.pth"))
    assert plan.allowed
    assert [one.step.value for one in plan.steps] == ["download", "key-test", "convert", "verify", "try"]
    assert all(".bin." not in one.name or "index" in one.name for one in plan.files[:-2])


@pytest.mark.parametrize(
    ("model", "need"), [("BELLE-7B-2M", 32.6), ("BELLE-LLaMA-EXT-13B", 34.8), ("BELLE-Llama2-13B-Chat-GGUF", 7.4)]
)
def test_a_small_disk_is_refused_with_its_numbers(kit: Kit, fx: Path, model: str, need: float) -> None:
    kit.free = 7 * GB
    plan = kit.plan(InstallRequest(model=model, key=fx / "enc" / "consolidated.00.pth"))
    assert [one.code for one in plan.problems] == ["out-space"]
    params = plan.problems[0].params
    assert float(str(params["need_gb"])) == pytest.approx(need, abs=0.2)
    assert params["free_gb"] == "7.0" and plan.free_disk == 7 * GB
    with pytest.raises(Fixable, match="out-space"):
        kit.service.install(plan)
    kit.free = int((need + 0.3) * GB)
    assert kit.plan(InstallRequest(model=model, key=fx / "enc" / "consolidated.00.pth")).allowed


@pytest.mark.parametrize(
    ("model", "total", "free", "code"),
    [
        ("BELLE-7B-2M", 16, 12, ""),
        ("BELLE-7B-2M", 8, 6.5, "memory-tight"),
        ("BELLE-7B-2M", 8, 3, "memory-not-free"),
        ("BELLE-7B-2M", 4, 3, "memory-too-small"),
        ("BELLE-Llama2-13B-chat-0.4M", 16, 12, ""),
        ("BELLE-Llama2-13B-chat-0.4M", 16, 7, "memory-not-free"),
        ("BELLE-Llama2-13B-chat-0.4M", 8, 7, "memory-too-small"),
    ],
)
def test_a_small_memory_is_warned_of_but_not_refused(
    kit: Kit, model: str, total: float, free: float, code: str
) -> None:
    kit.memory = Memory(int(total * GB), int(free * GB))
    plan = kit.plan(InstallRequest(model=model))
    assert [one.code for one in plan.warnings] == ([code] if code else [])
    assert plan.allowed
    if code:
        need = float(str(plan.warnings[0].params["need_gb"]))
        assert need == pytest.approx(5.4 if "7B" in model else 8.8, abs=0.5)


def test_the_model_about_to_be_unloaded_counts_as_free(kit: Kit) -> None:
    kit.memory = Memory(8 * GB, 3 * GB)
    kit.back = lambda: 5 * GB
    assert not kit.plan(InstallRequest(model="BELLE-7B-2M")).warnings


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (InstallRequest(), "install-nothing"),
        (InstallRequest(model="没有"), "install-unknown"),
        (InstallRequest(model="guide"), "install-guide"),
        (InstallRequest(model="ChatBELLE-int4"), "install-unusable"),
        (InstallRequest(model=BLOOM, target=Target.Q5_1), "install-type"),
        (InstallRequest(model=BLOOM, folder=Path("/nowhere")), "library-folder-missing"),
        (InstallRequest(repository="Tiny/tiny-bloom"), "install-no-file"),
        (InstallRequest(repository="Tiny/none"), "download-no-repository"),
        (InstallRequest(path=Path("/nowhere/模型.gguf")), "weights-missing-file"),
    ],
)
def test_what_cannot_be_planned_is_told(kit: Kit, request_: InstallRequest, code: str) -> None:
    assert kit.problem(kit.service.plan_install(request_, kit.heard)).code == code


def test_planning_a_row_asks_nobody(kit: Kit, hub: Hub) -> None:
    before = len(hub.seen)
    kit.plan(InstallRequest(model=BLOOM))
    assert len(hub.seen) == before


def test_a_key_that_is_not_there_is_told_before_anything_is_fetched(kit: Kit, tmp_path: Path) -> None:
    plan = kit.plan(InstallRequest(model="BELLE-LLaMA-7B-2M-enc", key=tmp_path))
    assert [one.code for one in plan.problems] == ["key-missing"]


def test_a_model_that_is_there_already_is_warned_of(kit: Kit) -> None:
    kit.install(InstallRequest(model=READY))
    assert [one.code for one in kit.plan(InstallRequest(model=READY)).warnings] == ["install-have"]


def test_the_parts_of_a_gguf_file_are_joined(kit: Kit, hub: Hub) -> None:
    names = [f"q4/model-{number:05}-of-00003.gguf" for number in (1, 2, 3)]
    hub.add("someone/parts", {**dict.fromkeys(names, b"x" * 10), "q8/other.gguf": b"x", "README.md": b"x"})
    assert kit.problem(kit.service.plan_install(InstallRequest(repository="someone/parts"), kit.heard)).params == {
        "repository": "someone/parts",
        "file": "",
        "count": 2,
    }
    plan = kit.plan(InstallRequest(repository="someone/parts", file=names[1]))
    assert [one.name for one in plan.files] == names
    assert plan.name == "model" and plan.download == 30
    assert plan.has(InstallStep.CONVERT) and plan.request.target is Target.KEEP


def test_unknown_names_are_planned_with_a_mark(kit: Kit, fx: Path) -> None:
    plan = kit.plan(InstallRequest(model="BELLE-LLaMA-EXT-13B", key=fx / "enc" / "consolidated.00.pth"))
    assert "tokenizer.model.*.enc" in [one.name for one in plan.files]
