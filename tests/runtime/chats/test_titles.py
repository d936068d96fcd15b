"""Titles and what can be stored."""

from __future__ import annotations

import pytest

from app.runtime.chats.text import TITLE_LENGTH, storable, title_from


@pytest.mark.parametrize(
    "text, title",
    [
        ("Hello", "Hello"),
        ("8GB 内存可以用哪个模型？", "8GB 内存可以用哪个模型？"),
        ("\n\n  \n# A  heading\nmore", "A heading"),
        ("first line\nsecond line", "first line"),
        ("Please write a poem about the sea and the wind", "Please write a poem about the…"),
        ("What is BELLE? I have read about it in the news.", "What is BELLE?"),
        (
            "帮我写一首诗。要写大海和风，还要写远方的船和灯塔，越长越好，谢谢你。",
            "帮我写一首诗",
        ),
        ("请解释什么是量化？为什么四位量化的模型质量还可以接受并且内存占用小很多？", "请解释什么是量化？"),
        ("a" * 100, "a" * 29 + "…"),
        ("nul\x00and\ttab", "nul and tab"),
        ("   ", ""),
        ("", ""),
    ],
)
def test_titles(text: str, title: str) -> None:
    assert title_from(text) == title
    assert len(title) <= TITLE_LENGTH


def test_a_title_never_splits_a_drawn_character() -> None:
    for shift in range(8):
        title = title_from("字" * (24 + shift) + "👩‍👩‍👧‍👦" + "字" * 20)
        assert not title.rstrip("…").endswith("\u200d")
        assert len(title) <= TITLE_LENGTH
    assert title_from("字" * 28 + "e\u0301" + "字" * 9).rstrip("…") in ("字" * 28, "字" * 28 + "e\u0301")


def test_only_half_characters_are_changed() -> None:
    assert storable("plain 文字 😀 \x00") == "plain 文字 😀 \x00"
    assert storable("\udc80") == "\ufffd"
    assert storable("\ud83d\ude00") == "😀"
