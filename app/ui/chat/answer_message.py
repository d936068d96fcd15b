"""The model's answer: name line, blocks, a quiet note, actions."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.runtime.chats.records import Message, MessageState
from app.ui.chat.message import ACTION, MessageView
from app.ui.chat.prose import EDGE
from app.ui.theme import SEMIBOLD, theme
from app.ui.widgets.menu import Menu

NAME, BELOW_NAME, ABOVE_ACTIONS = 18, 4, 8


class AnswerMessage(MessageView):
    """Left, no box: name line, blocks, a quiet note, actions."""

    def __init__(self, message: Message, parent: QWidget) -> None:
        super().__init__(message, parent)
        self._progress = ""
        self._note: QLabel | None = None
        self._note_text = ""
        self._blink = True
        self.body.set_markdown(message.text, finished=not self.writing)
        self.retranslate()

    @property
    def writing(self) -> bool:
        return self.message.state is MessageState.WRITING

    def _speaker(self) -> str:
        """Who answers, as the name line says it; the guide's name follows the language."""
        return self.tr("Built-in guide") if self.message.model_id == "guide" else self.message.model_name

    def retranslate(self) -> None:
        self.setAccessibleName(f"{self._speaker()}: {self.message.text[:200]}")
        self.body.name = self._speaker()
        hints = (self.tr("Go on writing"), self.tr("Copy"), self.tr("Answer again"), self.tr("More"))
        for button, words in zip(self._actions, hints, strict=False):
            button.set_hint(words)
        self.update()

    # content

    def append(self, text: str) -> None:
        if not self.writing:
            self.body.set_markdown(self.message.text, finished=False)
        self.message = replace(self.message, text=self.message.text + text, state=MessageState.WRITING)
        self._hide_actions()
        self.body.segmenter.feed(text)
        self.complete = False

    def set_message(self, message: Message) -> None:
        """Take over a new state of the message."""
        was, self.message = self.message, message
        if message.text != was.text or was.state is not MessageState.WRITING:
            if (message.text, message.state) != (was.text, was.state):
                self.body.set_markdown(message.text, finished=not self.writing)
        elif not self.writing:
            self.body.segmenter.finish()
        if self.writing:
            self._hide_actions()
        else:
            self._progress = ""
            self.body.set_caret(False)
        self.complete = False
        self.retranslate()

    def set_note(self, text: str) -> None:
        self._note_text = text
        self.complete = False

    def set_progress(self, text: str) -> None:
        if text != self._progress:
            self._progress = text
            self.update(0, 0, self.width(), theme().px(NAME))

    def blink(self, on: bool) -> None:
        self._blink = on
        if self.body.views:
            self.body.set_caret(on and self.writing)
        self.update(0, theme().px(NAME), theme().px(60), theme().px(30))

    # place

    def span(self, column: int) -> tuple[int, int]:
        edge = theme().px(EDGE)
        return -edge, column + 2 * edge

    def arrange(self, column: int, deadline: float) -> bool:
        look = theme()
        done = self.body.sync(deadline) and self.body.fit(column, deadline)
        edge, top = look.px(EDGE), look.px(NAME) + look.px(BELOW_NAME)
        height = self.body.place(edge, top)
        if self.writing and not self.body.views:
            height = look.line("reading")
        bottom = top + height
        bottom = self._place_note(edge, bottom, column)
        done = done and self._place_actions(edge, bottom)
        reserved = look.px(ABOVE_ACTIONS) + look.px(ACTION) if self.last and not self.writing else 0
        self.advance = bottom + reserved
        if self.writing:
            self.body.set_caret(self._blink)
        self.column, self.complete = column, done
        return done

    def extra(self) -> int:
        """Room below `advance` for actions that float over the gap to the next message."""
        return 0 if self.last else theme().px(ACTION)

    def _place_note(self, left: int, top: int, column: int) -> int:
        if not self._note_text:
            if self._note is not None:
                self._note.hide()
            return top
        if self._note is None:
            self._note = QLabel(self)
            self._note.setWordWrap(True)
            self._note.setTextFormat(Qt.TextFormat.PlainText)
            self._note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._note.setProperty("tone", "hint")
        self._note.setFont(theme().font("tiny"))
        self._note.setText(self._note_text)
        height = max(theme().line("tiny"), self._note.heightForWidth(column))
        self._note.setGeometry(left, top + theme().px(8), column, height)
        self._note.show()
        return top + theme().px(8) + height

    def _place_actions(self, left: int, bottom: int) -> bool:
        if self.writing:
            return True
        if not self._actions:
            self._make_actions()
        look = theme()
        top = bottom + look.px(ABOVE_ACTIONS) if self.last else bottom - look.px(2)
        # the icon, not the button, stands at the column's edge
        left -= look.px(6)
        partial = self.message.state is MessageState.PARTIAL
        self._actions[0].setVisible(partial)
        for button in self._actions[0 if partial else 1 :]:
            button.move(left, top)
            button.show()
            button.raise_()
            left += button.width() + look.px(2)
        self._light()
        return True

    def _wants_light(self) -> bool:
        return (self.last or super()._wants_light()) and not self.writing

    def _hide_actions(self) -> None:
        for button in self._actions:
            button.hide()

    def _make_actions(self) -> None:
        self._action("play", lambda: self.resume.emit(self.message.id))
        self._action("copy", self.copy)
        self._action("refresh", lambda: self.regenerate.emit(self.message.id))
        self._action("more", self._more)
        self.retranslate()

    def _more(self) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.add(self.tr("Answer again")).triggered.connect(lambda: self.regenerate.emit(self.message.id))
        menu.add(self.tr("Copy")).triggered.connect(self.copy)
        menu.open_below(self._actions[-1], right=False)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        if event.rect().top() < look.px(NAME):
            self._paint_name(painter)
        if self.writing and self._blink and not self.body.views:
            top = look.px(NAME) + look.px(BELOW_NAME) + look.px(5)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("accent-mark"))
            painter.drawRoundedRect(QRectF(look.px(EDGE), top, look.px(8), look.px(16)), look.px(2), look.px(2))
        painter.end()

    def _paint_name(self, painter: QPainter) -> None:
        look = theme()
        strong, plain = look.font("tiny", SEMIBOLD), look.font("tiny")
        metrics = QFontMetricsF(strong)
        base = round((look.px(NAME) - metrics.ascent() - metrics.descent()) / 2 + metrics.ascent())
        state = (self._progress or self.tr("answering…")) if self.writing else ""
        beside = QFontMetricsF(plain).horizontalAdvance(state) + look.px(8) if state else 0
        room = max(look.px(40), self.width() - 2 * look.px(EDGE) - beside)
        name = metrics.elidedText(self._speaker(), Qt.TextElideMode.ElideRight, room)
        painter.setFont(strong)
        painter.setPen(look.color("text-2"))
        painter.drawText(QPointF(look.px(EDGE), base), name)
        if state:
            painter.setFont(plain)
            painter.setPen(look.color("text-3"))
            left = look.px(EDGE) + metrics.horizontalAdvance(name) + (look.px(8) if name else 0)
            painter.drawText(QPointF(left, base), state)
