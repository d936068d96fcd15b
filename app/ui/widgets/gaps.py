"""Room between the parts of a layout that follows the text size."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QBoxLayout, QWidget

from app.ui.theme import theme


def set_gaps(layout: QBoxLayout, gaps: Iterable[tuple[QWidget, int]]) -> None:
    """Replace all fixed room in `layout` by `gap` logical px after each widget."""
    for number in reversed(range(layout.count())):
        item = layout.itemAt(number)
        if item is not None and item.spacerItem() is not None and not layout.stretch(number):
            layout.takeAt(number)
    for widget, gap in gaps:
        if gap:
            layout.insertSpacing(layout.indexOf(widget) + 1, theme().px(gap))
