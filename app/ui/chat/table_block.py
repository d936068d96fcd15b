"""A table in an answer: rounded frame, a head, lines between rows; wide ones scroll sideways.

Long tables are laid out in parts of `PART` rows, each a text view of its own.
"""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextLength,
    QTextTable,
    QTextTableCell,
    QTextTableCellFormat,
    QTextTableFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QTextEdit, QWidget

from app.ui.chat.formats import char_format, line_of, split_runs
from app.ui.chat.markdown import parse_cell
from app.ui.chat.streaming import Table
from app.ui.chat.text_view import TextView
from app.ui.theme import theme

PART, MEASURED = 24, 96  # rows in a view; rows that decide the widths
CELL, CELL_MAX, PAD_X, PAD_Y, RADIUS, SCROLLBAR = 132, 340, 14, 6, 10, 14
ALIGN = {
    "right": Qt.AlignmentFlag.AlignRight,
    "center": Qt.AlignmentFlag.AlignHCenter,
    "left": Qt.AlignmentFlag.AlignLeft,
    "": Qt.AlignmentFlag.AlignLeft,
}


class _Part(TextView):
    """Some rows. `bottoms` are the lower edges of its rows."""

    def __init__(self, parent: QWidget, align: tuple[str, ...], head: bool) -> None:
        super().__init__(parent)
        self._align, self._head, self.rows = align, head, 0
        self._table: QTextTable | None = None
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self.bottoms: list[int] = []

    def add(self, row: tuple[str, ...], widths: list[int]) -> None:
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        if self._table is None:
            self._table = cursor.insertTable(1, len(row), self._shape(widths))
        else:
            self._table.appendRows(1)
        for column, text in enumerate(row):
            self._fill(self._table.cellAt(self.rows, column), column, text)
        cursor.endEditBlock()
        self.rows += 1

    def set_widths(self, widths: list[int]) -> None:
        if self._table is not None:
            self._table.setFormat(self._shape(widths))

    def _shape(self, widths: list[int]) -> QTextTableFormat:
        shape = QTextTableFormat()
        shape.setBorder(0)
        shape.setCellPadding(0)
        shape.setCellSpacing(0)
        shape.setMargin(0)
        shape.setColumnWidthConstraints([QTextLength(QTextLength.Type.FixedLength, wide) for wide in widths])
        self.setLineWrapColumnOrWidth(sum(widths))
        return shape

    def _fill(self, cell: QTextTableCell, column: int, text: str) -> None:
        role = "small" if self._head else "table"
        cell.setFormat(self._cell_shape(role))
        cursor = cell.firstCursorPosition()
        shape = QTextBlockFormat()
        shape.setLineHeight(line_of(role).height, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        shape.setAlignment(ALIGN[self._align[column]])
        cursor.setBlockFormat(shape)
        for run, room in split_runs(parse_cell(text)):
            if self._head:
                run = replace(run, bold=True)
            form = char_format(run, role, "text-2" if self._head else "text-1", room)
            if run.code:
                form = QTextCharFormat(form)
                form.setBackground(theme().color("code-inline"))
            cursor.insertText(run.text, form)

    @staticmethod
    def _cell_shape(role: str) -> QTextTableCellFormat:
        look, line = theme(), line_of(role)
        extra = (look.line("table") - line.height) / 2
        shape = QTextTableCellFormat()
        shape.setLeftPadding(look.px(PAD_X))
        shape.setRightPadding(look.px(PAD_X))
        shape.setTopPadding(look.px(PAD_Y) + extra - line.low)
        shape.setBottomPadding(look.px(PAD_Y) + extra + line.low + 1)
        return shape

    def measure(self) -> int:
        """Find the rows' edges; returns the height."""
        self.bottoms = []
        if self._table is None:
            return 0
        layout = self.document().documentLayout()
        top = 0.0
        for row in range(1, self.rows):
            block = self._table.cellAt(row, 0).firstCursorPosition().block()
            top = layout.blockBoundingRect(block).top() - self._cell_shape("table").topPadding()
            self.bottoms.append(round(top) - 1)
        height = layout.frameBoundingRect(self._table).height()
        self.bottoms.append(round(height) - 1)
        return round(height)

    def selected_text(self) -> str:
        cursor = self.textCursor()
        if self._table is None or not cursor.hasSelection():
            return ""
        first, last = self._table.cellAt(cursor.selectionStart()), self._table.cellAt(cursor.selectionEnd())
        if not first.isValid() or not last.isValid() or (first == last):
            return super().selected_text()
        columns = range(self._table.columns())
        return "\n".join(
            "\t".join(self._cell(row, column) for column in columns) for row in range(first.row(), last.row() + 1)
        )

    def _cell(self, row: int, column: int) -> str:
        cell = self._table.cellAt(row, column) if self._table else None
        return cell.firstCursorPosition().block().text() if cell else ""


class TableBlock(QFrame):
    """`show_table` adds the rows that are new."""

    def __init__(self, table: Table, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._align = table.align
        self._natural = [0.0] * len(table.head)
        self._measured = 0
        self._widths: list[int] = []
        self._width = 0
        self._rows = 0
        self._edges: list[int] = []
        self._area = _Sideways(self)
        self._inner = QWidget()
        self._area.setWidget(self._inner)
        self._inner.setAutoFillBackground(False)
        self._head = _Part(self._inner, table.align, head=True)
        self._head_row = table.head
        self._parts: list[_Part] = []
        self._measure_row(table.head)
        self._dirty = True
        self.setAccessibleName(self.tr("Table"))

    def show_table(self, table: Table, deadline: float) -> bool:
        before = list(self._natural)
        while self._measured < min(len(table.rows), MEASURED):
            self._measure_row(table.rows[self._measured])
            self._measured += 1
        if not self._widths or before != self._natural:
            self._set_widths()
        if not self._head.rows:
            self._head.add(self._head_row, self._widths)
        while self._rows < len(table.rows):
            if not self._parts or self._parts[-1].rows >= PART:
                part = _Part(self._inner, self._align, head=False)
                part.set_widths(self._widths)
                part.show()
                self._parts.append(part)
            self._parts[-1].add(table.rows[self._rows], self._widths)
            self._rows += 1
            self._dirty = True
            if time.perf_counter() > deadline:
                break
        return self._rows >= len(table.rows)

    def set_caret(self, on: bool) -> None:
        """A growing table shows none."""

    def _measure_row(self, row: tuple[str, ...]) -> None:
        metrics = QFontMetricsF(theme().font("table"))
        pad = 2 * theme().px(PAD_X) + 2
        for column, text in enumerate(row):
            plain = "".join(run.text for run in parse_cell(text[:200]))
            if len(plain) > 200 or metrics.horizontalAdvance(plain) + pad > self._natural[column]:
                self._natural[column] = metrics.horizontalAdvance(plain) + pad

    def _set_widths(self) -> None:
        look = theme()
        widths = [max(look.px(CELL), round(wide)) for wide in self._natural]
        if sum(widths) > max(0, self._width - 2):
            room = self._width - 2 - sum(wide for wide in widths if wide <= look.px(CELL_MAX))
            wide = [index for index, value in enumerate(widths) if value > look.px(CELL_MAX)]
            for index in wide:
                widths[index] = max(look.px(CELL_MAX), min(widths[index], room // len(wide)))
        if widths != self._widths:
            self._widths = widths
            for part in (self._head, *self._parts):
                part.set_widths(widths)
            self._dirty = True

    def fit(self, width: int) -> int:
        if width != self._width:
            self._width = width
            self._set_widths()
        if self._dirty:
            self._arrange()
        wide = self.table_width() > width
        return self._inner.height() + 2 + (theme().px(SCROLLBAR) if wide else 0)

    def table_width(self) -> int:
        return sum(self._widths) + 2

    def _arrange(self) -> None:
        self._dirty = False
        y, wide = 0, sum(self._widths)
        self._edges = []
        for part in (self._head, *self._parts):
            height = part.measure()
            part.setGeometry(0, y, wide, height)
            self._edges += [y + bottom for bottom in part.bottoms]
            y += height
        self._inner.resize(wide, max(0, y - 1))

    def place(self, x: int, y: int, width: int, height: int) -> None:
        self.setGeometry(x, y, min(width, self.table_width()), height)
        self._area.setGeometry(1, 1, self.width() - 2, height - 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        radius = look.px(RADIUS) - 0.5
        path.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        if self._edges:
            painter.save()
            painter.setClipRect(QRect(0, 0, self.width(), self._edges[0]))
            painter.fillPath(path, look.color("bg-sunken"))
            painter.restore()
        for edge in self._edges[:-1] if self.height() < self._inner.height() + 4 else self._edges:
            painter.fillRect(QRectF(1, edge, self.width() - 2, 1), look.color("line"))
        painter.setPen(QPen(look.color("line"), 1))
        painter.drawPath(path)
        painter.end()


class _Sideways(QScrollArea):
    """Scrolls sideways only; the page gets the wheel otherwise."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        sideways = abs(delta.x()) > abs(delta.y()) or event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if sideways and self.horizontalScrollBar().maximum():
            super().wheelEvent(event)
        else:
            event.ignore()
