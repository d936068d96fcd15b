"""The wizard by keyboard alone, with a models service that is played: all pages, failures, going on after a restart."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.errors import Fixable
from app.paths import Paths
from app.runtime.models.catalogue import Catalogue
from app.runtime.models.hardware import Drive
from app.runtime.models.installs import InstallStatus, InstallStep
from app.runtime.models.memory import Memory
from app.runtime.models.records import Transfer
from app.runtime.models.service import ModelService
from app.runtime.models.setup_flow import from_json
from app.runtime.models.setup_state import Page, View
from app.runtime.models.sources import MIRROR, OFFICIAL
from app.runtime.weights.records import Kind, Recognised
from app.settings import Settings
from app.ui.i18n import Languages
from app.ui.look import apply_look
from app.ui.theme import theme
from app.ui.widgets.focus_ring import FocusRing
from app.ui.wizard.answer_page import AnswerPage
from app.ui.wizard.key_page import KeyPage
from app.ui.wizard.model_page import OWN, ModelPage
from app.ui.wizard.presenter import SetupPresenter
from app.ui.wizard.progress_page import ProgressPage
from app.ui.wizard.service import SetupService
from app.ui.wizard.source_page import SourcePage
from app.ui.wizard.start_pages import FolderPage
from app.ui.wizard.wizard import SetupWizard
from tests.contracts.fake_setup import COMPUTER, GB, FakeSetup
from tests.runtime.weights.xor_kit import checkpoint

META_7B = checkpoint("consolidated/data.pkl")
META_13B = checkpoint("consolidated.00/data.pkl", columns=2560)
ENCRYPTED, PLAIN = "BELLE-LLaMA-7B-2M-enc", "BELLE-7B-2M"
NETWORK = Fixable("download-unreachable", host="huggingface.co", detail="timed out")


class Stage:
    """A wizard, and a person at its keyboard."""

    def __init__(self, qtbot: QtBot, home: Path, language: str = "en", fake: FakeSetup | None = None) -> None:
        self.qtbot, self.told = qtbot, [self]
        self.settings, self.languages = Settings(None, {"language": language, "theme": "light"}), Languages()
        apply_look(self.settings, self.languages)
        self.fake = fake or FakeSetup(lambda event: self.presenter.handle(event))
        self.fake._emit = lambda event: self.presenter.handle(event)
        self.paths = Paths(home).create()
        self.presenter = SetupPresenter(self.fake, self.settings, self.languages, self.paths)
        self.wizard = SetupWizard(self.presenter)
        self.wizard.language_chosen.connect(self._language)
        self.ring = FocusRing(self.wizard)
        qtbot.addWidget(self.wizard)
        self.wizard.resize(1280, 820)
        self.wizard.show()
        self.wizard.activateWindow()
        qtbot.waitActive(self.wizard)
        self.wait(lambda: self.presenter.facts.computer is not None)

    def _language(self, language: str) -> None:
        self.settings.set("language", language)
        apply_look(self.settings, self.languages)

    @property
    def page(self) -> Page:
        return self.presenter.state.page

    @property
    def install(self) -> str:
        return self.fake.installs()[-1].id

    def wait(self, reached: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(reached, timeout=20_000)

    def press(self, key: Qt.Key, times: int = 1) -> None:
        for _ in range(times):
            focus = QApplication.focusWidget()
            assert focus is not None and self.wizard.isAncestorOf(focus), focus
            QTest.keyClick(focus, key)

    def type(self, text: str) -> None:
        """As an input method does: `QTest` knows no key for Chinese."""
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit)
        field.insert(text)

    def tab_to(self, wanted: QWidget) -> None:
        """With Tab alone; a widget that Tab does not reach fails."""
        for _ in range(80):
            if QApplication.focusWidget() is wanted:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not reach {wanted.accessibleName() or wanted}")

    def enter(self, page: Page) -> None:
        """Enter, which must lead to `page`."""
        self.press(Qt.Key.Key_Return)
        self.wait(lambda: self.page is page)
        self.check_names()

    def check_names(self) -> None:
        """Everything the keyboard can reach has a name to be read out, and fits into the page's width."""
        for widget in self.wizard.findChildren(QWidget):
            if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or not widget.isVisible():
                continue
            named = widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text())
            assert named, widget

    def to_model(self) -> None:
        self.enter(Page.COMPUTER)
        self.enter(Page.FOLDER)
        self.enter(Page.MODEL)

    def to_progress(self) -> None:
        """From the model page on, with the model that needs no key."""
        self.enter(Page.TERMS)
        self.press(Qt.Key.Key_Space)
        self.enter(Page.SOURCE)
        self.enter(Page.PLAN)
        self.wait(lambda: self.presenter.state.plan is not None)
        self.enter(Page.PROGRESS)

    def close(self) -> None:
        self.presenter.close()
        self.wizard.close()


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


def to_key(stage: Stage) -> None:
    """To the key page, from the first; the key of the catalogue is as large as our sample of it."""
    models = tuple(
        replace(one, key=replace(one.key, size=len(META_7B))) if one.key and one.key.id == "7B" else one
        for one in stage.fake.models.models
    )
    stage.fake.models = Catalogue(models, stage.fake.models.keys)
    stage.presenter.open()
    stage.wait(lambda: stage.presenter.facts.catalogue is stage.fake.models)
    stage.to_model()
    stage.press(Qt.Key.Key_Down)
    assert stage.presenter.state.choices.model is not None
    assert stage.presenter.state.choices.model.model == ENCRYPTED
    stage.enter(Page.TERMS)
    stage.press(Qt.Key.Key_Return)
    assert stage.page is Page.TERMS, "the terms are not accepted yet"
    stage.press(Qt.Key.Key_Space)
    stage.enter(Page.SOURCE)
    stage.press(Qt.Key.Key_Down)
    assert stage.presenter.state.choices.source == MIRROR.endpoint == stage.settings.get("source")
    stage.enter(Page.KEY)


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
    assert not any(row.isVisible() for row in english.wizard.page.card.rows if row.value == OWN)  # type: ignore[attr-defined]


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
    assert page.mirror.tag.isVisible() and not page.official.tag.isVisible()
    english.tab_to(page.official)
    english.press(Qt.Key.Key_Down, 2)
    english.press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is page.field
    english.type("not an address?")
    english.press(Qt.Key.Key_Return)
    assert english.page is Page.SOURCE and page.wrong.isVisible()
    page.field.clear()
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


# --- failures ---------------------------------------------------------------------------------------------------------


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
    english.tab_to(page.official)
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
    assert page.objections.isVisible() and page.warnings.isVisible()  # type: ignore[attr-defined]
    english.tab_to(page.objections.banners[0].buttons[0])  # type: ignore[attr-defined]
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
    assert row.tags[1].isVisible() and not row.tags[0].isVisible()  # type: ignore[attr-defined]
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
