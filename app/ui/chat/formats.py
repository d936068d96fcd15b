"""Character formats and line measures of the transcript, cached per look."""

from __future__ import annotations

import functools
import math
import unicodedata
from dataclasses import dataclass

from PySide6.QtGui import QBrush, QFont, QFontMetricsF, QTextCharFormat

from app.ui.chat.markdown import Run
from app.ui.theme import ROLES, SEMIBOLD, theme

REACH = 5  # inline code's box reaches this far beyond its text


@dataclass(frozen=True)
class Line:
    """Of a type role: height of a line, its baseline, and how much lower Qt would set it."""

    height: float
    baseline: float
    low: float


@functools.lru_cache(maxsize=64)
def _line(role: str, mode: str, factor: float, language: str) -> Line:
    metrics = QFontMetricsF(theme().font(role))
    height = theme().line(role)
    above, below = round(metrics.ascent()), round(metrics.descent())
    baseline = math.floor((height - above - below) / 2) + above
    return Line(height, baseline, height * 0.8 - baseline)


def line_of(role: str) -> Line:
    current = theme()
    return _line(role, current.mode, current.factor, current.language)


@functools.lru_cache(maxsize=512)
def _char(
    role: str, token: str, style: tuple[bool, ...], room: bool, mode: str, factor: float, language: str
) -> QTextCharFormat:
    bold, italic, strike, code, link = style
    look = theme()
    font = look.font("code") if code else look.font(role)
    if bold or ROLES[role].weight == SEMIBOLD:
        font.setWeight(SEMIBOLD)
    font.setItalic(italic)
    font.setStrikeOut(strike)
    font.setUnderline(link)
    if room:
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, look.px(REACH))
    form = QTextCharFormat()
    form.setFont(font)
    form.setForeground(QBrush(look.color(token)))
    return form


def char_format(run: Run, role: str = "reading", token: str = "text-1", room: bool = False) -> QTextCharFormat:
    """How a run is drawn. `room`: with space after it, beside inline code."""
    colour = "accent-text" if run.href else "code-text" if run.code else token
    current = theme()
    style = (run.bold, run.italic, run.strike, run.code, bool(run.href))
    form = _char(role, colour, style, room, current.mode, current.factor, current.language)
    if run.href:
        form = QTextCharFormat(form)
        form.setAnchor(True)
        form.setAnchorHref(run.href)
    return form


def split_runs(runs: tuple[Run, ...]) -> list[tuple[Run, bool]]:
    """The runs with the characters beside inline code on their own (True: needs room after it)."""
    found: list[tuple[Run, bool]] = []
    for index, run in enumerate(runs):
        follows = index + 1 < len(runs) and runs[index + 1].code
        for part in upright(run):
            found.append((part, False))
        if run.code or follows:
            last = found.pop()[0]
            cut = 1 if len(last.text) < 2 or not _joins(last.text[-1]) else 2
            if last.text[:-cut]:
                found.append((with_text(last, last.text[:-cut]), False))
            found.append((with_text(last, last.text[-cut:]), True))
    return found


def _joins(char: str) -> bool:
    return unicodedata.combining(char) != 0 or char in "\u200d\ufe0f"


def upright(run: Run) -> list[Run]:
    """Italic is for Latin only: the Chinese parts of an italic run stand upright."""
    if not run.italic:
        return [run]
    parts: list[Run] = []
    for char in run.text:
        latin = ord(char) < 0x2E80
        if parts and parts[-1].italic == latin:
            parts[-1] = with_text(parts[-1], parts[-1].text + char)
        else:
            parts.append(Run(char, run.bold, latin, run.strike, run.code, run.href))
    return parts


def with_text(run: Run, text: str) -> Run:
    return Run(text, run.bold, run.italic, run.strike, run.code, run.href)
