"""`chatbelle inspect`, `decrypt` and `convert`: any BELLE weights become one GGUF file, from a terminal.

Results go to stdout, progress and errors to stderr; with `--progress json` one JSON object per line to stdout.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from app.progress_bar import PROGRESS_HELP, described, gigabytes, showing
from app.settings import QT_TRANSLATE_NOOP
from app.terminal import DONE, Terminal, cancel_on_interrupt

TARGETS = ("keep", "F32", "F16", "Q8_0", "Q6_K", "Q5_K_M", "Q5_1", "Q5_0", "Q4_K_M", "Q4_1", "Q4_0")

INSPECT_HELP = QT_TRANSLATE_NOOP("Cli", "say what a file or folder of weights is and what it needs")
DECRYPT_HELP = QT_TRANSLATE_NOOP("Cli", "decrypt BELLE's .enc files with Meta's original LLaMA file")
CONVERT_HELP = QT_TRANSLATE_NOOP("Cli", "turn weights into one GGUF file: decrypt, convert and quantize in one pass")
PATH_HELP = QT_TRANSLATE_NOOP("Cli", "a model file, or the folder of a model")
KEY_HELP = QT_TRANSLATE_NOOP("Cli", "Meta's consolidated.00.pth, or a folder that holds it")
OUT_FOLDER_HELP = QT_TRANSLATE_NOOP("Cli", "the folder for the decrypted files")
OUT_FILE_HELP = QT_TRANSLATE_NOOP("Cli", "the GGUF file to write")
TYPE_HELP = QT_TRANSLATE_NOOP(
    "Cli", "the numbers to write; keep: as the source has them (default for quantized sources)"
)
TOKENIZER_HELP = QT_TRANSLATE_NOOP("Cli", "a folder with tokenizer.model or tokenizer.json, if the source lacks it")
OVERWRITE_HELP = QT_TRANSLATE_NOOP("Cli", "replace existing files")
INSPECT_JSON_HELP = QT_TRANSLATE_NOOP("Cli", "print one JSON object")

KIND = QT_TRANSLATE_NOOP("Cli", "Kind")
ARCHITECTURE = QT_TRANSLATE_NOOP("Cli", "Architecture")
PARAMETERS = QT_TRANSLATE_NOOP("Cli", "Parameters")
QUANTIZATION = QT_TRANSLATE_NOOP("Cli", "Numbers")
SIZE = QT_TRANSLATE_NOOP("Cli", "Size")
FILES = QT_TRANSLATE_NOOP("Cli", "Files")
MISSING = QT_TRANSLATE_NOOP("Cli", "Missing")
NEEDS = QT_TRANSLATE_NOOP("Cli", "Needed next")
NOTHING = QT_TRANSLATE_NOOP("Cli", "nothing")
NEED_KEY = QT_TRANSLATE_NOOP("Cli", "the key: Meta's original LLaMA file")
NEED_TOKENIZER = QT_TRANSLATE_NOOP("Cli", "the tokenizer")
NEED_FILES = QT_TRANSLATE_NOOP("Cli", "the missing files")

NEED_TEXTS = {"key": NEED_KEY, "tokenizer": NEED_TOKENIZER, "files": NEED_FILES}


# --- inspect ----------------------------------------------------------------------------------------------------


def add_inspect(commands: Any, terminal: Terminal) -> None:
    command = _command(commands, terminal, "inspect", INSPECT_HELP)
    command.add_argument("path", type=Path, metavar="PATH", help=terminal.text(PATH_HELP))
    command.add_argument("--key", type=Path, metavar="KEY", help=terminal.text(KEY_HELP))
    command.add_argument("--json", action="store_true", help=terminal.text(INSPECT_JSON_HELP))
    command.set_defaults(run=inspect)


def inspect(options: argparse.Namespace, terminal: Terminal) -> int:
    from app.runtime.weights.recognise import recognise

    found = recognise(options.path, options.key)
    if options.json:
        print(json.dumps(_described(found, terminal), ensure_ascii=False), flush=True)
    else:
        _print_facts(found, terminal)
        for note in found.notes:
            terminal.warn(note)
    return terminal.report(found.problem) if found.problem else DONE


def _described(found: Any, terminal: Terminal) -> dict[str, Any]:
    facts = {one.name: getattr(found, one.name) for one in fields(found)}
    facts.update(path=str(found.path), complete=found.complete)
    facts["problem"] = described(found.problem, terminal) if found.problem else None
    facts["notes"] = [described(note, terminal) for note in found.notes]
    return facts


def _print_facts(found: Any, terminal: Terminal) -> None:
    needs = ", ".join(terminal.text(NEED_TEXTS[need]) for need in found.needs) or terminal.text(NOTHING)
    rows = (
        (KIND, found.kind.value),
        (ARCHITECTURE, found.architecture),
        (PARAMETERS, f"{found.parameters / 1e9:.2f} B" if found.parameters >= 1e7 else str(found.parameters or "")),
        (QUANTIZATION, found.quantization),
        (SIZE, gigabytes(found.size)),
        (FILES, ", ".join(found.files)),
        (MISSING, ", ".join(found.missing)),
        (NEEDS, "" if found.problem and not found.needs else needs),
    )
    for label, value in rows:
        if value:
            print(terminal.labelled(label, value))
    sys.stdout.flush()


# --- decrypt and convert ----------------------------------------------------------------------------------------


def add_decrypt(commands: Any, terminal: Terminal) -> None:
    command = _command(commands, terminal, "decrypt", DECRYPT_HELP)
    command.add_argument("path", type=Path, metavar="SRC", help=terminal.text(PATH_HELP))
    command.add_argument("--key", type=Path, required=True, metavar="KEY", help=terminal.text(KEY_HELP))
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help=terminal.text(OUT_FOLDER_HELP))
    _add_output_options(command, terminal)
    command.set_defaults(run=decrypt)


def decrypt(options: argparse.Namespace, terminal: Terminal) -> int:
    from app.runtime.weights.decrypt import decrypt as decrypt_files
    from app.runtime.weights.key_test import key_file

    key = key_file(options.key, options.path)
    with showing(options.progress, terminal) as shown, cancel_on_interrupt() as cancel:
        written = decrypt_files(
            options.path,
            key,
            options.out,
            lambda done, total, file: shown.update("decrypt", done, total, file),
            cancel,
            overwrite=options.overwrite,
        )
        shown.end([str(path) for path in written])
    return DONE


def add_convert(commands: Any, terminal: Terminal) -> None:
    command = _command(commands, terminal, "convert", CONVERT_HELP)
    command.add_argument("path", type=Path, metavar="SRC", help=terminal.text(PATH_HELP))
    command.add_argument("--out", type=Path, required=True, metavar="FILE.gguf", help=terminal.text(OUT_FILE_HELP))
    command.add_argument("--type", choices=TARGETS, help=terminal.text(TYPE_HELP))
    command.add_argument("--key", type=Path, metavar="KEY", help=terminal.text(KEY_HELP))
    command.add_argument("--tokenizer", type=Path, metavar="DIR", help=terminal.text(TOKENIZER_HELP))
    _add_output_options(command, terminal)
    command.set_defaults(run=convert)


def convert(options: argparse.Namespace, terminal: Terminal) -> int:
    from app.runtime.weights.convert import run
    from app.runtime.weights.planning import plan
    from app.runtime.weights.records import Target
    from app.weights_origin import origin_of

    planned = plan(
        options.path,
        options.key,
        Target(options.type) if options.type else None,
        out=options.out,
        tokenizer=options.tokenizer,
        overwrite=options.overwrite,
    )
    planned = replace(planned, origin=origin_of(planned.source, planned.architecture))
    with showing(options.progress, terminal) as shown, cancel_on_interrupt() as cancel:
        result = run(planned, lambda at: shown.update(at.step.value, at.done, at.total, at.item), cancel)
        shown.end([str(result.path)], result.notes)
    return DONE


def _command(commands: Any, terminal: Terminal, name: str, about: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=terminal.text(about), description=terminal.text(about)
    )
    command.add_argument("--verbose", action="store_true", help=argparse.SUPPRESS)
    return command


def _add_output_options(command: argparse.ArgumentParser, terminal: Terminal) -> None:
    command.add_argument("--overwrite", action="store_true", help=terminal.text(OVERWRITE_HELP))
    command.add_argument(
        "--progress", choices=("bar", "json", "none"), default="bar", help=terminal.text(PROGRESS_HELP)
    )


COMMANDS: tuple[Callable[[Any, Terminal], None], ...] = (add_inspect, add_decrypt, add_convert)
