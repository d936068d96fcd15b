"""`chatbelle models list`, `connections` and `sources`: what there is, and where models come from."""

from __future__ import annotations

import argparse
import time
from typing import Any

from app.models_terminal import add_command, open_models, plain, plain_entry, say_table
from app.models_wiring import open_library
from app.progress_bar import STEPS, gigabytes, say_json, showing
from app.runtime.models.catalogue import Model, ModelKind, load
from app.runtime.models.installs import InstallState
from app.runtime.models.records import Condition, Entry
from app.settings import QT_TRANSLATE_NOOP, Settings
from app.terminal import DONE, Terminal

LIST_HELP = QT_TRANSLATE_NOOP("Cli", "list the models on this computer")
AVAILABLE_HELP = QT_TRANSLATE_NOOP("Cli", "list what can be installed")
CONNECTIONS_HELP = QT_TRANSLATE_NOOP("Cli", "list all connections ever made")
SOURCES_HELP = QT_TRANSLATE_NOOP("Cli", "measure how fast each source is from here")

ID = QT_TRANSLATE_NOOP("Cli", "Id")
NAME = QT_TRANSLATE_NOOP("Cli", "Name")
TYPE = QT_TRANSLATE_NOOP("Cli", "Type")
SIZE = QT_TRANSLATE_NOOP("Cli", "Size")
STATE = QT_TRANSLATE_NOOP("Cli", "State")
DOWNLOAD = QT_TRANSLATE_NOOP("Cli", "Download")
MEMORY = QT_TRANSLATE_NOOP("Cli", "Memory")
HERE = QT_TRANSLATE_NOOP("Cli", "Here")
GOOD_FOR = QT_TRANSLATE_NOOP("Cli", "Good for")
HOST = QT_TRANSLATE_NOOP("Cli", "Host")
PURPOSE = QT_TRANSLATE_NOOP("Cli", "Purpose")
REQUESTS = QT_TRANSLATE_NOOP("Cli", "Requests")
RECEIVED = QT_TRANSLATE_NOOP("Cli", "Received")
REFUSED = QT_TRANSLATE_NOOP("Cli", "Refused")
LAST = QT_TRANSLATE_NOOP("Cli", "Last")
SOURCE = QT_TRANSLATE_NOOP("Cli", "Source")
ADDRESS = QT_TRANSLATE_NOOP("Cli", "Address")
SPEED = QT_TRANSLATE_NOOP("Cli", "Speed")

READY = QT_TRANSLATE_NOOP("Cli", "ready")
LINKED = QT_TRANSLATE_NOOP("Cli", "ready, your own file")
GONE = QT_TRANSLATE_NOOP("Cli", "missing")
CHANGED = QT_TRANSLATE_NOOP("Cli", "changed")
DAMAGED = QT_TRANSLATE_NOOP("Cli", "damaged")
INSTALLED = QT_TRANSLATE_NOOP("Cli", "installed")
FITS = QT_TRANSLATE_NOOP("Cli", "fits")
TIGHT = QT_TRANSLATE_NOOP("Cli", "tight")
TOO_SMALL = QT_TRANSLATE_NOOP("Cli", "too large")
WITH_KEY = QT_TRANSLATE_NOOP("Cli", "{fit}, needs Meta's file")
NOT_USABLE = QT_TRANSLATE_NOOP("Cli", "not usable; take {instead}")

NO_MODELS = QT_TRANSLATE_NOOP("Cli", "No model is installed. See what there is: chatbelle models list --available")
UNFINISHED = QT_TRANSLATE_NOOP("Cli", "Unfinished: {name} (id {id}), {step}, {percent} %")
NO_CONNECTIONS = QT_TRANSLATE_NOOP("Cli", "No connection was ever made.")
FASTEST = QT_TRANSLATE_NOOP("Cli", "The fastest from here: {name}. Use it with --source {address}")

CONDITIONS = {
    Condition.READY: READY,
    Condition.MISSING: GONE,
    Condition.CHANGED: CHANGED,
    Condition.DAMAGED: DAMAGED,
}
FIT_WORDS = {"fits": FITS, "tight": TIGHT, "too-small": TOO_SMALL}


# --- models -----------------------------------------------------------------------------------------------------------


def add_list(commands: Any, terminal: Terminal) -> None:
    command = add_command(commands, terminal, "list", LIST_HELP, list_models)
    command.add_argument("--available", action="store_true", help=terminal.text(AVAILABLE_HELP))


def list_models(options: argparse.Namespace, terminal: Terminal) -> int:
    return _list_available(options, terminal) if options.available else _list_installed(options, terminal)


def _list_installed(options: argparse.Namespace, terminal: Terminal) -> int:
    with showing("none", terminal) as shown, open_models(terminal) as models:
        entries = models.service.entries()
        problems = models.do(models.service.problems, shown, "look")
        installs = [one for one in models.service.installs() if not one.ended]
    if options.json:
        facts = {"models": [plain_entry(one, terminal) for one in entries], "installs": plain(installs, terminal)}
        say_json({**facts, "problems": plain(problems, terminal)})
        return DONE
    if entries:
        say_table(_heads(terminal, ID, NAME, TYPE, SIZE, STATE), [_entry_row(one, terminal) for one in entries])
    else:
        terminal.note(NO_MODELS)
    for install in installs:
        _note_unfinished(install, terminal)
    for problem in problems:
        terminal.warn(problem)
    return DONE


def _heads(terminal: Terminal, *heads: str) -> list[str]:
    return [terminal.text(one) for one in heads]


def _entry_row(entry: Entry, terminal: Terminal) -> tuple[str, ...]:
    manifest = entry.manifest
    linked = entry.condition is Condition.READY and not manifest.owned
    state = terminal.text(LINKED if linked else CONDITIONS[entry.condition])
    return manifest.id, manifest.name, manifest.quantization, gigabytes(manifest.size), state


def _note_unfinished(install: InstallState, terminal: Terminal) -> None:
    step = install.current
    name = terminal.text(STEPS[step.step.value]) if step else install.status.value
    percent = int(100 * step.done / step.total) if step and step.total else 0
    terminal.note(UNFINISHED, name=install.name, id=install.id, step=name, percent=percent)
    if install.error:
        terminal.warn(install.error)


def _list_available(options: argparse.Namespace, terminal: Terminal) -> int:
    from app.runtime.models.memory import this_memory, verdict

    free = this_memory().free
    library = open_library(terminal.paths, Settings.load(terminal.paths.settings))
    here = {one.manifest.model for one in library.entries()}
    models = [one for one in load().models if one.kind is not ModelKind.GUIDE]
    fits = {one.id: verdict(one.recommended.memory, free).fit.value for one in models if one.usable}
    if options.json:
        rows = [{**plain(one, terminal), "fits": fits.get(one.id), "installed": one.id in here} for one in models]
        say_json({"models": rows})
    else:
        table = [_model_row(one, fits.get(one.id, ""), one.id in here, terminal) for one in models]
        say_table(_heads(terminal, ID, TYPE, DOWNLOAD, MEMORY, HERE, GOOD_FOR), table)
    return DONE


def _model_row(model: Model, fit: str, installed: bool, terminal: Terminal) -> tuple[str, ...]:
    words = model.good_for.text(terminal.language)
    if not model.usable:
        why = model.reason.text(terminal.language) if model.reason else words
        return model.id, "", "", "", terminal.text(NOT_USABLE, instead=model.instead or ""), why
    target = model.recommended
    here = terminal.text(INSTALLED if installed else FIT_WORDS[fit])
    here = terminal.text(WITH_KEY, fit=here) if model.key and not installed else here
    return model.id, target.type, gigabytes(target.download), gigabytes(target.memory), here, words


# --- the network ------------------------------------------------------------------------------------------------------


def add_connections(commands: Any, terminal: Terminal) -> None:
    add_command(commands, terminal, "connections", CONNECTIONS_HELP, list_connections)


def list_connections(options: argparse.Namespace, terminal: Terminal) -> int:
    with showing("none", terminal) as shown, open_models(terminal) as models:
        lines = models.do(models.service.connections_made, shown, "look")
    if options.json:
        say_json({"connections": plain(lines, terminal)})
    elif not lines:
        terminal.note(NO_CONNECTIONS)
    else:
        rows = [
            (
                line.host,
                line.purpose,
                str(line.requests),
                gigabytes(line.received),
                str(line.refused),
                time.strftime("%Y-%m-%d %H:%M", time.localtime(line.until)),
            )
            for line in lines
        ]
        say_table(_heads(terminal, HOST, PURPOSE, REQUESTS, RECEIVED, REFUSED, LAST), rows)
    return DONE


def add_sources(commands: Any, terminal: Terminal) -> None:
    add_command(commands, terminal, "sources", SOURCES_HELP, measure_sources)


def measure_sources(options: argparse.Namespace, terminal: Terminal) -> int:
    from app.runtime.models.measuring import fastest

    with showing("none", terminal) as shown, open_models(terminal) as models:
        measured = models.do(models.service.test_sources, shown, "look")
    best = fastest(measured)
    if options.json:
        say_json({"sources": plain(measured, terminal), "fastest": best.endpoint if best else None})
        return DONE
    rows = [(one.source.name, one.source.endpoint, "–" if one.problem else _rate(one.rate)) for one in measured]
    say_table(_heads(terminal, SOURCE, ADDRESS, SPEED), rows)
    for one in measured:
        if one.problem:
            terminal.warn(one.problem)
    if best:
        terminal.note(FASTEST, name=best.name, address=best.endpoint)
    return DONE


def _rate(rate: float) -> str:
    return f"{rate / 1e6:.1f} MB/s"
