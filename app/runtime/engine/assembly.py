"""Prompts as tokens, exchange by exchange, the same for the same text every time, so that the KV cache fits."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.runtime.engine.prompts import EOS_MARK, Exchange, Prompt
from app.runtime.engine.vocabulary import Vocabulary

_REMEMBERED = 1000

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class Assembly:
    """`head` (BOS and system prompt) and one token list per exchange."""

    head: tuple[int, ...]
    exchanges: tuple[tuple[int, ...], ...]

    def tokens(self, first: int = 0) -> list[int]:
        """All of it, with the exchanges from `first` on."""
        return [*self.head, *(token for part in self.exchanges[first:] for token in part)]


class Assembler:
    """Answers are remembered as the tokens the model wrote: the same text may be cut into others when read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._answers: OrderedDict[tuple[str, str], tuple[int, ...]] = OrderedDict()
        self._encoded: OrderedDict[tuple[str, bool, bool, tuple[str, ...]], tuple[int, ...]] = OrderedDict()

    def assemble(self, prompt: Prompt, bos: bool | None) -> Assembly:
        head = self._head(prompt, bos)
        fresh = True  # nothing but control tokens so far
        if prompt.head:
            fresh = False
        exchanges = []
        for exchange in prompt.exchanges:
            tokens = self._exchange(prompt, exchange, fresh)
            fresh = bool(tokens) and exchange.closing.endswith(EOS_MARK)
            exchanges.append(tokens)
        if head and exchanges and exchanges[0][:1] == (self._vocabulary.bos,) == head:
            head = ()  # the template wrote BOS itself
        return Assembly(head, tuple(exchanges))

    def _head(self, prompt: Prompt, bos: bool | None) -> tuple[int, ...]:
        wants_bos = self._vocabulary.adds_bos if bos is None else bos
        first = self._vocabulary.bos if wants_bos else None
        text = self._encode(prompt.head, True, prompt)
        return text if first is None or text[:1] == (first,) else (first, *text)

    def _exchange(self, prompt: Prompt, exchange: Exchange, fresh: bool) -> tuple[int, ...]:
        tokens = list(self._encode(exchange.question, fresh, prompt))
        if exchange.answer:
            fresh = fresh and not tokens
            known = self._answers.get((exchange.question, exchange.answer))
            tokens += known or self._vocabulary.encode(exchange.answer, start=fresh)
        return (*tokens, *self._closing(prompt, exchange.closing))

    def _closing(self, prompt: Prompt, closing: str) -> tuple[int, ...]:
        text, mark, _ = closing.partition(EOS_MARK)
        tokens = self._encode(text, False, prompt)
        eos = self._vocabulary.eos
        return (*tokens, eos) if mark and eos is not None else tokens

    def _encode(self, text: str, start: bool, prompt: Prompt) -> tuple[int, ...]:
        quoted = tuple(words for words in prompt.quoted if words.strip() in text) if prompt.markup else ()
        key = (text, start, prompt.markup, quoted)
        known = self._encoded.get(key)
        if known is None:
            known = tuple(self._markup(text, start, quoted) if prompt.markup else self._plain(text, start))
            _remember(self._encoded, key, known)
        return known

    def _plain(self, text: str, start: bool) -> list[int]:
        return self._vocabulary.encode(text, start=start)

    def _markup(self, text: str, start: bool, quoted: Sequence[str]) -> list[int]:
        """Control tokens are recognised, but not in the words of people."""
        for words in quoted:
            words = words.strip()
            plain = self._vocabulary.encode(words, start=False)
            if words in text and self._vocabulary.encode(words, start=False, special=True) != plain:
                before, _, after = text.partition(words)
                return [*self._markup(before, start, quoted), *plain, *self._markup(after, False, quoted)]
        return self._vocabulary.encode(text, start=start, special=True)

    def remember_answer(self, exchange: Exchange, text: str, start: Sequence[int], written: Sequence[int]) -> None:
        """`exchange` (which began with the tokens `start` of its answer) was answered by `text`, the model's
        `written`: use these tokens when it is read again."""
        answer = (exchange.answer or "") + text
        if answer:
            tokens = (*start, *self._trim(text, written))
            _remember(self._answers, (exchange.question, answer), tokens)

    def _trim(self, text: str, written: Sequence[int]) -> list[int]:
        """The tokens of exactly `text`: of those written as many as are in it, the rest read anew."""
        data = text.encode("utf-8", "replace")
        length, kept = 0, 0
        boundary = (0, 0)
        for token in written:
            piece = self._vocabulary.piece(token)
            if data[length : length + len(piece)] != piece:
                break
            length, kept = length + len(piece), kept + 1
            if length == len(data) or data[length] & 0xC0 != 0x80:  # not inside a character
                boundary = (length, kept)
        length, kept = boundary
        rest = data[length:].decode("utf-8", "replace")
        return [*written[:kept], *self._vocabulary.encode(rest, start=False)]

    def answer_start(self, exchange: Exchange) -> list[int]:
        """The tokens of the beginning of an answer that is to be continued."""
        if not exchange.answer:
            return []
        known = self._answers.get((exchange.question, exchange.answer))
        return list(known or self._vocabulary.encode(exchange.answer, start=not exchange.question))


def _remember(memory: OrderedDict[K, V], key: K, value: V) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > _REMEMBERED:
        memory.popitem(last=False)
