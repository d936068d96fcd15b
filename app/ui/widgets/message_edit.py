"""The field a message is written in: grows by lines, Enter sends, an input method is never disturbed."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QFontMetrics,
    QInputMethodEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlockFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from app.ui.theme import theme
from app.ui.widgets.live import Live

LINES = 8
COMMIT_MS = 40  # an Enter this soon after the input method's commit is the same keystroke
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
TEXTS = (".txt", ".md")


def holds_text_file(mime: QMimeData) -> bool:
    """Whether a file of this computer that can go into a message is among what is dragged."""
    return any(url.isLocalFile() and url.toLocalFile().lower().endswith(TEXTS) for url in mime.urls())


class MessageEdit(Live, QTextEdit):
    """Plain text only. `submitted`: Enter without Shift; `escaped`: Esc.

    A QTextEdit and not a QPlainTextEdit, because only its layout keeps the line height of the design.
    """

    submitted = Signal()
    escaped = Signal()
    focus_changed = Signal(bool)
    files_dropped = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hints = ("", "")
        self._composing = False
        self._since_commit = QElapsedTimer()
        self._view = QWidget()  # asking for viewport() has PySide build every widget class: 10 ms of the start
        self._view.setCursor(Qt.CursorShape.IBeamCursor)
        self.document().documentLayout().setPaintDevice(self._view)  # before the viewport it measures for goes
        self.setViewport(self._view)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("plain", "true")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.textChanged.connect(self._keep_lines)
        self.go_live()

    def set_hints(self, long: str, short: str) -> None:
        """Placeholders; the short one is used where the long one does not fit."""
        self._hints = (long, short)
        self.setAccessibleName(short)
        self._view.update()

    def hint(self) -> str:
        """The placeholder that is drawn now."""
        long, short = self._hints
        return long if QFontMetrics(self.font()).horizontalAdvance(long) <= self._view.width() else short

    def set_text(self, text: str) -> None:
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def restyle(self) -> None:
        self.setFont(theme().font("composer"))
        self.document().setDefaultFont(theme().font("composer"))
        self._keep_lines(always=True)
        self._fit()

    def _pitch(self) -> int:
        return max(theme().line("composer"), QFontMetrics(theme().font("composer")).height() - theme().px(2))

    def _keep_lines(self, always: bool = False) -> None:
        """Give every block the fixed line height (a block that came without it is the exception)."""
        pitch, block = self._pitch(), self.document().begin()
        last = self.document().lastBlock()
        kept = all(found.blockFormat().lineHeight() == pitch for found in (block, last, self.textCursor().block()))
        if kept and not always:
            return
        form = QTextBlockFormat()
        form.setLineHeight(pitch, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        self.blockSignals(True)
        cursor.mergeBlockFormat(form)
        self.blockSignals(False)

    def _fit(self) -> None:
        pitch = self._pitch()
        lines = max(1, round(self.document().size().height() / pitch))
        self.setFixedHeight(min(lines, LINES) * pitch)
        over = lines > LINES
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if over else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
        if not over:
            self.verticalScrollBar().setValue(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(200), self._pitch())

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(60), self._pitch())

    def composing(self) -> bool:
        """An input method holds text that is not committed yet."""
        return self._composing

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        was = self._composing
        super().inputMethodEvent(event)
        self._composing = bool(event.preeditString())
        if was and not self._composing:
            self._since_commit.start()
        self._view.update()

    def _committing(self) -> bool:
        """True for the Enter with which an input method has just ended its preedit."""
        if self._composing:
            return True
        recent = self._since_commit.isValid() and self._since_commit.elapsed() < COMMIT_MS
        self._since_commit.invalidate()
        return recent

    def event(self, event: QEvent) -> bool:
        """Keep Esc from the window's shortcuts while an input method is composing."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self._composing:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            if self._committing():
                event.accept()
                return
            held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if held & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier):
                self.insertPlainText("\n")
                self.ensureCursorVisible()
            elif not event.isAutoRepeat():
                self.submitted.emit()
            event.accept()
            return
        if event.key() == Qt.Key.Key_Escape and not self._composing:
            self.escaped.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QEvent) -> None:
        super().focusInEvent(event)  # type: ignore[arg-type]  # the stub is too narrow
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QEvent) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]  # the stub is too narrow
        self._composing = False
        self.focus_changed.emit(False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files without a text among them are left to the window."""
        if event.mimeData().hasUrls() and not holds_text_file(event.mimeData()):
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Text stays text; dropped or pasted files become attachments."""
        paths = [url.toLocalFile() for url in source.urls() if url.isLocalFile()]
        if paths:
            self.files_dropped.emit(paths)
        elif source.hasText():
            self.insertPlainText(source.text())
            self.ensureCursorVisible()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.document().isEmpty() and not self._composing:
            painter = QPainter(self._view)
            painter.setFont(self.font())
            painter.setPen(theme().color("text-3"))
            area = QRectF(0, theme().px(1), self._view.width(), self._pitch())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, self.hint())
