"""The wizard by keyboard alone: all pages, every choice, going on after a restart, small windows, large text."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.errors import Fixable
from app.runtime.models.hardware import Drive
from app.runtime.models.installs import InstallStatus, InstallStep
from app.runtime.models.memory import Memory
from app.runtime.models.service import ModelService
from app.runtime.models.setup_flow import from_json
from app.runtime.models.setup_state import Page, View
from app.runtime.models.sources import MIRROR, OFFICIAL
from app.runtime.weights.records import Kind, Recognised
from app.settings import Settings
from app.ui.i18n import Languages
from app.ui.look import apply_look
from app.ui.theme import theme
from app.ui.wizard.answer_page import AnswerPage
from app.ui.wizard.model_page import OWN, ModelPage
from app.ui.wizard.progress_page import ProgressPage
from app.ui.wizard.service import SetupService
from app.ui.wizard.source_page import SourcePage
from tests.contracts.fake_setup import COMPUTER, GB, FakeSetup
from tests.ui.wizard_kit import ENCRYPTED, META_7B, PLAIN, Stage, to_key


@pytest.fixture(params=["en", "zh_CN"])
def stage(qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stage]:
    made = Stage(qtbot, tmp_path / "张 三", request.param)
    yield made
    made.close()
    apply_look(Settings(None, {"language": "en", "theme": "light"}), Languages())


@pytest.fixture
def english(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    made = Stage(qtbot, tmp_path / "张 三")
    yield made
    made.close()


# --- all of it --------------------------------------------------------------------------------------------------------


def test_from_the_first_page_to_the_first_answer(stage: Stage) -> None:
    ready: list[str] = []
    stage.wizard.model_ready.connect(ready.append)
    stage.to_model()
    assert stage.presenter.state.choices.model is not None
    assert stage.presenter.state.choices.model.model == PLAIN  # recommended, so chosen
    stage.to_progress()
    assert stage.fake.calls[-1][0] == "install"
    stage.fake.run(stage.install, InstallStep.DOWNLOAD, 8 * GB, 28 * GB, rate=1e6, left=600.0)
    page = stage.wizard.page
    assert isinstance(page, ProgressPage)
    assert page.rows[InstallStep.DOWNLOAD].right.text() == "28%"
    assert not stage.wizard.foot.next.isEnabled()
    stage.fake.finish(stage.install, "北京是中国的首都。")
    stage.wait(lambda: stage.page is Page.FIRST_ANSWER)
    last = stage.wizard.page
    assert isinstance(last, AnswerPage) and last.answer.text() == "北京是中国的首都。"
    assert "北京" in last.question.label.text()
    with stage.qtbot.waitSignal(stage.wizard.closed, timeout=10_000):
        stage.press(Qt.Key.Key_Return)
    assert ready == [f"entry-{stage.install}"]


def test_an_encrypted_model_with_its_key(stage: Stage, tmp_path: Path) -> None:
    key = tmp_path / "从 Meta" / "7B" / "consolidated.00.pth"
    key.parent.mkdir(parents=True)
    key.write_bytes(META_7B)
    to_key(stage)
    stage.type(str(key.parent.parent))
    stage.press(Qt.Key.Key_Return)
    stage.wait(lambda: stage.presenter.state.choices.key_good)
    assert stage.presenter.state.choices.key == key, "found in the folder"
    stage.enter(Page.PLAN)
    stage.wait(lambda: stage.presenter.state.plan is not None)
    stage.enter(Page.PROGRESS)
    request = stage.fake.calls[-1][1]
    assert (request.key, request.source, request.model) == (key, MIRROR.endpoint, ENCRYPTED)


def test_back_goes_all_the_way_and_keeps_what_was_chosen(english: Stage) -> None:
    english.to_model()
    english.press(Qt.Key.Key_Down)
    english.enter(Page.TERMS)
    for page in (Page.MODEL, Page.FOLDER, Page.COMPUTER, Page.LANGUAGE):
        english.tab_to(english.wizard.foot.back)
        english.press(Qt.Key.Key_Space)
        assert english.page is page
    assert not english.wizard.foot.back.isVisible()
    assert english.presenter.state.choices.model is not None
    assert english.presenter.state.choices.model.model == ENCRYPTED


def test_steps_that_are_done_can_be_pressed(english: Stage) -> None:
    english.to_model()
    first = english.wizard.steps.buttons[0]
    english.tab_to(first)
    english.press(Qt.Key.Key_Space)
    assert english.page is Page.LANGUAGE
    later = english.wizard.steps.buttons[5]
    QTest.mouseClick(later, Qt.MouseButton.LeftButton)
    assert english.page is Page.LANGUAGE


def test_the_language_changes_at_once(english: Stage) -> None:
    before = english.wizard.page.title.text()
    english.press(Qt.Key.Key_Up)
    assert english.presenter.state.choices.language == "zh_CN" == english.settings.get("language")
    assert english.languages.current == "zh_CN"
    english.press(Qt.Key.Key_Down)
    assert english.settings.get("language") == "en" and english.wizard.page.title.text() == before


def test_just_the_guide(english: Stage) -> None:
    with english.qtbot.waitSignal(english.wizard.closed, timeout=10_000):
        english.tab_to(english.wizard.foot.later)
        english.press(Qt.Key.Key_Return)
    assert english.presenter.state.view is View.LEFT
    english.presenter.open()
    assert english.presenter.state.view is View.OPEN and english.page is Page.LANGUAGE


# --- choosing ---------------------------------------------------------------------------------------------------------


def test_another_drive_becomes_the_models_folder(english: Stage) -> None:
    english.enter(Page.COMPUTER)
    english.enter(Page.FOLDER)
    english.press(Qt.Key.Key_Down)
    folder = Path("/media/data/ChatBELLE/models")
    assert english.presenter.state.choices.folder == folder
    english.enter(Page.MODEL)
    english.to_progress()
    assert english.settings.get("models_folder") == str(folder)
    assert json.loads(english.settings.get("more_models_folders")) == [], "nothing was in the folder before"


def test_a_model_that_does_not_fit_asks_first(qtbot: QtBot, tmp_path: Path) -> None:
    stage = Stage(qtbot, tmp_path)
    stage.fake.here = replace(COMPUTER, memory=Memory(8 * GB, 6 * GB))
    stage.presenter.open()
    stage.wait(lambda: stage.presenter.facts.usable_memory == 6 * GB)
    stage.to_model()
    page = stage.wizard.page
    assert isinstance(page, ModelPage)
    stage.press(Qt.Key.Key_Down, 2)  # 13B
    assert page.asked is not None and page.warning.isVisible()
    assert not stage.wizard.foot.next.isEnabled()
    stage.press(Qt.Key.Key_Return)
    assert stage.page is Page.MODEL
    stage.tab_to(page.anyway)
    stage.press(Qt.Key.Key_Space)
    assert page.asked is None and stage.wizard.foot.next.isEnabled()
    chosen = stage.presenter.state.choices.model
    assert chosen is not None and "13B" in chosen.model
    stage.close()


def test_how_exactly_a_model_is_kept(english: Stage) -> None:
    english.to_model()
    page = english.wizard.page
    assert isinstance(page, ModelPage)
    english.tab_to(page.accuracy)
    english.press(Qt.Key.Key_Space)
    chosen = page.types.checked()
    assert chosen is not None and chosen.value[1].type == "Q4_0"
    english.tab_to(chosen)
    english.press(Qt.Key.Key_Down)
    assert english.presenter.state.choices.target == "Q4_K_M"
    assert "Q4_K_M" in page.accuracy.text()


def test_all_models_are_listed(english: Stage) -> None:
    english.to_model()
    page = english.wizard.page
    assert isinstance(page, ModelPage)
    assert len([row for row in page.card.rows if row.isVisible()]) == 4
    english.tab_to(page.more)
    english.press(Qt.Key.Key_Space)
    usable = [one for one in english.fake.models.usable() if one.repository]
    assert len([row for row in page.card.rows if row.isVisible()]) == len(usable)
    assert page.unusable[0].isVisible(), "and the one that cannot be used is named"


def test_files_of_the_users_need_no_source(english: Stage, tmp_path: Path) -> None:
    file = tmp_path / "我的 模型.gguf"
    file.write_bytes(b"GGUF")
    english.fake.found = Recognised(file, Kind.GGUF, "bloom", 7, "Q4_0", 4 * GB)
    english.to_model()
    english.presenter.look_at(file)
    english.wait(lambda: english.presenter.facts.own is not None)
    page = english.wizard.page
    assert isinstance(page, ModelPage)
    own = next(row for row in page.card.rows if row.value == OWN)
    assert own.isVisible()
    english.press(Qt.Key.Key_Up)
    english.wait(lambda: own.isChecked())
    english.enter(Page.PLAN)
    english.wait(lambda: english.presenter.state.plan is not None)
    assert english.fake.calls[-1][1].path == file
    assert {Page.TERMS, Page.SOURCE, Page.KEY} <= set(english.presenter.state.skipped)


def test_files_that_cannot_be_used_are_explained(english: Stage, tmp_path: Path) -> None:
    english.fake.found = Fixable("weights-unknown", file="notes.txt")
    english.to_model()
    english.presenter.look_at(tmp_path / "notes.txt")
    english.wait(lambda: english.presenter.facts.own is not None)
    assert english.wizard.page.problem.isVisible()
    assert not any(row.isVisible() for row in english.wizard.page.card.rows if row.value == OWN)


def test_sources_are_measured_and_an_address_can_be_typed(english: Stage) -> None:
    english.to_model()
    english.enter(Page.TERMS)
    english.press(Qt.Key.Key_Space)
    english.enter(Page.SOURCE)
    page = english.wizard.page
    assert isinstance(page, SourcePage) and english.presenter.state.choices.source == OFFICIAL.endpoint
    english.tab_to(page.test)
    english.press(Qt.Key.Key_Space)
    english.wait(lambda: len(english.presenter.facts.speeds) == 2 and not english.presenter.facts.measuring)
    assert page.card.mirror.tag.isVisible() and not page.card.official.tag.isVisible()
    english.tab_to(page.card.official)
    english.press(Qt.Key.Key_Down, 2)
    english.press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is page.card.field
    english.type("not an address?")
    english.press(Qt.Key.Key_Return)
    assert english.page is Page.SOURCE and page.card.wrong.isVisible()
    page.card.field.clear()
    english.type("hub.example.org")
    english.enter(Page.PLAN)
    assert english.presenter.state.choices.source == "https://hub.example.org"


def test_connections_that_were_forbidden_can_be_allowed(english: Stage) -> None:
    english.settings.set("offline", True)
    english.to_model()
    english.enter(Page.TERMS)
    english.press(Qt.Key.Key_Space)
    english.enter(Page.SOURCE)
    page = english.wizard.page
    assert isinstance(page, SourcePage) and page.offline.isVisible() and not page.test.isEnabled()
    english.tab_to(page.allow)
    english.press(Qt.Key.Key_Space)
    assert not english.settings.get("offline") and not page.offline.isVisible()


# --- hidden, closed, opened again -------------------------------------------------------------------------------------


def test_it_can_be_hidden_while_it_goes_on(english: Stage) -> None:
    english.to_model()
    english.to_progress()
    with english.qtbot.waitSignal(english.wizard.closed, timeout=10_000):
        english.tab_to(english.wizard.foot.back_to_chat)
        english.press(Qt.Key.Key_Space)
    english.wizard.hide()
    english.fake.finish(english.install, "好")
    assert english.page is Page.FIRST_ANSWER and english.presenter.state.view is View.HIDDEN
    english.presenter.open()
    english.wizard.show()
    assert isinstance(english.wizard.page, AnswerPage) and english.wizard.page.answer.text() == "好"


def test_it_goes_on_where_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    first = Stage(qtbot, tmp_path)
    first.to_model()
    first.press(Qt.Key.Key_Down)
    first.enter(Page.TERMS)
    first.close()
    second = Stage(qtbot, tmp_path)
    assert second.page is Page.TERMS
    chosen = second.presenter.state.choices.model
    assert chosen is not None and chosen.model == ENCRYPTED
    second.close()


@pytest.mark.parametrize("paused", [False, True])
def test_an_install_goes_on_after_a_restart_unless_it_was_paused(qtbot: QtBot, tmp_path: Path, paused: bool) -> None:
    first = Stage(qtbot, tmp_path)
    first.to_model()
    first.to_progress()
    install = first.install
    first.fake.run(install, InstallStep.DOWNLOAD, 8 * GB, 28 * GB)
    if paused:
        first.presenter.pause()
    first.close()
    fake = FakeSetup(lambda _event: None)
    fake.put(replace(first.fake.installs()[0], status=InstallStatus.PAUSED))
    second = Stage(qtbot, tmp_path, fake=fake)
    assert second.page is Page.PROGRESS
    second.wait(lambda: second.presenter.facts.install is not None)
    assert (("resume", install, None, None) in fake.calls) == (not paused)
    fake.finish(install)
    second.wait(lambda: second.page is Page.FIRST_ANSWER)
    second.close()


def test_an_install_that_is_gone_leads_back_to_the_plan(qtbot: QtBot, tmp_path: Path) -> None:
    first = Stage(qtbot, tmp_path)
    first.to_model()
    first.to_progress()
    first.close()
    second = Stage(qtbot, tmp_path)
    second.wait(lambda: second.page is Page.PLAN and second.presenter.state.plan is not None)
    assert second.wizard.foot.next.isEnabled()
    second.close()


def test_a_damaged_file_begins_anew(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "setup.json").write_text("{", "utf-8")
    stage = Stage(qtbot, tmp_path)
    assert stage.page is Page.LANGUAGE and stage.presenter.state.choices.language == "en"
    stage.close()


def test_the_state_is_on_the_disk_after_every_change(english: Stage) -> None:
    english.to_model()
    file = english.paths.home / "setup.json"
    english.wait(lambda: file.exists() and from_json(file.read_text("utf-8")).page is Page.MODEL)


# --- look and contract ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "factor"), [((760, 520), 1.0), ((1280, 820), 2.0), ((760, 520), 2.0)])
def test_small_windows_and_large_text(english: Stage, size: tuple[int, int], factor: float) -> None:
    theme().configure(mode="dark", factor=factor, language="en")
    english.wizard.resize(*size)
    english.wait(lambda: not english.wizard.steps.isVisible())
    assert not english.wizard.steps.isVisible() and english.wizard.place.isVisible()
    english.to_model()
    QApplication.processEvents()
    page = english.wizard.page
    assert isinstance(page, ModelPage)
    row = page.card.rows[1]
    assert row.tags[1].isVisible() and not row.tags[0].isVisible()
    foot = english.wizard.foot
    for widget in (*(one for one in page.card.rows if one.isVisible()), foot.next, foot.back, foot.later):
        left = widget.mapTo(english.wizard, widget.rect().topLeft()).x()
        assert left >= 0 and left + widget.width() <= english.wizard.width(), widget.accessibleName()
    assert page.width() == page.minimumSizeHint().width() or page.minimumSizeHint().width() <= page.width()
    theme().configure(mode="light", factor=1.0, language="en")


def test_what_has_the_keyboard_is_in_sight(english: Stage) -> None:
    english.wizard.resize(1100, 560)
    english.to_model()
    page = english.wizard.page
    assert isinstance(page, ModelPage)
    english.tab_to(page.more)
    english.press(Qt.Key.Key_Space)
    english.tab_to(next(row for row in page.card.rows if row.isChecked()))
    for _ in range(5):
        english.press(Qt.Key.Key_Down)
        focus = QApplication.focusWidget()
        assert focus is not None
        middle = focus.mapTo(english.wizard, focus.rect().center()).y()
        assert 0 <= middle < english.wizard.height() - english.wizard.foot.height()


def test_the_service_has_what_the_wizard_needs() -> None:
    for name, wanted in vars(SetupService).items():
        if name.startswith("_") or not inspect.isfunction(wanted):
            continue
        for made in (ModelService, FakeSetup):
            assert inspect.signature(getattr(made, name)) == inspect.signature(wanted), f"{made.__name__}.{name}"


def test_fields_are_left_by_tab(english: Stage, tmp_path: Path) -> None:
    english.to_model()
    assert not [one for one in english.wizard.findChildren(QLineEdit) if one.focusPolicy() == Qt.FocusPolicy.NoFocus]


def test_room_is_found_by_the_drive_of_a_folder(english: Stage) -> None:
    facts = english.presenter.facts
    drive = facts.drive(Path("/media/data/ChatBELLE"))
    assert isinstance(drive, Drive) and drive.free == 900 * GB
