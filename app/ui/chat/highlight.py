"""Colours of code by line, found a few milliseconds at a time. No Qt.

Pygments' regular-expression lexers are run here step by step, so that a growing block goes on where it stopped and a
large one never holds the window up.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator

from pygments.lexer import Lexer, RegexLexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Token, _TokenType
from pygments.util import ClassNotFound

LIMIT = 60_000  # characters; beyond it code stays plain
CHECKPOINT = 12  # lines; a growing block is read again from the last but one

Span = tuple[int, int, str]  # start and length in UTF-16 units, token of the theme

KINDS: tuple[tuple[_TokenType, str], ...] = (
    (Comment.Preproc, "code-kw"),
    (Comment, "code-cmt"),
    (Keyword.Type, "code-type"),
    (Keyword, "code-kw"),
    (Operator.Word, "code-kw"),
    (Name.Function, "code-fn"),
    (Name.Decorator, "code-fn"),
    (Name.Class, "code-type"),
    (Name.Builtin.Pseudo, "code-kw"),
    (Name.Builtin, "code-fn"),
    (Name.Exception, "code-type"),
    (Name.Tag, "code-kw"),
    (Name.Attribute, "code-fn"),
    (String, "code-str"),
    (Number, "code-num"),
)
_NAMES = {Name, Name.Other, Name.Builtin, Name.Namespace}
_TYPES = frozenset(
    ["str", "int", "float", "bool", "list", "dict", "set", "tuple", "bytes", "object", "type", "complex", "frozenset"]
)
ALIASES = {"shell": "bash", "console": "bash", "py": "python", "jsonc": "json", "vue": "html", "plaintext": "text"}


@functools.lru_cache(maxsize=32)
def lexer_for(language: str) -> Lexer | None:
    """The lexer of a fence's language, None for plain text."""
    name = language.lower()
    try:
        found = get_lexer_by_name(ALIASES.get(name, name), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
    return None if found.name == "Text only" else found


@functools.lru_cache(maxsize=512)
def kind(token: _TokenType) -> str:
    for parent, name in KINDS:
        if token in parent:
            return name
    return ""


def display_name(language: str) -> str:
    """How the language is called in the block's head."""
    lexer = lexer_for(language) if language else None
    return str(lexer.name) if lexer else language


class Highlighter:
    """`lines[n]` are the spans of line n as far as known. `step` works until the deadline on the text as it is now."""

    def __init__(self, language: str) -> None:
        self.lines: list[tuple[Span, ...]] = []
        self._lexer = lexer_for(language) if language else None
        self._text = ""
        self._saved: list[tuple[int, int, tuple[str, ...]]] = [(0, 0, ("root",))]
        self._walk: Iterator[tuple[int, int]] | None = None

    def set_text(self, text: str) -> None:
        """The whole text, which begins with the text given before."""
        if text == self._text or self._lexer is None:
            return
        self._text = text
        self._walk = None
        if len(self._saved) > 1:
            self._saved.pop()  # what was unfinished there may read differently now

    def step(self, deadline: float) -> tuple[int, int, bool]:
        """First and last line whose colours changed (last < first: none), and whether all is done."""
        if self._lexer is None or len(self._text) > LIMIT:
            return 0, -1, True
        if self._walk is None:
            self._walk = self._lex()
        first, last = 1 << 30, -1
        for line, upto in self._walk:
            first, last = min(first, line), max(last, upto)
            if time.perf_counter() > deadline:
                return first, last, False
        return first, last, True

    def _lex(self) -> Iterator[tuple[int, int]]:
        position, number, stack = self._saved[-1]
        current: list[Span] = []
        column = 0
        since = number
        states = list(stack)
        for token, text in self._tokens(position, states):
            position += len(text)
            name = self._call(text, position) if token in _NAMES else kind(token)
            for index, part in enumerate(text.split("\n")):
                if index:
                    if self._put(number, tuple(current)):
                        yield number, number
                    current, column, number = [], 0, number + 1
                width = len(part) if part.isascii() else len(part.encode("utf-16-le", "replace")) // 2
                if name and width:
                    current.append((column, width, name))
                column += width
            if not column and number - since >= CHECKPOINT:
                since = number
                self._saved.append((position, number, tuple(states)))
        if self._put(number, tuple(current)):
            yield number, number

    def _call(self, text: str, end: int) -> str:
        """Names tell by their form what they are: `Counter` a type, `most_common(` a function."""
        if text[:1].isupper() and text[1:2].islower():
            return "code-type"
        return "code-fn" if self._text[end : end + 1] == "(" else "code-type" if text in _TYPES else ""

    def restart(self) -> None:
        """Read all of it again: the text is complete."""
        self._saved, self._walk = [(0, 0, ("root",))], None

    def _put(self, number: int, spans: tuple[Span, ...]) -> bool:
        """Whether the line's spans are new."""
        if number < len(self.lines):
            if self.lines[number] == spans:
                return False
            self.lines[number] = spans
        else:
            self.lines.append(spans)
        return bool(spans) or number < len(self.lines)

    def _tokens(self, position: int, states: list[str]) -> Iterator[tuple[_TokenType, str]]:
        """Tokens from `position`; `states` is the lexer's stack at each moment."""
        lexer = self._lexer
        if not isinstance(lexer, RegexLexer) or type(lexer).get_tokens_unprocessed is not _UNPROCESSED:
            if lexer is not None:
                yield from ((token, text) for _, token, text in lexer.get_tokens_unprocessed(self._text[position:]))
            return
        for start, token, text in _run(lexer, self._text, position, states):
            if start >= position and text:
                yield token, text


_UNPROCESSED = RegexLexer.get_tokens_unprocessed


def _run(lexer: RegexLexer, text: str, position: int, states: list[str]) -> Iterator[tuple[int, _TokenType, str]]:
    """`RegexLexer.get_tokens_unprocessed` with the stack in the caller's hands."""
    tables = lexer._tokens
    while position < len(text):
        for match_at, action, target in tables[states[-1]]:
            match = match_at(text, position)
            if not match:
                continue
            if action is not None:
                if type(action) is _TokenType:
                    yield position, action, match.group()
                else:
                    yield from action(lexer, match)
            position = match.end()
            if target is not None:
                _move(states, target)
            break
        else:
            if text[position] == "\n":
                states[:] = ["root"]
            yield position, Token.Text, text[position]
            position += 1


def _move(states: list[str], target: object) -> None:
    if isinstance(target, tuple):
        for state in target:
            if state == "#pop":
                if len(states) > 1:
                    states.pop()
            elif state == "#push":
                states.append(states[-1])
            else:
                states.append(state)
    elif isinstance(target, int):
        if abs(target) >= len(states):
            del states[1:]
        else:
            del states[target:]
    elif target == "#push":
        states.append(states[-1])
