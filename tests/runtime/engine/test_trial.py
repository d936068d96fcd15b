"""First loads in a child process, and what the disk remembers of them."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import Cancelled, Fixable
from app.messages import MESSAGES
from app.paths import Paths
from app.runtime.engine.records import LoadOptions, ModelSpec, ModelState
from app.runtime.engine.service import Engine
from app.runtime.engine.trial import InterruptedLoad, TrialQuestion, Trials, interrupted_load, run_child
from app.runtime.engine.trial_process import child_command, question_argument
from app.runtime.events import JobFinished, LoadProgress
from app.runtime.jobs import Job
from tests.runtime.engine.engine_kit import BLOOM, MODELS, Heard, ask, row, session

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


# --- a question ---

QUESTION = TrialQuestion("请用两句话介绍一下北京。", "belle-bloom", tokens=24)


@pytest.mark.parametrize("name", MODELS)
def test_a_question_is_answered_in_a_child(paths: Paths, name: str) -> None:
    """The same answer as here, and the file counts as tried from then on."""
    spec = ModelSpec(MODELS[name], name, name)
    answer = Trials(paths, command=REAL).ask(spec, OPTIONS, QUESTION, Job(Heard()))
    template = row(QUESTION.template)
    with session(name, context=256, template=template) as here:
        greedy = replace(template.sampling, temperature=0)
        assert answer == ask(here, QUESTION.text, sampling=greedy, max_tokens=24).text
    assert answer
    assert Trials(paths, command=_child("raise SystemExit(9)")).prove(spec, OPTIONS, Job(Heard())) is False


def test_a_question_is_asked_again_each_time(paths: Paths) -> None:
    child = _child("import json, sys; print(json.dumps({'done': True, 'answer': json.loads(sys.argv[4])['text']}))")
    for _ in range(2):
        assert Trials(paths, command=child).ask(SPEC, OPTIONS, QUESTION, Job(Heard())) == QUESTION.text
    assert len(json.loads(paths.trials.read_text("utf-8"))) == 1
    assert question_argument(QUESTION).isascii()


def test_the_child_answers_the_question(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("app.runtime.engine.trial_process._die_quietly", lambda: None)
    own_template = replace(QUESTION, template="")
    for question in (QUESTION, own_template):
        assert run_child([str(BLOOM), "256", "0", question_argument(question)]) == 0
        out = capsys.readouterr().out
        last = json.loads(out.splitlines()[-1])
        assert last["done"] is True and last["answer"] and out.isascii()
    long = replace(QUESTION, text="很长" * 400)
    assert run_child([str(BLOOM), "256", "0", question_argument(long)]) == 3
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["error"] == "message-too-long"


def test_a_slow_answer_ends_in_time(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there by then is the answer."""
    monkeypatch.setattr("app.runtime.engine.trial_process._die_quietly", lambda: None)
    answers = []
    for seconds in (60.0, 0.0):
        question = replace(QUESTION, tokens=60, seconds=seconds)
        assert run_child([str(BLOOM), "256", "0", question_argument(question)]) == 0
        answers.append(json.loads(capsys.readouterr().out.splitlines()[-1])["answer"])
    whole, begun = answers
    assert begun and whole.startswith(begun) and len(begun) < len(whole)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_question_that_kills_the_child(paths: Paths) -> None:
    die = "import os, resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.abort()"
    for code, timeout, wanted in ((die, 60.0, "trial-crashed"), ("import time; time.sleep(100)", 0.3, "trial-timeout")):
        with pytest.raises(Fixable, match=wanted):
            Trials(paths, command=_child(code), timeout=timeout).ask(SPEC, OPTIONS, QUESTION, Job(Heard()))
    assert not paths.trials.exists()


def test_a_question_can_be_cancelled(paths: Paths) -> None:
    job = Job(lambda event: job.cancel())
    code = "import time; print('{\"progress\": 0.1}', flush=True); time.sleep(100)"
    with pytest.raises(Cancelled):
        Trials(paths, command=_child(code)).ask(SPEC, OPTIONS, QUESTION, job)


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
