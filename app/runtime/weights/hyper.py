"""The numbers that describe a model of either architecture, checked before anything is computed from them."""

from __future__ import annotations

from dataclasses import dataclass, fields

from app.errors import Fixable

# Far above every real model: a larger number is damage, and products of two stay inside 64 bits.
LIMITS = {
    "vocabulary": 2_000_000,
    "hidden": 65_536,
    "feed_forward": 1_048_576,
    "layers": 1_024,
    "heads": 4_096,
    "kv_heads": 4_096,
    "context": 16_777_216,
}


@dataclass(frozen=True)
class Hyper:
    """Hyper-parameters in the words of the field; lengths count weights, not bytes."""

    architecture: str  # "llama" or "bloom"
    vocabulary: int  # rows of the embedding, padding included
    hidden: int
    feed_forward: int
    layers: int
    heads: int
    kv_heads: int
    context: int
    epsilon: float  # of RMSNorm (llama) or LayerNorm (bloom)
    rope_base: float = 10_000.0  # llama only

    @property
    def head_size(self) -> int:
        return self.hidden // self.heads

    def checked(self, file: str) -> Hyper:
        """Itself. Raises `Fixable("weights-config")` naming `file` and the field that cannot be."""
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name in LIMITS and not (type(value) is int and 0 < value <= LIMITS[one.name]):
                raise Fixable("weights-config", file=file, detail=f"{one.name}={value!r}"[:200])
        if self.hidden % self.heads or self.heads % self.kv_heads:
            raise Fixable("weights-config", file=file, detail=f"hidden={self.hidden}, heads={self.heads}")
        if not 0 < self.epsilon < 1 or not 1 <= self.rope_base <= 1e9:
            raise Fixable("weights-config", file=file, detail=f"epsilon={self.epsilon}, rope_base={self.rope_base}")
        return self
