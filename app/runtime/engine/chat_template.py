"""Prompts by a file's own `tokenizer.chat_template`: llama.cpp's built-in ones, else Jinja in a sandbox."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from app.errors import Fixable
from app.runtime.engine.library import llama
from app.runtime.engine.prompts import Exchange, Prompt, pair_up
from app.runtime.engine.records import Turn

Message = tuple[str, str]
Apply = Callable[[list[Message], bool], str]

GROWTH = 64 * 1024  # characters a template may add to the messages' own


class ChatTemplateRenderer:
    """`bos_text` and `eos_text` are what the template's variables of that name stand for."""

    stop: tuple[str, ...] = ()
    bos: bool | None = None

    def __init__(self, source: str, bos_text: str = "", eos_text: str = "") -> None:
        self._bos_text = bos_text
        self._apply = _built_in(source) or _jinja(source, bos_text, eos_text)

    def render(self, turns: Sequence[Turn], system: str) -> Prompt:
        pairs = pair_up(turns)
        opening: list[Message] = [("system", system)] if system else []
        head = self._head(opening, pairs[0][0] or "")
        messages, done, exchanges = list(opening), head, []
        for index, (question, answer) in enumerate(pairs):
            messages.append(("user", question or ""))
            asked = self._text(messages, True)
            if not asked.startswith(done):  # the template looks at the whole: no boundaries to be had
                return self._single(opening, pairs)
            part, closing = asked[len(done) :], ""
            if index < len(pairs) - 1:
                messages.append(("assistant", answer or ""))
                done = self._text(messages, False)
                if not done.startswith(asked + (answer or "")):
                    return self._single(opening, pairs)
                closing = done[len(asked) + len(answer or "") :]
            exchanges.append(Exchange(part, answer, closing))
        return Prompt(head, tuple(exchanges), True, _words(pairs, system))

    def _head(self, opening: list[Message], question: str) -> str:
        """The system prompt's own text, empty if the template weaves it into the first question."""
        if not opening:
            return ""
        try:
            alone = self._text(opening, False)
        except Fixable:
            return ""
        return alone if self._text([*opening, ("user", question)], True).startswith(alone) else ""

    def _single(self, opening: list[Message], pairs: list[tuple[str | None, str | None]]) -> Prompt:
        messages = list(opening)
        for question, answer in pairs[:-1]:
            messages += [("user", question or ""), ("assistant", answer or "")]
        question, answer = pairs[-1]
        messages.append(("user", question or ""))
        system = opening[0][1] if opening else ""
        return Prompt("", (Exchange(self._text(messages, True), answer),), True, _words(pairs, system))

    def _text(self, messages: list[Message], ask: bool) -> str:
        """The rendered messages without a leading BOS: the session puts it there."""
        return self._apply(messages, ask).removeprefix(self._bos_text)


def _words(pairs: list[tuple[str | None, str | None]], system: str) -> tuple[str, ...]:
    """What people wrote, longest first, so that no text hides a part of another."""
    return tuple(sorted({text for text in (system, *(q for q, _ in pairs)) if text}, key=len, reverse=True))


def _built_in(source: str) -> Apply | None:
    """llama.cpp's own rendering, None if it does not know this template."""
    template = source.encode()

    def apply(messages: list[Message], ask: bool) -> str:
        text = _apply_built_in(template, messages, ask)
        if text is None:
            raise Fixable("chat-template-unusable", detail="llama.cpp refused it")
        return text

    return None if _apply_built_in(template, [("user", "x")], True) is None else apply


def _apply_built_in(template: bytes, messages: list[Message], ask: bool) -> str | None:
    lib = llama()
    rows = [(role.encode(), text.encode("utf-8", "replace").replace(b"\0", b"")) for role, text in messages]
    chat = (lib.llama_chat_message * len(rows))(*(lib.llama_chat_message(*row) for row in rows))
    room = sum(len(text) for _, text in rows) + GROWTH
    buffer = ctypes.create_string_buffer(room)
    length = int(lib.llama_chat_apply_template(template, chat, len(rows), ask, buffer, room))
    if length < 0 or length > room:
        return None
    return buffer.raw[:length].decode("utf-8", "replace")


def _jinja(source: str, bos_text: str, eos_text: str) -> Apply:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = lambda form: datetime.now().strftime(form)
    try:
        template = environment.from_string(source)
    except Exception as error:  # whatever a foreign template does to its parser
        raise _unusable(error) from error

    def apply(messages: list[Message], ask: bool) -> str:
        values: dict[str, Any] = {
            "messages": [{"role": role, "content": text} for role, text in messages],
            "add_generation_prompt": ask,
            "bos_token": bos_text,
            "eos_token": eos_text,
        }
        limit = sum(len(text) for _, text in messages) * 2 + GROWTH
        try:
            return _bounded(template.generate(values), limit)
        except Exception as error:
            raise _unusable(error) from error

    return apply


def _bounded(pieces: Any, limit: int) -> str:
    text: list[str] = []
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit:
            raise ValueError("it writes too much")
        text.append(piece)
    return "".join(text)


def _refuse(message: str) -> None:
    raise ValueError(message)


def _unusable(error: Exception) -> Fixable:
    return Fixable("chat-template-unusable", detail=str(error)[:200])
