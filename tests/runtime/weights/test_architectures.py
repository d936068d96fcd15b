"""Names, shapes, row orders and keys of the two architectures, and tensors in pieces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gguf import MODEL_ARCH, get_tensor_name_map
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import Fixable
from app.runtime.weights import tensors as module
from app.runtime.weights.architectures import bloom, llama
from app.runtime.weights.ggml import GgmlType
from app.runtime.weights.hyper import Hyper
from app.runtime.weights.records import Dtype, StoredTensor
from app.runtime.weights.tensors import FloatTensor, JoinedTensor, check_complete
from tests.runtime.weights.reference import MemoryFile, keys, values

LLAMA = Hyper("llama", 1000, 128, 384, 3, 4, 4, 512, 1e-6)
BLOOM = Hyper("bloom", 1280, 128, 512, 2, 4, 4, 2048, 1e-5)


def stored(array: np.ndarray[Any, Any], dtype: Dtype, name: str = "t") -> StoredTensor:
    return StoredTensor(name, array.shape, dtype, MemoryFile(b"head" + array.tobytes(), f"{name}.raw"), 4)


@pytest.mark.parametrize(("hyper", "architecture"), [(LLAMA, llama), (BLOOM, bloom)])
def test_keys_and_shapes_are_those_of_llama_cpp(fx: Path, expected: dict[str, Any], hyper: Hyper, architecture: Any):
    name = hyper.architecture
    reference = keys(fx / "gguf-ref" / f"{name}-f16.gguf", f"{name}.")
    found = architecture.metadata(hyper)
    assert list(found) == list(reference)
    for key, value in reference.items():
        assert type(found[key]) is type(value)
        assert np.float32(found[key]) == np.float32(value)
    tensors = expected["gguf_ref"][f"{name}-f16.gguf"]["tensors"]
    assert list(architecture.shapes(hyper).items()) == [(key, tuple(one["ne"][::-1])) for key, one in tensors.items()]


@pytest.mark.parametrize(
    ("hyper", "architecture", "kind", "templates"),
    [
        (
            LLAMA,
            llama.place,
            MODEL_ARCH.LLAMA,
            [
                *("model.embed_tokens", "model.norm", "lm_head"),
                *(f"model.layers.2.self_attn.{one}_proj" for one in "qkvo"),
                *(f"model.layers.0.mlp.{one}_proj" for one in ("gate", "up", "down")),
                *("model.layers.1.input_layernorm", "model.layers.1.post_attention_layernorm"),
            ],
        ),
        (
            LLAMA,
            llama.place_meta,
            MODEL_ARCH.LLAMA,
            [
                *("tok_embeddings", "norm", "output"),
                *(f"layers.2.attention.w{one}" for one in "qkvo"),
                *(f"layers.0.feed_forward.w{one}" for one in "123"),
                *("layers.1.attention_norm", "layers.1.ffn_norm"),
            ],
        ),
        (
            BLOOM,
            bloom.place,
            MODEL_ARCH.BLOOM,
            [
                *(
                    "transformer.word_embeddings",
                    "transformer.word_embeddings_layernorm",
                    "transformer.ln_f",
                    "lm_head",
                ),
                *(f"transformer.h.1.{one}_layernorm" for one in ("input", "post_attention")),
                *(f"h.0.self_attention.{one}" for one in ("query_key_value", "dense")),
                *(f"h.1.mlp.{one}" for one in ("dense_h_to_4h", "dense_4h_to_h")),
            ],
        ),
    ],
)
def test_names_are_those_of_llama_cpp(hyper: Hyper, architecture: Any, kind: MODEL_ARCH, templates: list[str]) -> None:
    theirs = get_tensor_name_map(kind, hyper.layers)
    for template in templates:
        bare = template.removeprefix("transformer.")
        expected_name = theirs.get_name(template) or theirs.get_name(bare)
        assert architecture(f"{template}.weight", hyper).name == f"{expected_name}.weight"


def test_every_tensor_of_bloom_has_a_place_for_weight_and_bias() -> None:
    for layer in range(2):
        for module_name in ("input_layernorm", "self_attention.query_key_value", "mlp.dense_4h_to_h"):
            for kind in ("weight", "bias"):
                found = bloom.place(f"transformer.h.{layer}.{module_name}.{kind}", BLOOM)
                assert found is not None
                assert found.name in bloom.shapes(BLOOM)


@pytest.mark.parametrize("name", ["model.layers.0.self_attn.rotary_emb.inv_freq", "model.rotary_emb.inv_freq"])
def test_rotary_buffers_are_left_out(name: str) -> None:
    assert llama.place(name, LLAMA) is None


def test_other_buffers_are_left_out() -> None:
    assert llama.place_meta("rope.freqs", LLAMA) is None
    assert bloom.place("transformer.h.0.self_attention.masked_bias", BLOOM) is None


@pytest.mark.parametrize(
    ("place", "hyper", "name"),
    [
        (llama.place, LLAMA, "model.layers.3.mlp.up_proj.weight"),  # there are three: 0, 1, 2
        (llama.place, LLAMA, "model.layers.00.mlp.up_proj.weight"),
        (llama.place, LLAMA, "model.layers.0.self_attn.q_proj.bias"),
        (llama.place_meta, LLAMA, "layers.0.attention.wq.qweight"),
        (bloom.place, BLOOM, "transformer.word_embeddings.bias"),
        (bloom.place, BLOOM, "transformer.h.\u0660.input_layernorm.weight"),
        (bloom.place, BLOOM, "transformer.transformer.ln_f.weight"),
        (bloom.place, BLOOM, "\x1b[2J" * 1000),
    ],
)
def test_unknown_names_are_told(place: Any, hyper: Hyper, name: str) -> None:
    with pytest.raises(Fixable) as raised:
        place(name, hyper, "model.bin")
    assert raised.value.code == "weights-tensor-unknown"
    assert raised.value.params["file"] == "model.bin"
    assert str(raised.value.params["tensor"]).isprintable()


def test_query_rows_of_a_head_become_pairs() -> None:
    hyper = Hyper("llama", 10, 16, 32, 1, 4, 2, 64, 1e-6)
    query = llama.place("model.layers.0.self_attn.q_proj.weight", hyper)
    key = llama.place("model.layers.0.self_attn.k_proj.weight", hyper)
    assert query is not None and key is not None
    assert query.row_order is not None and key.row_order is not None
    assert query.row_order[:8].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]
    assert len(query.row_order) == 16
    assert key.row_order.tolist() == [0, 2, 1, 3, 4, 6, 5, 7]  # two heads for keys


def test_odd_heads_cannot_be_turned() -> None:
    with pytest.raises(Fixable) as raised:
        llama.place("model.layers.0.self_attn.q_proj.weight", Hyper("llama", 10, 9, 32, 1, 3, 3, 64, 1e-6))
    assert raised.value.code == "weights-config"


def test_fused_rows_of_heads_become_three_blocks() -> None:
    hyper = Hyper("bloom", 10, 4, 16, 1, 2, 2, 64, 1e-5)
    for kind in ("weight", "bias"):
        place = bloom.place(f"h.0.self_attention.query_key_value.{kind}", hyper)
        assert place is not None and place.row_order is not None
        assert place.row_order.tolist() == [0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11]


@pytest.mark.parametrize("dtype", [Dtype.F32, Dtype.F16, Dtype.BF16, Dtype.F64])
def test_matrix_comes_as_stored_and_vector_as_float32(dtype: Dtype) -> None:
    numbers = np.arange(-6, 6).reshape(3, 4)
    raw = (
        (numbers.astype("<f4").view("<u4") >> 16).astype("<u2") if dtype is Dtype.BF16 else numbers.astype(dtype.value)
    )
    kinds = {Dtype.F16: GgmlType.F16, Dtype.BF16: GgmlType.BF16}
    matrix = FloatTensor("m", stored(raw, dtype))
    assert matrix.type is kinds.get(dtype, GgmlType.F32)
    assert matrix.shape == (3, 4)
    assert np.array_equal(values(matrix), numbers)
    vector = FloatTensor("v", stored(raw.reshape(-1), dtype), np.arange(11, -1, -1))
    assert vector.type is GgmlType.F32
    (piece,) = vector.pieces()
    assert piece.data.shape == (1, 12)
    assert np.array_equal(piece.data[0], numbers.reshape(-1)[::-1])


@pytest.mark.parametrize("dtype", [Dtype.I32, Dtype.I64, Dtype.U8])
def test_integers_are_no_weights(dtype: Dtype) -> None:
    tensor = FloatTensor("blk.0.attn_q.weight", stored(np.zeros((2, 2), dtype.value), dtype))
    with pytest.raises(Fixable) as raised:
        list(tensor.pieces())
    assert raised.value.code == "weights-type"
    assert raised.value.params["tensor"] == "blk.0.attn_q.weight"


@settings(deadline=None, derandomize=True)
@given(blocks=st.lists(st.integers(1, 9), min_size=1, max_size=8), limit=st.integers(1, 40), data=st.data())
def test_any_row_order_in_any_piece_size(blocks: list[int], limit: int, data: Any) -> None:
    order, above = [], 0
    for size in blocks:
        order += [above + one for one in data.draw(st.permutations(range(size)))]
        above += size
    array = np.arange(above * 2, dtype="<f4").reshape(above, 2)
    tensor = FloatTensor("t", stored(array, Dtype.F32), np.array(order, np.int64))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PIECE_BYTES", limit)
        assert np.array_equal(values(tensor), array[order])
        assert max(piece.data.nbytes for piece in tensor.pieces()) <= max(limit, 8)


def test_heads_are_read_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    hyper = Hyper("llama", 10, 64, 32, 1, 8, 8, 64, 1e-6)
    place = llama.place("model.layers.0.self_attn.q_proj.weight", hyper)
    assert place is not None
    array = np.arange(64 * 64, dtype="<f4").reshape(64, 64)
    tensor = FloatTensor("q", stored(array, Dtype.F32), place.row_order)
    monkeypatch.setattr(module, "PIECE_BYTES", 3 * 8 * 256)  # three heads of eight rows
    assert [len(piece.data) for piece in tensor.pieces()] == [24, 24, 16]
    permuted = array.reshape(8, 2, 4, 64).swapaxes(1, 2).reshape(64, 64)
    assert np.array_equal(values(tensor), permuted)


@pytest.mark.parametrize("axis", [0, 1])
def test_parts_are_joined_piece_by_piece(monkeypatch: pytest.MonkeyPatch, axis: int) -> None:
    whole = np.arange(60, dtype="<f2").reshape(6, 10)
    parts = [
        stored(np.ascontiguousarray(part), Dtype.F16, str(number))
        for number, part in enumerate(np.array_split(whole, [2] if axis == 0 else [3], axis))
    ]
    monkeypatch.setattr(module, "PIECE_BYTES", 45)
    joined = JoinedTensor("t", parts, axis)
    assert joined.shape == (6, 10)
    assert joined.source_bytes == 120
    assert joined.order == ("0.raw", 4)
    assert np.array_equal(values(joined), whole)
    assert all(piece.data.nbytes <= 45 for piece in joined.pieces())


def test_parts_of_two_types_meet_in_float32() -> None:
    one = stored(np.ones((2, 3), "<f2"), Dtype.F16, "one")
    two = stored(np.full((2, 3), 2, "<f4"), Dtype.F32, "two")
    joined = JoinedTensor("t", (one, two), 0)
    assert joined.type is GgmlType.F32
    assert values(joined).tolist() == [[1, 1, 1], [1, 1, 1], [2, 2, 2], [2, 2, 2]]


@pytest.mark.parametrize(("axis", "shape"), [(0, (2, 4)), (1, (3, 3)), (0, (6,)), (1, (1, 2, 3))])
def test_parts_that_do_not_fit(axis: int, shape: tuple[int, ...]) -> None:
    one = stored(np.ones((2, 3), "<f2"), Dtype.F16, "one")
    two = stored(np.ones(shape, "<f2"), Dtype.F16, "two")
    with pytest.raises(Fixable) as raised:
        JoinedTensor("blk.0.attn_q.weight", (one, two), axis)
    assert raised.value.code == "weights-shape"
    assert raised.value.params["file"] == "two.raw"


def complete(hyper: Hyper) -> dict[str, FloatTensor]:
    return {
        name: FloatTensor(name, stored(np.zeros(shape, "<f2"), Dtype.F16, name))
        for name, shape in llama.shapes(hyper).items()
    }


def test_completeness() -> None:
    hyper = Hyper("llama", 8, 4, 6, 2, 2, 1, 64, 1e-6)
    tensors = complete(hyper)
    check_complete(tensors.values(), hyper, "m")
    tensors.pop("output.weight")  # tied
    check_complete(tensors.values(), hyper, "m")
    cases = [
        ("weights-tensor-missing", {"blk.1.attn_k.weight": None}, {"tensor": "blk.1.attn_k.weight"}),
        (
            "weights-shape",
            {"blk.1.attn_k.weight": stored(np.zeros((4, 4), "<f2"), Dtype.F16)},
            {"tensor": "blk.1.attn_k.weight", "found": "4 x 4", "expected": "2 x 4"},
        ),
        (
            "weights-type",
            {"output_norm.weight": stored(np.zeros(4, "<i4"), Dtype.I32)},
            {"tensor": "output_norm.weight", "type": "I32"},
        ),
    ]
    for code, change, params in cases:
        changed = [FloatTensor(n, change.get(n, t.stored)) for n, t in tensors.items() if change.get(n, t) is not None]
        with pytest.raises(Fixable) as raised:
            check_complete(changed, hyper, "m")
        assert raised.value.code == code
        assert raised.value.params.items() >= params.items()
    with pytest.raises(Fixable) as raised:
        check_complete([*tensors.values(), tensors["token_embd.weight"]], hyper, "m")
    assert raised.value.code == "weights-damaged"
