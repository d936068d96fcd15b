"""`chatbelle self-test`: whether this installation works, one line for each step. Needs neither network nor display.

Everything that is imported late, every kind of file that is shipped, and every program that is started has a step.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import app
from app import __version__, program
from app.errors import AppError, Fixable, as_app_error
from app.model_choice import GUIDE, find_model
from app.paths import Paths
from app.resources import assets, guide_model
from app.runtime.engine.records import AnswerRequest, LoadOptions, ModelSpec, Role, Sampling, Turn
from app.settings import QT_TRANSLATE_NOOP
from app.terminal import BUG, DONE, Talk, Terminal, sentences
from app.translations import table, words

SELF_TEST_HELP = QT_TRANSLATE_NOOP("Cli", "check that this installation works")
VERBOSE_HELP = QT_TRANSLATE_NOOP("Cli", "show the log on stderr")
REPORT_HELP = QT_TRANSLATE_NOOP("Cli", "also write what is found to this file")
DISPLAY_HELP = QT_TRANSLATE_NOOP("Cli", "open the window on the screen, not in memory")
STEP_PROGRAM = QT_TRANSLATE_NOOP("Cli", "program")
STEP_FILES = QT_TRANSLATE_NOOP("Cli", "look for the app's files")
STEP_LIBRARIES = QT_TRANSLATE_NOOP("Cli", "load every part")
STEP_PROCESSOR = QT_TRANSLATE_NOOP("Cli", "start llama.cpp")
STEP_MODEL = QT_TRANSLATE_NOOP("Cli", "load the built-in guide")
STEP_CHINESE = QT_TRANSLATE_NOOP("Cli", "answer in Chinese")
STEP_ENGLISH = QT_TRANSLATE_NOOP("Cli", "answer in English")
STEP_HISTORY = QT_TRANSLATE_NOOP("Cli", "write and read a chat")
STEP_CONVERT = QT_TRANSLATE_NOOP("Cli", "convert a model")
STEP_TRIAL = QT_TRANSLATE_NOOP("Cli", "try it in a process of its own")
STEP_WINDOW = QT_TRANSLATE_NOOP("Cli", "open and close the window")
STEP_CARD = QT_TRANSLATE_NOOP("Cli", "look for a graphics card")
STEP_OK = QT_TRANSLATE_NOOP("Cli", "ok")
STEP_FAILED = QT_TRANSLATE_NOOP("Cli", "FAILED")

QUESTIONS = {STEP_CHINESE: "8GB 内存可以用哪个模型？", STEP_ENGLISH: "Which model can I use with 8 GB of memory?"}
LIBRARIES = (  # llama.cpp first: on Windows it must be there before Qt
    "llama_cpp", "numpy", "psutil", "platformdirs", "jinja2.sandbox", "pygments.lexers", "pygments.formatters",
    "huggingface_hub", "httpx2", "socksio", "send2trash", "sqlite3", "ssl",
    "PySide6.QtCore", "PySide6.QtGui", "PySide6.QtSvg", "PySide6.QtWidgets",
)  # fmt: skip
WINDOW_PATIENCE = 120.0
SHOWN, WIRED = "shown", "wired"  # what the window says when it ends as soon as it is ready
SAID = 300  # letters of what a program said that are shown
GREEDY = Sampling(temperature=0, repeat_penalty=1.0)


def add_self_test(commands: Any, terminal: Terminal) -> None:
    text = terminal.text(SELF_TEST_HELP)
    command = commands.add_parser("self-test", help=text, description=text)
    command.add_argument("--report", type=Path, metavar="FILE", help=terminal.text(REPORT_HELP))
    command.add_argument("--display", action="store_true", help=terminal.text(DISPLAY_HELP))
    command.add_argument("--verbose", action="store_true", help=terminal.text(VERBOSE_HELP))
    command.set_defaults(run=self_test)


def self_test(options: argparse.Namespace, terminal: Terminal) -> int:
    """The exit code of the worst failure. All that is written lies in a folder that is removed."""
    steps = Steps(terminal, options.report)
    with tempfile.TemporaryDirectory(prefix="ChatBELLE 测试 ", ignore_cleanup_errors=True) as name:
        paths = Paths(Path(name)).create()
        steps.take(STEP_PROGRAM, _describe_program)
        steps.take(STEP_FILES, _look_for_files)
        steps.take(STEP_PROCESSOR, _start_llama)
        steps.take(STEP_LIBRARIES, _load_parts)
        _talk(steps, terminal, paths)
        steps.take(STEP_HISTORY, partial(_write_chat, paths))
        model = paths.models / "自检.gguf"
        if steps.take(STEP_CONVERT, partial(_convert, model)):
            steps.take(STEP_TRIAL, partial(_try_model, model, paths))
        steps.take(STEP_WINDOW, partial(_open_window, paths, options.display))
        steps.take(STEP_CARD, _look_for_card)  # at the end: a broken driver would end this process
    return steps.code


class Steps:
    """Says how each step went, on stdout and to `report`; what failed also on stderr."""

    def __init__(self, terminal: Terminal, report: Path | None) -> None:
        self._terminal, self._report = terminal, report
        self._codes = [DONE]
        if report is not None:
            _write(report, "w", "")

    @property
    def code(self) -> int:
        return BUG if BUG in self._codes else max(self._codes)

    def take(self, name: str, work: Callable[[], str]) -> bool:
        """True if `work`, which returns facts, raised nothing."""
        text, started = self._terminal.text, time.monotonic()
        try:
            facts = work()
        except Exception as error:  # each step is reported, whatever happens in it
            self._say(self._terminal.labelled(name, text(STEP_FAILED)))
            self._tell(as_app_error(error))
            return False
        seconds = f"{text(STEP_OK)} ({time.monotonic() - started:.1f} s)"
        self._say(self._terminal.labelled(name, f"{seconds} {facts}".rstrip()))
        return True

    def _say(self, line: str) -> None:
        print(line, flush=True)
        if self._report is not None:
            _write(self._report, "a", f"{line}\n")

    def _tell(self, error: AppError) -> None:
        self._codes.append(self._terminal.report(error))
        if self._report is not None:
            line = f"error[{error.code}]: {sentences(*words(error, self._terminal.language))}"
            detail = "" if isinstance(error, Fixable) else f" ({error.params.get('detail', '')})"
            _write(self._report, "a", f"{line}{detail}\n")


def _write(report: Path, mode: str, text: str) -> None:
    try:
        with report.open(mode, encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Fixable("out-unwritable", path=str(report), detail=error.strerror or str(error)) from error


# --- steps ------------------------------------------------------------------------------------------------------


def _describe_program() -> str:
    kind = "packaged" if program.packaged() else "from source"
    return f"{__version__}, {kind}, Python {platform.python_version()}, {platform.platform()}, {sys.executable}"


def _look_for_files() -> str:
    """Each kind of file in `assets/` is read by whoever reads it otherwise."""
    from app.runtime.engine.prompts import templates
    from app.runtime.models.catalogue import load

    found = {
        "assets/icons": len([one for one in (assets() / "icons").glob("*.svg") if one.stat().st_size]),
        "assets/icon.svg": (assets() / "icon.svg").is_file(),
        "assets/i18n/zh_CN.ts": len(table("zh_CN")),
        "assets/theme/tokens.json": (assets() / "theme" / "tokens.json").is_file(),
        "assets/catalogue.json": len(load().models),
        "assets/templates.json": len(templates()),
        "assets/guide/guide.gguf": guide_model().is_file(),
    }
    missing = [name for name, number in found.items() if not number]
    if missing:
        raise Fixable("self-test-files", files=", ".join(missing))
    return ", ".join(f"{name}: {number}" for name, number in found.items() if number is not True)


def _start_llama() -> str:
    from app.runtime.engine import library

    devices = library.devices()
    if not devices:
        raise Fixable("self-test-processor")
    return ", ".join((library.version(), *library.loaded_files(), *devices, library.features()))


def _load_parts() -> str:
    """Everything that this program may ever import."""
    names = [*LIBRARIES, *(one.name for one in pkgutil.walk_packages(app.__path__, "app."))]
    failed: dict[str, str] = {}
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:  # also what a library raises that lacks a file of its own
            failed[name] = f"{type(error).__name__}: {error}"
    if failed:
        raise Fixable("self-test-parts", parts="; ".join(f"{name} ({why})" for name, why in failed.items()))
    importlib.import_module("httpx2").create_ssl_context()  # with the certificates that it trusts
    return str(len(names))


def _talk(steps: Steps, terminal: Terminal, paths: Paths) -> None:
    talk = Talk(paths)
    try:
        if steps.take(STEP_MODEL, partial(_load_guide, talk, terminal, paths)):
            for name, question in QUESTIONS.items():
                steps.take(name, partial(_checked_answer, talk, question, paths))
    finally:
        talk.close()


def _load_guide(talk: Talk, terminal: Terminal, paths: Paths) -> str:
    info = talk.load(find_model(GUIDE, paths), LoadOptions(), terminal)
    return f"{info.name}, {info.quantization}, {info.size / 1e6:.1f} MB"


def _checked_answer(talk: Talk, question: str, paths: Paths) -> str:
    """The first line of the greedy answer, which must be in the question's language."""
    spec = find_model(GUIDE, paths)
    limit = spec.template.max_tokens if spec.template else AnswerRequest.max_tokens
    text = talk.answer(AnswerRequest((Turn(Role.USER, question),), "", GREEDY, limit)).text.strip()
    if not text or _is_chinese(text) != _is_chinese(question):
        raise Fixable("self-test-answer", question=question)
    return text.splitlines()[0]


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def _write_chat(paths: Paths) -> str:
    """What one connection writes, another reads."""
    from app.runtime.chats.records import AnswerSettings
    from app.runtime.chats.store import ChatStore

    asked = "你好, self-test"
    store = ChatStore(paths.database)
    try:
        chat, question, _answer = store.ask(None, None, asked, AnswerSettings())
    finally:
        store.close()
    store = ChatStore(paths.database)
    try:
        if [one.id for one in store.chats()] != [chat.id] or store.message(question.id).text != asked:
            raise Fixable("history-damaged", path=str(paths.database))
    finally:
        store.close()
    return ""


def _convert(model: Path) -> str:
    """The guide in smaller numbers."""
    from app.runtime.weights.convert import run
    from app.runtime.weights.planning import plan
    from app.runtime.weights.records import Target

    made = run(plan(guide_model(), target=Target.Q4_0, out=model))
    return f"{Target.Q4_0.value}, {made.size / 1e6:.1f} MB"


def _try_model(model: Path, paths: Paths) -> str:
    from app.runtime.engine.trial import Trials
    from app.runtime.jobs import Job

    Trials(paths).prove(ModelSpec(model, "self-test", model.stem), LoadOptions(512), Job(lambda _event: None))
    return ""


def _open_window(paths: Paths, display: bool) -> str:
    """In a process of its own, which Qt would end if it found no plugin for the screen."""
    environment = {**program.environment(), "CHATBELLE_HOME": str(paths.home), "CHATBELLE_EXIT_WHEN_READY": "1"}
    if not display:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    said, code = "", "?"
    with suppress(subprocess.TimeoutExpired):
        done = subprocess.run(
            program.command(),
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=WINDOW_PATIENCE,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        said, code = done.stderr.strip()[-SAID:], str(done.returncode)
        if not done.returncode and {SHOWN, WIRED} <= set(done.stdout.split()):
            return environment.get("QT_QPA_PLATFORM", "")
    raise Fixable("self-test-window", exit_code=code, detail=said)


def _look_for_card() -> str:
    from app.runtime.engine import library

    found = library.use_gpu()
    files = library.loaded_files()
    return ", ".join((*files, *library.devices())) if found else "-"
