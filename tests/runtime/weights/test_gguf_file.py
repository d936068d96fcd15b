"""GGUF files read: right ones exactly, wrong ones refused with a code, quickly and in little memory."""

from __future__ import annotations

import random
import struct
import time
import tracemalloc
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from app.errors import AppError, Fixable
from app.runtime.weights import gguf_format
from app.runtime.weights.files import PlainFile, PlainFolder
from app.runtime.weights.ggml import GgmlType
from app.runtime.weights.gguf_format import FILE_TYPES, Typed, ValueType, block_of, plain, type_name, typed
from app.runtime.weights.records import Kind
from app.runtime.weights.sources.gguf_file import open_model, read_header, read_summary
from tests.runtime.weights.gguf_kit import (
    ARCHITECTURE,
    ARRAY,
    BASIC,
    EMBEDDING,
    MemoryFile,
    MemoryFolder,
    contents,
    fields,
    key,
    raw_gguf,
    string_key,
    strings_key,
    text,
)
from tests.runtime.weights.made_sources import gguf_split

REFERENCES = ("llama-f16.gguf", "llama-f32.gguf", "bloom-f16.gguf", "bloom-f32.gguf")


def problem(data: bytes) -> Fixable:
    with pytest.raises(Fixable) as caught:
        open_model(MemoryFolder({"a.gguf": data}), "a.gguf")
    return caught.value


@pytest.mark.parametrize("name", REFERENCES)
def test_header_is_what_llama_cpps_own_reader_finds(fx: Path, name: str) -> None:
    path = fx / "gguf-ref" / name
    header = read_header(PlainFile(path))
    found = {}
    for one, value in header.metadata.items():
        kind = typed(one, value)
        items = [] if kind.items is None else [kind.items.name]
        values = plain(value).tolist() if isinstance(value, np.ndarray) else plain(value)
        found[one] = ([kind.type.name, *items], values)
    assert found == fields(path)
    assert list(found) == list(fields(path))
    reader = gguf.GGUFReader(path)
    assert [(one.name, one.shape[::-1], one.type, one.offset, one.size) for one in header.tensors] == [
        (one.name, tuple(one.shape.tolist()), int(one.tensor_type), one.data_offset, one.n_bytes)
        for one in reader.tensors
    ]
    assert (header.version, header.alignment, header.data_start) == (3, 32, reader.data_offset)


@pytest.mark.parametrize("name", REFERENCES)
def test_model_has_every_byte_of_every_tensor(fx: Path, name: str, expected: dict[str, Any]) -> None:
    model = open_model(PlainFolder(fx / "gguf-ref"), name)
    told = contents(fx / "gguf-ref" / name)
    for tensor in model.tensors:
        pieces = list(tensor.pieces())
        lengths, kind, data = told[tensor.name]
        assert (list(tensor.shape[::-1]), tensor.type.name) == (lengths, kind)
        assert b"".join(piece.data.tobytes() for piece in pieces) == data
        assert sum(piece.data.shape[0] for piece in pieces) == (tensor.shape[0] if len(tensor.shape) > 1 else 1)
        assert tensor.source_bytes == len(data)
    assert [tensor.name for tensor in model.tensors] == list(told)
    assert sorted(model.tensors, key=lambda one: one.order) == list(model.tensors)
    assert (model.kind, model.architecture) == (Kind.GGUF, name.split("-")[0])
    assert model.vocabulary.size == expected["gguf_ref"][name]["kv"]["tokenizer.ggml.tokens"]["len"]
    assert next(iter(model.metadata)) == "general.architecture"


def test_summary(fx: Path) -> None:
    summary = read_summary(PlainFile(fx / "gguf-ref" / "bloom-f16.gguf"))
    assert (summary.architecture, summary.name, summary.chat_template) == ("bloom", "Bloom Hf", False)
    assert (summary.file_type, summary.quantization, summary.license, summary.version) == ("F16", "F16", "", 3)
    assert (summary.parameters, summary.size, len(summary.tensors)) == (724_736, 1_496_512, 30)
    more = [*BASIC, string_key("general.license", "apache-2.0"), string_key("tokenizer.chat_template", "{{ x }}")]
    summary = read_summary(MemoryFile("a.gguf", raw_gguf(more)))
    assert (summary.chat_template, summary.license, summary.file_type) == (True, "apache-2.0", "")


def test_types_and_their_blocks_are_ggmls() -> None:
    for kind, (weights, size) in gguf.GGML_QUANT_SIZES.items():
        block = block_of(int(kind))
        assert block is not None and type_name(int(kind)) == kind.name
        if kind.name != "Q8_1":  # never in files; ggml-common.h has 36 bytes, gguf-py 40
            assert (block.weights, block.size) == (weights, size)
    assert block_of(4) is None and block_of(31) is None and block_of(1 << 31) is None
    for number, name in FILE_TYPES.items():
        if number != 41:  # newer than this gguf-py
            assert gguf.LlamaFileType(number).name.split("_", 1)[1] == name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("gguf-tensor-count-2e60.gguf", "weights-damaged"),
        ("gguf-kv-count-2e62.gguf", "weights-damaged"),
        ("gguf-string-length-2e63.gguf", "weights-damaged"),
        ("gguf-dims-overflow.gguf", "weights-damaged"),
        ("gguf-dims-5.gguf", "weights-damaged"),
        ("gguf-array-nested-bomb.gguf", "weights-damaged"),
        ("gguf-offset-past-end.gguf", "weights-damaged"),
        ("gguf-truncated.gguf", "weights-truncated"),
        ("gguf-version-1.gguf", "weights-version"),
        ("gguf-big-endian.gguf", "weights-big-endian"),
        ("empty.gguf", "weights-empty"),
        ("html-error-page.gguf", "weights-web-page"),
        ("git-lfs-pointer.bin", "weights-lfs-pointer"),
        ("ggml-wrong-magic.bin", "weights-unknown"),
    ],
)
def test_damaged_fixtures_are_refused_by_name(fx: Path, name: str, code: str) -> None:
    with pytest.raises(Fixable) as caught:
        open_model(PlainFolder(fx / "corrupt"), name)
    assert (caught.value.code, caught.value.params["file"]) == (code, name)
    with pytest.raises(Fixable, match=code):
        read_summary(PlainFile(fx / "corrupt" / name))


@pytest.mark.parametrize(
    ("keys", "detail"),
    [
        ([*BASIC, BASIC[0]], "key 'general.architecture' twice"),
        ([*BASIC, string_key("", "x")], "a key without a name"),
        ([*BASIC, key("k", 13, b"")], "k: value type 13"),
        ([*BASIC, key("k", ARRAY, struct.pack("<IQ", ARRAY, 1) + struct.pack("<IQ", 4, 0))], "k: array of type 9"),
        ([*BASIC, key("k", ARRAY, struct.pack("<IQ", 4, 1 << 60))], f"k: {1 << 60}"),
        ([*BASIC, key("k", ARRAY, struct.pack("<IQ", 8, 1 << 40))], f"k: {1 << 40}"),
        ([*BASIC, key("k", ARRAY, struct.pack("<IQQ", 8, 1, 1 << 40))], f"k: a string of {1 << 40} bytes"),
        ([*BASIC, key("general.alignment", 4, struct.pack("<I", 24))], "general.alignment=24"),
        ([*BASIC, key("general.alignment", 4, struct.pack("<I", 0))], "general.alignment=0"),
        ([*BASIC, key("general.alignment", 4, struct.pack("<I", 1 << 21))], f"general.alignment={1 << 21}"),
        ([*BASIC, key("general.alignment", 10, struct.pack("<Q", 32))], "general.alignment=32"),
        ([*BASIC, string_key("general.alignment", "32")], "general.alignment='32'"),
        ([*BASIC, string_key("split.count", "2")], "split.count"),
        ([*BASIC, key("split.count", 2, struct.pack("<H", 65_535))], "split.count=65535"),
        ([BASIC[1]], "general.architecture="),
        ([string_key("general.architecture", "a\x07b"), BASIC[1]], "general.architecture=a�b"),
    ],
)
def test_wrong_keys_are_refused(keys: list[bytes], detail: str) -> None:
    assert problem(raw_gguf(keys)).params == {"file": "a.gguf", "detail": detail}


@pytest.mark.parametrize(
    ("tensors", "detail"),
    [
        ([EMBEDDING, EMBEDDING], "tensor token_embd.weight twice"),
        ([(b"", (32, 4), 0, 0)], "tensor name ''"),
        ([(b"\xff\x1b", (32, 4), 0, 0)], "tensor name '��'"),
        ([(b"a" * 64, (32, 4), 0, 0)], "tensor name: 64 bytes"),
        ([(b"a", (), 0, 0)], "tensor a: 0 dimensions"),
        ([(b"a", (1, 1, 1, 1, 1), 0, 0)], "tensor a: 5 dimensions"),
        ([(b"a", (32, 0), 0, 0)], "tensor a: 0 x 32"),
        ([(b"a", (1 << 40, 1 << 40), 0, 0)], f"tensor a: {1 << 40} x {1 << 40}"),
        ([(b"a", (33, 4), 2, 0)], "tensor a: rows of 33 in Q4_0"),
        ([(b"a", (8, 4), 0, 16)], "tensor a at 16"),
        ([(b"a", (32, 2), 0, 0), (b"b", (32, 2), 0, 128)], "tensor b at 128"),
        ([(b"a", (32, 2), 0, 0), (b"b", (32, 2), 0, 320)], "tensor b at 320"),
        ([(b"a", (32, 2), 0, (1 << 64) - 32)], f"tensor a at {(1 << 64) - 32}"),
    ],
)
def test_wrong_tensors_are_refused(tensors: list[Any], detail: str) -> None:
    assert problem(raw_gguf(BASIC, tensors)).params == {"file": "a.gguf", "detail": detail}


def test_other_reasons_to_refuse() -> None:
    unknown = problem(raw_gguf(BASIC, [(b"a\x1b[2J", (32, 4), 77, 0)]))
    assert (unknown.code, unknown.params) == ("weights-type", {"file": "a.gguf", "tensor": "a�[2J", "type": 77})
    version = problem(raw_gguf(version=4))
    assert (version.code, version.params) == ("weights-version", {"file": "a.gguf", "format": "GGUF", "version": 4})
    assert problem(raw_gguf(BASIC, [])).code == "weights-tensor-missing"
    assert problem(raw_gguf([*BASIC, string_key("general.type", "adapter")])).code == "weights-lora"
    assert problem(raw_gguf([ARCHITECTURE])).params == {"file": "folder", "needed": "tokenizer.ggml.tokens"}
    numbers = key("tokenizer.ggml.tokens", ARRAY, struct.pack("<IQII", 4, 2, 1, 2))
    assert problem(raw_gguf([ARCHITECTURE, numbers])).code == "weights-tokenizer-damaged"
    assert problem(b"FUGG" + raw_gguf()[4:]).code == "weights-big-endian"
    assert problem(b"GGUF").code == "weights-truncated"
    assert problem(b"ABCD" * 20).code == "weights-unknown"


def test_a_file_cut_anywhere_is_refused() -> None:
    data = raw_gguf()
    for end in range(4, len(data)):
        assert problem(data[:end]).code == "weights-truncated"


def test_values_keep_their_types() -> None:
    keys = [
        key("a", 0, b"\xff"),
        key("b", 1, b"\xff"),
        key("c", 2, b"\xff\xff"),
        key("d", 3, b"\xff\xff"),
        key("e", 4, b"\xff" * 4),
        key("f", 5, b"\x01\0\0\0"),
        key("g", 6, struct.pack("<f", 0.1)),
        key("h", 7, b"\x01"),
        key("i", 10, b"\x01" + bytes(7)),
        key("j", 11, b"\xff" * 8),
        key("k", 12, struct.pack("<d", 0.1)),
        key("l", ARRAY, struct.pack("<IQ", 7, 2) + b"\0\x01"),
        key("m", ARRAY, struct.pack("<IQ", 8, 0)),
        key("n", ARRAY, struct.pack("<IQ", 2, 0)),
        key("o", ARRAY, struct.pack("<IQ", 2, 2) + b"\x01\0\xff\xff"),
        strings_key("p", [b"\xe4\xbd", b"", "好"]),
    ]
    values = read_header(MemoryFile("a.gguf", raw_gguf(keys))).metadata
    scalars = [plain(value) for name, value in values.items() if name < "l"]
    assert scalars == [255, -1, 65535, -1, 2**32 - 1, 1, float(np.float32(0.1)), True, 1, -1, 0.1]
    assert [typed(name, value).type for name, value in values.items()] == [
        *(ValueType(number) for number in (*range(8), 10, 11, 12)),
        *[ValueType.ARRAY] * 5,
    ]
    assert values["l"].tolist() == [False, True] and values["o"].tolist() == [1, 65535]
    assert values["m"] == Typed([], ValueType.ARRAY, ValueType.STRING) and values["n"].dtype == np.uint16
    assert [one.encode("utf-8", "surrogateescape") for one in values["p"]] == [b"\xe4\xbd", b"", "好".encode()]


def test_version_2_other_alignment_and_more_axes() -> None:
    keys = [*BASIC, key("general.alignment", 4, struct.pack("<I", 64))]
    tensors = [(b"experts", (32, 2, 3), 2, 0), (b"vector", (5,), 1, 128), (b"last", (8,), 30, 192)]
    block = bytes(range(18))
    data = (block * 6).ljust(128, b"\0") + bytes(64) + struct.pack("<8H", *range(8))
    folder = MemoryFolder({"a.gguf": raw_gguf(keys, tensors, data, version=2, alignment=64)})
    model = open_model(folder, "a.gguf")
    experts, vector, last = ([piece.data for piece in one.pieces()] for one in model.tensors)
    assert model.tensors[0].shape == (3, 2, 32) and model.tensors[0].type is GgmlType.Q4_0
    assert experts[0].shape == (6, 18) and bytes(experts[0][5]) == block
    assert vector[0].shape == (1, 5) and vector[0].dtype == np.float16
    assert last[0].tolist() == [list(range(8))] and last[0].dtype == np.uint16
    assert "general.alignment" not in model.metadata


def test_types_we_do_not_convert_are_still_described() -> None:
    data = raw_gguf(BASIC, [(b"a", (16, 2), 26, 0)])
    summary = read_summary(MemoryFile("a.gguf", data))
    assert (summary.quantization, summary.parameters) == ("I32", 32)
    assert problem(data).params == {"file": "a.gguf", "tensor": "a", "type": "I32"}


@pytest.fixture(scope="module")
def split(fx: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gguf_split(fx, tmp_path_factory.mktemp("split")).parent


def test_any_part_opens_the_whole(fx: Path, split: Path) -> None:
    whole = open_model(PlainFolder(fx / "gguf-ref"), "llama-f16.gguf")
    names = sorted(path.name for path in split.iterdir())
    assert len(names) == 3
    for name in names:
        model = open_model(PlainFolder(split), name)
        assert [file.name for file in model.files] == names
        assert model.metadata == whole.metadata and model.parameters == whole.parameters
        assert list(model.vocabulary.metadata) == list(whole.vocabulary.metadata)
        for one, same in zip(model.tensors, whole.tensors, strict=True):
            assert (one.name, one.shape, one.type) == (same.name, same.shape, same.type)
            assert [p.data.tobytes() for p in one.pieces()] == [p.data.tobytes() for p in same.pieces()]


def test_missing_and_mixed_parts(split: Path) -> None:
    parts = {path.name: path.read_bytes() for path in sorted(split.iterdir())}
    first, second, third = parts

    def told(files: dict[str, bytes], name: str) -> Fixable:
        with pytest.raises(Fixable) as caught:
            open_model(MemoryFolder(files), name)
        return caught.value

    missing = told({second: parts[second]}, second)
    assert missing.code == "weights-files-missing"
    assert missing.params == {"file": second, "missing": f"{first}, {third}"}
    renamed = told({"我的.gguf": parts[first]}, "我的.gguf")
    assert renamed.params["missing"] == ", ".join(f"我的-{number:05}-of-00003.gguf" for number in (1, 2, 3))
    twice = told({**parts, third: parts[second]}, first)
    assert twice.code == "weights-damaged" and twice.params["file"] == third
    swapped = told({**parts, second: parts[third], third: parts[second]}, first)
    assert swapped.params == {"file": second, "detail": "split.no=2, 1 expected"}
    other = told({**parts, second: raw_gguf(BASIC, [(b"other", (32, 4), 0, 0)])}, first)
    assert other.params == {"file": second, "detail": "split.no=-1, 1 expected"}
    fewer = parts[first].replace(
        text("split.tensors.count") + b"\x05\0\0\0\x1e", text("split.tensors.count") + b"\x05\0\0\0\x1f"
    )
    assert told({**parts, first: fewer}, first).params["detail"] == "split.tensors.count=30"
    cut = told({**parts, third: parts[third][:-100]}, first)
    assert (cut.code, cut.params) == ("weights-truncated", {"file": third})


def test_a_large_vocabulary_is_read_in_a_moment() -> None:
    tokens = [f"字{number}" for number in range(250_680)]
    merges = [f"a{number} b{number}" for number in range(250_000)]
    keys = [ARCHITECTURE, strings_key("tokenizer.ggml.tokens", tokens), strings_key("tokenizer.ggml.merges", merges)]
    file = MemoryFile("a.gguf", raw_gguf(keys))
    times = []
    for read in (read_summary, read_header, read_header):
        start = time.process_time()
        found = read(file)
        times.append(time.process_time() - start)
    assert times[0] < 1 and min(times[1:]) < 1
    assert found.metadata["tokenizer.ggml.tokens"] == tokens and found.metadata["tokenizer.ggml.merges"] == merges


def test_the_weights_are_not_read_for_the_header() -> None:
    file = MemoryFile("a.gguf", raw_gguf(BASIC, [(b"a", (1 << 20, 1 << 15), 0, 0)]), size=(1 << 37) + 4096)
    assert read_summary(file).parameters == 1 << 35
    assert file.bytes_read < 100_000


@pytest.mark.parametrize(
    "arrays",
    [
        [(struct.pack("<IQ", 0, 6 << 20), 6 << 20), (struct.pack("<IQ", 4, 1 << 20), 0)],  # numbers
        [(struct.pack("<IQ", 0, 6 << 20), 6 << 20), (struct.pack("<IQ", 8, 100_000), 0)],  # empty strings
        [(struct.pack("<IQQ", 8, 1, 1 << 20), 1 << 20)] * 9,  # long strings
    ],
)
def test_arrays_cost_no_more_than_allowed(arrays: list[tuple[bytes, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrays that the file is large enough for, and the memory is not."""
    monkeypatch.setattr(gguf_format, "MAX_METADATA", 8 << 20)
    keys = b"".join(key(f"k{number}", ARRAY, start) + bytes(size) for number, (start, size) in enumerate(arrays))
    file = MemoryFile("a.gguf", b"GGUF" + struct.pack("<IQQ", 3, 0, len(arrays)) + keys, size=1 << 40)
    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(Fixable) as caught:
        read_header(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.params["detail"] == f"metadata above {8 << 20} bytes"
    assert peak < 24 << 20 and time.process_time() - begun < 5


def test_no_change_of_a_header_does_harm() -> None:
    """Thousands of seeded changes: each is read or refused with a code, quickly and in little memory."""
    keys = [*BASIC, key("llama.block_count", 4, struct.pack("<I", 2)), key("f", 6, struct.pack("<f", 1e-6))]
    keys.append(key("tokenizer.ggml.scores", ARRAY, struct.pack("<IQ4f", 6, 4, *range(4))))
    tensors = [EMBEDDING, (b"a", (32, 2), 2, 512), (b"b", (3,), 0, 576)]
    good = raw_gguf(keys, tensors, bytes(608))
    head = len(good) - 608
    chance = random.Random(20260101)
    extremes = [struct.pack("<Q", n) for n in (0, 1, 2**31, 2**32 - 1, 2**32, 2**62, 2**63, 2**64 - 1)]
    codes = set()
    tracemalloc.start()
    begun = time.process_time()
    for _ in range(3000):
        data = bytearray(good)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(4, head)
            change = chance.randrange(4)
            if change == 0:
                data[at] ^= 1 << chance.randrange(8)
            elif change == 1:
                data[at] = chance.randrange(256)
            elif change == 2:
                value = chance.choice(extremes)[: chance.choice((4, 8))]
                data[at : at + len(value)] = value
            else:
                del data[at : at + chance.randint(1, 9)]
        try:
            for one in open_model(MemoryFolder({"a.gguf": bytes(data)}), "a.gguf").tensors:
                list(one.pieces())
            codes.add("good")
        except AppError as error:
            str(error).encode()  # can be shown
            codes.add(error.code)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20 and time.process_time() - begun < 10
    assert codes >= {"good", "weights-damaged", "weights-truncated", "weights-type", "weights-version"}
