"""Which turns fit: whole oldest ones go, the system prompt and the newest stay."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from app.runtime.engine.assembly import Assembler, Assembly
from app.runtime.engine.prompts import Exchange, Prompt, RawRenderer, Renderer, exchange_starts
from app.runtime.engine.records import AnswerRequest

REREAD_SHARE = 2  # where cells cannot move, drop down to half: not to read everything again each turn


@dataclass(frozen=True)
class Fitted:
    """A prompt without its `dropped` oldest exchanges. `gaps`: what `Cells.place` may find in their place."""

    tokens: tuple[int, ...]
    dropped: int
    open: Exchange
    gaps: tuple[tuple[int, tuple[int, ...]], ...]


class Fitter:
    """Fits one request into `context` tokens. `can_shift`: dropped turns cost nothing but themselves."""

    def __init__(
        self, request: AnswerRequest, renderer: Renderer, assembler: Assembler, context: int, can_shift: bool
    ) -> None:
        self._request = request
        self._renderer = RawRenderer() if request.raw else renderer
        self._assembler = assembler
        self._context = context
        self._can_shift = can_shift
        self._starts = [0] if request.raw else exchange_starts(request.turns)
        self._rendered: dict[int, tuple[Prompt, Assembly]] = {}

    @property
    def last(self) -> int:
        """The most exchanges that can be dropped."""
        return len(self._starts) - 1

    @property
    def stop(self) -> tuple[str, ...]:
        return self._renderer.stop

    def fit(self, held: Sequence[int], room: int, at_least: int = 0) -> Fitted:
        """The prompt that leaves `room` tokens free, if dropping can do that; of several possible ones that
        which the cache (`held`) already has."""
        drop = self._needed(room, at_least)
        if drop > at_least and not self._can_shift:
            drop = self._needed(max(room, self._context - self._context // REREAD_SHARE), at_least)
        if drop:
            drop = self._as_before(held, drop)
        prompt, assembly = self._without(drop)
        return Fitted(assembly.tokens(), drop, prompt.exchanges[-1], self._gaps(drop, len(held)))

    def _needed(self, room: int, at_least: int) -> int:
        """The fewest exchanges to drop."""
        drops = range(at_least, self.last)
        return at_least + bisect_left(
            drops, True, key=lambda drop: len(self._without(drop)[1].tokens()) + room <= self._context
        )

    def _as_before(self, held: Sequence[int], drop: int) -> int:
        """More than needed were dropped during the last answer: leave it at that."""
        whole = self._without(0)[1]
        if len(whole.exchanges) != len(self._starts):
            return drop
        head = len(whole.head)
        for candidate in range(drop, self.last):
            first = whole.exchanges[candidate]
            if tuple(held[: head + len(first)]) == whole.head + first:
                return candidate
        return drop

    def _gaps(self, drop: int, held: int) -> tuple[tuple[int, tuple[int, ...]], ...]:
        whole = self._without(0)[1]
        if not drop or len(whole.exchanges) != len(self._starts):
            return ()
        gaps = []
        removed: tuple[int, ...] = ()
        for exchange in reversed(whole.exchanges[:drop]):
            removed = exchange + removed
            if len(removed) > held:
                break
            gaps.append((len(whole.head), removed))
        return tuple(gaps)

    def _without(self, drop: int) -> tuple[Prompt, Assembly]:
        known = self._rendered.get(drop)
        if known is None:
            known = self._rendered[drop] = self._render(drop)
        return known

    def _render(self, drop: int) -> tuple[Prompt, Assembly]:
        """Without a change where possible: a turn that moves to the front keeps its tokens and its cells."""
        turns = self._request.turns[self._starts[drop] :]
        prompt = self._renderer.render(turns, "" if self._request.raw else self._request.system)
        if drop:
            whole, assembly = self._without(0)
            if (prompt.head, prompt.exchanges) == (whole.head, whole.exchanges[drop:]) and not assembly.bos_inside:
                return prompt, assembly.without(drop)
        return prompt, self._assembler.assemble(prompt, self._renderer.bos)
