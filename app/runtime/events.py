"""What may cross a thread: frozen dataclasses of plain values. Every event names the job it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.errors import AppError


@dataclass(frozen=True)
class Event:
    job: int


@dataclass(frozen=True)
class JobFinished(Event):
    """The one good ending; `result` is frozen too (e.g. `engine.records.ModelInfo`, `engine.records.Answer`)."""

    result: Any


@dataclass(frozen=True)
class JobCancelled(Event):
    pass


@dataclass(frozen=True)
class JobFailed(Event):
    error: AppError


@dataclass(frozen=True)
class LoadProgress(Event):
    """`fraction` of the model file read, 0..1."""

    fraction: float


@dataclass(frozen=True)
class PromptProgress(Event):
    """`done` of `total` prompt tokens that had to be decoded (reused ones are not counted)."""

    done: int
    total: int


@dataclass(frozen=True)
class TextDelta(Event):
    """A piece of answer text, whole characters only."""

    text: str


@dataclass(frozen=True)
class TurnsDropped(Event):
    """`turns` oldest turns no longer fit into the context."""

    turns: int
