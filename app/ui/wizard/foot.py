"""The foot of the wizard: what else one can do, what it comes to, Back and Next."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme import theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.card import Rule
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live
from app.ui.wizard.page import Foot

HEIGHT, TEXT_PADDING = 68, 14


class SetupFoot(Live, QWidget):
    """68 high with a line above; `show_foot` sets the words. The summary moves above the buttons where there is no
    room beside them, the text button above them where that does not help."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.later, self.back = Button(kind="text"), Button()
        self.back_to_chat = Button(icon="chat")
        self.next = Button(kind="primary")
        self.summary = Label(role="small", token="text-2", wrap=True)
        self._inner = QWidget()
        self._lines = QVBoxLayout(self._inner)
        self._lines.setSpacing(0)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.addWidget(self.later, 0, Qt.AlignmentFlag.AlignLeft)
        self._row.addStretch(1)
        self._row.addWidget(self.summary)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch(1)
        for button in (self.back, self.back_to_chat, self.next):
            self._buttons.addWidget(button)
        for button in (self.later, self.back, self.back_to_chat, self.next):
            button.hide()  # until it has words
        self._row.addLayout(self._buttons)
        self._above = QHBoxLayout()  # where the summary stands if there is no room beside the buttons
        self._lines.addLayout(self._above)
        self._lines.addLayout(self._row)
        across = self._across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(self._inner)
        across.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(Rule())
        outer.addLayout(across, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.go_live()

    def show_foot(self, foot: Foot, can_go_back: bool, can_go_on: bool) -> None:
        plain, chat = not foot.back_icon, bool(foot.back_icon)
        for button, text in (
            (self.later, foot.later),
            (self.back, foot.back if plain else ""),
            (self.back_to_chat, foot.back if chat else ""),
            (self.next, foot.next),
        ):
            button.setText(text)
            button.setVisible(bool(text))
        self.back.setEnabled(can_go_back)
        self.next.setEnabled(can_go_on)
        self.summary.set_text(foot.summary)
        self.summary.setVisible(bool(foot.summary))
        self._arrange()

    def set_column(self, width: int) -> None:
        """`width` in px, of the page above."""
        self._inner.setFixedWidth(width + theme().px(TEXT_PADDING))
        self._arrange()

    def _arrange(self) -> None:
        px = theme().px
        room = self._inner.width() - px(TEXT_PADDING)
        shown = [one for one in (self.later, self.back, self.back_to_chat, self.next) if not one.isHidden()]
        buttons = sum(one.sizeHint().width() + px(10) for one in shown)
        words = self.summary.sizeHint().width() + px(40) if not self.summary.isHidden() else 0
        self._row.removeWidget(self.summary)
        self._above.removeWidget(self.summary)
        beside = buttons + words <= room
        if beside:
            self._row.insertWidget(2, self.summary)
        else:
            self._above.addWidget(self.summary)
        self.summary.set_wrap(not beside)
        self.summary.set_margins(0, 0 if beside else px(8))
        self._above.setContentsMargins(px(TEXT_PADDING), 0, 0, 0)
        tall = buttons > room + px(TEXT_PADDING)
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if tall else QBoxLayout.Direction.LeftToRight)

    def restyle(self) -> None:
        px = theme().px
        self.setMinimumHeight(px(HEIGHT))
        self._across.setContentsMargins(0, 0, px(TEXT_PADDING), 0)  # the text button's words begin where the page does
        self._lines.setContentsMargins(0, px(16), 0, px(15))
        self._row.setSpacing(px(20))
        self._buttons.setSpacing(px(10))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """Its column follows the window, not the other way round."""
        return QSize(theme().px(200), self.sizeHint().height())

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), max(hint.height(), theme().px(HEIGHT)))
