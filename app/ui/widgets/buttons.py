"""Push buttons and icon buttons. The style sheet draws the boxes, this file places icon and words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyleOptionButton, QToolButton, QWidget

from app.ui.theme import SEMIBOLD, theme
from app.ui.widgets.live import Live

TEXT_TOKENS = {
    "primary": "on-accent",
    "secondary": "text-1",
    "text": "text-2",
    "danger": "danger",
    "danger-fill": "on-accent",
    "link": "accent-text",
}
ICON_GAP = 8


def hint_text(tooltip: str, shortcut: str = "") -> str:
    """A tooltip, its shortcut in the hint colour."""
    return f'{tooltip} &nbsp;<span style="color:{theme().hex("text-3")}">{shortcut}</span>' if shortcut else tooltip


class Button(Live, QPushButton):
    """A push button of the design. `kind`: primary, secondary, text, danger, danger-fill, link.

    `trailing` is a quiet text at the right end (a shortcut); with it, or with `leading=True`, the words start left.
    `icon_room` is the width an icon takes if that is less than its size (an icon with much air).
    """

    def __init__(
        self,
        text: str = "",
        kind: str = "secondary",
        icon: str = "",
        *,
        small: bool = False,
        leading: bool = False,
        trailing: str = "",
        icon_size: int = 18,
        icon_room: int = 0,
        padding: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._kind, self._icon, self._small = kind, icon, small
        self._leading, self._trailing = leading, trailing
        self._icon_size, self._icon_room = icon_size, icon_room or icon_size
        self._padding = padding
        self.setProperty("kind", kind)
        if small:
            self.setProperty("small", "true")
        self.setProperty("ring_radius", 7 if small else 8)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.go_live()

    def restyle(self) -> None:
        weight = SEMIBOLD if self._kind in ("primary", "danger-fill") else None
        self.setFont(theme().font("small" if self._small else "interface", weight))
        self.updateGeometry()
        self.update()

    def set_trailing(self, text: str) -> None:
        self._trailing = text
        self.updateGeometry()
        self.update()

    def set_selected(self, selected: bool) -> None:
        """Mark a text button as the one whose page is shown."""
        self.setProperty("selected", "true" if selected else "false")
        self.style().unpolish(self)
        self.style().polish(self)
        self.update()

    def _pad(self) -> int:
        """From the outer edge to the content: padding and border."""
        if self._kind == "link":
            return theme().px(1)
        padding = self._padding if self._padding is not None else 11 if self._small else 14
        return theme().px(padding) + 1

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        width = 2 * self._pad() + metrics.horizontalAdvance(self._words())
        if self._icon:
            width += theme().px(self._icon_room) + (theme().px(ICON_GAP) if self.text() else 0)
        if self._trailing:
            width += theme().px(24) + QFontMetrics(theme().font("tiny")).horizontalAdvance(self._trailing)
        compact = 34 if self.property("compact") else 36
        least = 20 if self._kind == "link" else 30 if self._small else compact
        return QSize(width, max(theme().px(least), metrics.height() + theme().px(6)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _words(self) -> str:
        return self.text().replace("&", "")

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        option.text = ""  # the style draws the box, `paintEvent` the words

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter, enabled = QPainter(self), self.isEnabled()
        token = TEXT_TOKENS[self._kind] if enabled else "text-off"
        token = "text-1" if enabled and self.property("selected") == "true" else token
        icon_token = token
        metrics = QFontMetrics(self.font())
        icon_width = theme().px(self._icon_room) if self._icon else 0
        gap = theme().px(ICON_GAP) if self._icon and self.text() else 0
        words = metrics.horizontalAdvance(self._words())
        left = self._pad()
        if not (self._leading or self._trailing):
            left = (self.width() - words - gap - icon_width) // 2
        if self._icon:
            side = theme().px(self._icon_size)
            place = QPoint(left + (icon_width - side) // 2, (self.height() - side) // 2)
            painter.drawPixmap(place, theme().pixmap(self._icon, self._icon_size, icon_token))
        left += icon_width + gap
        painter.setPen(theme().color(token))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextHideMnemonic
        painter.drawText(QRect(left, 0, self.width() - left, self.height()), flags, self.text())
        if self._trailing:
            painter.setFont(theme().font("tiny"))
            painter.setPen(theme().color("text-3" if enabled else "text-off"))
            box = QRect(0, 0, self.width() - theme().px(11) - 1, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._trailing)


class IconButton(Live, QToolButton):
    """A square button with only an icon; `set_hint` gives it its tooltip and accessible name.

    `up`: it stands on a raised surface, so its hover is the raised one.
    """

    def __init__(
        self,
        icon: str,
        hint: str = "",
        *,
        size: int = 32,
        icon_size: int = 20,
        up: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon, self._size, self._icon_size = icon, size, icon_size
        self._hint, self._shortcut = hint, ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ring_radius", 8)
        if up:
            self.setProperty("up", "true")
        self.go_live()
        self.set_hint(hint)

    def set_hint(self, hint: str, shortcut: str = "") -> None:
        self._hint, self._shortcut = hint, shortcut
        self.setAccessibleName(hint)
        self.setToolTip(hint_text(hint, shortcut))

    def restyle(self) -> None:
        side = theme().px(self._size)
        self.setFixedSize(side, side)
        self.setIconSize(QSize(theme().px(self._icon_size), theme().px(self._icon_size)))
        self._show_icon()
        self.setToolTip(hint_text(self._hint, self._shortcut))

    def _show_icon(self) -> None:
        self.setIcon(theme().icon(self._icon, self._icon_size, "text-2" if self.isEnabled() else "text-off"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._show_icon()
