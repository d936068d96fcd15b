"""The real app in a real window under Xvfb, used by keyboard and mouse through xdotool."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.desk import Desk, Late, open_desk, wait_for
from tools.synthetic import write_model

QUESTION, HELLO = "8GB 内存可以用哪个模型？", "你好"

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Xvfb is an X11 server"),
]


@pytest.fixture
def desk(home: Path, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(home, tmp_path) as made:
        made.learn(QUESTION, HELLO)
        yield made


@pytest.fixture(scope="module")
def slow_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two layers as wide as a 7B model's: slow enough to be stopped. It says nonsense."""
    path = tmp_path_factory.mktemp("models") / "慢 模型.gguf"
    write_model(path, layers=2, vocabulary=1280)
    yield path
    path.unlink()


def open_newest_chat(desk: Desk, window: str, name: str) -> None:
    """Click it in the sidebar, when it is there; the window's title then names it."""
    for _ in range(10):
        desk.xdotool("mousemove", "--window", window, "100", "155", "click", "1")
        with contextlib.suppress(Late):
            wait_for(lambda: name in desk.title(window), "the chat in the sidebar", 3.0)
            return
    pytest.fail(f"no chat {name}")


def test_ask_the_guide_in_chinese_close_and_find_the_chat_again(desk: Desk) -> None:
    with desk.app() as window:
        desk.ask(QUESTION)
        wait_for(lambda: desk.answer()[1] == "complete", "an answer")
        assert "BELLE-7B-2M" in desk.answer()[0]
        wait_for(lambda: QUESTION[:6] in desk.title(window), "the chat's title")
    with desk.app() as window:
        assert QUESTION[:6] not in desk.title(window)
        open_newest_chat(desk, window, QUESTION[:6])


def test_tokens_arrive_and_stop_ends_the_answer(desk: Desk, slow_model: Path) -> None:
    chosen = {"model": str(slow_model), "model_sampling": False, "max_tokens": 2048}
    (desk.home / "settings.json").write_text(json.dumps(chosen), "utf-8")
    with desk.app() as window:
        desk.ask(HELLO)
        first = wait_for(lambda: desk.answer()[0], "the first tokens")
        wait_for(lambda: len(desk.answer()[0]) > len(first), "more tokens")
        assert desk.answer()[1] == "writing"
        desk.press("Escape")
        wait_for(lambda: desk.answer()[1] == "partial", "the end after Stop")
        stopped = desk.answer()
        time.sleep(1.0)
        assert desk.answer() == stopped
    with desk.app() as window:
        assert desk.answer() == stopped
        open_newest_chat(desk, window, HELLO)
