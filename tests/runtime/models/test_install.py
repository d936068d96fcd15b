"""Installs of tiny real models from a hub on this computer and from folders: planned, done, interrupted, resumed."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import Cancelled, Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models.installs import InstallRequest, InstallStatus, InstallStep, StepStatus
from app.runtime.models.memory import Memory
from app.runtime.models.records import Condition
from app.runtime.weights.recognise import recognise
from app.runtime.weights.records import Kind, Target
from tests.runtime.models.hub import Hub
from tests.runtime.models.install_kit import (
    BLOOM,
    ENCRYPTED,
    GOOD_ANSWER,
    GPTQ,
    READY,
    Kit,
    encrypted_files,
    tiny_hub,
)


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


# --- from the hub -----------------------------------------------------------------------------------------------------


def test_a_model_is_downloaded_converted_verified_and_tried(kit: Kit) -> None:
    state = kit.install(InstallRequest(model=BLOOM))
    assert state.error is None and state.status is InstallStatus.FINISHED
    assert [one.status for one in state.steps] == [StepStatus.DONE] * 4
    assert state.answer == GOOD_ANSWER and state.question.endswith("。")
    (entry,) = kit.service.entries()
    manifest = entry.manifest
    assert (manifest.id, manifest.model, manifest.template) == (state.entry, BLOOM, "belle-bloom")
    assert (manifest.quantization, manifest.repository, manifest.license) == ("Q8_0", "Tiny/tiny-bloom", "apache-2.0")
    assert manifest.path.is_relative_to(kit.paths.models) and recognise(manifest.path).complete
    assert not (kit.paths.models / ".installing").exists()
    assert kit.done(kit.service.verify(manifest.id, kit.heard)).condition is Condition.READY


def test_a_gguf_file_of_the_hub_is_not_converted(kit: Kit, fx: Path) -> None:
    state = kit.install(InstallRequest(model=READY))
    assert [one.step for one in state.steps] == [InstallStep.DOWNLOAD, InstallStep.VERIFY, InstallStep.TRY]
    (entry,) = kit.service.entries()
    assert entry.manifest.path.read_bytes() == (fx / "gguf-ref" / "bloom-f16.gguf").read_bytes()


def test_any_gguf_file_by_its_hub_name(kit: Kit, hub: Hub, fx: Path) -> None:
    hub.add("someone/models", {"a/one.gguf": fx / "gguf-ref" / "bloom-f16.gguf", "two.gguf": b"x"}, lfs=["a/one.gguf"])
    assert {one.name for one in kit.done(kit.service.list_repository("someone/models", kit.heard))} == {
        "a/one.gguf",
        "two.gguf",
    }
    plan = kit.plan(InstallRequest(repository="someone/models", file="a/one.gguf"))
    assert (plan.name, plan.model, plan.memory) == ("one", "", 0)
    state = kit.heard.until(kit.service.install(plan), InstallStatus.FINISHED, InstallStatus.FAILED)
    assert state.status is InstallStatus.FINISHED
    assert kit.service.entries()[0].manifest.repository == "someone/models"


def test_a_gguf_file_of_the_hub_is_quantized_if_that_is_wanted(kit: Kit, hub: Hub, fx: Path) -> None:
    hub.add("someone/models", {"one.gguf": fx / "gguf-ref" / "bloom-f16.gguf"}, lfs=["one.gguf"])
    kit.install(InstallRequest(repository="someone/models", target=Target.Q4_0, name="我的模型"))
    manifest = kit.service.entries()[0].manifest
    assert (manifest.quantization, manifest.name) == ("Q4_0", "我的模型")


def test_an_encrypted_model_opens_with_its_key(kit: Kit, fx: Path) -> None:
    state = kit.install(InstallRequest(model=ENCRYPTED, key=fx / "enc", target=Target.F16))
    assert state.error is None and state.status is InstallStatus.FINISHED
    assert kit.service.entries()[0].manifest.quantization == "F16"


def test_a_wrong_key_is_found_before_the_weights_are_fetched(kit: Kit, fx: Path, hub: Hub, tmp_path: Path) -> None:
    wrong = tmp_path / "错的.pth"
    wrong.write_bytes(bytes(reversed((fx / "enc" / "consolidated.00.pth").read_bytes())))
    state = kit.install(InstallRequest(model=ENCRYPTED, key=wrong))
    assert state.status is InstallStatus.FAILED and state.error is not None and state.error.code.startswith("key-")
    by_step = {one.step: one for one in state.steps}
    assert by_step[InstallStep.KEY_TEST].status is StepStatus.FAILED
    assert not [one for one in hub.downloads() if "pytorch_model.bin" in one.path]
    kit.service.resume(state.id, key=fx / "enc" / "consolidated.00.pth")
    assert kit.heard.until(state.id, InstallStatus.FINISHED).entry


def test_progress_is_told_but_not_too_often(home: Path, fx: Path, hub: Hub) -> None:
    hub.pace = 1_000_000
    kit = Kit(home, fx, hub)
    state = kit.install(InstallRequest(model=BLOOM))
    told = [one.steps[0] for one in kit.heard.states(state.id) if one.steps[0].status is StepStatus.RUNNING]
    running = [one for one in told if one.done]
    assert running and all(one.done <= one.total for one in running)
    assert max(one.rate for one in running) > 0
    assert len(kit.heard.states(state.id)) < 60
    assert kit.service.close()


def test_the_space_of_the_result_is_kept_free(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    import app.runtime.models.volumes as volumes

    monkeypatch.setattr(volumes, "free_space", lambda _path: 1_500_000)
    state = kit.install(InstallRequest(model=BLOOM))
    assert state.error is not None and state.error.code == "out-space"


def test_what_nobody_published_is_recorded_and_checked(kit: Kit, hub: Hub, fx: Path) -> None:
    kit.install(InstallRequest(model=READY))
    learned = json.loads((kit.home / "learned_hashes.json").read_text())
    assert set(learned["Tiny/tiny-gguf"]) == {"bloom-f16.gguf"}


def test_downloads_are_kept_if_that_is_wanted(kit: Kit, fx: Path) -> None:
    kit.options = replace(kit.options, keep_downloads=True)
    kit.install(InstallRequest(model=BLOOM))
    kept = kit.paths.models / "downloads" / "Tiny--tiny-bloom"
    assert sorted(one.name for one in kept.iterdir()) == sorted(one.name for one in (fx / "bloom-hf").iterdir())


def test_one_of_several_files_of_weights_is_fetched_and_keeps_its_numbers(kit: Kit, hub: Hub) -> None:
    assert kit.install(InstallRequest(model=GPTQ, target=Target.Q8_0)).error is None
    assert kit.service.entries()[0].manifest.quantization == "Q8_0"
    assert {one.path.rsplit("/", 1)[-1].partition("?")[0] for one in hub.downloads() if ".pt" in one.path} == {
        "bloom-tiny-8bit-128g.pt"
    }


def test_kept_downloads_are_used_the_next_time(kit: Kit, hub: Hub, fx: Path) -> None:
    kit.options = replace(kit.options, keep_downloads=True)
    kit.install(InstallRequest(model=BLOOM))
    before = len(hub.downloads())
    plan = kit.plan(InstallRequest(model=BLOOM, target=Target.F16))
    assert plan.download == 0
    state = kit.heard.until(kit.service.install(plan), InstallStatus.FINISHED, InstallStatus.FAILED)
    assert state.error is None and len(hub.downloads()) == before
    assert (kit.paths.models / "downloads" / "Tiny--tiny-bloom" / "config.json").exists()


# --- the user's own files ---------------------------------------------------------------------------------------------


def test_a_folder_is_converted_where_it_is(kit: Kit, fx: Path, hub: Hub, tmp_path: Path) -> None:
    own = tmp_path / "网盘 下载" / "bloom"
    shutil.copytree(fx / "bloom-hf", own)
    before = sorted((one.name, one.read_bytes()) for one in own.iterdir())
    state = kit.install(InstallRequest(path=own, target=Target.Q4_0))
    assert state.status is InstallStatus.FINISHED
    assert sorted((one.name, one.read_bytes()) for one in own.iterdir()) == before
    assert hub.seen == []


def test_a_gguf_file_elsewhere_is_used_in_place(kit: Kit, fx: Path, tmp_path: Path) -> None:
    own = tmp_path / "我的 模型.gguf"
    shutil.copy(fx / "gguf-ref" / "llama-f16.gguf", own)
    plan = kit.plan(InstallRequest(path=own))
    assert plan.memory > 0 and plan.peak_disk == 0
    assert kit.install(InstallRequest(path=own)).status is InstallStatus.FINISHED
    (entry,) = kit.service.entries()
    assert entry.manifest.path == own and not entry.manifest.owned and entry.manifest.sha256


def test_only_what_is_missing_is_fetched(kit: Kit, fx: Path, hub: Hub, tmp_path: Path) -> None:
    own = tmp_path / "网盘"
    own.mkdir()
    weights = "pytorch_model-00001-of-00002.bin"
    shutil.copy(fx / "bloom-hf" / weights, own / "pytorch_model-00001-of-00002(1).bin")
    plan = kit.plan(InstallRequest(model=BLOOM, path=own))
    assert [one.name for one in plan.local] == [weights] and weights not in [one.name for one in plan.files]
    state = kit.heard.until(kit.service.install(plan), InstallStatus.FINISHED, InstallStatus.FAILED)
    assert state.error is None
    assert not [one for one in hub.downloads() if weights in one.path]
    assert len(list(own.iterdir())) == 1


def test_an_archive_from_a_netdisk_needs_no_network(kit: Kit, fx: Path, hub: Hub, tmp_path: Path) -> None:
    archive = tmp_path / "模型.zip"
    with zipfile.ZipFile(archive, "w") as pack:
        for one in encrypted_files(fx):
            pack.write(one, f"BELLE/{one.name}")
    state = kit.install(InstallRequest(model=ENCRYPTED, path=archive, key=fx / "enc" / "consolidated.00.pth"))
    assert state.error is None and state.status is InstallStatus.FINISHED
    fetched = [one.path for one in hub.downloads()]
    assert archive.exists() and all("tokenizer.model" in one for one in fetched)  # whose name nobody has published


def test_a_folder_from_a_netdisk_needs_no_network(kit: Kit, fx: Path, hub: Hub, tmp_path: Path) -> None:
    own = tmp_path / "网盘"
    own.mkdir()
    for one in encrypted_files(fx):
        shutil.copy(one, own / one.name.replace("config.json", "config(1).json", 1))
    state = kit.install(InstallRequest(model=ENCRYPTED, path=own, key=fx / "enc" / "consolidated.00.pth"))
    assert state.error is None and hub.seen == []


def test_a_whole_folder_of_a_model_is_used_as_it_is(kit: Kit, fx: Path) -> None:
    plan = kit.plan(InstallRequest(model=BLOOM, path=fx / "bloom-hf"))
    assert plan.request.path == fx / "bloom-hf" and not plan.local and not plan.files
    assert plan.model == BLOOM and plan.template == "belle-bloom"


def test_a_folder_with_nothing_of_the_model_is_told(kit: Kit, tmp_path: Path) -> None:
    problem = kit.problem(kit.service.plan_install(InstallRequest(model=BLOOM, path=tmp_path), kit.heard))
    assert problem.code == "install-no-files"


def test_the_own_files_of_a_user_are_known_by_their_kind(kit: Kit, fx: Path) -> None:
    assert kit.done(kit.service.recognise(fx / "enc" / "encrypted", kit.heard)).kind is Kind.ENCRYPTED


# --- interrupted ------------------------------------------------------------------------------------------------------


def test_pause_and_resume_in_the_middle_of_a_download(kit: Kit, hub: Hub) -> None:
    hub.pace = 400_000
    install = kit.service.install(kit.plan(InstallRequest(model=BLOOM)))
    kit.heard.wait(lambda _events: any(one.steps[0].done > 200_000 for one in kit.heard.states(install)))
    kit.service.pause(install)
    paused = kit.heard.until(install, InstallStatus.PAUSED)
    assert paused.steps[0].status is StepStatus.TODO and paused.steps[0].done > 0
    (folder,) = installing(kit)
    fetched = sum(one.stat().st_size for one in (folder / "files").iterdir() if one.suffix in (".part", ".bin"))
    assert fetched > 0
    hub.pace = 0
    kit.service.resume(install)
    assert kit.heard.until(install, InstallStatus.FINISHED, InstallStatus.FAILED).error is None
    names = [one.path for one in hub.downloads() if one.place == "cdn"]
    assert len(names) <= 3  # two files, one of them in two pieces


def test_an_install_goes_on_after_a_restart(kit: Kit, hub: Hub) -> None:
    def unwilling(*_: object) -> str:
        raise Fixable("trial-timeout", path="", seconds=1)

    kit.trial = unwilling
    state = kit.install(InstallRequest(model=BLOOM))
    assert state.status is InstallStatus.FAILED and state.entry
    asked = len(hub.seen)
    assert kit.service.close()
    kit.trial = lambda *_: GOOD_ANSWER
    kit.start()
    (again,) = kit.service.installs()
    assert again.status is InstallStatus.FAILED and again.error is not None and again.error.code == "trial-timeout"
    assert again.plan == state.plan
    kit.service.resume(again.id)
    assert kit.heard.until(again.id, InstallStatus.FINISHED).answer == GOOD_ANSWER
    assert len(kit.service.entries()) == 1 and len(hub.seen) == asked


def test_closing_pauses_what_runs(kit: Kit, hub: Hub) -> None:
    hub.pace = 300_000
    install = kit.service.install(kit.plan(InstallRequest(model=BLOOM)))
    kit.heard.wait(lambda _events: any(one.steps[0].done for one in kit.heard.states(install)))
    assert kit.service.close()
    kit.heard.events.clear()
    hub.pace = 0
    kit.start()
    assert [one.status for one in kit.service.installs()] == [InstallStatus.PAUSED]
    kit.service.resume(install)
    assert kit.heard.until(install, InstallStatus.FINISHED, InstallStatus.FAILED).error is None


def test_cancel_removes_its_own_folder_and_nothing_else(kit: Kit, hub: Hub, fx: Path) -> None:
    kit.install(InstallRequest(model=READY))
    hub.pace = 300_000
    first = kit.service.install(kit.plan(InstallRequest(model=BLOOM)))
    second = kit.service.install(kit.plan(InstallRequest(model=ENCRYPTED, key=fx / "enc" / "consolidated.00.pth")))
    kit.heard.wait(lambda _events: any(one.steps[0].done for one in kit.heard.states(first)))
    assert [one.status.value for one in kit.service.installs()][1:] == ["running", "queued"]
    kit.service.cancel(second)
    kit.heard.until(second, InstallStatus.CANCELLED)
    assert [one.name for one in installing(kit)] == [first]
    kit.service.cancel(first)
    kit.heard.until(first, InstallStatus.CANCELLED)
    assert installing(kit) == []
    assert len(kit.service.entries()) == 1 and kit.service.entries()[0].manifest.path.exists()
    kit.service.dismiss(first)
    assert first not in [one.id for one in kit.service.installs()]


def test_a_queued_install_can_be_paused_and_comes_later(kit: Kit, hub: Hub) -> None:
    hub.pace = 500_000
    first = kit.service.install(kit.plan(InstallRequest(model=BLOOM)))
    second = kit.service.install(kit.plan(InstallRequest(model=READY)))
    kit.service.pause(second)
    assert kit.heard.until(second, InstallStatus.PAUSED)
    hub.pace = 0
    kit.heard.until(first, InstallStatus.FINISHED)
    assert kit.service.installs()[1].status is InstallStatus.PAUSED
    kit.service.resume(second)
    kit.heard.until(second, InstallStatus.FINISHED)


def test_the_same_model_is_not_queued_twice(kit: Kit, hub: Hub) -> None:
    hub.pace = 300_000
    plan = kit.plan(InstallRequest(model=BLOOM))
    install = kit.service.install(plan)
    with pytest.raises(Fixable, match="install-twice"):
        kit.service.install(plan)
    kit.service.cancel(install)
    kit.heard.until(install, InstallStatus.CANCELLED)


def test_a_trial_can_be_paused(kit: Kit) -> None:
    def endless(_path: Path, _question: str, _template: str, cancel: CancelToken) -> str:
        while not cancel.cancelled:
            cancel._event.wait(0.01)
        raise Cancelled

    kit.trial = endless
    install = kit.service.install(kit.plan(InstallRequest(model=READY)))
    kit.heard.wait(lambda _events: [one for one in kit.heard.states(install) if one.question])
    kit.service.pause(install)
    assert kit.heard.until(install, InstallStatus.PAUSED).entry
    kit.trial = lambda *_: GOOD_ANSWER
    kit.service.resume(install)
    kit.heard.until(install, InstallStatus.FINISHED)


def test_a_strange_answer_is_told_and_no_failure(kit: Kit) -> None:
    kit.trial = lambda *_: "的的的的的的的的的的的的的的的的的的的的的的的的的的的的"
    state = kit.install(InstallRequest(model=READY))
    assert state.status is InstallStatus.FINISHED
    assert [one.code for one in state.notes if one.code.startswith("answer-")] == ["answer-repeats"]


def test_a_model_too_large_for_this_computer_is_not_tried(kit: Kit) -> None:
    kit.memory = Memory(10_000_000, 10_000_000)
    kit.trial = lambda *_: pytest.fail("it would swap")
    state = kit.install(InstallRequest(model=BLOOM))
    assert state.steps[-1].status is StepStatus.SKIPPED
    assert "note-not-tried" in [one.code for one in state.notes]


def test_a_bad_file_of_the_hub_never_becomes_a_model(kit: Kit, hub: Hub, fx: Path) -> None:
    good = hub.repositories["Tiny/tiny-gguf"]["bloom-f16.gguf"]
    damaged = bytearray(good.data)
    damaged[-100] ^= 1
    hub.add("Tiny/tiny-gguf", {"bloom-f16.gguf": bytes(damaged)}, lfs=["bloom-f16.gguf"])
    state = kit.install(InstallRequest(model=READY))
    assert state.status is InstallStatus.FAILED and state.error is not None
    assert state.error.code.startswith("download-") and kit.service.entries() == ()
