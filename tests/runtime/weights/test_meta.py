"""Meta's layout: one part as it is, several joined, and what may be wrong with them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.errors import Fixable
from app.runtime.weights.files import PlainFolder
from app.runtime.weights.records import Kind, WeightsModel
from app.runtime.weights.sources.meta import open_model
from tests.runtime.weights.made_sources import Arrays, meta_arrays, split_meta, write_meta
from tests.runtime.weights.reference import expected_sums, keys, sums


@pytest.fixture
def arrays(fx: Path) -> Arrays:
    return meta_arrays(fx)


def opened(folder: Path) -> WeightsModel:
    return open_model(PlainFolder(folder), PlainFolder(folder.parent))


def fails(code: str, folder: Path) -> Mapping[str, Any]:
    with pytest.raises(Fixable) as raised:
        opened(folder)
    assert raised.value.code == code
    return raised.value.params


def test_every_value_equals_llama_cpps(fx: Path, expected: dict[str, Any]) -> None:
    model = opened(fx / "llama-pth" / "7B")
    assert sums(model.tensors) == expected_sums(expected, "llama-f32.gguf")
    assert (model.kind, model.architecture) == (Kind.META, "llama")
    assert model.metadata.pop("general.architecture") == "llama"
    theirs = keys(fx / "gguf-ref" / "llama-f16.gguf", "llama.") | {"llama.context_length": 2048}
    assert {key: np.float32(value) for key, value in model.metadata.items()} == theirs
    theirs = keys(fx / "gguf-ref" / "llama-f16.gguf", "tokenizer.")
    assert list(model.vocabulary.metadata) == list(theirs)


@pytest.mark.parametrize("count", [2, 4])
def test_parts_are_joined(fx: Path, tmp_path: Path, expected: dict[str, Any], arrays: Arrays, count: int) -> None:
    parts = split_meta(arrays | {"rope.freqs": np.ones(16, "<f2")}, count)
    model = opened(write_meta(fx, tmp_path / "13B", parts))
    assert sums(model.tensors) == expected_sums(expected, "llama-f32.gguf")
    assert [file.name for file in model.files] == [f"consolidated.{number:02}.pth" for number in range(count)]
    assert model.metadata["llama.feed_forward_length"] == 384


def test_tokenizer_in_the_folder_itself(fx: Path, tmp_path: Path, arrays: Arrays) -> None:
    folder = write_meta(fx, tmp_path / "7B", [arrays])
    shutil.move(tmp_path / "tokenizer.model", folder)
    assert open_model(PlainFolder(folder)).vocabulary.size == 1000
    (folder / "tokenizer.model").unlink()
    assert fails("weights-tokenizer-missing", folder) == {"file": "7B", "needed": "tokenizer.model"}


@pytest.mark.parametrize(
    ("params", "key", "value"),
    [
        ({"norm_eps": 1e-5}, "llama.context_length", 4096),
        ({"norm_eps": None}, "llama.attention.layer_norm_rms_epsilon", 1e-6),
        ({"vocab_size": 32000}, "llama.vocab_size", 1000),  # the tensors count
        ({"rope_theta": 1e6}, "llama.rope.freq_base", 1e6),
        ({"n_kv_heads": 4}, "llama.attention.head_count_kv", 4),
    ],
)
def test_params(fx: Path, tmp_path: Path, arrays: Arrays, params: dict[str, Any], key: str, value: float) -> None:
    assert opened(write_meta(fx, tmp_path / "7B", [arrays], **params)).metadata[key] == value


def test_grouped_heads(fx: Path, tmp_path: Path, arrays: Arrays) -> None:
    for name in [one for one in arrays if one.endswith(("wk.weight", "wv.weight"))]:
        arrays[name] = arrays[name][:64]
    model = opened(write_meta(fx, tmp_path / "70B", split_meta(arrays, 2), n_kv_heads=2))
    assert {tensor.name: tensor.shape for tensor in model.tensors}["blk.0.attn_k.weight"] == (64, 128)


@pytest.mark.parametrize(
    ("gone", "missing"),
    [
        (["consolidated.03.pth"], "consolidated.03.pth"),  # seen from the width of the tensors
        (["consolidated.02.pth", "consolidated.03.pth"], "consolidated.02.pth, consolidated.03.pth"),
        (["consolidated.00.pth", "consolidated.02.pth"], "consolidated.00.pth, consolidated.02.pth"),
        (["params.json", "consolidated.01.pth"], "params.json, consolidated.01.pth"),
    ],
)
def test_missing_parts_are_listed(fx: Path, tmp_path: Path, arrays: Arrays, gone: list[str], missing: str) -> None:
    folder = write_meta(fx, tmp_path / "30B", split_meta(arrays, 4))
    for name in gone:
        (folder / name).unlink()
    assert fails("weights-files-missing", folder) == {"file": "30B", "missing": missing}


def test_too_many_parts(fx: Path, tmp_path: Path, arrays: Arrays) -> None:
    params = fails("weights-shape", write_meta(fx, tmp_path / "13B", [arrays, arrays]))
    assert (params["found"], params["expected"]) == ("1000 x 128", "1000 x 64")


@pytest.mark.parametrize("dim", [130 * 4, 128 * 400, 192])
def test_width_that_no_number_of_parts_explains(fx: Path, tmp_path: Path, arrays: Arrays, dim: int) -> None:
    assert (
        fails("weights-shape", write_meta(fx, tmp_path / "7B", [arrays], dim=dim))["tensor"] == "tok_embeddings.weight"
    )


def test_parts_of_different_models(fx: Path, tmp_path: Path, arrays: Arrays) -> None:
    first, second = split_meta(arrays, 2)
    lacking = {name: one for name, one in second.items() if name != "layers.1.attention.wo.weight"}
    params = fails("weights-tensor-missing", write_meta(fx, tmp_path / "a" / "13B", [first, lacking]))
    assert params == {"file": "consolidated.01.pth", "tensor": "layers.1.attention.wo.weight"}
    wider = second | {"output.weight": np.ones((500, 130), "<f2")}
    params = fails("weights-shape", write_meta(fx, tmp_path / "b" / "13B", [first, wider]))
    assert (params["file"], params["tensor"]) == ("consolidated.01.pth", "output.weight")


@pytest.mark.parametrize(
    ("name", "array", "code"),
    [
        ("tok_embeddings.weight", None, "weights-tensor-missing"),
        ("layers.0.feed_forward.w1.weight", None, "weights-tensor-missing"),
        ("layers.2.ffn_norm.weight", None, "weights-tensor-missing"),
        ("output.weight", None, "weights-tensor-missing"),
        ("tok_embeddings.weight", np.ones(128, "<f2"), "weights-shape"),
        ("layers.1.attention.wq.weight", np.ones((64, 128), "<f2"), "weights-shape"),
        ("layers.1.attention.wq.weight", np.ones((128, 128), "<i4"), "weights-type"),
        ("layers.9.attention.wq.weight", np.ones((128, 128), "<f2"), "weights-tensor-unknown"),
    ],
)
def test_wrong_tensors(fx: Path, tmp_path: Path, arrays: Arrays, name: str, array: Any, code: str) -> None:
    changed = {key: one for key, one in arrays.items() if key != name} | ({} if array is None else {name: array})
    fails(code, write_meta(fx, tmp_path / "7B", [changed]))


@pytest.mark.parametrize(
    "params", [{"n_heads": 0}, {"dim": None}, {"dim": "128"}, {"n_layers": 10**9}, {"norm_eps": 1}, {"n_kv_heads": 3}]
)
def test_impossible_params(fx: Path, tmp_path: Path, arrays: Arrays, params: dict[str, Any]) -> None:
    assert fails("weights-config", write_meta(fx, tmp_path / "7B", [arrays], **params))["file"] == "params.json"


@pytest.mark.parametrize(
    ("name", "code", "params"),
    [
        ("params-two-parts/13B", "weights-files-missing", {"missing": "consolidated.01.pth"}),
        ("tokenizer-missing-pth/7B", "weights-tokenizer-missing", {"needed": "tokenizer.model"}),
        ("tokenizer-truncated/7B", "weights-tokenizer-damaged", {"file": "tokenizer.model"}),
        ("pth-evil/7B", "weights-unsafe", {"file": "consolidated.00.pth"}),
    ],
)
def test_corrupt_folders(fx: Path, name: str, code: str, params: dict[str, str]) -> None:
    assert fails(code, fx / "corrupt" / name).items() >= params.items()
