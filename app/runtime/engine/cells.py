"""The KV cache and the list of tokens it holds, which are never allowed to disagree."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from app.errors import InternalBug
from app.runtime.engine.library import llama

log = logging.getLogger(__name__)

_SEQUENCE = 0
_END = -1
_ABORTED = 2


class Aborted(Exception):
    """The cancel token was set while tokens were being decoded; what was complete stays in the cache."""


class Cells:
    """`tokens` are what the context has decoded, in order of position."""

    def __init__(self, context: Any, micro_batch: int) -> None:
        lib = llama()
        self._lib = lib
        self._context = context
        self._memory = lib.llama_get_memory(context)
        self._micro_batch = micro_batch
        self._buffer = (lib.llama_token * micro_batch)()
        self._no_output = (lib.llama_batch._fields_[6][1]._type_ * micro_batch)()
        self.tokens: list[int] = []
        self.can_shift = bool(lib.llama_memory_can_shift(self._memory))

    def place(self, wanted: Sequence[int], gaps: Sequence[tuple[int, Sequence[int]]] = ()) -> int:
        """Keep of the cache what `wanted` can use and forget the rest; returns how many of its tokens are there.

        A gap (at, tokens): the cache may hold `tokens` at `at`, where `wanted` no longer has them; then they are
        taken out and what follows moves up. At least the last token is always left to decode.
        """
        if self.can_shift:
            self._close_best_gap(wanted, gaps)
        keep = min(common(self.tokens, wanted), len(wanted) - 1)
        self.truncate(keep)
        return len(self.tokens)

    def _close_best_gap(self, wanted: Sequence[int], gaps: Sequence[tuple[int, Sequence[int]]]) -> None:
        best, gain = None, common(self.tokens, wanted)
        for at, removed in gaps:
            end = at + len(removed)
            if self.tokens[:at] != list(wanted[:at]) or self.tokens[at:end] != list(removed):
                continue
            reach = at + common(self.tokens[end:], wanted[at:])
            if reach > gain:
                best, gain = (at, end), reach
        if best and self._lib.llama_memory_seq_rm(self._memory, _SEQUENCE, *best):
            at, end = best
            self._lib.llama_memory_seq_add(self._memory, _SEQUENCE, end, _END, at - end)
            del self.tokens[at:end]

    def truncate(self, length: int) -> None:
        """Forget everything from `length` on; a memory that cannot forget a part forgets all."""
        if not self._lib.llama_memory_seq_rm(self._memory, _SEQUENCE, length, _END):
            self._lib.llama_memory_clear(self._memory, True)
            length = 0
        del self.tokens[length:]

    def decode(self, tokens: Sequence[int], progress: Callable[[int], None] | None = None) -> None:
        """Decode `tokens` after what is there, logits for the last one only. Raises `Aborted`."""
        steps = -(-len(tokens) // self._micro_batch)
        size = -(-len(tokens) // max(1, steps))  # equal steps: a short last one would be slow for its length
        done = 0
        while done < len(tokens):
            part = tokens[done : done + size]
            self._step(part, done + len(part) == len(tokens))
            done += len(part)
            if progress:
                progress(done)

    def _step(self, part: Sequence[int], last: bool) -> None:
        count = len(part)
        self._buffer[:count] = part
        batch = self._lib.llama_batch_get_one(self._buffer, count)
        if not last:
            batch.logits = self._no_output
        status = self._lib.llama_decode(self._context, batch)
        if status == 0:
            self.tokens.extend(part)
            return
        self.truncate(len(self.tokens))
        if status == _ABORTED:
            raise Aborted
        raise InternalBug("internal-bug", kind="llama_decode", detail=f"status {status}, {count} tokens")


def common(left: Sequence[int], right: Sequence[int]) -> int:
    """Length of the common beginning."""
    limit = min(len(left), len(right))
    return next((i for i in range(limit) if left[i] != right[i]), limit)
