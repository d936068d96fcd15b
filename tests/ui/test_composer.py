"""Keys, input methods, files and states of the composer, with real events."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.chat.composer import Composer
from app.ui.theme import theme
from app.ui.widgets.attachment import LARGEST, RefusedFile, decode, read_text_file
from app.ui.widgets.message_edit import COMMIT_MS


@pytest.fixture
def composer(qtbot: QtBot) -> Composer:
    theme().configure(mode="light", factor=1.0, language="zh_CN")
    widget = Composer()
    qtbot.addWidget(widget)
    widget.resize(760, 52)
    widget.show()
    widget.edit.setFocus()
    return widget


def sent(composer: Composer) -> list[str]:
    texts: list[str] = []
    composer.send_requested.connect(texts.append)
    return texts


def preedit(composer: Composer, text: str, commit: str = "") -> None:
    event = QInputMethodEvent(text, [])
    if commit:
        event.setCommitString(commit)
    QApplication.sendEvent(composer.edit, event)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_sends_and_empties(composer: Composer, key: Qt.Key) -> None:
    texts = sent(composer)
    QTest.keyClicks(composer.edit, "hello")
    QTest.keyClick(composer.edit, key, Qt.KeyboardModifier.KeypadModifier if key == Qt.Key.Key_Enter else Qt.NoModifier)
    assert texts == ["hello"]
    assert composer.text() == ""


def test_shift_enter_breaks_the_line(composer: Composer) -> None:
    texts = sent(composer)
    QTest.keyClicks(composer.edit, "a")
    QTest.keyClick(composer.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(composer.edit, "b")
    assert composer.text() == "a\nb"
    assert texts == []


def test_enter_never_sends_while_composing(composer: Composer) -> None:
    texts = sent(composer)
    preedit(composer, "nihao")
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    assert texts == []
    composer.send()
    assert texts == []


def test_the_enter_that_commits_does_not_send_but_the_next_does(composer: Composer) -> None:
    texts = sent(composer)
    preedit(composer, "nihao")
    preedit(composer, "", commit="你好")
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    assert texts == []
    assert composer.text() == "你好"
    QTest.qWait(COMMIT_MS + 20)
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    assert texts == ["你好"]


def test_commit_by_space_then_enter_sends(composer: Composer) -> None:
    texts = sent(composer)
    preedit(composer, "nihao")
    preedit(composer, "", commit="你好")
    QTest.qWait(COMMIT_MS + 20)
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    assert texts == ["你好"]


def test_nothing_to_send(composer: Composer) -> None:
    texts = sent(composer)
    assert not composer._send.isEnabled()
    QTest.keyClicks(composer.edit, "  ")
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    assert texts == []


def test_answering_shows_stop_and_keeps_the_text(composer: Composer) -> None:
    texts, stops = sent(composer), []
    composer.stop_requested.connect(lambda: stops.append(True))
    composer.set_text("next")
    composer.set_answering(True)
    assert composer._stop.isVisible() and not composer._send.isVisible()
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    assert texts == [] and composer.text() == "next"
    QTest.keyClick(composer.edit, Qt.Key.Key_Escape)
    QTest.mouseClick(composer._stop, Qt.MouseButton.LeftButton)
    assert len(stops) == 2


def test_grows_from_one_to_eight_lines(composer: Composer) -> None:
    heights = []
    for lines in (1, 2, 8, 12):
        composer.set_text("\n".join("行" for _ in range(lines)))
        QApplication.processEvents()
        heights.append(composer.edit.height())
    assert heights == [24, 48, 192, 192]
    assert composer.sizeHint().height() == 192 + 28
    composer.clear()
    QApplication.processEvents()
    assert composer.sizeHint().height() == 52


def test_line_height_survives_select_all_and_paste(composer: Composer) -> None:
    composer.set_text("一\n二")
    QTest.keyClick(composer.edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(composer.edit, Qt.Key.Key_Delete)
    data = QMimeData()
    data.setHtml("<h1>Big</h1><b>bold</b>")
    data.setText("Big\nbold\nend")
    composer.edit.insertFromMimeData(data)
    QApplication.processEvents()
    assert composer.text() == "Big\nbold\nend"
    assert "font-weight" not in composer.edit.toHtml().split("<body")[1].split("<p")[2]
    assert composer.edit.height() == 72


@pytest.mark.parametrize(
    "data",
    [
        "春眠不觉晓".encode(),
        "春眠不觉晓".encode("gb18030"),
        b"\xef\xbb\xbf" + "春眠不觉晓".encode(),
        "春眠不觉晓".encode("utf-16"),
    ],
)
def test_encodings(data: bytes) -> None:
    assert decode(data) == "春眠不觉晓"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", b"x", "kind"),
        ("a.txt", b"x" * (LARGEST + 1), "size"),
        ("a.md", b"\n \n", "empty"),
        ("a.txt", b"\x00\x01\x02", "encoding"),
        ("a.txt", b"\xff\xff\xff", "encoding"),
    ],
)
def test_refused_files(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(RefusedFile) as refusal:
        read_text_file(path)
    assert refusal.value.reason == reason


def test_a_file_goes_before_the_message(composer: Composer, tmp_path: Path) -> None:
    path = tmp_path / "春晓.txt"
    path.write_bytes("春眠不觉晓\r\n处处闻啼鸟\r\n".encode("gb18030"))
    texts = sent(composer)
    assert composer.attach_file(path)
    assert composer.files() == ["春晓.txt"]
    composer.set_text("统计字数")
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    assert texts == ["[File: 春晓.txt]\n春眠不觉晓\n处处闻啼鸟\n[End of 春晓.txt]\n\n统计字数"]
    assert composer.files() == []


def test_a_dropped_file_and_a_refusal(composer: Composer, tmp_path: Path) -> None:
    good, bad = tmp_path / "a.md", tmp_path / "b.exe"
    good.write_text("text", "utf-8")
    bad.write_bytes(b"x")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(good)), QUrl.fromLocalFile(str(bad))])
    composer.edit.insertFromMimeData(data)
    assert composer.files() == ["a.md"]
    assert composer._notice.isVisible() and "b.exe" in composer._notice.text()
    QTest.keyClicks(composer.edit, "x")
    assert not composer._notice.isVisible()


def test_a_chip_can_be_removed(composer: Composer, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("text", "utf-8")
    composer.attach_file(path)
    assert composer._send.isEnabled()
    QTest.mouseClick(composer._chips[0]._close, Qt.MouseButton.LeftButton)
    assert composer.files() == [] and not composer._send.isEnabled()


def test_placeholder_is_short_in_a_narrow_window(composer: Composer) -> None:
    long = composer.edit.hint()
    composer.set_narrow(760)
    assert len(composer.edit.hint()) < len(long)
    composer.set_narrow(1280)
    assert composer.edit.hint() == long
    composer.resize(220, 52)
    assert len(composer.edit.hint()) < len(long)


def test_large_text(composer: Composer) -> None:
    theme().configure(mode="dark", factor=2.0, language="zh_CN")
    QApplication.processEvents()
    assert composer.edit.height() == 48
    composer.set_text("a\nb")
    QApplication.processEvents()
    assert composer.edit.height() == 96


def test_accessible_names(composer: Composer) -> None:
    for widget in (composer.edit, composer._attach, composer._send, composer._stop):
        assert widget.accessibleName()
