"""The blocks of one message as views under each other. Bounded work per call; finished blocks are not touched again."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QWidget

from app.ui.chat.code_block import CodeBlock
from app.ui.chat.prose import ABOVE_HEADING, GAP, ProseView, gap_between
from app.ui.chat.streaming import Block, Code, Prose, Segmenter, Table, plain_pieces
from app.ui.chat.table_block import TableBlock
from app.ui.theme import theme

BLOCK_GAP = 14
View = ProseView | CodeBlock | TableBlock


class Body:
    """Shows `blocks` inside `owner`. `sync` brings the views up to date, `arrange` puts them under each other."""

    def __init__(self, owner: QWidget, name: str = "") -> None:
        self._owner = owner
        self.name = name
        self.segmenter = Segmenter()
        self.views: list[View] = []
        self._heights: list[int] = []
        self._complete = 0  # blocks that will not change any more
        self._width = 0
        self._changed = 0  # views from here on need a new place
        self._caret: View | None = None

    @property
    def blocks(self) -> list[Block]:
        return self.segmenter.blocks

    def set_plain(self, text: str) -> None:
        self.clear()
        self.segmenter = Segmenter()
        self.segmenter.blocks = list(plain_pieces(text))

    def set_markdown(self, text: str, finished: bool) -> None:
        self.clear()
        self.segmenter = Segmenter()
        self.segmenter.feed(text)
        if finished:
            self.segmenter.finish()

    def clear(self) -> None:
        """Forget the views: another text or another look."""
        self._caret = None
        for view in self.views:
            view.hide()
            view.deleteLater()
        self.views, self._heights, self._complete, self._changed = [], [], 0, 0

    # views

    def sync(self, deadline: float) -> bool:
        """Show what is new. False: more is left to do."""
        blocks = self.blocks
        while len(self.views) > len(blocks):
            self._drop()
        for index in range(self._complete, len(blocks)):
            view = self._view(index)
            finished = self._show(view, blocks[index], deadline)
            self._heights[index] = -1
            self._changed = min(self._changed, index)
            if not finished:
                return False
            if blocks[index].closed and index == self._complete:
                self._complete += 1
            if index + 1 < len(blocks) and time.perf_counter() > deadline:
                return False
        return True

    def _show(self, view: View, block: Block, deadline: float) -> bool:
        if isinstance(view, ProseView) and isinstance(block, Prose):
            return view.show_pieces(block.pieces, block.tail, deadline)
        if isinstance(view, CodeBlock) and isinstance(block, Code):
            tail = "" if block.closed else self.segmenter.code_tail
            return view.show_code(block.text + tail, block.closed, deadline)
        if isinstance(view, TableBlock) and isinstance(block, Table):
            return view.show_table(block, deadline)
        return True

    def _view(self, index: int) -> View:
        block = self.blocks[index]
        if index < len(self.views):
            view = self.views[index]
            if _fits(view, block):
                return view
            while len(self.views) > index:
                self._drop()
        fresh: View
        if isinstance(block, Code):
            fresh = CodeBlock(block.language, self._owner)
        elif isinstance(block, Table):
            fresh = TableBlock(block, self._owner)
        else:
            fresh = ProseView(self._owner)
            fresh.setAccessibleName(self.name)
        self.views.append(fresh)
        self._heights.append(-1)
        return fresh

    def _drop(self) -> None:
        view = self.views.pop()
        self._heights.pop()
        self._changed = min(self._changed, len(self.views))
        self._complete = min(self._complete, len(self.views))
        if view is self._caret:
            self._caret = None
        view.hide()
        view.deleteLater()

    # place

    def fit(self, width: int, deadline: float) -> bool:
        """Lay the views out for this width. False: some still have the old one."""
        if width != self._width:
            self._width = width
            self._heights = [-1] * len(self.views)
            self._changed = 0
        for index, view in enumerate(self.views):
            if self._heights[index] < 0:
                self._heights[index] = view.fit(width)
                self._changed = min(self._changed, index)
                if time.perf_counter() > deadline and index + 1 < len(self.views):
                    return False
        return True

    def place(self, x: int, y: int) -> int:
        """Put the views below each other from (x, y); returns the height of all."""
        top = 0
        for index, view in enumerate(self.views):
            height = max(0, self._heights[index])
            if height:
                top += theme().px(self._gap(index)) if index else 0
            if index >= self._changed:
                if isinstance(view, ProseView):
                    view.place(x, y + top, height)
                else:
                    view.place(x, y + top, self._width, height)
                if not view.isVisibleTo(self._owner):
                    view.show()
            top += height
        self._changed = len(self.views)
        return top

    def moved(self) -> None:
        """The origin has changed: place everything again."""
        self._changed = 0

    def _gap(self, index: int) -> int:
        before, after = self.views[index - 1], self.views[index]
        if isinstance(before, ProseView) and isinstance(after, ProseView):
            if before.paragraphs and after.paragraphs:
                return gap_between(before.paragraphs[-1], after.paragraphs[0])
            return GAP
        if isinstance(after, ProseView):
            heading = after.paragraphs and after.paragraphs[0].kind.startswith("h")
            return ABOVE_HEADING if heading else BLOCK_GAP
        if isinstance(before, ProseView):
            return GAP if isinstance(after, TableBlock) else BLOCK_GAP
        return BLOCK_GAP

    def natural_width(self) -> int:
        return max((view.natural_width() for view in self.views if isinstance(view, ProseView)), default=0)

    def set_caret(self, on: bool) -> None:
        """Show the caret after the last character, or nowhere."""
        last = self.views[-1] if self.views else None
        if self._caret is not None and self._caret is not last:
            self._caret.set_caret(False)
        self._caret = last
        if last is not None:
            last.set_caret(on)


def _fits(view: View, block: Block) -> bool:
    if isinstance(view, CodeBlock):
        return isinstance(block, Code) and view.language == block.language
    if isinstance(view, TableBlock):
        return isinstance(block, Table)
    return isinstance(block, Prose)
