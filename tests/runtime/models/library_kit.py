"""Small models for the tests of the library, with other bytes at their end where hashes are to differ."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from app.errors import Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models.adding import About
from app.runtime.models.library import Library
from app.runtime.models.pack_import import import_pack
from app.runtime.models.records import Entry
from app.runtime.weights.ggml import GgmlType
from app.runtime.weights.write import GgufWriter

GGUF = Path(__file__).parents[2] / "fixtures" / "gguf"
BLOOM, LLAMA = "bloom-f16.gguf", "llama-f16.gguf"

# What changes the disk, as Python tells it to audit hooks
CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.utime", "os.truncate", "shutil.rmtree")


@cache
def tiny_gguf() -> bytes:
    """The least that is a whole model: a header, three tokens and one tensor."""
    keys = {
        "general.architecture": "bloom",
        "general.name": "Tiny",
        "general.file_type": 1,
        "tokenizer.ggml.tokens": ["<unk>", "你", "好"],
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.gguf"
        writer = GgufWriter(path, keys, [("token_embd.weight", (3, 32), GgmlType.F16)])
        writer.write_rows("token_embd.weight", 0, np.zeros((3, 32), np.float16))
        writer.finish()
        return path.read_bytes()


def make_gguf(path: Path, seed: int = 0, like: str = "") -> str:
    """Write a whole GGUF file, tiny or like a fixture; its SHA-256."""
    data = (GGUF / like).read_bytes() if like else tiny_gguf()
    if seed:
        data = data[:-8] + seed.to_bytes(8, "little")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def change_later(path: Path, data: bytes) -> None:
    """Write to a file as another program would, some time after it was looked at."""
    path.write_bytes(data)
    later = time.time() + 100
    os.utime(path, (later, later))


class CancelAfter(CancelToken):
    """Cancelled at the `count`-th time that somebody asks."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.left = count

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            self.cancel()
        super().check()


def killed_at(number: int, work: Callable[[], None]) -> bool:
    """Do `work` in a child process that is killed just before its `number`-th change to the disk; False if it came to
    an end first."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        left = number

        def count(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if event in CHANGES or writes:
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(count)
            work()
            os._exit(0)
        except BaseException:  # a traceback of the child would confuse pytest
            os._exit(7)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def added(library: Library, name: str = "BELLE-7B-2M", seed: int = 1) -> Entry:
    """A model as an install leaves it."""
    path = library.stage(name)
    make_gguf(path, seed)
    return library.add(path, About(name, model=name, repository="https://hf.co/BelleGroup", license="apache-2.0"))


def refusal(path: Path, library: Library) -> Fixable:
    """Why a pack is refused; the library must stay as it was."""
    before = snapshot(library.folders[0])
    with pytest.raises(Fixable) as caught:
        import_pack(path, library)
    assert snapshot(library.folders[0]) == before and library.leftovers() == ()
    return caught.value
