"""A fact the reader should know: information, success, warning or error, with what to do next."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme import SEMIBOLD, theme
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.gaps import set_gaps
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box

ICONS = {"info": "info", "ok": "check-circle", "warn": "alert", "danger": "error"}
SOFT = {"info": "accent-soft", "ok": "ok-soft", "warn": "warn-soft", "danger": "danger-soft"}
LINE = {"info": "accent-line", "ok": "ok-line", "warn": "warn-line", "danger": "danger-line"}
INK = {"info": "accent-text", "ok": "ok", "warn": "warn", "danger": "danger"}


class Banner(Live, QFrame):
    """`compact`: one line (title and cause side by side, small buttons at the right).

    Otherwise title, cause, advice and a row of buttons under each other. `closed` after the × was pressed.
    """

    closed = Signal()

    def __init__(
        self,
        tone: str = "info",
        title: str = "",
        cause: str = "",
        advice: str = "",
        *,
        compact: bool = False,
        closable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone, self._compact, self._closable = tone, compact, closable
        self._icon = QLabel()
        self._icon.setAccessibleName("")
        self._title = Label("", "interface" if compact else "card-title", weight=SEMIBOLD, wrap=not compact)
        self._cause = Label(
            "", "interface" if compact else "table", "text-2" if compact else "text-1", wrap=not compact
        )
        self._advice = Label("", "table", "text-2", wrap=True)
        self._buttons: list[Button] = []
        self._button_row = QHBoxLayout()
        self._close = IconButton("close", size=28, icon_size=18, up=True, parent=self)  # without, it is a window
        self._close.clicked.connect(self._shut)
        self._close.setVisible(closable)
        self._body = QVBoxLayout()
        self._body.setSpacing(0)
        self._outer = QHBoxLayout(self)
        self._outer.setSpacing(0)
        self._words = QBoxLayout(QBoxLayout.Direction.LeftToRight if compact else QBoxLayout.Direction.TopToBottom)
        self._words.setSpacing(0)
        for label in (self._title, self._cause, self._advice):
            self._words.addWidget(label)
        if compact:
            self._words.addStretch(1)
        self._body.addLayout(self._words)
        align = Qt.AlignmentFlag.AlignVCenter if compact else Qt.AlignmentFlag.AlignTop
        self._outer.addWidget(self._icon, 0, align)
        self._outer.addLayout(self._body, 1)
        if compact:
            self._outer.addLayout(self._button_row)
        else:
            self._body.addLayout(self._button_row)
            self._button_row.addStretch(1)
        self._outer.addWidget(self._close, 0, align)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.set_text(title, cause, advice)
        self.go_live()

    def set_text(self, title: str, cause: str = "", advice: str = "") -> None:
        for label, text in ((self._title, title), (self._cause, cause), (self._advice, advice)):
            label.set_text(text)
            label.setVisible(bool(text))
        self.setAccessibleName(" ".join(part.replace("**", "") for part in (title, cause, advice) if part))

    def add_button(self, text: str, kind: str = "secondary") -> Button:
        """A button at the end of the row; the caller connects it."""
        button = Button(text, kind, small=self._compact)
        at = len(self._buttons)
        self._button_row.insertWidget(at, button)
        self._buttons.append(button)
        self._lay_out()
        return button

    def _shut(self) -> None:
        self.hide()
        self.closed.emit()

    def restyle(self) -> None:
        px = theme().px
        self._icon.setPixmap(theme().pixmap(ICONS[self._tone], 20, INK[self._tone]))
        self._icon.setFixedWidth(px(32))
        if self._compact:
            self._outer.setContentsMargins(px(14) + 1, px(12) + 1, px(14) + 1, px(12) + 1)
        else:  # the close button stands further out than the words
            right = 12 if self._closable else 18
            self._outer.setContentsMargins(px(18) + 1, px(12) + 1, px(right) + 1, px(16) + 1)
            self._body.setContentsMargins(0, px(4), 0, 0)
            self._icon.setContentsMargins(0, px(5), 0, 0)
        self._button_row.setSpacing(px(8))
        self._lay_out()
        self.update()

    def _lay_out(self) -> None:
        px = theme().px
        if self._compact:
            self._words.setSpacing(px(10) if self._cause.text() else 0)
            self._button_row.setContentsMargins(px(12) if self._buttons else 0, 0, px(4) if self._closable else 0, 0)
        else:
            set_gaps(self._words, ((self._title, 6 if self._cause.text() else 0), (self._cause, 4)))
            self._button_row.setContentsMargins(0, px(14) if self._buttons else 0, 0, 0)

    def retranslate(self) -> None:
        self._close.set_hint(self.tr("Close"))

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), max(hint.height(), theme().px(56))) if self._compact else hint

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), theme().px(240)), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Large text or a narrow window: the cause moves under the title, buttons into rows, before words are cut."""
        super().resizeEvent(event)
        if not self._compact:
            room = self.width() - theme().px(70)
            wide = sum(button.sizeHint().width() + theme().px(8) for button in self._buttons)
            direction = QBoxLayout.Direction.LeftToRight if wide <= room else QBoxLayout.Direction.TopToBottom
            self._button_row.setDirection(direction)
            return
        buttons = sum(button.sizeHint().width() + theme().px(8) for button in self._buttons)
        words = self._title.sizeHint().width() + self._cause.sizeHint().width() + theme().px(90)
        narrow = buttons + words > self.width()
        self._words.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        self._words.setSpacing(theme().px(2 if narrow else 10))
        for label in (self._title, self._cause):
            label.set_wrap(narrow)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        box(QPainter(self), self.rect(), SOFT[self._tone], LINE[self._tone], theme().px(12))
