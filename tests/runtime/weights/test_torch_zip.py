"""torch checkpoints written here byte by byte: what is read, what is refused; thousands of damaged ones."""

from __future__ import annotations

import io
import random
import struct
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.errors import AppError, Fixable
from app.runtime.weights.records import StoredTensor
from app.runtime.weights.sources.torch_zip import read_checkpoint

PRE_1_6 = Path(__file__).parents[2] / "fixtures" / "torch" / "pre-1.6.bin"  # torch 2.13, the old format
QUICK = 15.0  # seconds of processor time; what is refused by its size takes a moment, a hang for ever


class MemoryFile:
    """A `BytesSource` over bytes; `holes` makes it larger than memory: zeros between a start and an end."""

    name = "m.bin"

    def __init__(self, data: bytes, hole: int = 0, hole_at: int = 0) -> None:
        self.data, self.hole, self.hole_at = data, hole, hole_at
        self.size = len(data) + hole

    def read(self, offset: int, size: int) -> memoryview:
        if offset < 0 or size < 0 or offset + size > self.size:
            raise Fixable("weights-truncated", file=self.name)
        result = bytearray(size)
        for start, part in ((0, self.data[: self.hole_at]), (self.hole_at + self.hole, self.data[self.hole_at :])):
            first, last = max(offset, start), min(offset + size, start + len(part))
            if first < last:
                result[first - offset : last - offset] = part[first - start : last - start]
        return memoryview(result)


def text(value: str) -> bytes:
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def number(value: int) -> bytes:
    return b"\x8a\x09" + value.to_bytes(9, "little", signed=True)


def numbers(values: tuple[int, ...]) -> bytes:
    return b"(" + b"".join(map(number, values)) + b"t"


def storage(kind: str = "FloatStorage", key: str = "0", items: int = 6, more: bytes = b"") -> bytes:
    return (
        b"(" + text("storage") + f"ctorch\n{kind}\n".encode() + text(key) + text("cpu") + number(items) + more + b"tQ"
    )


def tensor(
    shape: tuple[int, ...] = (2, 3),
    strides: tuple[int, ...] = (3, 1),
    offset: int = 0,
    held: bytes | None = None,
) -> bytes:
    held = storage() if held is None else held
    hooks = b"ccollections\nOrderedDict\n)R"
    arguments = b"(" + held + number(offset) + numbers(shape) + numbers(strides) + b"\x89" + hooks + b"t"
    return b"ctorch._utils\n_rebuild_tensor_v2\n" + arguments + b"R"


def state(**entries: bytes) -> bytes:
    return b"\x80\x02}(" + b"".join(text(name) + value for name, value in entries.items()) + b"u."


def archive(pickled: bytes, more: dict[str, bytes] | None = None, folder: str = "archive") -> bytes:
    buffer = io.BytesIO()
    members = {"data/0": np.arange(6, dtype="<f4").tobytes()} if more is None else more
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in {"data.pkl": pickled, **members}.items():
            file.writestr(f"{folder}/{name}", data)
    return buffer.getvalue()


def read(data: bytes) -> dict[str, StoredTensor]:
    return read_checkpoint(MemoryFile(data))


def refusal(data: bytes) -> AppError:
    with pytest.raises(Fixable) as caught:
        read(data)
    return caught.value


# The format before torch 1.6


def test_the_old_format_cut_anywhere_is_an_incomplete_download() -> None:
    whole = PRE_1_6.read_bytes()
    for end in range(2, len(whole)):
        assert refusal(whole[:end]).code == "weights-truncated", end


def test_the_old_format_with_a_view_of_a_storage() -> None:
    view = b"(" + text("inner") + number(2) + number(3) + b"t"
    value = state(
        part=tensor((3,), (1,), held=storage(key="7", more=view)), whole=tensor(held=storage(key="7", more=b"N"))
    )
    head = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}" + text("little_endian") + b"\x88s."
    data = head + value + b"\x80\x02]" + text("7") + b"a." + struct.pack("<Q", 6) + np.arange(6, dtype="<f4").tobytes()
    found = read(data)
    assert found["part"].read().tolist() == [2, 3, 4]
    assert found["whole"].read().tolist() == [[0, 1, 2], [3, 4, 5]]
    assert refusal(data.replace(b"\x88s.", b"\x89s.")).code == "weights-big-endian"
    assert refusal(data.replace(b"\xe9\x03.", b"\xea\x03.")).params["version"] == "1002"
    assert refusal(data.replace(struct.pack("<Q", 6), struct.pack("<Q", 5))).code == "weights-damaged"
    assert refusal(data.replace(struct.pack("<Q", 6), struct.pack("<Q", 2**63))).code == "weights-damaged"


# What a state dict may look like


def test_tensors_are_found_at_the_top_and_one_level_down() -> None:
    inside = state(w=tensor())[2:-1]
    assert read(archive(state(w=tensor(), step=number(3), none=b"N", word=text("x"))))["w"].shape == (2, 3)
    assert list(read(archive(state(epoch=number(3), model=inside)))) == ["w"]
    assert list(read(archive(state(ema=state(v=tensor())[2:-1], model=inside)))) == ["w"]
    assert list(read(archive(state(anything=inside, other=b"}")))) == ["w"]
    assert refusal(archive(state(one=inside, two=inside))).params["detail"] == "no tensors"
    assert refusal(archive(b"\x80\x02].")).params["detail"] == "no tensors"


def test_parameters_metadata_and_unused_types() -> None:
    parameter = b"ctorch._utils\n_rebuild_parameter\n(" + tensor() + b"\x88ccollections\nOrderedDict\n)RtR"
    ordered = b"ccollections\nOrderedDict\n)R(" + text("w") + parameter
    for kind in ("BoolStorage", "CharStorage", "ShortStorage", "ComplexFloatStorage"):
        ordered += text(kind) + tensor(held=storage(kind, key="not there"))
    ordered += text("scalar") + tensor((), ()) + text("empty") + tensor((0, 3), (3, 1)) + b"u"
    built = b"\x80\x02" + ordered + b"}" + text("_metadata") + b"ccollections\nOrderedDict\n)Rsb."
    assert read(archive(built))["w"].read().tolist() == [[0, 1, 2], [3, 4, 5]]


def test_offset_and_axes_of_length_one() -> None:
    assert read(archive(state(w=tensor((1, 2), (99, 1), offset=4))))["w"].read().tolist() == [[4, 5]]


@pytest.mark.parametrize(
    ("entry", "detail"),
    [
        (tensor((2, 3), (1, 2)), "strides"),
        (tensor((3, 2), (3, 1)), "strides"),
        (tensor((2, 3), (3, 1), offset=1), "6 < 7 weights"),
        (tensor((2**40, 2**40), (2**40, 1)), "weights"),
        (tensor((2**60,), (1,)), "shape"),
        (tensor((-2, 3), (3, 1)), "shape"),
        (tensor((2, 3), (1,)), "shape"),
        (tensor((1,) * 9, (1,) * 9), "shape"),
        (tensor(offset=-1), "tensor"),
        (tensor(held=storage(items=7)), "24 < 28 bytes"),
        (tensor(held=storage(items=2**47)), "bytes"),
        (tensor(held=storage(items=-1)), "storage"),
        (tensor(held=storage(key="1")), "missing"),
        (tensor(held=storage(key="../data.pkl")), "missing"),
        (tensor(held=storage(more=b"(" + text("v") + number(4) + number(3) + b"t")), "view"),
    ],
)
def test_tensors_outside_their_storage_are_refused(entry: bytes, detail: str) -> None:
    error = refusal(archive(state(w=entry)))
    assert error.code == "weights-damaged"
    assert detail in str(error.params["detail"])


def test_names_that_could_not_be_shown_are_refused() -> None:
    assert "\x1b" not in str(refusal(archive(state(**{"\x1b[2J": tensor()}))).params["detail"])
    assert refusal(archive(b"\x80\x02}V\\ud800\n" + tensor() + b"s.")).code == "weights-damaged"


# Hostile pickles

FORBIDDEN = {
    "posix.system": b"cposix\nsystem\n" + text("touch /tmp/x") + b"\x85R.",
    "os.system": text("os") + text("system") + b"\x93)R.",
    "torch.serialization.os.system": text("torch.serialization") + text("os.system") + b"\x93)R.",
    "torch._utils._rebuild_tensor_v2.__globals__": b"ctorch._utils\n_rebuild_tensor_v2.__globals__\n.",
    "torch.storage._load_from_bytes": b"ctorch.storage\n_load_from_bytes\n.",
    "builtins.eval": b"(S'1'\nibuiltins\neval\n.",
    "copyreg extension 7": b"\x82\x07.",
    "a\ufffdb.c": b"ca\x1bb\nc\n.",
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_forbidden_name_is_refused_by_name(name: str) -> None:
    error = refusal(archive(b"\x80\x02}" + text("w") + FORBIDDEN[name]))
    assert (error.code, error.params["name"]) == ("weights-unsafe", name)


def test_a_forbidden_name_in_any_pickle_of_the_old_format() -> None:
    whole = PRE_1_6.read_bytes()
    evil = b"\x80\x02cposix\nsystem\n)R."
    starts = [0] + [at + 1 for at in range(200) if whole[at : at + 3] == b".\x80\x02"]
    assert len(starts) == 4
    for start in starts:
        assert refusal(whole[:start] + evil).params["name"] == "posix.system"


@pytest.mark.parametrize(
    "pickled",
    [
        b"(o.",
        b"P1\n.",
        b"N\x91.",
        b"\x8f.",
        b"\x97.",
        b"}(NNb.",
        b"ctorch\nFloatStorage\n)R.",
        b"ctorch\nFloatStorage\n)\x81.",
        b"ccollections\nOrderedDict\n]\x85R.",
        b"}" + text("a") + b"\x85Ns.",
        b"h\x07.",
        b"N(.",
        b"t.",
        b"\x80\x09N.",
        b"L" + b"9" * 100_000 + b"L\n.",
        b"\x8b" + struct.pack("<i", 2**31 - 1),
        b"\x8d" + struct.pack("<Q", 2**63),
        b"X" + struct.pack("<I", 1) + b"\xff.",
        b"N" + b"\x85" * 290_000 + b".",
        b"](" + b"l" * 3 + b".",
        b"N" * 400_000 + b".",
        b"",
    ],
)
def test_opcodes_that_no_checkpoint_needs_are_refused(pickled: bytes) -> None:
    start = time.process_time()
    assert refusal(archive(pickled)).code == "weights-damaged"
    assert time.process_time() - start < QUICK


# The zip file around it


def test_a_zip_beyond_4_gb() -> None:
    hole = 5 << 30
    buffer = io.BytesIO()
    with zipfile.ZipFile(Shifted(buffer), "w") as file:
        file.writestr("a/data.pkl", state(w=tensor()))
        file.fp.hole, file.fp.hole_at = hole, file.start_dir
        file.start_dir += hole
        file.writestr("a/data/0", np.arange(6, dtype="<f4").tobytes())
        at = file.fp.hole_at
    found = read_checkpoint(MemoryFile(buffer.getvalue(), hole, at))["w"]
    assert found.offset > hole
    assert found.read().tolist() == [[0, 1, 2], [3, 4, 5]]


class Shifted:
    """A file for zipfile that leaves a hole out, so that offsets pass 4 GB without such a file."""

    def __init__(self, file: io.BytesIO) -> None:
        self.file, self.hole, self.hole_at = file, 0, 0

    def tell(self) -> int:
        at = self.file.tell()
        return at + self.hole if self.hole and at >= self.hole_at else at

    def seek(self, at: int, whence: int = 0) -> int:
        self.file.seek(at - self.hole if self.hole and at > self.hole_at else at, whence)
        return self.tell()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def test_big_endian_and_other_zips() -> None:
    arange = np.arange(6, dtype="<f4").tobytes()
    assert read(archive(state(w=tensor()), {"data/0": arange, "byteorder": b"little"}, "模型 v1"))
    assert refusal(archive(state(w=tensor()), {"data/0": arange, "byteorder": b"big"})).code == "weights-big-endian"
    assert refusal(archive(state(w=tensor()), {"data/0": arange, "x/data.pkl": b""})).code == "weights-damaged"
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as file:
        file.writestr("word/document.xml", b"<x/>")
    assert refusal(other.getvalue()).code == "weights-unknown"


def test_a_zip_directory_that_lies_is_refused_before_it_is_read() -> None:
    good = archive(state(w=tensor()))
    end = good.rindex(b"PK\x05\x06")
    central = good.index(b"PK\x01\x02")
    for at, form, value in (
        (end + 10, "<H", 0xFFFF),
        (end + 12, "<L", 0xFFFFFFF0),
        (end + 12, "<L", 1),
        (end + 16, "<L", 0xFFFFFFF0),
        (central + 42, "<L", 0xFFFFFFF0),
        (central + 24, "<L", 0xFFFFFFFF),
        (central + 24, "<L", 10_000_000),
        (central + 28, "<H", 60_000),
        (26, "<H", 60_000),
        (0x1A, "<H", 3),
    ):
        damaged = bytearray(good)
        struct.pack_into(form, damaged, at, value)
        assert refusal(bytes(damaged)).code == "weights-damaged", (at, value)
    assert refusal(good[:end]).code == "weights-truncated"


def test_compressed_or_encrypted_members_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a/data.pkl", state(w=tensor()))
    assert refusal(buffer.getvalue()).params["detail"] == "a/data.pkl: compressed"
    good = bytearray(archive(state(w=tensor())))
    good[good.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(good)).code == "weights-damaged"


# Placeholders, and damage at random


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xef\xbb\xbf \r\n<!DOCTYPE HTML><p>", "weights-web-page"),
        (b"<?xml version='1.0'?><Error>AccessDenied</Error>", "weights-web-page"),
        (b"Entry not found", "weights-web-page"),
        (b"P", "weights-unknown"),
        (b"\x80", "weights-truncated"),
        (b"\x80\x02K\x01.", "weights-unknown"),
        (b"\0" * 600, "weights-unknown"),
    ],
)
def test_what_is_no_checkpoint(data: bytes, code: str) -> None:
    assert refusal(data).code == code


def test_damage_at_random_raises_nothing_but_app_errors() -> None:
    """Bytes changed, removed, doubled: what is read stays inside the file, the rest is refused."""
    random_ = random.Random(20230401)
    parameter = b"ctorch._utils\n_rebuild_parameter\n(" + tensor() + b"\x88}tR"
    pickled = state(w=tensor(), p=parameter, nested=b"}", views=tensor((2,), (1,), held=storage(more=b"N")))
    seeds = [archive(pickled), PRE_1_6.read_bytes()]
    for turn in range(4000):
        data = bytearray(seeds[turn % 2])
        if turn % 3 == 0:  # damage inside the pickle is what matters most
            at = data.index(b"\x80\x02}" if turn % 2 == 0 else b"state_dict")
            span = slice(at, at + len(pickled))
        else:
            span = slice(0, len(data))
        for _ in range(random_.choice((1, 1, 2, 5, 20))):
            where = random_.randrange(*span.indices(len(data)))
            change = random_.random()
            if change < 0.6:
                data[where] = random_.choice((random_.randrange(256), 0, 0xFF, data[where] ^ 1 << random_.randrange(8)))
            elif change < 0.8:
                del data[where : where + random_.choice((1, 4, 50))]
            else:
                data[where:where] = data[where : where + random_.choice((1, 4, 50))]
            if not data:
                break
        start = time.process_time()
        try:
            for stored in read(bytes(data)).values():
                assert stored.read().shape == stored.shape
        except AppError:
            pass
        assert time.process_time() - start < QUICK
