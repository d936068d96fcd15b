"""Every source becomes every type, and real llama.cpp answers from the result as the reference does."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import gguf
import llama_cpp
import numpy as np
import pytest

from app.runtime.weights import plan, run
from app.runtime.weights.mixes import file_type
from app.runtime.weights.records import Target
from app.runtime.weights.targets import majority
from tests.runtime.engine.engine_kit import ask, session
from tests.runtime.weights.format_rows import SOURCES, Source
from tests.runtime.weights.made_sources import MAKERS
from tests.runtime.weights.test_mixes import LLAMA_MODEL_QUANTIZE

SURE = 3.0  # a margin in log-probability that 4 bits do not turn over
FLOAT_TOLERANCE = 0.03  # of a log-probability; float16 sums alone are worth 0.01
QUANTIZED = [target for target in Target if target not in (Target.KEEP, Target.F32, Target.F16)]
ROWS = [pytest.param(source, target, id=f"{source.title}-{target.value}") for source in SOURCES for target in Target]

Converter = Callable[[Source, Target], Path]


@pytest.fixture(scope="module")
def converted(fx: Path, tmp_path_factory: pytest.TempPathFactory) -> Converter:
    """Converts each source to each target once."""
    folder = tmp_path_factory.mktemp("converted")

    def convert(source: Source, target: Target) -> Path:
        out = folder / f"{SOURCES.index(source)}-{target.value}.gguf"
        if not out.exists():
            key = fx / source.key if source.key else None
            run(plan(place(source), key, target, out=out))
        return out

    @cache
    def place(source: Source) -> Path:
        kind, _, maker = source.path.partition(":")
        if kind != "made":
            return fx / source.path
        return MAKERS[maker](fx, folder / f"{SOURCES.index(source)}-source")

    return convert


@pytest.fixture(scope="module")
def quantized_by_llama(
    converted: Converter, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, Target], Path]:
    """llama.cpp's own quantizations of our F16 files of the sources that hold floats."""
    folder = tmp_path_factory.mktemp("theirs")
    made = {
        (source.title, target): folder / f"{number}-{target.value}.gguf"
        for number, source in enumerate(SOURCES)
        if source.floats
        for target in QUANTIZED
    }
    by_title = {source.title: source for source in SOURCES}
    jobs = [
        (str(converted(by_title[title], Target.F16)), str(path), file_type(target))
        for (title, target), path in made.items()
    ]
    done = subprocess.run(
        [sys.executable, "-c", LLAMA_MODEL_QUANTIZE], input=json.dumps(jobs), text=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return made


def reference(expected: dict[str, Any], source: Source) -> list[dict[str, Any]]:
    if source.texts.startswith("gptq"):
        return list(expected["gptq"][source.texts]["ref"])
    return expected["hf"][source.texts] + expected["hf"][f"{source.texts}_unseen"]


def tensors(path: Path) -> dict[str, Any]:
    return {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}


@pytest.mark.parametrize(("source", "target"), ROWS)
def test_llama_cpp_answers_from_it(source: Source, target: Target, converted: Converter, expected: Any) -> None:
    path = converted(source, target)
    exact = source.floats and target in (Target.KEEP, Target.F16, Target.F32)
    rows = reference(expected, source)
    chosen = rows if exact else [row for row in rows if row["min_top1_top2_logprob_margin_until_eos"] > SURE]
    assert chosen
    with session(path) as model:
        for row in chosen if exact else chosen[:4]:
            answer = ask(model, row["prompt"], raw=True, max_tokens=len(row["gen_ids_32"]))
            assert list(answer.prompt_tokens) == row["prompt_ids"]
            assert answer.text == row["text_until_eos"]


@pytest.mark.parametrize("target", [Target.F16, Target.F32])
@pytest.mark.parametrize("name", ["BELLE `.enc` folder with Meta's key", "Hugging Face BLOOM, `.bin` shards"])
def test_log_probabilities_are_those_of_the_original(
    name: str, target: Target, converted: Converter, expected: Any
) -> None:
    """The five likeliest tokens at each of 32 steps, against the original model in float32."""
    (source,) = [one for one in SOURCES if one.title == name]
    model = llama_cpp.Llama(str(converted(source, target)), n_ctx=256, logits_all=True, n_threads=1, verbose=False)
    for row in reference(expected, source):
        model.reset()
        model.eval([*row["prompt_ids"], *row["gen_ids_32"]])
        for step, known in enumerate(row["steps"]):
            scores = model.scores[len(row["prompt_ids"]) - 1 + step].astype(np.float64)
            chances = scores - scores.max() - np.log(np.exp(scores - scores.max()).sum())
            for token, chance in known["top5"]:
                assert abs(chances[token] - chance) <= FLOAT_TOLERANCE, (row["question"], step, token)


@pytest.mark.parametrize("target", QUANTIZED)
@pytest.mark.parametrize("source", [one for one in SOURCES if one.floats], ids=lambda one: one.title)
def test_blocks_are_those_of_llama_model_quantize(
    source: Source, target: Target, converted: Converter, quantized_by_llama: dict[tuple[str, Target], Path]
) -> None:
    ours, theirs = tensors(converted(source, target)), tensors(quantized_by_llama[source.title, target])
    assert {name: one.tensor_type for name, one in ours.items()} == {
        name: one.tensor_type for name, one in theirs.items()
    }
    assert [name for name, one in ours.items() if one.data.tobytes() != theirs[name].data.tobytes()] == []


@pytest.mark.parametrize("target", [Target.F16, Target.F32])
@pytest.mark.parametrize("source", [one for one in SOURCES if one.floats], ids=lambda one: one.title)
def test_floats_are_those_of_llama_cpps_converter(
    source: Source, target: Target, converted: Converter, expected: Any
) -> None:
    ours = tensors(converted(source, target))
    theirs = expected["gguf_ref"][f"{source.texts.split('_')[0]}-f16.gguf"]["tensors"]
    # A tied output is left out: llama.cpp takes the embedding for it
    assert {*theirs} - {*ours} <= {"output.weight"}
    for name, tensor in ours.items():
        values = np.asarray(tensor.data, dtype=np.float32)
        assert hashlib.sha256(values.tobytes()).hexdigest() == theirs[name]["sha256_f32"], name


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.title)
def test_keep_leaves_the_sources_own_type(source: Source, converted: Converter) -> None:
    found = tensors(converted(source, Target.KEEP))
    types = {name: one.tensor_type for name, one in found.items()}
    assert majority(types, {name: tuple(one.shape.tolist()) for name, one in found.items()}).name == source.kept


def test_written_files_say_where_they_come_from(fx: Path, tmp_path: Path) -> None:
    out = tmp_path / "模型.gguf"
    result = run(plan(fx / "llama-hf", None, Target.F16, out=out))
    fields = {name: field.contents() for name, field in gguf.GGUFReader(out).fields.items()}
    weights = hashlib.sha256((fx / "llama-hf" / "pytorch_model.bin").read_bytes()).hexdigest()
    assert fields["general.source.sha256"] == [f"pytorch_model.bin {weights}"]
    assert result.hashes == {"pytorch_model.bin": weights}
    assert str(fields["chatbelle.converter"]).startswith("ChatBELLE ")
