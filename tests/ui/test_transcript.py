"""The transcript as a person uses it: growing answers, following the end, copying, editing, other looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QTextCursor, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from app.runtime.chats.records import MessageState
from app.runtime.engine.records import Role
from app.ui.chat.code_block import CodeBlock
from app.ui.chat.prose import ProseView
from app.ui.chat.table_block import TableBlock
from app.ui.chat.text_view import TextView
from app.ui.chat.transcript import NEWEST, TranscriptView
from app.ui.theme import theme
from tests.ui.transcript_kit import RICH, answer, bubble, content, message, settle, shown_view, stream, talk


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[TranscriptView]:
    with shown_view(qtbot) as made:
        yield made


def test_a_streamed_answer_ends_like_one_shown_at_once(view: TranscriptView, qtbot: QtBot) -> None:
    text = RICH * 3
    view.show_chat((message(1, Role.USER, "问"), message(2, Role.ASSISTANT, text)))
    settle(qtbot, view)
    whole, height = content(answer(view, 2)), answer(view, 2).advance
    for seed in range(4):
        view.show_chat((message(1, Role.USER, "问"),))
        view.add_message(message(2, Role.ASSISTANT, "", MessageState.WRITING))
        stream(view, 2, text, seed)
        view.finish(message(2, Role.ASSISTANT, text))
        settle(qtbot, view)
        assert content(answer(view, 2)) == whole
        assert answer(view, 2).advance == height


def test_every_paragraph_is_one_block_at_every_moment(view: TranscriptView) -> None:
    view.add_message(message(2, Role.ASSISTANT, "", MessageState.WRITING))
    for char in RICH:
        view.append_text(2, char)
        for block in answer(view, 2).body.views:
            if isinstance(block, ProseView) and block.paragraphs:
                assert block.document().blockCount() == len(block.paragraphs)
                texts = [paragraph.text.replace("\u2028", "\n") for paragraph in block.paragraphs]
                assert block.document().toPlainText() == "\n".join(texts)


def test_blocks_do_not_overlap_and_stay_in_the_column(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_chat((message(1, Role.USER, "问" * 400), message(2, Role.ASSISTANT, RICH)))
    settle(qtbot, view)
    shown = answer(view, 2)
    bottoms = 0
    for block in shown.body.views:
        if isinstance(block, CodeBlock | TableBlock):
            assert block.y() >= bottoms
            assert block.x() + block.width() <= shown.width()
            bottoms = block.y() + block.height()
    user = bubble(view, 1)
    assert user._bubble.width() == 560
    assert user.geometry().right() < view.width()


def test_the_view_follows_until_the_reader_scrolls_up(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_chat(talk(40, RICH))
    settle(qtbot, view)
    bar = view._area.verticalScrollBar()
    assert bar.value() == bar.maximum() and view.following
    view.add_message(message(99, Role.ASSISTANT, "", MessageState.WRITING))
    stream(view, 99, RICH)
    assert bar.value() == bar.maximum()
    followed: list[bool] = []
    view.follow_changed.connect(followed.append)
    bar.setValue(bar.maximum() - 300)
    assert followed == [False] and view._to_end.isVisible()
    before = bar.value()
    stream(view, 99, RICH * 2)
    settle(qtbot, view)
    assert bar.value() == before < bar.maximum()
    qtbot.mouseClick(view._to_end, Qt.MouseButton.LeftButton)
    assert bar.value() == bar.maximum() and followed == [False, True] and not view._to_end.isVisible()


def test_older_messages_come_in_without_a_jump(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_chat(talk(130, RICH))
    assert len(view._views) == NEWEST
    settle(qtbot, view)
    bar = view._area.verticalScrollBar()
    bar.setValue(300)
    first = next(found for found in view._views if found.y() + found.height() > bar.value())
    where = first.y() - bar.value()
    qtbot.waitUntil(lambda: len(view._views) > NEWEST, timeout=30_000)
    settle(qtbot, view)
    assert first.y() - bar.value() == where
    for _ in range(10):
        bar.setValue(0)
        qtbot.wait(60)
    settle(qtbot, view)
    assert len(view._views) == 130


def test_the_user_text_is_shown_as_typed(view: TranscriptView, qtbot: QtBot) -> None:
    text = "# 不是标题\n**星号**  两个空格\n\n<b>x</b> `y`"
    view.show_chat((message(1, Role.USER, text),))
    settle(qtbot, view)
    (block,) = bubble(view, 1).body.views
    assert isinstance(block, ProseView)
    assert block.toPlainText() == text


def test_copy_of_an_answer_code_and_a_selection(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_chat((message(1, Role.USER, "问"), message(2, Role.ASSISTANT, RICH)))
    settle(qtbot, view)
    shown = answer(view, 2)
    clipboard = QGuiApplication.clipboard()
    shown._actions[1].click()
    assert clipboard.text() == RICH
    code = next(block for block in shown.body.views if isinstance(block, CodeBlock))
    code._copy.click()
    assert clipboard.text() == "from a import B\n\ndef f(x):\n    return B(x)  # 注释\n"
    prose = shown.body.views[0]
    assert isinstance(prose, ProseView)
    prose.selectAll()
    prose.copy()
    assert clipboard.text() == "用 Counter 就够了，不需要：自己写。\n思路\n- 先看\n- 再做\n   - 里层"
    assert not clipboard.mimeData().hasHtml()
    table = next(block for block in shown.body.views if isinstance(block, TableBlock))
    cursor = table._parts[0].textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.Start)
    cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
    table._parts[0].setTextCursor(cursor)
    assert "处" in table._parts[0].selected_text()


def test_nothing_is_loaded(view: TranscriptView, qtbot: QtBot) -> None:
    text = "![x](file:///etc/passwd) ![y](http://127.0.0.1:9/z.png) <img src='http://127.0.0.1:9/q'>"
    view.show_chat((message(2, Role.ASSISTANT, text),))
    settle(qtbot, view)
    (block,) = answer(view, 2).body.views
    assert isinstance(block, ProseView)
    assert "\ufffc" not in block.toPlainText()
    assert block.loadResource(2, QUrl("file:///etc/passwd")) is None


def test_a_link_is_shown_before_it_is_opened(
    view: TranscriptView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr("app.ui.chat.text_view.QDesktopServices.openUrl", opened.append)
    view.show_chat((message(2, Role.ASSISTANT, "[文档](https://example.com/a)"),))
    settle(qtbot, view)
    (block,) = answer(view, 2).body.views
    assert isinstance(block, TextView)
    block.anchorClicked.emit(QUrl("https://example.com/a"))
    assert not opened
    menu = QApplication.activePopupWidget()
    assert menu is not None
    actions = menu.actions()
    assert actions[0].text() == "https://example.com/a" and not actions[0].isEnabled()
    actions[2].trigger()
    assert opened == [QUrl("https://example.com/a")]
    menu.close()
    block.anchorClicked.emit(QUrl("file:///etc/passwd"))
    assert QApplication.activePopupWidget() is None


def test_actions_appear_when_the_answer_is_finished(view: TranscriptView, qtbot: QtBot) -> None:
    view.add_message(message(1, Role.USER, "问"))
    view.add_message(message(2, Role.ASSISTANT, "", MessageState.WRITING))
    stream(view, 2, "一半")
    shown = answer(view, 2)
    assert not any(button.isVisible() for button in shown._actions)
    view.finish(message(2, Role.ASSISTANT, "一半", MessageState.PARTIAL), "停下了。")
    settle(qtbot, view)
    assert [button.lit for button in shown._actions if button.isVisible()] == [True] * 4
    assert shown._note is not None and shown._note.text() == "停下了。" and shown._note.isVisible()
    with qtbot.waitSignal(view.regenerate_requested) as asked:
        shown._actions[2].click()
    assert asked.args == [2]
    with qtbot.waitSignal(view.continue_requested) as asked:
        shown._actions[0].click()
    assert asked.args == [2]
    view.finish(message(2, Role.ASSISTANT, "一半完"))
    settle(qtbot, view)
    assert not shown._actions[0].isVisible() and shown._actions[1].isVisible()


def test_an_answer_is_continued(view: TranscriptView, qtbot: QtBot) -> None:
    first, rest = RICH[:180], RICH[180:]
    view.show_chat((message(1, Role.USER, "问"), message(2, Role.ASSISTANT, first, MessageState.PARTIAL)))
    view.resume(message(2, Role.ASSISTANT, first, MessageState.WRITING))
    stream(view, 2, rest)
    view.finish(message(2, Role.ASSISTANT, RICH))
    settle(qtbot, view)
    assert answer(view, 2).message.text == RICH
    continued = content(answer(view, 2))
    view.show_chat((message(1, Role.USER, "问"), message(2, Role.ASSISTANT, RICH)))
    settle(qtbot, view)
    assert content(answer(view, 2)) == continued


def test_editing_in_place(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_chat((message(1, Role.USER, "旧问题"), message(2, Role.ASSISTANT, "答")))
    settle(qtbot, view)
    user = bubble(view, 1)
    user.edit()
    assert user._editor is not None and user._editor.toPlainText() == "旧问题"
    qtbot.keyClick(user._editor, Qt.Key.Key_Escape)
    assert user._editor is None
    user.edit()
    assert user._editor is not None
    user._editor.set_text("新问题")
    with qtbot.waitSignal(view.edit_requested) as asked:
        qtbot.keyClick(user._editor, Qt.Key.Key_Return)
    assert asked.args == [1, "新问题"]
    settle(qtbot, view)
    assert user.body.views[0].isVisible()


def test_every_action_can_be_reached_by_tab(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_chat((message(1, Role.USER, "问"), message(2, Role.ASSISTANT, RICH)))
    settle(qtbot, view)
    view.activateWindow()
    reached: set[object] = set()
    widget = view._views[0].nextInFocusChain()
    for _ in range(300):
        if widget is None:
            break
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            reached.add(widget)
        widget = widget.nextInFocusChain()
    wanted = [*bubble(view, 1)._actions, *answer(view, 2)._actions[1:]]
    assert set(wanted) <= reached
    assert any(isinstance(found, TextView) for found in reached)
    for button in view.findChildren(QToolButton):
        if button.objectName() != "ScrollLeftButton" and button.isVisible():
            assert button.accessibleName() and button.toolTip()


def test_names_for_the_screen_reader(view: TranscriptView) -> None:
    view.show_chat((message(1, Role.USER, "问"), message(2, Role.ASSISTANT, "答")))
    assert bubble(view, 1).accessibleName() == "You: 问"
    assert answer(view, 2).accessibleName() == "BELLE-7B: 答"


@pytest.mark.parametrize(
    ("mode", "factor", "language"), [("dark", 1.0, "en"), ("light", 2.0, "zh_CN"), ("dark", 0.8, "en")]
)
def test_a_new_look_keeps_text_and_place(
    view: TranscriptView, qtbot: QtBot, mode: str, factor: float, language: str
) -> None:
    view.show_chat((*talk(6, RICH), message(7, Role.ASSISTANT, RICH, MessageState.WRITING)))
    settle(qtbot, view)
    before = content(answer(view, 7))
    theme().configure(mode=mode, factor=factor, language=language)
    settle(qtbot, view)
    assert content(answer(view, 7)) == before
    stream(view, 7, "再来一段 `code`。")
    settle(qtbot, view)
    assert answer(view, 7).body.views


def test_width_changes(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_chat(talk(8, RICH))
    view.resize(400, 500)
    settle(qtbot, view)
    assert view.column() == 400 - 48
    view.resize(1400, 500)
    settle(qtbot, view)
    assert view.column() == 760
    view.set_column(1080)
    settle(qtbot, view)
    assert view.column() == 1080


def test_the_wheel_over_text_and_code_scrolls_the_page(view: TranscriptView, qtbot: QtBot) -> None:
    view.show_chat(talk(20, RICH))
    settle(qtbot, view)
    for block in answer(view, 20).body.views:
        target = block._text if isinstance(block, CodeBlock) else block
        event = QWheelEvent(
            QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        if isinstance(target, TextView):
            target.wheelEvent(event)
            assert not event.isAccepted()


def test_the_caret_blinks_only_while_writing(view: TranscriptView, qtbot: QtBot) -> None:
    view.add_message(message(1, Role.ASSISTANT, "", MessageState.WRITING))
    assert view._blinker.isActive() or QApplication.cursorFlashTime() <= 0
    view.append_text(1, "字")
    view.set_reduced_motion(True)
    assert not view._blinker.isActive()
    view.set_reduced_motion(False)
    view.finish(message(1, Role.ASSISTANT, "字"))
    assert not view._blinker.isActive()


def test_language_changes_live(view: TranscriptView) -> None:
    view.show_chat((message(1, Role.USER, "问"), message(2, Role.ASSISTANT, RICH)))
    QApplication.sendEvent(view, QEvent(QEvent.Type.LanguageChange))
    assert bubble(view, 1).accessibleName() == "You: 问"
