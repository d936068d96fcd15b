"""A file that this machine has not run yet is first tried in a child process, and every load leaves a breadcrumb.

llama.cpp can end the whole process (a damaged file, an instruction the processor lacks, no memory). In a child
that costs a sentence; the breadcrumb tells the next start about a crash that happened all the same.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from app.errors import Fixable
from app.paths import Paths
from app.runtime.engine import library
from app.runtime.engine.records import LoadOptions, ModelSpec
from app.runtime.engine.trial_process import (
    TRIAL_TIMEOUT,
    TrialQuestion,
    child_command,
    question_argument,
    run_child,
    watch_child,
)
from app.runtime.jobs import Job

__all__ = ["InterruptedLoad", "TrialQuestion", "Trials", "interrupted_load", "run_child"]

log = logging.getLogger(__name__)

_REMEMBERED = 500


@dataclass(frozen=True)
class InterruptedLoad:
    """The process died while it loaded this."""

    path: Path
    name: str
    context: int
    gpu_layers: int | None


class Trials:
    """`trusted` files are shipped with the app and loaded directly. `command` starts the child."""

    def __init__(
        self,
        paths: Paths,
        trusted: Collection[Path] = (),
        command: Sequence[str] | None = None,
        timeout: float = TRIAL_TIMEOUT,
    ) -> None:
        self._paths = paths
        self._trusted = {path.absolute() for path in trusted}
        self._command = list(command or child_command())
        self._timeout = timeout

    def prove(self, spec: ModelSpec, options: LoadOptions, job: Job) -> bool:
        """Raise `Fixable` (or `Cancelled`) unless the file ran before (False) or runs in a child now (True)."""
        if spec.path.absolute() in self._trusted:
            return False
        key = _key(spec.path, options)
        if key in _read_list(self._paths.trials):
            return False
        self._watch(spec, options, job)
        self._remember(key)
        return True

    def ask(self, spec: ModelSpec, options: LoadOptions, question: TrialQuestion, job: Job) -> str:
        """The answer that the file gives in a child, which proves it as `prove` does. Raises as that, and what a model
        that cannot answer raises (`message-too-long`)."""
        key = _key(spec.path, options)
        done = self._watch(spec, options, job, question_argument(question))
        self._remember(key)
        return str(done.get("answer", ""))

    def _watch(self, spec: ModelSpec, options: LoadOptions, job: Job, *more: str) -> dict[str, Any]:
        layers = "" if options.gpu_layers is None else str(options.gpu_layers)
        arguments = [str(spec.path), str(options.context), layers, *more]
        return watch_child([*self._command, *arguments], spec.path, job, self._timeout)

    def _remember(self, key: dict[str, Any]) -> None:
        known = [one for one in _read_list(self._paths.trials) if one != key]
        _write(self._paths.trials, [*known, key][-_REMEMBERED:])

    @contextmanager
    def breadcrumb(self, spec: ModelSpec, options: LoadOptions) -> Iterator[None]:
        """While inside, the disk says what is being loaded."""
        crumb = asdict(InterruptedLoad(spec.path, spec.name, options.context, options.gpu_layers))
        _write(self._paths.breadcrumb, {**crumb, "path": str(spec.path), "process": os.getpid()})
        try:
            yield
        finally:
            with suppress(OSError):
                self._paths.breadcrumb.unlink()


def interrupted_load(paths: Paths) -> InterruptedLoad | None:
    """What the previous run was loading when it died, told once; the file will be tried in a child again."""
    crumb = _read(paths.breadcrumb)
    if not isinstance(crumb, dict):
        return None
    process = crumb.get("process")
    if isinstance(process, int) and process != os.getpid() and psutil.pid_exists(process):
        return None  # another window, at work
    with suppress(OSError):
        paths.breadcrumb.unlink()
    try:
        found = InterruptedLoad(Path(crumb["path"]), str(crumb["name"]), int(crumb["context"]), crumb.get("gpu_layers"))
    except (KeyError, TypeError, ValueError):
        return None
    left = [key for key in _read_list(paths.trials) if key.get("path") != str(found.path)]
    _write(paths.trials, left)
    return found


def _key(path: Path, options: LoadOptions) -> dict[str, Any]:
    try:
        facts = path.stat()
    except FileNotFoundError:
        raise Fixable("model-file-missing", path=str(path)) from None
    return {
        "path": str(path),
        "size": facts.st_size,
        "mtime": facts.st_mtime_ns,
        "library": library.version(),
        "gpu": options.gpu_layers != 0 and library.may_use_gpu(),
    }


def _read_list(path: Path) -> list[dict[str, Any]]:
    data = _read(path)
    return [key for key in data if isinstance(key, dict)] if isinstance(data, list) else []


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write(path: Path, data: Any) -> None:
    """Best effort: without these files the app only knows less about its past."""
    staging = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with staging.open("w", encoding="utf-8") as file:
            json.dump(data, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        staging.replace(path)
    except OSError as error:
        log.warning("cannot write %s: %s", path.name, error)
