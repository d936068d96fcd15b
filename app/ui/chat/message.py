"""What the messages of the transcript have in common: their blocks, and actions on hover and focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.runtime.chats.records import Message, MessageState
from app.ui.chat.answer import Body
from app.ui.chat.text_view import KEYBOARD
from app.ui.theme import theme
from app.ui.widgets.buttons import IconButton

ACTION = 28


class Action(IconButton):
    """Drawn only while its message is lit; always there for the keyboard."""

    lit = False
    by_keyboard = False

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.lit:
            super().paintEvent(event)


class MessageView(QWidget):
    """Base: `arrange` does bounded work and sets `advance`, the height the message takes in the column.

    What a kind of message must define raises NotImplementedError: Qt's metaclass cannot be an `ABCMeta` too."""

    regenerate = Signal(int)
    edited = Signal(int, str)
    resume = Signal(int)
    resized = Signal()

    def __init__(self, message: Message, parent: QWidget) -> None:
        super().__init__(parent)
        self.message = message
        self.body = Body(self)
        self.column = 0
        self.complete = False
        self.last = False
        self.advance = self._estimate()
        self.placed = 0  # the height with which it was last placed
        self._actions: list[Action] = []
        self._hovered = False
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)

    def _estimate(self) -> int:
        lines = sum(1 + len(line) // 48 for line in self.message.text[:20000].split("\n"))
        return theme().px(26 * lines + 22)

    @property
    def text(self) -> str:
        return self.message.text

    def arrange(self, column: int, deadline: float) -> bool:
        raise NotImplementedError

    def span(self, column: int) -> tuple[int, int]:
        """Left edge relative to the column, and width, of this widget."""
        raise NotImplementedError

    def restyle(self) -> None:
        """Build everything again in the new look."""
        self.body.clear()
        self.complete = False

    def set_last(self, last: bool) -> None:
        if last != self.last:
            self.last = last
            self.complete = False
        self._light()

    # actions

    def _make_actions(self) -> None:
        """The row of buttons; made when the message is otherwise complete."""
        raise NotImplementedError

    def _action(self, icon: str, run: Callable[[], object]) -> Action:
        button = Action(icon, size=ACTION, icon_size=18, parent=self)
        button.clicked.connect(run)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.installEventFilter(self)
        button.show()
        self._actions.append(button)
        return button

    def _wants_light(self) -> bool:
        return self._hovered or any(button.by_keyboard for button in self._actions)

    def _light(self) -> None:
        lit = self._wants_light()
        for button in self._actions:
            if button.lit != lit:
                button.lit = lit
                button.update()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and isinstance(watched, Action):
            watched.by_keyboard = event.gotFocus() and event.reason() in KEYBOARD
            self._light()
        return False

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        if not self._actions and self.message.state is not MessageState.WRITING:
            self._make_actions()
        self._light()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        self._light()
        super().leaveEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Set every text anew."""

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
