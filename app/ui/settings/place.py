"""What the settings' page Models works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.ui.context import Runtime


@dataclass(frozen=True)
class ModelsPlace:
    """`choose` has a model loaded, by its id or path."""

    runtime: Runtime
    choose: Callable[[str], object]
