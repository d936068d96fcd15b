"""What can go wrong in the wizard: wrong keys, failed downloads, plans that cannot be; each named, with a way on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.errors import Fixable
from app.runtime.models.installs import InstallStatus, InstallStep
from app.runtime.models.records import Transfer
from app.runtime.models.setup_state import Page, View
from app.runtime.models.sources import MIRROR, OFFICIAL
from app.ui.wizard.key_page import KeyPage
from app.ui.wizard.progress_page import ProgressPage
from app.ui.wizard.source_page import SourcePage
from app.ui.wizard.start_pages import FolderPage
from tests.contracts.fake_setup import GB
from tests.runtime.weights.xor_kit import checkpoint
from tests.ui.wizard_kit import META_7B, META_13B, NETWORK, PLAIN, Stage, to_key


@pytest.fixture
def english(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(qtbot, tmp_path / "张 三")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (META_13B, "key-other-size"),
        (META_7B[:200_000], "key-truncated"),
        (b"<!DOCTYPE html><html><body>404", "key-web-page"),
        (checkpoint("archive/data.pkl", "model.embed_tokens.weight"), "key-hf"),
        (None, "key-missing"),
    ],
)
def test_a_wrong_key_is_named(english: Stage, tmp_path: Path, data: bytes | None, code: str) -> None:
    key = tmp_path / "consolidated.00.pth"
    if data is not None:
        key.write_bytes(data)
    to_key(english)
    page = english.wizard.page
    assert isinstance(page, KeyPage)
    assert QApplication.focusWidget() is page.field
    english.type(str(key))
    english.press(Qt.Key.Key_Return)
    english.wait(lambda: english.presenter.state.error is not None)
    assert english.presenter.state.error is not None and english.presenter.state.error.code == code
    assert page.problem.isVisible() and page.verdict.label.text()
    assert page.field.property("wrong") == "true" and not english.wizard.foot.next.isEnabled()
    english.tab_to(page.problem.buttons[2])
    english.press(Qt.Key.Key_Space)
    assert page.details.isVisible() and code in page.details.text()
    english.tab_to(page.instead)
    english.press(Qt.Key.Key_Space)
    assert english.page is Page.MODEL and not english.wizard.page.problem.isVisible()
    chosen = english.presenter.state.choices.model
    assert chosen is not None and chosen.model == PLAIN


def test_the_guide_can_be_asked_about_the_key(english: Stage, tmp_path: Path) -> None:
    to_key(english)
    english.type(str(tmp_path / "nothing.pth"))
    english.press(Qt.Key.Key_Return)
    english.wait(lambda: english.presenter.state.error is not None)
    with english.qtbot.waitSignal(english.wizard.guide_asked, timeout=10_000) as asked:
        english.tab_to(english.wizard.page.problem.buttons[1])
        english.press(Qt.Key.Key_Space)
    assert asked.args[0] and english.presenter.state.view is View.LEFT


def test_a_download_that_failed_goes_on_where_it_was(english: Stage) -> None:
    english.to_model()
    english.to_progress()
    install = english.install
    english.fake.run(install, InstallStep.DOWNLOAD, 8 * GB, 28 * GB)
    english.fake.fail(install, NETWORK)
    english.wait(lambda: english.page is Page.SOURCE)
    problem = english.wizard.page.problem
    assert problem.isVisible() and problem.accessibleName()
    english.tab_to(problem.buttons[0])
    english.press(Qt.Key.Key_Space)
    english.wait(lambda: english.page is Page.PROGRESS)
    assert english.fake.calls[-1] == ("resume", install, None, OFFICIAL.endpoint)
    english.fake.finish(install)
    english.wait(lambda: english.page is Page.FIRST_ANSWER)


def test_another_source_keeps_what_was_downloaded(english: Stage) -> None:
    english.to_model()
    english.to_progress()
    install = english.install
    english.fake.fail(install, NETWORK)
    english.wait(lambda: english.page is Page.SOURCE)
    page = english.wizard.page
    assert isinstance(page, SourcePage)
    english.tab_to(page.card.official)
    english.press(Qt.Key.Key_Down)
    english.enter(Page.PLAN)
    english.wait(lambda: english.presenter.state.plan is not None)
    english.enter(Page.PROGRESS)
    assert english.fake.calls[-1] == ("resume", install, None, MIRROR.endpoint)


def test_another_folder_begins_anew(english: Stage) -> None:
    english.to_model()
    english.to_progress()
    install = english.install
    english.fake.fail(install, Fixable("out-space", path="/", need_gb="3.0", free_gb="1.0"))
    english.wait(lambda: english.page is Page.FOLDER)
    page = english.wizard.page
    assert isinstance(page, FolderPage) and page.problem.isVisible()
    checked = page.card.checked()
    assert checked is not None
    english.tab_to(checked)
    english.press(Qt.Key.Key_Down)
    english.enter(Page.PLAN)
    english.wait(lambda: english.presenter.state.plan is not None)
    english.enter(Page.PROGRESS)
    assert [call[0] for call in english.fake.calls[-2:]] == ["dismiss", "install"]


def test_a_plan_that_cannot_be_made_says_why(english: Stage) -> None:
    wrong = Fixable("install-no-files", path="/x", name="y")
    english.fake.plan = lambda _request: wrong
    english.to_model()
    english.enter(Page.TERMS)
    english.press(Qt.Key.Key_Space)
    english.enter(Page.SOURCE)
    english.enter(Page.PLAN)
    english.wait(lambda: english.presenter.state.error is wrong)
    asked = [call[0] for call in english.fake.calls].count("plan")
    assert asked == 1, "it is not asked again and again"
    english.fake.plan = english.fake.planned
    english.tab_to(english.wizard.page.problem.buttons[0])
    english.press(Qt.Key.Key_Space)
    english.wait(lambda: english.page is Page.PROGRESS)


def test_what_forbids_a_plan_leads_to_where_it_is_mended(english: Stage) -> None:
    full = Fixable("out-space", path="/x", need_gb="32.6", free_gb="1.0")
    tight = Fixable("memory-tight", name="y", need_gb="5.4", free_gb="6.0")
    english.fake.plan = lambda request: replace(english.fake.planned(request), problems=(full,), warnings=(tight,))
    english.to_model()
    english.enter(Page.TERMS)
    english.press(Qt.Key.Key_Space)
    english.enter(Page.SOURCE)
    english.enter(Page.PLAN)
    english.wait(lambda: english.presenter.state.plan is not None)
    page = english.wizard.page
    assert not english.wizard.foot.next.isEnabled()
    assert page.objections.isVisible() and page.warnings.isVisible()
    english.tab_to(page.objections.banners[0].buttons[0])
    english.press(Qt.Key.Key_Space)
    assert english.page is Page.FOLDER


def test_pause_and_cancel(english: Stage) -> None:
    english.to_model()
    english.to_progress()
    install = english.install
    english.fake.run(install, InstallStep.DOWNLOAD, 8 * GB, 28 * GB, transfer=Transfer.RUNNING)
    page = english.wizard.page
    assert isinstance(page, ProgressPage)
    row = page.rows[InstallStep.DOWNLOAD]
    english.tab_to(row.pause)
    english.press(Qt.Key.Key_Space)
    assert english.fake.installs()[0].status is InstallStatus.PAUSED and row.bar.state == "paused"
    english.tab_to(row.resume)
    english.press(Qt.Key.Key_Space)
    assert english.fake.installs()[0].status is InstallStatus.RUNNING
    english.fake.run(install, InstallStep.DOWNLOAD, 9 * GB, 28 * GB)
    english.tab_to(row.cancel)
    english.press(Qt.Key.Key_Space)
    assert page.confirm.isVisible() and english.fake.calls[-1][0] != "cancel", "it asks first"
    english.tab_to(page.yes)
    english.press(Qt.Key.Key_Space)
    assert ("cancel", install) in english.fake.calls
    english.wait(lambda: english.page is Page.PLAN)
