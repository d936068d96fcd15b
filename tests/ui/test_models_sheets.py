"""The hub's files, plans and their terms, the error panel, the path field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.errors import Cancelled, Fixable, InternalBug
from app.runtime.models.installs import InstallRequest
from app.runtime.models.records import RemoteFile
from app.ui.errors import Shown
from app.ui.i18n import Languages
from app.ui.models import words
from app.ui.models.hub_sheet import HubModel, HubSheet, models_in, repository_name
from app.ui.models.path_field import PathField
from app.ui.models.plan_sheet import PlanSheet
from app.ui.models.problem_panel import ProblemPanel, Way, parts_of
from app.ui.theme import theme
from tests.ui.models_stage import Stage, open_stage, press
from tools.sample_models import sample_plan

GB = 1_000_000_000


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(qtbot, tmp_path) as opened:
        opened.show()
        yield opened


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Qwen/Qwen2.5-7B-Instruct-GGUF", "Qwen/Qwen2.5-7B-Instruct-GGUF"),
        (" https://huggingface.co/a/b/tree/main ", "a/b"),
        ("hf-mirror.com/a/b?x=1", "a/b"),
        ("http://127.0.0.1:8000/a/b", "a/b"),
        ("just-a-name", ""),
        ("a/../b", ""),
        ("a b/c", ""),
    ],
)
def test_a_repository_is_typed_or_pasted(typed: str, name: str) -> None:
    assert repository_name(typed) == name


def test_parts_of_a_model_are_one_choice() -> None:
    files = (
        RemoteFile("README.md", 10),
        RemoteFile("big-00002-of-00002.gguf", 3),
        RemoteFile("big-00001-of-00002.gguf", 4),
        RemoteFile("small.gguf", 2),
        RemoteFile("other.gguf"),
    )
    assert models_in(files) == [
        HubModel("other.gguf", 1, None),
        HubModel("small.gguf", 1, 2),
        HubModel("big-00001-of-00002.gguf", 2, 7),
    ]


def test_a_model_of_the_hub_is_listed_chosen_and_planned(stage: Stage) -> None:
    stage.screen.page.open_download_menu()
    menu = stage.screen.page._menu
    assert menu is not None
    menu.actions()[1].trigger()
    menu.close()
    sheet = stage.screen.sheet
    assert isinstance(sheet, HubSheet) and not sheet.ask.isEnabled()
    sheet.field.setText("owner/model-GGUF")
    assert not stage.asked("list_repository")
    QTest.keyClick(sheet.field, Qt.Key.Key_Return)
    stage.wait(lambda: sheet.files.rows)
    assert stage.asked("list_repository") == [("owner/model-GGUF",)]
    assert sheet.go_on.isEnabled()
    sheet.field.setText("owner/other")
    assert not sheet.go_on.isEnabled()
    sheet.field.setText("owner/model-GGUF")
    press(sheet, "Go on…")
    assert stage.asked("plan_install") == [(InstallRequest(repository="owner/model-GGUF", file="model-Q4_0.gguf"),)]
    plan = stage.screen.sheet
    assert isinstance(plan, PlanSheet)
    stage.wait(lambda: plan.plan is not None)
    press(plan, "Start")
    assert stage.asked("install")


def test_a_repository_without_models_and_one_that_is_not_there(stage: Stage) -> None:
    stage.screen.ask_hub()
    sheet = stage.screen.sheet
    assert isinstance(sheet, HubSheet)
    stage.models.results["list_repository"] = (RemoteFile("README.md", 1),)
    sheet.field.setText("a/b")
    sheet.list_files()
    stage.wait(lambda: "no GGUF file" in sheet._says.text())
    stage.models.errors["list_repository"] = Fixable("weights-unreadable", file="a/b", detail="404")
    sheet.list_files()
    stage.wait(lambda: sheet.problem.error is not None)
    assert sheet.ask.isEnabled() and not sheet.go_on.isEnabled()
    sheet.close()


def plan_sheet(stage: Stage, **facts: object) -> PlanSheet:
    request = InstallRequest(model="BELLE-7B-1M")
    stage.models.results["plan_install"] = replace(sample_plan(request), **facts)
    stage.screen.plan({"": request}, "Install", "")
    sheet = stage.screen.sheet
    assert isinstance(sheet, PlanSheet)
    stage.wait(lambda: sheet.plan is not None)
    return sheet


def test_terms_are_accepted_before_a_download(stage: Stage) -> None:
    sheet = plan_sheet(stage, model="BELLE-7B-1M", download=28 * GB)
    assert "commercial use is not allowed" in sheet._terms.text() and not sheet._start.isEnabled()
    assert "Downloads 28.0 GB." in sheet._facts.text()
    sheet._accept.click()
    assert sheet._start.isEnabled()
    sheet.close()


def test_problems_forbid_and_warnings_do_not(stage: Stage) -> None:
    space = Fixable("out-space", path="D:", need_gb=40, free_gb=3)
    sheet = plan_sheet(stage, problems=(space,))
    assert not sheet._start.isEnabled() and "not enough space" in sheet._notices[0].accessibleName()
    sheet.close()
    sheet = plan_sheet(stage, warnings=(Fixable("note-several", file="a", others="b"),))
    assert sheet._start.isEnabled() and len(sheet._notices) == 1
    stage.models.errors["install"] = Fixable("disk-full", path="D:")
    press(sheet, "Start")
    assert sheet.isVisible() and "is full" in sheet._notices[0].accessibleName()
    sheet.close()


def test_what_cannot_be_planned_is_explained(stage: Stage) -> None:
    stage.models.errors["plan_install"] = Fixable("weights-unknown", file="x")
    stage.screen.plan({"": InstallRequest(path=Path("/x"))}, "Install", "")
    sheet = stage.screen.sheet
    assert isinstance(sheet, PlanSheet)
    stage.wait(lambda: sheet._notices)
    assert not sheet._start.isEnabled()
    sheet.close()


# --- the error panel --------------------------------------------------------------------------------------------------


@pytest.fixture
def panel(qtbot: QtBot) -> ProblemPanel:
    theme().configure(mode="light", factor=1.0, language="en")
    made = ProblemPanel(Languages())
    qtbot.addWidget(made)
    return made


def test_the_first_sentence_is_the_title() -> None:
    assert parts_of(Shown("It failed. The disk is full.", "Free some.")) == (
        "It failed",
        "The disk is full.",
        "Free some.",
    )
    assert parts_of(Shown("密钥不对：它打不开 a.b。", "换一个。")) == ("密钥不对", "它打不开 a.b。", "换一个。")
    assert parts_of(Shown(r"C:\x.y is gone.", "")) == (r"C:\x.y is gone", "", "")


def test_ways_out_of_a_problem(panel: ProblemPanel) -> None:
    done: list[object] = []
    error = Fixable("disk-full", path="/x")
    panel.show_error(error, Way("Again", lambda: done.append("again"), "primary"), guide=done.append)
    assert panel.isVisible()
    press(panel, "Again")
    press(panel, "Ask the built-in guide")
    assert done == ["again", error]
    press(panel, "Show details")
    assert panel._details is not None and panel._details.text() == "disk-full(path='/x')"
    press(panel, "Hide details")
    assert panel._details is None
    panel._banner._close.click()
    assert not panel.isVisible() and panel.error is None


def test_a_bug_has_a_report_and_a_cancel_nothing(panel: ProblemPanel) -> None:
    panel.show_error(InternalBug("internal-bug", kind="KeyError", detail="secret"))
    press(panel, "Show details")
    assert panel._details is not None and "KeyError" in panel._details.text()
    panel.show_error(Cancelled())
    assert not panel.isVisible()
    assert not [one for one in panel.findChildren(QPushButton) if one.isVisible()]


def test_a_path_is_typed_once_and_what_is_wrong_stands_under_it(qtbot: QtBot) -> None:
    field = PathField("Key file")
    qtbot.addWidget(field)
    field.show()
    chosen: list[Path] = []
    field.chosen.connect(chosen.append)
    QTest.keyClicks(field._field, '"/x/a.pth"')
    QTest.keyClick(field._field, Qt.Key.Key_Return)
    field._field.editingFinished.emit()
    assert chosen == [Path("/x/a.pth")]
    field.set_wrong("Too small")
    assert field._wrong.isVisible() and field._field.accessibleDescription() == "Too small"
    field.set_wrong("")
    assert not field._wrong.isVisible()


# --- words ------------------------------------------------------------------------------------------------------------


def test_sizes_and_times() -> None:
    assert [words.size(n) for n in (134, 640_000, 11e6, 0.1e9, 4e9, 28.3e9, 212e9)] == [
        "1 KB",
        "640 KB",
        "11 MB",
        "0.1 GB",
        "4.0 GB",
        "28.3 GB",
        "212 GB",
    ]
    assert [words.time_left(n) for n in (10, 960, 7500, 40 * 3600)] == [
        "under a minute left",
        "about 16 min left",
        "about 2 h 5 min left",
        "about 40 h left",
    ]
    assert [words.parameters(n) for n in (7_069_016_064, 13_000_000_000, 1_300_000_000, 124_000_000, 0)] == [
        "7B",
        "13B",
        "1.3B",
        "124M",
        "",
    ]


@pytest.mark.parametrize(
    ("kind", "smaller"), [("F16", True), ("Q8_0", True), ("Q5_K_M", True), ("Q4_0", False), ("", False)]
)
def test_four_bits_are_the_least(kind: str, smaller: bool) -> None:
    assert words.can_shrink(kind) is smaller


def test_a_row_shows_whole_clauses() -> None:
    assert words.beginning("长文更连贯，回答较慢。") == "长文更连贯，回答较慢"
    assert words.beginning("以 Llama 2 为底座，适合你多轮对话，能记住的内容是其他模型的两倍；需要较大的内存。") == (
        "以 Llama 2 为底座，适合你多轮对话"
    )
    assert words.beginning("BELLE-chat-0.4M as converted by the community: you download it.") == (
        "BELLE-chat-0.4M as converted by the community"
    )
    assert words.sentences("坏了。", "重试。") == "坏了。重试。"
    assert words.sentences("Broken.", "", "Try again.") == "Broken. Try again."
