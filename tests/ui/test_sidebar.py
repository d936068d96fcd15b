"""Groups, search, selection, renaming and keys of the sidebar."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.runtime.chats.records import Chat
from app.ui.sidebar import Sidebar
from app.ui.theme import theme
from app.ui.widgets.chat_list import CHAT_ROLE, group_of

TITLES = ("统计汉字", "给妈妈写信", "What is Q4_0?", "周报模板")


def chats() -> tuple[Chat, ...]:
    now = datetime.now()
    days = (0, 0, 1, 9)
    return tuple(
        Chat(number + 1, title, 0, (now - timedelta(days=day)).timestamp(), None)
        for number, (title, day) in enumerate(zip(TITLES, days, strict=True))
    )


@pytest.fixture
def sidebar(qtbot: QtBot) -> Sidebar:
    theme().configure(mode="light", factor=1.0, language="zh_CN")
    widget = Sidebar()
    qtbot.addWidget(widget)
    widget.resize(264, 800)
    widget.set_chats(chats())
    widget.show()
    qtbot.waitExposed(widget)
    widget.activateWindow()
    return widget


def rows(sidebar: Sidebar) -> list[str]:
    model = sidebar._list.chats
    return [model.index(number).data() for number in range(model.rowCount())]


def click(sidebar: Sidebar, chat: int, dx: int = 20, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    rect = sidebar._list.visualRect(sidebar._list.chats.index_of(chat))
    x = rect.left() + dx if dx > 0 else rect.right() + dx
    QTest.mouseClick(sidebar._list.viewport(), button, Qt.KeyboardModifier.NoModifier, QPoint(x, rect.top() + 12))


def test_groups_by_local_day(sidebar: Sidebar) -> None:
    assert rows(sidebar) == ["Today", *TITLES[:2], "Yesterday", TITLES[2], "Earlier", TITLES[3]]
    today = date.today()
    midnight = datetime.combine(today, datetime.min.time()).timestamp()
    assert group_of(midnight, today) == "today"
    assert group_of(midnight - 1, today) == "yesterday"
    assert group_of(midnight - 24 * 3600 - 3700, today) == "earlier"
    assert group_of(time.time() + 3600 * 30, today) == "today"


def test_click_opens_and_labels_do_not(sidebar: Sidebar) -> None:
    opened: list[int] = []
    sidebar.chat_selected.connect(opened.append)
    click(sidebar, 3)
    QTest.mouseClick(
        sidebar._list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(20, 20)
    )
    assert opened == [3]


def test_keys(sidebar: Sidebar) -> None:
    opened: list[int] = []
    deleted: list[int] = []
    sidebar.chat_selected.connect(opened.append)
    sidebar.delete_requested.connect(deleted.append)
    sidebar.set_current(2)
    sidebar._list.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(sidebar._list, Qt.Key.Key_Down)
    QTest.keyClick(sidebar._list, Qt.Key.Key_Return)
    assert opened == [3]
    assert sidebar._list.ring
    QTest.keyClick(sidebar._list, Qt.Key.Key_Delete)
    assert deleted == [3]


def test_rename_in_place(sidebar: Sidebar, qtbot: QtBot) -> None:
    renamed: list[tuple[int, str]] = []
    sidebar.rename_requested.connect(lambda chat, title: renamed.append((chat, title)))
    sidebar.set_current(1)
    sidebar._list.setFocus()
    QTest.keyClick(sidebar._list, Qt.Key.Key_F2)
    field = sidebar._list.viewport().findChild(QLineEdit)
    assert isinstance(field, QLineEdit) and field.text() == TITLES[0] and field.accessibleName()
    field.setText("  新的   标题 ")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: renamed == [(1, "新的 标题")], timeout=10_000)


def test_escape_keeps_the_title(sidebar: Sidebar) -> None:
    renamed: list[int] = []
    sidebar.rename_requested.connect(lambda chat, _title: renamed.append(chat))
    sidebar.start_rename(2)
    field = sidebar._list.viewport().findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    field.setText("anders")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    QTest.qWait(50)
    assert renamed == []


def test_search_filters_titles(sidebar: Sidebar) -> None:
    sidebar.focus_search()
    assert sidebar._search.hasFocus()
    QTest.keyClicks(sidebar._search, "q4")
    assert rows(sidebar) == ["Yesterday", TITLES[2]]
    QTest.keyClicks(sidebar._search, "zzz")
    assert not sidebar._list.isVisible() and sidebar._empty.isVisible()
    QTest.keyClick(sidebar._search, Qt.Key.Key_Escape)
    assert len(rows(sidebar)) == 7


def test_empty(sidebar: Sidebar) -> None:
    sidebar.set_chats(())
    assert sidebar._empty.isVisible() and "No chats yet" in sidebar._empty.text()


def test_more_opens_a_menu(sidebar: Sidebar) -> None:
    deleted: list[int] = []
    sidebar.delete_requested.connect(deleted.append)
    click(sidebar, 2, dx=-10)
    menu = sidebar._menu
    assert menu is not None and menu.isVisible()
    assert [action.text() for action in menu.actions()] == ["Rename", "Delete"]
    menu.actions()[1].trigger()
    menu.close()
    assert deleted == [2]


def test_buttons_tell(sidebar: Sidebar) -> None:
    told: list[str] = []
    sidebar.new_chat_requested.connect(lambda: told.append("new"))
    sidebar.collapse_requested.connect(lambda: told.append("collapse"))
    sidebar.models_requested.connect(lambda: told.append("models"))
    sidebar.settings_requested.connect(lambda: told.append("settings"))
    for button in (sidebar._new, sidebar._collapse, sidebar._models, sidebar._settings):
        button.click()
    assert told == ["new", "collapse", "models", "settings"]


def test_large_text_grows_rows(sidebar: Sidebar) -> None:
    theme().configure(mode="dark", factor=2.0, language="zh_CN")
    QApplication.processEvents()
    assert sidebar.width() == 528
    assert sidebar._list.visualRect(sidebar._list.chats.index_of(1)).height() == 72


def test_current_chat_is_scrolled_to(sidebar: Sidebar) -> None:
    many = tuple(Chat(number, f"chat {number}", 0, time.time(), None) for number in range(1, 200))
    sidebar.set_chats(many)
    sidebar.set_current(150)
    QApplication.processEvents()
    index = sidebar._list.chats.index_of(150)
    assert index.data(CHAT_ROLE).id == 150
    assert sidebar._list.viewport().rect().contains(sidebar._list.visualRect(index).center())
