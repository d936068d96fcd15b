"""Answers that no sane model gives: still shown, whole, in the column, the same streamed as at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.runtime.chats.records import MessageState
from app.runtime.engine.records import Role
from app.ui.chat.transcript import TranscriptView
from tests.ui.transcript_kit import answer, content, message, settle, shown_view


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[TranscriptView]:
    with shown_view(qtbot) as made:
        yield made


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "长" * 30_000,
        "```\n" + "y" * 100_000 + "\n```",
        "```python\n" + "print('字')\n" * 3000,
        "| a | b | c |\n|---|---|---|\n" + "| 1 | **二** | 三 |\n" * 1000,
        "- " * 3000,
        ">" * 3000,
        "\n".join("  " * depth + "- x" for depth in range(200)),
        "مرحبا بالعالم " * 500,
        "".join(map(chr, range(0x20))) * 50,
        "\ufdd0\ufdd1\ufffc\u2029" * 50,
        "| " + " | ".join("abc") + "\n" + "|---" * 500,
    ],
    ids=["long word", "long line", "long code line", "much code", "long table", "lists", "quotes", "deep", "rtl",
         "control", "special", "wide"],
)  # fmt: skip
def test_hostile_answers(view: TranscriptView, qtbot: QtBot, text: str) -> None:
    view.add_message(message(1, Role.ASSISTANT, "", MessageState.WRITING))
    for at in range(0, len(text), 5000):
        view.append_text(1, text[at : at + 5000])
    view.finish(message(1, Role.ASSISTANT, text))
    settle(qtbot, view)
    streamed = content(answer(view, 1))
    view.show_chat((message(1, Role.ASSISTANT, text),))
    settle(qtbot, view)
    assert content(answer(view, 1)) == streamed
    view.resize(500, 400)
    settle(qtbot, view)
    shown = answer(view, 1)
    assert all(block.x() + block.width() <= shown.width() for block in shown.body.views)
    assert view.grab().size() == view.size()  # painting it does not fail either
