"""The form of a message."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """`what` happened in one sentence and what to do `next`; both may hold {placeholders} of the error's params."""

    what: str
    next: str = ""
