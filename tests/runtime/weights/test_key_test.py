from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

import pytest

from app.errors import Fixable
from app.runtime.weights import key_test
from app.runtime.weights.key_facts import first_member
from app.runtime.weights.known_keys import KNOWN_KEYS, LLAMA_2_7B_SIZE, LLAMA_7B, LLAMA_13B, KnownKey
from tests.runtime.weights.xor_kit import checkpoint, encrypt, noise

CONFIG = json.dumps({"model_type": "llama", "hidden_size": 4096, "architectures": ["LlamaForCausalLM"]}).encode() * 3
PIECES = b"\n\x0e\n\x05<unk>\x15\0\0\0\0\x18\x02\n\x0c\n\x03<s>\x15\0\0\0\0\x18\x03\n\r\n\x04</s>\x15\0\0\0\0\x18\x03"
TOKENIZER = PIECES + noise(1, 200_000)
WEIGHTS = checkpoint("archive/data.pkl", "model.embed_tokens.weight", size=2_500_000)

META_7B = checkpoint("consolidated/data.pkl")
META_13B = checkpoint("consolidated.00/data.pkl", columns=2560)


def known(path: str, member: str, width: int, size: int | None, *plain: bytes) -> KnownKey:
    return KnownKey(path, member, width, size, frozenset(hashlib.sha256(one).hexdigest() for one in plain))


KEY_7B = known("7B/consolidated.00.pth", "consolidated/data.pkl", 4096, len(META_7B), CONFIG)
KEY_13B = known("13B/consolidated.00.pth", "consolidated.00/data.pkl", 2560, None, CONFIG + b" ")
EXPECTED = (KEY_7B, KEY_13B)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model that the 7B file opens."""
    return make_model(tmp_path / "model", META_7B)


def make_model(folder: Path, key: bytes, config: bytes = CONFIG) -> Path:
    encrypt(folder, "special_tokens_map.json", b"{}", key)
    encrypt(folder, "config.json", config, key)
    encrypt(folder, "tokenizer.model", TOKENIZER, key)
    encrypt(folder, "pytorch_model.bin", WEIGHTS, key)
    (folder / "README.md").write_text("plain")
    return folder


def write(folder: Path, key: bytes, name: str = "consolidated.00.pth") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(key)
    return folder / name


def verdict(source: Path, key: Path, expected: tuple[KnownKey, ...] = EXPECTED) -> Fixable:
    with pytest.raises(Fixable) as failure:
        key_test.check_key(source, key, expected)
    return failure.value


# --- the right key ----------------------------------------------------------------------------------------------


def test_the_right_key_passes_in_a_moment(fx: Path, model: Path, tmp_path: Path) -> None:
    start = time.monotonic()
    key_test.check_key(model, write(tmp_path, META_7B), EXPECTED)
    key_test.check_key(fx / "enc" / "encrypted", fx / "enc" / "consolidated.00.pth")
    assert time.monotonic() - start < 1


def test_nothing_is_written(model: Path, tmp_path: Path) -> None:
    before = sorted(model.iterdir())
    key_test.check_key(model, write(tmp_path, META_7B), EXPECTED)
    assert sorted(model.iterdir()) == before


def test_one_large_file_alone(model: Path, tmp_path: Path) -> None:
    alone = next(model.glob("pytorch_model*"))
    key_test.check_key(alone, write(tmp_path / "right", META_7B), EXPECTED)
    failure = verdict(alone, write(tmp_path / "wrong", META_13B))
    assert failure.code == "key-wrong"
    assert failure.params == {"file": "pytorch_model.bin", "key": "consolidated.00.pth"}


def test_tiny_files_alone_prove_nothing(tmp_path: Path) -> None:
    """`{}` opens with any torch file, for they all begin alike."""
    folder = tmp_path / "model"
    encrypt(folder, "special_tokens_map.json", b"{}", META_7B)
    encrypt(folder, "pytorch_model.bin", WEIGHTS, META_7B)
    key_test.check_key(folder, write(tmp_path / "right", META_7B), EXPECTED)
    assert verdict(folder, write(tmp_path / "wrong", META_13B)).params["file"] == "pytorch_model.bin"


def test_the_models_that_are_known(fx: Path) -> None:
    assert key_test.needed_key(fx / "enc" / "encrypted") is None
    assert not LLAMA_7B.opens & LLAMA_13B.opens
    assert all(len(one) == 64 and one == one.lower() for key in KNOWN_KEYS for one in key.opens)


def test_the_needed_key_is_told_by_the_names(model: Path) -> None:
    assert key_test.needed_key(model, EXPECTED) is KEY_7B


# --- wrong keys, each by its name -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (noise(9, 400_000), "key-wrong"),
        (b"x", "key-wrong"),
        (checkpoint("archive/data.pkl", "model.layers.0.self_attn.q_proj.weight"), "key-hf"),
        (checkpoint("pytorch_model/data.pkl", "other"), "key-hf"),
        ((40).to_bytes(8, "little") + b'{"model.embed_tokens.weight":{}}' + noise(2, 9000), "key-hf"),
        (META_13B, "key-other-size"),
        (checkpoint("consolidated.01/data.pkl", columns=2560), "key-other-size"),
        (checkpoint("consolidated.00/data.pkl", columns=1664), "key-other-size"),
        (checkpoint("consolidated.00/data.pkl", "layers.0.attention.wq.weight"), "key-wrong"),
        (checkpoint("consolidated.00/data.pkl"), "key-resaved"),
        (checkpoint("archive/data.pkl"), "key-resaved"),
        (META_7B[: len(META_7B) // 2], "key-truncated"),
        (META_7B[:150_000], "key-truncated"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 13476939516\n", "key-lfs-pointer"),
        (b"<html><body>403 Forbidden</body></html>", "key-web-page"),
        (b"", "key-empty"),
    ],
)
def test_wrong_keys(model: Path, tmp_path: Path, key: bytes, code: str) -> None:
    assert verdict(model, write(tmp_path, key)).code == code


def test_what_is_said_about_them(model: Path, tmp_path: Path) -> None:
    failure = verdict(model, write(tmp_path, META_13B))
    assert failure.params == {
        "key": "consolidated.00.pth",
        "detail": "13B/consolidated.00.pth ≠ 7B/consolidated.00.pth",
    }
    failure = verdict(model, write(tmp_path, META_7B[:-1000]))
    assert failure.params == {
        "key": "consolidated.00.pth",
        "detail": f"{len(META_7B) - 1000} < {len(META_7B)} bytes",
    }
    assert verdict(model, tmp_path / "no.pth").code == "key-missing"


def test_a_13b_model_and_the_7b_file(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "model", META_13B, CONFIG + b" ")
    key_test.check_key(folder, write(tmp_path / "13B", META_13B), EXPECTED)
    failure = verdict(folder, write(tmp_path / "7B", META_7B))
    assert failure.code == "key-other-size"
    assert failure.params["detail"] == "7B/consolidated.00.pth ≠ 13B/consolidated.00.pth"
    another = checkpoint(
        "consolidated.00/data.pkl", columns=2560, size=300_001
    )  # of LLaMA 2 perhaps: nothing proves it
    assert verdict(folder, write(tmp_path / "other", another[:14] + noise(3, 12) + another[26:])).code == "key-wrong"


def test_llama_2_by_its_size(model: Path, tmp_path: Path) -> None:
    path = write(tmp_path, checkpoint("consolidated.00/data.pkl"))
    with path.open("r+b") as file:
        file.truncate(LLAMA_2_7B_SIZE)  # a hole: takes no space
    assert verdict(model, path).code == "key-llama2"


@pytest.mark.parametrize(("epsilon", "code"), [(1e-5, "key-llama2"), (1e-6, "key-resaved")])
def test_llama_2_by_the_params_beside_it(model: Path, tmp_path: Path, epsilon: float, code: str) -> None:
    path = write(tmp_path, checkpoint("consolidated.00/data.pkl"))
    (tmp_path / "params.json").write_text(json.dumps({"dim": 4096, "norm_eps": epsilon}))
    assert verdict(model, path).code == code


def test_params_that_are_no_json(model: Path, tmp_path: Path) -> None:
    for content in (b"[" * 60_000, b"\xff\xfe", b"[]", b"1" * 5000):
        (tmp_path / "params.json").write_bytes(content)
        assert verdict(model, write(tmp_path, META_13B)).code == "key-other-size"


def test_a_resaved_key_with_the_same_beginning(model: Path, tmp_path: Path) -> None:
    """It opens what is short, for it has the same index of tensors."""
    key = checkpoint("consolidated/data.pkl", size=300_064)
    assert key[:1000] == META_7B[:1000]
    assert verdict(model, write(tmp_path, key)).code == "key-resaved"


def test_keys_of_models_that_are_not_known(model: Path, tmp_path: Path) -> None:
    nothing_known = (KnownKey("7B/consolidated.00.pth", "consolidated/data.pkl", 4096, None, frozenset()),)
    key_test.check_key(model, write(tmp_path, META_7B), nothing_known)
    for key, code in (
        (META_13B, "key-wrong"),
        (META_7B[:150_000], "key-truncated"),
        (checkpoint("archive/data.pkl"), "key-resaved"),
        (checkpoint("consolidated.03/data.pkl"), "key-other-size"),
    ):
        assert verdict(model, write(tmp_path, key), nothing_known).code == code


@pytest.mark.parametrize("length", [1, 4, 29, 30, 40, 70])
def test_stumps_of_keys(model: Path, tmp_path: Path, length: int) -> None:
    assert verdict(model, write(tmp_path, META_7B[:length])).code in ("key-truncated", "key-wrong")


# --- damaged files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["config.json", "tokenizer.model", "special_tokens_map.json"])
@pytest.mark.parametrize("place", [33, -1])
def test_one_damaged_file_is_not_a_wrong_key(model: Path, tmp_path: Path, name: str, place: int) -> None:
    path = next(model.glob(f"{name}.*"))
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF
    path.write_bytes(data)
    failure = verdict(model, write(tmp_path, META_7B))
    assert failure.code == "enc-checksum"
    assert failure.params == {"file": name}


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        ("enc-truncated", "enc-checksum"),
        ("enc-bitflip-body", "enc-checksum"),
        ("enc-bitflip-header", "enc-name"),
        ("enc-name-hash-mismatch", "enc-name"),
        ("enc-wrong-key", "key-wrong"),
        ("enc-empty-key", "key-empty"),
        ("enc-too-short", "enc-truncated"),
        ("enc-no-hash-in-name", "enc-bad-name"),
        ("enc-dotdot-name", "enc-bad-name"),
    ],
)
def test_the_corrupt_fixtures(fx: Path, folder: str, code: str) -> None:
    place = fx / "corrupt" / folder
    key = next(iter(place.glob("*.key")), fx / "enc" / "consolidated.00.pth")
    assert verdict(place, key, KNOWN_KEYS).code == code


def test_a_pointer_among_the_files(model: Path, tmp_path: Path) -> None:
    path = next(model.glob("pytorch_model*"))
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 13476939516\n")
    assert verdict(model, write(tmp_path, META_7B)).code == "weights-lfs-pointer"


def test_a_folder_without_encrypted_files(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    failure = verdict(tmp_path / "model", write(tmp_path, META_7B))
    assert (failure.code, failure.params["missing"]) == ("weights-files-missing", "*.enc")


# --- finding the key --------------------------------------------------------------------------------------------


def test_find_key_prefers_the_needed_one(tmp_path: Path) -> None:
    small, large = write(tmp_path / "llama" / "7B", META_7B), write(tmp_path / "llama" / "13B", META_13B)
    write(tmp_path / "llama" / "13B", checkpoint("consolidated.01/data.pkl"), "consolidated.01.pth")
    write(tmp_path / "llama", noise(1, 50), "optimizer.pth")
    assert key_test.find_key(tmp_path, (KEY_7B,)) == small
    assert key_test.find_key(tmp_path, (KEY_13B,)) == large
    assert key_test.find_key(tmp_path, EXPECTED) == small
    assert key_test.find_key(large, (KEY_7B,)) == large


def test_find_key_takes_a_whole_one_before_an_incomplete_one(tmp_path: Path) -> None:
    broken = write(tmp_path / "a", META_7B[:-5])
    assert key_test.find_key(tmp_path, (KEY_7B,)) == broken
    whole = write(tmp_path / "b" / "c" / "d", META_7B)
    assert key_test.find_key(tmp_path, (KEY_7B,)) == whole


def test_find_key_falls_back_to_the_name(fx: Path, tmp_path: Path) -> None:
    write(tmp_path, noise(1, 50), "a.pth")
    named = write(tmp_path / "7B", noise(2, 50))
    assert key_test.find_key(tmp_path) == named
    assert key_test.find_key(fx / "enc") == fx / "enc" / "consolidated.00.pth"


def test_find_key_finds_nothing(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "c" / "too-deep", META_7B)
    (tmp_path / "a.txt").touch()
    assert key_test.find_key(tmp_path) is None
    assert key_test.find_key(tmp_path / "no") is None


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_find_key_follows_no_circles(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to(tmp_path, target_is_directory=True)
    assert key_test.find_key(tmp_path) is None


# --- Meta's real files ------------------------------------------------------------------------------------------


def start_of(member: str) -> bytes:
    """The first bytes of Meta's checkpoint, as PyTorch lays out any: local header, padding to 64, index of tensors."""
    padding = -(34 + len(member)) % 64
    header = b"PK\x03\x04\0\0\x08\x08" + bytes(18) + bytes((len(member), 0, padding + 4, 0)) + member.encode()
    index = (
        b"\x80\x02}q\x00(X\x15\0\0\0tok_embeddings.weightq\x01ctorch._utils\n_rebuild_tensor_v2\nq\x02((X\x07\0\0\0st"
    )
    return header + b"FB" + bytes((padding, 0)) + b"Z" * padding + index


@pytest.mark.parametrize(
    ("key", "published"),
    [(LLAMA_7B, "f9b33d359f17a437f6c24b4de6f2272e"), (LLAMA_13B, "b1cc6321ba72757b82842cc44ffadbf3")],
)
def test_the_names_in_metas_files_are_those_that_belle_used(tmp_path: Path, key: KnownKey, published: str) -> None:
    """The MD5 of generation_config.json.….enc on the cards of BELLE-LLaMA-EXT-7B and of BELLE-LLaMA-13B-2M-enc."""
    text = {"_from_model_config": True, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    plain = json.dumps({**text, "transformers_version": "4.28.0.dev0"}, indent=2).encode() + b"\n"
    path = encrypt(tmp_path, "generation_config.json", plain, start_of(key.member))
    assert hashlib.md5(path.read_bytes()).hexdigest() == published
    assert first_member(start_of(key.member)) == key.member
