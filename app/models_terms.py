"""What is said of licence and terms before an install, and `chatbelle models terms`, which prints them in full."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from app.errors import Fixable
from app.models_terminal import add_command, plain, say
from app.progress_bar import say_json
from app.runtime.models.catalogue import HUB, load
from app.runtime.models.installs import InstallPlan
from app.runtime.models.licences import licences_of
from app.settings import QT_TRANSLATE_NOOP
from app.terminal import DONE, Terminal, sentences

TERMS_COMMAND_HELP = QT_TRANSLATE_NOOP("Cli", "print a model's terms and its licences in full")
TERMS_MODEL_HELP = QT_TRANSLATE_NOOP("Cli", "a model of the list of what can be installed")
LICENCE = QT_TRANSLATE_NOOP("Cli", "Licence")
TERMS = QT_TRANSLATE_NOOP("Cli", "Terms")
LICENCE_AT = QT_TRANSLATE_NOOP("Cli", "see {address}")
IN_FULL = QT_TRANSLATE_NOOP("Cli", "In full")
READ_IT_AT = QT_TRANSLATE_NOOP("Cli", "{name}: not part of ChatBELLE. Read it before you go on: {address}")
KEY_FILE = QT_TRANSLATE_NOOP("Cli", "Meta's file")
GET_KEY = QT_TRANSLATE_NOOP("Cli", "{path} of the original {name}; how to get it: {address}")

RULE = "─" * 72


def show_terms(planned: InstallPlan, terminal: Terminal, out: Callable[[str], None]) -> None:
    """The licence, the terms, and where to get what the user must bring."""
    text, model = terminal.text, load().find(planned.model)
    if model is None:
        if planned.repository:
            out(terminal.labelled(LICENCE, text(LICENCE_AT, address=HUB + planned.repository)))
        return
    out(terminal.labelled(LICENCE, model.licence))
    out(terminal.labelled(TERMS, sentences(model.terms.text(terminal.language), model.terms_url)))
    out(terminal.labelled(IN_FULL, f"chatbelle models terms {model.id}"))
    for licence in licences_of(model):
        if not licence.file:
            out(text(READ_IT_AT, name=licence.name, address=licence.address))
    if model.key and planned.request.key is None:
        get_it = text(GET_KEY, path=model.key.path, name=model.base, address=model.key.get_it)
        out(terminal.labelled(KEY_FILE, get_it))


def add_terms(commands: Any, terminal: Terminal) -> None:
    command = add_command(commands, terminal, "terms", TERMS_COMMAND_HELP, print_terms)
    command.add_argument("model", metavar="MODEL", help=terminal.text(TERMS_MODEL_HELP))


def print_terms(options: argparse.Namespace, terminal: Terminal) -> int:
    wanted = options.model.casefold()
    model = next((one for one in load().models if one.id.casefold() == wanted), None)
    if model is None:
        raise Fixable("install-unknown", name=options.model[:200])
    licences = licences_of(model)
    if options.json:
        full = [plain(one, terminal) | {"text": one.text} for one in licences]
        say_json({"model": model.id, "terms": plain(model.terms, terminal), "url": model.terms_url, "licences": full})
        return DONE
    say(terminal.labelled(TERMS, sentences(model.terms.text(terminal.language), model.terms_url)))
    for licence in licences:
        say(f"\n{RULE}\n{licence.name}  {licence.address}\n{RULE}\n")
        say(licence.text or terminal.text(READ_IT_AT, name=licence.name, address=licence.address))
    return DONE
