"""A run of prose: a text view as high as its text, with the marks, rounded code and caret the design asks for.

One paragraph is one text block. `show_pieces` lays out only what changed since the last call.
"""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPen,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextLine,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from app.ui.chat.formats import REACH, char_format, line_of, split_runs, with_text
from app.ui.chat.markdown import Paragraph, Run, parse
from app.ui.chat.streaming import Piece
from app.ui.chat.text_view import TextView
from app.ui.theme import theme

EDGE = 16  # room around the text for reach and caret
ROLE = {"text": "reading", "h1": "h1", "h2": "h2", "h3": "h3", "code": "code", "rule": "tiny"}
GAP, ITEM_GAP, ABOVE_HEADING, BELOW_HEADING = 10, 2, 18, 6


def gap_between(before: Paragraph | None, after: Paragraph) -> int:
    """Logical px between two paragraphs."""
    if before is None:
        return 0
    if after.kind in ("h1", "h2", "h3"):
        return ABOVE_HEADING
    if before.kind in ("h1", "h2", "h3"):
        return BELOW_HEADING
    if after.joined or (after.kind == "code" and before.kind == "code"):
        return 0
    return ITEM_GAP if after.marker and before.indent else GAP


class ProseView(TextView):
    """Paragraphs of one run. `place` puts the text's own rectangle; the widget is larger by `EDGE` all round."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.paragraphs: list[Paragraph] = []
        self._frozen = 0
        self._pieces = 0
        self._caret = False
        self._edge = theme().px(EDGE)
        root = self.document().rootFrame()
        frame = root.frameFormat()
        frame.setMargin(self._edge)
        root.setFrameFormat(frame)
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self.text_width = 0

    # content

    def show_pieces(self, pieces: list[Piece], tail: Piece | None, deadline: float) -> bool:
        """Show these pieces, of which earlier calls may have shown some. False: more work is left."""
        while self._pieces < len(pieces):
            fresh = parse(pieces[self._pieces])
            self._replace(fresh)
            self._pieces += 1
            self._frozen += len(fresh)
            if self._pieces < len(pieces) and time.perf_counter() > deadline:
                return False
        self._replace(parse(tail) if tail else [])
        return True

    def _replace(self, fresh: list[Paragraph]) -> None:
        """Make the paragraphs after the frozen ones these, touching only what differs."""
        old, start = self.paragraphs[self._frozen :], self._frozen
        same = 0
        while same < len(old) and same < len(fresh) and old[same] == fresh[same]:
            same += 1
        if same == len(old) == len(fresh):
            return
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        if same + 1 == len(old) and len(fresh) > same and self._extend(cursor, old[same], fresh[same]):
            same += 1
        elif same < len(old):
            self._remove_from(cursor, start + same)
        before = fresh[same - 1] if same else (self.paragraphs[start - 1] if start else None)
        for index in range(same, len(fresh)):
            self._insert(cursor, before, fresh[index], first=start + index == 0)
            before = fresh[index]
        cursor.endEditBlock()
        self.paragraphs[start:] = fresh
        links = any(run.href for paragraph in fresh for run in paragraph.runs)
        if links and self.focusPolicy() != Qt.FocusPolicy.StrongFocus:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _extend(self, cursor: QTextCursor, old: Paragraph, new: Paragraph) -> bool:
        """Append to the last paragraph if only its last run grew."""
        count = len(old.runs)
        if not count or len(new.runs) < count or old.runs[: count - 1] != new.runs[: count - 1]:
            return False
        last, grown = old.runs[-1], new.runs[count - 1]
        if (
            last.code
            or last.italic
            or with_text(grown, "") != with_text(last, "")
            or not grown.text.startswith(last.text)
        ):
            return False
        if (old.kind, old.indent, old.marker, old.quote) != (new.kind, new.indent, new.marker, new.quote):
            return False
        if len(new.runs) > count and (grown.text == last.text or new.runs[count].code):
            return False
        cursor.movePosition(QTextCursor.MoveOperation.End)
        rest = (with_text(grown, grown.text[len(last.text) :]), *new.runs[count:])
        self._insert_runs(cursor, rest, new)
        return True

    def _remove_from(self, cursor: QTextCursor, index: int) -> None:
        block = self.document().findBlockByNumber(index)
        cursor.setPosition(block.position() - (1 if index else 0))
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()

    def _insert(self, cursor: QTextCursor, before: Paragraph | None, paragraph: Paragraph, first: bool) -> None:
        cursor.movePosition(QTextCursor.MoveOperation.End)
        shape = self._shape(before, paragraph)
        plain = char_format(Run(""), ROLE[paragraph.kind])
        if first:
            cursor.setBlockFormat(shape)
            cursor.setBlockCharFormat(plain)
        else:
            cursor.insertBlock(shape, plain)
        self._insert_runs(cursor, paragraph.runs, paragraph)

    def _insert_runs(self, cursor: QTextCursor, runs: tuple[Run, ...], paragraph: Paragraph) -> None:
        token = "text-2" if paragraph.quote else "text-1"
        for run, room in split_runs(runs):
            cursor.insertText(run.text, char_format(run, ROLE[paragraph.kind], token, room))

    def _shape(self, before: Paragraph | None, paragraph: Paragraph) -> QTextBlockFormat:
        look, line = theme(), line_of(ROLE[paragraph.kind])
        earlier = line_of(ROLE[before.kind]).low if before else 0.0
        shape = QTextBlockFormat()
        shape.setLineHeight(line.height, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        gap = look.px(gap_between(before, paragraph)) if before else math.ceil(line.low)
        shape.setTopMargin(max(0.0, gap + earlier - line.low))
        shape.setLeftMargin(self._indent(paragraph))
        shape.setHeadingLevel({"h1": 1, "h2": 2, "h3": 3}.get(paragraph.kind, 0))
        if paragraph.runs and paragraph.runs[0].code:
            shape.setTextIndent(look.px(REACH))
        return shape

    def _indent(self, paragraph: Paragraph) -> int:
        wide = 0
        if paragraph.marker.endswith("."):
            number = QFontMetricsF(theme().font("reading")).horizontalAdvance(paragraph.marker)
            wide = max(0, math.ceil(number) + theme().px(6) - theme().px(20))
        return theme().px(20 * paragraph.indent + 16 * paragraph.quote) + wide

    # place

    def fit(self, width: int) -> int:
        """Lay out for a text this wide; returns the height of the text."""
        if width != self.text_width:
            self.text_width = width
            self.setLineWrapColumnOrWidth(width + 2 * self._edge)
        return self.text_height()

    def text_height(self) -> int:
        if not self.paragraphs:
            return 0
        last = line_of(ROLE[self.paragraphs[-1].kind]).low
        return round(self.document().size().height() - 2 * self._edge - self._lift() + last)

    def _lift(self) -> int:
        return math.ceil(line_of(ROLE[self.paragraphs[0].kind]).low) if self.paragraphs else 0

    def natural_width(self) -> int:
        """Width of the longest line; all there is if a line had to be broken."""
        widest, block = 0.0, self.document().begin()
        while block.isValid():
            lines = self._lines(block)
            if len(lines) > 1:
                return self.text_width
            widest = max(widest, *(line.naturalTextWidth() for line in lines), 0.0)
            block = block.next()
        return math.ceil(widest)

    def place(self, x: int, y: int, height: int) -> None:
        edge = self._edge
        lift = self._lift()
        self.setGeometry(x - edge, y - edge - lift, self.text_width + 2 * edge, height + 2 * edge + lift)

    # drawing

    def set_caret(self, on: bool) -> None:
        if on != self._caret:
            self._caret = on
            self.viewport().update(self._caret_rect().adjusted(-2, -2, 2, 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_below(painter, event.rect())
        painter.end()
        super().paintEvent(event)
        if self._caret:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("accent-mark"))
            painter.drawRoundedRect(QRectF(self._caret_rect()), theme().px(2), theme().px(2))
            painter.end()

    def _caret_rect(self) -> QRect:
        look = theme()
        block = self.document().lastBlock()
        line = self._lines(block)[-1] if block.layout().lineCount() else None
        if line is None:
            return QRect()
        origin = self.document().documentLayout().blockBoundingRect(block).topLeft()
        x = _to_x(line, block.length() - 1) + origin.x() + look.px(3)
        y = origin.y() + line.y() + line.ascent() - look.px(14)
        return QRect(round(min(x, self.viewport().width() - look.px(8))), round(y), look.px(8), look.px(16))

    @staticmethod
    def _lines(block: QTextBlock) -> list[QTextLine]:
        layout = block.layout()
        return [layout.lineAt(index) for index in range(layout.lineCount())]

    def _paint_below(self, painter: QPainter, area: QRect) -> None:
        measure = self.document().documentLayout()
        cursor = self.cursorForPosition(QPoint(area.left(), max(0, area.top() - theme().px(40))))
        block = cursor.block()
        for index in range(block.blockNumber(), len(self.paragraphs)):
            box = measure.blockBoundingRect(block)
            if box.top() > area.bottom():
                break
            self._paint_marks(painter, self.paragraphs[index], block, box)
            block = block.next()

    def _paint_marks(self, painter: QPainter, paragraph: Paragraph, block: QTextBlock, box: QRectF) -> None:
        look = theme()
        if paragraph.kind == "rule":
            painter.fillRect(QRectF(self._edge, round(box.center().y()), self.text_width, 1), look.color("line"))
            return
        lines = self._lines(block)
        if not lines:
            return
        if paragraph.quote:
            self._paint_quote(painter, paragraph, block, box)
        base = box.top() + lines[0].y() + lines[0].ascent()
        if paragraph.marker:
            self._paint_marker(painter, paragraph, self._edge + block.blockFormat().leftMargin(), base)
        start = 0
        for run in paragraph.runs:
            end = start + _length(run.text)
            if run.code:
                self._paint_code(painter, lines, box.topLeft(), start, end)
            start = end

    def _paint_code(self, painter: QPainter, lines: list[QTextLine], origin: QPointF, start: int, end: int) -> None:
        look = theme()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("code-inline"))
        for line in lines:
            first, last = max(start, line.textStart()), min(end, line.textStart() + line.textLength())
            if first >= last:
                continue
            one, two = sorted((_to_x(line, first), _to_x(line, last)))
            top = origin.y() + line.y() + line.ascent() - look.px(15)
            box = QRectF(origin.x() + one - look.px(REACH), top, two - one + look.px(REACH), look.px(21))
            painter.drawRoundedRect(box, look.px(4), look.px(4))

    def _paint_marker(self, painter: QPainter, paragraph: Paragraph, text: float, base: float) -> None:
        look = theme()
        middle = base - look.px(5.5)
        if paragraph.marker == "dot":
            size = look.px(5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("text-2"))
            painter.drawEllipse(QRectF(text - look.px(15), round(middle - size / 2) + 1, size, size))
        elif paragraph.marker.endswith("."):
            painter.setPen(look.color("text-2"))
            painter.setFont(look.font("reading"))
            wide = QFontMetricsF(painter.font()).horizontalAdvance(paragraph.marker)
            painter.drawText(QPointF(text - look.px(6) - wide, base), paragraph.marker)
        else:
            size = look.px(13)
            box = QRectF(text - look.px(19), round(middle - size / 2), size, size)
            done = paragraph.marker == "done"
            painter.setPen(QPen(look.color("accent-mark" if done else "line-control"), 1.5))
            painter.setBrush(look.color("accent-mark") if done else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 3, 3)
            if done:
                painter.setPen(QPen(look.color("bg-page"), 1.5))
                x, y, unit = box.x(), box.y(), size / 13
                painter.drawPolyline(
                    [QPointF(x + dx * unit, y + dy * unit) for dx, dy in ((3, 6.5), (5.5, 9), (10, 4))]
                )

    def _paint_quote(self, painter: QPainter, paragraph: Paragraph, block: QTextBlock, box: QRectF) -> None:
        look = theme()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("line-strong"))
        index = block.blockNumber()
        before = self.paragraphs[index - 1] if index else None
        for level in range(paragraph.quote):
            join = block.blockFormat().topMargin() + 2 if before and before.quote > level else 0
            height = line_of("reading").height
            lines = block.layout().lineCount()
            rect = QRectF(self._edge + look.px(16 * level), box.top() - join, look.px(3), join + lines * height)
            painter.drawRoundedRect(rect, 1.5, 1.5)

    def selected_text(self) -> str:
        """The selection as plain text, with list marks where a paragraph is selected from its start."""
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        block, found = self.document().findBlock(start), []
        while block.isValid() and block.position() <= end and block.blockNumber() < len(self.paragraphs):
            text = _utf16(block.text(), max(0, start - block.position()), end - block.position())
            paragraph = self.paragraphs[block.blockNumber()]
            if start <= block.position() and paragraph.marker:
                mark = {"dot": "-", "todo": "- [ ]", "done": "- [x]"}.get(paragraph.marker, paragraph.marker)
                text = "   " * (paragraph.indent - 1) + f"{mark} {text}"
            found.append(text)
            block = block.next()
        return "\n".join(found).replace("\u2028", "\n")


def _to_x(line: QTextLine, position: int) -> float:
    found: object = line.cursorToX(position)
    return float(found[0] if isinstance(found, tuple) else found)  # type: ignore[arg-type]  # the stub knows one overload only


def _length(text: str) -> int:
    """In Qt's units: UTF-16."""
    return len(text) + sum(ord(char) > 0xFFFF for char in text)


def _utf16(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * max(start, end)].decode("utf-16-le", "replace")
