"""Both ends of a trial: the child that loads a file and decodes one token, or answers a question with it, and the
parent that watches it."""

from __future__ import annotations

import ctypes
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from app import program
from app.errors import Fixable, as_app_error
from app.runtime.engine.model import LoadedModel, load
from app.runtime.engine.prompts import templates
from app.runtime.engine.records import AnswerRequest, LoadOptions, ModelSpec, Role, Sampling, Turn
from app.runtime.engine.session import Session
from app.runtime.events import Event, LoadProgress, TextDelta
from app.runtime.jobs import Job

TRIAL_TIMEOUT = 600.0
_POLL = 0.05
TRIAL_SHARE = 0.5  # of the progress shown: the file is read twice
_WINDOWS_ILLEGAL_INSTRUCTION = 0xC000001D
_WINDOWS_NO_MEMORY = (0xC0000017, 0xC000012D)
_NO_DIALOGS = 0x0001 | 0x0002  # SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX


@dataclass(frozen=True)
class TrialQuestion:
    """What the child is to answer, greedily. `template`: a row of `assets/templates.json`, "" for the file's own.
    Whichever is reached first ends the answer: `tokens`, or `seconds` of writing (a slow computer need not finish)."""

    text: str
    template: str = ""
    tokens: int = 128
    seconds: float = 120.0


def child_command() -> list[str]:
    """This program again, as the child step."""
    return [*program.command(), "--trial"]


# --- the child ---


def run_child(arguments: Sequence[str]) -> int:
    """`PATH [CONTEXT [GPU_LAYERS [QUESTION]]]`: load and answer, with one token if there is no question (a
    `TrialQuestion` as JSON); say on stdout how it goes."""
    _die_quietly()
    path = Path(arguments[0])
    context = int(arguments[1]) if len(arguments) > 1 else LoadOptions.context
    layers = int(arguments[2]) if len(arguments) > 2 and arguments[2] else None
    try:
        question = TrialQuestion(**json.loads(arguments[3])) if len(arguments) > 3 else None
        model = load(ModelSpec(path, "trial", "trial"), LoadOptions(context, gpu_layers=layers), Job(_tell))
        told = {"answer": _answer(model, question)} if question else _decode_once(model)
        model.close()
    except Exception as error:  # the parent raises it again
        failure = as_app_error(error)
        _say({"error": failure.code, "params": dict(failure.params)})
        return 3 if isinstance(failure, Fixable) else 1
    _say({"done": True, **told})
    return 0


def _decode_once(model: LoadedModel) -> dict[str, Any]:
    request = AnswerRequest((Turn(Role.USER, "1"),), sampling=Sampling(temperature=0), max_tokens=1, raw=True)
    Session(model, None).answer(request, Job(lambda _event: None))
    return {}


def _answer(model: LoadedModel, question: TrialQuestion) -> str:
    """With the row's own repeat penalty: without it small models repeat themselves where a chat would not."""
    row = templates().get(question.template or model.template_id)
    sampling = replace(row.sampling if row else Sampling(), temperature=0)
    request = AnswerRequest((Turn(Role.USER, question.text),), sampling=sampling, max_tokens=question.tokens)
    began = 0.0

    def hear(event: Event) -> None:
        nonlocal began
        if isinstance(event, TextDelta):
            began = began or time.monotonic()
            if time.monotonic() - began > question.seconds:
                job.cancel()  # after the first token that only ends the answer

    job = Job(hear)
    return Session(model, row).answer(request, job).text


def _tell(event: Event) -> None:
    if isinstance(event, LoadProgress):
        _say({"progress": event.fraction})


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _die_quietly() -> None:
    """No core file, no crash dialog; and if memory runs out, this process is the one to go."""
    if sys.platform == "win32":
        ctypes.windll.kernel32.SetErrorMode(_NO_DIALOGS)
        return
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


# --- the parent ---


def question_argument(question: TrialQuestion) -> str:
    """As the child reads it: ASCII, which every system's command line keeps."""
    return json.dumps(asdict(question))


def watch_child(command: Sequence[str], path: Path, job: Job, timeout: float) -> dict[str, Any]:
    """Run the child to its end; its last words. Raises `Fixable` if it did not succeed, `Cancelled` if `job` was
    cancelled."""
    job.token.check()
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=program.environment(),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    guard = _Guard(process, job, timeout)
    error: dict[str, Any] | None = None
    done: dict[str, Any] = {}
    with process:
        for line in process.stdout or ():
            message = _parse(line)
            if "progress" in message:
                job.emit(LoadProgress(job.id, float(message["progress"]) * TRIAL_SHARE))
            if "error" in message:
                error = message
            if "done" in message:
                done = message
    guard.end()
    job.token.check()
    if guard.timed_out:
        raise Fixable("trial-timeout", path=str(path), seconds=round(timeout))
    if process.returncode:
        raise _failure(process.returncode, error, path)
    return done


class _Guard:
    """Kills the child on cancel or timeout."""

    def __init__(self, process: subprocess.Popen[str], job: Job, timeout: float) -> None:
        self.timed_out = False
        self._process, self._job = process, job
        self._deadline = time.monotonic() + timeout
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="trial guard", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(_POLL):
            self.timed_out = time.monotonic() > self._deadline
            if self.timed_out or self._job.token.cancelled:
                self._process.kill()
                return


def _parse(line: str) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _failure(code: int, error: dict[str, Any] | None, path: Path) -> Fixable:
    """What an exit code and the child's last words mean."""
    if error and error["error"] != "internal-bug":
        return Fixable(error["error"], **error["params"])
    if code == -getattr(signal, "SIGKILL", 9) or code & 0xFFFFFFFF in _WINDOWS_NO_MEMORY:
        return Fixable("trial-out-of-memory", path=str(path))
    if code == -signal.SIGILL or code & 0xFFFFFFFF == _WINDOWS_ILLEGAL_INSTRUCTION:
        return Fixable("trial-illegal-instruction", path=str(path))
    return Fixable("trial-crashed", path=str(path), reason=_reason(code, error))


def _reason(code: int, error: dict[str, Any] | None) -> str:
    if error:
        return str(error["params"].get("kind", "error"))
    if code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code:#x}" if code > 255 else f"exit code {code}"
