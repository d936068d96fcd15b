"""Every control in every state, light and dark, as two PNG files: `python tools/gallery.py OUT_DIR`.

For comparing with the design's picture of the components; the texts are samples.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtCore import QPersistentModelIndex, QPoint, QSize
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from app.runtime.chats.records import Chat
from app.ui.chat.composer import Composer
from app.ui.i18n import Languages
from app.ui.theme import SEMIBOLD, theme
from app.ui.widgets.attachment import AttachmentChip, TextFile
from app.ui.widgets.banner import Banner
from app.ui.widgets.buttons import Button
from app.ui.widgets.chat_list import ChatList
from app.ui.widgets.chip import Chip, ChipState
from app.ui.widgets.choice import Check, Radio
from app.ui.widgets.labels import Label
from app.ui.widgets.menu import Menu
from app.ui.widgets.paint import box
from app.ui.widgets.progress import ProgressLine
from app.ui.widgets.switch import Switch
from app.ui.widgets.tag import Tag

SIZE = QSize(1280, 820)
STATES = ("默认", "悬停", "按下", "键盘焦点", "不可用")
BUTTONS = (
    ("主要", "下载模型", {"kind": "primary"}),
    ("次要", "导入文件…", {}),
    ("文字", "以后再说", {"kind": "text"}),
    ("危险", "删除模型", {"kind": "danger"}),
    ("停止", "停止", {"icon": "stop", "icon_size": 22, "icon_room": 10, "padding": 13}),
)
CHIPS = (
    (40, 376, ChipState("BELLE-7B-2M", "ready", "就绪", ("Q4_0",), "4.0 GB")),
    (335, 376, ChipState("BELLE-7B-2M", "loading", "载入中 40%", ("Q4_0",))),
    (40, 416, ChipState("LLaMA-EXT-13B", "tight", "内存吃紧", (), "7.5 GB")),
    (327, 416, ChipState("BELLE-7B-2M", "failed", "未能载入", ("Q4_0",))),
)
TAGS = (("适合", "ok"), ("吃紧", "warn"), ("不够", "danger"), ("推荐", "accent"), ("内置", "neutral"))
BANNERS = (
    ("info", "有新版本", "0.3.1 修正了表格显示", "查看"),
    ("ok", "BELLE-7B-2M 已装好", "可以开始聊天了", "开始使用"),
    ("warn", "内存吃紧", "只剩 1.4 GB，回答会变慢", "换小模型"),
    ("danger", "没能写入磁盘", "D 盘已满，还差 2.1 GB", "换个位置"),
)
BARS = ((0.62, "running", "62%"), (0.38, "paused", "已暂停"), (0.38, "broken", "已中断"))
CHATS = ("选中的聊天", "悬停", "键盘焦点", "标题太长时在结尾省略，悬停显示全文")


class StateButton(Button):
    """A button drawn in a state nobody brought about."""

    shown_state = "默认"

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        if self.shown_state in ("悬停", "按下"):
            option.state |= QStyle.StateFlag.State_MouseOver
        if self.shown_state == "按下":
            option.state = (option.state | QStyle.StateFlag.State_Sunken) & ~QStyle.StateFlag.State_Raised


class Ring(QWidget):
    """The focus ring around `target`, without the focus."""

    def __init__(self, target: QWidget, radius: int, away: int = 4) -> None:
        super().__init__(target.parentWidget())
        self._radius, self._inset = radius + (3 if away else 0), away
        self.setGeometry(target.geometry().adjusted(-away, -away, away, away))

    def paintEvent(self, _event: QPaintEvent) -> None:
        box(QPainter(self), self.rect(), "", "focus", self._radius, 2)


class Panel(QFrame):
    """The sidebar's surface behind the list of chats."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        box(QPainter(self), self.rect(), "bg-sidebar", "line", 12)


class Gallery(QWidget):
    """The page itself, every part at the place it has in the design's picture."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(SIZE)
        self._buttons()
        self._chips()
        self._fields()
        self._progress()
        self._banners()
        self._lists()
        self._composer()

    def put(self, widget: QWidget, x: int, y: int, width: int = 0, height: int = 0) -> QWidget:
        widget.setParent(self)
        hint = widget.sizeHint()
        widget.setGeometry(x, y, width or hint.width(), height or hint.height())
        widget.show()
        return widget

    def word(self, text: str, x: int, y: int, role: str = "small", weight: QFont.Weight | None = None) -> None:
        """A caption whose line starts at `y`."""
        self.put(Label(text, role, "text-2", weight=weight), x, y)

    def _buttons(self) -> None:
        self.word("按钮", 40, 34, weight=SEMIBOLD)
        for column, state in enumerate(STATES):
            self.word(state, 92 + 110 * column, 64, "tiny")
        for row, (name, text, options) in enumerate(BUTTONS):
            top = 90 + 46 * row
            self.word(name, 40, top + 9, "tiny")
            for column, state in enumerate(STATES):
                button = StateButton(text, **options)
                button.shown_state = state
                button.setEnabled(state != "不可用")
                self.put(button, 92 + 110 * column, top)
                if state == "键盘焦点":
                    Ring(button, 8).show()

    def _chips(self) -> None:
        self.word("模型标签", 40, 346, weight=SEMIBOLD)
        for x, y, state in CHIPS:
            chip = Chip()
            chip.set_state(state)
            self.put(chip, x, y)
        self.word("判断标记", 40, 470, weight=SEMIBOLD)
        for number, (text, tone) in enumerate(TAGS):
            self.put(Tag(text, tone), 40 + 50 * number, 500)

    def _fields(self) -> None:
        self.word("输入与开关", 40, 548, weight=SEMIBOLD)
        for number, text in enumerate(("默认", "焦点", "有错")):
            field = QLineEdit(text)
            field.setProperty("wrong", "true" if text == "有错" else "false")
            self.put(field, 40 + 160 * number, 578, 150, 36)
            if text == "焦点":
                self._focused = field
        self.put(Switch(checked=True), 40, 628)
        self.put(Switch(), 96, 628)
        for number, control in enumerate((Radio(), Radio(), Check(), Check())):
            control.setAutoExclusive(False)
            control.setChecked(number % 2 == 0)
            self.put(control, 152 + 36 * number, 630, 18, 18)

    def _progress(self) -> None:
        self.word("进度", 40, 676, weight=SEMIBOLD)
        for number, (share, state, text) in enumerate(BARS):
            bar = ProgressLine()
            bar.set_state(state)
            bar.set_fraction(share)
            self.put(bar, 40, 712 + 30 * number, 412, 6)
            self.put(Label(text, "tiny", "danger" if state == "broken" else "text-2"), 464, 706 + 30 * number)

    def _banners(self) -> None:
        self.word("提示条", 688, 34, weight=SEMIBOLD)
        for number, (tone, title, cause, action) in enumerate(BANNERS):
            banner = Banner(tone, title, cause, compact=True)
            banner.add_button(action)
            self.put(banner, 688, 64 + 64 * number, 552, 56)

    def _lists(self) -> None:
        self.word("聊天列表", 688, 338, weight=SEMIBOLD)
        self.put(Panel(), 688, 368, 264, 164)
        chats = ChatList()
        chats.chats.fill([Chat(number, title, 0, 0, None) for number, title in enumerate(CHATS)], {"earlier": ""})
        chats.setRowHidden(0, True)
        chats.set_current(0)
        self.put(chats, 699, 379, 242, 150)
        chats.hovered = QPersistentModelIndex(chats.chats.index_of(1))
        row = QWidget(self)
        row.setGeometry(699, 379 + 72, 242, 34)
        Ring(row, 8, 0).show()
        self.word("模型菜单", 972, 338, weight=SEMIBOLD)
        self._menu = Menu(self)
        self._menu.add_choice("BELLE-7B-2M", "4.0 GB", True)
        second = self._menu.add_choice("BELLE-LLaMA-7B-2M", "3.8 GB", False)
        self._menu.add_choice("内置向导", "小模型", False)
        self._menu.addSeparator()
        self._menu.add("管理模型…", icon="models", shortcut="Ctrl+M")
        self._menu.setActiveAction(second)
        self._menu.setFixedWidth(268)
        self._menu.ensurePolished()
        self._menu.resize(268, self._menu.sizeHint().height())

    def _composer(self) -> None:
        self.word("输入框：多行，带附件，有焦点", 688, 558, weight=SEMIBOLD)
        self.composer = Composer()
        chip = AttachmentChip(TextFile("春晓.txt", 2000, "春眠不觉晓"))
        self.composer.add_chip(chip)
        self.composer.set_text("读一下附件里的诗，统计每个字出现的次数，\n结果用表格列出来")
        self.composer.setParent(self)
        self.composer.setFixedWidth(552)
        self.composer.move(688, 588)
        self.composer.show()

    def picture(self, path: Path) -> None:
        """Draw the page and, over it, the menu (a window of its own)."""
        self.composer.adjustSize()
        self.composer.edit.setCursorWidth(0)
        self.activateWindow()
        self.composer.edit.setFocus()
        for _ in range(5):
            QApplication.processEvents()
        image = self.grab().toImage()
        self._focused.setFocus()
        QApplication.processEvents()
        painter = QPainter(image)
        painter.drawPixmap(self._focused.pos(), self._focused.grab())
        painter.drawPixmap(QPoint(972, 368), self._menu.grab())
        painter.end()
        image.save(str(path))


def main(folder: Path) -> None:
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    application.setStyle("Fusion")
    Languages().use("zh_CN")
    folder.mkdir(parents=True, exist_ok=True)
    for mode in ("light", "dark"):
        theme().configure(mode=mode, factor=1.0, language="zh_CN")
        page = Gallery()
        page.show()
        for _ in range(5):
            application.processEvents()
        page.picture(folder / f"components-{mode}-zh.png")
        page.deleteLater()
    print(f"wrote {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
