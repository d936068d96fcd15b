"""Files dropped on the window or chosen: what is said about them and which step is offered."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.errors import AppError, Fixable
from app.runtime.models.pack_format import PackedModel
from app.runtime.weights.records import Kind, Need, Recognised, Target
from app.ui.i18n import Languages
from app.ui.models.drop import looked_at
from app.ui.models.findings import describe, identify, missing_words, unknown
from app.ui.models.look_sheet import LookSheet
from tests.ui.models_stage import Stage, open_stage, press

FOLDER = Path("/下载 folder/BELLE-LLaMA-7B-2M-enc")
GGUF = Recognised(Path("/x/模型.gguf"), Kind.GGUF, "bloom", 7_069_016_064, "Q4_0", 4_000_000_000, ("模型.gguf",))
ENCRYPTED = Recognised(
    FOLDER, Kind.ENCRYPTED, "llama", size=13_500_000_000, files=("config.json", "tokenizer.model"), needs=(Need.KEY,)
)
FLOATS = Recognised(Path("/x/BELLE-7B-2M"), Kind.HUGGING_FACE, "bloom", 7_069_016_064, "F32", 28_300_000_000)


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(qtbot, tmp_path) as opened:
        yield opened


def dragged(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def enter(widget: QWidget, mime: QMimeData) -> bool:
    """Drag over `widget`; True if somebody takes it."""
    modifiers, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    event = QDragEnterEvent(QPoint(10, 10), Qt.DropAction.CopyAction, mime, buttons, modifiers)
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def drop(widget: QWidget, mime: QMimeData) -> None:
    modifiers, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, mime, buttons, modifiers)
    QApplication.sendEvent(widget, event)


def look(stage: Stage, found: Recognised | AppError, path: Path | None = None) -> LookSheet:
    """The panel after the recogniser has answered."""
    if isinstance(found, AppError):
        stage.models.errors["recognise"] = found
    else:
        stage.models.results["recognise"] = found
    stage.window.look_at(path or (found.path if isinstance(found, Recognised) else Path("/x/y")))
    sheet = stage.screen.sheet
    assert isinstance(sheet, LookSheet)
    stage.wait(lambda: sheet.finding is not None)
    return sheet


def words(sheet: LookSheet) -> list[str]:
    return [button.text() for button in sheet._buttons]


# --- dragging ---------------------------------------------------------------------------------------------------------


def test_an_overlay_invites_and_the_drop_is_looked_at(stage: Stage) -> None:
    stage.models.results["recognise"] = GGUF
    mime = dragged(GGUF.path)
    assert enter(stage.window, mime)
    overlay = stage.window._drop_area().overlay
    assert overlay.isVisible() and overlay.geometry() == stage.window.rect()
    QApplication.sendEvent(stage.window, QDragLeaveEvent())
    assert not overlay.isVisible()
    enter(stage.window, mime)
    drop(stage.window, mime)
    assert not overlay.isVisible() and stage.asked("recognise") == [(GGUF.path, None)]
    stage.screen.sheet.close()


def test_what_is_no_file_is_not_taken(stage: Stage) -> None:
    mime = QMimeData()
    mime.setText("hello")
    assert not enter(stage.window, mime)
    mime.setUrls([QUrl("https://example.org/model.gguf")])
    assert not enter(stage.window, mime)


def test_text_files_on_the_composer_stay_attachments(stage: Stage, tmp_path: Path) -> None:
    text, model = tmp_path / "笔记.txt", tmp_path / "m.gguf"
    text.write_text("hello", "utf-8")
    composer = stage.window.composer
    for target in (composer, composer.edit._view):
        assert enter(target, dragged(text))
        assert stage.window._drops is None or not stage.window._drops.overlay.isVisible()
    drop(composer, dragged(text))
    assert composer.files() == ["笔记.txt"] and not stage.asked("recognise")
    for target in (composer, composer.edit._view):
        assert enter(target, dragged(model))
        assert stage.window._drop_area().overlay.isVisible()
        stage.window._drop_area().end()


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("a.txt", "model.gguf"), "model.gguf"),
        (("readme.md", "config.json"), "readme.md"),
        (("part1.bin", "part2.bin"), "part1.bin"),
    ],
)
def test_of_several_files_the_weights_are_looked_at(names: tuple[str, ...], chosen: str) -> None:
    assert looked_at([Path(name) for name in names]).name == chosen


# --- what is said -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "title", "step"),
    [
        (GGUF, "A GGUF model, ready to use", "use"),
        (replace(GGUF, files=("a-00001-of-00002.gguf", "a-00002-of-00002.gguf")), "A GGUF model in 2 parts", "join"),
        (FLOATS, "A model in Hugging Face's format", "import"),
        (replace(FLOATS, kind=Kind.META), "Meta's original LLaMA", "import"),
        (ENCRYPTED, "BELLE-LLaMA-7B-2M, encrypted", "key"),
        (
            replace(GGUF, kind=Kind.LFS_POINTER, problem=Fixable("weights-lfs-pointer", file="m")),
            "Not the model",
            "setup",
        ),
        (replace(GGUF, kind=Kind.WEB_PAGE, problem=Fixable("weights-web-page", file="m")), "A web page", "setup"),
        (
            replace(GGUF, kind=Kind.CHATBELLE, problem=Fixable("weights-chatbelle", file="m")),
            "The model file of",
            "setup",
        ),
        (replace(GGUF, kind=Kind.LORA, problem=Fixable("weights-lora", file="m")), "An adapter", "setup"),
        (replace(GGUF, kind=Kind.UNKNOWN, problem=Fixable("weights-unknown", file="m")), "Not recognised", "setup"),
        (replace(FLOATS, problem=Fixable("weights-truncated", file="m")), "This cannot be used yet", "again"),
        (replace(GGUF, kind=Kind.UNKNOWN, path=Path("/x/a.txt")), "A text file", "attach"),
    ],
)
def test_every_kind_has_a_sentence_and_a_step(stage: Stage, found: Recognised, title: str, step: str) -> None:
    stage.window.show_models()
    model = identify(found, stage.models.catalogue())
    finding = describe(found, model, Languages())
    assert finding.title.startswith(title) and finding.steps[0] == step and finding.text


def test_missing_files_are_named() -> None:
    assert missing_words(("a", "b")) == "Missing: a, b"
    assert missing_words(tuple("abcdefghi")) == "Missing: a, b, c, d, e, f and 3 more"
    assert "photo.jpg" in unknown(Path("/x/photo.jpg")).text


# --- the steps --------------------------------------------------------------------------------------------------------


def test_a_gguf_file_is_used_where_it_is(stage: Stage) -> None:
    sheet = look(stage, GGUF)
    assert sheet._facts.parts == ("Q4_0", "BLOOM 7B", "4.0 GB")
    press(sheet, "Use it here")
    assert stage.asked("link") == [(GGUF.path,)]
    stage.wait(lambda: stage.engine.loads[-1].path == GGUF.path)
    assert stage.window.models_shown


def test_what_must_be_converted_is_planned(stage: Stage) -> None:
    press(look(stage, FLOATS), "Convert…")
    requests = [request for (request,) in stage.asked("plan_install")]
    assert requests[0].target is Target.Q4_0 and len(requests) == 6
    assert all(one.path == FLOATS.path and one.model == "BELLE-7B-2M" for one in requests)
    stage.screen.sheet.close()


def test_quantized_weights_are_kept_as_they_are(stage: Stage) -> None:
    legacy = replace(GGUF, kind=Kind.LEGACY, path=Path("/x/ggml.bin"), files=("ggml.bin",))
    press(look(stage, legacy), "Convert…")
    assert [request.target for (request,) in stage.asked("plan_install")] == [None]
    stage.screen.sheet.close()


def test_the_key_is_tested_before_anything_is_decrypted(stage: Stage) -> None:
    sheet = look(stage, ENCRYPTED)
    assert sheet.key_field.isVisible() and not sheet.way("Decrypt…").isEnabled()
    wrong, right = Path("/k/13B/consolidated.00.pth"), Path("/k/7B/consolidated.00.pth")
    stage.models.results["recognise"] = replace(ENCRYPTED, problem=Fixable("key-wrong", key="k", file="f"))
    sheet.key_field.set_path(wrong)
    sheet.try_key(wrong)
    stage.wait(lambda: sheet.problem.error is not None)
    assert not sheet.way("Decrypt…").isEnabled() and sheet.key_field._wrong.text()
    stage.models.results["recognise"] = replace(ENCRYPTED, kind=Kind.ENCRYPTED, needs=())
    sheet.try_key(right)
    stage.wait(lambda: sheet.way("Decrypt…").isEnabled())
    assert sheet.problem.error is None and "The key fits." in sheet._advice.text()
    press(sheet, "Decrypt…")
    (request,) = stage.asked("plan_install")[0]
    assert (request.path, request.key, request.model) == (FOLDER, right, "BELLE-LLaMA-7B-2M-enc")
    stage.screen.sheet.close()


def test_missing_files_of_a_known_model_can_be_fetched(stage: Stage) -> None:
    broken = replace(
        FLOATS, missing=("tokenizer.json",), problem=Fixable("weights-files-missing", file="x", missing="y")
    )
    sheet = look(stage, broken)
    assert "Missing: tokenizer.json" in sheet._missing.text()
    press(sheet, "Download what is missing…")
    assert stage.asked("plan_install")[0][0].model == "BELLE-7B-2M"
    stage.screen.sheet.close()


def test_a_pack_is_recognised_and_imported(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = PackedModel("a", "BELLE-7B-2M", 4_000_000_000, "", (), license="apache-2.0")
    monkeypatch.setattr("app.runtime.models.pack_import.look_into", lambda _path: (packed,))
    stage.models.held["import_pack"] = []
    sheet = look(
        stage, replace(GGUF, kind=Kind.UNKNOWN, problem=Fixable("weights-unknown", file="m")), Path("/u/离线.zip")
    )
    assert sheet.finding.title == "An offline pack" and "BELLE-7B-2M" in sheet.finding.text
    press(sheet, "Import the pack")
    assert stage.asked("import_pack") == [(Path("/u/离线.zip"),)]
    assert len(stage.screen.page._works) == 1
    stage.models.end(stage.models.held["import_pack"][0], "import_pack")
    stage.wait(lambda: "imported-离线.zip" in stage.screen.page.notices._banners)


def test_an_archive_from_a_netdisk_is_used_as_it_is(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "网盘 下载.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("BELLE-7B-1M/pytorch_model.bin", b"x")
    found = replace(FLOATS, path=path, kind=Kind.GPTQ, problem=Fixable("weights-damaged", file="m", detail="d"))
    sheet = look(stage, found, path)
    assert sheet.finding.title == "BELLE-7B-1M, in an archive" and "BLOOMZ 7B" in sheet._facts.parts
    for language in ("zh_CN", "en"):
        stage.runtime.settings.set("language", language)
        QApplication.processEvents()
        assert sheet.finding.title.startswith("BELLE-7B-1M"), "and not what the recogniser says of it"
    press(sheet, "Install from it…")
    (request,) = stage.asked("plan_install")[0]
    assert (request.path, request.model, len(stage.asked("plan_install"))) == (path, "BELLE-7B-1M", 1)
    stage.screen.sheet.close()


def test_an_archive_of_an_encrypted_model_asks_for_the_key(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "BELLE-LLaMA-7B-2M-enc.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json.enc", b"x")
    sheet = look(stage, replace(GGUF, kind=Kind.UNKNOWN, problem=Fixable("weights-unknown", file="m")), path)
    assert sheet.key_field.isVisible() and not sheet.way("Decrypt…").isEnabled()
    sheet.try_key(Path("/k/consolidated.00.pth"))
    press(sheet, "Decrypt…")
    (request,) = stage.asked("plan_install")[0]
    assert (request.path, request.key) == (path, Path("/k/consolidated.00.pth"))
    assert len(stage.asked("recognise")) == 1, "there is nothing yet to test it on"
    stage.screen.sheet.close()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("模型.7z", b"7z\xbc\xaf\x27\x1c", "7z archive"),
        ("模型.rar", b"Rar!\x1a\x07", "RAR archive"),
        ("a.tar", b"x", "tar archive"),
        ("m.zip.001", b"PK\x03\x04", "one part"),
    ],
)
def test_archives_to_be_unpacked_first(stage: Stage, tmp_path: Path, name: str, data: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(data)
    found = replace(GGUF, kind=Kind.UNKNOWN, problem=Fixable("weights-unknown", file=name))
    sheet = look(stage, found, tmp_path / name)
    assert sheet.finding.title == "An archive that has to be unpacked first" and words in sheet.finding.text
    assert "npack" in sheet.finding.advice and sheet.finding.steps == ("again",)
    sheet.close()


def test_an_archive_of_a_model_that_nothing_names(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("some.gguf", b"GGUF")
    sheet = look(stage, replace(GGUF, kind=Kind.UNKNOWN, problem=Fixable("weights-unknown", file="m")), path)
    assert "some.gguf" in sheet.finding.text and "Unpack" in sheet.finding.advice
    sheet.close()


def test_a_zip_that_is_no_pack_stays_unknown(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    path.write_bytes(b"PK\x05\x06" + bytes(18))
    sheet = look(stage, replace(GGUF, kind=Kind.UNKNOWN, problem=Fixable("weights-unknown", file="m")), path)
    assert sheet.finding.title == "Not recognised"
    sheet.close()


def test_a_path_that_cannot_be_read_is_explained(stage: Stage) -> None:
    sheet = look(stage, Fixable("weights-missing-file", file="y"))
    assert "y is not there" in sheet.finding.text
    sheet.close()


def test_a_text_file_goes_into_the_message(stage: Stage, tmp_path: Path) -> None:
    text = tmp_path / "a.md"
    text.write_text("hello", "utf-8")
    stage.window.show_models()
    sheet = look(stage, replace(GGUF, kind=Kind.UNKNOWN, path=text, problem=Fixable("weights-unknown", file="m")))
    press(sheet, "Put it into the message")
    assert stage.window.composer.files() == ["a.md"] and not stage.window.models_shown


def test_closing_forgets_the_question(stage: Stage) -> None:
    stage.models.held["recognise"] = []
    stage.window.look_at(GGUF.path)
    sheet = stage.screen.sheet
    assert isinstance(sheet, LookSheet) and "Looking" in sheet._text.text()
    sheet.reject()
    job = stage.models.held["recognise"][0]
    assert job.token.cancelled
    stage.models.end(job, "recognise", GGUF)
    QApplication.processEvents()
    assert stage.screen.sheet is None


def test_import_asks_for_a_file_or_a_folder(stage: Stage) -> None:
    stage.window.show_models()
    page = stage.screen.page
    page.open_import_menu()
    menu = page._menu
    assert menu is not None
    for action in menu.actions():
        action.trigger()
        dialog = stage.screen._dialog
        assert dialog is not None
        dialog.close()
    menu.close()
    stage.models.results["recognise"] = GGUF
    dialog.fileSelected.emit(str(GGUF.path))
    assert stage.asked("recognise") == [(GGUF.path, None)]
    stage.screen.sheet.close()
