"""The model the first page names, and whether it fits this computer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import psutil

GB = 1_000_000_000
COMFORT = 2 * GB  # memory that should stay free beside the model
SYSTEM_SHARE = 2 * GB  # what an operating system and its desktop keep for themselves


class Verdict(StrEnum):
    FITS = "fits"
    TIGHT = "tight"
    TOO_SMALL = "too-small"


@dataclass(frozen=True)
class Recommendation:
    """Sizes in bytes: `download` of the published files, `disk` and `memory` at Q4_0 with a context of 2048."""

    name: str
    download: int
    disk: int
    memory: int


# BELLE-7B-2M: pytorch_model.bin of 28,276,106,203 bytes (fp32); Q4_0 with the embedding at Q6_K 4.25 GB (computed
# from the tensor shapes); 5.4 GB resident with an F16 cache, measured by bench/engine.py on a model of that shape.
BELLE_7B_2M = Recommendation("BELLE-7B-2M", 28_276_106_203, 4_250_000_000, 5_400_000_000)


def verdict(model: Recommendation, total: int) -> Verdict:
    """Fits if 2 GB stay free beside model and system, tight if less, too small if it would not fit at all."""
    left = total - SYSTEM_SHARE - model.memory
    if left >= COMFORT:
        return Verdict.FITS
    return Verdict.TIGHT if left >= 0 else Verdict.TOO_SMALL


def installed_memory() -> int:
    """Physical memory in bytes."""
    return int(psutil.virtual_memory().total)
