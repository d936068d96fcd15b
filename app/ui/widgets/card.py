"""A raised box, and rows in it with a line between."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.ui.theme import theme
from app.ui.widgets.live import Live


class Rule(Live, QFrame):
    """A 1 px line across."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("rule", "true")
        self.setFixedHeight(1)


class Card(Live, QFrame):
    """`bg-raised`, one line around it, radius 12. `add_row` puts a 1 px line between its rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self.setProperty("ring_radius", 12)
        self._rows: list[tuple[QWidget, Rule | None]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def add_row(self, row: QWidget) -> None:
        rule = Rule() if self._rows else None
        if rule:
            self._column.addWidget(rule)
        self._column.addWidget(row)
        self._rows.append((row, rule))

    def filter(self, wanted: list[QWidget]) -> bool:
        """Show only the rows in `wanted`; the card hides with its last row. True if any is left."""
        first = True
        for row, rule in self._rows:
            shown = row in wanted
            row.setVisible(shown)
            if rule:
                rule.setVisible(shown and not first)
            first = first and not shown
        self.setVisible(not first)
        return not first

    def padding(self, logical: int) -> None:
        margin = theme().px(logical)
        self._column.setContentsMargins(margin, margin, margin, margin)
