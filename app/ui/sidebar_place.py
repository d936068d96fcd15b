"""Where the sidebar is: in the layout, collapsed, or laid over the page of a narrow window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QBoxLayout, QWidget

from app.settings import Settings
from app.ui.chat.header import Header
from app.ui.sidebar import Sidebar
from app.ui.theme import theme

if TYPE_CHECKING:
    from PySide6.QtCore import QPropertyAnimation

WIDTH = 264
NARROW = 1000
SLIDE_MS = 150


def _application() -> QCoreApplication:
    """The application; there is one wherever there is a widget."""
    application = QCoreApplication.instance()
    assert application is not None
    return application


class SidebarPlace(QObject):
    """`lay_out(width)` decides by logical width; `toggle` opens or closes. A click outside closes the overlay."""

    def __init__(self, sidebar: Sidebar, header: Header, host: QWidget, layout: QBoxLayout, settings: Settings) -> None:
        super().__init__(host)
        self._layout = layout
        self._sidebar, self._header, self._host, self._settings = sidebar, header, host, settings
        self._application = _application()
        self.overlaid = False
        self.visible = True
        self._slide: QPropertyAnimation | None = None

    def lay_out(self, logical_width: float) -> None:
        narrow = logical_width < NARROW
        if narrow != self.overlaid:
            self._move(narrow)
        if narrow:
            self._sidebar.setGeometry(0, 0, theme().px(WIDTH), self._host.height())
        else:
            self.visible = bool(self._settings.get("sidebar"))
            self._sidebar.setFixedWidth(theme().px(WIDTH))
            self._sidebar.setVisible(self.visible)
        self._header.set_sidebar_shown(self.visible)

    def _move(self, narrow: bool) -> None:
        self.close_overlay()
        self.overlaid = narrow
        if narrow:
            self._layout.removeWidget(self._sidebar)
            self._sidebar.setParent(self._host)
            self._sidebar.hide()
            self.visible = False
        else:
            self._layout.insertWidget(0, self._sidebar)

    def toggle(self) -> None:
        if self.visible:
            self.close_overlay() if self.overlaid else self._collapse()
        else:
            self.open()

    def open(self) -> None:
        if self.visible:
            return
        self.visible = True
        if self.overlaid:
            self._sidebar.setGeometry(0, 0, theme().px(WIDTH), self._host.height())
            self._sidebar.show()
            self._sidebar.raise_()
            self._sidebar.setFocus()
            self._application.installEventFilter(self)  # only while it can be closed by a click
        else:
            self._settings.set("sidebar", True)
            self._sidebar.show()
            self._animate(0, theme().px(WIDTH))
        self._header.set_sidebar_shown(not self.overlaid)

    def _collapse(self) -> None:
        self.visible = False
        self._settings.set("sidebar", False)
        self._header.set_sidebar_shown(False)
        self._animate(self._sidebar.width(), 0)

    def close_overlay(self) -> bool:
        """Close the sidebar if it lies over the page; True if it did."""
        if not (self.overlaid and self.visible):
            return False
        self.visible = False
        self._sidebar.hide()
        self._application.removeEventFilter(self)
        return True

    def _animate(self, start: int, end: int) -> None:
        from PySide6.QtCore import QEasingCurve, QPropertyAnimation  # when it first slides

        if self._slide is None:
            self._slide = QPropertyAnimation(self._sidebar, b"maximumWidth", self)
            self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
            self._slide.finished.connect(self._settle)
        self._sidebar.setMinimumWidth(0)
        self._slide.stop()
        self._slide.setDuration(SLIDE_MS if self._host.isVisible() else 0)
        self._slide.setStartValue(start)
        self._slide.setEndValue(end)
        self._slide.start()

    def _settle(self) -> None:
        self._sidebar.setVisible(self.visible)
        self._sidebar.setFixedWidth(theme().px(WIDTH))
        self._host.window().resize(self._host.window().size())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        pressed = event.type() == QEvent.Type.MouseButtonPress and self.overlaid and self.visible
        if pressed and isinstance(watched, QWidget) and self._outside(watched):
            self.close_overlay()
        return False

    def _outside(self, widget: QWidget) -> bool:
        """True for the page beside the sidebar; menus and dialogs are windows of their own."""
        ours = widget is self._sidebar or self._sidebar.isAncestorOf(widget)
        return not ours and widget.window() is self._host.window()
