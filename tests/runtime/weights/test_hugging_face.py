"""Hugging Face folders: every value as llama.cpp's converter has it, every way of storing them, every wrong folder."""

from __future__ import annotations

import json
import shutil
import struct
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.errors import Fixable
from app.runtime.weights.files import PlainFolder
from app.runtime.weights.ggml import GgmlType
from app.runtime.weights.records import Kind, WeightsModel
from app.runtime.weights.sources.hugging_face import open_model
from app.runtime.weights.sources.safetensors import read_safetensors
from app.runtime.weights.sources.torch_zip import read_checkpoint
from tests.runtime.weights.reference import MemoryFolder, copied, expected_sums, keys, sums, values
from tests.runtime.weights.torch_writer import write_checkpoint

Arrays = dict[str, NDArray[Any]]
WEIGHTS = ("*.bin", "*.safetensors", "*.index.json")


def arrays(folder: Path) -> Arrays:
    """All tensors of a fixture."""
    found: Arrays = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in (".bin", ".safetensors"):
            read = read_checkpoint if path.suffix == ".bin" else read_safetensors
            found |= {name: tensor.read() for name, tensor in read(PlainFolder(folder).open(path.name)).items()}
    return found


def write_safetensors(path: Path, tensors: Mapping[str, NDArray[Any]]) -> None:
    names = {"float32": "F32", "float16": "F16", "uint16": "BF16"}
    header, offset = {}, 0
    for name, array in tensors.items():
        place = [offset, offset + array.nbytes]
        header[name] = {"dtype": names[array.dtype.name], "shape": list(array.shape), "data_offsets": place}
        offset += array.nbytes
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(array.tobytes() for array in tensors.values()))


def write_shards(folder: Path, tensors: Arrays, stem: str, suffix: str, count: int, index: bool = True) -> None:
    write = write_safetensors if suffix == ".safetensors" else write_checkpoint
    weight_map = {}
    for number in range(count):
        name = f"{stem}-{number + 1:05}-of-{count:05}{suffix}"
        part = dict(list(tensors.items())[number::count])
        weight_map |= dict.fromkeys(part, name)
        write(folder / name, part)
    if index:
        (folder / f"{stem}{suffix}.index.json").write_text(json.dumps({"weight_map": weight_map}))


def opened(folder: Path, **named: Any) -> WeightsModel:
    return open_model(PlainFolder(folder), **named)


def fails(code: str, folder: Path, **named: Any) -> Mapping[str, Any]:
    with pytest.raises(Fixable) as raised:
        opened(folder, **named)
    assert raised.value.code == code
    return raised.value.params


def bloom(fx: Path, tmp_path: Path, tensors: Arrays | None = None, **config: Any) -> Path:
    """A BLOOM folder whose weights are `tensors`, in one file."""
    folder = copied(fx / "bloom-hf", tmp_path / "bloom", leave=WEIGHTS, config=config)
    write_checkpoint(folder / "pytorch_model.bin", arrays(fx / "bloom-hf") if tensors is None else tensors)
    return folder


def llama(fx: Path, tmp_path: Path, tensors: Arrays | None = None, **config: Any) -> Path:
    leave = () if tensors is None else WEIGHTS
    folder = copied(fx / "llama-hf", tmp_path / "llama", leave=leave, config=config)
    if tensors is not None:
        write_checkpoint(folder / "pytorch_model.bin", tensors)
    return folder


@pytest.mark.parametrize(
    ("folder", "name", "missing"),
    [
        ("llama-hf", "llama", set()),
        ("bloom-hf", "bloom", {"output.weight"}),  # tied: llama.cpp takes token_embd.weight
        ("bloom-hf-safetensors", "bloom", {"output.weight"}),
    ],
)
def test_every_value_equals_llama_cpps(
    fx: Path, expected: dict[str, Any], folder: str, name: str, missing: set[str]
) -> None:
    model = opened(fx / folder)
    theirs = expected_sums(expected, f"{name}-f32.gguf")
    assert sums(model.tensors) == {key: value for key, value in theirs.items() if key not in missing}
    assert [tensor.name for tensor in model.tensors] == [key for key in theirs if key not in missing]
    assert (model.kind, model.architecture) == (Kind.HUGGING_FACE, name)
    assert model.metadata.pop("general.architecture") == name
    reference = keys(fx / "gguf-ref" / f"{name}-f16.gguf", f"{name}.")
    assert {key: np.float32(value) for key, value in model.metadata.items()} == reference
    assert sum(tensor.source_bytes for tensor in model.tensors) <= sum(file.size for file in model.files)
    assert all(tensor.type in (GgmlType.F16, GgmlType.F32) for tensor in model.tensors)


def test_one_float32_file_without_prefix_but_with_lm_head(fx: Path, tmp_path: Path, expected: dict[str, Any]) -> None:
    tensors = {name.removeprefix("transformer."): one.astype("<f4") for name, one in arrays(fx / "bloom-hf").items()}
    tensors["lm_head.weight"] = np.zeros_like(tensors["word_embeddings.weight"])  # transformers ties it at load
    model = opened(bloom(fx, tmp_path, tensors))
    theirs = expected_sums(expected, "bloom-f32.gguf")
    theirs.pop("output.weight")
    assert sums(model.tensors) == theirs
    assert {tensor.type for tensor in model.tensors} == {GgmlType.F32}


def test_bloom_with_a_head_of_its_own(fx: Path, tmp_path: Path) -> None:
    tensors = arrays(fx / "bloom-hf")
    head = tensors["transformer.word_embeddings.weight"] * 2
    model = opened(bloom(fx, tmp_path, tensors | {"lm_head.weight": head}, tie_word_embeddings=False))
    assert np.array_equal(values(model.tensors[-1]), head.astype("<f4"))
    assert model.tensors[-1].name == "output.weight"


def test_missing_head(fx: Path, tmp_path: Path) -> None:
    tensors = arrays(fx / "llama-hf")
    head = tensors.pop("lm_head.weight")
    assert fails("weights-tensor-missing", llama(fx, tmp_path / "a", tensors))["tensor"] == "output.weight"
    tied = opened(llama(fx, tmp_path / "b", tensors, tie_word_embeddings=True))
    assert "output.weight" not in {tensor.name for tensor in tied.tensors}
    both = opened(llama(fx, tmp_path / "c", tensors | {"lm_head.weight": head}, tie_word_embeddings=True))
    assert len(both.tensors) == len(tied.tensors)
    path = bloom(fx, tmp_path / "d", tie_word_embeddings=False)
    if "lm_head.weight" not in arrays(path):
        assert fails("weights-tensor-missing", path)["tensor"] == "output.weight"


def test_names_and_numbers_of_older_configurations(fx: Path, tmp_path: Path, expected: dict[str, Any]) -> None:
    renamed = {"n_embed": 128, "num_attention_heads": 4, "num_hidden_layers": 2}
    gone = dict.fromkeys(["hidden_size", "n_head", "n_layer", "seq_length", "torch_dtype"])
    model = opened(bloom(fx, tmp_path, **renamed, **gone))
    assert model.metadata["bloom.context_length"] == 2048
    assert len(sums(model.tensors)) == 29
    old = {"architectures": ["LLaMAForCausalLM"], "max_position_embeddings": None, "torch_dtype": "float64"}
    model = opened(llama(fx, tmp_path, **old))
    assert model.metadata["llama.context_length"] == 2048
    assert sums(model.tensors) == expected_sums(expected, "llama-f32.gguf")
    assert opened(llama(fx, tmp_path / "b", architectures=None)).architecture == "llama"


def test_buffers_of_2023_are_left_out(fx: Path, tmp_path: Path) -> None:
    buffers = {f"model.layers.{n}.self_attn.rotary_emb.inv_freq": np.ones(16, "<f4") for n in range(3)}
    assert len(opened(llama(fx, tmp_path, arrays(fx / "llama-hf") | buffers)).tensors) == 30


def test_index_may_promise_a_buffer_that_is_not_there(fx: Path, tmp_path: Path) -> None:
    folder = copied(fx / "llama-hf", tmp_path / "llama", leave=WEIGHTS)
    write_shards(folder, arrays(fx / "llama-hf"), "pytorch_model", ".bin", 2)
    path = folder / "pytorch_model.bin.index.json"
    index = json.loads(path.read_text())
    index["weight_map"]["model.layers.0.self_attn.rotary_emb.inv_freq"] = "pytorch_model-00001-of-00002.bin"
    path.write_text(json.dumps(index))
    assert len(opened(folder).tensors) == 30


def test_grouped_heads_and_rope(fx: Path, tmp_path: Path) -> None:
    tensors = arrays(fx / "llama-hf")
    for name in [one for one in tensors if "k_proj" in one or "v_proj" in one]:
        tensors[name] = tensors[name][:64]
    scaling = {"type": "linear", "factor": 4.0}
    model = opened(llama(fx, tmp_path, tensors, num_key_value_heads=2, rope_theta=5e5, rope_scaling=scaling))
    assert model.metadata["llama.attention.head_count_kv"] == 2
    assert model.metadata["llama.rope.freq_base"] == 500_000.0
    assert model.metadata["llama.rope.scaling.type"] == "linear"
    assert model.metadata["llama.rope.scaling.factor"] == 4.0
    key = next(tensor for tensor in model.tensors if tensor.name == "blk.0.attn_k.weight")
    stored = tensors["model.layers.0.self_attn.k_proj.weight"].astype("<f4")
    assert np.array_equal(values(key), stored.reshape(2, 2, 16, 128).swapaxes(1, 2).reshape(64, 128))


def test_bfloat16(fx: Path, tmp_path: Path) -> None:
    full = {name: array.astype("<f4") for name, array in arrays(fx / "llama-hf").items()}
    half = {name: (array.view("<u4") >> 16).astype("<u2") for name, array in full.items()}
    model = opened(llama(fx, tmp_path, half))
    types = {tensor.name: tensor.type for tensor in model.tensors}
    assert types["token_embd.weight"] is GgmlType.BF16
    assert types["output_norm.weight"] is GgmlType.F32
    (norm,) = (tensor for tensor in model.tensors if tensor.name == "output_norm.weight")
    assert np.allclose(values(norm), full["model.norm.weight"], rtol=0.01)


def test_integers_are_no_weights(fx: Path, tmp_path: Path) -> None:
    tensors = arrays(fx / "llama-hf")
    tensors["model.norm.weight"] = np.zeros(128, "<i4")
    params = fails("weights-type", llama(fx, tmp_path, tensors))
    assert params == {"file": "pytorch_model.bin", "tensor": "output_norm.weight", "type": "I32"}


@pytest.mark.parametrize(
    ("stem", "suffix", "index"),
    [
        ("model", ".safetensors", True),
        ("model", ".safetensors", False),
        ("pytorch_model", ".bin", True),
        ("pytorch_model", ".bin", False),
    ],
)
def test_shards_with_and_without_index(
    fx: Path, tmp_path: Path, expected: dict[str, Any], stem: str, suffix: str, index: bool
) -> None:
    folder = copied(fx / "llama-hf", tmp_path / "llama", leave=WEIGHTS)
    write_shards(folder, arrays(fx / "llama-hf"), stem, suffix, 3, index)
    model = opened(folder)
    assert sums(model.tensors) == expected_sums(expected, "llama-f32.gguf")
    assert [file.name for file in model.files] == [f"{stem}-{n:05}-of-00003{suffix}" for n in (1, 2, 3)]
    for number in (1, 3):
        (folder / f"{stem}-{number:05}-of-00003{suffix}").unlink()
    params = fails("weights-files-missing", folder)
    assert params == {"file": "llama", "missing": f"{stem}-00001-of-00003{suffix}, {stem}-00003-of-00003{suffix}"}


def test_safetensors_before_bin_when_complete(fx: Path, tmp_path: Path) -> None:
    folder = copied(fx / "bloom-hf", tmp_path / "both")
    shutil.copy(fx / "bloom-hf-safetensors" / "model.safetensors", folder)
    assert [file.name for file in opened(folder).files] == ["model.safetensors"]
    (folder / "model.safetensors").unlink()
    write_shards(folder, arrays(fx / "bloom-hf"), "model", ".safetensors", 2)
    assert opened(folder).files[0].name == "model-00001-of-00002.safetensors"
    (folder / "model-00001-of-00002.safetensors").unlink()
    assert opened(folder).files[0].name == "pytorch_model-00001-of-00002.bin"


def test_everything_missing_is_listed_at_once(fx: Path, tmp_path: Path) -> None:
    folder = copied(fx / "bloom-hf", tmp_path / "m", leave=("config.json", "*00002-of-00002.bin", "tokenizer.json"))
    missing = fails("weights-files-missing", folder)["missing"]
    assert missing == "config.json, pytorch_model-00002-of-00002.bin"
    empty = tmp_path / "empty"
    empty.mkdir()
    assert fails("weights-files-missing", empty)["missing"] == "config.json, pytorch_model.bin"


def test_a_folder_that_is_not_on_disk(fx: Path, expected: dict[str, Any]) -> None:
    folder = MemoryFolder({path.name: path.read_bytes() for path in (fx / "llama-hf").iterdir()})
    assert sums(open_model(folder).tensors) == expected_sums(expected, "llama-f32.gguf")


def test_file_of_another_name_and_tokenizer_elsewhere(fx: Path, tmp_path: Path) -> None:
    folder = copied(fx / "llama-hf", tmp_path / "l", leave=("tokenizer.model",))
    (folder / "pytorch_model.bin").rename(folder / "belle.pt")
    assert fails("weights-tokenizer-missing", folder, file="belle.pt") == {"file": "l", "needed": "tokenizer.model"}
    model = opened(folder, file="belle.pt", tokenizer=PlainFolder(fx / "llama-pth"))
    assert model.vocabulary.metadata["tokenizer.ggml.bos_token_id"] == 1
    assert [file.name for file in model.files] == ["belle.pt"]


def test_rows_of_the_embedding_count_not_those_of_the_configuration(fx: Path, tmp_path: Path) -> None:
    tensors = arrays(fx / "llama-hf")
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        tensors[name] = np.concatenate([tensors[name], tensors[name][:24]])
    model = opened(llama(fx, tmp_path, tensors))
    assert model.metadata["llama.vocab_size"] == 1024
    assert model.vocabulary.metadata["tokenizer.ggml.tokens"][1000:] == [f"[PAD{n}]" for n in range(1000, 1024)]
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        tensors[name] = tensors[name][:999]
    params = fails("weights-tokenizer-damaged", llama(fx, tmp_path / "b", tensors))
    assert params["detail"] == "1000 tokens, 999 rows"


def test_same_tensor_twice(fx: Path, tmp_path: Path) -> None:
    tensors = arrays(fx / "bloom-hf")
    tensors["ln_f.bias"] = tensors["transformer.ln_f.bias"]
    assert fails("weights-damaged", bloom(fx, tmp_path, tensors))["detail"] == "tensor output_norm.bias twice"


def test_unknown_tensor(fx: Path, tmp_path: Path) -> None:
    tensors = arrays(fx / "llama-hf") | {"model.layers.3.mlp.up_proj.weight": np.ones((384, 128), "<f2")}
    params = fails("weights-tensor-unknown", llama(fx, tmp_path, tensors))
    assert params == {"file": "pytorch_model.bin", "tensor": "model.layers.3.mlp.up_proj.weight"}


def test_wrong_shape(fx: Path, tmp_path: Path) -> None:
    params = fails("weights-shape", llama(fx, tmp_path, intermediate_size=400))
    assert params["tensor"] == "blk.0.ffn_gate.weight"
    assert (params["found"], params["expected"]) == ("384 x 128", "400 x 128")


@pytest.mark.parametrize(
    "config",
    [
        {"num_attention_heads": 0},
        {"num_attention_heads": 3},
        {"num_attention_heads": "4"},
        {"num_attention_heads": None},
        {"num_key_value_heads": 3},
        {"num_hidden_layers": -1},
        {"num_hidden_layers": 10**9},
        {"num_hidden_layers": True},
        {"hidden_size": 128.0},
        {"hidden_size": 10**400},
        {"intermediate_size": None},
        {"max_position_embeddings": 10**12},
        {"rms_norm_eps": "1e-6"},
        {"rms_norm_eps": 0},
        {"rms_norm_eps": float("nan")},
        {"rms_norm_eps": 10**400},
        {"rope_theta": float("inf")},
        {"rope_theta": 0},
        {"head_dim": 64},
        {"hidden_act": "gelu"},
        {"rope_scaling": {"rope_type": "llama3", "factor": 8.0}},
        {"rope_scaling": {"type": "linear"}},
        {"rope_scaling": {"type": ["linear"]}},
        {"vocab_size": []},
    ],
)
def test_impossible_configurations(fx: Path, tmp_path: Path, config: dict[str, Any]) -> None:
    assert fails("weights-config", llama(fx, tmp_path, **config))["file"] == "config.json"


@pytest.mark.parametrize("config", [{"apply_residual_connection_post_layernorm": True}, {"layer_norm_epsilon": 2}])
def test_impossible_bloom(fx: Path, tmp_path: Path, config: dict[str, Any]) -> None:
    fails("weights-config", bloom(fx, tmp_path, **config))


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"architectures": ["GPTNeoXForCausalLM"]}, "GPTNeoXForCausalLM"),
        ({"architectures": None, "model_type": "gpt2"}, "gpt2"),
        ({"architectures": [7], "model_type": ["llama"]}, "?"),
    ],
)
def test_other_architectures(fx: Path, tmp_path: Path, config: dict[str, Any], named: str) -> None:
    assert fails("weights-architecture", llama(fx, tmp_path, **config))["architecture"] == named


@pytest.mark.parametrize(
    "weight_map", [None, {}, [], {"a": 1}, {"a": f"{'x' * 300}"}, {f"t{n}": f"{n}.bin" for n in range(2000)}]
)
def test_damaged_index(fx: Path, tmp_path: Path, weight_map: Any) -> None:
    folder = copied(fx / "bloom-hf", tmp_path / "m", leave=WEIGHTS)
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps({"weight_map": weight_map}))
    with pytest.raises(Fixable) as raised:
        opened(folder)
    assert raised.value.code in ("weights-damaged", "weights-files-missing")


@pytest.mark.parametrize(
    ("name", "code", "params"),
    [
        ("missing-shard", "weights-files-missing", {"missing": "pytorch_model-00002-of-00002.bin"}),
        ("index-outside/model", "weights-outside", {"name": "../../evil.bin"}),
        ("index-absolute", "weights-outside", {"name": "/etc/passwd"}),
        ("index-tensor-not-in-shard", "weights-tensor-missing", {"file": "pytorch_model-00001-of-00002.bin"}),
        ("tokenizer-missing-hf", "weights-tokenizer-missing", {"needed": "tokenizer.model"}),
        ("config-absurd", "weights-config", {"file": "config.json"}),
        ("config-not-json", "weights-config", {"file": "config.json", "detail": "JSON, line 1"}),
        ("config-unknown-arch", "weights-architecture", {"architecture": "FooForCausalLM"}),
        ("truncated-shard", "weights-truncated", {"file": "pytorch_model.bin"}),
        ("safetensors-header-2e62", "weights-damaged", {"file": "model.safetensors"}),
        ("safetensors-shape-lie", "weights-damaged", {"file": "model.safetensors"}),
        ("pickle-os-system-zip", "weights-unsafe", {"file": "pytorch_model.bin"}),
    ],
)
def test_corrupt_folders(fx: Path, name: str, code: str, params: dict[str, str]) -> None:
    start = time.monotonic()
    assert fails(code, fx / "corrupt" / name).items() >= params.items()
    assert time.monotonic() - start < 15
