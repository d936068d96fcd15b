"""Where a stored tensor goes in the GGUF file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Place:
    """`name` is GGUF's; row i of the GGUF tensor is row `row_order[i]` of the stored one (None: rows stay).

    The order counts rows of the first axis, so it serves packed rows and biases alike."""

    name: str
    row_order: NDArray[np.int64] | None = None
