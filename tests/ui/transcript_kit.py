"""What the transcript tests share: messages, a view, and what it shows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.runtime.chats.records import Message, MessageState
from app.runtime.engine.records import Role
from app.ui.chat.answer_message import AnswerMessage
from app.ui.chat.code_block import CodeBlock
from app.ui.chat.prose import ProseView
from app.ui.chat.transcript import TranscriptView
from app.ui.chat.user_message import UserMessage
from app.ui.theme import theme

RICH = (
    "用 `Counter` 就够了，**不需要：**自己写。\n\n## 思路\n\n- 先看\n- 再做\n  - 里层\n\n"
    "```python\nfrom a import B\n\ndef f(x):\n    return B(x)  # 注释\n```\n\n"
    "结果：\n\n| 字 | 次数 |\n|---|---:|\n| 处 | 2 |\n| 春 | 1 |\n\n> 引用\n\n1. 一\n2. 二\n\n完。"
)


def message(number: int, role: Role, text: str, state: MessageState = MessageState.COMPLETE) -> Message:
    return Message(
        number, 1, number - 1 or None, role, text, state, 0.0, "b", "BELLE-7B" if role is not Role.USER else ""
    )


def talk(turns: int, text: str = "好。") -> tuple[Message, ...]:
    return tuple(
        message(n, Role.USER if n % 2 else Role.ASSISTANT, f"问题 {n}" if n % 2 else text) for n in range(1, turns + 1)
    )


def usual_look() -> None:
    look = theme()
    if (look.mode, look.factor, look.language) != ("light", 1.0, "zh_CN") or not QApplication.font().families():
        look.configure(mode="light", factor=1.0, language="zh_CN")


@contextmanager
def shown_view(qtbot: QtBot) -> Iterator[TranscriptView]:
    usual_look()
    made = TranscriptView()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    yield made
    usual_look()


def settle(qtbot: QtBot, view: TranscriptView) -> None:
    def done() -> None:
        assert all(found.complete and found.column == view.column() for found in view._views)

    qtbot.waitUntil(done, timeout=60_000)


def answer(view: TranscriptView, number: int) -> AnswerMessage:
    found = view.view_of(number)
    assert isinstance(found, AnswerMessage)
    return found


def bubble(view: TranscriptView, number: int) -> UserMessage:
    found = view.view_of(number)
    assert isinstance(found, UserMessage)
    return found


def content(found: AnswerMessage) -> list[object]:
    """What the blocks show, to compare two ways of getting there."""
    shown: list[object] = []
    for block in found.body.views:
        if isinstance(block, ProseView):
            shown.append(block.paragraphs)
            shown.append([line.rstrip() for line in block.document().toPlainText().split("\n")])
        elif isinstance(block, CodeBlock):
            shown.append((block.language, block.code, block._text.toPlainText()))
        else:
            shown.append([part.document().toPlainText() for part in (block._head, *block._parts)])
    return shown


def stream(view: TranscriptView, number: int, text: str, seed: int = 1) -> None:
    rng, place = random.Random(seed), 0
    while place < len(text):
        step = rng.randint(1, 30)
        view.append_text(number, text[place : place + step])
        place += step
