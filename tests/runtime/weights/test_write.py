"""The GGUF writer: what others read in its files, and that a name never stands for half a file."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import gguf
import llama_cpp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Fixable
from app.runtime.weights.files import PlainFile, PlainFolder
from app.runtime.weights.ggml import BLOCKS, GgmlType, row_size
from app.runtime.weights.gguf_format import ALIGNMENT_KEY, Typed, ValueType, plain, typed
from app.runtime.weights.sources.gguf_file import open_model, read_header
from app.runtime.weights.write import GgufWriter
from tests.runtime.weights.gguf_kit import contents, fields

LAYOUT = [("matrix", (4, 32), GgmlType.Q4_0), ("vector", (5,), GgmlType.F32)]
KEYS: dict[str, Any] = {"general.architecture": "llama"}
MATRIX = np.arange(4 * 18, dtype=np.uint8).reshape(4, 18)
VECTOR = np.arange(5, dtype=np.float32).reshape(1, 5)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder."""
    folder = tmp_path / "模型 models"
    folder.mkdir()
    return folder


def fill(writer: GgufWriter) -> int:
    writer.write_rows("matrix", 0, MATRIX)
    writer.write_rows("vector", 0, VECTOR)
    return writer.finish()


def copy(folder: Path, name: str, out: Path) -> None:
    model = open_model(PlainFolder(folder), name)
    keys = model.metadata | model.vocabulary.metadata
    writer = GgufWriter(out, keys, [(one.name, one.shape, one.type) for one in model.tensors])
    for tensor in reversed(model.tensors):
        for piece in tensor.pieces():
            writer.write_rows(tensor.name, piece.first_row, piece.data)
    writer.finish()


@pytest.mark.parametrize("name", ["llama-f16.gguf", "llama-f32.gguf", "bloom-f16.gguf", "bloom-f32.gguf"])
def test_a_copy_is_the_same_file(fx: Path, place: Path, name: str) -> None:
    source, out = fx / "gguf-ref" / name, place / "贝壳 模型.gguf"
    copy(source.parent, name, out)
    assert contents(out) == contents(source)
    assert fields(out) == fields(source)
    assert [path.name for path in place.iterdir()] == [out.name]


def test_llama_cpp_finds_the_same_vocabulary(fx: Path, place: Path) -> None:
    def tokens(path: Path) -> list[Any]:
        model = llama_cpp.Llama(str(path), vocab_only=True, verbose=False)
        texts = ["Human: 你好\n\nAssistant:\n", "été 1234 🙂\t x"]
        found = [model.tokenize(text.encode(), add_bos=True, special=True) for text in texts]
        return [*found, model.n_vocab(), model.token_eos(), model.metadata]

    for name in ("llama-f16.gguf", "bloom-f16.gguf"):
        copy(fx / "gguf-ref", name, place / name)
        assert tokens(place / name) == tokens(fx / "gguf-ref" / name)


def test_value_types_are_those_of_llama_cpps_writer(place: Path) -> None:
    theirs = gguf.GGUFWriter(place / "theirs.gguf", "llama")
    theirs.add_name("名字")
    theirs.add_context_length(2048)
    theirs.add_rope_freq_base(10_000)
    theirs.add_layer_norm_rms_eps(1e-6)
    theirs.add_file_type(15)
    theirs.add_bos_token_id(1)
    theirs.add_add_bos_token(True)
    theirs.add_token_list([b"<unk>", b"\xe4\xbd\xa0"])
    theirs.add_token_scores([0.0, -1.5])
    theirs.add_token_types([2, 1])
    theirs.add_array("tokenizer.ggml.precompiled_charsmap", b"\1\2\3")
    theirs.add_int32("general.sampling.top_k", 40)
    theirs.write_header_to_file()
    theirs.write_kv_data_to_file()
    theirs.write_tensors_to_file()
    theirs.close()
    ours: dict[str, Any] = {
        "general.architecture": "llama",
        "general.name": "名字",
        "llama.context_length": 2048,
        "llama.rope.freq_base": 10_000,
        "llama.attention.layer_norm_rms_epsilon": 1e-6,
        "general.file_type": 15,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.ggml.tokens": [b"<unk>", "你"],
        "tokenizer.ggml.scores": [0.0, -1.5],
        "tokenizer.ggml.token_type": np.array([2, 1], np.int32),
        "tokenizer.ggml.precompiled_charsmap": b"\1\2\3",
        "general.sampling.top_k": 40,
        ALIGNMENT_KEY: 64,
    }
    GgufWriter(place / "ours.gguf", ours, []).finish()
    assert list(fields(place / "ours.gguf").items()) == list(fields(place / "theirs.gguf").items())
    with pytest.raises(TypeError):
        typed("key", None)
    with pytest.raises(TypeError):
        typed("key", [1, "one"])


_TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
_VALUES = st.one_of(
    st.booleans(),
    _TEXT,
    st.integers(-(2**63), 2**64 - 1),
    st.floats(width=32, allow_nan=False),
    st.lists(_TEXT, max_size=4),
    st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=4).map(np.array),
    st.floats(allow_nan=False).map(lambda value: Typed(value, ValueType.FLOAT64)),
    st.integers(0, 255).map(lambda value: Typed(value, ValueType.UINT8)),
    st.integers(-100, 100).map(lambda value: Typed(value, ValueType.INT64)),
)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.dictionaries(_TEXT.filter(bool), _VALUES, max_size=6))
def test_all_values_come_back_with_their_types(tmp_path_factory: pytest.TempPathFactory, keys: dict[str, Any]) -> None:
    out = tmp_path_factory.mktemp("values") / "a.gguf"
    GgufWriter(out, keys, []).finish()
    read = read_header(PlainFile(out)).metadata
    assert list(read) == list(keys)
    for key, value in keys.items():
        assert np.array_equal(plain(read[key]), plain(value))
        assert typed(key, read[key]).type == typed(key, value).type
        assert typed(key, read[key]).items == typed(key, value).items


def test_rows_in_any_order_and_of_every_type(place: Path) -> None:
    chance = np.random.default_rng(1)
    kinds = [kind for kind in BLOCKS if kind in gguf.GGML_QUANT_SIZES]  # this gguf-py lacks the newest
    layout = [(kind.name, (3, 2, 256), kind) for kind in kinds]
    rows = {kind.name: chance.integers(0, 256, (6, row_size(kind, 256)), np.uint8) for kind in kinds}
    with GgufWriter(place / "a.gguf", KEYS, layout) as writer:
        for name in reversed(rows):
            writer.write_rows(name, 4, rows[name][4:])
            writer.write_rows(name, 0, rows[name][:3])
            writer.write_rows(name, 2, rows[name][2:4])
        size = writer.finish()
    assert size == (place / "a.gguf").stat().st_size
    for name, (lengths, kind, data) in contents(place / "a.gguf").items():
        assert (lengths, kind, data) == ([256, 2, 3], name, rows[name].tobytes())


def test_floats_must_be_of_the_tensors_type(place: Path) -> None:
    with GgufWriter(place / "a.gguf", KEYS, LAYOUT) as writer:
        for name, row, data in [
            ("vector", 0, VECTOR.astype(np.float16)),
            ("matrix", 0, MATRIX.view(np.float16)),
            ("matrix", 1, MATRIX),
            ("matrix", -1, MATRIX[:1]),
            ("matrix", 0, MATRIX[:, :17]),
        ]:
            with pytest.raises(ValueError):
                writer.write_rows(name, row, data)
        writer.write_rows("matrix", 0, np.asfortranarray(MATRIX))
        writer.write_rows("vector", 0, VECTOR)
        writer.finish()
    assert contents(place / "a.gguf")["matrix"][2] == MATRIX.tobytes()
    for shape in [(), (1,) * 5, (0, 32), (2, 31)]:
        with pytest.raises(ValueError):
            GgufWriter(place / "b.gguf", KEYS, [("a", shape, GgmlType.Q4_0)])
    with pytest.raises(ValueError):
        GgufWriter(place / "b.gguf", KEYS, [*LAYOUT, LAYOUT[0]])


def test_missing_rows_leave_no_file(place: Path) -> None:
    with GgufWriter(place / "a.gguf", KEYS, LAYOUT) as writer:
        writer.write_rows("vector", 0, VECTOR)
        writer.write_rows("matrix", 0, MATRIX[:2])
        writer.write_rows("matrix", 1, MATRIX[1:2])
        writer.write_rows("matrix", 3, MATRIX[3:])
        with pytest.raises(ValueError, match="matrix: row 2 of 4"):
            writer.finish()
    assert not list(place.iterdir())


def test_strings_known_only_at_the_end(place: Path) -> None:
    keys = {**KEYS, "list": ["模型 " + "0" * 64, "b " + "0" * 64], "one": "0" * 8, "number": 1}
    writer = GgufWriter(place / "a.gguf", keys, LAYOUT)
    writer.patch_string("list", ["模型 " + "a" * 64, "b " + "b" * 64])
    writer.patch_string("one", "12345678")
    for key, value in [("one", "1234567"), ("one", ["12345678"]), ("list", ["模型 " + "a" * 64]), ("list", ["", ""])]:
        with pytest.raises(ValueError):
            writer.patch_string(key, value)
    fill(writer)
    found = fields(place / "a.gguf")
    assert found["list"][1] == ["模型 " + "a" * 64, "b " + "b" * 64]
    assert (found["one"][1], found["number"][1]) == ("12345678", 1)


def refusal(path: Path, **options: bool) -> Fixable:
    with pytest.raises(Fixable) as caught:
        GgufWriter(path, KEYS, LAYOUT, **options)
    assert caught.value.params["path"] == str(path)
    return caught.value


def test_a_file_in_the_way(place: Path) -> None:
    path = place / "a.gguf"
    path.write_text("mine")
    assert refusal(path).code == "out-exists"
    fill(GgufWriter(path, KEYS, LAYOUT, overwrite=True))
    assert contents(path)["vector"][2] == VECTOR.tobytes()
    late = GgufWriter(place / "b.gguf", KEYS, LAYOUT)
    (place / "b.gguf").write_text("mine")
    with pytest.raises(Fixable, match="out-exists"):
        fill(late)
    late.abort()
    assert (place / "b.gguf").read_text() == "mine" and len(list(place.iterdir())) == 2


def test_places_that_cannot_be_written(place: Path) -> None:
    (place / "folder.gguf").mkdir()
    assert refusal(place / "folder.gguf", overwrite=True).code == "out-unwritable"
    assert refusal(place / "none" / "a.gguf").code == "out-unwritable"
    assert refusal(place / ("a" * 300)).code == "out-unwritable"


def test_abort_leaves_nothing_and_comes_too_late_after_finish(place: Path) -> None:
    writer = GgufWriter(place / "a.gguf", KEYS, LAYOUT)
    assert [path.name for path in place.iterdir()] == ["a.gguf.part"]
    writer.abort()
    writer.abort()
    assert not list(place.iterdir())
    writer = GgufWriter(place / "a.gguf", KEYS, LAYOUT)
    fill(writer)
    writer.abort()
    assert [path.name for path in place.iterdir()] == ["a.gguf"]


def test_two_writers_of_one_file(place: Path) -> None:
    first = GgufWriter(place / "a.gguf", KEYS, LAYOUT)
    assert refusal(place / "a.gguf").code == "out-busy"
    assert refusal(place / "a.gguf", overwrite=True).code == "out-busy"
    fill(first)
    assert contents(place / "a.gguf")["matrix"][2] == MATRIX.tobytes()


_CHILD = """
import sys, time
from pathlib import Path
from app.runtime.weights.ggml import GgmlType
from app.runtime.weights.write import GgufWriter
writer = GgufWriter(Path(sys.argv[1]), {"general.architecture": "old"}, [("a", (1 << 20,), GgmlType.F32)])
print("ready", flush=True)
time.sleep(60)
"""


def test_what_a_killed_process_left_is_replaced(place: Path) -> None:
    path = place / "a.gguf"
    command = [sys.executable, "-c", _CHILD, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as child:
        assert child.stdout is not None and child.stdout.readline() == b"ready\n"
        assert refusal(path).code == "out-busy"
        os.kill(child.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    assert (place / "a.gguf.part").stat().st_size > 1 << 22
    size = fill(GgufWriter(path, KEYS, LAYOUT))
    assert path.stat().st_size == size < 1000
    assert fields(path) == {"general.architecture": (["STRING"], "llama")}
    assert [one.name for one in place.iterdir()] == ["a.gguf"]


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="the system cannot reserve space")
def test_a_full_disk_is_told_before_the_work(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    assert refusal(place / "a.gguf").code == "disk-full"
    assert not list(place.iterdir())


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "disk-full"), (errno.EIO, "out-unwritable")])
def test_a_disk_that_fails_on_the_way(place: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str) -> None:
    def fail(*_: object) -> int:
        raise OSError(number, "no")

    with GgufWriter(place / "a.gguf", KEYS, LAYOUT) as writer, monkeypatch.context() as patch:
        patch.setattr(os, "write", fail)
        with pytest.raises(Fixable) as caught:
            writer.write_rows("vector", 0, VECTOR)
        assert caught.value.code == code
    assert not list(place.iterdir())


def test_a_disk_that_cannot_reserve_space(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, "posix_fallocate", unknown, raising=False)
    fill(GgufWriter(place / "a.gguf", KEYS, LAYOUT))
    assert contents(place / "a.gguf")["matrix"][2] == MATRIX.tobytes()
