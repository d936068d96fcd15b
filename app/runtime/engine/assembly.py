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
    """`head` (BOS and system prompt) and one token list per exchange. `bos_inside`: the template wrote BOS
    into its first exchange."""

    head: tuple[int, ...]
    exchanges: tuple[tuple[int, ...], ...]
    bos_inside: bool = False

    def tokens(self) -> tuple[int, ...]:
        return (*self.head, *(token for part in self.exchanges for token in part))

    def without(self, first: int) -> Assembly:
        """The same without the `first` oldest exchanges."""
        return Assembly(self.head, self.exchanges[first:])


@dataclass(frozen=True)
class AnswerStart:
    """The tokens of a half-written answer and the bytes of a character that it ends inside."""

    tokens: tuple[int, ...] = ()
    pending: bytes = b""


class Assembler:
    """Answers are remembered as the tokens the model wrote: the same text may be cut into others when read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._answers: OrderedDict[tuple[str, str], tuple[int, ...]] = OrderedDict()
        self._open: OrderedDict[tuple[str, str], AnswerStart] = OrderedDict()
        self._encoded: OrderedDict[tuple[str, bool, bool, tuple[str, ...]], tuple[int, ...]] = OrderedDict()

    def assemble(self, prompt: Prompt, bos: bool | None) -> Assembly:
        head = self._head(prompt, bos)
        fresh = not prompt.head  # nothing but control tokens so far
        exchanges = []
        for exchange in prompt.exchanges:
            tokens = self._exchange(prompt, exchange, fresh)
            fresh = bool(tokens) and exchange.closing.endswith(EOS_MARK)
            exchanges.append(tokens)
        bos_inside = bool(exchanges) and exchanges[0][:1] == (self._vocabulary.bos,)
        if bos_inside and head == exchanges[0][:1]:
            head = ()
        return Assembly(head, tuple(exchanges), bos_inside)

    def _head(self, prompt: Prompt, bos: bool | None) -> tuple[int, ...]:
        wants_bos = self._vocabulary.adds_bos if bos is None else bos
        first = self._vocabulary.bos if wants_bos else None
        text = self._encode(prompt.head, True, prompt)
        return text if first is None or text[:1] == (first,) else (first, *text)

    def _exchange(self, prompt: Prompt, exchange: Exchange, fresh: bool) -> tuple[int, ...]:
        tokens = list(self._encode(exchange.question, fresh, prompt))
        if not exchange.closing:
            return (*tokens, *self.answer_start(exchange).tokens)
        if exchange.answer:
            known = self._answers.get((exchange.question, exchange.answer))
            tokens += known or self._vocabulary.encode(exchange.answer, start=fresh and not tokens)
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

    def answer_start(self, exchange: Exchange) -> AnswerStart:
        """What there is of the answer of an open exchange."""
        if not exchange.answer:
            return AnswerStart()
        key = (exchange.question, exchange.answer)
        tokens = self._answers.get(key) or tuple(self._vocabulary.encode(exchange.answer, start=not exchange.question))
        return self._open.get(key) or AnswerStart(tokens)

    def remember_answer(self, exchange: Exchange, text: str, written: Sequence[int], pending: bytes) -> None:
        """`exchange` was answered by (or its answer went on with) `text`, the model's tokens `written`, which
        end inside a character if there are `pending` bytes: use these tokens when it is read again."""
        start = self.answer_start(exchange)
        key = (exchange.question, (exchange.answer or "") + text)
        if key[1]:
            _remember(self._answers, key, (*start.tokens, *self._trim(start.pending, text, written)))
        self._open.pop(key, None)
        if key[1] and pending:
            _remember(self._open, key, AnswerStart((*start.tokens, *written), pending))

    def _trim(self, before: bytes, text: str, written: Sequence[int]) -> list[int]:
        """The tokens of exactly `text`, the first `before` bytes of which were in earlier tokens: of those
        written as many as are in it, the rest read anew."""
        data = text.encode("utf-8", "replace")
        length, kept = len(before), 0
        boundary = (length, 0)
        for token in written:
            piece = self._vocabulary.piece(token)
            if data[length : length + len(piece)] != piece:
                break
            length, kept = length + len(piece), kept + 1
            if length == len(data) or data[length] & 0xC0 != 0x80:  # not inside a character
                boundary = (length, kept)
        length, kept = boundary
        rest = data[length:].decode("utf-8", "ignore")
        return [*written[:kept], *self._vocabulary.encode(rest, start=False)]


def _remember(memory: OrderedDict[K, V], key: K, value: V) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > _REMEMBERED:
        memory.popitem(last=False)
