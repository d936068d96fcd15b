"""The transcript: the messages of a chat in one scrolling column, following the end while the reader is there.

Places are computed here, not by Qt's layouts: a growing answer moves only what stands below it. Work that is not
visible is done a few milliseconds at a time.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QToolButton, QVBoxLayout, QWidget

from app.runtime.chats.records import Message, MessageState
from app.runtime.engine.records import Role
from app.ui.chat.answer_message import AnswerMessage
from app.ui.chat.message import MessageView
from app.ui.chat.user_message import UserMessage
from app.ui.theme import theme
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box

NEWEST, MORE = 60, 30  # messages shown at first, and added when the reader scrolls up
TOP, BOTTOM, MARGIN = 24, 16, 24
ABOVE_USER, ABOVE_ANSWER = 24, 18
SLICE = 0.004  # seconds of work per turn of the event loop
BLINK = 500
SOON = 0.05  # seconds for what must be on the screen at once


class _Page(QWidget):
    """Holds the messages; wide as the view, high as all messages."""


class _ToEnd(Live, QToolButton):
    """The round button that leads back to the end."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("ring_radius", 16)
        self.go_live()

    def restyle(self) -> None:
        self.setFixedSize(theme().px(32), theme().px(32))
        self.setIconSize(QSize(theme().px(18), theme().px(18)))
        self.update()

    def retranslate(self) -> None:
        self.setToolTip(self.tr("To the end"))
        self.setAccessibleName(self.tr("To the end"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill = "bg-pressed" if self.isDown() else "bg-hover-up" if self.underMouse() else "bg-raised"
        box(painter, self.rect(), fill, "line-strong", self.height() / 2)
        side = theme().px(18)
        at = (self.width() - side) // 2
        painter.drawPixmap(at, at, theme().pixmap("arrow-down", 18))
        painter.end()


class TranscriptView(QWidget):
    """Messages by id; `append_text` is meant to be called once per tick of the drain."""

    regenerate_requested = Signal(int)
    edit_requested = Signal(int, str)
    continue_requested = Signal(int)
    follow_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._limit = 760
        self._older: list[Message] = []
        self._views: list[MessageView] = []
        self._by_id: dict[int, MessageView] = {}
        self._following = True
        self._placing = False
        self._blink_on = True
        self._reduced = False
        self._area = QScrollArea(self)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._page = _Page()
        self._area.setWidget(self._page)
        self._page.setAutoFillBackground(False)
        self._area.viewport().setAutoFillBackground(False)
        self._area.verticalScrollBar().valueChanged.connect(self._scrolled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)
        self._to_end = _ToEnd(self)
        self._to_end.clicked.connect(self.scroll_to_end)
        self._to_end.hide()
        self._work = QTimer(self, singleShot=True, interval=0)
        self._work.timeout.connect(self._work_on)
        self._blinker = QTimer(self, interval=BLINK)
        self._blinker.timeout.connect(self._blink)
        theme().changed.connect(self._restyle)
        self._restyle()

    # messages

    def show_chat(self, messages: tuple[Message, ...]) -> None:
        """Show this branch instead of what is shown."""
        for view in self._views:
            view.hide()
            view.deleteLater()
        self._views, self._by_id = [], {}
        self._older = list(messages[:-NEWEST]) if len(messages) > NEWEST else []
        for message in messages[-NEWEST:]:
            self._views.append(self._make(message))
        self._mark_last()
        self._set_following(True)
        self._arrange_visible(time.perf_counter() + SOON)
        self._update_blinker()

    def add_message(self, message: Message) -> None:
        """A new message at the end (or a new state of one that is shown)."""
        if message.id in self._by_id:
            self._set_message(message)
            return
        view = self._make(message)
        self._views.append(view)
        self._mark_last()
        if message.role is Role.USER:
            self._set_following(True)
        self._arrange_visible(time.perf_counter() + 2 * SLICE)
        self._update_blinker()

    def append_text(self, message_id: int, text: str) -> None:
        view = self._by_id.get(message_id)
        if isinstance(view, AnswerMessage) and text:
            was = view.writing
            view.append(text)
            if not was:
                self._update_blinker()
            self._arrange_one(view, time.perf_counter() + SLICE)

    def resume(self, message: Message) -> None:
        """An unfinished answer is being continued."""
        self._set_message(message)

    def finish(self, message: Message, note: str = "") -> None:
        """The final state of an answer, with a quiet line below it if there is something to say."""
        view = self._by_id.get(message.id)
        if isinstance(view, AnswerMessage):
            if note:
                view.set_note(note)
            self._set_message(message)

    def set_note(self, message_id: int, text: str) -> None:
        view = self._by_id.get(message_id)
        if isinstance(view, AnswerMessage):
            view.set_note(text)
            self._arrange_one(view, time.perf_counter() + SLICE)

    def set_progress(self, message_id: int, text: str) -> None:
        """What stands in the name line while the answer is written: reading n/m, answering…"""
        view = self._by_id.get(message_id)
        if isinstance(view, AnswerMessage):
            view.set_progress(text)

    def set_column(self, width_logical: int) -> None:
        """Widest column in logical px; a narrower window leaves 24 on each side."""
        if width_logical != self._limit:
            self._limit = width_logical
            self._arrange_visible(time.perf_counter() + SOON)

    def set_reduced_motion(self, on: bool) -> None:
        self._reduced = on
        self._update_blinker()

    @property
    def following(self) -> bool:
        return self._following

    def scroll_to_end(self) -> None:
        self._set_following(True)
        self._place(0)

    def view_of(self, message_id: int) -> MessageView | None:
        return self._by_id.get(message_id)

    def _make(self, message: Message) -> MessageView:
        kind = UserMessage if message.role is Role.USER else AnswerMessage
        view = kind(message, self._page)
        view.regenerate.connect(self.regenerate_requested)
        view.edited.connect(self.edit_requested)
        view.resume.connect(self.continue_requested)
        view.resized.connect(lambda: self._arrange_one(view, time.perf_counter() + SLICE))
        self._by_id[message.id] = view
        return view

    def _set_message(self, message: Message) -> None:
        view = self._by_id.get(message.id)
        if isinstance(view, AnswerMessage):
            view.set_message(message)
            self._mark_last()
            self._arrange_one(view, time.perf_counter() + 2 * SLICE)
            self._update_blinker()

    def _mark_last(self) -> None:
        for view in self._views:
            view.set_last(view is self._views[-1])

    # place

    def column(self) -> int:
        return max(theme().px(120), min(theme().px(self._limit), self.width() - 2 * theme().px(MARGIN)))

    def _arrange_one(self, view: MessageView, deadline: float) -> None:
        if view not in self._views:
            return
        if not view.arrange(self.column(), deadline):
            self._work.start()
        self._place(self._views.index(view))

    def _arrange_visible(self, deadline: float) -> None:
        """Bring what the reader sees up to date, leave the rest to the timer."""
        column = self.column()
        self._place(0)
        if self._following:
            seen = 0
            for view in reversed(self._views):
                self._ensure(view, column, deadline)
                seen += view.advance
                if seen > self._area.viewport().height():
                    break
        else:
            top = self._area.verticalScrollBar().value()
            bottom = top + self._area.viewport().height()
            for view in self._views:
                if view.y() + view.height() >= top and view.y() <= bottom:
                    self._ensure(view, column, deadline)
        self._place(0)
        self._work.start()

    def _ensure(self, view: MessageView, column: int, deadline: float) -> None:
        if not view.complete or view.column != column:
            view.arrange(column, deadline)

    def _work_on(self) -> None:
        """One slice of what is left, nearest to the reader first."""
        column, until = self.column(), time.perf_counter() + SLICE
        middle = self._area.verticalScrollBar().value() + self._area.viewport().height() // 2
        left = [view for view in self._views if not view.complete or view.column != column]
        if not left:
            return
        left.sort(key=lambda view: abs(view.y() + view.height() // 2 - middle))
        first = len(self._views)
        for view in left:
            view.arrange(column, until)
            first = min(first, self._views.index(view))
            if time.perf_counter() > until:
                break
        self._place(first)
        self._work.start()

    def _place(self, first: int) -> None:
        """Put the messages from `first` on below each other without moving what the reader looks at."""
        if self._placing:
            return
        self._placing = True
        bar, look = self._area.verticalScrollBar(), theme()
        anchor, offset = self._anchor(bar.value())
        column = self.column()
        left = (self.width() - column) // 2
        y = self._bottom_of(first - 1) if first > 0 else 0
        for index in range(first, len(self._views)):
            view = self._views[index]
            if index:
                y += look.px(ABOVE_USER if isinstance(view, UserMessage) else ABOVE_ANSWER)
            else:
                y = look.px(TOP)
            x, width = view.span(column)
            extra = view.extra() if isinstance(view, AnswerMessage) else 0
            place = QRect(left + x, y, width, view.advance + extra)
            if view.geometry() != place:
                view.setGeometry(place)
            if view.isHidden():
                view.show()
            view.placed = view.advance
            y += view.advance
        size = QSize(self._area.viewport().width(), y + look.px(BOTTOM))
        if self._page.size() != size:
            self._page.resize(size)
        if self._following:
            bar.setValue(bar.maximum())
        elif anchor is not None:
            bar.setValue(anchor.y() + offset)
        self._placing = False

    def _bottom_of(self, index: int) -> int:
        view = self._views[index]
        return view.y() + view.advance

    def _anchor(self, top: int) -> tuple[MessageView | None, int]:
        for view in self._views:
            if view.placed and view.y() + view.placed > top:
                return view, top - view.y()
        return None, 0

    # scrolling

    def _scrolled(self, value: int) -> None:
        if self._placing:
            return
        bar = self._area.verticalScrollBar()
        self._set_following(value >= bar.maximum() - 4)
        if value < theme().px(600) and self._older:
            QTimer.singleShot(0, self._show_older)
        self._work.start()

    def _show_older(self) -> None:
        if not self._older or self._area.verticalScrollBar().value() >= theme().px(600):
            return
        more, self._older = self._older[-MORE:], self._older[:-MORE]
        self._views[:0] = [self._make(message) for message in more]
        for view in self._views[: len(more)]:
            view.hide()
        self._place(0)
        self._work.start()

    def _set_following(self, on: bool) -> None:
        if on != self._following:
            self._following = on
            self._to_end.setVisible(not on)
            self._to_end.raise_()
            self.follow_changed.emit(on)

    # look

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = self._to_end.width()
        self._to_end.move(QPoint((self.width() - side) // 2, self.height() - side - theme().px(16)))
        self._arrange_visible(time.perf_counter() + SOON)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange_visible(time.perf_counter() + SOON)

    def _restyle(self) -> None:
        self._area.verticalScrollBar().setSingleStep(theme().px(40))
        for view in self._views:
            view.restyle()
        self._arrange_visible(time.perf_counter() + SOON)

    def _update_blinker(self) -> None:
        writing = any(view.message.state is MessageState.WRITING for view in self._views[-2:])
        steady = self._reduced or QApplication.cursorFlashTime() <= 0
        self._blink_on = True
        if writing and not steady:
            self._blinker.start()
        else:
            self._blinker.stop()

    def _blink(self) -> None:
        self._blink_on = not self._blink_on
        for view in self._views[-2:]:
            if isinstance(view, AnswerMessage) and view.writing:
                view.blink(self._blink_on)
