"""Reads past the system's cache give the file's bytes, from any thread and at any offset."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.errors import Fixable
from app.runtime.weights import files
from app.runtime.weights.direct import WINDOW, DirectReader
from app.runtime.weights.files import PlainFile

SIZE = 3 * WINDOW + 12_345  # ends inside a window and inside a block of the disk


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("direct") / "大 文件.bin"
    path.write_bytes(random.Random(5).randbytes(SIZE))
    try:
        DirectReader(path).close()
    except OSError:
        pytest.skip("no direct reads here")
    return path


def test_any_part_of_the_file_on_several_threads(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGE", 1)
    file, data, rng = PlainFile(large), large.read_bytes(), random.Random(7)
    parts = [(0, SIZE), (SIZE, 0), (SIZE - 1, 1), (WINDOW - 1, 2)]
    for _ in range(200):
        start = rng.randrange(SIZE)
        parts.append((start, rng.randrange(min(WINDOW, SIZE - start) + 1)))
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(lambda part: bytes(file.read(*part)), parts))
    assert all(one == data[start : start + size] for (start, size), one in zip(parts, read, strict=True))
    file.close()


def test_a_file_that_shrinks_meanwhile_is_told(large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGE", 1)
    path = tmp_path / "shrinking.bin"
    path.write_bytes(large.read_bytes())
    file = PlainFile(path)
    with path.open("r+b") as other:
        other.truncate(WINDOW + 100)
    with pytest.raises(Fixable, match="weights-truncated"):
        file.read(0, SIZE)
