"""Settings, Models: source, proxy and token count from the next download on; the models folder is shown and moved."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.errors import Fixable
from app.models_wiring import library_folders, make_model_service, model_options
from app.paths import Paths
from app.runtime.chats.service import ChatService
from app.runtime.engine.records import ModelSpec
from app.runtime.jobs import CancelToken
from app.runtime.models import moving
from app.runtime.models.library import Library
from app.runtime.models.measuring import Measured
from app.runtime.models.service_parts import ModelOptions
from app.runtime.models.sources import MIRROR, OFFICIAL
from app.settings import Settings
from app.ui.bridge import RuntimeBridge
from app.ui.context import Runtime
from app.ui.i18n import Languages
from app.ui.look import apply_look
from app.ui.models.models_service import Models
from app.ui.settings.models import ModelsPart
from app.ui.settings.move_sheet import MoveSheet
from app.ui.settings.place import ModelsPlace
from app.ui.settings.window import SettingsWindow
from tests.runtime.models.library_kit import added
from tests.ui.models_stage import PlainLoader
from tools.sample_models import SampleModels

PATIENCE = 30_000


class Stage:
    """The settings at the page Models, over a service that plays or a real one."""

    def __init__(self, qtbot: QtBot, home: Path, *, real: bool = False, chosen: str = "") -> None:
        self.qtbot, self.paths = qtbot, Paths(home).create()
        self.settings, self.languages = Settings.load(self.paths.settings), Languages()
        self.settings.set("model", chosen or "guide")
        self.bridge = RuntimeBridge()
        self.engine, self.played = PlainLoader(self.bridge), SampleModels(self.bridge.post)
        self.service: Models = self.played
        if real:
            made = make_model_service(self.paths, self.settings, self.bridge.post)
            made.begin()
            self.service = made
        chats = ChatService(self.paths.database, self.engine, self.bridge.post)
        self.runtime = Runtime(
            self.paths,
            self.settings,
            self.languages,
            self.bridge,
            self.engine,
            chats,
            lambda name: ModelSpec(Path(name), name, Path(name).stem),
            make_models=lambda: self.service,
        )
        apply_look(Settings(None, {"language": "en", "theme": "light"}), self.languages)
        place = ModelsPlace(self.runtime, self.runtime.load)
        self.window = SettingsWindow(self.settings, self.paths, models=place)
        qtbot.addWidget(self.window)
        self.window.show()

    @property
    def part(self) -> ModelsPart:
        if self.window.models_part is None:
            self.window.show_category("models")
        assert self.window.models_part is not None
        return self.window.models_part

    @property
    def options(self) -> ModelOptions:
        """What the next download works with."""
        return model_options(self.settings)

    def wait(self, reached: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(reached()), timeout=PATIENCE)

    def sheet(self) -> MoveSheet:
        click(self.part.folder.move_it)
        assert self.part.folder.sheet is not None
        return self.part.folder.sheet

    def move(self, target: Path) -> MoveSheet:
        sheet = self.sheet()
        sheet.place.chosen.emit(target)
        self.wait(sheet.yes.isEnabled)
        click(sheet.yes)
        return sheet


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name in ("HF_ENDPOINT", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    made = Stage(qtbot, tmp_path / "张 三")
    yield made
    made.runtime.close()


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def enter(field: QLineEdit, text: str) -> None:
    """Type as an input method does (`QTest` knows no key for Chinese), and press Enter."""
    field.setFocus()
    field.clear()
    field.insert(text)
    QTest.keyClick(field, Qt.Key.Key_Return)


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_is_made_when_it_is_wanted(stage: Stage) -> None:
    assert stage.window.models_part is None
    QTest.keyClicks(stage.window._search, "proxy")
    assert stage.window.shown_titles() == ["Proxy"]
    assert stage.window.models_part is not None and stage.played.calls == []


def test_every_control_has_a_name_and_can_be_reached_with_tab(stage: Stage) -> None:
    stage.settings.set("more_models_folders", json.dumps(["/mnt/大 盘/models"]))
    stage.settings.set("hub_token", "hf_1")
    stage.settings.set("proxy", "http://127.0.0.1:7890")
    stage.part.source.official.setFocus()
    seen: list[QWidget] = []
    for _ in range(40):
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus in seen:
            break
        seen.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    part = stage.part
    wanted = {part.source.official, part.test.button, part.proxy.choice, part.proxy.part.field, part.token.remove}
    assert wanted | {part.token.part.field, part.folder.show_it, part.folder.move_it} <= set(seen)
    unnamed = [one for one in seen if not one.accessibleName() and not (isinstance(one, QPushButton) and one.text())]
    assert unnamed == []


# --- the source -------------------------------------------------------------------------------------------------------


def test_a_source_is_chosen(stage: Stage) -> None:
    card = stage.part.source
    assert card.checked() is card.official
    click(card.mirror)
    assert stage.options.source == MIRROR.endpoint
    click(card.other)
    enter(card.field, "http://hub.example.org")
    assert card.wrong.isVisible() and stage.options.source == MIRROR.endpoint
    enter(card.field, "hub.example.org/")
    assert not card.wrong.isVisible() and stage.options.source == "https://hub.example.org"
    stage.settings.set("source", OFFICIAL.endpoint)  # in the wizard
    assert card.checked() is card.official and not card.field.isVisible()


def test_what_the_environment_says_is_shown(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example.org")
    assert stage.part.source.checked() is stage.part.source.other
    assert stage.part.source.field.text() == "https://hub.example.org" and stage.settings.get("source") == ""


def test_the_sources_are_measured(stage: Stage) -> None:
    cut = Fixable("download-unreachable", host="huggingface.co", detail="")
    stage.played.results["test_sources"] = (Measured(OFFICIAL, problem=cut), Measured(MIRROR, 0.3, 8.4e6))
    click(stage.part.test.button)
    stage.wait(lambda: "hf-mirror" in stage.part.test.hint.text())
    card = stage.part.source
    assert card.mirror.tag.text() == "fastest" and "8.4 MB/s" in card.mirror.speed.text()
    assert card.official.tag.text() == "not reachable" and stage.part.test.button.isEnabled()


def test_nothing_is_measured_while_connections_are_forbidden(stage: Stage) -> None:
    stage.settings.set("offline", True)
    assert not stage.part.test.button.isEnabled() and "Privacy" in stage.part.test.hint.text()
    stage.settings.set("offline", False)
    assert stage.part.test.button.isEnabled()


def test_a_test_that_fails_says_why(stage: Stage) -> None:
    stage.played.errors["test_sources"] = Fixable("proxy-address", proxy="x")
    click(stage.part.test.button)
    stage.wait(lambda: "is not a proxy address" in stage.part.test.hint.text())


# --- proxy and token --------------------------------------------------------------------------------------------------


def test_a_proxy_is_checked_when_it_is_entered(stage: Stage) -> None:
    row = stage.part.proxy
    assert not row.part.isVisible()
    row.choice.setCurrentIndex(row.choice.findData("direct"))
    assert stage.options.proxy == "direct"
    row.choice.setCurrentIndex(row.choice.findData("own"))
    enter(row.part.field, "ftp://127.0.0.1:21")
    assert "is not a proxy address" in row.part.wrong.label.text() and row.part.wrong.isVisible()
    assert stage.options.proxy == "direct"
    enter(row.part.field, "socks://127.0.0.1:1080")
    assert not row.part.wrong.isVisible() and stage.options.proxy == "socks5h://127.0.0.1:1080"
    row.choice.setCurrentIndex(row.choice.findData(""))
    assert stage.options.proxy == "" and not row.part.isVisible()


def test_what_is_no_proxy_is_forgotten_with_the_window(stage: Stage) -> None:
    row = stage.part.proxy
    row.choice.setCurrentIndex(row.choice.findData("own"))
    QTest.keyClicks(row.part.field, "nonsense?")
    stage.window.close()
    assert stage.settings.get("proxy") == "" and row.choice.currentData() == ""


def test_a_typed_address_is_stored_when_the_window_closes(stage: Stage) -> None:
    row = stage.part.proxy
    row.choice.setCurrentIndex(row.choice.findData("own"))
    QTest.keyClicks(row.part.field, "127.0.0.1:7890")
    stage.window.close()
    assert stage.settings.get("proxy") == "http://127.0.0.1:7890" and row.choice.currentData() == "own"


def test_a_token_is_stored_unseen_and_removed(stage: Stage) -> None:
    row = stage.part.token
    assert not row.remove.isVisible() and "official hub" in row.hint.text()
    enter(row.part.field, "hf 中")
    assert row.part.wrong.isVisible() and stage.options.token == ""
    enter(row.part.field, " hf_secret ")
    assert stage.options.token == "hf_secret" and row.part.field.text() == ""
    assert row.part.field.echoMode() is QLineEdit.EchoMode.Password
    seen = [*stage.window.findChildren(QLineEdit), *stage.window.findChildren(QPushButton)]
    assert not any("secret" in one.text() + one.accessibleDescription() for one in seen)
    click(row.remove)
    assert stage.options.token == "" and not row.remove.isVisible()


def test_the_environments_token_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_other")
    assert "HF_TOKEN" in stage.part.token.part.field.placeholderText() and not stage.part.token.remove.isVisible()


# --- folders ----------------------------------------------------------------------------------------------------------


def test_folders_are_shown(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr("app.ui.settings.folders.QDesktopServices.openUrl", opened.append)
    assert not stage.part.more.isVisible()
    other = tmp_path / "大 盘"
    other.mkdir()
    stage.settings.set("more_models_folders", json.dumps([str(other)]))
    assert stage.part.more.isVisible()
    click(stage.part.folder.show_it)
    click(stage.part.more.findChildren(QPushButton)[0])
    main = stage.paths.models if stage.paths.models.exists() else stage.paths.home
    assert [Path(url.toLocalFile()) for url in opened] == [main, other]
    stage.settings.set("more_models_folders", "[]")
    assert not stage.part.more.isVisible()


@pytest.fixture
def moved(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    """With a model in the library, which is in use."""
    home = tmp_path / "张 三"
    entry = added(Library((Paths(home).create().models,)))
    made = Stage(qtbot, home, real=True, chosen=str(entry.manifest.path))
    made.runtime.load(str(entry.manifest.path))
    made.wait(made.service.entries)
    yield made
    made.runtime.close()


def test_the_models_folder_moves_with_the_model_in_use(moved: Stage, tmp_path: Path) -> None:
    target = tmp_path / "大 盘" / "models"
    file = Path(moved.settings.get("model")).relative_to(moved.paths.models)
    sheet = moved.move(target)
    moved.wait(lambda: sheet.no.text() == "Close")
    assert str(target) in sheet.said.text()
    assert (target / file).is_file() and not (moved.paths.models / file).exists()
    assert library_folders(moved.paths, moved.settings) == (target,)
    assert library_folders(moved.paths, Settings.load(moved.paths.settings)) == (target,)
    assert moved.engine.unloads == 1 and moved.engine.loads[-1].path == target / file
    assert moved.settings.get("model") == str(target / file)
    moved.wait(lambda: [one.manifest.path for one in moved.service.entries()] == [target / file])
    shown = moved.part.folder.hint.text().replace("\u200b", "")
    assert shown == str(target)


def test_a_folder_with_other_things_gets_one_of_its_own(moved: Stage, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "photo.jpg").touch()
    sheet = moved.move(tmp_path / "disk")
    moved.wait(lambda: sheet.no.text() == "Close")
    assert library_folders(moved.paths, moved.settings) == (tmp_path / "disk" / "ChatBELLE" / "models",)


def test_a_place_that_cannot_be_is_refused_with_a_sentence(moved: Stage) -> None:
    inside = moved.paths.models / "里面"
    sheet = moved.move(inside)
    moved.wait(lambda: "lies inside the present models folder" in sheet.place._wrong.text())
    assert library_folders(moved.paths, moved.settings) == (moved.paths.models,)
    assert moved.engine.loads[-1].path.is_file()
    click(sheet.no)
    moved.wait(lambda: moved.part.folder.sheet is None)


def test_a_move_is_stopped_and_all_is_as_before(moved: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[CancelToken] = []

    def slow(_source: Path, _target: Path, _switch: object, _progress: object, cancel: CancelToken) -> None:
        begun.append(cancel)
        while not cancel._event.wait(0.01):
            pass
        cancel.check()

    monkeypatch.setattr(moving, "move", slow)
    sheet = moved.move(tmp_path / "new")
    moved.wait(lambda: begun and sheet.no.text() == "Stop")
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    moved.wait(lambda: "Everything is where it was" in sheet.said.text())
    assert sheet.isVisible() and sheet.no.text() == "Cancel"
    assert library_folders(moved.paths, moved.settings) == (moved.paths.models,)


@pytest.mark.parametrize("back", [False, True])
def test_a_move_that_was_cut_off_goes_on_or_back(moved: Stage, tmp_path: Path, back: bool) -> None:
    source, target = moved.paths.models, tmp_path / "new"
    file = Path(moved.settings.get("model")).relative_to(source)
    moving._begin(source, target)  # as a kill leaves it
    assert moving.target_of(source) == target
    part = moved.part
    moved.wait(part.unfinished.isVisible)
    click(part.unfinished.back if back else part.unfinished.go_on)
    moved.wait(lambda: not part.unfinished.isVisible() and not part.mover.busy)
    assert library_folders(moved.paths, moved.settings) == (source if back else target,)
    assert ((source if back else target) / file).is_file()


def test_large_text_and_a_small_window_cut_nothing(stage: Stage) -> None:
    stage.settings.set("hub_token", "hf_1")
    part = stage.part
    apply_look(Settings(None, {"language": "en", "theme": "dark", "text_size": 200}), stage.languages)
    stage.window.resize(760, 520)
    QApplication.processEvents()
    view = stage.window._area.viewport().width()
    for widget in (part.source, part.proxy.choice, part.token.remove, part.folder.show_it, part.folder.move_it):
        assert widget.mapTo(stage.window._area.viewport(), widget.rect().topRight()).x() <= view
        assert widget.width() >= widget.minimumSizeHint().width()
    apply_look(Settings(None, {"language": "en", "theme": "light"}), stage.languages)
