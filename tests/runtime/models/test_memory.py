"""What a model takes and whether it fits: the engine's own rules, files of every kind, and control groups."""

from __future__ import annotations

import struct
import sys
from dataclasses import replace
from pathlib import Path

import gguf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Fixable
from app.resources import guide_model
from app.runtime.engine import model as engine
from app.runtime.engine.records import LoadOptions
from app.runtime.models import memory
from app.runtime.models.catalogue import load
from app.runtime.models.memory import Fit, Footprint, Memory, Processor, check, need, of_file, of_lengths, verdict
from app.runtime.weights.hyper import Hyper
from app.runtime.weights.records import Target
from tests.runtime.weights.gguf_kit import EMBEDDING, key, raw_gguf, string_key
from tools.synthetic import write_model

GB = 1_000_000_000
PLENTY = sys.maxsize
X86, ARM, APPLE = Processor.X86, Processor.ARM, Processor.APPLE
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "gguf"
BLOOM_7B = Hyper("bloom", 250_880, 4096, 16_384, 30, 32, 32, 2048, 1e-5)
LLAMA_7B = Hyper("llama", 32_000, 4096, 11_008, 32, 32, 32, 2048, 1e-6)
U32, ARRAY, I32 = 4, 9, 5


def number(name: str, value: int) -> bytes:
    return key(name, U32, struct.pack("<I", value))


def numbers(name: str, values: list[int]) -> bytes:
    return key(name, ARRAY, struct.pack(f"<IQ{len(values)}i", I32, len(values), *values))


# --- verdicts ---


@pytest.mark.parametrize(
    ("amount", "free", "back", "fit", "left"),
    [
        (5 * GB, 7 * GB, 0, Fit.FITS, 2 * GB),
        (5 * GB, 7 * GB - 1, 0, Fit.TIGHT, 2 * GB - 1),
        (5 * GB, 5 * GB, 0, Fit.TIGHT, 0),
        (5 * GB, 5 * GB - 1, 0, Fit.TOO_SMALL, -1),
        (5 * GB, 2 * GB, 5 * GB, Fit.FITS, 2 * GB),
        (15 * GB, 11 * GB, 0, Fit.TOO_SMALL, -4 * GB),
    ],
)
def test_verdict(amount: int, free: int, back: int, fit: Fit, left: int) -> None:
    found = verdict(amount, free, back)
    assert (found.fit, found.left, found.need, found.free) == (fit, left, amount, free + back)


def test_a_model_that_replaces_another_fits_where_it_would_not_beside_it() -> None:
    model = of_lengths(BLOOM_7B, Target.Q4_0)
    now = Memory(16 * GB, 4 * GB)
    assert check(model, 2048, now).fit is Fit.TOO_SMALL
    back = memory.reclaimable(model, 2048, resident=6 * GB)
    assert 5.1 * GB < back < 5.4 * GB
    assert check(model, 2048, now, reclaimable=back).fit is Fit.FITS


def test_no_more_is_given_back_than_was_taken() -> None:
    model = of_lengths(BLOOM_7B, Target.Q4_0)
    assert memory.reclaimable(model, 2048, resident=300_000_000) == 300_000_000
    taken = need(model, 2048, PLENTY)  # the vocabulary's small pieces stay with the process
    assert memory.reclaimable(model, 2048, resident=64 * GB) == taken.total - taken.other
    assert 0 <= memory.reclaimable(model, 2048) <= memory.this_memory().total


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 100_000), st.integers(1, 100_000), st.integers(0, 64 * GB))
def test_a_longer_context_never_takes_less(one: int, other: int, free: int) -> None:
    model = replace(of_lengths(LLAMA_7B, Target.Q4_0), context=0, compressible=False)
    short, long = (need(model, context, free).total for context in sorted((one, other)))
    assert short <= long


# --- as the engine does it ---


def test_the_rules_are_those_of_the_engine() -> None:
    assert memory.MICRO_BATCH == engine.MICRO_BATCH and memory.CACHE_SHARE == engine.CACHE_SHARE
    assert memory.COMPRESSIBLE_HEAD == engine._Q8_HEAD_SIZE


@pytest.mark.parametrize(("hidden", "heads"), [(1024, 16), (768, 4)])
@pytest.mark.parametrize("context", [512, 2048])
def test_buffers_are_those_llama_cpp_will_take(tmp_path: Path, hidden: int, heads: int, context: int) -> None:
    path = tmp_path / "模 型.gguf"
    write_model(path, layers=2, vocabulary=1280, hidden=hidden, heads=heads)
    theirs = engine.memory_need(path, LoadOptions(context, gpu_layers=0))
    ours = need(of_file(path), context, PLENTY, X86)
    assert ours.weights + ours.cache + ours.compute == pytest.approx(theirs, rel=0.02)


def test_seven_billion_parameters_as_measured() -> None:
    """bench/memory.py: 5,350 MB for BELLE-7B's shape at Q4_0."""
    amount = need(of_lengths(BLOOM_7B, Target.Q4_0), 2048, PLENTY, X86)
    assert amount.total == pytest.approx(5.350 * GB, rel=0.01)
    assert amount.cache == 30 * 2 * 4096 * 2048 * 2 and not amount.compressed


def test_the_context_is_what_the_engine_makes_of_it() -> None:
    model = replace(of_lengths(LLAMA_7B, Target.Q4_0), context=1000)
    assert need(model, 100_000, PLENTY).cache == need(model, 1024, PLENTY).cache
    assert need(model, 1, PLENTY).cache == need(model, 256, PLENTY).cache < need(model, 257, PLENTY).cache
    unknown = replace(model, context=0)
    assert need(unknown, 4096, PLENTY).cache == 4096 * model.cached * 2


def test_a_cache_of_more_than_half_the_rest_is_compressed() -> None:
    model = of_lengths(BLOOM_7B, Target.Q4_0)
    full = need(model, 2048, PLENTY, X86)
    beside = full.weights + full.other
    roomy, narrow = (need(model, 2048, beside + 2 * full.cache + extra, X86) for extra in (1, -3))
    assert (roomy.compressed, roomy.cache) == (False, full.cache)
    assert narrow.compressed and narrow.cache == full.cache * 34 // 64
    assert not need(replace(model, compressible=False), 2048, 0, X86).compressed


def test_a_tied_embedding_is_held_twice_where_it_is_rearranged() -> None:
    model = of_lengths(BLOOM_7B, Target.Q4_0)
    assert model.embedding_type == "Q6_K"
    once, arm, apple = (need(model, 2048, PLENTY, one).weights for one in (X86, ARM, APPLE))
    assert once == model.weights and arm == apple == model.weights + 250_880 * 4096 // 256 * 210
    plain = replace(model, embedding_type="Q4_0", embedding=250_880 * 4096 // 32 * 18)
    assert need(plain, 2048, PLENTY, X86).weights == plain.weights + plain.embedding
    own = of_lengths(LLAMA_7B, Target.Q4_0)
    assert need(own, 2048, PLENTY, APPLE).weights == own.weights


# --- from files and rows ---


@pytest.mark.parametrize("kind", ["bloom", "llama"])
def test_of_the_fixtures(kind: str) -> None:
    path = FIXTURES / f"{kind}-f16.gguf"
    model = of_file(path)
    reader = gguf.GGUFReader(path)
    assert model.weights == sum(int(tensor.n_bytes) for tensor in reader.tensors)
    assert model.vocabulary == int(next(one for one in reader.tensors if one.name == "token_embd.weight").shape[1])
    assert (model.gated, model.merges) == (kind == "llama", kind == "bloom")
    assert model.embedding == 0  # both have an output matrix of their own


def test_lengths_and_file_agree(tmp_path: Path) -> None:
    path = tmp_path / "small.gguf"
    write_model(path, layers=2, vocabulary=1280, hidden=1024, heads=16)
    hyper = replace(BLOOM_7B, vocabulary=1280, hidden=1024, feed_forward=4096, layers=2, heads=16, kv_heads=16)
    assert of_lengths(hyper, Target.Q4_0) == of_file(path)


def test_of_the_guide() -> None:
    assert need(of_file(guide_model()), 2048, PLENTY).total < 100_000_000


def test_one_number_of_heads_for_each_layer(tmp_path: Path) -> None:
    keys = [string_key("general.architecture", "x"), number("x.block_count", 3), number("x.embedding_length", 32)]
    path = tmp_path / "layers.gguf"
    path.write_bytes(
        raw_gguf([*keys, number("x.attention.head_count", 4), numbers("x.attention.head_count_kv", [4, 0, 2])])
    )
    assert of_file(path).cached == (4 + 0 + 2) * (8 + 8)
    path.write_bytes(raw_gguf([*keys, number("x.attention.head_count", 4)]))
    assert of_file(path).cached == 3 * 4 * (8 + 8)


def test_layers_without_a_cache_are_left_as_they_are(tmp_path: Path) -> None:
    keys = [string_key("general.architecture", "x"), number("x.embedding_length", 64), number("x.block_count", 1)]
    recurrent = (b"blk.0.ssm_a", (1,), 0, 512)
    path = tmp_path / "recurrent.gguf"
    path.write_bytes(raw_gguf(keys, (EMBEDDING, recurrent), bytes(1024)))
    assert not of_file(path).compressible
    path.write_bytes(raw_gguf(keys))
    assert of_file(path).compressible


@pytest.mark.parametrize(
    "keys",
    [
        [string_key("x.block_count", "many")],
        [key("x.attention.head_count", 5, struct.pack("<i", -4))],
        [key("x.embedding_length", 6, struct.pack("<f", 4096.5))],
    ],
)
def test_nonsense_in_a_header_is_told(tmp_path: Path, keys: list[bytes]) -> None:
    path = tmp_path / "nonsense.gguf"
    path.write_bytes(raw_gguf([string_key("general.architecture", "x"), *keys]))
    with pytest.raises(Fixable) as error:
        of_file(path)
    assert error.value.code == "weights-damaged"


def test_huge_numbers_only_make_it_too_large(tmp_path: Path) -> None:
    huge = [number(f"x.{name}", 2**32 - 1) for name in ("block_count", "embedding_length", "feed_forward_length")]
    path = tmp_path / "huge.gguf"
    path.write_bytes(raw_gguf([string_key("general.architecture", "x"), *huge]))
    assert check(of_file(path), 2048, Memory(64 * GB, 64 * GB)).fit is Fit.TOO_SMALL


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "weights-empty"), (b"<html>", "weights-web-page"), (b"GGUF", "weights-truncated")]
)
def test_other_files(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "other.gguf"
    path.write_bytes(data)
    with pytest.raises(Fixable) as error:
        of_file(path)
    assert error.value.code == code
    with pytest.raises(Fixable) as error:
        of_file(tmp_path / "no.gguf")
    assert error.value.code == "weights-missing-file"


def test_a_model_in_several_files_is_one(tmp_path: Path) -> None:
    whole = of_file(FIXTURES / "llama-f16.gguf")
    first = tmp_path / "m-00001-of-00002.gguf"
    split(FIXTURES / "llama-f16.gguf", first)
    assert of_file(first) == whole
    first.with_name("m-00002-of-00002.gguf").unlink()
    with pytest.raises(Fixable) as error:
        of_file(first)
    assert error.value.code == "weights-files-missing"


def split(source: Path, first: Path) -> None:
    """`source` as two files, the second with the last half of the tensors."""
    reader = gguf.GGUFReader(source)
    half = len(reader.tensors) // 2
    for part, tensors in enumerate((reader.tensors[:half], reader.tensors[half:])):
        writer = gguf.GGUFWriter(first.with_name(first.name.replace("00001", f"{part + 1:05}")), "llama")
        for field in reader.fields.values() if part == 0 else ():
            if field.name.startswith("GGUF.") or field.name == "general.architecture":
                continue
            inner = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), field.types[0], inner)
        writer.add_uint16("split.no", part)
        writer.add_uint16("split.count", 2)
        writer.add_int32("split.tensors.count", len(reader.tensors))
        for tensor in tensors:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


def test_rows_of_the_catalogue() -> None:
    """Its own figures come from a formula of their own."""
    seen = 0
    for model in load().usable():
        for target in model.targets:
            planned = memory.of_target(model, target)
            if planned is not None:
                seen += 1
                assert need(planned, 2048, PLENTY, X86).total == pytest.approx(target.memory, rel=0.05), model.id
    assert seen > 20


def test_an_embedding_that_gptq_left_alone_is_held_once() -> None:
    model = load().find("BELLE-7B-gptq")
    assert model is not None
    planned = memory.of_target(model, model.recommended)
    assert planned is not None and planned.embedding_type == "F16"
    assert need(planned, 2048, PLENTY, X86).weights == model.recommended.size


# --- this computer ---


def test_this_memory() -> None:
    found = memory.this_memory()
    assert 0 < found.free <= found.total


def group(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content + "\n")


def test_limits_of_version_two(tmp_path: Path) -> None:
    root, proc = tmp_path / "cgroup", tmp_path / "proc"
    proc.write_text("0::/user.slice/app.scope\n")
    group(
        root / "user.slice",
        {"memory.max": "8000", "memory.current": "5000", "memory.stat": "anon 1\ninactive_file 1000"},
    )
    group(root / "user.slice" / "app.scope", {"memory.max": "max", "memory.current": "100"})
    assert memory.group_limits(proc, root) == [(8000, 4000)]


def test_limits_of_version_one(tmp_path: Path) -> None:
    root, proc = tmp_path / "cgroup", tmp_path / "proc"
    proc.write_text("5:cpu:/a\n4:memory:/a/b\n0::/\n")
    group(root / "memory", {"memory.limit_in_bytes": str(2**63 - 4096), "memory.usage_in_bytes": "9"})
    stat = "inactive_file 1\ntotal_inactive_file 300"
    group(
        root / "memory" / "a" / "b",
        {"memory.limit_in_bytes": "4000", "memory.usage_in_bytes": "1000", "memory.stat": stat},
    )
    assert memory.group_limits(proc, root) == [(4000, 700)]


def test_a_container_sees_its_own_group_as_the_root(tmp_path: Path) -> None:
    root, proc = tmp_path / "cgroup", tmp_path / "proc"
    proc.write_text("0::/docker/0123/../../etc\n")
    group(root, {"memory.max": "6000", "memory.current": "7000"})
    assert memory.group_limits(proc, root) == [(6000, 7000)]


@pytest.mark.parametrize("text", ["", "nonsense", "0::", "4:memory:/x\n\0\xff"])
def test_no_groups_no_limits(tmp_path: Path, text: str) -> None:
    proc = tmp_path / "proc"
    proc.write_text(text, "utf-8")
    group(tmp_path / "cgroup", {"memory.max": "lots", "memory.current": ""})
    assert memory.group_limits(proc, tmp_path / "cgroup") == []
    assert memory.group_limits(tmp_path / "none", tmp_path / "no") == []


def test_a_limit_counts_for_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(memory, "group_limits", lambda: [(3 * GB, 1 * GB), (10**15, 0)])
    found = memory.this_memory()
    assert found.total <= 3 * GB and found.free <= 2 * GB
    monkeypatch.setattr(memory, "group_limits", lambda: [(GB, 2 * GB)])
    assert memory.this_memory().free == 0


def test_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    for machine, system, expected in (
        ("AMD64", "win32", X86),
        ("x86_64", "darwin", X86),
        ("aarch64", "linux", ARM),
        ("arm64", "darwin", APPLE),
        ("ARM64", "win32", ARM),
    ):
        monkeypatch.setattr(memory.platform, "machine", lambda machine=machine: machine)
        monkeypatch.setattr(sys, "platform", system)
        assert memory.this_processor() is expected


def test_a_footprint_without_anything() -> None:
    assert need(Footprint(0, 0, 0, 0, 0, 0), 2048, 0).total > 0
