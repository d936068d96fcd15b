"""Turns become prompt text: BELLE's templates are rows of `assets/templates.json`, others come with their file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from app.resources import assets
from app.runtime.engine.records import PromptTemplate, Role, Sampling, Turn

FALLBACK = "belle-bloom"  # for a file that says nothing about its prompts
EOS_MARK = "{eos}"  # in a separator: the model's end token
TEXT_MARK = "{text}"


@dataclass(frozen=True)
class Exchange:
    """A whole turn: what was asked, the answer, and what closes it. It stays or goes as one.

    The last exchange of a prompt is open: `answer` is None, or the beginning of one, and `closing` is empty.
    """

    question: str
    answer: str | None = None
    closing: str = ""


@dataclass(frozen=True)
class Prompt:
    """`head` (the system prompt) and the exchanges, in order. `markup`: `<|…|>` in questions and closings are
    control tokens. `quoted`: the users' own words, where that must not happen."""

    head: str
    exchanges: tuple[Exchange, ...]
    markup: bool = False
    quoted: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.head + "".join(e.question + (e.answer or "") + e.closing for e in self.exchanges)


class Renderer(Protocol):
    """A way to make prompts. `stop`: strings that end an answer; `bos` None: as the model says."""

    stop: tuple[str, ...]
    bos: bool | None

    def render(self, turns: Sequence[Turn], system: str) -> Prompt:
        """The prompt that asks for what follows `turns`."""


def pair_up(turns: Sequence[Turn]) -> list[tuple[str | None, str | None]]:
    """(question, answer) pairs; a question without answer or the other way round has None."""
    pairs: list[tuple[str | None, str | None]] = []
    starts = exchange_starts(turns)
    for start, end in zip(starts, [*starts[1:], len(turns)], strict=True):
        texts = {turn.role: turn.text for turn in turns[start:end]}
        pairs.append((texts.get(Role.USER), texts.get(Role.ASSISTANT)))
    return pairs


def exchange_starts(turns: Sequence[Turn]) -> list[int]:
    """Where each exchange begins: at every question, and at an answer that follows none."""
    return [
        index
        for index, turn in enumerate(turns)
        if turn.role is Role.USER or index == 0 or turns[index - 1].role is Role.ASSISTANT
    ]


class RowRenderer:
    """BELLE's kind of template: plain text, no control tokens but the separator's `{eos}`."""

    def __init__(self, row: PromptTemplate) -> None:
        self._row = row
        self.stop = row.stop
        self.bos = row.bos

    def render(self, turns: Sequence[Turn], system: str) -> Prompt:
        row = self._row
        pairs = pair_up(turns)
        exchanges = [
            Exchange(
                question="" if question is None else row.user.replace(TEXT_MARK, question),
                answer=answer,
                closing=row.separator if index < len(pairs) - 1 else "",
            )
            for index, (question, answer) in enumerate(pairs)
        ]
        return Prompt(row.system.replace(TEXT_MARK, system) if system else "", tuple(exchanges))


class RawRenderer:
    """The one turn's text is the prompt."""

    stop: tuple[str, ...] = ()
    bos: bool | None = None

    def render(self, turns: Sequence[Turn], system: str) -> Prompt:
        return Prompt("", (Exchange("".join(turn.text for turn in turns)),))


@cache
def templates() -> dict[str, PromptTemplate]:
    """All rows by id."""
    return {row["id"]: _template(row) for row in _rows()}


def template_for(model_id: str) -> PromptTemplate | None:
    """The row that serves a catalogue model, None if no row names it."""
    for row in _rows():
        if model_id in row["models"]:
            return templates()[row["id"]]
    return None


def jinja_template(row: PromptTemplate) -> str:
    """The row as a Jinja chat template, for `tokenizer.chat_template` of a GGUF file that other programs read too."""
    before, after = (json.dumps(part, ensure_ascii=False) for part in row.user.split(TEXT_MARK, 1))
    system_before, system_after = (json.dumps(part, ensure_ascii=False) for part in row.system.split(TEXT_MARK, 1))
    separator = "eos_token" if row.separator == EOS_MARK else json.dumps(row.separator, ensure_ascii=False)
    return (
        "{% for message in messages %}"
        "{% if message['role'] == 'system' %}{{ " + f"{system_before} + message['content'] + {system_after}" + " }}"
        "{% elif message['role'] == 'user' %}{{ " + f"{before} + message['content'] + {after}" + " }}"
        "{% else %}{{ message['content'] }}{% if not loop.last or not add_generation_prompt %}"
        "{{ " + separator + " }}{% endif %}{% endif %}{% endfor %}"
    )


def fallback_template() -> PromptTemplate:
    return templates()[FALLBACK]


@cache
def _rows() -> list[dict[str, Any]]:
    data = json.loads((assets() / "templates.json").read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = data["templates"]
    return rows


def _template(row: dict[str, Any]) -> PromptTemplate:
    if TEXT_MARK not in row["user"]:
        raise ValueError(f"template {row['id']}: no {TEXT_MARK} in its user form")
    return PromptTemplate(
        id=row["id"],
        user=row["user"],
        separator=row["separator"],
        system=row["system"],
        stop=tuple(row["stop"]),
        bos=row["bos"],
        sampling=Sampling(**row["sampling"]),
        max_tokens=row["max_tokens"],
    )
