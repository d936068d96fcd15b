"""The engine as others use it: one lane, one model, one status."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.runtime.engine.records import (
    Answer,
    AnswerRequest,
    LoadOptions,
    ModelInfo,
    ModelSpec,
    ModelState,
    ModelStatus,
    Sampling,
)
from app.runtime.engine.service import TRANSITIONS, Engine
from app.runtime.events import (
    Event,
    JobCancelled,
    JobFailed,
    JobFinished,
    LoadProgress,
    PromptProgress,
    TextDelta,
)
from app.runtime.jobs import Job
from tests.contracts.engine_contract import EngineContract, Listener
from tests.runtime.engine.engine_kit import BLOOM, GREEDY, LLAMA, TRAINED_ON, Heard, talk

OPTIONS = LoadOptions(512, threads=1)
BLOOM_SPEC = ModelSpec(BLOOM, "bloom", "Bloom", TRAINED_ON)
LLAMA_SPEC = ModelSpec(LLAMA, "llama", "Llama", TRAINED_ON)
ENDLESS = Sampling(temperature=5.0, top_k=0, top_p=1.0, repeat_penalty=1.0, seed=1)
QUESTION = AnswerRequest(talk("中国的首都是哪里?"), sampling=GREEDY, max_tokens=24)


@pytest.fixture
def told() -> list[ModelStatus]:
    return []


@pytest.fixture
def engine(told: list[ModelStatus]) -> Iterator[Engine]:
    engine = Engine(told.append)
    yield engine
    assert engine.close()


class TestContract(EngineContract):
    @pytest.fixture
    def engine(self) -> Iterator[Engine]:
        engine = Engine()
        engine.load(BLOOM_SPEC, LoadOptions(2048, threads=1))
        yield engine
        assert engine.close()

    @pytest.fixture
    def engine_without_model(self) -> Iterator[Engine]:
        engine = Engine()
        yield engine
        assert engine.close()

    def ask(self, engine: Engine, listener: Listener, **changes: object) -> Job:
        if changes.get("max_tokens") == self.long_tokens:
            changes["sampling"] = ENDLESS
        return super().ask(engine, listener, **changes)


def _answer(engine: Engine, request: AnswerRequest = QUESTION) -> Event:
    heard = Heard()
    engine.answer(request, heard)
    return heard.ending()


def test_loading_is_told_step_by_step(engine: Engine, told: list[ModelStatus]) -> None:
    heard = Heard()
    assert engine.status == ModelStatus(ModelState.NONE)
    job = engine.load(BLOOM_SPEC, OPTIONS, heard)
    assert engine.status.state in (ModelState.LOADING, ModelState.READY)
    ending = heard.ending()
    assert isinstance(ending, JobFinished) and isinstance(ending.result, ModelInfo)
    assert heard.all(LoadProgress) and {event.job for event in heard} == {job.id}
    assert [status.state for status in told[:1] + told[-1:]] == [ModelState.LOADING, ModelState.READY]
    assert all(status.id == "bloom" and status.name == "Bloom" for status in told)
    assert told[-1] == engine.status and engine.status.info == ending.result


def test_an_answer_waits_for_the_load(engine: Engine) -> None:
    engine.load(BLOOM_SPEC, OPTIONS)
    ending = _answer(engine)
    assert isinstance(ending, JobFinished) and isinstance(ending.result, Answer)
    assert ending.result.text == "中国的首都是北京。"


def test_loading_another_model_takes_its_place(engine: Engine) -> None:
    engine.load(BLOOM_SPEC, OPTIONS)
    assert isinstance(_answer(engine), JobFinished)
    engine.load(LLAMA_SPEC, OPTIONS)
    ending = _answer(engine)
    assert isinstance(ending, JobFinished) and ending.result.text == "中国的首都是北京。"
    assert engine.status.id == "llama"


def test_loading_ends_a_running_answer(engine: Engine) -> None:
    engine.load(BLOOM_SPEC, OPTIONS)
    writing = threading.Event()
    heard = Heard(lambda event: writing.set() if isinstance(event, TextDelta) else None)
    engine.answer(AnswerRequest(talk("Tell me a story"), sampling=ENDLESS, max_tokens=5000), heard)
    assert writing.wait(60)
    engine.load(LLAMA_SPEC, OPTIONS)
    assert isinstance(heard.ending(), JobFinished)
    assert isinstance(_answer(engine), JobFinished)


def test_loading_ends_a_running_load(engine: Engine, told: list[ModelStatus]) -> None:
    gate, loading = threading.Event(), threading.Event()

    def hold(event: Event) -> None:
        if isinstance(event, LoadProgress):
            loading.set()
            gate.wait(60)

    first, second = Heard(hold), Heard()
    engine.load(BLOOM_SPEC, OPTIONS, first)
    assert loading.wait(60)
    engine.load(LLAMA_SPEC, OPTIONS, second)
    gate.set()
    assert isinstance(first.ending(), JobCancelled)
    assert isinstance(second.ending(), JobFinished)
    later = told[next(place for place, status in enumerate(told) if status.id == "llama") :]
    assert {status.id for status in later} == {"llama"}


def test_a_cancelled_load_leaves_nothing(engine: Engine) -> None:
    heard = Heard(lambda event: job.cancel() if isinstance(event, LoadProgress) else None)
    job = engine.load(BLOOM_SPEC, OPTIONS, heard)
    assert isinstance(heard.ending(), (JobCancelled, JobFinished))
    assert engine.status.state is ModelState.NONE
    ending = _answer(engine)
    assert isinstance(ending, JobFailed) and ending.error.code == "no-model"


def test_a_load_cancelled_before_it_began_leaves_the_earlier_model(engine: Engine) -> None:
    engine.load(BLOOM_SPEC, OPTIONS)
    assert isinstance(_answer(engine), JobFinished)
    gate = threading.Event()
    busy = Heard(lambda event: gate.wait(60) and None)
    engine.answer(QUESTION, busy)
    heard = Heard()
    engine.load(LLAMA_SPEC, OPTIONS, heard).cancel()
    gate.set()
    assert isinstance(heard.ending(), JobCancelled)
    assert (engine.status.state, engine.status.id) == (ModelState.READY, "bloom")
    assert isinstance(_answer(engine), JobFinished)


def test_a_failed_load_says_why(engine: Engine, tmp_path: Path) -> None:
    heard = Heard()
    engine.load(ModelSpec(tmp_path / "no.gguf", "no", "No"), OPTIONS, heard)
    ending = heard.ending()
    assert isinstance(ending, JobFailed) and ending.error.code == "model-file-missing"
    assert (engine.status.state, engine.status.error) == (ModelState.FAILED, ending.error)
    engine.load(BLOOM_SPEC, OPTIONS)
    assert isinstance(_answer(engine), JobFinished)


def test_unload_frees_and_tells(engine: Engine, told: list[ModelStatus]) -> None:
    engine.load(BLOOM_SPEC, OPTIONS)
    assert isinstance(_answer(engine), JobFinished)
    engine.unload()
    assert isinstance(_answer(engine), JobFailed)
    assert told[-1] == ModelStatus(ModelState.NONE)


def test_cancel_while_a_prompt_is_read(engine: Engine) -> None:
    engine.load(BLOOM_SPEC, LoadOptions(2048, threads=1))
    heard = Heard(lambda event: job.cancel() if isinstance(event, PromptProgress) and event.done else None)
    gate = threading.Event()
    engine.answer(QUESTION, Heard(lambda event: gate.wait(60) and None))
    job = engine.answer(AnswerRequest(talk("word " * 300), sampling=GREEDY), heard)
    gate.set()
    assert isinstance(heard.ending(), JobCancelled)
    assert heard.all(PromptProgress)[-1].done < heard.all(PromptProgress)[-1].total


def test_close_ends_a_running_answer_soon() -> None:
    engine = Engine()
    engine.load(BLOOM_SPEC, OPTIONS)
    writing = threading.Event()
    heard = Heard(lambda event: writing.set() if isinstance(event, TextDelta) else None)
    engine.answer(AnswerRequest(talk("Tell me a story"), sampling=ENDLESS, max_tokens=50_000), heard)
    assert writing.wait(60)
    assert engine.close()
    assert heard.ending()


def test_memory_need_is_a_job(engine: Engine) -> None:
    heard = Heard()
    engine.memory_need(BLOOM, OPTIONS, heard)
    ending = heard.ending()
    assert isinstance(ending, JobFinished) and ending.result > 1_000_000


@pytest.mark.parametrize("start", ModelState)
def test_every_state_can_load_and_none_is_forgotten(start: ModelState) -> None:
    assert ModelState.LOADING in TRANSITIONS[start]


def test_a_forbidden_step_is_a_bug(engine: Engine) -> None:
    step: Callable[[int, ModelStatus], None] = engine._advance
    with pytest.raises(ValueError, match="none -> ready"):
        step(0, ModelStatus(ModelState.READY))
