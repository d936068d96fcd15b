"""The model that the first page names, and whether it fits this computer. Its numbers are the catalogue's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import psutil

from app.runtime.models.catalogue import Model, load

GB = 1_000_000_000
COMFORT = 2 * GB  # memory that should stay free beside the model
SYSTEM_SHARE = 2 * GB  # what an operating system and its desktop keep for themselves


class Verdict(StrEnum):
    FITS = "fits"
    TIGHT = "tight"
    TOO_SMALL = "too-small"


class NeedsMemory(Protocol):
    """A target of a model, or a whole recommendation."""

    @property
    def memory(self) -> int:
        """Bytes in use."""


@dataclass(frozen=True)
class Recommendation:
    """A model of the catalogue with the target recommended there. Sizes in bytes: `download` of the published
    files, `disk` when installed, `memory` with a context of 2048."""

    id: str

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def download(self) -> int:
        return self._model.recommended.download

    @property
    def disk(self) -> int:
        return self._model.recommended.size

    @property
    def memory(self) -> int:
        return self._model.recommended.memory

    @property
    def _model(self) -> Model:
        return next(model for model in load().models if model.id == self.id)


BELLE_7B_2M = Recommendation("BELLE-7B-2M")


def verdict(model: NeedsMemory, total: int) -> Verdict:
    """Fits if 2 GB stay free beside model and system, tight if less, too small if it would not fit at all."""
    left = total - SYSTEM_SHARE - model.memory
    if left >= COMFORT:
        return Verdict.FITS
    return Verdict.TIGHT if left >= 0 else Verdict.TOO_SMALL


def installed_memory() -> int:
    """Physical memory in bytes."""
    return int(psutil.virtual_memory().total)
