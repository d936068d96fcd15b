"""The user's message: a bubble with plain text as typed, which can be edited in place."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.runtime.chats.records import Message
from app.ui.chat.message import ACTION, MessageView
from app.ui.theme import theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.message_edit import MessageEdit
from app.ui.widgets.paint import box

BUBBLE_MAX, BUBBLE_SHARE, BUBBLE_X, BUBBLE_Y = 560, 0.74, 16, 9


class UserMessage(MessageView):
    """Right-aligned, plain text exactly as typed; can be edited in place."""

    def __init__(self, message: Message, parent: QWidget) -> None:
        super().__init__(message, parent)
        self.body.set_plain(message.text)
        self._bubble = QRect()
        self._editor: MessageEdit | None = None
        self._buttons: list[Button] = []
        self.retranslate()

    def retranslate(self) -> None:
        name = self.tr("You: {text}").format(text=self.message.text[:200])
        self.setAccessibleName(name)
        self.body.name = name
        for button, words in zip(self._actions, (self.tr("Edit"), self.tr("Copy")), strict=False):
            button.set_hint(words)
        for push, words in zip(self._buttons, (self.tr("Cancel"), self.tr("Send")), strict=False):
            push.setText(words)

    def _room(self) -> int:
        return theme().px(2 * ACTION + 8)

    def _limit(self, column: int) -> int:
        return min(theme().px(BUBBLE_MAX), int(column * BUBBLE_SHARE))

    def span(self, column: int) -> tuple[int, int]:
        width = min(column, (self._bubble.width() or self._limit(column)) + self._room())
        return column - width, width

    def arrange(self, column: int, deadline: float) -> bool:
        look = theme()
        inner = self._limit(column) - 2 * look.px(BUBBLE_X)
        done = self.body.sync(deadline) and self.body.fit(inner, deadline)
        if self._editor is not None:
            self._arrange_editor(column)
        else:
            width = min(self.body.natural_width(), inner) + 2 * look.px(BUBBLE_X)
            room = min(column, width + self._room()) - width
            self.body.moved()
            height = self.body.place(room + look.px(BUBBLE_X), look.px(BUBBLE_Y)) + 2 * look.px(BUBBLE_Y)
            self._bubble = QRect(room, 0, width, height)
            self.advance = height
            left = room
            if done and not self._actions:
                self._make_actions()
            for button in reversed(self._actions):
                left -= button.width()
                button.move(left - look.px(4), max(0, height - look.px(8) - button.height()))
        self.column, self.complete = column, done
        self.update()
        return done

    def _make_actions(self) -> None:
        self._action("edit", self.edit)
        self._action("copy", self.copy)
        self.retranslate()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._editor is None:
            box(painter, self._bubble, "bubble", "", theme().px(14))
        else:
            box(painter, self._bubble, "bg-raised", "accent-mark", theme().px(14))
        painter.end()

    # editing

    def edit(self) -> None:
        """Turn the bubble into a field with Send and Cancel."""
        if self._editor is not None:
            return
        self._editor = MessageEdit(self)
        self._editor.setAccessibleName(self.tr("Edit your message"))
        self._editor.set_text(self.message.text)
        self._editor.submitted.connect(self._send)
        self._editor.escaped.connect(self.cancel)
        self._editor.document().documentLayout().documentSizeChanged.connect(self._editor_grew)
        self._buttons = [
            Button("", "secondary", small=True, parent=self),
            Button("", "primary", small=True, parent=self),
        ]
        self._buttons[0].clicked.connect(self.cancel)
        self._buttons[1].clicked.connect(self._send)
        self.retranslate()
        for view in self.body.views:
            view.hide()
        for button in self._actions:
            button.hide()
        for widget in (self._editor, *self._buttons):
            widget.show()
        self._editor.setFocus()
        self._editor_grew()

    def _editor_grew(self) -> None:
        if self._editor is not None and self.column:
            before = self.advance
            self._arrange_editor(self.column)
            if before != self.advance:
                self.resized.emit()

    def _arrange_editor(self, column: int) -> None:
        if self._editor is None:
            return
        look = theme()
        width, room = self._limit(column), min(column, self._limit(column) + self._room()) - self._limit(column)
        inner = width - 2 * look.px(BUBBLE_X)
        self._editor.resize(inner, self._editor.height())
        if self._editor.document().textWidth() != inner:
            self._editor.document().setTextWidth(inner)  # Qt misses it when the height is fixed meanwhile
        height = self._editor.height() + 2 * look.px(BUBBLE_Y)
        self._editor.move(room + look.px(BUBBLE_X), look.px(BUBBLE_Y))
        self._bubble = QRect(room, 0, width, height)
        right = room + width
        for button in reversed(self._buttons):
            size = button.sizeHint()
            right -= size.width()
            button.setGeometry(right, height + look.px(8), size.width(), size.height())
            right -= look.px(8)
        self.advance = height + look.px(8) + self._buttons[0].sizeHint().height()
        self.update()

    def _send(self) -> None:
        text = self._editor.toPlainText() if self._editor else ""
        if text.strip():
            self.cancel()
            self.edited.emit(self.message.id, text)

    def cancel(self) -> None:
        """Back to the bubble."""
        if self._editor is None:
            return
        for widget in (self._editor, *self._buttons):
            widget.hide()
            widget.deleteLater()
        self._editor, self._buttons = None, []
        for view in self.body.views:
            view.show()
        for button in self._actions:
            button.show()
        self.complete = False
        self.resized.emit()
