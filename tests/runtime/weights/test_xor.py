from __future__ import annotations

import hashlib
import random
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from app.errors import Fixable
from app.runtime.jobs import CancelToken
from app.runtime.weights.files import read_small
from app.runtime.weights.xor import SMALL, EncryptedFile, EncryptedFolder, KeyFile, split_name
from tests.runtime.weights.xor_kit import CHUNK, encrypt, noise

HASH = "ab" * 32
KEY = noise(1, 5000)


def refused(code: str, *args: Any) -> Fixable:
    with pytest.raises(Fixable) as failure:
        EncryptedFile(*args)
    assert failure.value.code == code
    return failure.value


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    path = tmp_path / "consolidated.00.pth"
    path.write_bytes(KEY)
    return KeyFile(path)


# --- the rule ---------------------------------------------------------------------------------------------------


def test_files_of_the_original_tool(fx: Path, expected: dict[str, Any]) -> None:
    key = KeyFile(fx / expected["decrypt"]["key"])
    for case in expected["decrypt"]["files"]:
        file = EncryptedFile(fx / case["enc"], key)
        assert (file.name, file.size) == (case["plain_name"], case["plain_size"])
        assert file.sha256 == case["plain_sha256"]
        assert hashlib.sha256(file.read(0, file.size)).hexdigest() == case["plain_sha256"]


def test_big_files_of_the_original_tool(
    fx: Path, expected: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["make_big_enc.py", str(tmp_path)])
    runpy.run_path(str(fx / "enc" / "make_big_enc.py"))
    for case in expected["decrypt"]["big_cases"]:
        key = KeyFile(tmp_path / f"{case['name']}.key")
        file = EncryptedFile(next(tmp_path.glob(f"{case['name']}.*.enc")), key)
        assert hashlib.sha256(file.read(0, file.size)).hexdigest() == case["plain_sha256"]


def test_key_of_two_and_a_half_chunks_and_data_of_six(tmp_path: Path) -> None:
    """Whole, and from any offset, in particular around the ends of chunks and of the key's repeated tail."""
    key, plain = noise(2, CHUNK * 5 // 2 + 17), noise(3, CHUNK * 6 - 5)
    (tmp_path / "key").write_bytes(key)
    file = EncryptedFile(encrypt(tmp_path, "model.bin", plain, key), KeyFile(tmp_path / "key"))
    assert file.read(0, file.size) == plain
    dice = random.Random(4)
    edges = [edge * CHUNK // 2 for edge in range(13)] + [2 * CHUNK + len(key) % CHUNK]
    offsets = [edge + step for edge in edges for step in (-70_000, -1, 0, 1)] + [
        dice.randrange(len(plain)) for _ in range(20)
    ]
    for offset in offsets:
        offset = min(max(offset, 0), len(plain))
        size = min(dice.choice((0, 1, 7, 100_000, 3_000_000)), len(plain) - offset)
        assert file.read(offset, size) == plain[offset : offset + size]


@pytest.mark.parametrize("length", [1, 3, 79_013, 262_143, 262_144, 1_000_003])
def test_short_keys_repeat_and_start_again_in_every_chunk(tmp_path: Path, length: int) -> None:
    key, plain = noise(length, length), noise(5, CHUNK + 400_000)
    (tmp_path / "key").write_bytes(key)
    file = EncryptedFile(encrypt(tmp_path, "model.bin", plain, key), KeyFile(tmp_path / "key"))
    assert file.read(0, file.size) == plain
    assert file.read(CHUNK - 300_001, 600_002) == plain[CHUNK - 300_001 : CHUNK + 300_001]


def test_reading_outside_is_refused(tmp_path: Path, key: KeyFile) -> None:
    file = EncryptedFile(encrypt(tmp_path, "config.json", b"{}", KEY), key)
    for offset, size in ((0, 3), (-1, 1), (2, 1), (0, -1), (0, 1 << 62)):
        with pytest.raises(Fixable) as failure:
            file.read(offset, size)
        assert failure.value.code == "weights-truncated"


def test_keys_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for path, code in ((tmp_path / "empty", "key-empty"), (tmp_path / "no", "key-missing"), (tmp_path, "key-missing")):
        with pytest.raises(Fixable) as failure:
            KeyFile(path)
        assert failure.value.code == code
        assert failure.value.params["file"] == path.name


# --- names and headers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "plain", "promised"),
    [
        (f"config.json.{HASH}.enc", "config.json", HASH),
        (f"config.json.{HASH.upper()}.ENC", "config.json", HASH),
        (f"名字 with space.v1.json.{HASH}.enc", "名字 with space.v1.json", HASH),
        (f"tokenizer.{HASH}.enc", "tokenizer", HASH),
        (f".gitattributes.{HASH}.enc", ".gitattributes", HASH),
        ("pytorch_model.bin.enc", "pytorch_model.bin", ""),
    ],
)
def test_plain_names(name: str, plain: str, promised: str) -> None:
    assert split_name(name) == (plain, promised)


@pytest.mark.parametrize(
    "name",
    [
        "tokenizer.enc",
        ".enc",
        f"...{HASH}.enc",
        f"..{HASH}.enc",
        f".{HASH}.enc",
        f"{HASH}.enc",
        f"c:x.{HASH}.enc",
        f"a\\b.{HASH}.enc",
        f"nul.{HASH}.enc",
        f"com1.json.{HASH}.enc",
        f"a\nb.{HASH}.enc",
        f"a.b.{HASH[:-1]}.enc",
        f"config.json.{HASH} (1).enc",
        "...enc",
        "config.json",
    ],
)
def test_names_without_a_safe_plain_name(name: str, tmp_path: Path, key: KeyFile) -> None:
    failure = refused("enc-bad-name", tmp_path / name, key)
    assert failure.params["file"] == name.replace("\n", "�")


@pytest.mark.parametrize(
    ("folder", "code", "file"),
    [
        ("enc-bitflip-header", "enc-name", "tokenizer.model"),
        ("enc-name-hash-mismatch", "enc-name", "tokenizer.model"),
        ("enc-too-short", "enc-truncated", "config.json"),
        ("enc-no-hash-in-name", "enc-bad-name", "tokenizer.enc"),
    ],
)
def test_damaged_headers(fx: Path, key: KeyFile, folder: str, code: str, file: str) -> None:
    path = next((fx / "corrupt" / folder).iterdir())
    assert refused(code, path, key).params["file"] == file


def test_what_was_downloaded_instead(tmp_path: Path, key: KeyFile) -> None:
    path = tmp_path / f"model.bin.{HASH}.enc"
    for content, code in (
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:" + HASH.encode() + b"\nsize 7\n",
            "weights-lfs-pointer",
        ),
        (b"<!DOCTYPE html><title>404</title>" + b" " * 100, "weights-web-page"),
        (b"Entry not found", "weights-web-page"),
        (b"", "enc-truncated"),
    ):
        path.write_bytes(content)
        assert refused(code, path, key).params["file"] == "model.bin"


# --- folders ----------------------------------------------------------------------------------------------------


def test_a_folder_has_the_plain_names(tmp_path: Path, key: KeyFile) -> None:
    encrypt(tmp_path, "config.json", b'{"a": 1}', KEY)
    encrypt(tmp_path, "model.bin", b"12345", KEY)
    for name in ("README.md", "config.json", "tokenizer.model", ".hidden.json", f"._model.bin.{HASH}.enc"):
        (tmp_path / name).write_bytes(b"plain")
    folder = EncryptedFolder(tmp_path, key)
    assert folder.names() == ("config.json", "model.bin", "tokenizer.model")
    assert read_small(folder.open("config.json")) == b'{"a": 1}'
    assert read_small(folder.open("tokenizer.model")) == b"plain"
    for name, code in (("README.md", "weights-missing-file"), ("../x", "weights-outside"), ("", "weights-outside")):
        with pytest.raises(Fixable) as failure:
            folder.open(name)
        assert failure.value.code == code


@pytest.mark.parametrize("name", ["config.json", "Config.JSON"])
def test_two_files_of_one_plain_name(tmp_path: Path, key: KeyFile, name: str) -> None:
    encrypt(tmp_path, "config.json", b"{}", KEY)
    encrypt(tmp_path, name, b"[]", KEY)
    with pytest.raises(Fixable) as failure:
        EncryptedFolder(tmp_path, key)
    assert failure.value.code == "enc-twice"
    assert str(failure.value.params["names"]).count(".enc") == 2


def test_small_files_prove_their_checksum_when_they_are_opened(fx: Path) -> None:
    folder = EncryptedFolder(fx / "corrupt" / "enc-bitflip-body", KeyFile(fx / "enc" / "consolidated.00.pth"))
    with pytest.raises(Fixable) as failure:
        folder.open("tokenizer.model")
    assert failure.value.code == "enc-checksum"
    assert failure.value.params["file"] == "tokenizer.model"


def test_large_files_prove_it_when_they_are_verified(tmp_path: Path, key: KeyFile) -> None:
    plain = noise(6, SMALL + 1)
    right, wrong = encrypt(tmp_path, "right.bin", plain, KEY), encrypt(tmp_path, "wrong.bin", plain, KEY)
    data = bytearray(wrong.read_bytes())
    data[-1] ^= 1
    wrong.write_bytes(data)
    promised = hashlib.sha256(plain).hexdigest()
    folder = EncryptedFolder(tmp_path, key)
    folder.open("right.bin")
    folder.verify({}, CancelToken())
    folder.verify({"right.bin": promised}, CancelToken())
    folder.open("wrong.bin")
    for hashes in ({}, {"wrong.bin": "00" * 32}):
        with pytest.raises(Fixable) as failure:
            folder.verify(hashes, CancelToken())
        assert failure.value.code == "enc-checksum"
    assert right.exists()
