"""BELLE's GPTQ checkpoints: files of the original packer, layers made here, and damaged ones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.errors import Fixable
from app.runtime.weights.files import PlainFile, PlainFolder
from app.runtime.weights.ggml import GgmlType
from app.runtime.weights.records import Dtype, Kind, ModelTensor, StoredTensor, WeightsModel
from app.runtime.weights.sources import gptq, gptq_blocks
from app.runtime.weights.sources.gptq import QuantizedLinear
from app.runtime.weights.sources.safetensors import read_safetensors
from app.runtime.weights.sources.torch_zip import read_checkpoint
from app.runtime.weights.xor import CHUNK, EncryptedFolder, KeyFile
from tests.runtime.weights.gptq_layers import Arrays, Layer, check_q4_1, random_layer, sha
from tests.runtime.weights.made_sources import gptq_encrypted
from tests.runtime.weights.torch_writer import write_checkpoint

FILES = {
    "gptq-bloom/bloom-tiny-4bit-128g.pt": GgmlType.Q4_1,
    "gptq-bloom/bloom-tiny-8bit-128g.pt": GgmlType.F32,
    "gptq-llama/llama-tiny-4bit-128g.pt": GgmlType.Q4_1,
    "corrupt/gptq-wrong-bits-name/bloom-tiny-8bit-128g.pt": GgmlType.Q4_1,  # 4 bit, whatever its name says
}


def opened(path: Path, tokenizer: Path | None = None) -> WeightsModel:
    return gptq.open_model(PlainFolder(path.parent), path.name, PlainFolder(tokenizer) if tokenizer else None)


def refusal(path: Path, tokenizer: Path | None = None) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Fixable) as caught:
        opened(path, tokenizer)
    return caught.value.code, dict(caught.value.params)


def linears(model: WeightsModel) -> dict[str, QuantizedLinear]:
    """By the name of the layer in the file."""
    found = [tensor for tensor in model.tensors if isinstance(tensor, QuantizedLinear)]
    return {tensor.qweight.name.removesuffix(".qweight"): tensor for tensor in found}


def data(tensor: ModelTensor) -> NDArray[Any]:
    pieces = list(tensor.pieces())
    starts = np.cumsum([0] + [len(piece.data) for piece in pieces])
    assert [piece.first_row for piece in pieces] == starts[:-1].tolist()
    return np.concatenate([piece.data for piece in pieces])


def layer_of(tensor: QuantizedLinear) -> Layer:
    return Layer.of(tensor.qweight.read(), tensor.qzeros.read(), tensor.scales.read(), tensor.bits, tensor.group)


def own_values(tensor: QuantizedLinear) -> NDArray[np.float32]:
    """De-quantized exactly, in the order of the file."""
    zeros = gptq_blocks.zero_points(tensor.qzeros.read(), tensor.bits)
    rows = np.arange(tensor.shape[0])
    return gptq_blocks.dequantize(tensor.qweight.read(), zeros, tensor.scales.read(), tensor.bits, tensor.group, rows)


def gguf_order(tensor: QuantizedLinear, heads: int) -> NDArray[np.int64]:
    """Which stored row each GGUF row is, by the formulas of llama.cpp's converter."""
    rows = np.arange(tensor.shape[0])
    if "attn_qkv" in tensor.name:
        return np.concatenate([rows.reshape(heads, 3, -1)[:, part].reshape(-1) for part in range(3)])
    if "attn_q." in tensor.name or "attn_k." in tensor.name:
        return rows.reshape(heads, 2, -1).swapaxes(1, 2).reshape(-1)
    return rows


class TestFilesOfTheOriginalPacker:
    @pytest.mark.parametrize("file", FILES)
    def test_exact_values_of_every_layer(self, fx: Path, expected: dict[str, Any], file: str) -> None:
        known = "gptq_bloom-tiny-4bit-128g.pt" if file.startswith("corrupt") else f"gptq_{Path(file).name}"
        layers = expected["gptq"][known]["info"]["layers"]
        found = linears(opened(fx / file))
        assert found.keys() == layers.keys()
        for name, tensor in found.items():
            assert list(tensor.shape) == layers[name]["shape_out_in"]
            assert sha(own_values(tensor)) == layers[name]["sha256_f32_row_major_out_in"], name

    @pytest.mark.parametrize("file", FILES)
    def test_pieces_in_the_row_order_of_gguf(self, fx: Path, file: str) -> None:
        path = fx / file
        model = opened(path)
        config = json.loads((path.parent / "config.json").read_text())
        heads = config.get("n_head") or config["num_attention_heads"]
        for tensor in linears(model).values():
            assert tensor.type is FILES[file]
            order = gguf_order(tensor, heads)
            stored = layer_of(tensor)
            layer = Layer(stored.q[order], stored.zero[order], stored.scale[order])
            if tensor.type is GgmlType.Q4_1:
                check_q4_1(data(tensor), layer)
            else:
                np.testing.assert_array_equal(data(tensor), layer.weights)

    def test_the_dequantized_linears_beside_the_file(self, fx: Path) -> None:
        exact = read_safetensors(PlainFile(fx / "gptq-bloom/expected-dequant-4bit-128g-f32.safetensors"))
        found = linears(opened(fx / "gptq-bloom/bloom-tiny-4bit-128g.pt"))
        for name, tensor in found.items():
            np.testing.assert_array_equal(own_values(tensor), exact[f"{name}.weight"].read())

    def test_bloom_as_a_model(self, fx: Path) -> None:
        model = opened(fx / "gptq-bloom/bloom-tiny-4bit-128g.pt")
        names = [tensor.name for tensor in model.tensors]
        assert model.kind is Kind.GPTQ
        assert model.metadata["general.architecture"] == model.architecture == "bloom"
        assert model.metadata["bloom.attention.head_count"] == 4
        assert names[0] == "token_embd.weight" and "output.weight" not in names  # tied
        assert model.vocabulary.size == 1280
        assert [file.name for file in model.files] == ["bloom-tiny-4bit-128g.pt"]
        stored = read_checkpoint(model.files[0])
        bias = next(tensor for tensor in model.tensors if tensor.name == "blk.1.attn_qkv.bias")
        kept = stored["transformer.h.1.self_attention.query_key_value.bias"].read().astype(np.float32)
        np.testing.assert_array_equal(data(bias)[0], kept.reshape(4, 3, -1).swapaxes(0, 1).reshape(-1))
        assert np.count_nonzero(kept)

    def test_llama_as_a_model(self, fx: Path) -> None:
        model = opened(fx / "gptq-llama/llama-tiny-4bit-128g.pt")
        types = {tensor.name: tensor.type for tensor in model.tensors}
        assert not [name for name in types if name.endswith(".bias")]  # all zero
        assert types["output.weight"] is types["token_embd.weight"] is GgmlType.F16
        assert model.vocabulary.size == 1000
        assert model.parameters == sum(int(np.prod(tensor.shape)) for tensor in model.tensors)
        assert not model.notes

    def test_bytes_promised_are_the_bytes_of_the_buffers(self, fx: Path) -> None:
        tensor = linears(opened(fx / "gptq-llama/llama-tiny-4bit-128g.pt"))["model.layers.1.mlp.up_proj"]
        assert tensor.source_bytes == 768 * 256 // 2 + 2 * 768 // 2 + 2 * 768 * 4
        assert tensor.order == ("llama-tiny-4bit-128g.pt", tensor.qzeros.offset)  # stored first
        assert tensor.keep is GgmlType.Q4_1

    def test_encrypted(self, fx: Path, tmp_path: Path) -> None:
        source, key = fx / "gptq-llama", fx / "enc/consolidated.00.pth"
        assert key.stat().st_size < CHUNK  # so it is repeated from its start
        gptq_encrypted(fx, tmp_path)
        name = "llama-tiny-4bit-128g.pt"
        found, exact = gptq.open_model(EncryptedFolder(tmp_path, KeyFile(key)), name), opened(source / name)
        assert (found.metadata, found.vocabulary) == (exact.metadata, exact.vocabulary)
        for one, other in zip(found.tensors, exact.tensors, strict=True):
            np.testing.assert_array_equal(data(one), data(other))

    def test_is_gptq(self, fx: Path) -> None:
        assert all(gptq.is_gptq(PlainFile(fx / file)) for file in FILES)
        assert not gptq.is_gptq(PlainFile(fx / "llama-hf/pytorch_model.bin"))
        assert not gptq.is_gptq(PlainFile(fx / "gptq-bloom/expected-dequant-4bit-128g-f32.safetensors"))

    def test_a_missing_buffer_is_named(self, fx: Path) -> None:
        assert refusal(fx / "corrupt/gptq-missing-qzeros/model-4bit-128g.pt") == (
            "weights-tensor-missing",
            {"file": "model-4bit-128g.pt", "tensor": "transformer.h.1.mlp.dense_h_to_4h.qzeros"},
        )


LLAMA_CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_attention_heads": 4,
    "num_hidden_layers": 1,
    "vocab_size": 1000,
    "rms_norm_eps": 1e-6,
}
LLAMA_LINEARS = {
    **{f"self_attn.{part}_proj": (64, 64) for part in "qkvo"},
    "mlp.gate_proj": (64, 96),
    "mlp.up_proj": (64, 96),
    "mlp.down_proj": (96, 64),
}


def llama_arrays(bits: int = 4, group: int = 32) -> Arrays:
    """A LLaMA of one layer, with inputs that no group size need divide."""
    rng = np.random.default_rng(bits)
    found: Arrays = {"model.embed_tokens.weight": rng.standard_normal((1000, 64)).astype(np.float16)}
    for number, (name, (inputs, outputs)) in enumerate(LLAMA_LINEARS.items()):
        groups = -(-inputs // group)
        layer = random_layer(number, inputs, outputs, groups, bits)
        layer[".bias"] = np.zeros(outputs, np.float32)
        found |= {f"model.layers.0.{name}{buffer}": array for buffer, array in layer.items()}
    for name in ("layers.0.input_layernorm", "layers.0.post_attention_layernorm", "norm"):
        found[f"model.{name}.weight"] = np.ones(64, np.float16)
    return found | {"lm_head.weight": rng.standard_normal((1000, 64)).astype(np.float16)}


@pytest.fixture
def written(fx: Path, tmp_path: Path) -> Callable[[Arrays], Path]:
    """Writes a checkpoint beside a config and a tokenizer."""

    def write(arrays: Arrays) -> Path:
        (tmp_path / "config.json").write_text(json.dumps(LLAMA_CONFIG))
        shutil.copy(fx / "gptq-llama/tokenizer.model", tmp_path)
        write_checkpoint(tmp_path / "model.pt", arrays)
        return tmp_path / "model.pt"

    return write


Write = Callable[[Arrays], Path]


class TestShapesTellTheFormat:
    @pytest.mark.parametrize(("group", "kind"), [(32, GgmlType.Q4_1), (96, GgmlType.Q4_1), (16, GgmlType.F32)])
    def test_groups_of_four_bits(self, written: Write, group: int, kind: GgmlType) -> None:
        for tensor in linears(opened(written(llama_arrays(4, group)))).values():
            assert tensor.type is kind
            assert tensor.group == min(group, tensor.shape[1])
            assert tensor.keep is (kind if kind is GgmlType.Q4_1 else GgmlType.Q8_0)
            order = gguf_order(tensor, 4)
            stored = layer_of(tensor)
            if kind is GgmlType.F32:
                np.testing.assert_array_equal(data(tensor), stored.weights[order])
            else:
                check_q4_1(data(tensor), Layer(stored.q[order], stored.zero[order], stored.scale[order]))

    @pytest.mark.parametrize("group", [64, 48])
    def test_a_short_last_group(self, written: Write, group: int) -> None:
        """Two groups of 96 could be 48 each; that 64 inputs are one group tells 64."""
        tensors = linears(opened(written(llama_arrays(8, group))))
        assert {tensor.shape[1]: tensor.group for tensor in tensors.values()} == {64: group, 96: group}

    def test_groups_that_contradict_each_other_are_refused(self, written: Write) -> None:
        arrays = llama_arrays(4, 32)
        name = "model.layers.0.mlp.up_proj"
        arrays[f"{name}.scales"] = np.ones((4, 96), np.float32)
        arrays[f"{name}.qzeros"] = np.zeros((4, 12), np.int32)
        code, params = refusal(written(arrays))
        assert code == "weights-gptq-unsupported"
        assert params["detail"] == "2 groups of 64, 4 groups of 64, 3 groups of 96"

    def test_other_widths_are_named(self, written: Write) -> None:
        arrays = llama_arrays()
        arrays["model.layers.0.mlp.up_proj.qweight"] = np.zeros((6, 96), np.int32)
        code, params = refusal(written(arrays))
        assert (code, params["detail"]) == ("weights-gptq-unsupported", "model.layers.0.mlp.up_proj.qweight: 3 bit")

    def test_reordered_inputs_are_refused(self, written: Write) -> None:
        arrays = llama_arrays() | {"model.layers.0.mlp.up_proj.g_idx": np.zeros(64, np.int32)}
        assert refusal(written(arrays))[0] == "weights-gptq-unsupported"

    @pytest.mark.parametrize("buffer", [".qweight", ".qzeros", ".scales", ".bias"])
    def test_buffers_that_are_missing_or_misshapen(self, written: Write, buffer: str) -> None:
        arrays = llama_arrays()
        name = f"model.layers.0.self_attn.v_proj{buffer}"
        whole = arrays[name]
        for wrong in (whole[..., :-1], whole.reshape(-1)[:5], np.zeros((2, 2, 2), whole.dtype)):
            code, params = refusal(written(arrays | {name: wrong}))
            assert (code, params["tensor"]) == ("weights-shape", name)
            assert params["found"] == " x ".join(map(str, wrong.shape))
        assert refusal(written(arrays | {name: whole.astype(np.int64)}))[0] == "weights-type"
        del arrays[name]
        assert refusal(written(arrays)) == ("weights-tensor-missing", {"file": "model.pt", "tensor": name})

    def test_a_model_without_quantized_layers(self, written: Write) -> None:
        arrays = {name: one for name, one in llama_arrays().items() if "_proj" not in name}
        assert refusal(written(arrays))[0] == "weights-tensor-missing"

    @pytest.mark.parametrize("name", ["model.norm", "model.layers.0.mlp.extra", "model.layers.7.mlp.up_proj"])
    def test_layers_that_no_model_has(self, written: Write, name: str) -> None:
        layer = random_layer(1, 64, 96, 2, 4) | {".bias": np.zeros(96, np.float32)}
        arrays = llama_arrays() | {name + buffer: array for buffer, array in layer.items()}
        assert refusal(written(arrays))[0] == "weights-tensor-unknown"

    @pytest.mark.parametrize("name", ["model.embed_tokens.weight", "lm_head.weight", "model.norm.weight"])
    def test_missing_floats(self, written: Write, name: str) -> None:
        arrays = llama_arrays()
        del arrays[name]
        assert refusal(written(arrays))[0] == "weights-tensor-missing"

    @pytest.mark.parametrize("scale", [7e4, np.inf, np.nan, -1e30])
    def test_scales_beyond_float16(self, written: Write, scale: float) -> None:
        arrays = llama_arrays()
        arrays["model.layers.0.mlp.up_proj.scales"][1, 5] = scale
        tensor = linears(opened(written(arrays)))["model.layers.0.mlp.up_proj"]
        with pytest.raises(Fixable) as caught:
            data(tensor)
        assert caught.value.code == "weights-overflow"
        assert caught.value.params["tensor"] == "blk.0.ffn_up.weight"

    def test_a_bias_that_is_not_zero_is_kept(self, written: Write) -> None:
        arrays = llama_arrays()
        bias = arrays["model.layers.0.self_attn.q_proj.bias"]
        bias += np.arange(64)
        model = opened(written(arrays))
        kept = [tensor for tensor in model.tensors if tensor.name.endswith(".bias")]
        assert [tensor.name for tensor in kept] == ["blk.0.attn_q.bias"]
        np.testing.assert_array_equal(data(kept[0])[0], bias.reshape(4, 2, 8).swapaxes(1, 2).reshape(-1))


class TestWithoutConfig:
    def test_heads_by_the_rotary_frequencies(self, fx: Path, tmp_path: Path) -> None:
        source = fx / "gptq-llama"
        for name in ("llama-tiny-4bit-128g.pt", "tokenizer.model"):
            shutil.copy(source / name, tmp_path)
        model = opened(tmp_path / "llama-tiny-4bit-128g.pt")
        exact = opened(source / "llama-tiny-4bit-128g.pt")
        assert {one.code: dict(one.params) for one in model.notes} == {
            "note-config-derived": {"file": "llama-tiny-4bit-128g.pt", "heads": 4}
        }
        assert model.metadata == exact.metadata | {"llama.context_length": 2048}

    def test_heads_that_cannot_be_known(self, fx: Path, tmp_path: Path) -> None:
        for name in ("bloom-tiny-4bit-128g.pt", "tokenizer.json"):
            shutil.copy(fx / "gptq-bloom" / name, tmp_path)
        assert refusal(tmp_path / "bloom-tiny-4bit-128g.pt") == ("weights-missing-file", {"file": "config.json"})

    def test_config_and_tokenizer_from_another_folder(self, fx: Path, tmp_path: Path) -> None:
        shutil.copy(fx / "gptq-bloom/bloom-tiny-4bit-128g.pt", tmp_path)
        model = opened(tmp_path / "bloom-tiny-4bit-128g.pt", fx / "gptq-bloom")
        exact = opened(fx / "gptq-bloom/bloom-tiny-4bit-128g.pt")
        assert (model.metadata, model.vocabulary) == (exact.metadata, exact.vocabulary)
        assert not model.notes

    def test_a_tokenizer_is_needed(self, fx: Path, tmp_path: Path) -> None:
        for name in ("bloom-tiny-4bit-128g.pt", "config.json"):
            shutil.copy(fx / "gptq-bloom" / name, tmp_path)
        assert refusal(tmp_path / "bloom-tiny-4bit-128g.pt")[0] == "weights-tokenizer-missing"


class Memory:
    """A `BytesSource` over zeros that were never allocated."""

    name = "model.pt"
    size = 1 << 40

    def read(self, offset: int, size: int) -> memoryview:
        assert size < 1 << 28, "read without a check of its size"
        return memoryview(np.zeros(size, np.uint8))


@pytest.fixture(scope="module")
def beside(fx: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PlainFolder, dict[str, StoredTensor]]]:
    folder = tmp_path_factory.mktemp("mutated")
    (folder / "config.json").write_text(json.dumps(LLAMA_CONFIG))
    shutil.copy(fx / "gptq-llama/tokenizer.model", folder)
    write_checkpoint(folder / "model.pt", llama_arrays())
    stored = read_checkpoint(PlainFile(folder / "model.pt"))
    yield PlainFolder(folder), {name: replace(tensor, file=Memory()) for name, tensor in stored.items()}


@settings(max_examples=80, deadline=None, derandomize=True)
@given(changes=st.data())
def test_mutated_shapes_and_types_are_refused_or_read(
    beside: tuple[PlainFolder, dict[str, StoredTensor]], changes: st.DataObject
) -> None:
    folder, whole = beside
    stored = dict(whole)
    length = st.sampled_from([1, 2, 7, 8, 12, 64, 96, 128, 1000, 4096, 2**20, 2**31, 2**62])
    seldom = st.sampled_from([False] * 4 + [True])
    for name in changes.draw(st.lists(st.sampled_from(sorted(whole)), min_size=1, max_size=4, unique=True)):
        one = whole[name]
        shape, dtype = one.shape, one.dtype
        if changes.draw(seldom):
            shape = changes.draw(st.lists(length, min_size=1, max_size=4).map(tuple))
        if changes.draw(st.booleans()):
            dtype = changes.draw(st.sampled_from(Dtype))
        if changes.draw(seldom):
            del stored[name]
        if changes.draw(seldom):
            name = changes.draw(st.sampled_from([name.replace("0", "1"), f"{name}.bias", "lm_head.qweight"]))
        stored[name] = replace(one, shape=shape, dtype=dtype)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gptq, "read_checkpoint", lambda file: stored)
        try:
            model = gptq.open_model(folder, "model.pt")
        except Fixable:
            return
    for tensor in model.tensors:
        assert sum(len(piece.data) for piece in tensor.pieces()) == (tensor.shape[0] if len(tensor.shape) > 1 else 1)
