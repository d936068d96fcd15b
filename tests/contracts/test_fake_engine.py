"""The fake keeps the engine's contract."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from app.errors import Fixable
from app.runtime.engine.records import AnswerRequest
from tests.contracts.engine_contract import EngineContract
from tests.contracts.fake_engine import FakeEngine, Script


def _script(request: AnswerRequest) -> Script:
    endless = request.max_tokens > 100
    return Script(pieces=itertools.repeat("word ") if endless else Script.pieces, pace=0.001)


class TestFakeEngine(EngineContract):
    @pytest.fixture
    def engine(self) -> Iterator[FakeEngine]:
        engine = FakeEngine(_script)
        yield engine
        engine.close()

    @pytest.fixture
    def engine_without_model(self) -> Iterator[FakeEngine]:
        engine = FakeEngine(Script(pieces=(), prompt=0, error=Fixable("no-model")))
        yield engine
        engine.close()
