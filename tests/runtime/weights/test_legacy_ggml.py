"""Legacy ggml files: what comes out of good ones, and a plain refusal for every other."""

from __future__ import annotations

import random
import shutil
import struct
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from app.errors import AppError, Fixable
from app.runtime.weights.files import PlainFolder
from app.runtime.weights.ggml import GgmlType
from app.runtime.weights.records import BytesSource, Kind, ModelTensor, WeightsModel
from app.runtime.weights.sources import legacy_ggml
from app.runtime.weights.sources.legacy_ggml import open_model
from tests.runtime.weights.made_sources import split_ggml, tensor_bytes, write_ggml

FLOAT_FILES = ("ggjt1-f16.bin", "ggmf-f16.bin", "ggml-f16.bin", "ggmlraw-f16.bin")
CORRUPT = {
    "ggml-wrong-magic.bin": ("weights-unknown", ""),
    "ggml-truncated-tensor.bin": ("weights-truncated", ""),
    "ggml-truncated-vocab.bin": ("weights-truncated", ""),
    "ggml-header-only.bin": ("weights-truncated", ""),
    "ggml-trailing-garbage.bin": ("weights-damaged", "7 bytes after the last tensor"),
    "ggjt-version-9.bin": ("weights-version", "ggjt 9"),
    "ggjt-vocab-2e9.bin": ("weights-config", "vocabulary=2147483647"),
    "ggjt-vocab-negative.bin": ("weights-config", "vocabulary=4294967291"),
    "ggjt-token-length-4e9.bin": ("weights-damaged", "token 0: 4294967280 bytes"),
    "ggjt-n_head-zero.bin": ("weights-config", "heads=0"),
    "ggjt-dims-overflow.bin": ("weights-damaged", "2147483616 x 2147483616"),
    "ggjt-tensor-type-77.bin": ("weights-type", "tok_embeddings.weight 77"),
    "ggjt-n_dims-200.bin": ("weights-damaged", "200 dimensions"),
    "ggla-lora.bin": ("weights-lora", ""),
    "git-lfs-pointer.bin": ("weights-lfs-pointer", ""),
}


class MemoryFile:
    """A `BytesSource` that counts what is read of it."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name, self.data, self.size, self.total = name, data, len(data), 0

    def read(self, offset: int, size: int) -> memoryview:
        if offset < 0 or size < 0 or offset + size > self.size:
            raise Fixable("weights-truncated", file=self.name)
        self.total += size
        return memoryview(bytearray(self.data[offset : offset + size]))


class MemoryFolder:
    """A `Folder` in memory."""

    name = "folder"

    def __init__(self, **files: bytes) -> None:
        self.files = {
            name.replace("__", "."): MemoryFile(name.replace("__", "."), data) for name, data in files.items()
        }

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.files))

    def open(self, name: str) -> BytesSource:
        return self.files[name]


# A small model, written here: one layer, 32 wide, 260 tokens.
HIDDEN, INNER, VOCABULARY = 32, 64, 260
MAGIC = {"ggml": b"lmgg", "ggmf": b"fmgg", "ggjt": b"tjgg"}
TENSORS = {
    "tok_embeddings.weight": (VOCABULARY, HIDDEN),
    "norm.weight": (HIDDEN,),
    "output.weight": (VOCABULARY, HIDDEN),
    "layers.0.attention.wq.weight": (HIDDEN, HIDDEN),
    "layers.0.attention.wk.weight": (HIDDEN, HIDDEN),
    "layers.0.attention.wv.weight": (HIDDEN, HIDDEN),
    "layers.0.attention.wo.weight": (HIDDEN, HIDDEN),
    "layers.0.feed_forward.w1.weight": (INNER, HIDDEN),
    "layers.0.feed_forward.w2.weight": (HIDDEN, INNER),
    "layers.0.feed_forward.w3.weight": (INNER, HIDDEN),
    "layers.0.attention_norm.weight": (HIDDEN,),
    "layers.0.ffn_norm.weight": (HIDDEN,),
}


def small_tokens() -> list[bytes]:
    return [b" \xe2\x81\x87 ", b"", b"", *(bytes([byte]) for byte in range(256)), b" the"]


def small_file(
    container: str = "ggjt",
    version: int = 1,
    tensors: dict[str, tuple[int, ...]] | None = None,
    heads: int = 2,
) -> bytes:
    """Vectors in float32, the rest in float16 with all values 1."""
    listed = small_tokens()
    numbers = struct.pack("<7I", len(listed), HIDDEN, 256, heads, 1, HIDDEN // max(heads, 1), 1)
    data = MAGIC[container] + (b"" if container == "ggml" else struct.pack("<I", version)) + numbers
    for number, token in enumerate(listed):
        data += struct.pack("<I", len(token)) + token
        data += b"" if container == "ggml" else struct.pack("<f", -float(max(0, number - 259)))
    for name, shape in (TENSORS if tensors is None else tensors).items():
        vector = len(shape) == 1
        ones = np.ones(shape, "<f4" if vector else "<f2").tobytes()
        data += tensor_bytes(container, name, shape, 0 if vector else 1, ones, len(data))
    return data


def opened(data: bytes, **others: bytes) -> WeightsModel:
    return open_model(MemoryFolder(model__bin=data, **others), "model.bin")


def refusal(action: Callable[[], object]) -> Fixable:
    """The failure, which must come quickly and without much memory."""
    tracemalloc.start()
    begin = time.perf_counter()
    try:
        with pytest.raises(Fixable) as caught:
            action()
        assert time.perf_counter() - begin < 15
        assert tracemalloc.get_traced_memory()[1] < 100e6
    finally:
        tracemalloc.stop()
    return caught.value


def content(tensor: ModelTensor) -> np.ndarray:
    """All rows; checks that the pieces follow each other and have the promised shape."""
    row = 0
    found = []
    for piece in tensor.pieces():
        assert piece.first_row == row
        row += piece.data.shape[0]
        found.append(piece.data)
    assert row == (tensor.shape[0] if len(tensor.shape) == 2 else 1)
    return np.concatenate(found)


@pytest.fixture(scope="module")
def reference(fx: Path) -> gguf.GGUFReader:
    return gguf.GGUFReader(fx / "gguf-ref" / "llama-f16.gguf")


def field(reader: gguf.GGUFReader, key: str) -> Any:
    found = reader.get_field(key)
    assert found is not None
    return found.contents()


def assert_vocabulary(model: WeightsModel, reader: gguf.GGUFReader) -> None:
    found = model.vocabulary.metadata
    for key in ("tokens", "scores", "token_type"):
        assert found[f"tokenizer.ggml.{key}"] == field(reader, f"tokenizer.ggml.{key}"), key
    for key in ("model", "pre", "bos_token_id", "eos_token_id", "add_bos_token", "add_eos_token"):
        assert found[f"tokenizer.ggml.{key}"] == field(reader, f"tokenizer.ggml.{key}"), key
    assert model.vocabulary.size == len(found["tokenizer.ggml.tokens"])


@pytest.mark.parametrize("name", FLOAT_FILES)
def test_float_files_equal_the_reference_bit_for_bit(fx: Path, reference: gguf.GGUFReader, name: str) -> None:
    model = open_model(PlainFolder(fx / "legacy"), name)
    assert (model.kind, model.architecture) == (Kind.LEGACY, "llama")
    tensors = {tensor.name: tensor for tensor in model.tensors}
    assert tensors.keys() == {tensor.name for tensor in reference.tensors}
    for wanted in reference.tensors:
        found = tensors[wanted.name]
        assert found.shape == tuple(int(side) for side in wanted.shape[::-1])
        numbers = content(found)
        assert numbers.dtype == {GgmlType.F32: np.dtype("<f4"), GgmlType.F16: np.dtype("<f2")}[found.type]
        assert np.array_equal(numbers.reshape(wanted.data.shape), wanted.data), wanted.name
    for key, value in model.metadata.items():
        if key != "llama.context_length":  # not in the file: LLaMA-1's
            assert value == pytest.approx(field(reference, key)), key
    assert model.metadata["llama.context_length"] == 2048
    assert model.notes == ()


def test_every_file_has_the_vocabulary_of_the_reference(fx: Path, reference: gguf.GGUFReader) -> None:
    for path in sorted((fx / "legacy").glob("*.bin")):
        model = open_model(PlainFolder(fx / "legacy"), path.name)
        assert_vocabulary(model, reference)
        assert model.vocabulary.problems == ()


@pytest.mark.parametrize("name", ["ggml-f16.bin", "ggmlraw-f16.bin"])
def test_without_scores_the_ranks_are_restored_and_the_user_is_told(
    fx: Path, reference: gguf.GGUFReader, tmp_path: Path, name: str
) -> None:
    shutil.copy(fx / "legacy" / name, tmp_path)
    model = open_model(PlainFolder(tmp_path), name)
    assert_vocabulary(model, reference)
    assert [str(problem) for problem in model.vocabulary.problems] == [f"note-tokenizer-approximate(file='{name}')"]
    # A tokenizer elsewhere can be named; a folder without one is no silent fallback.
    with_own = open_model(PlainFolder(tmp_path), name, PlainFolder(fx / "legacy"))
    assert with_own.vocabulary.problems == ()
    assert_vocabulary(with_own, reference)
    error = refusal(lambda: open_model(PlainFolder(fx / "legacy"), name, PlainFolder(tmp_path)))
    assert (error.code, error.params["needed"]) == ("weights-tokenizer-missing", "tokenizer.model")


def test_a_file_with_scores_needs_no_tokenizer(fx: Path, tmp_path: Path, reference: gguf.GGUFReader) -> None:
    shutil.copy(fx / "legacy" / "ggmf-f16.bin", tmp_path)
    (tmp_path / "tokenizer.model").write_bytes(b"damaged")
    assert_vocabulary(open_model(PlainFolder(tmp_path), "ggmf-f16.bin"), reference)


@pytest.mark.parametrize("name", ["ggml-f16.bin", "ggmf-q4_0.bin", "ggmf-q4_1.bin"])
@pytest.mark.parametrize("count", [2, 4])
def test_parts_join_to_the_whole(fx: Path, tmp_path: Path, name: str, count: int) -> None:
    whole = open_model(PlainFolder(fx / "legacy"), name)
    names = [path.name for path in write_ggml(fx / "legacy" / name, tmp_path, count)]
    for entry in (names[0], names[-1]):  # any part may be named
        joined = open_model(PlainFolder(tmp_path), entry)
        assert [file.name for file in joined.files] == names
        assert joined.metadata == whole.metadata
        assert joined.vocabulary == whole.vocabulary
        for one, other in zip(joined.tensors, whole.tensors, strict=True):
            assert (one.name, one.shape, one.type) == (other.name, other.shape, other.type)
            assert np.array_equal(content(one), content(other)), one.name
    assert joined.tensors[0].source_bytes == whole.tensors[0].source_bytes
    (tmp_path / names[1]).rename(tmp_path / "elsewhere")
    error = refusal(lambda: open_model(PlainFolder(tmp_path), names[0]))
    assert (error.code, error.params["missing"]) == ("weights-files-missing", names[1])


def test_parts_of_different_models_are_refused() -> None:
    first, second = split_ggml(small_file("ggmf"), 2)
    folder = MemoryFolder(model__bin=first, model__bin__1=second.replace(b" the", b" not"))
    error = refusal(lambda: open_model(folder, "model.bin"))
    assert (error.code, error.params["file"]) == ("weights-damaged", "model.bin.1")
    folder = MemoryFolder(model__bin=first, model__bin__1=second[:-40])
    error = refusal(lambda: open_model(folder, "model.bin"))
    assert (error.code, error.params["file"]) == ("weights-truncated", "model.bin.1")


def test_pieces_are_small_and_complete(fx: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = open_model(PlainFolder(fx / "legacy"), "ggjt1-q4_0.bin")
    whole = [content(tensor) for tensor in model.tensors]
    monkeypatch.setattr(legacy_ggml, "PIECE_BYTES", 1000)
    for tensor, wanted in zip(model.tensors, whole, strict=True):
        pieces = list(tensor.pieces())
        assert all(piece.data.nbytes <= 1000 for piece in pieces if len(pieces) > 1)
        assert np.array_equal(np.concatenate([piece.data for piece in pieces]), wanted)
    assert sum(tensor.source_bytes for tensor in model.tensors) < model.files[0].size


def test_types_are_todays_and_april_2023_becomes_float(fx: Path) -> None:
    for name, kind in (("ggml-q4_0", "Q4_0"), ("ggjt1-q5_1", "Q5_1"), ("ggjt2-q8_0", "Q8_0"), ("ggjt3-q4_1", "Q4_1")):
        model = open_model(PlainFolder(fx / "legacy"), f"{name}.bin")
        assert {tensor.type for tensor in model.tensors if len(tensor.shape) == 2} == {GgmlType[kind]}
    april = open_model(PlainFolder(fx / "corrupt"), "ggjt1-q4_2-removed-type.bin").tensors
    assert {(one.type, content(one).dtype.name) for one in april} == {(GgmlType.F32, "float32")}


def test_only_headers_are_read(fx: Path) -> None:
    data = (fx / "legacy" / "ggmf-f16.bin").read_bytes()
    folder = MemoryFolder(model__bin=data)
    open_model(folder, "model.bin")
    assert folder.files["model.bin"].total < 100_000


@pytest.mark.parametrize("name", CORRUPT)
def test_corrupt_files(fx: Path, name: str) -> None:
    error = refusal(lambda: open_model(PlainFolder(fx / "corrupt"), name))
    code, words = CORRUPT[name]
    assert (error.code, error.params["file"]) == (code, name)
    facts = " ".join(str(value) for key, value in error.params.items() if key != "file")
    assert words in facts


def test_starts_of_other_files() -> None:
    for data, code in (
        (b"", "weights-empty"),
        (b"tj", "weights-unknown"),
        (b"GGUF" + bytes(100), "weights-unknown"),
        (b"ggjt" + bytes(100), "weights-big-endian"),
        (bytes.fromhex("9a939a9ddb8476e6") + bytes(100), "weights-chatbelle"),
        (b"<!DOCTYPE html><html>", "weights-web-page"),
        (b"fmgg\x02\0\0\0" + bytes(40), "weights-version"),
        (b"tjgg\0\0\0\0" + bytes(40), "weights-version"),
        (b"lmgg" + struct.pack("<7I", 1_000_000, 32, 256, 2, 1, 16, 2) + bytes(8_000_000), "weights-config"),
    ):
        assert refusal(lambda data=data: opened(data)).code == code, data[:8]


def test_wrong_tensors() -> None:
    def code(data: bytes) -> str:
        return refusal(lambda: opened(data)).code

    assert opened(small_file()).parameters == sum(int(np.prod(shape)) for shape in TENSORS.values())
    without = {name: shape for name, shape in TENSORS.items() if name != "norm.weight"}
    assert code(small_file(tensors=without)) == "weights-tensor-missing"
    for needed in ("tok_embeddings.weight", "layers.0.feed_forward.w1.weight"):
        assert code(small_file(tensors={k: v for k, v in TENSORS.items() if k != needed})) == "weights-tensor-missing"
    assert code(small_file(tensors=without | {"layers.7.ffn_norm.weight": (HIDDEN,)})) == "weights-tensor-unknown"
    assert code(small_file(tensors=TENSORS | {"norm.weight": (HIDDEN + 2,)})) == "weights-shape"
    assert code(small_file(tensors=TENSORS | {"output.weight": (VOCABULARY, HIDDEN * 2)})) == "weights-shape"
    assert code(small_file(tensors=TENSORS | {"tok_embeddings.weight": (VOCABULARY, 31)})) == "weights-shape"
    assert code(small_file(heads=3)) == "weights-config"
    assert code(small_file(heads=32)) == "weights-config"  # an odd head: nothing to rotate in pairs
    good = small_file("ggmf")
    again = tensor_bytes("ggmf", "norm.weight", (HIDDEN,), 0, bytes(4 * HIDDEN), 0)
    assert code(good + again) == "weights-damaged"
    assert code(good + bytes(4096)) == "weights-damaged"
    half_row = tensor_bytes("ggmf", "norm.weight", (2, 48), 2, bytes(60), 0)
    assert code(good[: -4 * HIDDEN] + bytes(4 * HIDDEN) + half_row) == "weights-damaged"
    for number in (4, 5):  # Q4_2 and Q4_3 ended with ggjt 1
        data = small_file(version=2).replace(struct.pack("<3I", 2, 21, 1), struct.pack("<3I", 2, 21, number))
        assert code(data) == "weights-type"


def test_an_overflowing_scale_names_its_tensor(fx: Path) -> None:
    data = bytearray((fx / "legacy" / "ggmf-q4_0.bin").read_bytes())
    folder = MemoryFolder(model__bin=bytes(data))
    stored = legacy_ggml.read_legacy(folder.open("model.bin")).tensors["layers.1.attention.wk.weight"]
    struct.pack_into("<f", data, stored.offset + 20 * 5, 1e6)
    model = opened(bytes(data))
    broken = next(tensor for tensor in model.tensors if tensor.name == "blk.1.attn_k.weight")
    error = refusal(lambda: list(broken.pieces()))
    assert (error.code, error.params["tensor"]) == ("weights-overflow", "layers.1.attention.wk.weight")


def test_every_cut_is_told_as_incomplete(fx: Path) -> None:
    data = (fx / "legacy" / "ggjt2-q4_0.bin").read_bytes()
    chance = random.Random(3)
    for cut in [*range(8, 60), *(chance.randrange(60, len(data)) for _ in range(150))]:
        with pytest.raises(Fixable) as caught:
            opened(data[:cut])
        assert caught.value.code in ("weights-truncated", "weights-tensor-missing"), cut


@pytest.mark.parametrize(("container", "version"), [("ggml", 0), ("ggmf", 1), ("ggjt", 1), ("ggjt", 3)])
def test_mutated_headers_never_surprise(container: str, version: int) -> None:
    """Seeded changes of numbers, bytes and lengths: a model or an `AppError`, never anything else, and soon."""
    good = small_file(container, version)
    chance = random.Random(f"{container}{version}")
    extremes = (0, 1, 2, 31, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF)
    words = [at for name in TENSORS for at in [good.index(name.encode()) - 20 + 4 * k for k in range(5)]]
    refused = 0
    for _ in range(1000):
        data = bytearray(good)
        for _ in range(chance.randint(1, 3)):
            way = chance.randrange(5)
            at = chance.choice([chance.randrange(0, 40), chance.randrange(len(data)), chance.choice(words)])
            if way == 0:
                data[at % len(data)] ^= 1 << chance.randrange(8)
            elif way == 1 and at + 4 <= len(data):
                struct.pack_into("<I", data, at, chance.choice(extremes))
            elif way == 2 and at + 4 <= len(data):
                struct.pack_into("<I", data, at, chance.randrange(1 << chance.randint(1, 32)))
            elif way == 3:
                del data[at % len(data) : at % len(data) + chance.randint(1, 64)]
            else:
                data[at % len(data) : at % len(data)] = chance.randbytes(chance.randint(1, 16))
        begin = time.perf_counter()
        try:
            for tensor in opened(bytes(data)).tensors:
                content(tensor)
        except AppError:
            refused += 1
        assert time.perf_counter() - begin < 15
    assert refused > 500
