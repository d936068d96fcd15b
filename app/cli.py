"""ChatBELLE in a terminal: chat, self-test, models, and weights. Answers go to stdout, all else to stderr.

Exit codes: 0 done, 1 a bug, 2 wrong usage, 3 an error the user can fix, 130 stopped by Ctrl-C.
A new command is one function that adds its arguments, listed in `COMMANDS`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from app import __version__, models_commands, self_test, weights_commands
from app.command_line import VERSION, parser_in
from app.errors import Cancelled, Fixable, as_app_error
from app.log import set_up_logging
from app.model_choice import GUIDE, find_model, note_use
from app.paths import Paths
from app.runtime.engine.records import AnswerRequest, EndReason, LoadOptions, ModelSpec, Role, Sampling, Turn
from app.runtime.events import Event, TextDelta, TurnsDropped
from app.settings import QT_TRANSLATE_NOOP, Settings
from app.terminal import DONE, INTERRUPTED, PIPE_CLOSED, USAGE, Talk, Terminal

ABOUT = QT_TRANSLATE_NOOP("Cli", "Runs BELLE language models on this computer, offline. Without a command: the window.")
CHAT_HELP = QT_TRANSLATE_NOOP("Cli", "ask a question, or chat in the terminal")
MODEL_HELP = QT_TRANSLATE_NOOP(
    "Cli", "guide (the built-in one), an installed model by id or name, or the path of a GGUF file"
)
PROMPT_HELP = QT_TRANSLATE_NOOP("Cli", "the question; without it an interactive chat starts")
SYSTEM_HELP = QT_TRANSLATE_NOOP("Cli", "a system prompt")
MAX_TOKENS_HELP = QT_TRANSLATE_NOOP("Cli", "longest answer, in tokens")
TEMPERATURE_HELP = QT_TRANSLATE_NOOP("Cli", "0 always takes the likeliest token")
SEED_HELP = QT_TRANSLATE_NOOP("Cli", "makes a random answer repeatable")
RAW_HELP = QT_TRANSLATE_NOOP("Cli", "use the prompt as it is, without the model's template")
JSON_HELP = QT_TRANSLATE_NOOP("Cli", "print one JSON object: text, tokens, prompt_tokens, stats")
NO_STREAM_HELP = QT_TRANSLATE_NOOP("Cli", "print the answer when it is complete")
VERBOSE_HELP = QT_TRANSLATE_NOOP("Cli", "show the log on stderr")
JSON_NEEDS_PROMPT = QT_TRANSLATE_NOOP("Cli", "--json and --raw need --prompt")
WELCOME = QT_TRANSLATE_NOOP("Cli", "Chatting with {name}. /new starts over, Ctrl-C stops an answer, /quit ends.")
GUIDE_NOTE = QT_TRANSLATE_NOOP("Cli", "This is a small built-in guide to the app, not BELLE.")
DROPPED = QT_TRANSLATE_NOOP("Cli", "(Earlier turns no longer fit.)")
STARTED_OVER = QT_TRANSLATE_NOOP("Cli", "(A new chat.)")
AGAIN_TO_END = QT_TRANSLATE_NOOP("Cli", "(Ctrl-C again ends.)")


# --- chat -------------------------------------------------------------------------------------------------------


def add_chat(commands: Any, terminal: Terminal) -> None:
    command = commands.add_parser("chat", help=terminal.text(CHAT_HELP), description=terminal.text(CHAT_HELP))
    add = command.add_argument
    add("--model", default=GUIDE, metavar="PATH_OR_ID", help=terminal.text(MODEL_HELP))
    add("--prompt", metavar="TEXT", help=terminal.text(PROMPT_HELP))
    add("--system", default="", metavar="TEXT", help=terminal.text(SYSTEM_HELP))
    add("--max-tokens", type=_number(int, 1, 1_000_000), metavar="N", help=terminal.text(MAX_TOKENS_HELP))
    add("--temperature", type=_number(float, 0, 10), metavar="T", help=terminal.text(TEMPERATURE_HELP))
    add("--seed", type=_number(int, 0, 2**32 - 2), metavar="N", help=terminal.text(SEED_HELP))
    add("--raw", action="store_true", help=terminal.text(RAW_HELP))
    add("--json", action="store_true", help=terminal.text(JSON_HELP))
    add("--no-stream", action="store_true", help=terminal.text(NO_STREAM_HELP))
    add("--verbose", action="store_true", help=terminal.text(VERBOSE_HELP))
    command.set_defaults(run=chat, command=command)


def chat(options: argparse.Namespace, terminal: Terminal) -> int:
    if options.prompt is None and (options.json or options.raw):
        options.command.error(terminal.text(JSON_NEEDS_PROMPT))
    spec = find_model(options.model, terminal.paths)
    talk = Talk(terminal.paths)
    try:
        talk.load(spec, load_options(terminal.paths), terminal)
        note_use(spec, terminal.paths)
        if options.prompt is None:
            return converse(talk, spec, options, terminal)
        return ask(talk, spec, options, terminal)
    finally:
        talk.close()


def load_options(paths: Paths) -> LoadOptions:
    """Context, threads and graphics card as set in the window."""
    settings = Settings.load(paths.settings)
    layers = 0 if settings.get("gpu") == "off" else None
    return LoadOptions(settings.get("context"), settings.get("threads") or None, layers)


def request_for(spec: ModelSpec, options: argparse.Namespace, turns: tuple[Turn, ...]) -> AnswerRequest:
    """The model's own sampling values, changed by what the command line says. Temperature 0 is greedy."""
    sampling = spec.template.sampling if spec.template else Sampling()
    if options.temperature is not None:
        sampling = replace(sampling, temperature=options.temperature)
    if sampling.temperature == 0:
        sampling = replace(sampling, repeat_penalty=1.0)
    if options.seed is not None:
        sampling = replace(sampling, seed=options.seed)
    limit = options.max_tokens or (spec.template.max_tokens if spec.template else AnswerRequest.max_tokens)
    return AnswerRequest(turns, _clean(options.system), sampling, limit, options.raw)


def ask(talk: Talk, spec: ModelSpec, options: argparse.Namespace, terminal: Terminal) -> int:
    """One question, one answer."""
    stream = not (options.json or options.no_stream)
    turns = (Turn(Role.USER, _clean(options.prompt)),)
    answer = talk.answer(request_for(spec, options, turns), _shower(terminal, stream))
    if options.json:
        result = {"text": answer.text, "tokens": answer.tokens, "prompt_tokens": answer.prompt_tokens}
        print(json.dumps({**result, "stats": asdict(answer.stats)}, ensure_ascii=False), flush=True)
    else:
        print("" if stream else answer.text, flush=True)
    return INTERRUPTED if answer.stats.end is EndReason.STOPPED else DONE


def converse(talk: Talk, spec: ModelSpec, options: argparse.Namespace, terminal: Terminal) -> int:
    """Question after question from stdin, until /quit, its end, or Ctrl-C twice."""
    with suppress(ImportError):
        import readline  # noqa: F401  arrow keys and this session's lines; nothing is kept
    terminal.note(WELCOME, name=spec.name)
    if spec.id == GUIDE:
        terminal.note(GUIDE_NOTE)
    prompt = "> " if sys.stdin.isatty() and sys.stdout.isatty() else ""
    turns: tuple[Turn, ...] = ()
    interrupted = False
    while True:
        try:
            line = _clean(input(prompt)).strip()
        except EOFError:
            print(flush=True)
            return DONE
        except KeyboardInterrupt:
            if interrupted:
                return INTERRUPTED
            interrupted = True
            print(flush=True)
            terminal.note(AGAIN_TO_END)
            continue
        interrupted = False
        if line in ("/quit", "/exit"):
            return DONE
        if line == "/new":
            turns = ()
            terminal.note(STARTED_OVER)
        elif line:
            asked = (*turns, Turn(Role.USER, line))
            turns = _next_turns(talk, request_for(spec, options, asked), terminal, stream=not options.no_stream)


def _next_turns(talk: Talk, request: AnswerRequest, terminal: Terminal, stream: bool) -> tuple[Turn, ...]:
    """Print the answer and return the chat with it. A failed or empty answer leaves the chat as it was."""
    before = request.turns[:-1]
    try:
        answer = talk.answer(request, _shower(terminal, stream))
    except Cancelled:
        print(flush=True)
        return before
    except Fixable as error:
        print(flush=True)
        terminal.report(error)
        return before
    print("" if stream else answer.text, flush=True)
    return (*request.turns, Turn(Role.ASSISTANT, answer.text)) if answer.text else before


def _shower(terminal: Terminal, stream: bool) -> Callable[[Event], None]:
    def show(event: Event) -> None:
        if isinstance(event, TurnsDropped):
            terminal.note(DROPPED)
        elif isinstance(event, TextDelta) and stream:
            print(event.text, end="", flush=True)

    return show


# --- the command line -------------------------------------------------------------------------------------------

COMMANDS: tuple[Callable[[Any, Terminal], None], ...] = (
    add_chat,
    *models_commands.COMMANDS,
    *weights_commands.COMMANDS,
    self_test.add_self_test,
)


def make_parser(terminal: Terminal) -> argparse.ArgumentParser:
    parser = parser_in(terminal)(prog="chatbelle", description=terminal.text(ABOUT))
    name = f"ChatBELLE {__version__}"
    parser.add_argument("--version", action="version", version=name, help=terminal.text(VERSION))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in COMMANDS:
        add(commands, terminal)
    return parser


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; never raises."""
    _speak_utf8()
    terminal = Terminal()
    arguments = ["self-test", *arguments[1:]] if arguments[:1] == ["--self-test"] else arguments
    try:
        options = make_parser(terminal).parse_args(arguments)
        set_up_logging(terminal.paths, getattr(options, "verbose", False), name="terminal")
        code: int = options.run(options, terminal)
        sys.stdout.flush()
        return code
    except SystemExit as end:  # argparse: help, version or wrong usage
        return end.code if isinstance(end.code, int) else USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the flush at exit must not fail too
        return PIPE_CLOSED
    except Exception as error:  # the last place that can still explain it
        return terminal.report(as_app_error(error))


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # a replaced stream may lack it


def _clean(text: str) -> str:
    """UTF-8 that a terminal with another locale gave us is read again; what was no text becomes a replacement."""
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "replace")
    return raw.decode("utf-8", "replace")


def _number(kind: Callable[[str], Any], low: float, high: float) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        value = kind(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{low:g} … {high:g}: {text}")
        return value

    read.__name__ = kind.__name__
    return read
