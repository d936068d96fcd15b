"""What the built-in guide was taught: buttons and pages by their real names, commands that exist."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from app.cli import make_parser
from app.resources import assets
from app.terminal import Terminal

QUOTED = {"zh": re.compile("“([^”]+)”"), "en": re.compile('"([^"]+)"')}
# What a person may type, and names of the operating system
NOT_OURS = {"请继续", "please go on", "请用中文回答", "please answer in English", "…"}
NOT_OURS |= {"应用程序", "隐私与安全性", "仍要打开", "Open Anyway", "更多信息", "仍要运行", "More info", "Run anyway"}


def answers() -> Iterator[tuple[str, str, str]]:
    """(topic, language, text) of everything the guide can say."""
    for path in sorted((assets() / "guide" / "topics").glob("*.json")):
        for topic in json.loads(path.read_text("utf-8"))["topics"]:
            for part in (topic, *(topic.get("follow_ups") or ())):
                for lang in QUOTED.keys() & part.keys():
                    yield topic["id"], lang, part[lang]["answer"]


def test_quoted_words_are_on_the_screen() -> None:
    messages = ElementTree.parse(assets() / "i18n" / "zh_CN.ts").getroot().iter("message")
    pairs = [(one.findtext("source"), one.findtext("translation")) for one in messages]
    shown = {"en": {source for source, _ in pairs}, "zh": {translation for _, translation in pairs}}
    found = {(topic, lang, words) for topic, lang, text in answers() for words in QUOTED[lang].findall(text)}
    assert len(found) > 50
    assert not {one for one in found if one[2] not in shown[one[1]] | NOT_OURS}


def commands() -> list[str]:
    return sorted({one for _, _, text in answers() for one in re.findall("`chatbelle ([^`]+)`", text)})


@pytest.mark.parametrize("command", commands())
def test_commands_exist(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(command)
    bare = not any(word.startswith("--") for word in words)  # a command named without what it needs
    with pytest.raises(SystemExit) as end:
        make_parser(Terminal()).parse_args([*words, "--help"] if bare else words)
        raise SystemExit(0)
    assert end.value.code == 0, capsys.readouterr().err
