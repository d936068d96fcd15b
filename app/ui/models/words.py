"""Numbers, times and names of model kinds as people say them, in the interface's language."""

from __future__ import annotations

import re
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDate, QLocale

translate = QCoreApplication.translate

ARCHITECTURES = {"bloom": "BLOOM", "llama": "LLaMA"}
BILLION, MILLION = 1_000_000_000, 1_000_000
ROOM_CJK, ROOM_LATIN = 22, 48  # characters of a table row's second line
_CJK = re.compile(r"[\u4e00-\u9fff]")
_CLAUSE_END = re.compile(r"([，；。：]|[,;:.]\s+)")


def size(count: float) -> str:
    """Bytes: `4.0 GB`, `212 GB`, `11 MB`, `640 KB`."""
    if count >= 99.95 * BILLION:
        return f"{count / BILLION:.0f} GB"
    if count >= 0.1 * BILLION:
        return f"{count / BILLION:.1f} GB"
    return f"{count / MILLION:.0f} MB" if count >= MILLION else f"{max(1, round(count / 1000))} KB"


def rate(count: float) -> str:
    """Bytes a second: `3.2 MB/s`."""
    return f"{count / MILLION:.1f} MB/s" if count >= MILLION else f"{round(count / 1000)} KB/s"


def parameters(count: int) -> str:
    """`7B`, `1.3B`, `124M`; empty if unknown."""
    if count >= 0.95 * BILLION:
        rounded = f"{count / BILLION:.1f}".removesuffix(".0")
        return f"{round(count / BILLION)}B" if count >= 6 * BILLION else f"{rounded}B"
    return f"{max(1, round(count / MILLION))}M" if count else ""


def kind_of_model(architecture: str, count: int) -> str:
    """`LLaMA 7B`; empty if nothing is known."""
    name = ARCHITECTURES.get(architecture, architecture)
    return " ".join(part for part in (name, parameters(count)) if part)


def can_shrink(quantization: str) -> bool:
    """Whether there is a smaller type to convert to: not below four bits."""
    return bool(quantization) and not quantization.upper().startswith(("Q4", "Q3", "Q2", "Q1", "IQ", "TQ", "MXFP4"))


def duration(seconds: float) -> str:
    """`16 min`, `2 h 5 min`, `under a minute`."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return translate("Models", "under a minute")
    if minutes < 60:
        return translate("Models", "{minutes} min").format(minutes=minutes)
    hours, rest = divmod(minutes, 60)
    if rest == 0 or hours >= 10:
        return translate("Models", "{hours} h").format(hours=hours)
    return translate("Models", "{hours} h {minutes} min").format(hours=hours, minutes=rest)


def time_left(seconds: float) -> str:
    """`about 16 min left`."""
    if round(seconds / 60) < 1:
        return translate("Models", "under a minute left")
    return translate("Models", "about {time} left").format(time=duration(seconds))


def day(seconds: float, language: str) -> str:
    """A date: `3 Jun`, with the year if it is not this one. `seconds` since 1970."""
    when, now = datetime.fromtimestamp(seconds), datetime.now()
    form = translate("Models", "d MMM") if when.year == now.year else translate("Models", "d MMM yyyy")
    locale = QLocale(QLocale.Language.Chinese) if language.startswith("zh") else QLocale(QLocale.Language.English)
    return locale.toString(QDate(when.year, when.month, when.day), form)


def sentences(*parts: str) -> str:
    """One after the other; between Chinese ones there is no space."""
    text = ""
    for part in parts:
        gap = " " if text and part and text[-1] not in "。！？：；" else ""
        text += gap + part
    return text


def beginning(sentence: str) -> str:
    """As many whole clauses as a table row has room for, at least one; the stop at the end left out."""
    room = ROOM_CJK if _CJK.search(sentence) else ROOM_LATIN
    clauses = _CLAUSE_END.split(sentence.rstrip("。."))
    shown = clauses[0]
    for end, clause in zip(clauses[1::2], clauses[2::2], strict=True):
        if len(shown + end + clause) > room:
            break
        shown += end + clause
    return shown
