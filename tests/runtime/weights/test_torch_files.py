"""torch checkpoints of the original tools, of both formats, and the hostile files among the fixtures."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.errors import Fixable
from app.runtime.weights.files import PlainFile
from app.runtime.weights.records import Dtype, StoredTensor
from app.runtime.weights.sources.safetensors import read_safetensors
from app.runtime.weights.sources.torch_zip import read_checkpoint

PRE_1_6 = Path(__file__).parents[2] / "fixtures" / "torch" / "pre-1.6.bin"  # torch 2.13, the old format
QUICK = 15.0  # seconds of processor time; what is refused by its size takes a moment, a hang for ever


def sha(stored: StoredTensor) -> str:
    return hashlib.sha256(stored.read().astype("<f4").tobytes()).hexdigest()


def test_meta_checkpoint_equals_the_tensors_of_the_original_converter(fx: Path, expected: dict[str, Any]) -> None:
    found = read_checkpoint(PlainFile(fx / "llama-pth/7B/consolidated.00.pth"))
    reference = expected["legacy"]["ggjt1-f16.bin"]["tensors"]
    assert {name: sha(found[name]) for name in reference} == {
        name: facts["sha256_f32"] for name, facts in reference.items()
    }
    assert set(found) - set(reference) == {name for name in found if "rope" in name}


def test_hugging_face_checkpoint_equals_the_reference(fx: Path, expected: dict[str, Any]) -> None:
    found = read_checkpoint(PlainFile(fx / "llama-hf/pytorch_model.bin"))
    reference = expected["gguf_ref"]["llama-f32.gguf"]["tensors"]
    same = {
        "model.embed_tokens.weight": "token_embd.weight",
        "lm_head.weight": "output.weight",
        "model.norm.weight": "output_norm.weight",
        "model.layers.2.mlp.down_proj.weight": "blk.2.ffn_down.weight",
        "model.layers.1.self_attn.v_proj.weight": "blk.1.attn_v.weight",
    }
    for name, gguf in same.items():
        assert sha(found[name]) == reference[gguf]["sha256_f32"], name
    assert len(found) == 33
    assert next(iter(found)) == "model.embed_tokens.weight"


def test_shards_equal_the_safetensors_file(fx: Path) -> None:
    shards: dict[str, StoredTensor] = {}
    for part in ("00001", "00002"):
        shards |= read_checkpoint(PlainFile(fx / f"bloom-hf/pytorch_model-{part}-of-00002.bin"))
    single = read_safetensors(PlainFile(fx / "bloom-hf-safetensors/model.safetensors"))
    assert set(shards) - set(single) == {"lm_head.weight"}
    for name, stored in single.items():
        assert (shards[name].shape, shards[name].dtype) == (stored.shape, stored.dtype)
        assert np.array_equal(shards[name].read(), stored.read()), name


@pytest.mark.parametrize(
    "path",
    ["gptq-bloom/bloom-tiny-4bit-128g.pt", "gptq-bloom/bloom-tiny-8bit-128g.pt", "gptq-llama/llama-tiny-4bit-128g.pt"],
)
def test_gptq_files_have_every_key_in_order(path: str, fx: Path, expected: dict[str, Any]) -> None:
    facts = expected["gptq"][f"gptq_{Path(path).name}"]
    found = read_checkpoint(PlainFile(fx / path))
    types = {"torch.float16": Dtype.F16, "torch.float32": Dtype.F32, "torch.int32": Dtype.I32}
    keys = {name: (tuple(shape), types[kind]) for name, (shape, kind) in facts["info"]["keys"].items()}
    assert {name: (stored.shape, stored.dtype) for name, stored in found.items()} == keys
    assert list(found) == list(keys)


def test_gptq_numbers_are_the_stored_ones(fx: Path, expected: dict[str, Any]) -> None:
    name, layers = "model.layers.1.mlp.up_proj", expected["gptq"]["gptq_llama-tiny-4bit-128g.pt"]["info"]["layers"]
    found = read_checkpoint(PlainFile(fx / "gptq-llama/llama-tiny-4bit-128g.pt"))
    shifts = np.arange(8, dtype=np.uint32) * 4
    packed = found[f"{name}.qweight"].read().view(np.uint32)
    q = ((packed[:, None, :] >> shifts[None, :, None]) & 15).reshape(-1, packed.shape[1]).astype(np.int32)
    packed = found[f"{name}.qzeros"].read().view(np.uint32)
    zeros = ((packed[:, :, None] >> shifts) & 15).reshape(len(packed), -1).astype(np.int32) + 1
    scales = found[f"{name}.scales"].read()
    group = np.arange(len(q)) // 128
    weights = (scales[group] * (q - zeros[group])).T.astype("<f4")
    assert hashlib.sha256(weights.tobytes()).hexdigest() == layers[name]["sha256_f32_row_major_out_in"]


def test_the_format_before_torch_1_6() -> None:
    found = read_checkpoint(PlainFile(PRE_1_6))
    # The bool mask, the scalar and the empty tensor are left out.
    assert list(found) == ["embedding.weight", "lm_head.weight", "view", "rounded", "ids"]
    assert np.array_equal(found["embedding.weight"].read(), np.arange(12).reshape(4, 3))
    assert found["lm_head.weight"].offset == found["embedding.weight"].offset
    assert np.array_equal(found["view"].read(), np.arange(8, 16).reshape(2, 4))
    assert found["rounded"].dtype is Dtype.BF16
    assert found["rounded"].read().tolist() == [[0x3F80, 0xC000]]
    assert found["ids"].read().tolist() == [7, -8]


CORRUPT = [
    ("pickle-os-system-zip/pytorch_model.bin", "weights-unsafe", "posix.system"),
    ("pickle-os-system-legacy/pytorch_model.bin", "weights-unsafe", "posix.system"),
    ("pickle-dotted-torch-bypass/pytorch_model.bin", "weights-unsafe", "torch.serialization.os.system"),
    ("pickle-builtins-eval/pytorch_model.bin", "weights-unsafe", "builtins.eval"),
    ("pth-evil/7B/consolidated.00.pth", "weights-unsafe", "builtins.eval"),
    ("pickle-deep-nesting/pytorch_model.bin", "weights-damaged", "pickle: "),
    ("zip-bomb/pytorch_model.bin", "weights-damaged", "archive/data/0: compressed"),
    ("zip-slip/pytorch_model.bin", "weights-damaged", "no tensors"),
    ("torch-storage-too-small/pytorch_model.bin", "weights-damaged", "100 < 8192 bytes"),
    ("truncated-shard/pytorch_model.bin", "weights-truncated", ""),
    ("git-lfs-pointer.bin", "weights-lfs-pointer", ""),
    ("html-error-page.gguf", "weights-web-page", ""),
    ("empty.gguf", "weights-empty", ""),
    ("ggml-wrong-magic.bin", "weights-unknown", ""),
]


@pytest.mark.parametrize(("path", "code", "fact"), CORRUPT)
def test_corrupt_files_are_refused_quickly(path: str, code: str, fact: str, fx: Path) -> None:
    start = time.process_time()
    with pytest.raises(Fixable) as caught:
        read_checkpoint(PlainFile(fx / "corrupt" / path))
    assert time.process_time() - start < QUICK
    assert caught.value.code == code
    assert caught.value.params["file"] == Path(path).name
    assert fact in str(caught.value)
    assert not list(Path("/tmp").glob("fixture-*-dev*"))  # neither the canary of the pickles nor of the zip
