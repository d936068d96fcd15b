"""Loading: what a model is, progress, cancel, and every way a file can be wrong."""

from __future__ import annotations

import struct
from pathlib import Path

import psutil
import pytest

from app.errors import Cancelled, Fixable
from app.messages import MESSAGES
from app.runtime.engine import model as model_module
from app.runtime.engine.model import load, memory_need, physical_cores
from app.runtime.engine.records import LoadOptions, ModelSpec
from app.runtime.events import LoadProgress
from app.runtime.jobs import Job
from tests.runtime.engine.engine_kit import BLOOM, LLAMA, Heard, ask, session
from tools.synthetic import write_model


def _load_error(path: Path) -> Fixable:
    with pytest.raises(Fixable) as failure:
        load(ModelSpec(path, "x", "x"), LoadOptions(), Job(Heard()))
    text = MESSAGES[failure.value.code]
    assert (text.what + text.next).format(**failure.value.params)
    return failure.value


def test_facts_of_a_model() -> None:
    with session("llama", context=100_000) as target:
        info = target.model.info
    assert (info.architecture, info.quantization, info.vocabulary) == ("llama", "F16", 1000)
    assert info.parameters == 895_872 and info.size < LLAMA.stat().st_size
    assert info.context == 512  # what it was trained for


def test_progress_goes_up_to_one() -> None:
    heard = Heard()
    load(ModelSpec(BLOOM, "b", "b"), LoadOptions(128), Job(heard), begin=0.5).close()
    fractions = [event.fraction for event in heard.all(LoadProgress)]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0 and fractions[0] >= 0.5


def test_cancel_while_loading() -> None:
    job = Job(lambda event: job.cancel())
    with pytest.raises(Cancelled):
        load(ModelSpec(BLOOM, "b", "b"), LoadOptions(128), job)


def test_a_path_of_chinese_characters_and_spaces(tmp_path: Path) -> None:
    path = tmp_path / "我的 模型" / ("很长" * 40 + ".gguf")
    path.parent.mkdir()
    path.write_bytes(BLOOM.read_bytes())
    with session(path) as target:
        assert target.model.info.path == path


def test_a_missing_file(tmp_path: Path) -> None:
    assert _load_error(tmp_path / "no.gguf").code == "model-file-missing"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 a zip", b"\x80\x02}q\x00", b"GGML"])
def test_other_files(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "other.gguf"
    path.write_bytes(data)
    assert _load_error(path).code == "model-file-not-gguf"


@pytest.mark.parametrize(
    "data",
    [b"GGUF\3", struct.pack("<4sIQQ", b"GGUF", 9, 1, 1), struct.pack("<4sIQQ", b"GGUF", 3, 2**60, 2**60)],
)
def test_damaged_headers(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "damaged.gguf"
    path.write_bytes(data)
    assert _load_error(path).code == "model-file-unreadable"


@pytest.mark.parametrize("length", [24, 5_000, 60_000, -1000])
def test_cut_off_files(tmp_path: Path, length: int) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(BLOOM.read_bytes()[:length])
    assert _load_error(path).code == "model-file-unreadable"


def test_an_unknown_architecture(tmp_path: Path) -> None:
    path = tmp_path / "future.gguf"
    path.write_bytes(BLOOM.read_bytes().replace(b"bloom", b"gloom"))
    error = _load_error(path)
    assert (error.code, error.params["architecture"]) == ("model-architecture-unknown", "gloom")


def test_a_folder_is_not_a_model(tmp_path: Path) -> None:
    assert _load_error(tmp_path).code == "model-file-unreadable"


def test_a_file_larger_than_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = type("Memory", (), {"available": 1000, "free": 1000})
    monkeypatch.setattr(psutil, "virtual_memory", nothing)
    monkeypatch.setattr(psutil, "swap_memory", nothing)
    assert _load_error(BLOOM).code == "model-out-of-memory"


def test_no_memory_for_the_context(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_module, "_try_context", lambda *_arguments: None)
    assert _load_error(BLOOM).code == "model-out-of-memory"


def test_memory_need_counts_weights_and_cache() -> None:
    small, large = memory_need(BLOOM, LoadOptions(256)), memory_need(BLOOM, LoadOptions(2048))
    weights = BLOOM.stat().st_size
    assert weights * 0.9 < small < large < weights + 100_000_000
    cache = 2 * 2 * 128 * 2  # layers, K and V, size, bytes
    assert large - small >= (2048 - 256) * cache


def test_threads_are_cores() -> None:
    assert 1 <= physical_cores() <= (psutil.cpu_count() or 1)


@pytest.fixture(scope="module")
def wide_heads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose head size (128) a compressed cache can serve."""
    path = tmp_path_factory.mktemp("wide") / "wide.gguf"
    write_model(path, layers=2, vocabulary=1280, hidden=256, heads=2)
    return path


def test_a_compressed_cache_where_memory_is_short(wide_heads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roomy = memory_need(wide_heads, LoadOptions(1024))
    monkeypatch.setattr(model_module, "CACHE_SHARE", 0)
    assert memory_need(wide_heads, LoadOptions(1024)) < roomy
    with session(wide_heads, 96) as target:  # and it can still be shifted
        texts: list[str] = []
        for number in range(8):
            texts.append(f"Question {number}?")
            answer = ask(target, *texts, max_tokens=12)
            texts.append(answer.text)
    assert answer.stats.dropped_turns > 0


@pytest.mark.parametrize("path", [BLOOM, LLAMA])
def test_no_compressed_cache_where_it_would_kill(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = memory_need(path, LoadOptions(512))
    monkeypatch.setattr(model_module, "CACHE_SHARE", 0)
    assert memory_need(path, LoadOptions(512)) == before
