"""`chatbelle inspect`, `decrypt` and `convert` as a person or a script uses them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from app.runtime.weights.records import Target
from app.weights_commands import TARGETS


def inspected(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = run(["inspect", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_every_target_can_be_named() -> None:
    assert set(TARGETS) == {target.value for target in Target}


@pytest.mark.parametrize(
    ("path", "kind", "architecture", "quantization"),
    [
        ("llama-hf", "hugging-face", "llama", "F16"),
        ("bloom-hf", "hugging-face", "bloom", "F16"),
        ("bloom-hf/config.json", "hugging-face", "bloom", "F16"),
        ("bloom-hf/pytorch_model-00001-of-00002.bin", "hugging-face", "bloom", "F16"),
        ("llama-pth", "meta", "llama", "F16"),
        ("llama-pth/7B/consolidated.00.pth", "meta", "llama", "F16"),
        ("legacy/ggjt2-q4_1.bin", "legacy-ggml", "llama", "Q4_1"),
        ("gptq-llama/llama-tiny-4bit-128g.pt", "gptq", "llama", "Q4_1"),
        ("gptq-bloom", "gptq", "bloom", "Q4_1"),
        ("gguf-ref/bloom-f32.gguf", "gguf", "bloom", "F32"),
    ],
)
def test_inspect_tells_what_it_is(
    fx: Path, capsys: Any, path: str, kind: str, architecture: str, quantization: str
) -> None:
    code, found = inspected(capsys, str(fx / path))
    assert code == 0
    assert (found["kind"], found["architecture"], found["quantization"]) == (kind, architecture, quantization)
    assert found["complete"] and found["needs"] == [] and found["problem"] is None
    assert 300_000 < found["parameters"] < 5_000_000


def test_an_encrypted_folder_needs_its_key_first(fx: Path, capsys: Any) -> None:
    code, found = inspected(capsys, str(fx / "enc" / "encrypted"))
    assert (code, found["kind"], found["needs"]) == (0, "encrypted", ["key"])
    assert "pytorch_model.bin" in found["files"]
    code, found = inspected(capsys, str(fx / "enc" / "encrypted"), "--key", str(fx / "enc" / "consolidated.00.pth"))
    assert (code, found["architecture"], found["needs"]) == (0, "llama", [])


def test_missing_parts_are_named(fx: Path, capsys: Any) -> None:
    code, found = inspected(capsys, str(fx / "corrupt" / "missing-shard"))
    assert (code, found["missing"], found["needs"]) == (3, ["pytorch_model-00002-of-00002.bin"], ["files"])
    assert found["problem"]["code"] == "weights-files-missing"
    assert found["problem"]["message"] and found["problem"]["next"]


def test_chatbelles_own_format_is_explained(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "belle-model.bin"
    path.write_bytes(bytes.fromhex("9a939a9ddb8476e6") + bytes(1000))
    assert run(["inspect", str(path)]) == 3
    told = capsys.readouterr()
    assert "chatbelle-int4" in told.out
    assert "error[weights-chatbelle]" in told.err and "BELLE-7B-2M" in told.err


def test_convert_shows_progress_as_json_and_ends_with_the_file(fx: Path, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "带 空格" / "模型.gguf"
    out.parent.mkdir()
    code = run(["convert", str(fx / "llama-hf"), "--out", str(out), "--type", "Q4_0", "--progress", "json"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 0 and out.is_file()
    assert lines[-1]["event"] == "done" and lines[-1]["written"] == [str(out)]
    steps = [line for line in lines if line["event"] == "progress" and line["step"] == "convert"]
    assert steps and steps[-1]["done"] == steps[-1]["total"] > 0
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_a_folder_with_several_models_says_which_was_taken(fx: Path, tmp_path: Path, capsys: Any) -> None:
    assert run(["convert", str(fx / "gptq-bloom"), "--out", str(tmp_path / "a.gguf")]) == 0
    told = capsys.readouterr().err
    assert "bloom-tiny-4bit-128g.pt" in told and "bloom-tiny-8bit-128g.pt" in told


def test_nothing_is_overwritten_unasked(fx: Path, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "mine.gguf"
    out.write_text("mine")
    command = ["convert", str(fx / "llama-hf"), "--out", str(out), "--type", "F16"]
    assert run(command) == 3
    assert "error[out-exists]" in capsys.readouterr().err and out.read_text() == "mine"
    assert run([*command, "--overwrite"]) == 0 and out.stat().st_size > 1_000_000


def test_decrypt_gives_the_plain_files(fx: Path, tmp_path: Path, capsys: Any) -> None:
    encrypted, key = fx / "enc" / "encrypted", fx / "enc" / "consolidated.00.pth"
    out = tmp_path / "明文"
    assert run(["decrypt", str(encrypted), "--key", str(key), "--out", str(out)]) == 0
    names = sorted(path.name for path in out.iterdir())
    assert "名字 with space.v1.json" in names and "empty.txt" in names
    for path in encrypted.iterdir():
        plain, promised = path.name.removesuffix(".enc").rsplit(".", 1)
        assert hashlib.sha256((out / plain).read_bytes()).hexdigest() == promised


def test_the_key_may_be_a_folder(fx: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.gguf"
    assert run(["convert", str(fx / "enc"), "--key", str(fx / "enc"), "--out", str(out), "--type", "Q8_0"]) == 0


def test_a_wrong_key_is_refused_before_anything_is_written(fx: Path, tmp_path: Path, capsys: Any) -> None:
    wrong, out = fx / "corrupt" / "enc-wrong-key" / "wrong.key", tmp_path / "a.gguf"
    began = time.monotonic()
    assert run(["convert", str(fx / "enc" / "encrypted"), "--key", str(wrong), "--out", str(out)]) == 3
    assert time.monotonic() - began < 3  # a second at most, on a machine that is not busy
    assert "error[key-wrong]" in capsys.readouterr().err
    assert list(tmp_path.glob("a.gguf*")) == []


def test_a_damaged_encrypted_file_leaves_no_model(fx: Path, tmp_path: Path, capsys: Any) -> None:
    folder = tmp_path / "enc"
    shutil.copytree(fx / "enc" / "encrypted", folder)
    weights = next(folder.glob("pytorch_model.bin.*"))
    data = bytearray(weights.read_bytes())
    data[-1000] ^= 1
    weights.write_bytes(data)
    out, key = tmp_path / "a.gguf", fx / "enc" / "consolidated.00.pth"
    assert run(["convert", str(folder), "--key", str(key), "--out", str(out)]) == 3
    assert "error[enc-checksum]: pytorch_model.bin" in capsys.readouterr().err
    assert list(tmp_path.glob("a.gguf*")) == []


@pytest.mark.parametrize(
    "arguments", [["convert", "x"], ["convert", "x", "--out", "y", "--type", "Q3"], ["decrypt", "x"]]
)
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    assert run(arguments) == 2


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no signals to send there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_run_leaves_nothing_under_the_final_name(tmp_path: Path, number: signal.Signals) -> None:
    """A run stopped in the middle; the next one ends well, whatever the first has left."""
    source, out = tmp_path / "big.gguf", tmp_path / "out.gguf"
    script = Path(__file__).parent.parent / "tools" / "synthetic.py"
    subprocess.run([sys.executable, str(script), str(source), "--layers", "1", "--vocabulary", "9000"], check=True)
    command = [sys.executable, "-m", "app", "convert", str(source), "--out", str(out), "--type", "Q5_K_M"]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "CHATBELLE_LANG": "en"})
    staging = out.with_name("out.gguf.part")
    while not staging.exists() and child.poll() is None:
        time.sleep(0.01)
    time.sleep(0.2)
    child.send_signal(number)
    code = child.wait(timeout=30)
    assert not out.exists()
    if number is not signal.SIGKILL:
        assert code == 130 and not staging.exists()
    small = [*command[:-1], "Q8_0"]
    assert subprocess.run(small, stdout=subprocess.DEVNULL).returncode == 0
    assert out.exists() and not staging.exists()
