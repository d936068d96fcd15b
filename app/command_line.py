"""argparse in the user's language: what it writes by itself in a help text is English otherwise."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from functools import partial
from typing import Any

from app.settings import QT_TRANSLATE_NOOP
from app.terminal import Terminal

USAGE_WORD = QT_TRANSLATE_NOOP("Cli", "usage: ")
ARGUMENTS = QT_TRANSLATE_NOOP("Cli", "positional arguments")
OPTIONS = QT_TRANSLATE_NOOP("Cli", "options")
HELP = QT_TRANSLATE_NOOP("Cli", "show this help message and exit")
VERSION = QT_TRANSLATE_NOOP("Cli", "show the program's version number and exit")


class Formatter(argparse.HelpFormatter):
    """Begins the usage line with the user's word for it."""

    def __init__(self, prog: str, *, usage_word: str, **sizes: Any) -> None:
        super().__init__(prog, **sizes)
        self._usage_word = usage_word

    def add_usage(
        self, usage: str | None, actions: Iterable[Any], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, self._usage_word if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """Its sub-commands' parsers are of the same kind and language."""

    terminal: Terminal

    def __init__(self, **facts: Any) -> None:
        text = self.terminal.text
        super().__init__(add_help=False, formatter_class=partial(Formatter, usage_word=text(USAGE_WORD)), **facts)
        self._positionals.title, self._optionals.title = text(ARGUMENTS), text(OPTIONS)
        self.add_argument("-h", "--help", action="help", help=text(HELP))


def parser_in(terminal: Terminal) -> type[Parser]:
    """`Parser` in the terminal's language."""
    return type("Parser", (Parser,), {"terminal": terminal})
