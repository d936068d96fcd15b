"""`chatbelle` in a terminal: what goes to stdout, what to stderr, and the exit code."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

from app import __main__, __version__, cli
from app.errors import Fixable, InternalBug
from app.model_choice import find_model
from app.paths import find_paths
from app.runtime.engine.records import AnswerRequest, EndReason, LoadOptions, ModelInfo, ModelSpec, Role, Turn
from app.runtime.events import LoadProgress
from app.runtime.jobs import Job, Sink
from tests.contracts.fake_engine import FakeEngine, Script

ROOT = Path(__file__).parent.parent
LLAMA = ROOT / "tests" / "fixtures" / "gguf" / "llama-f16.gguf"
EXPECTED = json.loads((ROOT / "tests" / "fixtures" / "weights_expected.json").read_text("utf-8"))["hf"]


class CliEngine(FakeEngine):
    """A fake that also loads."""

    load_error: Exception | None = None
    specs: list[ModelSpec]

    def load(self, spec: ModelSpec, options: LoadOptions, sink: Sink) -> Job:
        self.specs = [*getattr(self, "specs", []), spec]

        def work(job: Job) -> ModelInfo:
            job.emit(LoadProgress(job.id, 0.5))
            if self.load_error:
                raise self.load_error
            return ModelInfo(spec.id, spec.name, spec.path, "llama", "F16", 4_000_000, 2_000_000, 512, 1000)

        return self._lane.submit(work, sink)


Play = Callable[..., CliEngine]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Play:
    """Put a fake engine and a fake guide in place; the engine is returned."""
    guide = tmp_path / "guide.gguf"
    guide.write_bytes(b"GGUF")
    monkeypatch.setattr("app.model_choice.guide_model", lambda: guide)
    monkeypatch.setenv("CHATBELLE_LANG", "en")

    def prepare(script: Script | Callable[[AnswerRequest], Script] | None = None) -> CliEngine:
        engine = CliEngine(script)
        monkeypatch.setattr("app.terminal.Engine", lambda **_options: engine)
        return engine

    return prepare


def type_lines(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_answer_goes_to_stdout_and_nothing_else(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    engine = play(Script(pieces=("内存", "够用。")))
    assert cli.run(["chat", "--prompt", "8GB 内存？"]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("内存够用。\n", "")
    assert engine.specs[0].id == "guide"
    assert engine.specs[0].template is not None
    assert engine.requests[0].turns == (Turn(Role.USER, "8GB 内存？"),)
    assert engine.requests[0].sampling == engine.specs[0].template.sampling


def test_options_reach_the_engine(play: Play) -> None:
    engine = play()
    arguments = ["--system", "short", "--max-tokens", "2", "--temperature", "0", "--seed", "7", "--raw", "--no-stream"]
    assert cli.run(["chat", "--prompt", "a", *arguments]) == 0
    (request,) = engine.requests
    assert (request.system, request.max_tokens, request.raw) == ("short", 2, True)
    assert (request.sampling.temperature, request.sampling.repeat_penalty, request.sampling.seed) == (0, 1.0, 7)


@pytest.mark.parametrize("options", [[], ["--no-stream"]])
def test_stream_and_whole_answer_print_the_same(
    play: Play, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    play()
    assert cli.run(["chat", "--prompt", "a", *options]) == 0
    assert capsys.readouterr().out == "Hello, world.\n"


def test_json_is_one_object(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    play(Script(pieces=("北", "京")))
    assert cli.run(["chat", "--prompt", "a", "--json"]) == 0
    out = capsys.readouterr().out
    assert "北京" in out
    answer = json.loads(out)
    assert list(answer) == ["text", "tokens", "prompt_tokens", "stats"]
    assert (answer["text"], answer["tokens"], answer["stats"]["end"]) == ("北京", [0, 1], "eos")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["chat", "--temperature", "warm"],
        ["chat", "--temperature", "-1"],
        ["chat", "--max-tokens", "0"],
        ["chat", "--json"],
        ["chat", "--raw"],
        ["chat", "stray"],
        ["self-test", "--model", "x"],
    ],
)
def test_wrong_usage_is_2(play: Play, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    play()
    assert cli.run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "usage:" in err


def test_fixable_error_is_3_and_one_line(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    engine = play()
    engine.load_error = Fixable("model-file-missing", path="/模型/a b.gguf")
    assert cli.run(["chat", "--prompt", "a"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error[model-file-missing]: ")
    assert "/模型/a b.gguf" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", ["no-such-model", "./nowhere.gguf", "folder/"])
def test_unknown_model_is_3(play: Play, capsys: pytest.CaptureFixture[str], name: str) -> None:
    play()
    assert cli.run(["chat", "--model", name, "--prompt", "a"]) == 3
    assert capsys.readouterr().err.startswith("error[model-")


def test_bug_is_1(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    play(Script(error=InternalBug("internal-bug", kind="ValueError")))
    assert cli.run(["chat", "--prompt", "a"]) == 1
    assert capsys.readouterr().err.startswith("error[internal-bug]: ")


def test_program_error_is_1_and_the_log_holds_no_chat_text(
    play: Play, capsys: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play()
    secret = "我的" + "秘密"  # a traceback quotes source lines, and this one only has the halves

    def broken(*_: Any) -> None:
        raise ValueError(secret)

    monkeypatch.setattr(cli, "request_for", broken)
    assert cli.run(["chat", "--prompt", secret]) == 1
    assert "error[internal-bug]" in capsys.readouterr().err
    log = (home / "logs" / "terminal.log").read_text("utf-8")
    assert "ValueError" in log
    assert secret not in log


def test_chinese_terminal_gets_chinese(
    play: Play, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    play()
    monkeypatch.setattr(
        "app.translations.table",
        lambda language: (
            {("Messages", "There is no model called {name}."): ("没有模型 {name}。",)} if language == "zh_CN" else {}
        ),
    )
    monkeypatch.setenv("CHATBELLE_LANG", "zh_CN.UTF-8")
    assert cli.run(["chat", "--model", "nonsense", "--prompt", "a"]) == 3
    assert "没有模型 nonsense。" in capsys.readouterr().err


def interrupt_after(seconds: float, times: int = 1) -> None:
    def press() -> None:
        for _ in range(times):
            time.sleep(seconds)
            os.kill(os.getpid(), 2)

    threading.Thread(target=press, daemon=True).start()


@pytest.mark.skipif(sys.platform == "win32", reason="signals work differently")
def test_ctrl_c_stops_the_answer_and_keeps_what_came(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    play(Script(pieces=repeat("等"), pace=0.01))
    interrupt_after(0.3)
    assert cli.run(["chat", "--prompt", "a", "--max-tokens", "1000000"]) == 130
    assert capsys.readouterr().out.startswith("等等")


def test_conversation_remembers_turns(
    play: Play, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = play(lambda request: Script(pieces=(f"answer {len(request.turns)}",), dropped=len(request.turns) // 3))
    type_lines(monkeypatch, "one\n\ntwo\n/new\nthree\n/quit\nnever\n")
    assert cli.run(["chat"]) == 0
    asked = [[turn.text for turn in request.turns] for request in engine.requests]
    assert asked == [["one"], ["one", "answer 1", "two"], ["three"]]
    out, err = capsys.readouterr()
    assert out == "answer 1\nanswer 3\nanswer 1\n"
    assert "not BELLE" in err
    assert "Earlier turns no longer fit" in err


def test_conversation_survives_a_failed_answer(
    play: Play, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(request: AnswerRequest) -> Script:
        failing = request.turns[-1].text == "bad"
        return Script(pieces=("fine",), error=Fixable("no-model") if failing else None)

    engine = play(script)
    type_lines(monkeypatch, "bad\ngood\n")  # ends with the input
    assert cli.run(["chat"]) == 0
    assert [turn.text for turn in engine.requests[-1].turns] == ["good"]
    assert "error[no-model]" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="signals work differently")
def test_conversation_goes_on_after_ctrl_c(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(request: AnswerRequest) -> Script:
        return Script(pieces=repeat("x"), pace=0.01) if len(request.turns) == 1 else Script()

    engine = play(script)
    type_lines(monkeypatch, "one\ntwo\n")
    interrupt_after(0.3)
    assert cli.run(["chat", "--max-tokens", "1000000"]) == 0
    assert [turn.role for turn in engine.requests[-1].turns] == [Role.USER, Role.ASSISTANT, Role.USER]


def test_undecodable_prompt_is_replaced(play: Play) -> None:
    engine = play()
    assert cli.run(["chat", "--prompt", "a\udcff", "--system", "\ud800"]) == 0
    engine.requests[0].turns[0].text.encode("utf-8")
    engine.requests[0].system.encode("utf-8")


def test_stopped_answer_says_so_by_its_exit_code(play: Play) -> None:
    play(Script(end=EndReason.STOPPED))
    assert cli.run(["chat", "--prompt", "a", "--no-stream"]) == 130


def test_paths_become_specs(tmp_path: Path) -> None:
    file = tmp_path / "我的 模型.gguf"
    file.write_bytes(b"GGUF")
    spec = find_model(str(file), find_paths())
    assert (spec.path, spec.id, spec.name, spec.template) == (file, str(file), "我的 模型", None)


# --- which of the three programs it is


@pytest.mark.parametrize(
    ("arguments", "program"),
    [
        ([], "window"),
        (["-platform", "offscreen"], "window"),
        (["{file}"], "window"),
        (["file://{file}"], "window"),
        (["--self-test", "--report", "x"], "terminal"),
        (["chat", "--prompt", "a"], "terminal"),
        (["--version"], "terminal"),
        (["--help"], "terminal"),
        (["nonsense"], "terminal"),
        (["--trial", "file.gguf", "512"], "trial"),
    ],
)
def test_main_chooses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: list[str], program: str) -> None:
    file = tmp_path / "Model.GGUF"
    file.touch()
    arguments = [argument.format(file=file) for argument in arguments]
    called: list[tuple[str, list[str]]] = []

    def take(name: str) -> Callable[[list[str]], int]:
        return lambda given: called.append((name, given)) or 0

    window = type(sys)("app.bootstrap")
    window.run_gui = take("window")
    monkeypatch.setitem(sys.modules, "app.bootstrap", window)
    monkeypatch.setattr("app.cli.run", take("terminal"))
    monkeypatch.setattr("app.runtime.engine.trial.run_child", take("trial"))
    assert __main__.main(arguments) == 0
    assert called == [(program, arguments[1:] if program == "trial" else arguments)]


def test_windowed_program_has_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(os, "dup2", lambda *_: None)  # pytest keeps its own descriptor
    assert __main__.main(["--version"]) == 0
    assert sys.stdout is not None


# --- the real thing


def chatbelle(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False, **options)


def test_real_model_gives_the_same_tokens_twice() -> None:
    row = EXPECTED["llama_hf"][0]
    arguments = ["chat", "--model", str(LLAMA), "--prompt", row["prompt"], "--raw", "--json", "--temperature", "0"]
    ascii_terminal = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    for _ in range(2):
        done = chatbelle(*arguments, env=ascii_terminal)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout.decode("utf-8"))
        assert answer["tokens"] == row["ids_until_eos"]
        assert answer["prompt_tokens"] == row["prompt_ids"]
        assert answer["text"] == row["text_until_eos"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such pipe")
def test_closed_pipe_is_quiet() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "chat", "--model", str(LLAMA), "--prompt", "你好", "--raw", "--temperature", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    assert process.wait(60) == cli.PIPE_CLOSED
    assert errors == b""


def test_version() -> None:
    done = chatbelle("--version")
    assert (done.returncode, done.stdout.decode().strip()) == (0, f"ChatBELLE {__version__}")
