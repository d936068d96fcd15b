"""safetensors files: real ones, headers that lie, and thousands of damaged ones."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.errors import AppError, Fixable
from app.runtime.weights.files import PlainFile
from app.runtime.weights.records import Dtype, StoredTensor
from app.runtime.weights.sources.safetensors import read_safetensors

VALUES = np.arange(6, dtype="<f4")


def save(header: Any, data: bytes = VALUES.tobytes(), length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + data


def entry(dtype: Any = "F32", shape: Any = (2, 3), offsets: Any = (0, 24)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


class MemoryFile:
    name = "m.safetensors"

    def __init__(self, data: bytes) -> None:
        self.data, self.size = data, len(data)

    def read(self, offset: int, size: int) -> memoryview:
        if offset < 0 or size < 0 or offset + size > self.size:
            raise Fixable("weights-truncated", file=self.name)
        return memoryview(bytearray(self.data[offset : offset + size]))


def read(data: bytes) -> dict[str, StoredTensor]:
    return read_safetensors(MemoryFile(data))


def refusal(data: bytes) -> AppError:
    with pytest.raises(Fixable) as caught:
        read(data)
    return caught.value


def test_a_real_file_equals_what_gguf_says(fx: Path, expected: dict[str, Any]) -> None:
    found = read_safetensors(PlainFile(fx / "bloom-hf-safetensors/model.safetensors"))
    reference = expected["gguf_ref"]["bloom-f32.gguf"]["tensors"]
    embedding = found["transformer.word_embeddings.weight"]
    assert (embedding.shape, embedding.dtype) == ((1280, 128), Dtype.F16)
    assert len(found) == 29
    for name, gguf in (
        ("transformer.word_embeddings.weight", "token_embd.weight"),
        ("transformer.ln_f.bias", "output_norm.bias"),
        ("transformer.h.1.mlp.dense_4h_to_h.weight", "blk.1.ffn_down.weight"),
    ):
        total = float(found[name].read().astype(np.float64).sum())
        assert total == pytest.approx(reference[gguf]["sum"], rel=1e-6), name


def test_the_float32_fixture_is_read_whole(fx: Path) -> None:
    file = PlainFile(fx / "gptq-bloom/expected-dequant-4bit-128g-f32.safetensors")
    found = read_safetensors(file)
    sizes = [tensor.row_bytes * tensor.shape[0] for tensor in found.values()]
    assert {tensor.dtype for tensor in found.values()} == {Dtype.F32}
    assert max(tensor.offset + size for tensor, size in zip(found.values(), sizes, strict=True)) == file.size


def test_metadata_unused_types_scalars_and_empty_tensors_are_left_out() -> None:
    header = {
        "__metadata__": {"format": "pt"},
        "mask": entry("BOOL", [24]),
        "new": entry("F8_E4M3", [24]),
        "scalar": entry("F32", [], [0, 4]),
        "empty": entry("F32", [0, 3], [0, 0]),
        "w": entry(),
        "part": entry("U8", [8], [4, 12]),
    }
    found = read(save(header))
    assert list(found) == ["w", "part"]
    assert np.array_equal(found["w"].read(), VALUES.reshape(2, 3))
    assert found["part"].read().tobytes() == VALUES.tobytes()[4:12]


@pytest.mark.parametrize(
    "header",
    [
        {"w": entry(shape=[2, 4])},
        {"w": entry(shape=[-2, -3])},
        {"w": entry(shape=[2**40, 2**40])},
        {"w": entry(shape=[10**30])},
        {"w": entry(shape=[6.0])},
        {"w": entry(shape=[True, 6])},
        {"w": entry(shape="23")},
        {"w": entry(shape=[1] * 9, offsets=[0, 4])},
        {"w": entry(offsets=[24, 0])},
        {"w": entry(offsets=[-24, 0])},
        {"w": entry(offsets=[0])},
        {"w": entry(offsets=[0, 24, 24])},
        {"w": {"dtype": "F32"}},
        {"w": 5},
        {"\x1b[2J": entry()},
        {},
        [],
        5,
        b'{"w":1,"w":2}',
        b"\xff\xfe",
        b"{",
        b'{"w":' + b"[" * 100_000,
        b'{"w":' + b'{"a":' * 100_000,
        b'{"w":' + b"9" * 100_000 + b"}",
        b'{"w":' + b"[]," * 100_000 + b"[]}",
    ],
)
def test_headers_that_lie_are_damage(header: Any) -> None:
    assert refusal(save(header)).code == "weights-damaged"


def test_a_name_of_half_a_surrogate_pair_is_damage() -> None:
    assert refusal(save(b'{"\\ud800":' + json.dumps(entry()).encode() + b"}")).code == "weights-damaged"


def test_an_incomplete_download() -> None:
    whole = save({"w": entry()})
    for end in range(1, len(whole)):
        assert refusal(whole[:end]).code == "weights-truncated", end


@pytest.mark.parametrize("length", [2**62, 2**64 - 1, 200 * 1024 * 1024])
def test_a_header_length_beyond_reason(length: int) -> None:
    assert refusal(save({"w": entry()}, length=length)).code == "weights-damaged"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("safetensors-header-2e62/model.safetensors", "weights-damaged"),
        ("safetensors-shape-lie/model.safetensors", "weights-damaged"),
        ("git-lfs-pointer.bin", "weights-lfs-pointer"),
        ("html-error-page.gguf", "weights-web-page"),
        ("empty.gguf", "weights-empty"),
    ],
)
def test_corrupt_files_are_refused(path: str, code: str, fx: Path) -> None:
    with pytest.raises(Fixable) as caught:
        read_safetensors(PlainFile(fx / "corrupt" / path))
    assert caught.value.code == code
    assert caught.value.params["file"] == Path(path).name


def test_damage_at_random_raises_nothing_but_app_errors() -> None:
    random_ = random.Random(20230401)
    whole = save({"__metadata__": {"format": "pt"}, "w": entry(), "v": entry("F16", [2, 2], [16, 24])})
    for _ in range(4000):
        data = bytearray(whole)
        for _ in range(random_.choice((1, 1, 2, 5))):
            where = random_.randrange(len(data))
            if random_.random() < 0.7:
                data[where] = random_.choice((random_.randrange(256), *b'0123456789-[]{}",:e'))
            elif random_.random() < 0.5:
                del data[where : where + random_.choice((1, 4))]
            else:
                data[where:where] = data[where : where + random_.choice((1, 4, 50))]
        start = time.process_time()
        try:
            for stored in read(bytes(data)).values():
                assert stored.read().shape == stored.shape
        except AppError:
            pass
        assert time.process_time() - start < 15
