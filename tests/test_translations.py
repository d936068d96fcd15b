"""zh_CN is complete, current, and keeps every placeholder."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from app.errors import Fixable
from app.messages import MESSAGES
from app.translations import system_language, table, translate, words

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import i18n  # noqa: E402

PLACEHOLDER = re.compile(r"\{[a-z_]*\}|%n|%\d")


def test_every_text_in_the_sources_is_translated(tmp_path: Path) -> None:
    current = tmp_path / "zh_CN.ts"
    current.write_bytes(i18n.TARGET.read_bytes())
    i18n.extract(current)
    assert i18n.unfinished(current) == []


def test_placeholders_survive_translation() -> None:
    assert table("zh_CN")
    for (_, source), forms in table("zh_CN").items():
        for form in forms:
            assert sorted(PLACEHOLDER.findall(source)) == sorted(PLACEHOLDER.findall(form)), source


def test_one_space_between_chinese_and_latin() -> None:
    glued = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]")
    offenders = [form for forms in table("zh_CN").values() for form in forms if glued.search(form)]
    assert offenders == []


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_message_has_words(language: str) -> None:
    for code, text in MESSAGES.items():
        facts = {name.strip("{}"): 1 for name in PLACEHOLDER.findall(text.what + text.next)}
        what, _ = words(Fixable(code, **facts), language)
        assert what and "{" not in what


def test_unknown_code_reads_as_a_bug() -> None:
    what, then = words(Fixable("no-such-code"), "en")
    assert "no-such-code" in what and then


@pytest.mark.parametrize(
    ("value", "language"), [("zh_CN.UTF-8", "zh_CN"), ("zh_TW.UTF-8", "zh_CN"), ("en_US.UTF-8", "en"), ("C", "en")]
)
def test_system_language(monkeypatch: pytest.MonkeyPatch, value: str, language: str) -> None:
    for name in ("CHATBELLE_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", value)
    assert system_language() == language


def test_missing_translation_shows_the_source() -> None:
    assert translate("Nowhere", "Never seen", "zh_CN") == "Never seen"
