"""How long the steps of an install take, from rates that `bench/weights.py` measured. Only to be told."""

from __future__ import annotations

import os
from dataclasses import dataclass

from app.runtime.weights import mixes
from app.runtime.weights.planning import DISK_RATE, PLAIN_RATE, QUANTIZE_RATE
from app.runtime.weights.records import Target

HASH_RATE = 1e9  # bytes a second and core
TRY_SECONDS = 15.0  # to start a child process and write two sentences, beside reading the file


@dataclass(frozen=True)
class Estimate:
    """Of a conversion: how many weights become `type`, None where they keep their numbers. `seconds`: if the converter
    has said it itself."""

    parameters: int
    type: str | None
    seconds: float = 0.0


def convert_seconds(work: Estimate, read: int, write: int) -> float:
    """The slower of disk and processor, which work at the same time."""
    if work.seconds:
        return work.seconds
    disk = (read + write) / DISK_RATE
    if work.type is None:
        return disk
    rate = QUANTIZE_RATE.get(mixes.base_type(Target(work.type)), PLAIN_RATE)
    return max(disk, work.parameters / rate / (os.cpu_count() or 1))


def verify_seconds(size: int) -> float:
    return size / min(DISK_RATE, HASH_RATE)


def try_seconds(size: int) -> float:
    return TRY_SECONDS + size / DISK_RATE
