"""Labels, buttons, switch, banner, menu, focus ring."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import theme
from app.ui.widgets.banner import Banner
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.card import Card
from app.ui.widgets.choice import Check, Radio
from app.ui.widgets.focus_ring import FocusRing
from app.ui.widgets.labels import DotLabel, ElidedLabel, Label
from app.ui.widgets.menu import Menu
from app.ui.widgets.progress import ProgressLine
from app.ui.widgets.switch import Switch
from app.ui.widgets.tag import Tag


@pytest.fixture(autouse=True)
def look(qtbot: QtBot) -> None:
    theme().configure(mode="light", factor=1.0, language="zh_CN")


def keep(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.addWidget(widget)
    widget.show()


def test_label_lines_are_the_roles_height(qtbot: QtBot) -> None:
    label = Label("一行\n两行", "reading")
    keep(qtbot, label)
    assert label.sizeHint().height() == 52
    wrapped = Label("很长的一段话。" * 20, "reading", wrap=True)
    keep(qtbot, wrapped)
    assert wrapped.heightForWidth(300) % 26 == 0 and wrapped.heightForWidth(300) > 52


def test_bold_marks_are_not_shown(qtbot: QtBot) -> None:
    label = Label("由**内置向导**陪你")
    keep(qtbot, label)
    assert label.text() == "由内置向导陪你" == label.accessibleName()
    assert label.sizeHint().width() > 0


def test_elided_label(qtbot: QtBot) -> None:
    label = ElidedLabel("标题" * 40)
    keep(qtbot, label)
    label.resize(100, 22)
    assert label.shown_text().endswith("…") and label.toolTip() == label.text()
    label.set_text("短")
    assert label.toolTip() == ""


def test_dot_has_room_on_both_sides(qtbot: QtBot) -> None:
    dot = DotLabel("tiny")
    keep(qtbot, dot)
    assert dot.sizeHint().width() == QFontMetrics(theme().latin_font("tiny")).horizontalAdvance("·") + 12


@pytest.mark.parametrize(
    ("options", "size"), [({}, (86, 36)), ({"small": True}, (76, 30)), ({"icon": "key"}, (112, 36))]
)
def test_button_sizes(qtbot: QtBot, options: dict, size: tuple[int, int]) -> None:
    button = Button("下载模型", **options)
    keep(qtbot, button)
    assert (button.sizeHint().width(), button.sizeHint().height()) == size
    assert button.minimumSizeHint() == button.sizeHint()


def test_buttons_grow_with_the_text(qtbot: QtBot) -> None:
    button = Button("下载模型")
    keep(qtbot, button)
    theme().configure(mode="light", factor=2.0, language="zh_CN")
    assert button.sizeHint().height() == 72


def test_icon_button_has_a_name_and_follows_the_theme(qtbot: QtBot) -> None:
    button = IconButton("close", "关闭")
    keep(qtbot, button)
    light = button.icon().pixmap(20, 20).toImage()
    assert button.accessibleName() == "关闭" and "关闭" in button.toolTip()
    theme().configure(mode="dark", factor=1.0, language="zh_CN")
    assert button.icon().pixmap(20, 20).toImage() != light


@pytest.mark.parametrize("kind", [Switch, Check, Radio])
def test_space_and_click_toggle(qtbot: QtBot, kind: type[Switch]) -> None:
    control = kind()
    keep(qtbot, control)
    QTest.mouseClick(control, Qt.MouseButton.LeftButton)
    assert control.isChecked()
    control.setChecked(True)
    QTest.keyClick(control, Qt.Key.Key_Space)
    assert control.isChecked() == (kind is Radio)


def test_banner(qtbot: QtBot) -> None:
    banner = Banner("danger", "没能写入", "**D 盘**已满", "换一个位置", closable=True)
    pressed: list[bool] = []
    banner.add_button("换个位置", "primary").clicked.connect(lambda: pressed.append(True))
    keep(qtbot, banner)
    assert banner.accessibleName() == "没能写入 D 盘已满 换一个位置"
    banner._buttons[0].click()
    with qtbot.waitSignal(banner.closed, timeout=10_000):
        banner._close.click()
    assert pressed and not banner.isVisible()


def test_compact_banner_moves_the_cause_down_when_narrow(qtbot: QtBot) -> None:
    banner = Banner("info", "有新版本", "修正了表格显示和别的一些小问题", compact=True)
    banner.add_button("查看")
    keep(qtbot, banner)
    banner.resize(600, 56)
    QApplication.processEvents()
    beside = banner._cause.y() == banner._title.y()
    banner.setFixedWidth(300)
    QApplication.processEvents()
    assert beside and banner._cause.y() > banner._title.y()


def test_menu_rows(qtbot: QtBot) -> None:
    menu = Menu()
    qtbot.addWidget(menu)
    first = menu.add("管理模型…", icon="models", shortcut="Ctrl+M")
    menu.addSeparator()
    menu.add_choice("BELLE-7B-2M", "4.0 GB", True)
    menu.popup(menu.pos())
    assert menu.actionGeometry(first).height() == 34
    words = QFontMetrics(theme().font("interface")).horizontalAdvance("管理模型…")
    assert menu.width() > words + 80
    assert not menu.grab().isNull()
    menu.close()


def test_card_hides_lines_with_rows(qtbot: QtBot) -> None:
    card = Card()
    rows = [Label(text) for text in "abc"]
    for row in rows:
        card.add_row(row)
    keep(qtbot, card)
    assert card.filter(rows[1:2]) and not card._rows[1][1].isVisible()
    assert not card.filter([]) and not card.isVisible()


def test_tag(qtbot: QtBot) -> None:
    tag = Tag("适合", "ok")
    keep(qtbot, tag)
    narrow = tag.width()
    tag.set_tone("warn")
    tag.set_text("任何电脑都够用")
    assert tag.height() == 22 and tag.width() > narrow
    assert (tag.tone, tag.accessibleName()) == ("warn", "任何电脑都够用")


def test_progress_line(qtbot: QtBot) -> None:
    line = ProgressLine()
    keep(qtbot, line)
    line.resize(200, 6)
    for fraction, value in ((0.25, 250), (1.7, 1000), (-1.0, 0), (None, 0)):
        line.set_fraction(fraction)
        assert line.value() == value
    assert line.fraction is None and line.height() == 6
    line.set_state("broken")
    assert line.state == "broken"
    with pytest.raises(ValueError):
        line.set_state("sleeping")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    layout = QHBoxLayout(widget)
    for name in ("one", "two"):
        button = Button(name)
        button.setObjectName(name)
        layout.addWidget(button)
    layout.addWidget(QLineEdit())
    qtbot.addWidget(widget)
    widget.show()
    widget.activateWindow()
    qtbot.waitActive(widget)
    return widget


def test_ring_follows_tab_and_not_the_mouse(qtbot: QtBot, window: QWidget) -> None:
    ring = FocusRing(window)
    one, two = window.findChild(Button, "one"), window.findChild(Button, "two")
    assert one is not None and two is not None
    one.setFocus(Qt.FocusReason.MouseFocusReason)
    assert ring.target is None
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
    assert ring.target is two
    assert ring.geometry() == two.geometry().adjusted(-4, -4, 4, 4)
    two.move(two.x() + 10, two.y())
    assert ring.geometry() == two.geometry().adjusted(-4, -4, 4, 4)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
    assert ring.target is None  # a field shows its own focus
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert ring.target is two
    QTest.mouseClick(
        window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, one.geometry().center()
    )
    assert ring.target is None


def test_ring_lets_the_mouse_through(window: QWidget) -> None:
    ring = FocusRing(window)
    assert ring.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def test_language_change_reaches_widgets(qtbot: QtBot) -> None:
    banner = Banner("info", "x", closable=True)
    keep(qtbot, banner)
    banner._close.set_hint("old")
    QApplication.sendEvent(banner, QEvent(QEvent.Type.LanguageChange))
    assert banner._close.accessibleName() == "Close"
