"""`chatbelle models plan` and `install`: what it will take, the terms, the way there, and the model's first answer."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.models_terminal import (
    WaitingModels,
    add_command,
    add_progress,
    asked,
    can_ask,
    open_models,
    plain,
    say,
    tell,
)
from app.models_terms import show_terms
from app.progress_bar import Shown, described, gigabytes, say_json, showing
from app.runtime.models.catalogue import Model, ModelKind, load
from app.runtime.models.installs import InstallPlan, InstallRequest, InstallState, InstallStatus, InstallStep
from app.settings import QT_TRANSLATE_NOOP
from app.terminal import DONE, INTERRUPTED, Terminal

if TYPE_CHECKING:
    from app.runtime.weights.records import Target

INSTALL_HELP = QT_TRANSLATE_NOOP("Cli", "fetch a model, or take files of yours, until it answers; goes on where it was")
PLAN_HELP = QT_TRANSLATE_NOOP("Cli", "show what an install would do, and change nothing")
MODEL_HELP = QT_TRANSLATE_NOOP(
    "Cli", "a model of the list, OWNER/REPO[:FILE] of a GGUF model on the hub, or a file or folder of yours"
)
TYPE_HELP = QT_TRANSLATE_NOOP("Cli", "how the weights are kept, such as Q4_0 or Q8_0; else what is recommended")
KEY_HELP = QT_TRANSLATE_NOOP("Cli", "Meta's consolidated.00.pth, or a folder that holds it")
TOKENIZER_HELP = QT_TRANSLATE_NOOP("Cli", "a folder with tokenizer.model or tokenizer.json, if your files lack it")
FILES_HELP = QT_TRANSLATE_NOOP("Cli", "a folder or archive with files of the model; only the others are fetched")
SOURCE_HELP = QT_TRANSLATE_NOOP("Cli", "where to fetch from: official, mirror, or an address")
FOLDER_HELP = QT_TRANSLATE_NOOP("Cli", "the models folder to put it in")
TERMS_HELP = QT_TRANSLATE_NOOP("Cli", "accept the model's licence and terms")
YES_HELP = QT_TRANSLATE_NOOP("Cli", "do not ask")

TYPE_UNKNOWN = QT_TRANSLATE_NOOP("Cli", "--type: {name} is none of {names}")
NEEDS_YES = QT_TRANSLATE_NOOP("Cli", "nobody can be asked here: give --yes")
NEEDS_TERMS = QT_TRANSLATE_NOOP("Cli", "nobody can be asked here: read the terms, then give --accept-terms")
START = QT_TRANSLATE_NOOP("Cli", "Start?")
ACCEPT = QT_TRANSLATE_NOOP("Cli", "Do you accept these terms?")
NOTHING_DONE = QT_TRANSLATE_NOOP("Cli", "Nothing was changed.")
GOES_ON = QT_TRANSLATE_NOOP("Cli", "The install of {name} goes on where it stopped.")
PAUSED = QT_TRANSLATE_NOOP("Cli", "Paused; nothing is lost. Go on with: chatbelle models install {model}")
TRY_AGAIN = QT_TRANSLATE_NOOP("Cli", "What is done is kept. Try again with: chatbelle models install {model}")
CHAT_WITH = QT_TRANSLATE_NOOP("Cli", "Chat with it: chatbelle chat --model {entry}")
INSTALLED = QT_TRANSLATE_NOOP("Cli", "Installed")
QUESTION = QT_TRANSLATE_NOOP("Cli", "Question")
ANSWER = QT_TRANSLATE_NOOP("Cli", "Answer")

STEPS = QT_TRANSLATE_NOOP("Cli", "Steps")
TO_FETCH = QT_TRANSLATE_NOOP("Cli", "To download")
ON_DISK = QT_TRANSLATE_NOOP("Cli", "On the disk afterwards")
PEAK = QT_TRANSLATE_NOOP("Cli", "On the disk meanwhile")
MEMORY = QT_TRANSLATE_NOOP("Cli", "Memory in use")
FREE_NOW = QT_TRANSLATE_NOOP("Cli", "{size} ({free} free now)")
UP_TO_FREE = QT_TRANSLATE_NOOP("Cli", "up to {size} more ({free} free now)")
TIME = QT_TRANSLATE_NOOP("Cli", "Time")
SECONDS = QT_TRANSLATE_NOOP("Cli", "about {seconds} s")
MINUTES = QT_TRANSLATE_NOOP("Cli", "about {minutes} min")
HOURS = QT_TRANSLATE_NOOP("Cli", "about {hours} h {minutes} min")
AND_DOWNLOAD = QT_TRANSLATE_NOOP("Cli", "{time}, and the download")

STEP_DOWNLOAD = QT_TRANSLATE_NOOP("Cli", "download")
STEP_KEY_TEST = QT_TRANSLATE_NOOP("Cli", "test the key")
STEP_CONVERT = QT_TRANSLATE_NOOP("Cli", "convert")
STEP_VERIFY = QT_TRANSLATE_NOOP("Cli", "check")
STEP_TRY = QT_TRANSLATE_NOOP("Cli", "try")
STEP_NAMES = {
    InstallStep.DOWNLOAD: STEP_DOWNLOAD,
    InstallStep.KEY_TEST: STEP_KEY_TEST,
    InstallStep.CONVERT: STEP_CONVERT,
    InstallStep.VERIFY: STEP_VERIFY,
    InstallStep.TRY: STEP_TRY,
}
STEP_BETWEEN = " → "

Say = Callable[[str], None]


# --- the commands -----------------------------------------------------------------------------------------------------


def add_plan(commands: Any, terminal: Terminal) -> None:
    _add_request(add_command(commands, terminal, "plan", PLAN_HELP, plan), terminal)


def add_install(commands: Any, terminal: Terminal) -> None:
    command = add_command(commands, terminal, "install", INSTALL_HELP, install)
    _add_request(command, terminal)
    command.add_argument("--accept-terms", action="store_true", help=terminal.text(TERMS_HELP))
    command.add_argument("--yes", action="store_true", help=terminal.text(YES_HELP))


def _add_request(command: Any, terminal: Terminal) -> None:
    command.add_argument("model", metavar="MODEL", help=terminal.text(MODEL_HELP))
    command.add_argument("--type", metavar="TYPE", help=terminal.text(TYPE_HELP))
    command.add_argument("--key", type=Path, metavar="PATH", help=terminal.text(KEY_HELP))
    command.add_argument("--tokenizer", type=Path, metavar="DIR", help=terminal.text(TOKENIZER_HELP))
    command.add_argument("--files", type=Path, metavar="PATH", help=terminal.text(FILES_HELP))
    command.add_argument("--source", metavar="URL", help=terminal.text(SOURCE_HELP))
    command.add_argument("--folder", type=Path, metavar="DIR", help=terminal.text(FOLDER_HELP))
    add_progress(command, terminal)


def plan(options: argparse.Namespace, terminal: Terminal) -> int:
    request = request_of(options, terminal)
    with showing(options.progress, terminal) as shown, open_models(terminal, request.folder) as models:
        planned = models.do(lambda sink: models.service.plan_install(request, sink), shown, "look")
    if options.json or shown.json:
        say_json({**plain(planned, terminal), "allowed": planned.allowed})
    else:
        _show_plan(planned, terminal, say)
        show_terms(planned, terminal, say)
    return _tell_remarks(planned, terminal)


def install(options: argparse.Namespace, terminal: Terminal) -> int:
    request = request_of(options, terminal)
    with showing(options.progress, terminal) as shown, open_models(terminal, request.folder) as models:
        begun = _begun(models, request)
        if begun:
            terminal.note(GOES_ON, name=begun.name)
            models.service.resume(begun.id, request.key, request.source or None)
            return _finish(models, begun.id, options, shown, terminal)
        planned = models.do(lambda sink: models.service.plan_install(request, sink), shown, "look")
        if shown.json:
            say_json({"event": "plan", **plain(planned, terminal)})
        refused = _decide(planned, options, terminal, quiet=options.json or shown.json)
        if refused is not None:
            return refused
        models.keep_folder()
        return _finish(models, models.service.install(planned), options, shown, terminal)


# --- what is wanted ---------------------------------------------------------------------------------------------------


def request_of(options: argparse.Namespace, terminal: Terminal) -> InstallRequest:
    """The arguments as a request. Ends the program with USAGE for a type that is none; raises `Fixable`:
    `source-address`, `source-insecure`."""
    asked_for = what_is_meant(options.model)
    path = options.files.expanduser().absolute() if options.files else asked_for.path
    return InstallRequest(
        model=asked_for.model,
        repository=asked_for.repository,
        file=asked_for.file,
        path=path,
        target=_target(options, terminal),
        key=options.key.expanduser().absolute() if options.key else None,
        source=_endpoint(options.source),
        folder=options.folder.expanduser().absolute() if options.folder else None,
        tokenizer=options.tokenizer.expanduser().absolute() if options.tokenizer else None,
    )


def what_is_meant(text: str) -> InstallRequest:
    """A model of the catalogue (also by its repository), a path, or a file of the hub; one of several files of a model
    after a colon."""
    from app.runtime.models.sources import KNOWN, REPOSITORY

    name, _, file = text.partition(":")
    model = _row(name)
    if model:
        return InstallRequest(model=model.id, file=file)
    path = Path(text).expanduser()
    if path.exists():
        return InstallRequest(path=path.absolute())
    for source in KNOWN:  # the address of a page, as it is pasted
        if text.startswith(f"{source.endpoint}/"):
            owner, _, rest = text.removeprefix(f"{source.endpoint}/").partition("/")
            repository, _, page = rest.partition("/")
            name, file = f"{owner}/{repository}", page.partition("/")[2].partition("/")[2] if page else ""
            model = _row(name)
            return InstallRequest(model=model.id) if model else InstallRequest(repository=name, file=file)
    if REPOSITORY.fullmatch(name) and not text.startswith((".", "~")):
        return InstallRequest(repository=name, file=file)
    if "/" in text or "\\" in text or path.suffix:
        return InstallRequest(path=path.absolute())
    return InstallRequest(model=text)


def _row(name: str) -> Model | None:
    wanted = name.casefold()
    return next(
        (one for one in load().models if wanted in (one.id.casefold(), (one.repository or "").casefold())), None
    )


def _target(options: argparse.Namespace, terminal: Terminal) -> Target | None:
    if not options.type:
        return None
    from app.runtime.weights.records import Target

    named = {one.value.casefold(): one for one in Target}
    found = named.get(options.type.casefold())
    if found is None:
        names = ", ".join(one.value for one in Target)
        options.command.error(terminal.text(TYPE_UNKNOWN, name=options.type, names=names))
    return found


def _endpoint(text: str | None) -> str:
    if not text:
        return ""
    from app.runtime.models.sources import MIRROR, OFFICIAL, custom_source

    named = {"official": OFFICIAL, "mirror": MIRROR}
    return (named.get(text) or custom_source(text)).endpoint


def _begun(models: WaitingModels, asked_for: InstallRequest) -> InstallState | None:
    """The same install, if it was begun and did not end."""
    for state in models.service.installs():
        if not state.ended and not state.active and _is_same(asked_for, state.plan):
            return state
    return None


def _is_same(asked_for: InstallRequest, planned: InstallPlan) -> bool:
    """What is not asked for now may be as it was; key and source may be others."""
    had = planned.request
    path, mine = asked_for.path, had.path or (planned.local[0].path if planned.local else None)
    same_place = path == mine or (path is not None and mine is not None and path in mine.parents)
    pairs = (
        (asked_for.file, had.file),
        (asked_for.target, had.target),
        (asked_for.folder, had.folder),
    )
    names = (asked_for.model, asked_for.repository)
    same_name = names == (had.model, had.repository) or (path is not None and names == ("", ""))
    return same_name and same_place and all(not new or new == old for new, old in pairs)


# --- the plan ---------------------------------------------------------------------------------------------------------


def _show_plan(planned: InstallPlan, terminal: Terminal, out: Say) -> None:
    text = terminal.text
    free_disk, free_memory = gigabytes(planned.free_disk), gigabytes(planned.free_memory)
    time = _about(planned.seconds, terminal)
    rows = (
        ("", f"{planned.name}  {planned.type}".rstrip()),
        (STEPS, STEP_BETWEEN.join(text(STEP_NAMES[one.step]) for one in planned.steps)),
        (TO_FETCH, gigabytes(planned.download) if planned.download else ""),
        (PEAK, text(UP_TO_FREE, size=gigabytes(planned.peak_disk), free=free_disk) if planned.peak_disk else ""),
        (ON_DISK, gigabytes(planned.write) if planned.write else ""),
        (MEMORY, text(FREE_NOW, size=gigabytes(planned.memory), free=free_memory) if planned.memory else ""),
        (TIME, text(AND_DOWNLOAD, time=time) if planned.download else time),
    )
    for label, value in rows:
        if value:
            out(terminal.labelled(label, value) if label else value)


def _about(seconds: float, terminal: Terminal) -> str:
    """An estimate, no more exact than it is."""
    if seconds < 90:
        return terminal.text(SECONDS, seconds=max(1, round(seconds)))
    hours, minutes = divmod(round(seconds / 60), 60)
    return terminal.text(HOURS, hours=hours, minutes=minutes) if hours else terminal.text(MINUTES, minutes=minutes)


def _tell_remarks(planned: InstallPlan, terminal: Terminal) -> int:
    """Notes, warnings and problems; the exit code."""
    for note in (*planned.notes, *planned.warnings):
        terminal.warn(note)
    codes = [terminal.report(problem) for problem in planned.problems]
    return codes[0] if codes else DONE


def _decide(planned: InstallPlan, options: argparse.Namespace, terminal: Terminal, quiet: bool) -> int | None:
    """Show the plan and ask; None to go on, else the exit code."""
    if not quiet:
        _show_plan(planned, terminal, tell)
        show_terms(planned, terminal, tell)
    code = _tell_remarks(planned, terminal)
    if code != DONE:
        return code
    model = load().find(planned.model)
    if model and model.kind is not ModelKind.GUIDE and not options.accept_terms:
        if quiet or not can_ask():
            options.command.error(terminal.text(NEEDS_TERMS))
        if not asked(terminal.text(ACCEPT)):
            return _declined(terminal)
    if not options.yes:
        if quiet or not can_ask():
            options.command.error(terminal.text(NEEDS_YES))
        if not asked(terminal.text(START)):
            return _declined(terminal)
    return None


def _declined(terminal: Terminal) -> int:
    terminal.note(NOTHING_DONE)
    return INTERRUPTED


# --- the way and the end ----------------------------------------------------------------------------------------------


def _finish(
    models: WaitingModels, install_id: str, options: argparse.Namespace, shown: Shown, terminal: Terminal
) -> int:
    state = models.follow(install_id, shown)
    if state.status is InstallStatus.FINISHED:
        return _tell_end(models, state, options, shown, terminal)
    if shown.json or options.json:
        say_json({"event": state.status.value, "install": state.id, "error": plain(state.error, terminal)})
    if state.error is not None:
        code = terminal.report(state.error)
        terminal.note(TRY_AGAIN, model=_quoted(options.model))
        return code
    if state.status is InstallStatus.PAUSED:
        terminal.note(PAUSED, model=_quoted(options.model))
    return INTERRUPTED


def _tell_end(
    models: WaitingModels, state: InstallState, options: argparse.Namespace, shown: Shown, terminal: Terminal
) -> int:
    if shown.json or options.json:
        facts = {"event": "done", "entry": state.entry, "name": state.name, "question": state.question}
        say_json(facts | {"answer": state.answer, "notes": [described(one, terminal) for one in state.notes]})
        return DONE
    for note in state.notes:
        terminal.warn(note)
    say(terminal.labelled(INSTALLED, state.entry))
    if state.question:
        say(terminal.labelled(QUESTION, state.question))
        say(terminal.labelled(ANSWER, state.answer.strip()))
    terminal.note(CHAT_WITH, entry=_quoted(state.entry))
    return DONE


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text
