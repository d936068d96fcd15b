"""The composer: message, attached text files, Send or Stop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme import theme
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live
from app.ui.widgets.message_edit import MessageEdit, holds_text_file
from app.ui.widgets.paint import box
from app.ui.widgets.send_button import SendButton

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

    from app.ui.widgets.attachment import AttachmentChip

NARROW = 1000
MOST_FILES = 5


class Composer(Live, QFrame):
    """`send_requested` delivers the files' texts and the message as one text and empties the composer."""

    send_requested = Signal(str)
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._answering, self._guide, self._fresh, self._narrow = False, False, False, False
        self._chips: list[AttachmentChip] = []
        self._refusal: tuple[str, str] | None = None
        self.edit = MessageEdit()
        self._attach = IconButton("attach", up=True)
        self._send = SendButton()
        self._stop = Button(icon="stop", icon_size=22, icon_room=10, padding=13)
        self._stop.setProperty("compact", "true")
        self._notice_icon = QLabel()
        self._notice = Label(role="tiny", token="danger", wrap=True)
        self._dialog: QFileDialog | None = None
        self._lay_out()
        self.edit.submitted.connect(self.send)
        self.edit.escaped.connect(self._escape)
        self.edit.textChanged.connect(self._text_changed)
        self.edit.focus_changed.connect(lambda _focus: self.update())
        self.edit.files_dropped.connect(self._attach_all)
        self._attach.clicked.connect(self.choose_file)
        self._send.clicked.connect(self.send)
        self._stop.clicked.connect(self.stop_requested)
        self.setFocusProxy(self.edit)
        self.go_live()
        self._show_state()

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._notice_row = QHBoxLayout()
        self._notice_row.addWidget(self._notice_icon, 0, Qt.AlignmentFlag.AlignTop)
        self._notice_row.addWidget(self._notice, 1)
        self._chip_row = QHBoxLayout()
        self._chip_row.addStretch(1)
        self._row = QHBoxLayout()
        self._row.setSpacing(0)
        bottom = Qt.AlignmentFlag.AlignBottom
        self._attach_box, self._edit_box = QVBoxLayout(), QVBoxLayout()
        self._attach_box.addWidget(self._attach)
        self._edit_box.addWidget(self.edit)
        self._row.addLayout(self._attach_box)
        self._row.setAlignment(self._attach_box, bottom)
        self._row.addLayout(self._edit_box, 1)
        self._row.addWidget(self._send, 0, bottom)
        self._row.addWidget(self._stop, 0, bottom)
        self._column.addLayout(self._notice_row)
        self._column.addLayout(self._chip_row)
        self._column.addLayout(self._row)

    def text(self) -> str:
        return self.edit.toPlainText()

    def set_text(self, text: str) -> None:
        """Put a text into the field, for editing or to give a failed message back."""
        self.edit.set_text(text)

    def clear(self) -> None:
        self.edit.set_text("")
        for chip in list(self._chips):
            self._remove(chip)
        self._say(None)

    def set_answering(self, answering: bool) -> None:
        """True: Stop stands in place of Send and Enter waits."""
        focused = self._send.hasFocus() or self._stop.hasFocus()
        self._answering = answering
        self._show_state()
        if focused:
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_guide(self, guide: bool) -> None:
        """True while the built-in guide answers."""
        self._guide = guide
        self.retranslate()

    def set_fresh(self, fresh: bool) -> None:
        """True for a chat without messages."""
        self._fresh = fresh
        self.retranslate()

    def set_narrow(self, width_logical: float) -> None:
        """`width_logical`: the window's width ÷ text size factor."""
        self._narrow = width_logical < NARROW
        self.retranslate()

    def files(self) -> list[str]:
        return [chip.file.name for chip in self._chips]

    def attach_file(self, path: Path) -> bool:
        """Add a text file; False and a notice if it cannot be used."""
        from app.ui.widgets.attachment import AttachmentChip, RefusedFile, read_text_file  # most messages have none

        if len(self._chips) >= MOST_FILES:
            self._say(("count", path.name))
            return False
        try:
            file = read_text_file(path)
        except RefusedFile as refusal:
            self._say((refusal.reason, path.name))
            return False
        self.add_chip(AttachmentChip(file))
        self._say(None)
        return True

    def add_chip(self, chip: AttachmentChip) -> None:
        chip.removed.connect(lambda: self._remove(chip))
        self._chips.append(chip)
        self._chip_row.insertWidget(len(self._chips) - 1, chip)
        self._show_state()

    def choose_file(self) -> None:
        """Ask for a file without blocking."""
        from PySide6.QtWidgets import QFileDialog  # most messages have none

        dialog = QFileDialog(self.window(), self.tr("Add a text file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(self.tr("Text files") + " (*.txt *.md)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._attach_all)
        self._dialog = dialog
        dialog.open()

    def combined(self) -> str:
        """What is sent: every file between its marks, then the message."""
        parts = []
        for chip in self._chips:
            begin = self.tr("[File: {name}]").format(name=chip.file.name)
            end = self.tr("[End of {name}]").format(name=chip.file.name)
            parts.append(f"{begin}\n{chip.file.text}\n{end}")
        message = self.text().strip()
        return "\n\n".join([*parts, message] if message else parts)

    def send(self) -> None:
        """Hand over the message; nothing happens while empty, answering or composing."""
        if self._answering or self.edit.composing() or not self._ready():
            return
        text = self.combined()
        self.clear()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.send_requested.emit(text)

    def _ready(self) -> bool:
        return bool(self.text().strip() or self._chips)

    def _escape(self) -> None:
        if self._answering:
            self.stop_requested.emit()
        elif self._refusal:
            self._say(None)

    def _attach_all(self, paths: list[str]) -> None:
        for path in paths:
            self.attach_file(Path(path))
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove(self, chip: AttachmentChip) -> None:
        self._chips.remove(chip)
        self._chip_row.removeWidget(chip)
        chip.hide()
        chip.deleteLater()
        self._show_state()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _text_changed(self) -> None:
        if self._refusal:
            self._say(None)
        self._send.setEnabled(self._ready())

    def _say(self, refusal: tuple[str, str] | None) -> None:
        """Show why a file was not taken, or take the notice away."""
        self._refusal = refusal
        reasons = {
            "kind": self.tr("“{name}” is not a .txt or .md file. Copy its text into the message instead."),
            "size": self.tr("“{name}” is larger than 200 KB, too much for one message. Choose a shorter file."),
            "empty": self.tr("“{name}” has no text in it."),
            "encoding": self.tr("“{name}” is neither UTF-8 nor GB18030 text. Save it as UTF-8 and try again."),
            "unreadable": self.tr("“{name}” cannot be read. Check that it still exists and that you may open it."),
            "count": self.tr("Five files fit into one message. “{name}” was not added."),
        }
        self._notice.set_text(reasons[refusal[0]].format(name=refusal[1]) if refusal else "")
        self._show_state()

    def _show_state(self) -> None:
        px = theme().px
        self._send.setVisible(not self._answering)
        self._stop.setVisible(self._answering)
        self._send.setEnabled(self._ready())
        for part in (self._notice, self._notice_icon):
            part.setVisible(self._refusal is not None)
        self._notice_row.setContentsMargins(px(6), px(4), px(6), px(4) if self._refusal else 0)
        if not self._refusal:
            self._notice_row.setContentsMargins(0, 0, 0, 0)
        files = bool(self._chips)
        self._chip_row.setContentsMargins(px(2) if files else 0, px(2) if files else 0, 0, px(8) if files else 0)
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(8) + 1, px(8) + 1, px(8) + 1, px(8) + 1)
        self._chip_row.setSpacing(px(8))
        self._notice_row.setSpacing(px(8))
        self._attach_box.setContentsMargins(0, 0, 0, px(1))
        self._edit_box.setContentsMargins(px(10), px(4), px(10), px(6))
        self._notice_icon.setPixmap(theme().pixmap("error", 16, "danger"))
        self._show_state()

    def retranslate(self) -> None:
        self._attach.set_hint(self.tr("Add a text file"))
        self._send.set_hint(self.tr("Send"), "Enter")
        self._stop.setText(self.tr("Stop"))
        self._stop.setAccessibleName(self.tr("Stop"))
        if self._guide:
            short = self.tr("Ask the built-in guide…")
        else:
            short = self.tr("Ask anything…") if self._fresh else self.tr("Message BELLE…")
        keys = "" if self._narrow else self.tr(" (Enter to send, Shift+Enter for a new line)")
        self.edit.set_hints(short + keys, short)
        self._say(self._refusal)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.edit.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Text files are for the message; what is none is left to the window, which says what it is."""
        if holds_text_file(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        self._attach_all([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        line = "accent-mark" if self.edit.hasFocus() else "line-strong"
        box(QPainter(self), self.rect(), "bg-raised", line, theme().px(14))
