"""What a key says of itself, before any file of the model is here, agrees with the test that decrypts."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import Fixable
from app.runtime.weights.key_test import check_key_file
from app.runtime.weights.known_keys import KnownKey
from tests.runtime.weights.test_key_test import EXPECTED, KEY_7B, KEY_13B, META_7B, META_13B
from tests.runtime.weights.xor_kit import checkpoint, noise


def write(folder: Path, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "consolidated.00.pth"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("data", "needed"), [(META_7B, KEY_7B), (META_13B, KEY_13B)])
def test_the_right_file(tmp_path: Path, data: bytes, needed: KnownKey) -> None:
    check_key_file("BELLE", write(tmp_path, data), needed, EXPECTED)


@pytest.mark.parametrize(
    ("data", "needed", "code"),
    [
        (META_13B, KEY_7B, "key-other-size"),
        (META_7B, KEY_13B, "key-other-size"),
        (checkpoint("consolidated.01/data.pkl", columns=2560), KEY_7B, "key-other-size"),
        (META_7B[:-1000], KEY_7B, "key-truncated"),
        (META_7B[:150_000], KEY_7B, "key-truncated"),
        (checkpoint("archive/data.pkl"), KEY_7B, "key-resaved"),
        (checkpoint("consolidated/data.pkl", size=300_001), KEY_7B, "key-resaved"),
        (checkpoint("archive/data.pkl", "model.embed_tokens.weight"), KEY_7B, "key-hf"),
        (noise(5, 200_000), KEY_7B, "key-wrong"),
        (b"<!DOCTYPE html><html>", KEY_7B, "key-web-page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 5\n", KEY_7B, "key-lfs-pointer"),
        (b"", KEY_7B, "key-empty"),
    ],
)
def test_another_file_is_named(tmp_path: Path, data: bytes, needed: KnownKey, code: str) -> None:
    with pytest.raises(Fixable) as failure:
        check_key_file("BELLE", write(tmp_path, data), needed, EXPECTED)
    assert failure.value.code == code


def test_a_file_of_llama_2_is_told_by_what_lies_beside_it(tmp_path: Path) -> None:
    key = write(tmp_path, META_7B)
    (tmp_path / "params.json").write_text('{"norm_eps": 1e-05}', "utf-8")
    with pytest.raises(Fixable) as failure:
        check_key_file("BELLE", key, KEY_7B, EXPECTED)
    assert failure.value.code == "key-llama2"
