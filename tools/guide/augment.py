"""Rewriting a question the way users vary it: synonyms, politeness, case, spacing, typos, dropped words."""

import random
import re

from synonyms import polite_words, synonym_groups

LATIN_AFTER_HAN = re.compile(r"(?<=[\u4e00-\u9fff])\s*(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])\s*(?=[\u4e00-\u9fff])")
PUNCTUATION = re.compile(r"[?!.,;:，。？！；：、…\"'“”‘’()（）]+")
ZH_TOKEN = re.compile(r"[A-Za-z0-9_.+,-]+|\s+|.")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Synonyms:
    """Finds the known words of one language in a text and swaps some of them for others of their group."""

    def __init__(self, groups: list[list[str]], whole_words: bool) -> None:
        self.groups_of: dict[str, list[list[str]]] = {}
        for group in groups:
            for word in group:
                self.groups_of.setdefault(word.lower(), []).append(group)
        words = sorted(self.groups_of, key=len, reverse=True)
        body = "|".join(re.escape(word) for word in words)
        self.pattern = re.compile(rf"\b(?:{body})\b" if whole_words else body, re.IGNORECASE)

    def swap(self, text: str, rng: random.Random, rate: float) -> str:
        """`text` with each known word replaced with probability `rate`."""

        def other(match: re.Match[str]) -> str:
            if rng.random() >= rate:
                return match.group()
            return rng.choice(rng.choice(self.groups_of[match.group().lower()]))

        return self.pattern.sub(other, text)


SYNONYMS = {lang: Synonyms(synonym_groups(lang), whole_words=lang == "en") for lang in ("zh", "en")}
POLITE = {lang: polite_words(lang) for lang in ("zh", "en")}


def split_words(text: str, lang: str) -> list[str]:
    """Pieces of `text` that joined again give `text`: words with their space (en), characters and Latin runs (zh)."""
    return ZH_TOKEN.findall(text) if lang == "zh" else re.findall(r"\s*\S+", text)


def _drop(text: str, lang: str, rng: random.Random, rate: float) -> str:
    pieces = split_words(text, lang)
    kept = [piece for piece in pieces if rng.random() >= rate]
    return "".join(kept) if len(kept) >= max(3, len(pieces) * 0.6) else text


def _typo(text: str, rng: random.Random) -> str:
    if len(text) < 7:
        return text
    at = rng.randrange(len(text) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    return text[:at] + rng.choice(LETTERS) + text[at + 1 :] if text[at].isascii() else text


def _polite(text: str, lang: str, rng: random.Random) -> str:
    prefixes, suffixes = POLITE[lang]
    where = rng.random()
    if where < 0.65:
        text = rng.choice(prefixes) + (text if lang == "zh" or rng.random() < 0.3 else text[:1].lower() + text[1:])
    if where > 0.4:
        text = text.rstrip("?？.。!！") + rng.choice(suffixes)
    return text


def _crop(text: str, lang: str, rng: random.Random) -> str:
    pieces = split_words(text, lang)
    if len(pieces) < (8 if lang == "zh" else 5):
        return text
    cut = rng.randrange(1, max(2, len(pieces) // 3))
    return "".join(pieces[cut:] if rng.random() < 0.5 else pieces[:-cut])


def mix(first: str, second: str, lang: str, rng: random.Random) -> str:
    """Two questions of one topic in one: both in a row, or half of one after half of the other."""
    if rng.random() < 0.5:
        first, second = _crop(first, lang, rng), _crop(second, lang, rng)
    first = first.rstrip("?？.。!！")
    joint = rng.choice(["，", "，", "？", " ", "。"] if lang == "zh" else [", ", ", ", "? ", " ", " and ", ". ", " - "])
    return first + joint + second


def rewrite(text: str, lang: str, rng: random.Random, synonyms: bool = True) -> str:
    """One random variant of a question; about one in six stays as it is."""
    if rng.random() < 0.16:
        return text
    if synonyms and rng.random() < 0.6:
        text = SYNONYMS[lang].swap(text, rng, rng.choice([0.25, 0.6]))
    if rng.random() < 0.1:
        text = _crop(text, lang, rng)
    if rng.random() < 0.3:
        text = _polite(text, lang, rng)
    if rng.random() < 0.3:
        text = _drop(text, lang, rng, rng.choice([0.08, 0.15, 0.25]))
    if rng.random() < 0.12:
        text = _typo(text, rng)
    if rng.random() < 0.4:
        text = PUNCTUATION.sub(lambda m: m.group() if m.end() < len(text) else "", text)
    elif rng.random() < 0.3:
        text = text.rstrip("?？.。!！") + ("？" if lang == "zh" else "?")
    if rng.random() < 0.5:
        space = rng.choice(["", " "])
        text = LATIN_AFTER_HAN.sub(space, text)
    case = rng.random()
    if case < 0.3:
        text = text.lower()
    elif case < 0.33:
        text = text.upper()
    elif case < 0.5:
        text = text[:1].upper() + text[1:]
    return text.strip()
