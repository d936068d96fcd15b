"""Order and joining of notices on their way into the GUI thread."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from app.runtime.chats.records import AnswerText, Notice, Phase, PhaseChanged
from app.ui.bridge import RuntimeBridge


def posted(bridge: RuntimeBridge, notices: list[Notice]) -> None:
    thread = threading.Thread(target=lambda: [bridge.post(notice) for notice in notices])
    thread.start()
    thread.join()


def test_text_is_joined_and_order_is_kept(qtbot: QtBot) -> None:
    bridge = RuntimeBridge()
    seen: list[object] = []
    bridge.notice.connect(seen.append)
    idle, answering = PhaseChanged(Phase.IDLE), PhaseChanged(Phase.ANSWERING, 1)
    posted(bridge, [answering, *(AnswerText(1, 2, piece) for piece in "你好吗"), idle, AnswerText(1, 2, "！")])
    qtbot.waitUntil(lambda: len(seen) == 4, timeout=30_000)
    assert seen == [answering, AnswerText(1, 2, "你好吗"), idle, AnswerText(1, 2, "！")]


def test_a_thousand_tokens_reach_the_window_as_few_notices(qtbot: QtBot) -> None:
    bridge = RuntimeBridge()
    seen: list[AnswerText] = []
    threads: set[int] = set()
    bridge.notice.connect(lambda notice: (seen.append(notice), threads.add(threading.get_ident())))
    posted(bridge, [AnswerText(1, 1, "字") for _ in range(1000)])
    qtbot.waitUntil(lambda: sum(len(notice.text) for notice in seen) == 1000, timeout=30_000)
    assert len(seen) < 20
    assert threads == {threading.get_ident()}


def test_answers_of_two_messages_are_not_mixed(qtbot: QtBot) -> None:
    bridge = RuntimeBridge()
    seen: list[object] = []
    bridge.notice.connect(seen.append)
    posted(bridge, [AnswerText(1, 1, "a"), AnswerText(2, 2, "b"), AnswerText(2, 2, "c"), AnswerText(1, 1, "d")])
    qtbot.waitUntil(lambda: len(seen) == 3, timeout=30_000)
    assert seen == [AnswerText(1, 1, "a"), AnswerText(2, 2, "bc"), AnswerText(1, 1, "d")]
