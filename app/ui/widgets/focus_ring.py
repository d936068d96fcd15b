"""The keyboard's focus ring: one transparent overlay per window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QShowEvent, QWindow
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from app.ui.theme import theme
from app.ui.widgets.paint import box

OWN_FOCUS = (QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit, QAbstractItemView)
WIDTH = 2
AWAY = 2
FOLLOWED = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Hide, QEvent.Type.Show, QEvent.Type.EnabledChange)


class FocusRing(QWidget):
    """Shows where the keyboard is: after Tab, Backtab or a shortcut, never after a click.

    Make one per window: `FocusRing(window)`. A widget's property `ring_radius` is its own corner radius (8 if unset),
    `ring_inset` draws the ring inside it. Fields and lists show their focus themselves.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setObjectName("focus_ring")
        self._window = window
        self._native: QWindow | None = None
        self._keyboard = False
        self._target: QWidget | None = None
        self._followed: list[QWidget] = []
        self.hide()
        window.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)
        theme().changed.connect(self._place)
        self._listen()

    @property
    def target(self) -> QWidget | None:
        """The widget the ring is around now."""
        return self._target if self.isVisible() else None

    def _listen(self) -> None:
        native = self._window.windowHandle()
        if native is not None and native is not self._native:
            self._native = native
            native.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._native:
            if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                    self._keyboard = True
            elif kind == QEvent.Type.MouseButtonPress:
                self._keyboard = False
                self._show_around(None)
        elif watched is self._window and kind in (QEvent.Type.Show, QEvent.Type.WinIdChange):
            self._listen()
        if kind in FOLLOWED and watched in self._followed:
            self._place()
        return False

    def _focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        inside = now is not None and now.window() is self._window
        shown = inside and self._keyboard and not isinstance(now, OWN_FOCUS)
        self._show_around(now if shown else None)

    def _show_around(self, target: QWidget | None) -> None:
        for followed in self._followed:
            followed.removeEventFilter(self)
        self._target, self._followed = target, []
        widget: QWidget | None = target
        while widget is not None and widget is not self._window:
            self._followed.append(widget)
            widget.installEventFilter(self)
            widget = widget.parentWidget()
        self._place()

    def _clip(self, target: QWidget) -> QRect:
        """What of the window the target's ancestors leave visible, in window coordinates."""
        clip = self._window.rect()
        widget: QWidget | None = target.parentWidget()
        while widget is not None and widget is not self._window:
            reach = WIDTH + AWAY
            area = QRect(widget.mapTo(self._window, QPoint(0, 0)), widget.size())
            clip = clip.intersected(area.adjusted(-reach, -reach, reach, reach))
            widget = widget.parentWidget()
        return clip

    def _place(self) -> None:
        target = self._target
        if target is None or not target.isVisibleTo(self._window):
            self.hide()
            return
        area = QRect(target.mapTo(self._window, QPoint(0, 0)), target.size())
        if not target.property("ring_inset"):
            area = area.adjusted(-WIDTH - AWAY, -WIDTH - AWAY, WIDTH + AWAY, WIDTH + AWAY)
        self.setGeometry(area)
        clip = self._clip(target).translated(-area.topLeft())
        if clip.contains(self.rect()):
            self.clearMask()
        else:
            self.setMask(clip)
        self.raise_()
        self.show()
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._target is None:
            return
        own = self._target.property("ring_radius")
        radius = theme().px(own if own is not None else 8)
        away = 0 if self._target.property("ring_inset") else AWAY + 1
        box(QPainter(self), self.rect(), "", "focus", radius + away, WIDTH)
