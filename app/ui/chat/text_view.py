"""The base of every text in the transcript: read-only, without frame, never loading anything."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDesktopServices, QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QFrame, QMenu, QTextBrowser, QWidget


class TextView(QTextBrowser):
    """A read-only text view without frame, as high as its text; loads nothing, leaves the wheel to the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUndoRedoEnabled(False)
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self.document().setUndoRedoEnabled(False)
        self.anchorClicked.connect(self._offer_link)

    def loadResource(self, kind: int, name: QUrl) -> None:  # type: ignore[override]
        """Nothing: an answer must not make the app fetch or read anything."""
        return

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def createMimeDataFromSelection(self) -> QMimeData:
        data = QMimeData()
        data.setText(self.selected_text())
        return data

    def selected_text(self) -> str:
        return self.textCursor().selectedText().replace("\u2029", "\n").replace("\u2028", "\n")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        href = self.anchorAt(event.pos())
        menu = popup_menu(self)
        copy = menu.addAction(self.tr("Copy"), self.copy)
        copy.setEnabled(self.textCursor().hasSelection())
        menu.addAction(self.tr("Select all"), self.selectAll)
        if href:
            menu.addAction(self.tr("Copy link"), lambda: QGuiApplication.clipboard().setText(href))
        menu.popup(event.globalPos())

    def _offer_link(self, url: QUrl) -> None:
        """Show where the link goes; open it only when the reader says so."""
        if url.scheme() not in ("http", "https"):
            return
        text = url.toDisplayString()
        menu = popup_menu(self)
        shown = menu.addAction(text if len(text) <= 80 else f"{text[:60]}…{text[-19:]}")
        shown.setEnabled(False)
        menu.addSeparator()
        menu.addAction(self.tr("Open in browser"), lambda: QDesktopServices.openUrl(url))
        menu.addAction(self.tr("Copy link"), lambda: QGuiApplication.clipboard().setText(text))
        menu.popup(self.cursor().pos())


def popup_menu(parent: QWidget) -> QMenu:
    """An empty menu in our style that deletes itself."""
    menu = QMenu(parent)
    menu.setWindowFlag(Qt.WindowType.FramelessWindowHint)
    menu.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
    menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu
