"""The models page with the real service: a model is converted, linked, verified, renamed, removed, brought back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.paths import Paths
from app.runtime.models.installs import InstallStatus
from app.runtime.models.service import ModelOptions, ModelService
from app.runtime.weights.records import Origin
from app.ui.bridge import RuntimeBridge
from app.ui.models.look_sheet import LookSheet
from app.ui.models.plan_sheet import PlanSheet
from tests.ui.models_stage import Stage, open_stage, press


def make_service(paths: Paths, bridge: RuntimeBridge) -> ModelService:
    """One whose trial of a new model answers without loading it."""
    service = ModelService(
        paths,
        ModelOptions,
        bridge.post,
        lambda *_asked: "你好，我可以回答问题、写作和翻译。",
        lambda path, _architecture, _model: Origin(name=path.stem),
    )
    service.begin()
    return service


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(qtbot, tmp_path, service=make_service) as opened:
        opened.window.show_models()
        opened.wait(lambda: opened.screen.presenter.computer)
        yield opened


def names(stage: Stage) -> list[str]:
    return [entry.manifest.name for entry in stage.screen.presenter.entries]


def look(stage: Stage, path: Path, step: str) -> None:
    stage.window.look_at(path)
    sheet = stage.screen.sheet
    assert isinstance(sheet, LookSheet)
    stage.wait(lambda: sheet.finding is not None)
    press(sheet, step)


def test_from_a_dropped_folder_to_an_answering_model(stage: Stage, fx: Path, tmp_path: Path) -> None:
    source = tmp_path / "下载 folder" / "bloom-hf"
    shutil.copytree(fx / "bloom-hf", source)
    look(stage, source, "Convert…")
    plan = stage.screen.sheet
    assert isinstance(plan, PlanSheet)
    stage.wait(lambda: len(plan._plans) + len(plan._errors) == 6)
    assert plan.plan is not None and plan.plan.allowed, plan.plan
    press(plan, "Start")
    stage.wait(
        lambda: any(one.status.value in ("finished", "failed") for one in stage.screen.presenter.installs.values())
    )
    (state,) = stage.screen.presenter.installs.values()
    assert state.status is InstallStatus.FINISHED, state.error
    card = stage.screen.page.cards[state.id]
    stage.wait(lambda: "写作和翻译" in card.card.state.detail)
    stage.wait(lambda: state.entry in stage.screen.presenter.verdicts)
    press(card, "Use it")
    entry = stage.screen.presenter.entry(state.entry)
    assert entry is not None and stage.engine.loads[-1].path == entry.manifest.path


def test_a_linked_model_is_verified_renamed_removed_and_brought_back(stage: Stage, fx: Path, tmp_path: Path) -> None:
    file = tmp_path / "别处" / "我的.gguf"
    file.parent.mkdir()
    shutil.copy(fx / "gguf-ref" / "llama-f16.gguf", file)
    look(stage, file, "Use it here")
    stage.wait(lambda: len(names(stage)) == 1)
    (entry,) = stage.screen.presenter.entries
    identity = entry.manifest.id
    assert not entry.manifest.owned
    stage.wait(lambda: stage.engine.loads[-1].path == file)
    actions, notices = stage.screen.actions, stage.screen.page.notices
    actions.act(identity, "verify")
    stage.wait(lambda: stage.screen.presenter.entries[0].manifest.sha256)
    actions._page.renamed.emit(identity, "小 模型")
    stage.wait(lambda: names(stage) == ["小 模型"])
    actions.act(identity, "remove")
    stage.wait(lambda: not names(stage))
    stage.wait(lambda: [one for one in notices.findChildren(QPushButton) if one.text() == "Undo"])
    press(notices, "Undo")
    stage.wait(lambda: names(stage) == ["小 模型"])
    assert file.exists()


def test_a_file_that_vanishes_is_noticed(stage: Stage, fx: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "a.gguf", tmp_path / "b.gguf"
    shutil.copy(fx / "gguf-ref" / "llama-f16.gguf", file)
    look(stage, file, "Use it here")
    stage.wait(lambda: len(names(stage)) == 1)
    identity = stage.screen.presenter.entries[0].manifest.id
    file.rename(other)
    stage.screen.presenter.look_again()
    stage.wait(lambda: stage.screen.page.row(identity) and stage.screen.page.row(identity).state.main == "find")
    stage.screen.actions.act(identity, "find")
    dialog = stage.screen.actions._dialog
    assert dialog is not None
    dialog.fileSelected.emit(str(other))
    dialog.close()
    stage.wait(lambda: not stage.screen.page.row(identity).state.problem)
