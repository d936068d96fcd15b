"""A code block: a head with the language and Copy, the code below in colours, scrolling sideways only."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QFontMetricsF,
    QGuiApplication,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QSyntaxHighlighter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QTextEdit, QToolButton, QWidget

from app.ui.chat.formats import line_of
from app.ui.chat.highlight import Highlighter, display_name
from app.ui.chat.text_view import TextView
from app.ui.theme import theme
from app.ui.widgets.paint import box

HEAD, PAD_X, PAD_Y, RADIUS, SCROLLBAR = 34, 14, 10, 10, 14
LINE_MAX = 4000  # a longer line is shown in parts


class _Colours(QSyntaxHighlighter):
    """Puts the spans of `Highlighter` onto the document."""

    def __init__(self, view: TextView, source: Highlighter) -> None:
        super().__init__(view.document())
        self._source = source
        self._formats: dict[str, QTextCharFormat] = {}

    def highlightBlock(self, text: str) -> None:
        number = self.currentBlock().blockNumber()
        if number >= len(self._source.lines):
            return
        for start, length, token in self._source.lines[number]:
            if token not in self._formats:
                self._formats[token] = QTextCharFormat()
                self._formats[token].setForeground(theme().color(token))
            self.setFormat(start, length, self._formats[token])


class _CodeText(TextView):
    """The code itself; the wheel scrolls it sideways only."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap)
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.caret = False
        option = self.document().defaultTextOption()
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        option.setTabStopDistance(4 * QFontMetricsF(theme().font("code")).horizontalAdvance(" "))
        self.document().setDefaultTextOption(option)

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        sideways = abs(delta.x()) > abs(delta.y()) or event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if sideways and self.horizontalScrollBar().maximum():
            QTextEdit.wheelEvent(self, event)
        else:
            event.ignore()

    def caret_rect(self) -> QRectF:
        box = self.cursorRect(self._end())
        look = theme()
        base = box.top() + look.line("code") * 0.8
        return QRectF(box.left() + look.px(3), base - look.px(13), look.px(8), look.px(16))

    def _end(self) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        return cursor

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.caret:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("accent-mark"))
            painter.drawRoundedRect(self.caret_rect(), theme().px(2), theme().px(2))
            painter.end()


class _CopyButton(QToolButton):
    """Icon and word; the word changes to Copied for a moment."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("ring_radius", 7)
        self.done = False

    def sizeHint(self) -> QSize:
        look = theme()
        words = QFontMetricsF(look.font("tiny")).horizontalAdvance(self.text())
        return QSize(round(words) + look.px(9 + 16 + 6 + 9), look.px(28))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        if self.isDown() or self.underMouse():
            box(painter, self.rect(), "bg-pressed" if self.isDown() else "bg-hover", "", look.px(7))
        side, left = look.px(16), look.px(9)
        painter.drawPixmap(left, (self.height() - side) // 2, look.pixmap("check" if self.done else "copy", 16))
        painter.setFont(look.font("tiny"))
        painter.setPen(look.color("text-2"))
        words = self.rect().adjusted(left + side + look.px(6), 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


class CodeBlock(QWidget):
    """One fenced block. `show_code` takes the whole code so far and appends what is new."""

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.language, self.code = language, ""
        self._name = display_name(language)
        self._shown = 0  # characters of `code` already in the view
        self._lines = 0
        self._column = 0
        self._started = False
        self._highlighter = Highlighter(language)
        self._text = _CodeText(self)
        self._colours = _Colours(self._text, self._highlighter)
        self._text.setAccessibleName(self.tr("Code") + (f": {self._name}" if self._name else ""))
        self._format = QTextCharFormat()
        self._format.setFont(theme().font("code"))
        self._format.setForeground(theme().color("code-text"))
        self._shape = QTextBlockFormat()
        line = line_of("code")
        self._shape.setLineHeight(line.height, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        self._copy = _CopyButton(self)
        self._copy.clicked.connect(self._copy_all)
        self._timer = QTimer(self, singleShot=True, interval=2000)
        self._timer.timeout.connect(self._label)
        self._label()

    # content

    def show_code(self, code: str, closed: bool, deadline: float) -> bool:
        """False: more work is left."""
        self.code = code
        text = code.removesuffix("\n")
        finished = self._append(text, deadline)
        if not finished:
            return False
        if closed and not self._started:
            self._highlighter.restart()
            self._started = True
        known = text if closed else text[: text.rfind("\n") + 1]
        self._highlighter.set_text(known)
        return self._colour(deadline) or not closed

    def _append(self, text: str, deadline: float) -> bool:
        cursor = QTextCursor(self._text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not self._lines:
            cursor.setBlockFormat(self._shape)
            cursor.setBlockCharFormat(self._format)
            self._lines = 1
        fresh = not self._shown
        while self._shown < len(text):
            part = text[self._shown : self._shown + LINE_MAX - self._column]
            part = part[: 40 * 60] if len(part) > 40 * 60 else part
            self._shown += len(part)
            breaks = part.count("\n")
            self._column = len(part) - part.rfind("\n") - 1 if breaks else self._column + len(part)
            cursor.insertText(part, self._format)
            self._lines += breaks
            if fresh:  # the view's own cursor was carried along to the end; it would scroll there
                self._text.moveCursor(QTextCursor.MoveOperation.Start)
                fresh = False
            if self._column >= LINE_MAX:
                cursor.insertText("\n", self._format)
                self._column, self._lines = 0, self._lines + 1
            if time.perf_counter() > deadline:
                return self._shown >= len(text)
        return True

    def _colour(self, deadline: float) -> bool:
        first, last, done = self._highlighter.step(max(deadline, time.perf_counter() + 0.001))
        document = self._text.document()
        block = document.findBlockByNumber(first)
        for _ in range(first, last + 1):
            if not block.isValid():
                break
            self._colours.rehighlightBlock(block)
            block = block.next()
        return done

    def set_caret(self, on: bool) -> None:
        if self._text.caret != on:
            self._text.caret = on
            self._text.viewport().update(self._text.caret_rect().toAlignedRect().adjusted(-2, -2, 2, 2))

    # place

    def fit(self, width: int) -> int:
        look = theme()
        inner = max(1, self._lines) * line_of("code").height
        wide = self._text.document().idealWidth() > width - 2 - 2 * look.px(PAD_X)
        bottom = look.px(SCROLLBAR) + 2 if wide else look.px(PAD_Y)
        return round(1 + look.px(HEAD) + look.px(PAD_Y) + inner + bottom + 1)

    def place(self, x: int, y: int, width: int, height: int) -> None:
        look = theme()
        self.setGeometry(x, y, width, height)
        line = line_of("code")
        top = 1 + look.px(HEAD) + look.px(PAD_Y) - round(line.low)
        self._text.setGeometry(1 + look.px(PAD_X), top, width - 2 - 2 * look.px(PAD_X), height - top - 1)
        size = self._copy.sizeHint()
        self._copy.setGeometry(
            width - 1 - look.px(6) - size.width(), 1 + (look.px(HEAD) - 1 - look.px(28)) // 2, size.width(), look.px(28)
        )

    # head

    def _label(self) -> None:
        self._copy.done = done = self._timer.isActive()
        self._copy.setText(self.tr("Copied") if done else self.tr("Copy"))
        self._copy.setToolTip(self.tr("Copy the code"))
        self._copy.setAccessibleName(self.tr("Copy the code"))
        self._copy.update()
        if self.width() > 40:
            self.place(self.x(), self.y(), self.width(), self.height())

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self.code)
        self._timer.start()
        self._label()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._label()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        path = QPainterPath()
        path.addRoundedRect(frame, look.px(RADIUS) - 0.5, look.px(RADIUS) - 0.5)
        painter.fillPath(path, look.color("code-bg"))
        head = QRect(0, 0, self.width(), 1 + look.px(HEAD))
        painter.save()
        painter.setClipRect(head)
        painter.fillPath(path, look.color("code-head"))
        painter.restore()
        painter.fillRect(QRectF(1, head.height() - 1, self.width() - 2, 1), look.color("line"))
        ring = self._text.by_keyboard
        painter.setPen(QPen(look.color("focus" if ring else "line"), 2 if ring else 1))
        painter.drawPath(path)
        font = look.font("tiny")
        painter.setFont(font)
        painter.setPen(look.color("text-2"))
        metrics = QFontMetricsF(font)
        base = 1 + (look.px(HEAD) - 1 + metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(1 + look.px(PAD_X), round(base)), self._name)
        painter.end()
