"""What the commands for models are given, and what they draw."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from app.cli import run
from app.errors import Fixable
from app.model_choice import find_model
from app.models_install import what_is_meant
from app.models_wiring import model_options
from app.paths import Paths
from app.progress_bar import Shown, cut, gigabytes, width
from app.runtime.models.installs import InstallRequest
from app.settings import Settings
from app.terminal import Terminal, sentences
from tests.runtime.models.hub import Hub

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATBELLE_LANG", "en")
    for name in ("HF_ENDPOINT", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)


# --- from a hub -------------------------------------------------------------------------------------------------------


def test_a_model_of_a_hub(fx: Path, home: Path, capsys: Capture) -> None:
    """The file is gone at first; the same command with another source goes on."""
    with Hub() as broken, Hub() as hub:
        for one in (broken, hub):
            one.add("someone/Tiny-GGUF", {"q/bloom.gguf": fx / "gguf-ref" / "bloom-f32.gguf"}, lfs=["q/bloom.gguf"])
        broken.play("missing")
        command = ["models", "install", "someone/Tiny-GGUF:q/bloom.gguf", "--yes", "--source"]
        assert run([*command, broken.endpoint]) == 3
        assert "error[download-" in capsys.readouterr().err
        assert run([*command, hub.endpoint, "--json"]) == 0
        out, err = capsys.readouterr()
        assert "goes on where it stopped" in err and json.loads(out)["answer"]
        assert find_model(json.loads(out)["entry"], Paths(home)).path.is_file()
        assert run(["models", "connections"]) == 0
        table = capsys.readouterr().out
        assert "127.0.0.1" in table and "download" in table


# --- what is said -----------------------------------------------------------------------------------------------------


def test_terms_and_licences_in_full(capsys: Capture) -> None:
    assert run(["models", "terms", "belle-7b-2m"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Terms: For study and research only") and "Version 2.0, January 2004" in out
    assert "BigScience RAIL License v1.0\ndated May 19, 2022" in out
    assert run(["models", "terms", "BELLE-LLaMA-7B-2M-enc", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in told["licences"]] == ["GNU GPL 3.0", "LLaMA License Agreement"]
    assert all(len(one["text"]) > 5_000 for one in told["licences"])
    assert run(["models", "terms", "BELLE-70B"]) == 3


def test_chinese_is_set_as_chinese(fx: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATBELLE_LANG", "zh_CN")
    assert run(["inspect", str(fx / "bloom-hf")]) == 0
    assert run(["models", "plan", str(fx / "bloom-hf"), "--type", "Q4_0"]) == 0
    assert run(["models", "terms", "BELLE-7B-2M"]) == 0
    out, err = capsys.readouterr()
    assert "步骤：" in out and "条款：" in out and not re.search(r"^[\u4e00-\u9fff]+: ", out + err, re.MULTILINE)
    (tmp_path / "a.bin").write_bytes(b"x" * 600)
    assert run(["inspect", str(tmp_path / "a.bin")]) == 3
    assert run(["models", "install", "ChatBELLE-int4"]) == 3
    assert not re.search("[。！？：；，] ", capsys.readouterr().err)


def test_sentences_follow_each_other() -> None:
    assert sentences("It failed.", "Try again.") == "It failed. Try again."
    assert sentences("失败了。", "再试一次。") == "失败了。再试一次。"
    assert sentences("", "再试一次。") == "再试一次。" and sentences("Done.", "") == "Done."


# --- files that come without a tokenizer ------------------------------------------------------------------------------


def test_a_tokenizer_from_elsewhere(fx: Path, home: Path, tmp_path: Path, capsys: Capture) -> None:
    alone, other = tmp_path / "网盘", tmp_path / "分词器"
    alone.mkdir()
    other.mkdir()
    weights = "bloom-tiny-8bit-128g.pt"
    for name in (weights, "config.json"):
        shutil.copy(fx / "gptq-bloom" / name, alone / name)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(fx / "gptq-bloom" / name, other / name)
    command = ["models", "install", str(alone), "--yes", "--json"]
    assert run(command) == 3
    assert "error[weights-tokenizer-missing]" in capsys.readouterr().err
    assert run([*command, "--tokenizer", str(tmp_path / "nowhere")]) == 3
    assert "error[weights-missing-file]" in capsys.readouterr().err
    assert run([*command, "--tokenizer", str(other / "tokenizer.json")]) == 0
    assert json.loads(capsys.readouterr().out)["answer"]


# --- what a name means ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("BELLE-7B-2M", InstallRequest(model="BELLE-7B-2M")),
        ("belle-7b-2m", InstallRequest(model="BELLE-7B-2M")),
        ("BelleGroup/BELLE-7B-2M", InstallRequest(model="BELLE-7B-2M")),
        ("https://huggingface.co/BelleGroup/BELLE-7B-2M/tree/main", InstallRequest(model="BELLE-7B-2M")),
        ("BELLE-7B-gptq:bloom7b-2m-4bit-128g.pt", InstallRequest("BELLE-7B-gptq", file="bloom7b-2m-4bit-128g.pt")),
        ("someone/Some-GGUF", InstallRequest(repository="someone/Some-GGUF")),
        ("someone/Some-GGUF:a/b.gguf", InstallRequest(repository="someone/Some-GGUF", file="a/b.gguf")),
        (
            "https://hf-mirror.com/someone/Some-GGUF/blob/main/q4.gguf",
            InstallRequest(repository="someone/Some-GGUF", file="q4.gguf"),
        ),
        ("BELLE-70B", InstallRequest(model="BELLE-70B")),
    ],
)
def test_what_is_meant(text: str, meant: InstallRequest) -> None:
    assert what_is_meant(text) == meant


def test_a_path_is_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "someone" / "model").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert what_is_meant("someone/model") == InstallRequest(path=tmp_path / "someone" / "model")
    assert what_is_meant("./no/file.gguf") == InstallRequest(path=tmp_path / "no" / "file.gguf")
    assert what_is_meant("file.gguf") == InstallRequest(path=tmp_path / "file.gguf")


# --- settings and what is drawn ---------------------------------------------------------------------------------------


def test_settings_reach_the_service(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home / "settings.json")
    settings.set("models_folder", str(tmp_path / "a"))
    settings.set("more_models_folders", json.dumps([str(tmp_path / "b"), 3, ""]))
    for key, value in (("source", "https://hf-mirror.com"), ("proxy", "direct"), ("hub_token", "hf_secret")):
        settings.set(key, value)
    options = model_options(settings)
    assert (options.folder, options.folders) == (tmp_path / "a", (tmp_path / "b",))
    assert (options.source, options.proxy, options.token) == ("https://hf-mirror.com", "direct", "hf_secret")
    assert "hf_secret" not in repr(options)
    settings.set("more_models_folders", "nonsense")
    monkeypatch.setenv("HF_TOKEN", "hf_other")
    settings.set("hub_token", "")
    assert model_options(settings).folders == () and model_options(settings).token == "hf_other"


def test_the_bar_stays_in_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("CHATBELLE_LANG", "zh_CN")
    stderr = io.StringIO()
    monkeypatch.setattr(stderr, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", stderr)
    shown = Shown("bar", Terminal())
    waits = Fixable("disk-full", path="/某个/很长的/文件夹")
    shown.update("download", 10**9, 4 * 10**9, "a", rate=2.5e6, left=7200.0, waits=waits)
    shown.update("try")
    shown.clear()
    lines = stderr.getvalue().split("\r\x1b[K")
    assert len(lines) == 4 and lines[-1] == ""
    assert "25 %" in lines[1] and all(width(line) < 60 for line in lines)


def test_json_progress_is_told_once(capsys: Capture) -> None:
    shown = Shown("json", Terminal())
    for done in (0, 0, 5, 5):
        shown.update("verify", done, 5, "x", rate=1.0, left=None)
    assert [json.loads(line)["done"] for line in capsys.readouterr().out.splitlines()] == [0, 5]


def test_sizes_and_widths() -> None:
    assert [gigabytes(size) for size in (646_944, 184_528_128, 4_250_000_000)] == ["0.65 MB", "185 MB", "4.25 GB"]
    assert (width("模型 7B"), cut("模型 7B", 5), cut("模型", 4)) == (7, "模型…", "模型")
