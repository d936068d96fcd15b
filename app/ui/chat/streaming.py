"""Cuts an answer into blocks while it grows: runs of prose, fenced code, tables.

Pure Python. Everything but the last block is final; `Segmenter.feed` costs what the new text costs. Fed in any
pieces, the text ends in the same blocks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

PIECE = 1200  # characters of prose after which the next list item or line starts a new piece
PIECE_MAX = 4000  # a piece never grows beyond this, whatever its structure
LINE = 1600  # a longer line is cut
RUN = 6000  # characters of prose in one view
COLUMNS = 32
NESTING = 8

_FENCE = re.compile(r"^([ \t]*)(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)?(`{3,}|~{3,})[ \t]*([^`\n]*)$")
_ITEM = re.compile(r"^ {0,3}(?:([-*+])|(\d{1,9})[.)])(?:[ \t]|$)")
_HEADING = re.compile(r"^ {0,3}#{1,6}(?:[ \t]|$)")
_RULE = re.compile(r"^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_DASHES = re.compile(r"^:?-+:?$")
_MARKUP_ONLY = re.compile(r"^[ \t]*(?:[-=*_+#>|`~ \t]+|\d{1,9}[.)]?)$")
_DROPPED = dict.fromkeys([*range(0x20), 0x7F, *range(0x80, 0xA0), 0xFEFF])
_CLEAN = {**_DROPPED, 0x09: "\t", 0x0A: "\n", 0x2028: "\n", 0x2029: "\n", 0xFFFC: "\ufffd"}
_CLEAN |= dict.fromkeys([0xFDD0, 0xFDD1, 0xE0F3, 0xE0F4, *range(0xD800, 0xE000)], "\ufffd")
_PLAIN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ue0f3\ue0f4\ufdd0\ufdd1\ufeff\ufffc]")


def clean(text: str) -> str:
    """Without characters that have no picture or a meaning of their own inside Qt's documents."""
    return text.translate(_CLEAN) if _PLAIN.search(text) else text


@dataclass(frozen=True)
class Piece:
    """A part of a prose run that is laid out on its own. `joined`: goes on in the paragraph before it.
    `number`: its first list number, where the list began in an earlier piece. `tail`: still growing."""

    text: str
    joined: bool = False
    number: int | None = None
    tail: bool = False
    plain: bool = False


@dataclass
class Block:
    closed: bool = False


@dataclass
class Prose(Block):
    pieces: list[Piece] = field(default_factory=list)
    tail: Piece | None = None
    size: int = 0


@dataclass
class Code(Block):
    language: str = ""
    text: str = ""


@dataclass
class Table(Block):
    """`align` per column: left, right, center or empty."""

    head: tuple[str, ...] = ()
    align: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = field(default_factory=list)


def cells(line: str) -> tuple[str, ...]:
    """The cells of a table row."""
    text = line.strip()
    text = text[1:] if text.startswith("|") else text
    parts = [part.replace("\\|", "|").strip() for part in re.split(r"(?<!\\)\|", text)]
    if len(parts) > 1 and not parts[-1]:
        parts.pop()
    return tuple(parts[:COLUMNS])


def alignment(line: str) -> tuple[str, ...] | None:
    """The columns' alignment if the line is the one under a table's head."""
    if "|" not in line or "-" not in line or not set(line) <= set(" |:-\t"):
        return None
    parts = cells(line)
    if not parts or not all(_DASHES.match(part) for part in parts):
        return None
    return tuple({"::": "center", ":": "left"}.get(_edges(part), "right" if part[-1] == ":" else "") for part in parts)


def _edges(part: str) -> str:
    if part[0] != ":":
        return ""
    return "::" if len(part) > 1 and part[-1] == ":" else ":"


def _lead(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def cut_point(line: str) -> int:
    """Where to cut a line longer than `LINE`: after a sentence, else a space, else anywhere."""
    for marks in ("。！？；\u201d", ".!?;", "，、, "):
        place = max(line.rfind(mark, LINE // 2, LINE) for mark in marks)
        if place > 0:
            return place + 1
    return LINE


def plain_pieces(text: str) -> list[Prose]:
    """A text exactly as typed, in parts that can be laid out one by one."""
    blocks: list[Prose] = []
    lines = [line[at : at + 4000] for line in clean(text).split("\n") for at in range(0, len(line) or 1, 4000)]
    part: list[str] = []
    size = 0
    for line in lines:
        part.append(line)
        size += len(line) + 1
        if size > 4000:
            blocks.append(Prose(True, [Piece("\n".join(part), plain=True)]))
            part, size = [], 0
    if part:
        blocks.append(Prose(True, [Piece("\n".join(part), plain=True)]))
    return blocks


class Segmenter:
    """`blocks` after each `feed`: all closed but the last."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._pending = ""
        self._lines: list[str] = []
        self._size = 0
        self._blank = False
        self._listing = False
        self._joined = False
        self._number: int | None = None
        self._items = 0
        self._start: int | None = None
        self._fence = ("", 0)
        self._dedent = 0
        self._indent = 0

    def feed(self, text: str) -> None:
        lines = (self._pending + clean(text)).split("\n")
        self._pending = lines.pop()
        for line in lines:
            self._long_line(line, ended=True)
        self._long_line(self._pending, ended=False)
        self._show_tail()

    def finish(self) -> None:
        """No more text follows."""
        if self._pending:
            line, self._pending = self._pending, ""
            self._line(line)
        self._close_piece()
        self._close()

    # lines

    def _long_line(self, line: str, ended: bool) -> None:
        cut = False
        while len(line) > LINE and not isinstance(self._last(), Code | Table) and not _FENCE.match(line[:LINE]):
            at = cut_point(line)
            self._line(line[:at])
            self._cut(joined=True)
            line, cut = line[at:], True
        if ended:
            if line or not cut:
                self._line(line)
        else:
            self._pending = line

    def _last(self) -> Block | None:
        return self.blocks[-1] if self.blocks and not self.blocks[-1].closed else None

    def _line(self, line: str) -> None:
        block = self._last()
        if isinstance(block, Code):
            self._code_line(block, line)
        elif isinstance(block, Table) and "|" in line and not _FENCE.match(line):
            row = cells(line)[: len(block.head)]
            block.rows.append(row + ("",) * (len(block.head) - len(row)))
        else:
            if isinstance(block, Table):
                self._close()
                if len(line) > LINE:
                    self._long_line(line, ended=True)
                    return
            self._prose_line(line)

    def _code_line(self, block: Code, line: str) -> None:
        fence, indent = self._fence
        bare = line.strip()
        if len(bare) >= len(fence) and bare == fence[0] * len(bare):
            block.closed = True
            return
        lead = _lead(line)
        block.text += line[min(lead, indent) :] + "\n"

    def _prose_line(self, line: str) -> None:
        if self._dedent and line.strip():
            lead = _lead(line)
            line = line[min(lead, self._dedent) :]
            self._dedent = self._dedent if lead >= self._dedent else 0
        fence = _FENCE.match(line)
        if fence:
            self._open_code(line, fence)
            return
        if not line.strip():
            self._blank = True
            if not self._listing:
                self._cut()
            elif self._lines:
                self._lines.append("")
            return
        align = alignment(line)
        if align and self._lines and self._open_table(align):
            return
        item = self._top_item(line)
        alone = bool(_HEADING.match(line) or (_RULE.match(line) and (self._blank or not self._lines)))
        indented = line.startswith((" ", "\t"))
        if (
            alone
            or (self._listing and self._blank and not item and not indented)
            or (item and self._listing and bool(item[2]) != (self._start is not None))
        ):
            self._cut()
        elif item and self._size > PIECE:
            self._cut(number=self._next_number())
        elif (self._size > PIECE and not self._listing) or self._size > PIECE_MAX:
            self._cut(joined=True)
        self._blank = False
        if item:
            self._count(item)
        self._lines.append(line)
        self._size += len(line) + 1
        if alone:
            self._cut()

    def _top_item(self, line: str) -> re.Match[str] | None:
        """The match if the line begins an item of the list being written or a new list, not of a list inside."""
        item = _ITEM.match(line)
        if not item or _RULE.match(line) or (self._listing and _lead(line) > self._indent + 1):
            return None
        return item

    def _count(self, item: re.Match[str]) -> None:
        if not self._listing:
            self._start = int(item[2]) if item[2] else None
            self._items = 0
            self._indent = _lead(item[0])
        self._listing = True
        self._items += 1

    def _next_number(self) -> int | None:
        return self._start + self._items if self._listing and self._start is not None else None

    # blocks

    def _cut(self, joined: bool = False, number: int | None = None) -> None:
        """End the piece being written; the next one begins with these marks."""
        self._close_piece()
        if not joined and number is None:
            self._listing = False
        self._joined, self._number, self._blank = joined, number, False
        if number is not None:
            self._start, self._items = number, 0

    def _close_piece(self) -> None:
        while self._lines and not self._lines[-1].strip():
            self._lines.pop()
        if not self._lines:
            return
        prose = self._prose()
        if prose.size > RUN and not self._joined:
            self._close()
            prose = self._prose()
        piece = self._piece(self._lines)
        prose.pieces.append(piece)
        prose.size += len(piece.text)
        prose.tail = None
        self._lines, self._size = [], 0
        self._joined, self._number = False, None

    def _piece(self, lines: list[str], tail: bool = False) -> Piece:
        return Piece("\n".join(lines), self._joined, self._number, tail)

    def _prose(self) -> Prose:
        block = self._last()
        if not isinstance(block, Prose):
            block = Prose()
            self.blocks.append(block)
        return block

    def _close(self) -> None:
        block = self._last()
        if isinstance(block, Prose):
            block.tail = None
            if not block.pieces:
                self.blocks.pop()
        if block:
            block.closed = True

    def _open_code(self, line: str, fence: re.Match[str]) -> None:
        lead = line[: fence.start(2)]
        if lead.strip():
            self._lines.append(lead.rstrip())
        self._cut()
        self._close()
        words = fence[3].strip().split()
        self._fence = (fence[2], len(lead))
        self._dedent = len(lead)
        self.blocks.append(Code(language=words[0][:40].strip("{}.") if words else ""))

    def _open_table(self, align: tuple[str, ...]) -> bool:
        head = self._lines[-1]
        columns = cells(head)
        if "|" not in head or len(columns) != len(align) or head.lstrip().startswith(">") or _ITEM.match(head):
            return False
        self._lines.pop()
        self._cut()
        self._close()
        self.blocks.append(Table(head=columns, align=align))
        return True

    # what is not yet decided

    def _show_tail(self) -> None:
        block = self._last()
        if isinstance(block, Code | Table):
            return
        shown = [*self._lines]
        if self._pending.strip() and not _MARKUP_ONLY.match(self._pending) and not self._maybe_block(self._pending):
            shown.append(self._pending)
        elif shown and shown[-1].lstrip().startswith("|"):
            shown.pop()
        while shown and not shown[-1].strip():
            shown.pop()
        if not shown:
            if isinstance(block, Prose):
                block.tail = None
            return
        self._prose().tail = self._piece(shown, tail=True)

    @staticmethod
    def _maybe_block(line: str) -> bool:
        return line.lstrip().startswith(("```", "~~~", "|"))

    @property
    def code_tail(self) -> str:
        """The unfinished line of an open code block, once it cannot be its closing fence."""
        block = self._last()
        if not isinstance(block, Code) or not self._pending.strip() or self._pending.strip()[0] in "`~":
            return ""
        lead = _lead(self._pending)
        return self._pending[min(lead, self._fence[1]) :]
