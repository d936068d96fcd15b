"""Words that users swap for one another, and polite words around questions, read from `words/`."""

from pathlib import Path

WORDS = Path(__file__).resolve().parent / "words"


def _rows(name: str) -> list[str]:
    """The lines of one file; spaces at their ends count."""
    return (WORDS / f"{name}.txt").read_text("utf-8").strip("\n").split("\n")


def synonym_groups(lang: str) -> list[list[str]]:
    """Groups of words that may stand for one another."""
    return [row.split("|") for row in _rows(f"synonyms-{lang}")]


def polite_words(lang: str) -> tuple[list[str], list[str]]:
    """What may stand before a question, and what may stand after it."""
    return _rows(f"polite-{lang}-before"), _rows(f"polite-{lang}-after")
