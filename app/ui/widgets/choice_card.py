"""A card of choices of which one is taken: whole rows that can be clicked, arrows move between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme import theme
from app.ui.widgets.card import Card
from app.ui.widgets.choice import SIDE, STROKE
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box, dot

PADDING_X, PADDING_Y, GAP, RADIUS = 18, 16, 14, 12
UNDER = 17  # px below the words
FIRST_LINE = 22  # the radio's middle is that of the first line


class ChoiceRow(Live, QRadioButton):
    """A radio button that is a whole row: `words` is the layout beside the mark. `value` is what it stands for."""

    def __init__(self, value: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = value
        self.place: tuple[str, ...] = ("first", "last")
        self.words = QVBoxLayout(self)
        self.words.setSpacing(0)
        self.setProperty("ring_inset", True)
        self.setProperty("ring_radius", RADIUS - 1)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.toggled.connect(self.update)

    def restyle(self) -> None:
        px = theme().px
        left = PADDING_X + SIDE + GAP
        self.words.setContentsMargins(px(left), px(PADDING_Y), px(PADDING_X), px(UNDER))
        self.updateGeometry()
        self.update()

    def see_through(self, *widgets: QWidget) -> None:
        """Clicks on these reach the row."""
        for widget in widgets:
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def hitButton(self, place: QPoint) -> bool:
        return self.rect().contains(place)

    def sizeHint(self) -> QSize:
        """As wide as the words; how high that is, the width that it gets will tell."""
        return QSize(self.words.totalSizeHint().width(), self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.words.totalMinimumSize()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, px = QPainter(self), theme().px
        fill = "accent-soft" if self.isChecked() else "bg-hover-up" if self.underMouse() and self.isEnabled() else ""
        if fill:
            self._fill(painter, fill)
        mark = QRectF(px(PADDING_X), px(PADDING_Y) + (px(FIRST_LINE) - px(SIDE)) / 2, px(SIDE), px(SIDE))
        if self.isChecked():
            dot(painter, mark.center(), mark.width(), "accent-mark" if self.isEnabled() else "text-off")
            dot(painter, QPointF(mark.center()), px(8), "accent-soft" if not self.isEnabled() else "bg-page")
        else:
            line = "line-control" if self.isEnabled() else "text-off"
            box(painter, mark, "bg-raised", line, mark.width() / 2, STROKE)

    def _fill(self, painter: QPainter, token: str) -> None:
        """Round only where the card is: one rounded box, with the corners that lie in the middle out of sight."""
        radius = theme().px(RADIUS) - 1
        area = QRect(self.rect())
        painter.save()
        painter.setClipRect(area)
        area.adjust(0, 0 if "first" in self.place else -2 * radius, 0, 0 if "last" in self.place else 2 * radius)
        box(painter, area, token, "", radius)
        painter.restore()


class TextRow(ChoiceRow):
    """Title, a line of text and a quiet line below; what is empty takes no room. `extra` can be added below."""

    def __init__(self, value: Any, parent: QWidget | None = None) -> None:
        super().__init__(value, parent)
        self.title = Label(role="card-title", wrap=True)
        self.line = Label(role="interface", token="text-2", wrap=True)
        self.hint = Label(role="tiny", token="text-3", wrap=True)
        for label in (self.title, self.line, self.hint):
            self.words.addWidget(label)
        self.see_through(self.title, self.line, self.hint)
        self.go_live()

    def set_words(self, title: str, text: str = "", hint: str = "") -> None:
        for label, words in ((self.title, title), (self.line, text), (self.hint, hint)):
            label.set_text(words)
            label.setVisible(bool(words))
        self.setAccessibleName(". ".join(part for part in (title, text, hint) if part))

    def found_by(self, wanted: str) -> bool:
        """True if every word of `wanted` is in it."""
        return all(word in self.accessibleName().casefold() for word in wanted.casefold().split())

    def restyle(self) -> None:
        super().restyle()
        self.line.set_margins(theme().px(4), 0)
        self.hint.set_margins(theme().px(4), 0)


class ChoiceCard(Card):
    """Rows of which one is chosen; `chosen` tells its value when the user chooses."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.group = QButtonGroup(self)
        self.rows: list[ChoiceRow] = []
        self.group.buttonClicked.connect(lambda row: self.chosen.emit(row.value))

    def add_choice(self, row: ChoiceRow) -> None:
        self.rows.append(row)
        self.group.addButton(row)
        self.add_row(row)
        self._place(self.rows)

    def show_only(self, rows: list[ChoiceRow]) -> None:
        self.filter(list(rows))

    def filter(self, wanted: list[QWidget]) -> bool:
        shown = super().filter(wanted)
        self._place([row for row, _ in self._rows if row in wanted])
        return shown

    def _place(self, rows: Sequence[QWidget]) -> None:
        """Tell the rows at the card's ends, which have round corners, that they are there."""
        for row in [row for row in rows if isinstance(row, ChoiceRow)]:
            row.place = tuple(word for word, one in (("first", rows[0]), ("last", rows[-1])) if row is one)
            row.update()

    def choose(self, value: Any) -> None:
        """Mark the row of `value` without telling; none if no row has it."""
        row = next((one for one in self.rows if one.value == value), None)
        if row is not None and not row.isChecked():
            row.setChecked(True)
        marked = self.group.checkedButton()
        if row is None and marked is not None:
            self.group.setExclusive(False)
            marked.setChecked(False)
            self.group.setExclusive(True)

    def checked(self) -> ChoiceRow | None:
        return next((row for row in self.rows if row.isChecked()), None)
