"""The models page with a service that plays: what it shows, what each wish asks for, what is told back."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.errors import Fixable
from app.runtime.engine.records import ModelSpec, ModelState, ModelStatus
from app.runtime.models.records import Condition
from app.runtime.models.service import ModelService
from app.ui.models.models_service import Models
from app.ui.models.rows import row_of
from tests.ui.models_stage import Stage, open_stage, press
from tools.sample_models import FOLDER, SampleModels, sample_entries, sample_install

BELLE = "belle-7b-2m"
BELLE_LLAMA = "belle-llama-7b-2m"
LOCAL = "belle-13b-chat-q8"
WISHES = [name for name, found in vars(Models).items() if inspect.isfunction(found) and not name.startswith("_")]


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(qtbot, tmp_path, in_use=str(FOLDER / "BELLE-7B-2M" / "BELLE-7B-2M.gguf")) as opened:
        opened.show()
        yield opened


@pytest.mark.parametrize("name", WISHES)
@pytest.mark.parametrize("kind", [ModelService, SampleModels])
def test_service_and_fake_have_what_the_window_asks_for(name: str, kind: type) -> None:
    assert inspect.signature(getattr(kind, name)) == inspect.signature(getattr(Models, name))


def test_rows_say_what_is_known(stage: Stage) -> None:
    rows = {state.id: state for state in stage.screen.page.states()}
    used, local, guide = rows[BELLE], rows[LOCAL], rows["guide"]
    assert (used.tag, used.main) == (("In use", "accent"), "release")
    assert (used.size, used.kind) == ("4.0 GB", ("Q4_0", "BLOOMZ 7B"))
    assert (used.verdict, used.verdict_note) == (("Fits", "ok"), "needs 5.4 GB")
    assert (used.source, used.source_note) == ("BELLE project", "downloaded 3 Jun")
    assert rows["belle-llama-7b-2m"].source_note == "Restored with the key file"
    assert rows["belle-llama-ext-13b"].verdict == ("Tight", "warn")
    assert (local.verdict, local.verdict_note, local.main) == (("Too big", "danger"), "4.4 GB short", "shrink")
    assert (local.about, local.source) == ("No description yet", "Local file")
    assert (guide.main, guide.source_note) == ("use", "Cannot be removed")
    assert stage.screen.page.row(BELLE) is not None


def test_head_counts_and_measures(stage: Stage) -> None:
    words = [fact.text() for fact in stage.screen.page._facts]
    assert words == ["5 models, 29.1 GB", "212 GB free on the disk", "Memory available 11.2 GB / 16 GB"]


def test_without_a_model_it_leads_to_the_wizard(stage: Stage) -> None:
    opened: list[bool] = []
    stage.window.setup = lambda: opened.append(True)
    assert not stage.screen.page._first.isVisible()
    stage.models.set_entries()
    stage.wait(lambda: stage.screen.page._facts[0].text() == "No model is installed yet")
    assert [row.state.id for row in stage.screen.page.table.rows] == ["guide"]
    press(stage.screen.page, "Choose a BELLE model…")
    assert opened == [True]
    stage.models.set_install(sample_install())
    stage.wait(lambda: not stage.screen.page._first.isVisible())


def test_the_frame_is_there_at_once_and_the_rows_follow(qtbot: QtBot, tmp_path: Path) -> None:
    with open_stage(qtbot, tmp_path) as opened:
        opened.window.show_models()
        page = opened.screen.page
        assert page.isVisible() and page._title.isVisible() and not page.table.rows
        assert not opened.asked("verdict"), "questions would hold up the first picture"
        seen: list[int] = []
        page.table.complete.connect(lambda: seen.append(len(page.table.rows)))
        opened.wait(lambda: page.whole and opened.screen.presenter.computer)
        assert seen[0] == len(opened.entries) + 1


def test_a_model_that_makes_room_says_so(stage: Stage) -> None:
    path = sample_entries()[0].manifest.path
    spec, notices = ModelSpec(path, str(path), path.stem), stage.window.notices
    stage.engine.bridge.post(ModelStatus(ModelState.LOADING, spec.id, spec.name, aside=True))
    stage.wait(lambda: stage.screen.page.row(BELLE).state.tag == ("Set aside", "neutral"))
    for area in (notices, stage.screen.page.notices):
        assert "BELLE-7B-2M makes room" in area._banners["aside"].accessibleName()
    stage.engine.status(ModelState.LOADING, spec, 0.1)
    stage.wait(lambda: "aside" not in notices._banners)
    stage.engine.status(ModelState.READY, spec)
    stage.wait(lambda: stage.screen.page.row(BELLE).state.tag == ("In use", "accent"))


@pytest.mark.parametrize(
    ("condition", "owned", "main", "word"),
    [
        (Condition.MISSING, True, "look", "Missing"),
        (Condition.MISSING, False, "find", "Missing"),
        (Condition.CHANGED, True, "verify", "Changed"),
        (Condition.DAMAGED, True, "download", "Damaged"),
        (Condition.DAMAGED, False, "verify", "Damaged"),
    ],
)
def test_what_cannot_be_used_says_why(stage: Stage, condition: Condition, owned: bool, main: str, word: str) -> None:
    entry = sample_entries()[0]
    entry = replace(entry, condition=condition, manifest=replace(entry.manifest, owned=owned))
    state = row_of(entry, stage.models.catalogue(), None, "", "en")
    assert state.tag is not None and state.tag[0] == word
    assert state.main == main and state.problem and state.verdict is None


def test_page_and_chat_change_places(stage: Stage) -> None:
    window = stage.window
    assert window.models_shown and not window.page.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.models_shown and window.page.isVisible()
    QTest.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert window.models_shown
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert not window.models_shown
    window.sidebar._models.click()
    assert window.models_shown and window.sidebar._models.property("selected") == "true"
    window.sidebar.chat_selected.emit(1)
    assert not window.models_shown and window.sidebar._models.property("selected") == "false"


def test_chip_menu_ends_with_the_page_and_lists_the_library(stage: Stage) -> None:
    stage.window.show_chat()
    stage.window.header.open_model_menu()
    menu = stage.window.header._menu
    assert menu is not None
    words = [action.text() for action in menu.actions()]
    assert words[-1] == "Manage models…" and "BELLE-LLaMA-7B-2M" in words
    menu.actions()[-1].trigger()
    menu.close()
    assert stage.window.models_shown


def test_use_and_release(stage: Stage) -> None:
    row = stage.screen.page.row("belle-llama-7b-2m")
    assert row is not None and row.main_button is not None
    row.main_button.click()
    stage.wait(lambda: stage.screen.presenter.in_use == sample_entries()[1].manifest.path)
    stage.wait(lambda: stage.screen.page.row("belle-llama-7b-2m").state.main == "release")
    assert ("belle-llama-7b-2m",) in stage.asked("touch")
    row = stage.screen.page.row("belle-llama-7b-2m")
    assert row is not None and row.main_button is not None
    row.main_button.click()
    stage.wait(lambda: stage.engine.unloads == 1 and stage.screen.presenter.in_use is None)
    assert stage.screen.page.row("belle-llama-7b-2m").state.main == "use"


def test_too_big_a_model_is_used_only_after_a_question(stage: Stage) -> None:
    loads = len(stage.engine.loads)
    stage.screen.actions.act(LOCAL, "use")
    question = stage.screen.actions.sheet
    assert question is not None and len(stage.engine.loads) == loads
    assert "15.6 GB" in question._text.text() and "4.4 GB short" in question._text.text()
    press(question, "Use anyway")
    stage.wait(lambda: len(stage.engine.loads) == loads + 1)


def test_make_smaller_plans_every_type_and_installs_one(stage: Stage) -> None:
    row = stage.screen.page.row(LOCAL)
    assert row is not None and row.main_button is not None
    row.main_button.click()
    sheet = stage.screen.actions.sheet
    stage.wait(lambda: len(sheet._plans) == 6)
    assert [request.target.value for (request,) in stage.asked("plan_install")] == [
        "Q4_0",
        "Q4_K_M",
        "Q5_K_M",
        "Q6_K",
        "Q8_0",
        "F16",
    ]
    assert sheet.plan.type == "Q4_0"
    sheet._rows["Q6_K"].click()
    assert sheet.plan.type == "Q6_K" and "5.6 GB" in sheet._facts.text()
    press(sheet, "Start")
    (plan,) = stage.asked("install")[0]
    assert plan.request.path == Path(r"D:\models\belle-13b-chat-q8.gguf") and plan.name == f"{LOCAL} Q6_K"
    stage.wait(lambda: stage.screen.page.cards)


def test_rename_by_keyboard(stage: Stage) -> None:
    row = stage.screen.page.row(BELLE)
    assert row is not None
    row.menu_button.setFocus()
    QTest.keyClick(row.menu_button, Qt.Key.Key_F2)
    assert row._field.isVisible() and not row._name.isVisible()
    row._field.setText("  我的  模型 ")
    QTest.keyClick(row._field, Qt.Key.Key_Return)
    assert stage.asked("rename") == [(BELLE, "我的 模型")]
    stage.wait(lambda: stage.screen.page.row(BELLE).state.name == "我的 模型")
    row.start_rename()
    row._field.setText("no")
    QTest.keyClick(row._field, Qt.Key.Key_Escape)
    assert len(stage.asked("rename")) == 1 and stage.window.models_shown


def test_arrows_move_between_rows(stage: Stage) -> None:
    first, second = stage.screen.page.table.rows[:2]
    first.menu_button.setFocus()
    QTest.keyClick(first.menu_button, Qt.Key.Key_Down)
    assert second.menu_button.hasFocus()
    QTest.keyClick(second.menu_button, Qt.Key.Key_Up)
    assert first.menu_button.hasFocus()


def tab_stops(stage: Stage) -> list[QWidget]:
    """What Tab reaches on the page from the download button on, in its order."""
    first = stage.screen.page._download
    stops, now = [first], first.nextInFocusChain()
    while now is not first:
        if stage.screen.page.isAncestorOf(now) and now.isVisible() and now.focusPolicy() & Qt.FocusPolicy.TabFocus:
            stops.append(now)
        now = now.nextInFocusChain()
    return stops


def test_tab_goes_down_the_rows_also_after_one_came_and_went(stage: Stage) -> None:
    entries = stage.entries
    stage.models.set_install(sample_install())
    stage.models.set_entries(*entries[1:])
    stage.wait(lambda: len(stage.screen.page.table.rows) == 4)
    stage.models.set_entries(*entries)
    stage.wait(lambda: len(stage.screen.page.table.rows) == 5)
    QApplication.processEvents()
    page = stage.screen.page
    tops = [stop.mapTo(page, QPoint(0, 0)).y() + stop.height() // 2 for stop in tab_stops(stage)][:-1]
    assert len(tops) >= 13 and tops == sorted(tops)


def test_verify_shows_how_far_it_is_and_what_came_out(stage: Stage) -> None:
    stage.models.held["verify"] = []
    stage.screen.actions.act(BELLE, "verify")
    page, job = stage.screen.page, stage.models.held["verify"][0]
    assert len(page._works) == 1
    assert next(iter(page._works.values())).state.title == "Verifying BELLE-7B-2M"
    stage.models.end(job, "verify", stage.entries[0])
    stage.wait(lambda: not page._works)
    assert "BELLE-7B-2M is whole" in page.notices._banners


def test_export_and_pack_ask_where_to(stage: Stage, tmp_path: Path) -> None:
    actions = stage.screen.actions
    actions.act(BELLE, "export")
    dialog = actions._dialog
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "副本.gguf"))
    assert stage.asked("export") == [(BELLE, tmp_path / "副本.gguf")]
    stage.wait(lambda: "Saved and checked" in stage.screen.page.notices._banners)
    dialog.close()
    stage.models.errors["export_pack"] = Fixable("out-space", path="x", need_gb=4, free_gb=1)
    actions.act(BELLE, "pack")
    assert isinstance(actions._dialog, QFileDialog)
    actions._dialog.fileSelected.emit(str(tmp_path / "pack.zip"))
    stage.wait(lambda: "models-out-space" in stage.screen.page.notices._banners)
    actions._dialog.close()


def test_details_and_template(stage: Stage) -> None:
    stage.screen.actions.act(BELLE, "details")
    details = stage.screen.actions.sheet
    text = "\n".join(details.lines())
    for part in ("Q4_0", "BLOOMZ 7B", "BelleGroup/BELLE-7B-2M", "not known yet"):
        assert part in text
    details.close()
    stage.screen.actions.act(BELLE, "template")
    sheet = stage.screen.actions.sheet
    sheet.card.choose("belle-llama")
    press(sheet, "Apply")
    assert stage.asked("set_template") == [(BELLE, "belle-llama")]


def test_row_menu_leaves_out_what_cannot_be_done(stage: Stage) -> None:
    gone = replace(stage.entries[3], condition=Condition.MISSING)
    stage.models.set_entries(*stage.entries[:3], gone)
    stage.wait(lambda: stage.screen.page.row(LOCAL).state.main == "find")
    stage.screen.page.row(LOCAL).open_menu()
    menu = stage.screen.actions.menu
    assert menu is not None
    state = {action.text(): action.isEnabled() for action in menu.actions() if action.text()}
    assert (
        state["Say where it is…"] and state["Remove from the list"] and not state["Use"] and not state["Show in folder"]
    )
    menu.close()
    stage.screen.page.row("guide").open_menu()
    assert stage.screen.actions.menu is not None
    assert [one.text() for one in stage.screen.actions.menu.actions()] == ["Use", "Details…"]
    stage.screen.actions.menu.close()


def test_troubles_of_the_library_come_and_go(stage: Stage) -> None:
    stage.models.results["problems"] = (Fixable("weights-unreadable", file="manifest.json", detail="x"),)
    stage.screen.presenter.look_again()
    banners = stage.screen.page.notices._banners
    stage.wait(lambda: "models-weights-unreadable" in banners)
    stage.models.results["problems"] = ()
    stage.screen.presenter.look_again()
    stage.wait(lambda: "models-weights-unreadable" not in banners)


# --- look -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "text", "mode"),
    [((1280, 820), 100, "wide"), ((999, 700), 100, "medium"), ((760, 520), 100, "medium"), ((760, 520), 200, "small")],
)
def test_columns_give_way(stage: Stage, size: tuple[int, int], text: int, mode: str) -> None:
    stage.window.settings.set("text_size", text)
    stage.window.resize(*size)
    stage.wait(lambda: stage.window.width() == size[0])
    QApplication.processEvents()
    page = stage.screen.page
    row = page.table.rows[0]
    assert row._mode == mode
    assert row.width() <= page.width() and page._area.widget().width() <= page._area.viewport().width()
    assert row._under_source.isVisible() == (mode != "wide") and row._sizes.isVisible() == (mode != "small")
    assert page._panel.isVisible() == (size[0] < 1000 or text > 100)
    for button in (page._import, page._download):
        assert button.width() >= button.sizeHint().width()
    stage.window.settings.set("text_size", 100)


def test_everything_that_can_be_pressed_has_a_name(stage: Stage) -> None:
    stage.models.set_install(sample_install())
    stage.wait(lambda: stage.screen.page.cards)
    nameless = [
        type(button).__name__
        for button in stage.screen.page.findChildren(QAbstractButton)
        if button.isVisible() and not (button.accessibleName() or button.text() or button.toolTip())
    ]
    assert nameless == []


def test_language_and_look_change_while_it_is_open(stage: Stage) -> None:
    stage.window.settings.set("theme", "dark")
    stage.window.settings.set("language", "zh_CN")
    stage.wait(lambda: stage.screen.page._title.text() == "模型")
    assert len(stage.screen.page.table.rows) == 5
    stage.window.settings.set("language", "en")
    stage.wait(lambda: stage.screen.page._title.text() == "Models")


def test_without_a_service_the_menu_opens(stage: Stage) -> None:
    stage.window.show_chat()
    stage.runtime.make_models = stage.runtime._models = stage.window._library = None
    stage.window.show_models()
    menu = stage.window.header._menu
    assert menu is not None and menu.isVisible()
    menu.close()


def test_the_wizard_is_opened_where_there_is_one(stage: Stage) -> None:
    opened: list[bool] = []
    stage.window.setup = lambda: opened.append(True)
    stage.screen.page.open_download_menu()
    menu = stage.screen.page._menu
    assert menu is not None
    menu.actions()[0].trigger()
    menu.close()
    assert opened == [True]
