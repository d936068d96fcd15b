"""Which of the back ends that lie beside llama.cpp is loaded."""

from __future__ import annotations

import ctypes
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.runtime import backends
from app.runtime.engine import library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    backends.for_processor.cache_clear()
    return tmp_path


def kind_of(path: Path) -> str:
    return path.name.removeprefix(backends.PREFIX).removesuffix(backends.SUFFIX)


def lay(folder: Path, *kinds: str) -> None:
    for kind in kinds:
        (folder / f"{backends.PREFIX}{kind}{backends.SUFFIX}").write_bytes(b"no library")


def play(monkeypatch: pytest.MonkeyPatch, scores: dict[str, int | None]) -> list[str]:
    """Files become libraries with these scores (None: one without a score; no row: it does not open)."""
    opened: list[str] = []

    def open_library(path: Path) -> object:
        kind = kind_of(path)
        opened.append(kind)
        if kind not in scores:
            return None
        score = scores[kind]
        made = SimpleNamespace(ggml_backend_init=lambda: 1)
        if score is not None:
            made.ggml_backend_score = lambda: score
        return made

    monkeypatch.setattr(backends, "open_library", open_library)
    return opened


def chosen(folder: Path) -> str:
    found = backends.for_processor(folder)
    return kind_of(found[0]) if found else ""


def test_the_one_that_knows_most_about_this_processor(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(folder, "base", "cpu-x64", "cpu-haswell", "cpu-zen4", "cpu-broken", "vulkan")
    opened = play(monkeypatch, {"cpu-x64": 1, "cpu-haswell": 39, "cpu-zen4": 0})
    assert chosen(folder) == "cpu-haswell"
    assert "vulkan" not in opened and "base" not in opened


def test_without_variants_the_only_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(folder, "base", "cpu")
    play(monkeypatch, {"cpu": None})
    assert chosen(folder) == "cpu"


def test_none_runs_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(folder, "base", "cpu-zen4", "cpu-alderlake")
    play(monkeypatch, {"cpu-zen4": 0})
    assert chosen(folder) == ""


def test_a_file_that_is_no_library_is_skipped(folder: Path) -> None:
    lay(folder, "cpu-haswell")
    assert backends.for_processor(folder) is None


def test_those_for_cards(folder: Path) -> None:
    lay(folder, "base", "cpu-haswell", "vulkan", "cuda")
    (folder / f"libllama{backends.SUFFIX}").touch()
    assert [kind_of(path) for path in backends.for_cards(folder)] == ["cuda", "vulkan"]


def test_llama_has_a_processor_to_run_on() -> None:
    assert any(device.startswith("CPU: ") for device in library.devices())
    assert library.features()
    assert library.ggml("ggml_backend_reg_count", ctypes.c_size_t)() >= 1
    with pytest.raises(AttributeError):
        library.ggml("ggml_no_such_function", None)
