"""Colours of code by line, found a few milliseconds at a time. No Qt.

Pygments' regular-expression lexers are run here step by step, so that a growing block goes on where it stopped and a
large one never holds the window up. Pygments itself is imported by the thread that loads the first lexer.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer, RegexLexer
    from pygments.token import _TokenType

LIMIT = 60_000  # characters; beyond it code stays plain
AGAIN = 4  # lines of a growing text that are read again with every new one

Span = tuple[int, int, str]  # start and length in UTF-16 units, token of the theme

KINDS = (
    ("Comment.Preproc", "code-kw"),
    ("Comment", "code-cmt"),
    ("Keyword.Type", "code-type"),
    ("Keyword", "code-kw"),
    ("Operator.Word", "code-kw"),
    ("Name.Function", "code-fn"),
    ("Name.Decorator", "code-fn"),
    ("Name.Class", "code-type"),
    ("Name.Builtin.Pseudo", "code-kw"),
    ("Name.Exception", "code-type"),
    ("Name.Tag", "code-kw"),
    ("Name.Attribute", "code-fn"),
    ("Literal.String", "code-str"),
    ("Literal.Number", "code-num"),
)
GUESSED = {"Name", "Name.Other", "Name.Builtin", "Name.Namespace"}
TYPES = frozenset(
    ["str", "int", "float", "bool", "list", "dict", "set", "tuple", "bytes", "object", "type", "complex", "frozenset"]
)
ALIASES = {"shell": "bash", "console": "bash", "sh": "bash", "py": "python", "jsonc": "json", "vue": "html"}
NAMES = {
    "python": "Python",
    "py": "Python",
    "bash": "Bash",
    "sh": "Shell",
    "shell": "Shell",
    "c": "C",
    "cpp": "C++",
    "c++": "C++",
    "csharp": "C#",
    "cs": "C#",
    "css": "CSS",
    "go": "Go",
    "html": "HTML",
    "java": "Java",
    "javascript": "JavaScript",
    "js": "JavaScript",
    "json": "JSON",
    "kotlin": "Kotlin",
    "latex": "LaTeX",
    "lua": "Lua",
    "markdown": "Markdown",
    "md": "Markdown",
    "matlab": "MATLAB",
    "php": "PHP",
    "powershell": "PowerShell",
    "r": "R",
    "ruby": "Ruby",
    "rust": "Rust",
    "sql": "SQL",
    "swift": "Swift",
    "toml": "TOML",
    "ts": "TypeScript",
    "typescript": "TypeScript",
    "xml": "XML",
    "yaml": "YAML",
    "yml": "YAML",
}


def display_name(language: str) -> str:
    """How the language is called in the block's head."""
    return NAMES.get(language.lower(), language)


class Lexers:
    """Lexers by language. Loading one takes tens of milliseconds, so a thread does it."""

    def __init__(self) -> None:
        self._found: dict[str, Lexer | None] = {}
        self._asked: set[str] = set()

    def ask(self, language: str) -> bool:
        """Whether it is known what `get` answers; if not, it soon will be."""
        name = language.lower()
        if name not in self._asked:
            self._asked.add(name)
            threading.Thread(target=self._load, args=(name,), name="lexer", daemon=True).start()
        return name in self._found

    def get(self, language: str) -> Lexer | None:
        return self._found.get(language.lower())

    def _load(self, name: str) -> None:
        found = None
        with contextlib.suppress(Exception):  # unknown, or its module does not load: the code stays plain
            from pygments.lexers import get_lexer_by_name

            found = get_lexer_by_name(ALIASES.get(name, name), stripnl=False, ensurenl=False)
        self._found[name] = None if found is None or found.name == "Text only" else found


LEXERS = Lexers()
_kinds: dict[object, str] = {}


def kind(token: _TokenType) -> str:
    """The theme's token for a token of Pygments; `?` where the name's form decides, empty for plain text."""
    found = _kinds.get(token)
    if found is None:
        path = ".".join(token)
        found = (
            "?"
            if path in GUESSED
            else next((name for parent, name in KINDS if f"{path}.".startswith(f"{parent}.")), "")
        )
        _kinds[token] = found
    return found


class Highlighter:
    """`lines[n]` are the spans of line n as far as known. `step` works until the deadline on the text as it is now.

    While the text grows only its last lines are read; `restart` then reads all of it.
    """

    def __init__(self, language: str) -> None:
        self.lines: list[tuple[Span, ...]] = []
        self._language = language
        self._lexer: Lexer | None = None
        self._text = ""
        self._growing = True
        self._saved: list[tuple[int, int, tuple[str, ...]]] = [(0, 0, ("root",))]
        self._walk: Iterator[tuple[int, bool]] | None = None
        if language:
            LEXERS.ask(language)

    def set_text(self, text: str) -> None:
        """The whole text, which begins with the text given before."""
        if text != self._text:
            self._text = text
            self._walk = None
            del self._saved[max(1, len(self._saved) - AGAIN) :]  # what was unfinished there may read differently now

    def restart(self) -> None:
        """Read all of it again: the text is complete."""
        self._saved, self._walk, self._growing = [(0, 0, ("root",))], None, False

    def step(self, deadline: float) -> tuple[int, int, bool]:
        """First and last line whose colours changed (last < first: none), and whether all is done."""
        if not self._language or len(self._text) > LIMIT:
            return 0, -1, True
        if not LEXERS.ask(self._language):
            return 0, -1, False
        self._lexer = LEXERS.get(self._language)
        if self._lexer is None:
            return 0, -1, True
        self._walk = self._walk or self._lex()
        first, last = 1 << 30, -1
        try:
            for number, changed in self._walk:
                if changed:
                    first, last = min(first, number), max(last, number)
                if time.perf_counter() > deadline:
                    return first, last, False
        except Exception:  # a lexer's own fault must not reach the window: the rest stays plain
            self._language = ""
        return first, last, True

    def _lex(self) -> Iterator[tuple[int, bool]]:
        """The number of each line as it is read, and whether its colours are new."""
        position, number, stack = self._saved[-1]
        current: list[Span] = []
        column = 0
        states = list(stack)
        for token, text in self._tokens(position, states):
            position += len(text)
            name = kind(token)
            if name == "?":
                name = self._guess(text, position)
            for index, part in enumerate(text.split("\n")):
                if index:
                    yield number, self._put(number, tuple(current))
                    current, column, number = [], 0, number + 1
                width = len(part) if part.isascii() else len(part.encode("utf-16-le", "replace")) // 2
                if name and width:
                    current.append((column, width, name))
                column += width
            if not column and number > self._saved[-1][1] and self._growing:
                self._saved.append((position, number, tuple(states)))
        yield number, self._put(number, tuple(current))

    def _guess(self, text: str, end: int) -> str:
        """Names tell by their form what they are: `Counter` a type, `most_common(` a function."""
        if text[:1].isupper() and text[1:2].islower():
            return "code-type"
        return "code-fn" if self._text[end : end + 1] == "(" else "code-type" if text in TYPES else ""

    def _put(self, number: int, spans: tuple[Span, ...]) -> bool:
        """Whether the line's spans are new."""
        if number < len(self.lines):
            if self.lines[number] == spans:
                return False
            self.lines[number] = spans
        else:
            self.lines.append(spans)
        return bool(spans)

    def _tokens(self, position: int, states: list[str]) -> Iterator[tuple[_TokenType, str]]:
        """Tokens from `position`; `states` is the lexer's stack after each."""
        from pygments.lexer import ExtendedRegexLexer, RegexLexer

        lexer = self._lexer
        if isinstance(lexer, RegexLexer) and not isinstance(lexer, ExtendedRegexLexer):
            plain = type(lexer).get_tokens_unprocessed is RegexLexer.get_tokens_unprocessed
            if plain or self._growing:  # steps of its own are left for the end
                yield from _run(lexer, self._text, position, states)
                return
        if lexer is not None and not self._growing:
            yield from ((token, text) for _, token, text in lexer.get_tokens_unprocessed(self._text[position:]))


def _run(lexer: RegexLexer, text: str, position: int, states: list[str]) -> Iterator[tuple[_TokenType, str]]:
    """`RegexLexer.get_tokens_unprocessed` with the stack in the caller's hands."""
    from pygments.token import Text, _TokenType

    tables = lexer._tokens
    while position < len(text):
        for match_at, action, target in tables[states[-1]]:
            match = match_at(text, position)
            if not match:
                continue
            found: list[tuple[_TokenType, str]] = []
            if type(action) is _TokenType:
                found = [(action, match.group())]
            elif action is not None:
                found = [(token, part) for _, token, part in action(lexer, match)]
            position = match.end()
            if target is not None:
                _move(states, target)
            yield from found
            break
        else:
            if text[position] == "\n":
                states[:] = ["root"]
            position += 1
            yield Text, text[position - 1]


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
