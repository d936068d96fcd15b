"""Colours of code: the same as Pygments' own run, in bounded steps, while the code grows and at its end."""

from __future__ import annotations

import time

import pytest

from app.ui.chat.highlight import LEXERS, LIMIT, Highlighter, Span, display_name

SOURCES = {
    "python": '"""文档\n两行"""\nfrom a import B\n\n\ndef f(x: int) -> str:\n    return B(x).g("字", 1)  # 注释 👍 后\n'
    * 20,
    "c": '/* 多\n 行 */\n#include <a.h>\nint main(void) { return "x"[0]; } // c\n' * 20,
    "html": "<p class='x'>字<script>var a = 1;</script></p>\n" * 10,
    "bash": 'for i in $(ls); do\n  echo "$i"  # 注释\ndone\n' * 10,
    "yaml": "a:\n  - b: 1\n    c: '字'\n" * 10,
    "json": '{"a": [1, 2.5, "字", true]}\n' * 10,
    "javascript": "const f = async (a) => `x${a}`; // c\nclass A {}\n" * 10,
}


def ready(language: str) -> None:
    until = time.monotonic() + 20
    while not LEXERS.ask(language):
        assert time.monotonic() < until
        time.sleep(0.01)


def run(highlighter: Highlighter) -> None:
    while not highlighter.step(time.perf_counter() + 0.002)[2]:
        pass


def coloured(highlighter: Highlighter, source: str) -> list[list[tuple[str, str]]]:
    """(text, token) by line; adjacent pieces of one token joined."""
    lines = []
    for line, spans in zip(source.split("\n"), highlighter.lines, strict=False):
        units = line.encode("utf-16-le")
        found: list[tuple[str, str]] = []
        end = -1
        for start, length, token in spans:
            text = units[2 * start : 2 * (start + length)].decode("utf-16-le")
            if found and found[-1][1] == token and end == start:
                found[-1] = (found[-1][0] + text, token)
            else:
                found.append((text, token))
            end = start + length
        lines.append(found)
    return lines


def whole(language: str, source: str) -> list[tuple[Span, ...]]:
    ready(language)
    highlighter = Highlighter(language)
    highlighter.restart()
    highlighter.set_text(source)
    run(highlighter)
    return highlighter.lines


@pytest.mark.parametrize("language", SOURCES)
def test_growing_code_ends_like_code_shown_at_once(language: str) -> None:
    source = SOURCES[language]
    expected = whole(language, source)
    highlighter = Highlighter(language)
    for end in range(0, len(source), 23):
        highlighter.set_text(source[: source.rfind("\n", 0, end) + 1])
        run(highlighter)
    highlighter.restart()
    highlighter.set_text(source)
    run(highlighter)
    assert highlighter.lines == expected


@pytest.mark.parametrize("language", SOURCES)
def test_the_tokens_are_those_of_pygments(language: str) -> None:
    ready(language)
    highlighter = Highlighter(language)
    highlighter.restart()
    highlighter.set_text(SOURCES[language])
    run(highlighter)
    lexer = LEXERS.get(language)
    assert lexer is not None
    own = [(token, text) for token, text in highlighter._tokens(0, ["root"]) if text]
    assert own == [(token, text) for _, token, text in lexer.get_tokens_unprocessed(SOURCES[language]) if text]


def test_meaning_of_names() -> None:
    source = (
        "from collections import Counter\ndef top(text: str) -> list:\n"
        "    return Counter(text).most_common(3)  # 字 👍\n"
    )
    ready("python")
    highlighter = Highlighter("Python")
    ready("Python")
    highlighter.set_text(source)
    run(highlighter)
    assert coloured(highlighter, source)[:3] == [
        [("from", "code-kw"), ("import", "code-kw"), ("Counter", "code-type")],
        [("def", "code-kw"), ("top", "code-fn"), ("str", "code-type"), ("list", "code-type")],
        [
            ("return", "code-kw"),
            ("Counter", "code-type"),
            ("most_common", "code-fn"),
            ("3", "code-num"),
            ("# 字 👍", "code-cmt"),
        ],
    ]


def test_unknown_and_huge_stay_plain() -> None:
    for language, text in (
        ("", "x = 1\n"),
        ("nonsense", "x = 1\n"),
        ("text", "x = 1\n"),
        ("python", "x = 1\n" * LIMIT),
    ):
        if language:
            ready(language)
        highlighter = Highlighter(language)
        highlighter.set_text(text)
        assert highlighter.step(time.perf_counter() + 1)[2]
        assert not highlighter.lines


def test_names_in_the_head() -> None:
    assert display_name("py") == "Python"
    assert display_name("whatever") == "whatever"
    assert display_name("") == ""
