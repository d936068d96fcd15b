"""The engine that is made beside the window: loads wait for it, and a failure is told."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from app.errors import AppError
from app.late_engine import LateEngine
from app.runtime.engine.records import AnswerRequest, LoadOptions, ModelSpec

SPEC = ModelSpec(Path("a.gguf"), "a", "a")


class Recorder:
    """Stands where the engine would; keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def load(self, spec: ModelSpec, _options: LoadOptions) -> None:
        self.told.append(f"load {spec.id}")

    def close(self) -> None:
        self.told.append("close")


def made(make: Any) -> tuple[LateEngine, threading.Event, list[AppError]]:
    end, errors = threading.Event(), []

    def failed(error: AppError) -> None:
        errors.append(error)
        end.set()

    return LateEngine(make, end.set, failed), end, errors


def test_a_load_waits_for_the_engine() -> None:
    engine = Recorder()
    late, end, errors = made(lambda: engine)
    late.load(SPEC, LoadOptions())
    assert engine.told == []
    late.begin()
    assert end.wait(10) and errors == []
    late.close()
    assert engine.told == ["load a", "close"]


def test_an_engine_that_cannot_be_made_is_told_and_answers_fail() -> None:
    def broken() -> None:
        raise OSError("no such library")

    late, end, errors = made(broken)
    late.load(SPEC, LoadOptions())
    late.begin()
    assert end.wait(10)
    assert [error.code for error in errors] == ["internal-bug"]
    with pytest.raises(OSError, match="no such library"):
        late.answer(AnswerRequest(()), lambda _event: None)
    late.close()


def test_closing_before_the_beginning_does_nothing() -> None:
    engine = Recorder()
    late, _end, errors = made(lambda: engine)
    late.close()
    assert engine.told == [] and errors == []
