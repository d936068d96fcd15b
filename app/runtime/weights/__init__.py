"""Weights: recognised, decrypted, converted and quantized into one GGUF file. No Qt, no command line.

    from app.runtime.weights import plan, recognise, run

    recognise(path)                          # what it is, whether it is whole, what it needs next
    run(plan(source, key, Target.Q4_0))      # one pass; `plan` says before what it reads, writes and needs

Formats and their sources: `docs/formats.md`.
"""

from __future__ import annotations

from app.runtime.weights.convert import run
from app.runtime.weights.planning import plan
from app.runtime.weights.recognise import recognise
from app.runtime.weights.records import Converted, Plan, Progress, Recognised, Target

__all__ = ["Converted", "Plan", "Progress", "Recognised", "Target", "plan", "recognise", "run"]
