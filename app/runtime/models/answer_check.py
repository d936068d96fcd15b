"""Is the answer to the trial question one that a healthy model gives? Caught here: a model that only repeats itself,
letters that were decoded wrongly, and no Chinese at all. A strange answer is told; it does not undo the install."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from app.errors import Fixable

QUESTION = "请用两句话介绍一下北京。"
SHOWN = 60  # characters of the answer in a message

LONGEST_UNIT = 80  # characters of what may be repeated
TIMES = 4  # that a unit stands in a row, at least, in a loop
LOOP = 24  # characters of a loop, at least: people too write 哈哈哈哈 and draw lines
GRAM = 4
ENOUGH_GRAMS = 60  # below, a share of them says nothing
LOWEST_VARIETY = 0.35  # of different ones among all: people's texts have more than 0.8
LOWEST_CHINESE = 0.3  # share of the letters: names and terms in other letters are usual

_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_NOT_COUNTED = re.compile(r"[\W\d_]+")
_BYTE_TOKENS = re.compile(r"(?:<0x[0-9A-Fa-f]{2}>){2,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")
_WRONGLY_DECODED = ("锟斤拷", "烫烫烫", "屯屯屯")
_LATIN_RUN = re.compile(r"[\u0080-\u024f\u02c6-\u02dc\u2010-\u203a\u20ac\u2122]{3,}")
_CHINESE_RUN = re.compile(r"[\u3400-\u9fff\ue000-\uf8ff]{6,}")


def check_answer(answer: str) -> Fixable | None:
    """What is strange about `answer` to the Chinese question, the gravest first; None if nothing is.

    `answer-empty`, `answer-mojibake`, `answer-repeats` (`unit`), `answer-not-chinese`, each with the `answer`'s
    beginning."""
    text = answer.strip()
    begin = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    if not _NOT_COUNTED.sub("", text):
        return Fixable("answer-empty")
    if _is_mojibake(text):
        return Fixable("answer-mojibake", answer=begin)
    unit = repeated_unit(text)
    if unit:
        return Fixable("answer-repeats", answer=begin, unit=unit[:SHOWN])
    if _chinese_share(text) < LOWEST_CHINESE:
        return Fixable("answer-not-chinese", answer=begin)
    return None


def repeated_unit(text: str) -> str:
    """What `text` repeats without end, "" if it does not: a piece many times in a row, or the same few words again and
    again with little between them (`1. 北京 2. 北京 3. 北京`)."""
    for length in range(1, min(LONGEST_UNIT, len(text) // TIMES) + 1):
        run = 0
        for at in range(length, len(text)):
            run = run + 1 if text[at] == text[at - length] else 0
            if run + length >= max(LOOP, TIMES * length):
                return text[at - length + 1 : at + 1].strip() or text[at]
    words = _NOT_COUNTED.sub("", text)
    grams = [words[at : at + GRAM] for at in range(len(words) - GRAM + 1)]
    if len(grams) >= ENOUGH_GRAMS and len(set(grams)) < LOWEST_VARIETY * len(grams):
        return max(set(grams), key=lambda gram: (grams.count(gram), gram))
    return ""


def _chinese_share(text: str) -> float:
    letters = _NOT_COUNTED.sub("", text)
    return len(_CHINESE.findall(letters)) / len(letters)


def _is_mojibake(text: str) -> bool:
    """Bytes shown as such, replacement and control characters, or UTF-8 read as if it were another encoding."""
    if _BYTE_TOKENS.search(text) or _CONTROL.search(text) or any(one in text for one in _WRONGLY_DECODED):
        return True
    return any(_wins(undone) for run in _LATIN_RUN.findall(text) for undone in _from_latin(run)) or any(
        _from_chinese(run) for run in _CHINESE_RUN.findall(text)
    )


def _wins(undone: str) -> bool:
    return len(_CHINESE.findall(undone)) > undone.count("\ufffd")


def _from_latin(run: str) -> Iterator[str]:
    """What a run of Western letters is if they are bytes of UTF-8, with replacement characters where they are not."""
    tables = (_latin_bytes(), _tokenizer_bytes())
    for table in tables:
        data = bytes(table[letter] for letter in run if letter in table)
        yield data.lstrip(bytes(range(0x80, 0xC0))).decode("utf-8", "replace")


def _from_chinese(run: str) -> bool:
    """Whether a run of rare Chinese letters is UTF-8 read as GBK. True text all but never is."""
    data = run.encode("gb18030")
    data = data.lstrip(bytes(range(0x80, 0xC0)))
    for cut in range(min(3, len(data))):
        try:
            return len(_CHINESE.findall(data[: len(data) - cut].decode("utf-8"))) > 1
        except UnicodeDecodeError:
            continue
    return False


@cache
def _latin_bytes() -> dict[str, int]:
    """Letters of Latin-1 and of Windows' Western code page."""
    table = {chr(byte): byte for byte in range(0x80, 0x100)}
    for byte in range(0x80, 0xA0):
        letter = bytes([byte]).decode("cp1252", "ignore")
        table |= {letter: byte} if letter else {}
    return table


@cache
def _tokenizer_bytes() -> dict[str, int]:
    """The alphabet in which GPT-2's tokenizers, and BLOOM's, write bytes: those that no letter stands for come from
    U+0100 on."""
    hidden = [*range(0x21), *range(0x7F, 0xA1), 0xAD]
    table = {chr(byte): byte for byte in range(0x100) if byte not in hidden}
    return table | {chr(0x100 + number): byte for number, byte in enumerate(hidden)}
