"""`chatbelle models …`: what the window does with models, from a terminal: list, install, check, take along, remove.

Results go to stdout, progress and errors to stderr. Ctrl-C pauses an install; the same command goes on with it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.errors import Fixable
from app.models_install import NEEDS_YES, YES_HELP, add_install, add_plan
from app.models_listing import ID, NAME, SIZE, add_connections, add_list, add_sources
from app.models_terminal import (
    WaitingModels,
    add_command,
    add_progress,
    asked,
    can_ask,
    open_models,
    plain,
    plain_entry,
    say,
    say_table,
)
from app.models_terms import add_terms
from app.models_wiring import entries_named, open_library
from app.progress_bar import Shown, gigabytes, say_json, showing
from app.runtime.models.records import Condition, Entry
from app.settings import QT_TRANSLATE_NOOP
from app.terminal import DONE, INTERRUPTED, Terminal

MODELS_HELP = QT_TRANSLATE_NOOP("Cli", "fetch, list, check, export and remove models")
IMPORT_HELP = QT_TRANSLATE_NOOP("Cli", "take in an offline pack, or use a GGUF file where it is")
IMPORT_PATH_HELP = QT_TRANSLATE_NOOP("Cli", "an offline pack (folder or zip) or a GGUF file")
VERIFY_HELP = QT_TRANSLATE_NOOP("Cli", "read models again and compare their checksums")
REMOVE_HELP = QT_TRANSLATE_NOOP("Cli", "put a model into the trash")
UNDO_HELP = QT_TRANSLATE_NOOP("Cli", "bring back what was removed and is not in the trash yet; without TOKEN list it")
EXPORT_HELP = QT_TRANSLATE_NOOP("Cli", "copy a model's GGUF file")
PACK_HELP = QT_TRANSLATE_NOOP("Cli", "write an offline pack: models with licence and checksums, for a USB stick")
MOVE_HELP = QT_TRANSLATE_NOOP("Cli", "move the models folder")
CANCEL_HELP = QT_TRANSLATE_NOOP("Cli", "give up an unfinished install and delete its downloads")
ENTRY_HELP = QT_TRANSLATE_NOOP("Cli", "a model of the list: its id, or a name that only one has")
ENTRIES_HELP = QT_TRANSLATE_NOOP("Cli", "models of the list; all if none is named")
INSTALL_ID_HELP = QT_TRANSLATE_NOOP("Cli", "the id that the list shows")
TARGET_HELP = QT_TRANSLATE_NOOP("Cli", "a folder, or the name of a new file")
PACK_TARGET_HELP = QT_TRANSLATE_NOOP("Cli", "a new folder, or a new file that ends in .zip")
SPLIT_HELP = QT_TRANSLATE_NOOP("Cli", "split large files, for sticks that cannot hold them (FAT32)")
MOVE_TARGET_HELP = QT_TRANSLATE_NOOP("Cli", "the new folder")
BACK_HELP = QT_TRANSLATE_NOOP("Cli", "bring all back after a move that was cut off")
TOKEN_HELP = QT_TRANSLATE_NOOP("Cli", "as it was told when the model was removed")

TOKEN = QT_TRANSLATE_NOOP("Cli", "Token")
SEVERAL = QT_TRANSLATE_NOOP("Cli", "{name} means several models, choose one by its id: {ids}")
TAKEN_IN = QT_TRANSLATE_NOOP("Cli", "Taken in: {id}")
THERE_ALREADY = QT_TRANSLATE_NOOP("Cli", "Was there already: {id}")
LICENCE_OF = QT_TRANSLATE_NOOP("Cli", "Licence of {name}: {licence}")
WHOLE = QT_TRANSLATE_NOOP("Cli", "{id}: as it should be")
ASK_REMOVE = QT_TRANSLATE_NOOP("Cli", "Put {id} ({size}) into the trash?")
ASK_UNLINK = QT_TRANSLATE_NOOP("Cli", "Take {id} off the list? Its file stays where it is.")
ASK_CANCEL = QT_TRANSLATE_NOOP("Cli", "Give up {name} and delete what was fetched of it?")
REMOVED = QT_TRANSLATE_NOOP("Cli", "Removed: {id}")
BROUGHT_BACK = QT_TRANSLATE_NOOP("Cli", "Brought back: {id}")
CAN_UNDO = QT_TRANSLATE_NOOP("Cli", "Bring it back with: chatbelle models undo {token}")
MOVED = QT_TRANSLATE_NOOP("Cli", "The models are now in {folder}")
LEFT_BEHIND = QT_TRANSLATE_NOOP("Cli", "In the old folder stays what is not ours: {names}")
NEEDS_FOLDER = QT_TRANSLATE_NOOP("Cli", "name the new folder")
GIVEN_UP = QT_TRANSLATE_NOOP("Cli", "Given up: {name}")


# --- which one --------------------------------------------------------------------------------------------------------


def _entry(name: str, models: WaitingModels, options: argparse.Namespace, terminal: Terminal) -> Entry:
    """The one model that `name` means. Ends the program with USAGE if several are meant."""
    found = entries_named(name, models.service.entries())
    if not found:
        raise Fixable("library-unknown", name=name)
    if len(found) > 1:
        ids = ", ".join(one.manifest.id for one in found)
        options.command.error(terminal.text(SEVERAL, name=name, ids=ids))
    return found[0]


def _agreed(question: str, options: argparse.Namespace, terminal: Terminal) -> bool:
    """Ends the program with USAGE where nobody can be asked."""
    if options.yes:
        return True
    if options.json or not can_ask():
        options.command.error(terminal.text(NEEDS_YES))
    return asked(question)


# --- in and out -------------------------------------------------------------------------------------------------------


def add_import(commands: Any, terminal: Terminal) -> None:
    command = add_command(commands, terminal, "import", IMPORT_HELP, import_models)
    command.add_argument("path", type=Path, metavar="PATH", help=terminal.text(IMPORT_PATH_HELP))
    add_progress(command, terminal)


def import_models(options: argparse.Namespace, terminal: Terminal) -> int:
    path: Path = options.path.expanduser().absolute()
    with showing(options.progress, terminal) as shown, open_models(terminal) as models:
        if path.suffix.lower() == ".gguf" and not path.is_dir():
            linked = models.do(lambda sink: models.service.link(path, sink), shown, "look")
            added, present = (linked,), ()
        else:
            _tell_licences(path, terminal)
            taken = models.do(lambda sink: models.service.import_pack(path, sink), shown, "copy")
            added, present = taken.added, taken.present
    if options.json or shown.json:
        lists = {"added": added, "present": present}
        say_json({name: [plain_entry(one, terminal) for one in entries] for name, entries in lists.items()})
        return DONE
    for text, entries in ((TAKEN_IN, added), (THERE_ALREADY, present)):
        for one in entries:
            say(terminal.text(text, id=one.manifest.id))
    return DONE


def _tell_licences(path: Path, terminal: Terminal) -> None:
    from app.runtime.models.pack_import import look_into

    for one in look_into(path):
        if one.license:
            terminal.note(LICENCE_OF, name=one.name, licence=one.license)


def add_export(commands: Any, terminal: Terminal) -> None:
    command = add_command(commands, terminal, "export", EXPORT_HELP, export)
    command.add_argument("entry", metavar="MODEL", help=terminal.text(ENTRY_HELP))
    command.add_argument("target", type=Path, metavar="TARGET", help=terminal.text(TARGET_HELP))
    add_progress(command, terminal)


def export(options: argparse.Namespace, terminal: Terminal) -> int:
    target = options.target.expanduser()
    with showing(options.progress, terminal) as shown, open_models(terminal) as models:
        entry = _entry(options.entry, models, options, terminal).manifest.id
        path = models.do(lambda sink: models.service.export(entry, target, sink), shown, "copy")
    return _tell_written(path, path.stat().st_size, options, shown)


def add_pack(commands: Any, terminal: Terminal) -> None:
    command = add_command(commands, terminal, "pack", PACK_HELP, pack)
    command.add_argument("entries", nargs="+", metavar="MODEL", help=terminal.text(ENTRY_HELP))
    command.add_argument("target", type=Path, metavar="TARGET", help=terminal.text(PACK_TARGET_HELP))
    command.add_argument("--split", action="store_true", help=terminal.text(SPLIT_HELP))
    add_progress(command, terminal)


def pack(options: argparse.Namespace, terminal: Terminal) -> int:
    from app.runtime.models.pack import PART_SIZE

    target, part_size = options.target.expanduser(), PART_SIZE if options.split else None
    with showing(options.progress, terminal) as shown, open_models(terminal) as models:
        entries = [_entry(name, models, options, terminal).manifest.id for name in options.entries]
        made = models.do(lambda sink: models.service.export_pack(entries, target, sink, part_size), shown, "copy")
    return _tell_written(made.path, made.size, options, shown)


def _tell_written(path: Path, size: int, options: argparse.Namespace, shown: Shown) -> int:
    if options.json or shown.json:
        say_json({"event": "done", "written": str(path), "size": size})
    else:
        say(f"{path}  {gigabytes(size)}")
    return DONE


# --- checked and removed ----------------------------------------------------------------------------------------------


def add_verify(commands: Any, terminal: Terminal) -> None:
    command = add_command(commands, terminal, "verify", VERIFY_HELP, verify)
    command.add_argument("entries", nargs="*", metavar="MODEL", help=terminal.text(ENTRIES_HELP))
    add_progress(command, terminal)


def verify(options: argparse.Namespace, terminal: Terminal) -> int:
    from app.runtime.models.manifests import explain

    with showing(options.progress, terminal) as shown, open_models(terminal) as models:
        named: Sequence[Entry] = [_entry(name, models, options, terminal) for name in options.entries]
        checked = [_verified(one, models, shown) for one in named or models.service.entries()]
    if options.json or shown.json:
        say_json({"models": [plain_entry(one, terminal) for one in checked]})
    code = DONE
    for one in checked:
        problem = explain(one)
        if problem:
            code = terminal.report(problem)
        elif not (options.json or shown.json):
            say(terminal.text(WHOLE, id=one.manifest.id))
    return code


def _verified(entry: Entry, models: WaitingModels, shown: Shown) -> Entry:
    found: Entry = models.do(lambda sink: models.service.verify(entry.manifest.id, sink), shown, "verify")
    return found


def add_remove(commands: Any, terminal: Terminal) -> None:
    command = add_command(commands, terminal, "remove", REMOVE_HELP, remove)
    command.add_argument("entry", metavar="MODEL", help=terminal.text(ENTRY_HELP))
    command.add_argument("--yes", action="store_true", help=terminal.text(YES_HELP))


def remove(options: argparse.Namespace, terminal: Terminal) -> int:
    with showing("none", terminal) as shown, open_models(terminal) as models:
        entry = _entry(options.entry, models, options, terminal)
        manifest = entry.manifest
        question = ASK_REMOVE if manifest.owned and entry.condition is not Condition.MISSING else ASK_UNLINK
        if not _agreed(terminal.text(question, id=manifest.id, size=gigabytes(manifest.size)), options, terminal):
            return INTERRUPTED
        token = models.do(lambda sink: models.service.remove(manifest.id, sink), shown, "look")
        try:
            models.do(lambda sink: models.service.finish_removal(token, sink), shown, "look")
        except Fixable as error:  # a system without a trash, a drive without one
            terminal.note(CAN_UNDO, token=token)
            raise error
    if options.json:
        say_json({"removed": plain_entry(entry, terminal)})
    else:
        say(terminal.text(REMOVED, id=manifest.id))
    return DONE


def add_undo(commands: Any, terminal: Terminal) -> None:
    command = add_command(commands, terminal, "undo", UNDO_HELP, undo)
    command.add_argument("token", nargs="?", metavar="TOKEN", help=terminal.text(TOKEN_HELP))


def undo(options: argparse.Namespace, terminal: Terminal) -> int:
    with showing("none", terminal) as shown, open_models(terminal) as models:
        if options.token is None:
            removed = models.do(models.service.removed, shown, "look")
            if options.json:
                say_json({"removed": plain(removed, terminal)})
            elif removed:
                heads = [terminal.text(one) for one in (TOKEN, ID, NAME, SIZE)]
                say_table(heads, [(one.token, one.id, one.name, gigabytes(one.size)) for one in removed])
            return DONE
        entry = models.do(lambda sink: models.service.undo(options.token, sink), shown, "look")
    if options.json:
        say_json(plain_entry(entry, terminal))
    else:
        say(terminal.text(BROUGHT_BACK, id=entry.manifest.id))
    return DONE


def add_cancel(commands: Any, terminal: Terminal) -> None:
    command = add_command(commands, terminal, "cancel", CANCEL_HELP, cancel)
    command.add_argument("install", metavar="ID", help=terminal.text(INSTALL_ID_HELP))
    command.add_argument("--yes", action="store_true", help=terminal.text(YES_HELP))


def cancel(options: argparse.Namespace, terminal: Terminal) -> int:
    with open_models(terminal) as models:
        state = models.state(options.install)
        if not _agreed(terminal.text(ASK_CANCEL, name=state.name), options, terminal):
            return INTERRUPTED
        state = models.give_up(state)
    if state.error:
        raise state.error
    if options.json:
        say_json({"cancelled": state.id})
    else:
        say(terminal.text(GIVEN_UP, name=state.name))
    return DONE


# --- the folder -------------------------------------------------------------------------------------------------------


def add_move(commands: Any, terminal: Terminal) -> None:
    command = add_command(commands, terminal, "move", MOVE_HELP, move)
    command.add_argument("folder", nargs="?", type=Path, metavar="DIR", help=terminal.text(MOVE_TARGET_HELP))
    command.add_argument("--back", action="store_true", help=terminal.text(BACK_HELP))
    add_progress(command, terminal)


def move(options: argparse.Namespace, terminal: Terminal) -> int:
    if (options.folder is None) is not options.back:
        options.command.error(terminal.text(NEEDS_FOLDER))
    with showing(options.progress, terminal) as shown, open_models(terminal) as models:

        def switch(folder: Path) -> None:
            models.settings.set("models_folder", str(folder))

        if options.back:
            models.do(models.service.abandon_move, shown, "copy")
            return DONE
        folder = options.folder.expanduser().absolute()
        begun = open_library(terminal.paths, models.settings).unfinished_move()
        if begun and begun.target == folder:
            moved = models.do(lambda sink: models.service.continue_move(switch, sink), shown, "copy")
        else:
            moved = models.do(lambda sink: models.service.move(folder, switch, sink), shown, "copy")
    for note in moved.notes:
        terminal.warn(note)
    if options.json or shown.json:
        say_json({"event": "done", **plain(moved, terminal)})
        return DONE
    say(terminal.text(MOVED, folder=moved.target))
    if moved.left:
        terminal.note(LEFT_BEHIND, names=", ".join(moved.left))
    return DONE


# --- all of them ------------------------------------------------------------------------------------------------------

SUBCOMMANDS: tuple[Callable[[Any, Terminal], None], ...] = (
    add_list,
    add_terms,
    add_plan,
    add_install,
    add_cancel,
    add_import,
    add_verify,
    add_remove,
    add_undo,
    add_export,
    add_pack,
    add_move,
    add_sources,
    add_connections,
)


def add_models(commands: Any, terminal: Terminal) -> None:
    text = terminal.text(MODELS_HELP)
    command = commands.add_parser("models", help=text, description=text)
    subcommands = command.add_subparsers(required=True, metavar="COMMAND")
    for add in SUBCOMMANDS:
        add(subcommands, terminal)


COMMANDS: tuple[Callable[[Any, Terminal], None], ...] = (add_models,)
