"""llama.cpp with a tiny model keeps the engine's contract, as its fake does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.runtime.engine.records import LoadOptions, ModelSpec, PromptTemplate
from app.runtime.engine.service import Engine
from app.runtime.events import JobFinished
from tests.contracts.engine_contract import EngineContract, Listener

MODEL = Path(__file__).parents[1] / "fixtures" / "gguf" / "bloom-f16.gguf"
TEMPLATE = PromptTemplate("fixture", "Human: \n{text}\n\nAssistant:\n", "\n", "{text}\n", ("Human:",))

pytest.importorskip("llama_cpp")


class TestRealEngine(EngineContract):
    question = "讲一个故事"

    @pytest.fixture
    def engine(self) -> Iterator[Engine]:
        engine = Engine()
        listener = Listener()
        engine.load(ModelSpec(MODEL, "tiny", "Tiny", TEMPLATE), LoadOptions(context=2048, threads=2), listener)
        assert isinstance(listener.ending(), JobFinished)
        yield engine
        engine.close()

    @pytest.fixture
    def engine_without_model(self) -> Iterator[Engine]:
        engine = Engine()
        yield engine
        engine.close()

    def test_an_answer_asked_during_the_load_waits_for_it(self) -> None:
        engine = Engine()
        engine.load(ModelSpec(MODEL, "tiny", "Tiny", TEMPLATE), LoadOptions(context=512, threads=2))
        listener = Listener()
        self.ask(engine, listener)
        assert isinstance(listener.ending(), JobFinished)
        engine.close()
