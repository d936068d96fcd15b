"""Text files put into a message: reading them safely, and the chip that stands for one."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.ui.theme import theme
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.gaps import set_gaps
from app.ui.widgets.labels import ElidedLabel, Label
from app.ui.widgets.live import Live
from app.ui.widgets.message_edit import TEXTS
from app.ui.widgets.paint import box

LARGEST = 200_000


class RefusedFile(Exception):
    """`reason`: kind, size, empty, encoding, unreadable."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class TextFile:
    """A file's name, its size in bytes and its text."""

    name: str
    size: int
    text: str


def decode(data: bytes) -> str:
    """UTF-8 or GB18030 (both with or without a mark), or UTF-16 with its mark; RefusedFile for anything else."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codes = ["utf-16"]
    elif b"\0" in data:
        raise RefusedFile("encoding")
    else:
        codes = ["utf-8-sig", "gb18030"]
    for code in codes:
        try:
            return data.decode(code).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise RefusedFile("encoding")


def read_text_file(path: Path) -> TextFile:
    """The text of a .txt or .md file of at most 200 kB; RefusedFile says why not."""
    if path.suffix.lower() not in TEXTS or not path.is_file():
        raise RefusedFile("kind")
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise RefusedFile("unreadable") from error
    if len(data) > LARGEST:
        raise RefusedFile("size")
    text = decode(data).strip("\n")
    if not text.strip():
        raise RefusedFile("empty")
    return TextFile(path.name, len(data), text)


class AttachmentChip(Live, QFrame):
    """28 high: name, size and a button that takes the file out again."""

    removed = Signal()

    def __init__(self, file: TextFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.file = file
        self._icon = QLabel()
        self._name = ElidedLabel(file.name, "tiny", "text-2")
        self._size = Label(f"{max(1, round(file.size / 1000))} KB", "tiny", "text-3")
        self._close = IconButton("close", size=20, icon_size=16, up=True)
        self._close.setProperty("ring_radius", 6)
        self._close.clicked.connect(self.removed)
        row = self._row = QHBoxLayout(self)
        row.setSpacing(0)
        for part in (self._icon, self._name, self._size, self._close):
            row.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.go_live()

    def restyle(self) -> None:
        px = theme().px
        self._icon.setPixmap(theme().pixmap("text", 16, "text-2"))
        self._row.setContentsMargins(px(10) + 1, 0, px(2) + 1, 0)
        set_gaps(self._row, ((self._icon, 6), (self._name, 6), (self._size, 4)))
        self._name.setMaximumWidth(px(240))
        self.setFixedHeight(max(px(28), theme().line("tiny") + px(4)))

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("File {name}").format(name=self.file.name))
        self._close.set_hint(self.tr("Remove {name}").format(name=self.file.name))

    def paintEvent(self, _event: QPaintEvent) -> None:
        box(QPainter(self), self.rect(), "bg-sunken", "line", theme().px(8))
