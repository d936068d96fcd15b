"""A dialog of the models page: title, words, whatever stands under them, buttons. It never blocks."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QDialog, QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app.ui.theme import theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.focus_ring import FocusRing
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live

WIDTH, PADDING = 560, 24
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Sheet(Live, QDialog):
    """Open it with `open()`; it goes away by itself when it is closed. Subclasses fill `body` and add buttons.

    The words scroll where the screen is too small, the buttons stay.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._title, self._text = Label(role="h2", wrap=True), Label(role="table", token="text-2", wrap=True)
        self._buttons: list[Button] = []
        self.body = QVBoxLayout()
        self._page = QWidget()
        self._column = QVBoxLayout(self._page)
        self._column.addWidget(self._title)
        self._column.addWidget(self._text)
        self._column.addLayout(self.body)
        self._column.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._page)
        self._page.setAutoFillBackground(False)
        self._area.viewport().setAutoFillBackground(False)
        self._foot = QHBoxLayout()
        self._foot.addStretch(1)
        outer = self._outer = QVBoxLayout(self)
        outer.setSpacing(0)
        outer.addWidget(self._area, 1)
        outer.addLayout(self._foot)
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.timeout.connect(self._fit)
        self.focus_ring = FocusRing(self)

    def set_words(self, title: str, text: str = "") -> None:
        self.setWindowTitle(title)
        self._title.set_text(title)
        self._text.set_text(text)
        self._text.setVisible(bool(text))
        self.setAccessibleDescription(text)
        self.fit()

    def add_button(self, text: str, kind: str = "secondary") -> Button:
        """At the right end of the foot; the caller connects it."""
        button = Button(text, kind)
        self._foot.addWidget(button)
        self._buttons.append(button)
        button.show()  # with the dialog, or at once where that is open already
        return button

    def take_button(self, button: Button) -> None:
        self._buttons.remove(button)
        self._foot.removeWidget(button)
        button.hide()
        button.deleteLater()

    def fit(self) -> None:
        """Soon take the height that the words need."""
        self._fitting.start(0)

    def reveal(self, widget: QWidget) -> None:
        """Scroll to `widget` once it has its place."""
        QTimer.singleShot(0, widget, lambda: self._area.ensureWidgetVisible(widget))

    def _fit(self) -> None:
        px = theme().px
        room = self.screen().availableGeometry()
        width = min(px(WIDTH), room.width() - px(32))
        wide = sum(button.sizeHint().width() + px(8) for button in self._buttons) + px(2 * PADDING)
        across = wide <= width
        self._foot.setDirection(QBoxLayout.Direction.LeftToRight if across else QBoxLayout.Direction.TopToBottom)
        inner = width - 2 * px(PADDING)
        words = self._column.heightForWidth(inner) if self._column.hasHeightForWidth() else 0
        words = max(words, self._column.sizeHint().height() if words <= 0 else 0)
        margins = self._outer.contentsMargins()
        height = words + self._foot.sizeHint().height() + margins.top() + margins.bottom()
        self.resize(width, min(max(height, px(140)), room.height() - px(64)))

    def restyle(self) -> None:
        px = theme().px
        side = px(PADDING)
        self._outer.setContentsMargins(side, px(20), side, px(20))
        self._foot.setContentsMargins(0, px(20), 0, 0)
        self._foot.setSpacing(px(8))
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(8))
        self.body.setContentsMargins(0, px(4), 0, 0)
        self.body.setSpacing(px(12))
        self.setMinimumWidth(min(px(360), self.screen().availableGeometry().width()))
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.fit()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, or the first that is meant to be pressed."""
        if event.key() not in ENTER:
            super().keyPressEvent(event)
            return
        focused = self.focusWidget()
        if isinstance(focused, QLineEdit):
            return  # Enter was the field's
        main = next((one for one in self._buttons if one.property("kind") in ("primary", "danger-fill")), None)
        button = focused if isinstance(focused, Button) else main
        if button is not None and button.isEnabled() and button.isVisible():
            button.click()


class Question(Sheet):
    """Asks before something that cannot be taken back. `then` is called on yes."""

    def __init__(
        self, title: str, text: str, yes: str, no: str, *, danger: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.no, self.yes = self.add_button(no), self.add_button(yes, "danger-fill" if danger else "primary")
        self.no.clicked.connect(self.reject)
        self.yes.clicked.connect(self.accept)
        self.set_words(title, text)
        self.go_live()
        (self.no if danger else self.yes).setFocus(Qt.FocusReason.OtherFocusReason)
