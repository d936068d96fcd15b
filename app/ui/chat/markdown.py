"""Markdown of one prose piece as plain paragraphs and runs: Qt parses, this repairs before and reads after.

What CommonMark gets wrong for a chat in Chinese is mended in the text first: bold beside Chinese punctuation, line
breaks, formulas, identifiers with underscores. Nothing is ever loaded: images become their description.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from PySide6.QtGui import QFont, QTextBlock, QTextBlockFormat, QTextDocument, QTextFormat, QTextListFormat

from app.ui.chat.streaming import NESTING, Piece

# Both are private characters that `clean` keeps out of every text.
MARK = "\ue0f3"  # an invisible letter that lets emphasis open or close beside punctuation
BREAK = "\ue0f4"  # a single line break: the reader would make a space of it
LINE_BREAK = "\u2028"
_SKIP = re.compile(
    r"(?P<code>(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\2(?!`))"
    r"|(?P<math>\$\$[^$\n]+\$\$|(?<![\\$\w])\$(?! )[^$\n]*?[^$\s\\]\$(?!\d))"
    r"|(?P<escape>\\[()\[\]])"
    r"|(?P<dunder>(?<![\w\\])__\w+__(?!\w))"
    r"|(?P<link>(?<!\]\()(?<![\[<])https?://[^\s<>*`\"')\]\u2e80-\uffff“”]+)",
    re.ASCII,
)
_STARS = re.compile(r"(?<![\\*])\*{2,3}(?!\*)")
_TIMES = re.compile(r"(?<=[A-Za-z0-9)\]])\*(?=[A-Za-z0-9(\[])")  # 2*3: a product, not emphasis
_TICKS = re.compile(r"`+")
_LEAD = re.compile(r"^((?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])))*)([ \t]*)")
_LEAD_UNIT = re.compile(r"[ \t]*(?:>|[-*+]|\d{1,9}[.)])")
_NUMBER = re.compile(r"^( {0,3})\d{1,9}(?=[.)])")
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$&:@/])")
_BROKEN_LINK = re.compile(r"!?\[([^\[\]\n]*)\]?\([^()\s]*$")
_MARKS_ONLY = re.compile(r"^[ \t>]*[-=*_|:`~# \t]+$")
_BREAKS = re.compile(f" *{BREAK} *")
_ALLOWED = ("http://", "https://")

FEATURES = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
QUOTE, FENCE = QTextFormat.Property.BlockQuoteLevel, QTextFormat.Property.BlockCodeFence
RULE = QTextFormat.Property.BlockTrailingHorizontalRulerWidth
NUMBERED = {
    QTextListFormat.Style.ListDecimal,
    QTextListFormat.Style.ListLowerAlpha,
    QTextListFormat.Style.ListUpperAlpha,
    QTextListFormat.Style.ListLowerRoman,
    QTextListFormat.Style.ListUpperRoman,
}


@dataclass(frozen=True)
class Run:
    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    href: str = ""


@dataclass(frozen=True)
class Paragraph:
    """`kind`: text, h1, h2, h3, code, rule. `marker`: dot, todo, done, a number with its full stop, or empty."""

    kind: str
    runs: tuple[Run, ...]
    indent: int = 0
    marker: str = ""
    quote: int = 0
    joined: bool = False

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


def parse(piece: Piece) -> list[Paragraph]:
    """The paragraphs of a piece of prose."""
    if piece.plain:
        return [Paragraph("text", (Run(line),), joined=True) for line in piece.text.split("\n")]
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setMarkdown(prepare(piece), FEATURES)
    found: list[Paragraph] = []
    block = document.begin()
    while block.isValid():
        paragraph = _paragraph(block)
        if paragraph.kind == "rule" or paragraph.runs or paragraph.marker:
            found.append(paragraph)
        block = block.next()
    if piece.joined and found:
        found[0] = replace(found[0], joined=True)
    return found


def parse_cell(text: str) -> tuple[Run, ...]:
    """The runs of one table cell."""
    if not _SPECIAL.search(text):
        return (Run(text),) if text else ()
    lead = MARK if re.match(r"[-+*>#\d|=~:]", text) else ""
    found = parse(Piece(lead + text.replace("\n", " ")))
    runs = tuple(run for paragraph in found for run in paragraph.runs)
    return runs


def prepare(piece: Piece) -> str:
    """The text as it is handed to Qt's Markdown reader."""
    text = piece.text
    if piece.number is not None:
        text = _NUMBER.sub(lambda m: f"{m[1]}{piece.number}", text, count=1)
    if piece.tail:
        text = complete(text)
    text = repair(text)
    return "\n".join(_line(line) for line in text.split("\n"))


def repair(text: str) -> str:
    """Mend emphasis, formulas and identifiers outside inline code."""
    parts: list[str] = []
    position = 0
    for match in _SKIP.finditer(text):
        parts.append(text[position : match.start()])
        parts.append(_kept(match))
        position = match.end()
    parts.append(text[position:])
    # even parts are text, odd ones are left alone; flanking looks across the border
    for index in range(0, len(parts), 2):
        before = parts[index - 1][-1:] if index else ""
        after = parts[index + 1][:1] if index + 1 < len(parts) else ""
        parts[index] = _mark_stars(before, parts[index], after)
    return "".join(parts)


def _kept(match: re.Match[str]) -> str:
    text = str(match[0])
    if match["math"] or match["escape"]:
        return str(_SPECIAL.sub(r"\\\1", text))
    if match["link"]:
        return f"<{text}>"
    if match["dunder"]:
        return text.replace("_", "\\_")
    return text


def _mark_stars(before: str, text: str, after: str) -> str:
    """Put `MARK` between `**` and punctuation where a Chinese character on the other side would forbid emphasis."""
    text = _TIMES.sub(r"\\*", text)
    if "**" not in text:
        return text
    whole = before + text + after
    shift = len(before)

    def fix(match: re.Match[str]) -> str:
        left = whole[match.start() + shift - 1 : match.start() + shift]
        right = whole[match.end() + shift : match.end() + shift + 1]
        if _closes(left, right):
            return MARK + match[0]
        if _closes(right, left):
            return match[0] + MARK
        return match[0]

    return _STARS.sub(fix, text)


def _closes(inner: str, outer: str) -> bool:
    """Emphasis ends with `inner`, `outer` follows at once, and CommonMark would not see it."""
    if not inner or not outer or inner.isspace() or outer.isspace() or inner == MARK:
        return False
    if not _punctuation(inner) or _punctuation(outer):
        return False
    return _chinese(outer) or _chinese(inner)


def _punctuation(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"


def _chinese(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF" or char in "“”‘’…—·"


def complete(text: str) -> str:
    """Close what the last paragraph of a growing text leaves open, so that marks do not flicker."""
    start = text.rfind("\n\n") + 1
    head, last = text[:start], text[start:]
    open_ticks = ""
    for ticks in _TICKS.findall(last):
        open_ticks = "" if ticks == open_ticks else open_ticks or ticks
    if open_ticks:
        place = last.rfind(open_ticks)
        return text + open_ticks if last[place + len(open_ticks) :].strip("` \n") else head + last[:place]
    stars: list[str] = _STARS.findall(_SKIP.sub("", last))
    if len(stars) % 2:
        body = last.rstrip()
        if body.endswith("*"):  # an opening without words yet, or half of a closing
            body = body.rstrip("*")
            if not len(_STARS.findall(_SKIP.sub("", body))) % 2:
                return head + body
        return head + body.removesuffix("\\") + stars[-1]
    if last.endswith("*"):
        return head + (last if stars and last.endswith(stars[-1]) else last.rstrip("*"))
    return head + _BROKEN_LINK.sub(r"\1", last)


def _line(line: str) -> str:
    """Keep single line breaks, and bound how deep quotes and lists may go."""
    if not line.strip():
        return ""
    match = _LEAD.match(line)
    if match and len(match[0]) > 16:
        units = [unit[-4 * NESTING :] for unit in _LEAD_UNIT.findall(match[1])[:NESTING]]
        line = "".join(units) + match[2][: 4 * NESTING] + line[match.end() :]
    # the space keeps marks at the end of the line able to close
    return line if _MARKS_ONLY.match(line) else f"{line} {BREAK}"


def _paragraph(block: QTextBlock) -> Paragraph:
    shape = block.blockFormat()
    kind = "text"
    if shape.hasProperty(RULE):
        kind = "rule"
    elif shape.headingLevel():
        kind = f"h{min(shape.headingLevel(), 3)}"
    elif shape.hasProperty(FENCE) or shape.nonBreakableLines():
        kind = "code"
    indent, marker = shape.indent(), ""
    listing = block.textList()
    if listing is not None:
        form = listing.format()
        indent = form.indent()
        if shape.marker() != QTextBlockFormat.MarkerType.NoMarker:
            marker = "done" if shape.marker() == QTextBlockFormat.MarkerType.Checked else "todo"
        elif form.style() in NUMBERED:
            marker = f"{form.start() + listing.itemNumber(block)}."
        else:
            marker = "dot"
    quote = shape.intProperty(QUOTE)
    return Paragraph(kind, _runs(block, kind == "code"), min(indent, NESTING), marker, min(quote, NESTING))


def _runs(block: QTextBlock, code: bool) -> tuple[Run, ...]:
    runs: list[Run] = []
    walk = block.begin()
    while not walk.atEnd():
        fragment = walk.fragment()
        form = fragment.charFormat()
        text = _BREAKS.sub(LINE_BREAK, fragment.text().replace(MARK, ""))
        href = form.anchorHref() if form.isAnchor() else ""
        if form.isImageFormat():
            image = form.toImageFormat()
            text, href = image.property(QTextFormat.Property.ImageAltText) or image.name(), image.name()
        run = Run(
            text,
            bold=form.fontWeight() >= QFont.Weight.DemiBold and not block.blockFormat().headingLevel(),
            italic=form.fontItalic(),
            strike=form.fontStrikeOut(),
            code=form.fontFixedPitch() and not code,
            href=href if href.startswith(_ALLOWED) else "",
        )
        if text and runs and replace(runs[-1], text="") == replace(run, text=""):
            runs[-1] = replace(run, text=runs[-1].text + text)
        elif text:
            runs.append(run)
        walk += 1
    if runs:
        runs[-1] = replace(runs[-1], text=runs[-1].text.rstrip(LINE_BREAK + " "))
    return tuple(run for run in runs if run.text)
