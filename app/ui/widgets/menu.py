"""Menus as the design draws them: rows of 34, a fact at the right, the shortcut in the hint colour."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.theme import theme
from app.ui.widgets.compositor import translucent_windows
from app.ui.widgets.paint import box, dot

PADDING, ROW_PADDING, GAP, FACT_GAP = 6, 10, 10, 40


class Menu(QMenu):
    """A frameless menu. Add rows with `add`; a row may have an icon, a dot (radio), a fact and a shortcut."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint
        self.setWindowFlags(self.windowFlags() | flags)
        self._round = translucent_windows()
        if self._round:
            self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)

    def add(
        self,
        text: str,
        *,
        icon: str = "",
        fact: str = "",
        shortcut: str = "",
        danger: bool = False,
        enabled: bool = True,
    ) -> QAction:
        """`shortcut` is only shown; the window owns the real one."""
        action = self.addAction(text)
        action.setProperty("row_icon", icon)
        action.setProperty("fact", fact or QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText))
        action.setProperty("danger", danger)
        action.setEnabled(enabled)
        return action

    def add_choice(self, text: str, fact: str, checked: bool, tone: str = "ok") -> QAction:
        """A row of a list of choices: a dot in front, a tick behind the chosen one."""
        action = self.add(text, fact=fact)
        action.setCheckable(True)
        action.setChecked(checked)
        action.setProperty("tone", tone)
        return action

    def open_below(self, widget: QWidget, *, right: bool = True) -> None:
        """Pop up under `widget`, its right (or left) edge aligned, without waiting."""
        corner = widget.mapToGlobal(QPoint(widget.width(), widget.height() + theme().px(4)))
        self.setMinimumWidth(0)
        width = self.sizeHint().width()
        self.popup(QPoint(corner.x() - (width if right else widget.width()), corner.y()))

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        widest = max((self._row_width(action) for action in self.actions()), default=0)
        return QSize(max(hint.width(), widest + 2 * (theme().px(PADDING) + 1)), hint.height())

    def _lead(self, action: QAction) -> int:
        """Width of what stands before the text."""
        if action.isCheckable():
            return theme().px(8) + theme().px(GAP)
        return theme().px(18) + theme().px(GAP) if action.property("row_icon") else 0

    def _row_width(self, action: QAction) -> int:
        width = 2 * theme().px(ROW_PADDING) + self._lead(action)
        width += QFontMetrics(theme().font("interface")).horizontalAdvance(action.text())
        fact = action.property("fact")
        if fact:
            width += theme().px(FACT_GAP) + QFontMetrics(theme().font("tiny")).horizontalAdvance(fact)
        return width + (theme().px(28) if action.isCheckable() else 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._round:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.fillRect(self.rect(), Qt.GlobalColor.transparent)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        box(painter, self.rect(), "bg-raised", "line-strong", theme().px(12) if self._round else 0)
        for action in self.actions():
            area = self.actionGeometry(action)
            if not action.isVisible() or area.isEmpty():
                continue
            area.setRight(self.width() - theme().px(PADDING) - 2)
            if action.isSeparator():
                side = theme().px(4)
                middle = QRect(area.left() + side, area.center().y(), area.width() - 2 * side, 1)
                painter.fillRect(middle, theme().color("line"))
            else:
                self._paint_row(painter, action, area)

    def _paint_row(self, painter: QPainter, action: QAction, area: QRect) -> None:
        enabled = action.isEnabled()
        if action is self.activeAction() and enabled:
            box(painter, area, "bg-hover-up", "", theme().px(7))
        inner = area.adjusted(theme().px(ROW_PADDING), 0, -theme().px(ROW_PADDING), 0)
        token = "danger" if action.property("danger") else "text-1"
        token = token if enabled else "text-off"
        if action.isCheckable():
            self._paint_choice(painter, action, inner)
        elif action.property("row_icon"):
            top = area.center().y() - theme().px(18) // 2 + 1
            painter.drawPixmap(inner.left(), top, theme().pixmap(action.property("row_icon"), 18, token))
        right = QRect(inner)
        if action.isCheckable() and action.isChecked():
            side = theme().px(18)
            top = area.center().y() - side // 2 + 1
            painter.drawPixmap(inner.right() + 1 - side, top, theme().pixmap("check", 18, "text-1"))
            right.adjust(0, 0, -theme().px(28), 0)
        painter.setFont(theme().font("tiny"))
        painter.setPen(theme().color("text-3" if enabled else "text-off"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(right, flags, action.property("fact") or "")
        painter.setFont(theme().font("interface"))
        painter.setPen(theme().color(token))
        words = QRectF(inner).adjusted(self._lead(action), 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextHideMnemonic, action.text())

    def _paint_choice(self, painter: QPainter, action: QAction, inner: QRect) -> None:
        side = theme().px(8)
        centre = QPointF(inner.left() + side / 2, inner.top() + inner.height() / 2)
        if action.isChecked():
            dot(painter, centre, side, action.property("tone") or "ok")
        else:
            dot(painter, centre, side, "line-control", ring=True)
