"""The list of steps at the left of the wizard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.runtime.models.setup_steps import STEPS as ROWS
from app.runtime.models.setup_steps import StepRow, StepStatus
from app.ui.theme import SEMIBOLD, app_icon, theme
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box
from app.ui.wizard.words import STEPS, words

WIDTH, ROW, CIRCLE, LOGO = 264, 40, 22, 32


class StepButton(Live, QAbstractButton):
    """One step: circle with number or tick, its name. It can be clicked where `StepRow.page` leads somewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row: StepRow | None = None
        self.setProperty("ring_radius", 8)
        self.setProperty("ring_inset", True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.go_live()

    def set_row(self, row: StepRow) -> None:
        self.row = row
        leads = row.page is not None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if leads else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor)
        self.retranslate()
        self.update()

    def retranslate(self) -> None:
        if self.row is None:
            return
        states = {
            StepStatus.DONE: self.tr("done"),
            StepStatus.CURRENT: self.tr("current step"),
            StepStatus.SKIPPED: self.tr("not needed"),
            StepStatus.TODO: self.tr("to do"),
        }
        name = words(STEPS[self.row.step])
        self.setText(name)
        self.setToolTip("")
        self.setAccessibleName(f"{self.row.number}. {name}, {states[self.row.status]}")

    def restyle(self) -> None:
        self.setFont(theme().font("interface"))
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def sizeHint(self) -> QSize:
        px = theme().px
        return QSize(px(200), max(px(ROW), QFontMetrics(theme().font("interface")).height() + px(12)))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(120), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.row is None:
            return
        painter, px = QPainter(self), theme().px
        current = self.row.status is StepStatus.CURRENT
        if current or (self.row.page is not None and self.underMouse()):
            box(painter, self.rect(), "bg-selected" if current else "bg-hover", "", px(8))
        circle = QRectF(px(12), (self.height() - px(CIRCLE)) / 2, px(CIRCLE), px(CIRCLE))
        self._circle(painter, circle)
        left, right = px(12) + px(CIRCLE) + px(12), self.width() - px(12)
        if self.row.status is StepStatus.SKIPPED:
            painter.setFont(theme().font("tiny"))
            painter.setPen(theme().color("text-3"))
            text = self.tr("not needed")
            area = QRect(left, 0, right - left, self.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
            right -= painter.fontMetrics().horizontalAdvance(text) + px(8)
        painter.setFont(theme().font("interface", SEMIBOLD if current else None))
        painter.setPen(theme().color("text-1" if current else "text-2"))
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(QRect(left, 1, right - left, self.height()), Qt.AlignmentFlag.AlignVCenter, text)

    def _circle(self, painter: QPainter, circle: QRectF) -> None:
        px, row = theme().px, self.row
        assert row is not None
        if row.status is StepStatus.DONE:
            box(painter, circle, "ok-soft", "ok-line", circle.width() / 2)
            at = circle.center() - QPoint(px(14), px(14)).toPointF() / 2
            painter.drawPixmap(at.toPoint(), theme().pixmap("check", 14, "ok"))
            return
        current = row.status is StepStatus.CURRENT
        if current:
            box(painter, circle, "accent", "", circle.width() / 2)
        else:
            box(painter, circle, "", "line-control", circle.width() / 2)
        painter.setFont(theme().font("tiny"))
        painter.setPen(theme().color("on-accent" if current else "text-2"))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(row.number))


class StepList(Live, QFrame):
    """264 wide; `clicked` tells the step's page."""

    clicked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self._logo, self._title = QLabel(), Label(role="card-title", wrap=True)
        self.buttons = [StepButton() for _ in ROWS]
        self._note = Label(role="tiny", token="text-3", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._head = QHBoxLayout()
        self._head.addWidget(self._logo)
        self._head.addWidget(self._title, 1, Qt.AlignmentFlag.AlignVCenter)
        self._column.addLayout(self._head)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        for button in self.buttons:
            self._list.addWidget(button)
            button.clicked.connect(lambda _checked=False, button=button: self._clicked(button))
        self._column.addLayout(self._list)
        self._column.addStretch(1)
        self._foot = QVBoxLayout()
        self._foot.addWidget(self._note)
        self._column.addLayout(self._foot)
        self.go_live()

    def _clicked(self, button: StepButton) -> None:
        if button.row is not None and button.row.page is not None:
            self.clicked.emit(button.row.page)

    def set_rows(self, rows: Sequence[StepRow]) -> None:
        for button, row in zip(self.buttons, rows, strict=True):
            if button.row != row:
                button.set_row(row)

    def restyle(self) -> None:
        px = theme().px
        self.setFixedWidth(px(WIDTH))
        self._logo.setPixmap(app_icon(px(LOGO), self.devicePixelRatioF()))
        self._logo.setFixedSize(px(LOGO), px(LOGO))
        self._head.setSpacing(px(12))
        self._head.setContentsMargins(px(28), px(24), px(16), px(24))
        self._list.setContentsMargins(px(16), 0, px(16), 0)
        self._foot.setContentsMargins(px(28), px(16), px(28), px(28))

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("Steps"))
        self._title.set_text(self.tr("Set up a BELLE model"))
        self._note.set_text(self.tr("For study and research only,\nnot for commercial use."))
