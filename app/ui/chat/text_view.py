"""The base of every text in the transcript: read-only, without frame, never loading anything."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDesktopServices, QFocusEvent, QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from app.ui.widgets.menu import Menu

KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class TextView(QTextBrowser):
    """A read-only text view without frame, as high as its text; loads nothing, leaves the wheel to the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.by_keyboard = False
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

    def loadResource(self, kind: int, name: QUrl) -> None:  # type: ignore[override]  # nothing is loaded, so nothing is returned
        """Nothing: an answer must not make the app fetch or read anything."""
        return

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ring(event.reason() in KEYBOARD)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring(False)

    def _ring(self, on: bool) -> None:
        """Tell the block around that the keyboard is here."""
        self.by_keyboard = on
        parent = self.parentWidget()
        if parent is not None:
            parent.update()

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
        menu = self._menu()
        copy = menu.add(self.tr("Copy"))
        copy.triggered.connect(self.copy)
        copy.setEnabled(self.textCursor().hasSelection())
        menu.add(self.tr("Select all")).triggered.connect(self.selectAll)
        if href:
            menu.add(self.tr("Copy link")).triggered.connect(lambda: QGuiApplication.clipboard().setText(href))
        menu.popup(event.globalPos())

    def _offer_link(self, url: QUrl) -> None:
        """Show where the link goes; open it only when the reader says so."""
        if url.scheme() not in ("http", "https"):
            return
        text = url.toDisplayString()
        menu = self._menu()
        menu.add(text if len(text) <= 80 else f"{text[:60]}…{text[-19:]}", enabled=False)
        menu.addSeparator()
        menu.add(self.tr("Open in browser")).triggered.connect(lambda: QDesktopServices.openUrl(url))
        menu.add(self.tr("Copy link")).triggered.connect(lambda: QGuiApplication.clipboard().setText(text))
        menu.popup(self.cursor().pos())

    def _menu(self) -> Menu:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu
