"""62 damaged or hostile inputs through the command line: each refused in words, quickly, with nothing left behind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MOST_MEMORY = 300 * 1024  # kB, resident; Python, numpy and llama.cpp take some 60 MB of it
MOST_SECONDS = 5.0  # for one file, on a busy machine; 0.1 is usual
CONVERTS = {"ggjt1-q4_2-removed-type.bin", "gptq-wrong-bits-name/bloom-tiny-8bit-128g.pt"}

# What each must be called; several inputs share a code
CODES = {
    "enc-truncated": "enc-checksum",
    "enc-bitflip-body": "enc-checksum",
    "enc-bitflip-header": "enc-name",
    "enc-wrong-key": "key-wrong",
    "enc-empty-key": "key-empty",
    "enc-too-short": "enc-truncated",
    "enc-name-hash-mismatch": "enc-name",
    "enc-no-hash-in-name": "enc-bad-name",
    "enc-dotdot-name": "enc-bad-name",
    "ggml-wrong-magic.bin": "weights-unknown",
    "ggml-truncated-tensor.bin": "weights-truncated",
    "ggml-truncated-vocab.bin": "weights-truncated",
    "ggml-header-only.bin": "weights-truncated",
    "ggml-trailing-garbage.bin": "weights-damaged",
    "ggjt-version-9.bin": "weights-version",
    "ggjt-vocab-2e9.bin": "weights-config",
    "ggjt-vocab-negative.bin": "weights-config",
    "ggjt-token-length-4e9.bin": "weights-damaged",
    "ggjt-n_head-zero.bin": "weights-config",
    "ggjt-dims-overflow.bin": "weights-damaged",
    "ggjt-tensor-type-77.bin": "weights-type",
    "ggjt-n_dims-200.bin": "weights-damaged",
    "ggla-lora.bin": "weights-lora",
    "gguf-tensor-count-2e60.gguf": "weights-damaged",
    "gguf-kv-count-2e62.gguf": "weights-damaged",
    "gguf-string-length-2e63.gguf": "weights-damaged",
    "gguf-dims-overflow.gguf": "weights-damaged",
    "gguf-dims-5.gguf": "weights-damaged",
    "gguf-array-nested-bomb.gguf": "weights-damaged",
    "gguf-offset-past-end.gguf": "weights-damaged",
    "gguf-truncated.gguf": "weights-truncated",
    "gguf-version-1.gguf": "weights-version",
    "gguf-big-endian.gguf": "weights-big-endian",
    "empty.gguf": "weights-empty",
    "html-error-page.gguf": "weights-web-page",
    "git-lfs-pointer.bin": "weights-lfs-pointer",
    "pickle-os-system-zip": "weights-unsafe",
    "pickle-os-system-legacy": "weights-unsafe",
    "pickle-dotted-torch-bypass": "weights-unsafe",
    "pickle-builtins-eval": "weights-unsafe",
    "pth-evil": "weights-unsafe",
    "pickle-deep-nesting": "weights-damaged",
    "zip-bomb": "weights-damaged",
    "zip-slip": "weights-damaged",
    "torch-storage-too-small": "weights-damaged",
    "missing-shard": "weights-files-missing",
    "truncated-shard": "weights-truncated",
    "index-outside": "weights-outside",
    "index-absolute": "weights-outside",
    "index-tensor-not-in-shard": "weights-tensor-missing",
    "tokenizer-missing-hf": "weights-tokenizer-missing",
    "tokenizer-missing-pth": "weights-tokenizer-missing",
    "tokenizer-truncated": "weights-tokenizer-damaged",
    "params-two-parts": "weights-files-missing",
    "config-absurd": "weights-config",
    "config-not-json": "weights-config",
    "config-unknown-arch": "weights-architecture",
    "safetensors-header-2e62": "weights-damaged",
    "safetensors-shape-lie": "weights-damaged",
    "gptq-missing-qzeros": "weights-tensor-missing",
}

# One child for all: it says of each what the command line said, and in the end how much memory it ever held.
CHILD = """
import contextlib, io, json, re, sys, time
from pathlib import Path
from app.cli import run
for name, arguments in json.load(sys.stdin):
    said = io.StringIO()
    began = time.monotonic()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        code = run(arguments)
    print(json.dumps([name, code, said.getvalue(), time.monotonic() - began]), flush=True)
status = Path("/proc/self/status")
peak = status.exists() and re.search(r"VmHWM:\\s*(\\d+)", status.read_text())  # ru_maxrss begins with the parent's
print(json.dumps(["memory", int(peak[1]) if peak else 0, "", 0]))
"""


@pytest.fixture(scope="module")
def told(fx: Path, expected: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Code, words, seconds and what was left behind, by the input's name below corrupt/."""
    out = tmp_path_factory.mktemp("out")
    jobs = []
    for number, case in enumerate(expected["corrupt"]):
        source, name = str(fx / case["path"]), case["path"].removeprefix("corrupt/")
        if case["stage"] == "decrypt":
            command = ["decrypt", source, "--key", str(fx / case["key"]), "--out", str(out / str(number))]
        elif case["stage"] == "open":
            command = ["inspect", source]
        else:
            (out / str(number)).mkdir()
            command = ["convert", source, "--out", str(out / str(number) / "model.gguf")]
        jobs.append((name, command))
    child = subprocess.run([sys.executable, "-c", CHILD], input=json.dumps(jobs), text=True, capture_output=True)
    assert child.returncode == 0, child.stderr[-2000:]
    found = {row[0]: row[1:] for row in map(json.loads, child.stdout.splitlines())}
    for number, (name, _) in enumerate(jobs):
        found[name].append([path.name for path in (out / str(number)).rglob("*") if path.is_file()])
    return found


def test_there_are_62(expected: Any) -> None:
    assert len(expected["corrupt"]) == 62 == len(CODES) + len(CONVERTS)


@pytest.mark.parametrize("name", CODES)
def test_refused_in_words(name: str, told: dict[str, Any]) -> None:
    (path,) = [one for one in told if one.split("/")[0] == name]
    code, words, seconds, left = told[path]
    assert code == 3
    assert words.startswith(f"error[{CODES[name]}]: ")
    assert "Traceback" not in words
    assert left == []
    assert seconds < MOST_SECONDS


@pytest.mark.parametrize("path", sorted(CONVERTS))
def test_unusual_but_whole_files_are_converted(path: str, told: dict[str, Any]) -> None:
    code, _, _, left = told[path]
    assert (code, left) == (0, ["model.gguf"])


def test_forbidden_names_are_told_and_nothing_runs(told: dict[str, Any]) -> None:
    said = told["pickle-dotted-torch-bypass/pytorch_model.bin"][1]
    assert "torch.serialization.os.system" in said
    assert not Path("/tmp/fixture-pickle-canary-dev").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_stays_small(told: dict[str, Any]) -> None:
    assert 0 < told["memory"][0] < MOST_MEMORY
