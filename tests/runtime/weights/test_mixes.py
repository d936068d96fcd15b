"""The types of a file's tensors, and their bytes, are those that `llama_model_quantize` writes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gguf import GGUFReader, GGUFWriter

from app.runtime.weights.ggml import GgmlType
from app.runtime.weights.mixes import base_type, file_type, float_type, tensor_types
from app.runtime.weights.quantize import Quantizer
from app.runtime.weights.records import Target

TARGETS = [target for target in Target if target is not Target.KEEP]
RECORDED = [Target.Q8_0, Target.Q6_K, Target.Q5_1, Target.Q4_K_M, Target.Q4_1, Target.Q4_0]
MEDIUM = [Target.Q5_K_M, Target.Q4_K_M]  # where layers and heads count
# F32 is not compared for odd widths: llama.cpp's quantizer leaves a matrix of one row as it is, its converter does not
MODELS = {
    "llama-f16": RECORDED,  # real ones, 128 wide: K-quants do not fit and fall back
    "llama-f32": [Target.F16, Target.Q4_0],
    "bloom-f16": RECORDED,
    "bloom-f32": [Target.F16, Target.Q4_0],
    "llama 8 layers": TARGETS,
    "llama 32 layers, tied, 4 heads share a key": [*MEDIUM, Target.Q5_0, Target.Q8_0],
    "llama 80 layers, 8 heads share a key": MEDIUM,
    "llama 80 layers, no sharing": MEDIUM,
    "bloom 30 layers, tied": [*MEDIUM, Target.Q5_0, Target.F32],
    "bloom 24 layers": MEDIUM,
    "llama 5 layers of odd widths": TARGETS[1:],
    "llama 13 layers of odd widths, tied": TARGETS[1:],
}

# In a process of its own: the library's log stays as other tests want it, and an abort ends only that process.
LLAMA_MODEL_QUANTIZE = """
import json, sys, llama_cpp
llama_cpp.llama_log_set(llama_cpp.llama_log_callback(0), None)  # to stderr without Python in the way
for source, target, file_type in json.load(sys.stdin):
    options = llama_cpp.llama_model_quantize_default_params()
    options.ftype, options.nthread = file_type, 1
    if llama_cpp.llama_model_quantize(source.encode(), target.encode(), options):
        sys.exit(f"llama_model_quantize failed: {source} {file_type}")
"""


def write_model(path: Path, architecture: str, layers: int, heads: tuple[int, int], shapes: dict[str, Any]) -> None:
    """A GGUF file with float16 matrices; llama_model_quantize looks at names and row lengths, so rows may be few."""
    rng = np.random.default_rng(layers)
    writer = GGUFWriter(path, architecture)
    writer.add_context_length(64)
    writer.add_embedding_length(256)
    writer.add_feed_forward_length(512)
    writer.add_block_count(layers)
    writer.add_head_count(heads[0])
    writer.add_head_count_kv(heads[1])
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_layer_norm_eps(1e-5)
    for name, shape in shapes.items():
        kind = float_type(name, shape, GgmlType.F16)
        values = rng.standard_normal(shape) * 0.02
        writer.add_tensor(name, values.astype(np.float32 if kind is GgmlType.F32 else np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def llama_shapes(layers: int, hidden: int, feed_forward: int, tied: bool = False) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"token_embd.weight": (4, hidden), "output_norm.weight": (hidden,)}
    if not tied:
        shapes["output.weight"] = (4, hidden)
    for layer in range(layers):
        shapes |= {f"blk.{layer}.{part}_norm.weight": (hidden,) for part in ("attn", "ffn")}
        shapes |= {f"blk.{layer}.attn_{part}.weight": (2, hidden) for part in ("q", "k", "v", "output")}
        shapes |= {f"blk.{layer}.ffn_{part}.weight": (3, hidden) for part in ("gate", "up")}
        shapes[f"blk.{layer}.ffn_down.weight"] = (2, feed_forward)
    return shapes


def bloom_shapes(layers: int, hidden: int, tied: bool) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"token_embd.weight": (4, hidden)}
    shapes |= {
        f"{name}.{part}": (hidden,) for name in ("token_embd_norm", "output_norm") for part in ("weight", "bias")
    }
    if not tied:
        shapes["output.weight"] = (4, hidden)
    for layer in range(layers):
        parts = {
            "attn_qkv": (6, hidden),
            "attn_output": (2, hidden),
            "ffn_up": (8, hidden),
            "ffn_down": (2, 4 * hidden),
        }
        shapes |= {f"blk.{layer}.{part}.weight": shape for part, shape in parts.items()}
        shapes |= {f"blk.{layer}.{part}.bias": (shape[0],) for part, shape in parts.items()}
        shapes |= {f"blk.{layer}.{n}_norm.{p}": (hidden,) for n in ("attn", "ffn") for p in ("weight", "bias")}
    return shapes


def odd_shapes(layers: int, tied: bool) -> dict[str, tuple[int, ...]]:
    """Widths that need each fallback, matrices of one row and of one column, and a layer without some tensors."""
    shapes = llama_shapes(layers, 256, 512, tied)
    widths = [32, 96, 100, 64, 288, 1, 257, 512]
    for index, name in enumerate(list(shapes)):
        if len(shapes[name]) > 1:
            shapes[name] = (1 if index % 11 == 3 else 2, widths[index % len(widths)])
    del shapes["blk.1.attn_v.weight"], shapes["blk.3.ffn_down.weight"]
    return dict(reversed(shapes.items()))


def write_models(folder: Path) -> None:
    for name, architecture, layers, heads, shapes in [
        ("llama 8 layers", "llama", 8, (8, 8), llama_shapes(8, 256, 512)),
        ("llama 32 layers, tied, 4 heads share a key", "llama", 32, (8, 2), llama_shapes(32, 256, 768, True)),
        ("llama 80 layers, 8 heads share a key", "llama", 80, (8, 1), llama_shapes(80, 256, 256)),
        ("llama 80 layers, no sharing", "llama", 80, (8, 8), llama_shapes(80, 256, 256)),
        ("bloom 30 layers, tied", "bloom", 30, (8, 8), bloom_shapes(30, 512, True)),
        ("bloom 24 layers", "bloom", 24, (8, 8), bloom_shapes(24, 256, False)),
        ("llama 5 layers of odd widths", "llama", 5, (8, 8), odd_shapes(5, False)),
        ("llama 13 layers of odd widths, tied", "llama", 13, (8, 8), odd_shapes(13, True)),
    ]:
        write_model(folder / f"{name}.gguf", architecture, layers, heads, shapes)


@pytest.fixture(scope="module")
def quantized(fx: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all models, and what llama.cpp makes of them as `MODEL.TARGET.gguf`."""
    folder = tmp_path_factory.mktemp("quantized")
    write_models(folder)
    for name in list(MODELS)[:4]:
        (folder / f"{name}.gguf").write_bytes((fx / "gguf-ref" / f"{name}.gguf").read_bytes())
    tasks = [
        (str(folder / f"{model}.gguf"), str(folder / f"{model}.{target.value}.gguf"), file_type(target))
        for model, targets in MODELS.items()
        for target in targets
    ]
    command = [sys.executable, "-c", LLAMA_MODEL_QUANTIZE]
    done = subprocess.run(command, input=json.dumps(tasks), text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def metadata(reader: GGUFReader) -> dict[str, Any]:
    return {name: field.contents() for name, field in reader.fields.items() if ".ggml." not in name}


def shapes(reader: GGUFReader) -> Iterable[tuple[str, tuple[int, ...]]]:
    return [(tensor.name, tuple(int(length) for length in reversed(tensor.shape))) for tensor in reader.tensors]


@pytest.mark.parametrize("model", MODELS)
def test_types_and_bytes_are_llama_cpps(quantized: Path, model: str) -> None:
    source = GGUFReader(quantized / f"{model}.gguf")
    keys = metadata(source)
    stored = {tensor.name: tensor for tensor in source.tensors}
    with Quantizer(1) as quantizer:
        for target in MODELS[model]:
            written = GGUFReader(quantized / f"{model}.{target.value}.gguf")
            types = tensor_types(target, shapes(source), keys["general.architecture"], keys)
            assert list(types) == list(stored)
            assert {t.name: t.tensor_type.name for t in written.tensors} == {n: k.name for n, k in types.items()}
            assert written.fields["general.file_type"].contents() == file_type(target)
            for tensor in written.tensors:
                given = stored[tensor.name]
                values = given.data.reshape(-1, given.data.shape[-1])
                kind = GgmlType(int(given.tensor_type))
                found = quantizer.convert(values, kind, types[tensor.name], file=model, tensor=tensor.name)
                assert found.tobytes() == tensor.data.tobytes(), (target, tensor.name)


def test_the_sizes_are_the_recorded_ones(quantized: Path, expected: dict[str, Any]) -> None:
    """The peer that this test runs is the one that made the fixtures."""
    for name, facts in expected["quantize_llama_cpp_0_3_36"].items():
        model, target = name.split("-")
        written = quantized / f"{model}-f16.{target.upper()}.gguf"
        assert written.stat().st_size == facts["size"]


def test_what_most_matrices_become() -> None:
    tensors = llama_shapes(32, 4096, 11008).items()
    for target in TARGETS:
        types = tensor_types(target, tensors, "llama", {"llama.block_count": 32})
        assert types["blk.5.attn_q.weight"] is base_type(target)
        assert types["blk.5.attn_norm.weight"] is GgmlType.F32


def test_numbers_of_the_files_metadata_are_not_trusted() -> None:
    """A damaged layer count gives the number of layers that are there."""
    tensors = list(llama_shapes(32, 256, 256).items())
    right = tensor_types(Target.Q4_K_M, tensors, "llama", {"llama.block_count": 32})
    for damage in ({}, {"llama.block_count": "x"}, {"llama.block_count": -5}, {"llama.block_count": [1]}):
        assert tensor_types(Target.Q4_K_M, tensors, "llama", damage) == right


@pytest.mark.parametrize(
    "name, shape, kind",
    [
        ("blk.0.attn_q.weight", (4, 4), GgmlType.BF16),
        ("blk.0.attn_q.bias", (4,), GgmlType.F32),
        ("blk.0.attn_norm.weight", (4,), GgmlType.F32),
        ("token_embd_norm.weight", (1, 4), GgmlType.F32),
        ("blk.0.ffn_gate_inp.weight", (8, 4), GgmlType.F32),
        ("rope_freqs.weight", (64,), GgmlType.F32),
        ("something", (4, 4), GgmlType.F32),
    ],
)
def test_float_types(name: str, shape: tuple[int, ...], kind: GgmlType) -> None:
    assert float_type(name, shape, GgmlType.BF16) is kind
