"""The model that the first page names, and whether it fits this computer. Its numbers are the catalogue's."""

from __future__ import annotations

from dataclasses import dataclass

from app.runtime.models.catalogue import Model, load
from app.runtime.models.memory import SYSTEM_SHARE, Fit, verdict


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

    def fit(self, total: int) -> Fit:
        """Whether it fits into a computer with `total` bytes of memory on which little else runs."""
        return verdict(self.memory, total - SYSTEM_SHARE).fit

    @property
    def _model(self) -> Model:
        return next(model for model in load().models if model.id == self.id)


BELLE_7B_2M = Recommendation("BELLE-7B-2M")
