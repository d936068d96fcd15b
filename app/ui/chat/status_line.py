"""The line under the composer: speed, room in the context, and a reminder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.theme import theme
from app.ui.widgets.labels import DotLabel, Label
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box

if TYPE_CHECKING:
    from app.runtime.engine.records import AnswerStats

NEARLY_FULL = 0.85
NARROW = 1000


class Meter(Live, QWidget):
    """How much of the context is used, 64×4."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self.go_live()

    def set_share(self, share: float) -> None:
        self._share = min(1.0, max(0.0, share))
        self.update()

    def restyle(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(64), theme().px(4))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, radius = QPainter(self), self.height() / 2
        box(painter, self.rect(), "line", "", radius)
        filled = QRect(0, 0, round(self.width() * self._share), self.height())
        if filled.width():
            box(painter, filled, "warn" if self._share >= NEARLY_FULL else "text-3", "", radius)


class StatusLine(Live, QWidget):
    """32 high. Which parts are shown follows from the last stats, note, guide flag and width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stats: AnswerStats | None = None
        self._guide, self._narrow, self._note_text = False, False, ""
        self._speed, self._context = Label(role="tiny", token="text-3"), Label(role="tiny", token="text-3")
        self._meter, self._note = Meter(), Label(role="tiny", token="text-3")
        self._guide_name, self._guide_size = Label(role="tiny", token="text-3"), Label(role="tiny", token="text-3")
        self._offline, self._reminder = Label(role="tiny", token="text-3"), Label(role="tiny", token="text-3")
        self._dots = [DotLabel("tiny", gap) for gap in (6, 8, 8, 8, 6)]
        row = self._row = QHBoxLayout(self)
        row.setSpacing(0)
        left = (self._guide_name, self._guide_size, self._speed, self._context)
        for number, part in enumerate(left):
            if number:
                row.addWidget(self._dots[number - 1])
            row.addWidget(part)
        self._meter_box = QHBoxLayout()
        self._meter_box.addWidget(self._meter)
        row.addLayout(self._meter_box)
        row.addWidget(self._dots[3])
        row.addWidget(self._note)
        row.addStretch(1)
        row.addWidget(self._offline)
        row.addWidget(self._dots[4])
        row.addWidget(self._reminder)
        self.go_live()

    def set_stats(self, stats: AnswerStats | None) -> None:
        """The last answer's numbers; None for a chat without one."""
        self._stats = stats
        self.retranslate()

    def set_guide(self, guide: bool) -> None:
        """True while the built-in guide answers."""
        self._guide = guide
        self.retranslate()

    def set_note(self, text: str) -> None:
        """A quiet note at the end of the left side; empty removes it."""
        self._note_text = text
        self.retranslate()

    def set_narrow(self, width_logical: float) -> None:
        """`width_logical`: the window's width ÷ text size factor."""
        self._narrow = width_logical < NARROW
        self.retranslate()

    def restyle(self) -> None:
        px = theme().px
        self.setMinimumHeight(max(px(32), theme().line("tiny") + px(4)))
        self._row.setContentsMargins(0, 0, 0, 0)
        self.retranslate()

    def retranslate(self) -> None:
        stats = self._stats
        share = stats.context_used / stats.context if stats and stats.context else 0.0
        full = share >= NEARLY_FULL
        self._guide_name.set_text(self.tr("Built-in guide") if self._guide else "")
        self._guide_size.set_text(self.tr("small model") if self._guide else "")
        self._speed.set_text(self.tr("{n} tokens/s").format(n=f"{stats.tokens_per_second:.1f}") if stats else "")
        used = ""
        if stats:
            used = self.tr("Context {used} / {total}").format(used=stats.context_used, total=stats.context)
            used += "  " + self.tr("nearly full") if full else ""
        self._context.set_text(used)
        self._context.set_token("warn" if full else "text-3")
        self._meter.set_share(share)
        self._note.set_text(self._note_text)
        self._offline.set_text(self.tr("Runs offline"))
        self._reminder.set_text("" if self._narrow else self.tr("answers can be wrong"))
        labels = (self._guide_name, self._guide_size, self._speed, self._context, self._note)
        if self._guide and self._narrow and stats:
            self._guide_name.set_text("")
        seen = False
        for number, label in enumerate(labels):
            label.setVisible(bool(label.text()))
            if number:
                self._dots[number - 1].setVisible(seen and bool(label.text()))
            seen = seen or bool(label.text())
        meter = bool(stats) and not self._narrow
        self._meter.setVisible(meter)
        self._meter_box.setContentsMargins(theme().px(10) if meter else 0, 0, 0, 0)
        self._reminder.setVisible(bool(self._reminder.text()))
        self._dots[4].setVisible(bool(self._reminder.text()))
        self._row.invalidate()
