"""What happens to text before it is stored: characters that no file can hold, and titles."""

from __future__ import annotations

import unicodedata

TITLE_LENGTH = 30
_SHORTEST_CUT = 12
_SHORTEST_SENTENCE = 6
_SENTENCE_ENDS = "。！？；!?;…"
_TRAILING = " \t,.;:!?、，。；：！？…-—(（「『《“‘"
_JOINER = "\u200d"


def storable(text: str) -> str:
    """`text` with lone surrogates (a clipboard can hold them, UTF-8 cannot) as �; everything else unchanged."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def title_from(text: str) -> str:
    """The first line that says something, at most `TITLE_LENGTH` characters, cut between words."""
    for line in text.splitlines():
        shown = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in line)
        shown = " ".join(shown.split()).lstrip("#>*- ")
        if shown:
            return shown if len(shown) <= TITLE_LENGTH else _cut(shown)
    return ""


def _cut(line: str) -> str:
    """A whole sentence if one fits, else as many words as fit; Chinese is cut anywhere between characters."""
    for end in range(TITLE_LENGTH, _SHORTEST_SENTENCE, -1):
        if line[end - 1] in _SENTENCE_ENDS:
            return line[:end].rstrip(_TRAILING) + _closing(line[end - 1])
    room = TITLE_LENGTH - 1
    end = room
    if not _may_cut(line, room):
        end = next((i for i in range(room, _SHORTEST_CUT, -1) if _may_cut(line, i)), room)
    while end > 1 and _joined(line, end):
        end -= 1
    return line[:end].rstrip(_TRAILING) + "…"


def _closing(mark: str) -> str:
    """A question stays one; other ends are dropped, as titles have none."""
    return mark if mark in "？?" else ""


def _may_cut(line: str, at: int) -> bool:
    """True unless `at` lies inside a word of an alphabet."""
    before, after = line[at - 1], line[at]
    return not (_in_word(before) and _in_word(after))


def _in_word(character: str) -> bool:
    return character.isalnum() and unicodedata.east_asian_width(character) not in ("W", "F")


def _joined(line: str, at: int) -> bool:
    """True if the character at `at` belongs to the one before it (accent, emoji part, skin tone)."""
    after = line[at]
    return (
        line[at - 1] == _JOINER
        or after == _JOINER
        or unicodedata.category(after) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )
