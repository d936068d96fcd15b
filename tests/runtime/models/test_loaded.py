"""The model in use and the trial of another one: real engine, real install, memory as the test says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import Cancelled
from app.runtime.engine.records import LoadOptions, ModelSpec, ModelState, ModelStatus
from app.runtime.engine.service import Engine
from app.runtime.events import JobFinished
from app.runtime.jobs import CancelToken
from app.runtime.models import memory
from app.runtime.models.installs import InstallRequest, InstallStatus, StepStatus
from app.runtime.models.loaded import LoadedModel
from app.runtime.models.memory import Fit, Memory
from tests.runtime.engine.engine_kit import BLOOM, LLAMA, TRAINED_ON, Heard
from tests.runtime.engine.test_service import QUESTION
from tests.runtime.models.hub import Hub
from tests.runtime.models.install_kit import GB, GOOD_ANSWER, READY, Kit, tiny_hub

CONTEXT = 512
SPEC = ModelSpec(LLAMA, "llama", "Llama", TRAINED_ON)
WITHIN = 60


class Stage:
    """An engine with a model, a service that installs others, and a trial that goes on until `answered` is set."""

    def __init__(self, home: Path, fx: Path, hub: Hub) -> None:
        self.told: list[ModelStatus] = []
        self.engine = Engine(self.told.append)
        self.kit = Kit(home, fx, hub)
        self.loaded = LoadedModel(lambda: self.engine, lambda: self.kit.memory)
        self.trying, self.answered = threading.Event(), threading.Event()
        self.kit.back = self.loaded.gives_back
        self.kit.trial = self.loaded.trying(self._try, lambda: CONTEXT)
        heard = Heard()
        self.engine.load(SPEC, LoadOptions(CONTEXT, threads=1), heard)
        assert isinstance(heard.ending(), JobFinished)
        self.need = memory.need(memory.of_file(BLOOM), CONTEXT, GB).total

    def _try(self, _file: Path, _question: str, _template: str, cancel: CancelToken) -> str:
        self.trying.set()
        while not self.answered.wait(0.01):
            cancel.check()
        return GOOD_ANSWER

    def install(self) -> str:
        """Up to the trial."""
        install = self.kit.service.install(self.kit.plan(InstallRequest(model=READY)))
        assert self.trying.wait(WITHIN)
        return install

    def end(self, install: str) -> None:
        self.answered.set()
        state = self.kit.heard.until(install, InstallStatus.FINISHED, InstallStatus.FAILED)
        assert state.status is InstallStatus.FINISHED and state.answer == GOOD_ANSWER, state.error
        assert all(step.status is StepStatus.DONE for step in state.steps)

    def until_ready(self, identity: str) -> None:
        """Questions are answered in their turn: when this one is, all before it is over."""
        heard = Heard()
        self.engine.answer(QUESTION, heard)
        assert isinstance(heard.ending(), JobFinished)
        assert (self.engine.status.state, self.engine.status.id) == (ModelState.READY, identity)

    def close(self) -> None:
        self.answered.set()
        assert self.kit.service.close()
        assert self.engine.close()


@pytest.fixture
def stage(home: Path, fx: Path) -> Iterator[Stage]:
    with Hub() as hub:
        tiny_hub(hub, fx)
        made = Stage(home, fx, hub)
        yield made
        made.close()


def test_what_the_loaded_model_gives_back(stage: Stage) -> None:
    back = stage.loaded.gives_back()
    assert LLAMA.stat().st_size * 0.5 < back < memory.this_memory().total
    alone = stage.kit.plan(InstallRequest(path=BLOOM)).memory
    stage.kit.memory = Memory(16 * GB, alone - back)
    plan = stage.kit.plan(InstallRequest(path=BLOOM))
    assert [one.code for one in plan.warnings] == ["memory-tight"]
    stage.engine.unload()
    assert stage.loaded.gives_back() == 0
    assert [one.code for one in stage.kit.plan(InstallRequest(path=BLOOM)).warnings] == ["memory-not-free"]


def test_a_file_that_is_gone_still_takes_its_memory(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "新.gguf"
    file.write_bytes(LLAMA.read_bytes())
    heard = Heard()
    stage.engine.load(ModelSpec(file, "new", "New", TRAINED_ON), LoadOptions(CONTEXT, threads=1), heard)
    assert isinstance(heard.ending(), JobFinished)
    file.rename(tmp_path / "weg.gguf")
    info = stage.engine.status.info
    assert info is not None and stage.loaded.gives_back() == info.size > 0


def test_it_makes_room_for_the_trial_and_comes_back(stage: Stage) -> None:
    """What is asked meanwhile is answered afterwards, by the model that was in use."""
    stage.kit.memory = Memory(16 * GB, stage.need - 1)
    stage.told.clear()
    install = stage.install()
    aside = stage.engine.status
    assert (aside.state, aside.id, aside.aside) == (ModelState.LOADING, "llama", True)
    assert stage.loaded.gives_back() == 0, "it is out of memory"
    waiting = Heard()
    stage.engine.answer(QUESTION, waiting)
    assert not waiting
    stage.end(install)
    ending = waiting.ending()
    assert isinstance(ending, JobFinished) and ending.result.text == "中国的首都是北京。"
    stage.until_ready("llama")
    assert {one.id for one in stage.told} == {"llama"} and not stage.told[-1].aside
    (entry,) = stage.kit.service.entries()
    found = stage.kit.done(stage.kit.service.verdict(entry.manifest.id, stage.kit.heard))
    assert found.fit is Fit.TIGHT, "in place of the other one"


def test_it_stays_where_both_fit(stage: Stage) -> None:
    stage.kit.memory = Memory(16 * GB, 12 * GB)
    install = stage.install()
    stage.until_ready("llama")
    stage.end(install)


def test_another_model_wished_for_meanwhile_is_loaded_in_its_place(stage: Stage) -> None:
    stage.kit.memory = Memory(16 * GB, stage.need - 1)
    install = stage.install()
    stage.engine.load(ModelSpec(BLOOM, "bloom", "Bloom", TRAINED_ON), LoadOptions(CONTEXT, threads=1))
    assert stage.engine.status.id == "bloom" and not stage.engine.status.aside
    stage.end(install)
    stage.until_ready("bloom")


def test_a_model_released_meanwhile_stays_away(stage: Stage) -> None:
    stage.kit.memory = Memory(16 * GB, stage.need - 1)
    install = stage.install()
    stage.engine.unload()
    stage.end(install)
    heard = Heard()
    stage.engine.answer(QUESTION, heard)
    heard.ending()
    assert stage.engine.status == ModelStatus(ModelState.NONE)


def test_the_answer_being_written_is_finished_first(stage: Stage) -> None:
    stage.kit.memory = Memory(16 * GB, stage.need - 1)
    gate, writing = threading.Event(), threading.Event()

    def hold(_event: object) -> None:
        writing.set()
        assert gate.wait(WITHIN)

    heard = Heard(hold)
    stage.engine.answer(QUESTION, heard)
    assert writing.wait(WITHIN)
    install = stage.kit.service.install(stage.kit.plan(InstallRequest(model=READY)))
    assert not stage.trying.wait(0.2)
    gate.set()
    ending = heard.ending()
    assert isinstance(ending, JobFinished) and ending.result.text == "中国的首都是北京。"
    assert stage.trying.wait(WITHIN)
    stage.end(install)


def test_a_paused_install_gives_the_memory_back(stage: Stage) -> None:
    stage.kit.memory = Memory(16 * GB, stage.need - 1)
    install = stage.install()
    stage.kit.service.pause(install)
    stage.kit.heard.until(install, InstallStatus.PAUSED)
    stage.until_ready("llama")


def test_a_wait_for_the_memory_can_be_called_off(stage: Stage) -> None:
    gate = threading.Event()
    heard = Heard(lambda _event: gate.wait(WITHIN) and None)
    stage.engine.answer(QUESTION, heard)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled), stage.engine.set_aside(cancel):
        pytest.fail("it is not free")
    gate.set()
    assert isinstance(heard.ending(), JobFinished)
    stage.until_ready("llama")


def test_closing_while_it_is_aside_does_not_wait(stage: Stage) -> None:
    with stage.engine.set_aside(CancelToken()):
        assert stage.engine.status.aside
        assert stage.engine.close(timeout=WITHIN)
    stage.engine = Engine()


def test_an_engine_without_a_model_lends_nothing() -> None:
    engine = Engine()
    with engine.set_aside(CancelToken()):
        assert engine.status == ModelStatus(ModelState.NONE)
    assert LoadedModel(lambda: engine).gives_back() == LoadedModel(lambda: None).gives_back() == 0
    assert engine.close()
