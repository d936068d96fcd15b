"""Documents for people: what is made from code is current, what they link to and show exists, what they quote works."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import __version__
from app.cli import make_parser
from app.terminal import Terminal
from tools import formats_doc, models_doc, settings_doc

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "packaging").rglob("*.md")])
FOR_USERS = [path for path in DOCUMENTS if path.name.startswith(("README", "install", "troubleshooting"))]
IN_BOTH = [path for path in DOCUMENTS if path.with_name(f"{path.stem}.zh-CN.md").exists()]
FENCE = re.compile(r"^\s*```.*?\n(.*?)^\s*```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)]+)\)")
COMMAND, MAKE = "chatbelle ", "make "
LACKING = "arguments are required"  # argparse
COMMENT = re.compile(r"\s{2,}|（|…| \(")  # what follows a command on its line


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_quoted(document: Path, start: str) -> Iterator[str]:
    """Every line of a code block that begins with `start`, without the comment behind it."""
    for block in FENCE.findall(document.read_text("utf-8")):
        for line in block.splitlines():
            if line.strip().startswith(start):
                yield COMMENT.split(line.strip())[0]


def names_quoted(document: Path, start: str) -> Iterator[str]:
    """What stands between backticks in a sentence and begins with `start`."""
    for one in re.findall(r"`([^`\n]+)`", FENCE.sub("", document.read_text("utf-8"))):
        if one.startswith(start):
            yield COMMENT.split(one)[0]


def anchors(document: Path) -> set[str]:
    """The names that a code host gives to headings."""
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", document.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


# --- made from code ---------------------------------------------------------------------------------------------------


def test_settings_page_is_current() -> None:
    assert settings_doc.TARGET.read_text("utf-8") == settings_doc.text()


def test_formats_table_is_current() -> None:
    assert formats_doc.TARGET.read_text("utf-8") == formats_doc.text()
    assert formats_doc.table() in formats_doc.text()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_models_table_is_current(language: str) -> None:
    assert models_doc.TARGETS[language].read_text("utf-8") == models_doc.text(language)
    assert models_doc.table(language) in models_doc.text(language)


def test_models_table_advises_what_fits() -> None:
    rows = [line.split(" | ") for line in models_doc.table("en").splitlines()[2:]]
    assert {row[0].removeprefix("| ") for row in rows} == {model.id for model in models_doc.offered()}
    seven = next(row for row in rows if "BELLE-7B-2M" in row[0])
    assert seven[6].strip() == "Q4_0, tight"
    assert seven[7].strip() == "Q8_0"


# --- links and pictures -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_lead_somewhere(document: Path) -> None:
    missing = []
    for target in LINK.findall(document.read_text("utf-8")):
        if "://" in target:
            continue
        place, _, anchor = target.partition("#")
        file = (document.parent / place) if place else document
        if not file.exists() or (anchor and anchor not in anchors(file)):
            missing.append(target)
    assert missing == []


@pytest.mark.parametrize("document", FOR_USERS, ids=name)
def test_pictures_are_in_the_readers_language(document: Path) -> None:
    wrong = "-en.png" if "zh-CN" in document.name else "-zh.png"
    assert [one for one in LINK.findall(document.read_text("utf-8")) if one.endswith(wrong)] == []


@pytest.mark.parametrize("english", IN_BOTH, ids=name)
def test_both_languages_show_and_quote_the_same(english: Path) -> None:
    chinese = english.with_name(f"{english.stem}.zh-CN.md")

    def facts(document: Path) -> tuple[list[str], set[str], set[str]]:
        text = document.read_text("utf-8")
        pictures = [one.replace("-zh.png", "-en.png") for one in LINK.findall(text) if one.endswith(".png")]
        code = {one for one in re.findall(r"`([^`\n]+)`", FENCE.sub("", text)) if one.isascii()}
        return pictures, code, set(re.findall(r"ChatBELLE-[\w.-]+|chatbelle[_-]0[\w.-]+", text))

    assert facts(chinese) == facts(english)


@pytest.mark.parametrize("document", FOR_USERS, ids=name)
def test_packages_are_named_with_this_version(document: Path) -> None:
    named = re.findall(r"(?:ChatBELLE-|chatbelle[-_])(\d+\.\d+\.\d+)", document.read_text("utf-8"))
    assert set(named) <= {__version__}


# --- commands ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_commands_are_understood(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the program's own parser; a sentence may name a command without what must follow it."""
    parser, wrong = make_parser(Terminal()), {}
    blocks, sentences = list(lines_quoted(document, COMMAND)), list(names_quoted(document, COMMAND))
    for command in [*blocks, *sentences]:
        try:
            parser.parse_args(shlex.split(command.replace("\\", "\\\\"))[1:])
        except SystemExit as end:
            said = capsys.readouterr().err
            if end.code and (command in blocks or LACKING not in said):
                wrong[command] = said
    assert wrong == {}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_make_has_what_is_quoted(document: Path) -> None:
    known = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    quoted = [*lines_quoted(document, MAKE), *names_quoted(document, MAKE)]
    assert {command.split()[1] for command in quoted} <= known
