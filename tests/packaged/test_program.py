"""The frozen program on this machine: its commands, its child processes, and old processors."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.packaged.kit import Run

QUESTION = "8GB 内存可以用哪个模型？"


def test_it_names_its_version(program: Path, run: Run) -> None:
    done = run(program, "--version")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"ChatBELLE \d+\.\d+\.\d+\n", done.stdout)


def test_self_test_passes_without_a_display(program: Path, run: Run) -> None:
    done = run(program, "self-test", timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "packaged" in done.stdout and "FAILED" not in done.stdout


def test_it_says_what_happens_to_a_bad_file(program: Path, run: Run, tmp_path: Path) -> None:
    """The child process that tries a model starts from the frozen program."""
    bad = tmp_path / "坏 模型.gguf"
    bad.write_bytes(b"GGUF" + bytes(60))
    done = run(program, "chat", "--model", bad, "--prompt", "你好")
    assert done.returncode == 3, done.stdout + done.stderr
    assert done.stderr.strip() and "Traceback" not in done.stderr


def test_it_leaves_no_trace_of_itself_to_other_programs(program: Path, run: Run) -> None:
    """Nothing of the build machine is looked up, and no library of the program is needed from outside."""
    done = run(program, "chat", "--prompt", QUESTION, "--json", LD_LIBRARY_PATH="/nowhere")
    assert done.returncode == 0, done.stderr
    assert "BELLE" in json.loads(done.stdout)["text"]


# --- processors -------------------------------------------------------------------------------------------------

PROCESSORS = {"Nehalem": "sse42", "Haswell": "haswell"}


@pytest.mark.timeout(900)
@pytest.mark.skipif(platform.machine() != "x86_64", reason="these are x86 processors")
@pytest.mark.parametrize("processor", [*PROCESSORS, "this one"])
def test_it_answers_on_old_and_new_processors(program: Path, run: Run, processor: str) -> None:
    emulator: list[str] = []
    more = {}
    if processor in PROCESSORS:
        found = shutil.which("qemu-x86_64") or shutil.which("qemu-x86_64-static")
        if not found:
            pytest.fail("qemu-x86_64 is not installed: apt-get install qemu-user")
        emulator = [found, "-cpu", processor]
        more = as_restarted(program)
    done = run(*emulator, program, "chat", "--model", "guide", "--prompt", QUESTION, "--verbose", timeout=800, **more)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "BELLE-7B-2M" in done.stdout
    loaded = re.findall(r"loaded libggml-cpu-(\w+)\.so", done.stderr)
    assert len(loaded) == 1, done.stderr[-3000:]
    if processor in PROCESSORS:  # what is loaded also shows that nothing ran outside the emulator
        assert loaded == [PROCESSORS[processor]]


def as_restarted(program: Path) -> dict[str, str]:
    """The start program sets its library folder and starts itself again, which the emulator would not follow: the
    environment says that this has been done."""
    inside = program.parent / "_internal"
    return {
        "LD_LIBRARY_PATH": str(inside),
        "_PYI_APPLICATION_HOME_DIR": str(inside),
        "_PYI_ARCHIVE_FILE": str(program),
        "_PYI_PARENT_PROCESS_LEVEL": "0",
    }


def test_sums_are_right(packages: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=packages, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
