"""First loads in a child process, and what the disk remembers of them."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from app.errors import Cancelled, Fixable
from app.messages import MESSAGES
from app.paths import Paths
from app.runtime.engine.records import LoadOptions, ModelSpec, ModelState
from app.runtime.engine.service import Engine
from app.runtime.engine.trial import InterruptedLoad, Trials, interrupted_load, run_child
from app.runtime.engine.trial_process import child_command
from app.runtime.events import JobFinished, LoadProgress
from app.runtime.jobs import Job
from tests.runtime.engine.engine_kit import BLOOM, Heard

SPEC = ModelSpec(BLOOM, "bloom", "Bloom")
OPTIONS = LoadOptions(256, threads=1)
REAL = [
    sys.executable,
    "-c",
    "import sys; from app.runtime.engine.trial import run_child; sys.exit(run_child(sys.argv[1:]))",
]


@pytest.fixture
def paths(home: Path) -> Paths:
    return Paths(home).create()


def _child(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _fail(paths: Paths, code: str, timeout: float = 60) -> Fixable:
    with pytest.raises(Fixable) as failure:
        Trials(paths, command=_child(code), timeout=timeout).prove(SPEC, OPTIONS, Job(Heard()))
    text = MESSAGES[failure.value.code]
    assert (text.what + text.next).format(**failure.value.params)
    assert not paths.trials.exists()
    return failure.value


def test_a_good_file_is_tried_once(paths: Paths) -> None:
    heard = Heard()
    trials = Trials(paths, command=REAL)
    assert trials.prove(SPEC, OPTIONS, Job(heard)) is True
    fractions = [event.fraction for event in heard.all(LoadProgress)]
    assert fractions and max(fractions) == 0.5
    assert Trials(paths, command=_child("raise SystemExit(9)")).prove(SPEC, OPTIONS, Job(heard)) is False


def test_a_changed_file_is_tried_again(paths: Paths, tmp_path: Path) -> None:
    copy = tmp_path / "copy.gguf"
    copy.write_bytes(BLOOM.read_bytes())
    spec = ModelSpec(copy, "copy", "Copy")
    good = Trials(paths, command=_child("pass"))
    assert good.prove(spec, OPTIONS, Job(Heard())) is True
    assert good.prove(spec, OPTIONS, Job(Heard())) is False
    with copy.open("ab") as file:
        file.write(b"x")
    assert good.prove(spec, OPTIONS, Job(Heard())) is True


def test_shipped_files_are_trusted(paths: Paths) -> None:
    assert (
        Trials(paths, trusted=[BLOOM], command=_child("raise SystemExit(9)")).prove(SPEC, OPTIONS, Job(Heard()))
        is False
    )


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "trial-crashed"),
        ("import os; os.abort()", "trial-crashed"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "trial-illegal-instruction"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "trial-out-of-memory"),
        ("raise SystemExit(7)", "trial-crashed"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ways_to_die(paths: Paths, code: str, wanted: str) -> None:
    assert _fail(paths, "import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0));" + code).code == wanted


def test_the_reason_is_named(paths: Paths) -> None:
    assert _fail(paths, "raise SystemExit(7)").params["reason"] == "exit code 7"


def test_a_child_that_hangs(paths: Paths) -> None:
    began = time.monotonic()
    assert _fail(paths, "import time; time.sleep(100)", timeout=0.3).code == "trial-timeout"
    assert time.monotonic() - began < 20


def test_cancel_ends_the_child(paths: Paths) -> None:
    job = Job(lambda event: job.cancel())
    code = "import time; print('{\"progress\": 0.1}', flush=True); time.sleep(100)"
    began = time.monotonic()
    with pytest.raises(Cancelled):
        Trials(paths, command=_child(code)).prove(SPEC, OPTIONS, job)
    assert time.monotonic() - began < 20


def test_the_childs_error_is_the_parents(paths: Paths, tmp_path: Path) -> None:
    broken = tmp_path / "坏 broken.gguf"
    broken.write_bytes(BLOOM.read_bytes()[:9000])
    with pytest.raises(Fixable) as failure:
        Trials(paths, command=REAL).prove(ModelSpec(broken, "b", "b"), OPTIONS, Job(Heard()))
    assert failure.value.code == "model-file-unreadable" and failure.value.params["path"] == str(broken)


def test_a_missing_file(paths: Paths, tmp_path: Path) -> None:
    with pytest.raises(Fixable, match="model-file-missing"):
        Trials(paths).prove(ModelSpec(tmp_path / "no.gguf", "n", "n"), OPTIONS, Job(Heard()))


def test_the_child_step_itself(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.runtime.engine.trial_process._die_quietly", lambda: None)
    assert run_child([str(BLOOM), "256", "0"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1] == {"done": True} and any("progress" in line for line in lines)
    assert run_child(["no.gguf"]) == 3
    assert json.loads(capsys.readouterr().out)["error"] == "model-file-missing"


def test_the_child_is_this_program(monkeypatch: pytest.MonkeyPatch) -> None:
    assert child_command() == [sys.executable, "-m", "app", "--trial"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert child_command() == [sys.executable, "--trial"]


def test_the_engine_tries_first_and_survives(paths: Paths) -> None:
    engine = Engine(trials=Trials(paths, command=_child("import os; os.abort()")))
    heard = Heard()
    engine.load(SPEC, OPTIONS, heard)
    heard.ending()
    assert engine.status.state is ModelState.FAILED
    assert engine.status.error is not None and engine.status.error.code == "trial-crashed"
    assert engine.close()
    engine = Engine(trials=Trials(paths, command=REAL))
    heard = Heard()
    engine.load(SPEC, OPTIONS, heard)
    assert isinstance(heard.ending(), JobFinished)
    fractions = [event.fraction for event in heard.all(LoadProgress)]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert engine.close() and not paths.breadcrumb.exists()


# --- breadcrumbs ---


def test_a_breadcrumb_lies_there_only_while_loading(paths: Paths) -> None:
    trials = Trials(paths)
    with trials.breadcrumb(SPEC, OPTIONS):
        assert paths.breadcrumb.exists()
    assert not paths.breadcrumb.exists()
    with pytest.raises(ValueError, match="x"), trials.breadcrumb(SPEC, OPTIONS):
        raise ValueError("x")
    assert interrupted_load(paths) is None


def test_a_crash_while_loading_is_told_once(paths: Paths) -> None:
    trials = Trials(paths, command=_child("pass"))
    assert trials.prove(SPEC, OPTIONS, Job(Heard())) is True
    crumb = {"path": str(BLOOM), "name": "Bloom", "context": 256, "gpu_layers": None, "process": 2**22 + 1}
    paths.breadcrumb.write_text(json.dumps(crumb))
    assert interrupted_load(paths) == InterruptedLoad(BLOOM, "Bloom", 256, None)
    assert interrupted_load(paths) is None
    assert trials.prove(SPEC, OPTIONS, Job(Heard())) is True  # to be tried again


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"path": 3}', '"x"'])
def test_a_damaged_memory_is_no_memory(paths: Paths, text: str) -> None:
    paths.breadcrumb.write_text(text)
    paths.trials.write_text(text)
    assert interrupted_load(paths) is None
    assert Trials(paths, command=_child("pass")).prove(SPEC, OPTIONS, Job(Heard())) is True
