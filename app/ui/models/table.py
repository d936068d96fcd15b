"""The table of models: a head, a row for each, columns that give way in a small window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from app.ui.models.model_row import (
    ACTIONS,
    GAP,
    LEFT,
    MEDIUM,
    MEMORY,
    MORE,
    RIGHT,
    SIZE,
    SMALL,
    SOURCE,
    WIDE,
    ModelRow,
)
from app.ui.models.rows import RowState
from app.ui.theme import theme
from app.ui.widgets.card import Card
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box

HEAD = 36
CHANGED_AT_ONCE = 3  # rows in one turn of the event loop, which must not be held up
WIDE_FROM, MEDIUM_FROM = 780, 480  # logical px of the table


class TableHead(Live, QWidget):
    """Names of the columns on the sunken surface, its upper corners those of the card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels = [Label(role="tiny", token="text-2") for _ in range(4)]
        self._room = QWidget()
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._labels[0], 1)
        for part in (*self._labels[1:], self._room):
            self._row.addWidget(part)
        self._actions = ACTIONS
        self._mode = WIDE
        self.go_live()

    def set_mode(self, mode: str, actions_width: int) -> None:
        self._mode, self._actions = mode, actions_width
        self.restyle()

    def restyle(self) -> None:
        px = theme().px
        self.setMinimumHeight(max(px(HEAD), theme().line("tiny") + px(8)))
        self._row.setContentsMargins(px(LEFT), 0, px(RIGHT), 0)
        self._row.setSpacing(px(GAP))
        for label, width in zip(self._labels[1:], (SIZE, MEMORY, SOURCE), strict=True):
            label.setFixedWidth(px(width))
        self._labels[3].setVisible(self._mode == WIDE)
        self._room.setFixedWidth(self._actions if self._mode == WIDE else px(MORE))
        self.update()

    def retranslate(self) -> None:
        words = (self.tr("Name"), self.tr("Size and type"), self.tr("Memory"), self.tr("Source"))
        for label, word in zip(self._labels, words, strict=True):
            label.set_text(word)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, radius = QPainter(self), theme().px(11)
        painter.setClipRect(self.rect())
        box(painter, QRect(self.rect()).adjusted(0, 0, 0, radius), "bg-sunken", "", radius)


class ModelTable(Card):
    """`set_rows` changes only what is different, so focus and an open name field survive. New rows come one after the
    other, and many changes a few at a time; `complete` tells when all is shown."""

    complete = Signal()
    acted = Signal(str, str)
    menu_requested = Signal(str, QPoint)
    renamed = Signal(str, str)
    remove_requested = Signal(str)
    tab_after: QWidget | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head = TableHead()
        self._models: list[ModelRow] = []
        self._wanted: tuple[RowState, ...] = ()
        self._next: ModelRow | None = None  # made in one turn, put into its place in the next
        self._narrow = False
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.timeout.connect(self._build)
        self.add_row(self._head)
        self.go_live()

    def set_rows(self, states: Sequence[RowState]) -> None:
        """In this order. Rows are kept by id, so that focus and an open field survive."""
        self._wanted = tuple(states)
        self._build()

    @property
    def whole(self) -> bool:
        """Whether all rows are there."""
        return not self._more.isActive()

    def _build(self) -> None:
        here = {row.state.id: row.state for row in self._models}
        fresh = [state for state in self._wanted if state.id not in here]
        changed = [state for state in self._wanted if here.get(state.id, state) != state]
        made = [state for state in fresh if self._next is not None and state.id == self._next.state.id]
        if self._next is not None and not made:
            self._next.deleteLater()
            self._next = None
        if self._next is None and fresh:
            self._next = self._make(fresh[0])
        here |= {state.id: state for state in (*made, *changed[:CHANGED_AT_ONCE])}
        self._put([here[state.id] for state in self._wanted if state.id in here])
        if len(fresh) > len(made) or len(changed) > CHANGED_AT_ONCE:
            self._more.start(0)
        else:
            self._more.stop()
            self.complete.emit()

    def _put(self, states: Sequence[RowState]) -> None:
        wanted = [state.id for state in states]
        here = {row.state.id: row for row in self._models}
        focused = next((row for row in self._models if row.isAncestorOf(QApplication.focusWidget() or self)), None)
        at = self._models.index(focused) if focused is not None else -1
        if wanted != list(here):
            for identity in here.keys() - set(wanted):
                self._take_out(here[identity])
            if self._next is not None and self._next.state.id in wanted:
                self.add_row(self._next)
                here[self._next.state.id], self._next = self._next, None
            self._models = [here[state.id] for state in states]
            self._place()
        for row, state in zip(self._models, states, strict=True):
            row.set_state(state)
        self._arrange()
        if focused is not None and focused not in self._models and self._models:
            self._models[min(at, len(self._models) - 1)].menu_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make(self, state: RowState) -> ModelRow:
        row = ModelRow(state)
        for signal, own in (
            (row.acted, self.acted),
            (row.menu_requested, self.menu_requested),
            (row.renamed, self.renamed),
            (row.remove_requested, self.remove_requested),
        ):
            signal.connect(own)
        row.step.connect(self._step)
        return row

    def _take_out(self, gone: ModelRow) -> None:
        at = next(number for number, (row, _) in enumerate(self._rows) if row is gone)
        for part in self._rows.pop(at):
            if part is not None:
                self._column.removeWidget(part)
                part.hide()
                part.deleteLater()

    def _place(self) -> None:
        """Bring rows and their lines into the order of the models."""
        lines = dict(self._rows)
        ordered: list[QWidget] = [self._head, *self._models]
        self._rows = [(row, lines[row]) for row in ordered]
        for number, part in enumerate(part for pair in self._rows for part in reversed(pair) if part is not None):
            self._column.insertWidget(number, part)
        before = self.tab_after
        for row in self._models:
            for button in row.buttons:
                if before is not None:
                    QWidget.setTabOrder(before, button)
                before = button

    def row(self, identity: str) -> ModelRow | None:
        return next((row for row in self._models if row.state.id == identity), None)

    @property
    def rows(self) -> list[ModelRow]:
        return list(self._models)

    def set_narrow(self, narrow: bool) -> None:
        """Whether the window is narrow: then the source stands under the name however wide the table is."""
        self._narrow = narrow
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def restyle(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        width = self.width() / theme().factor
        mode = WIDE if width >= WIDE_FROM and not self._narrow else MEDIUM if width >= MEDIUM_FROM else SMALL
        actions = max([theme().px(ACTIONS), *(row.actions_needed() for row in self._models)])
        self._head.set_mode(mode, actions)
        self._head.setVisible(mode != SMALL)
        for number, (_, line) in enumerate(self._rows):
            if line is not None:
                line.setVisible(mode != SMALL or number > 1)
        for row in self._models:
            row.set_mode(mode, actions)

    def _step(self, identity: str, by: int) -> None:
        """Up and down: to the same button of the next row."""
        at = next((number for number, row in enumerate(self._models) if row.state.id == identity), -1)
        if not 0 <= at + by < len(self._models):
            return
        row, other = self._models[at], self._models[at + by]
        menu = row.menu_button.hasFocus() or other.main_button is None
        wanted = other.menu_button if menu else other.main_button
        if wanted is not None:
            wanted.setFocus(Qt.FocusReason.TabFocusReason)
