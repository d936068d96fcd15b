"""Files dropped on the window: an overlay while they are over it, then whoever looks at them is told."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import theme
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box

WEIGHTS = (".gguf", ".enc", ".bin", ".safetensors", ".pt", ".pth", ".zip", ".7z", ".rar", ".tar", ".tgz", ".gz")


def local_paths(mime: QMimeData) -> list[Path]:
    """Files and folders of this computer in what is dragged."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def looked_at(paths: list[Path]) -> Path:
    """Of several, the one that tells most: weights before anything else; the recogniser looks at its neighbours."""
    return next((path for path in paths if path.suffix.lower() in WEIGHTS), paths[0])


class DropOverlay(Live, QWidget):
    """Lies over the whole window; lets everything through."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._words = ("", "")
        self.hide()
        self.go_live()

    def retranslate(self) -> None:
        self._words = (
            self.tr("Drop it to look at it"),
            self.tr("ChatBELLE says what it is. Nothing is copied or changed."),
        )
        self.setAccessibleName(self._words[0])
        self.update()

    def restyle(self) -> None:
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, px = QPainter(self), theme().px
        veil = theme().color("bg-page")
        veil.setAlphaF(0.8)
        painter.fillRect(self.rect(), veil)
        box(painter, self.rect().adjusted(px(12), px(12), -px(12), -px(12)), "", "accent-mark", px(12), 2)
        frame = QRect(0, 0, min(px(480), self.width() - px(48)), px(136))
        frame.moveCenter(self.rect().center())
        box(painter, frame, "accent-soft", "accent-line", px(12))
        middle, icon = self.height() // 2, px(20)
        painter.drawPixmap((self.width() - icon) // 2, middle - px(44), theme().pixmap("import", 20, "accent-text"))
        for text, role, token, top in (
            (self._words[0], "h2", "text-1", -px(16)),
            (self._words[1], "interface", "text-2", px(14)),
        ):
            painter.setFont(theme().font(role))
            painter.setPen(theme().color(token))
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            area = QRect(frame.left() + px(24), middle + top, frame.width() - px(48), px(80))
            painter.drawText(area, flags, text)


class DropArea(QObject):
    """What a window does with dragged files: `begin` when they come, `end` when they go, `take` when they fall."""

    dropped = Signal(Path)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.overlay = DropOverlay(window)
        window.installEventFilter(self)

    def begin(self, mime: QMimeData) -> bool:
        """True if there is a file or folder to look at."""
        if not local_paths(mime):
            return False
        self.overlay.setGeometry(self._window.rect())
        self.overlay.raise_()
        self.overlay.show()
        return True

    def end(self) -> None:
        self.overlay.hide()

    def take(self, mime: QMimeData) -> bool:
        self.end()
        paths = local_paths(mime)
        if paths:
            self.dropped.emit(looked_at(paths))
        return bool(paths)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.overlay.isVisible():
            self.overlay.setGeometry(self._window.rect())
        return False
