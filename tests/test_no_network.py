"""Nothing connects at the start, while chatting, or while converting: every attempt would fail and be recorded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Imported by Python before anything else: every way out of the machine is closed and writes down who tried it.
GUARD = """
import os, socket

def refuse(what):
    def refused(*arguments, **_named):
        with open(os.environ["CONNECTIONS"], "a") as record:
            record.write(f"{what} {arguments[-1]!r}\\n")
        raise OSError("no network here")
    return refused

class Guarded(socket.socket):
    def connect(self, address):
        return super().connect(address) if self.family == socket.AF_UNIX else refuse("connect")(address)
    def connect_ex(self, address):
        return super().connect_ex(address) if self.family == socket.AF_UNIX else refuse("connect")(address)
    def sendto(self, *arguments):
        return super().sendto(*arguments) if self.family == socket.AF_UNIX else refuse("sendto")(*arguments)

socket.socket = Guarded
socket.getaddrinfo = refuse("getaddrinfo")
socket.gethostbyname = refuse("gethostbyname")
socket.create_connection = refuse("create_connection")
"""


def run_guarded(folder: Path, *arguments: str, **environment: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """(what the program did, the connections it tried)."""
    (folder / "sitecustomize.py").write_text(GUARD)
    record = folder / "connections.txt"
    record.touch()
    paths = os.pathsep.join((str(folder), str(ROOT)))
    given = {**os.environ, "PYTHONPATH": paths, "CONNECTIONS": str(record), **environment}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=given, capture_output=True, text=True, timeout=100
    )
    return done, record.read_text()


def test_the_guard_sees_attempts(tmp_path: Path) -> None:
    done, tried = run_guarded(tmp_path, "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:9/')")
    assert done.returncode != 0
    assert tried.startswith(("connect", "create_connection", "getaddrinfo"))


@pytest.mark.parametrize(
    "arguments",
    [
        ("-m", "app", "chat", "--model", "guide", "--prompt", "8GB 内存可以用哪个模型？"),
        ("-m", "app", "self-test"),
    ],
    ids=["chat", "self-test"],
)
def test_the_terminal_connects_nowhere(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done, tried = run_guarded(tmp_path, *arguments)
    assert done.returncode == 0 and done.stdout
    assert tried == ""


def test_the_window_connects_nowhere(tmp_path: Path) -> None:
    done, tried = run_guarded(tmp_path, "-m", "app", CHATBELLE_EXIT_WHEN_READY="1", QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 0 and "wired" in done.stdout
    assert tried == ""


def test_converting_connects_nowhere(tmp_path: Path, fx: Path) -> None:
    out = tmp_path / "model.gguf"
    done, tried = run_guarded(tmp_path, "-m", "app", "convert", str(fx / "llama-hf"), "--out", str(out))
    assert done.returncode == 0 and out.is_file()
    assert tried == ""
