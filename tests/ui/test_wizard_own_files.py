"""What the user brings and reads in the wizard: a tokenizer, an archive from a netdisk, the licences in full."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.errors import Fixable
from app.runtime.models.setup_state import ChooseModel, GoTo, ModelChoice, Page
from app.runtime.weights.records import Kind, Need, Recognised
from app.ui.wizard.key_page import KeyPage
from app.ui.wizard.model_page import OWN, ModelPage
from app.ui.wizard.terms_page import TermsPage
from tests.contracts.fake_setup import GB
from tests.ui.wizard_kit import Stage


@pytest.fixture
def english(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(qtbot, tmp_path / "张 三")
    yield made
    made.close()


def test_files_without_a_tokenizer_ask_for_one(english: Stage, tmp_path: Path) -> None:
    file, place = tmp_path / "bloom-4bit.pt", tmp_path / "分词器" / "tokenizer.json"
    file.write_bytes(b"PK")
    lacking = Fixable("weights-tokenizer-missing", file=file.name, needed="tokenizer.json")
    found = Recognised(file, Kind.GPTQ, size=4 * GB, files=(file.name,), needs=(Need.TOKENIZER,), problem=lacking)
    english.fake.found = found
    english.to_model()
    english.presenter.look_at(file)
    english.wait(lambda: english.presenter.facts.own is not None)
    page = english.wizard.page
    assert isinstance(page, ModelPage)
    own = next(row for row in page.card.rows if row.value == OWN)
    english.press(Qt.Key.Key_Up)
    english.wait(lambda: own.isChecked())
    english.enter(Page.KEY)
    asking = english.wizard.page
    assert (
        isinstance(asking, KeyPage) and not asking.field.isVisible() and asking.title.text() == "Choose the tokenizer"
    )
    assert english.wizard.steps.buttons[3].text() == "Tokenizer"
    assert asking.tokenizer.isAncestorOf(QApplication.focusWidget())
    english.type(str(place.parent))
    english.press(Qt.Key.Key_Return)
    english.wait(lambda: english.presenter.state.error is not None)
    assert asking.problem.isVisible() and not english.wizard.foot.next.isEnabled()
    english.fake.found = replace(found, needs=(), problem=None)
    asking.tokenizer.chosen.emit(place)
    english.wait(lambda: english.presenter.state.choices.tokenizer_good)
    assert ("recognise", file, None, place) in english.fake.calls and "fits" in asking.tried.label.text()
    english.tab_to(english.wizard.foot.next)
    english.enter(Page.PLAN)
    english.wait(lambda: english.presenter.state.plan is not None)
    assert (english.fake.calls[-1][1].path, english.fake.calls[-1][1].tokenizer) == (file, place)


def test_an_archive_from_a_netdisk_is_known_by_its_contents(english: Stage, tmp_path: Path) -> None:
    file = tmp_path / "网盘.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("BELLE-7B-1M/pytorch_model.bin", b"x")
    english.fake.found = Fixable("weights-damaged", file=file.name, detail="x")
    english.to_model()
    english.presenter.look_at(file)
    english.wait(lambda: english.presenter.facts.own is not None)
    own = english.presenter.facts.own
    assert own is not None and own.choice == ModelChoice(model="BELLE-7B-1M", path=file) and own.problem is None
    (tmp_path / "模型.rar").write_bytes(b"Rar!")
    english.presenter.look_at(tmp_path / "模型.rar")
    english.wait(lambda: english.presenter.facts.own is not own)
    assert "RAR" in english.wizard.page.problem.accessibleName()


def test_the_licences_can_be_read_in_full(english: Stage) -> None:
    english.to_model()
    english.enter(Page.TERMS)
    page = english.wizard.page
    assert isinstance(page, TermsPage) and page.full.isVisible() and not page.elsewhere.isVisible()
    text = page.full.toPlainText()
    assert "Version 2.0, January 2004" in text and "BigScience RAIL License v1.0\ndated May 19, 2022" in text
    english.tab_to(page.full)
    english.press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is not page.full
    english.presenter.act(GoTo(Page.MODEL))
    english.presenter.act(ChooseModel(ModelChoice(repository="someone/Some-GGUF", file="m.gguf")))
    english.presenter.act(GoTo(Page.TERMS))
    assert not page.full.isVisible() and "https://huggingface.co/someone/Some-GGUF" in page.elsewhere.text()
    assert page.unknown[0].isVisible() and not page.unknown[1].isVisible()
