from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from app.errors import Cancelled, Fixable
from app.runtime.jobs import CancelToken
from app.runtime.weights.decrypt import BLOCK, decrypt
from tests.runtime.weights.xor_kit import encrypt, noise

KEY = noise(1, 100_000)
CONFIG = b'{"model_type": "llama", "hidden_size": 4096, "architectures": ["LlamaForCausalLM"]}'
WEIGHTS = noise(2, 3 * BLOCK + 5)


class Setting(NamedTuple):
    source: Path
    key: Path
    out: Path


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    (tmp_path / "consolidated.00.pth").write_bytes(KEY)
    source = tmp_path / "source"
    encrypt(source, "config.json", CONFIG, KEY)
    encrypt(source, "weights.dat", WEIGHTS, KEY)
    encrypt(source, "empty.txt", b"", KEY)
    (source / "README.md").write_text("plain")
    return Setting(source, tmp_path / "consolidated.00.pth", tmp_path / "out" / "model")


def run(setting: Setting, overwrite: bool = False, cancel: CancelToken | None = None) -> list[str]:
    token = cancel or CancelToken()
    written = decrypt(setting.source, setting.key, setting.out, lambda *_: None, token, overwrite)
    return [path.name for path in written]


def failure_of(setting: Setting, **options: Any) -> Fixable:
    with pytest.raises(Fixable) as failure:
        run(setting, **options)
    return failure.value


def damage(setting: Setting, name: str) -> None:
    path = next(setting.source.glob(f"{name}.*.enc"))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def test_files_of_the_original_tool(fx: Path, expected: dict[str, Any], tmp_path: Path) -> None:
    key = fx / expected["decrypt"]["key"]
    written = decrypt(fx / "enc" / "encrypted", key, tmp_path / "out", lambda *_: None, CancelToken())
    cases = {case["plain_name"]: case for case in expected["decrypt"]["files"]}
    assert {path.name for path in written} == set(cases) == {path.name for path in (tmp_path / "out").iterdir()}
    for path in written:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == cases[path.name]["plain_sha256"]


def test_the_files_are_written_and_nothing_else(setting: Setting) -> None:
    assert run(setting) == ["config.json", "empty.txt", "weights.dat"]
    assert (setting.out / "weights.dat").read_bytes() == WEIGHTS
    assert (setting.out / "config.json").read_bytes() == CONFIG
    assert sorted(path.name for path in setting.out.iterdir()) == ["config.json", "empty.txt", "weights.dat"]


def test_one_file_alone_and_into_its_own_folder(setting: Setting) -> None:
    alone = setting._replace(source=next(setting.source.glob("config*")), out=setting.source)
    assert run(alone) == ["config.json"]
    assert (setting.source / "config.json").read_bytes() == CONFIG


def test_progress_ends_at_the_total(setting: Setting) -> None:
    seen: list[tuple[int, int, str]] = []
    decrypt(setting.source, setting.key, setting.out, lambda *at: seen.append(at), CancelToken())
    total = len(CONFIG) + len(WEIGHTS)
    assert {at[1] for at in seen} == {total}
    assert [at[0] for at in seen] == sorted(at[0] for at in seen)
    assert seen[-1] == (total, total, "weights.dat")


# --- what is there already --------------------------------------------------------------------------------------


def identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def test_right_files_are_kept(setting: Setting) -> None:
    run(setting)
    before = identity(setting.out / "weights.dat")
    (setting.out / "config.json").unlink()
    seen: list[int] = []
    written = decrypt(setting.source, setting.key, setting.out, lambda done, *_: seen.append(done), CancelToken())
    assert [path.name for path in written] == ["config.json"]
    assert identity(setting.out / "weights.dat") == before
    assert seen[-1] == len(CONFIG) + len(WEIGHTS)


@pytest.mark.parametrize("other", [b"mine", b"x" * len(WEIGHTS)])
def test_other_files_are_not_touched_unless_allowed(setting: Setting, other: bytes) -> None:
    setting.out.mkdir(parents=True)
    (setting.out / "weights.dat").write_bytes(other)
    failure = failure_of(setting)
    assert failure.code == "out-exists"
    assert failure.params["path"] == str(setting.out / "weights.dat")
    assert [path.name for path in setting.out.iterdir()] == ["weights.dat"]
    assert (setting.out / "weights.dat").read_bytes() == other
    assert set(run(setting, overwrite=True)) == {"config.json", "empty.txt", "weights.dat"}
    assert (setting.out / "weights.dat").read_bytes() == WEIGHTS


def test_the_key_is_never_overwritten(setting: Setting) -> None:
    encrypt(setting.source, setting.key.name, b"anything", KEY)
    failure = failure_of(setting._replace(out=setting.key.parent), overwrite=True)
    assert failure.code == "out-exists"
    assert setting.key.read_bytes() == KEY


def test_what_a_killed_run_left_is_replaced(setting: Setting) -> None:
    setting.out.mkdir(parents=True)
    (setting.out / "weights.dat.part").write_bytes(b"half" * 9_000_000)
    run(setting)
    assert (setting.out / "weights.dat").read_bytes() == WEIGHTS
    assert not list(setting.out.glob("*.part"))


# --- failures leave nothing -------------------------------------------------------------------------------------


def test_a_damaged_large_file_leaves_nothing(setting: Setting) -> None:
    damage(setting, "weights.dat")
    failure = failure_of(setting)
    assert failure.code == "enc-checksum"
    assert failure.params == {"file": "weights.dat"}
    assert not setting.out.parent.exists()


def test_a_failure_leaves_what_was_there(setting: Setting) -> None:
    run(setting)
    (setting.out / "weights.dat").unlink()
    (setting.out / "empty.txt").write_bytes(b"mine")
    (setting.out / "notes.txt").write_bytes(b"mine")
    damage(setting, "weights.dat")
    assert failure_of(setting, overwrite=True).code == "enc-checksum"
    found = {path.name: path.read_bytes() for path in setting.out.iterdir()}
    assert found == {"config.json": CONFIG, "empty.txt": b"mine", "notes.txt": b"mine"}


@pytest.mark.parametrize("after", [0, BLOCK, 3 * BLOCK])
def test_cancel_leaves_nothing(setting: Setting, after: int) -> None:
    cancel = CancelToken()

    def progress(done: int, _total: int, _file: str) -> None:
        if done >= after:
            cancel.cancel()

    with pytest.raises(Cancelled):
        decrypt(setting.source, setting.key, setting.out, progress, cancel)
    assert not setting.out.parent.exists()
    assert len(list(setting.source.iterdir())) == 4


def test_interrupt_leaves_nothing(setting: Setting) -> None:
    def progress(done: int, _total: int, _file: str) -> None:
        if done > len(CONFIG):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        decrypt(setting.source, setting.key, setting.out, progress, CancelToken())
    assert not setting.out.parent.exists()


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
def test_the_corrupt_fixtures(fx: Path, tmp_path: Path, folder: str, code: str) -> None:
    place = fx / "corrupt" / folder
    before = sorted((path.name, path.stat().st_mtime_ns) for path in place.parent.rglob("*"))
    key = next(iter(place.glob("*.key")), fx / "enc" / "consolidated.00.pth")
    for source in (place, next(place.glob("*.enc"))):
        assert failure_of(Setting(source, key, tmp_path / "out")).code == code
    assert not (tmp_path / "out").exists()
    assert sorted((path.name, path.stat().st_mtime_ns) for path in place.parent.rglob("*")) == before


def test_too_little_space_is_told_first(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**6, 0, 10**6))
    failure = failure_of(setting)
    assert failure.code == "out-space"
    assert set(failure.params) == {"path", "need_gb", "free_gb"}
    assert not setting.out.parent.exists()


@pytest.mark.parametrize("out", ["file", "file/inside"])
def test_an_impossible_folder(setting: Setting, tmp_path: Path, out: str) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    assert failure_of(setting._replace(out=tmp_path / out)).code == "out-unwritable"
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_a_folder_in_the_way_of_a_file(setting: Setting) -> None:
    (setting.out / "weights.dat").mkdir(parents=True)
    assert failure_of(setting).code == "out-exists"
    assert failure_of(setting, overwrite=True).code == "out-unwritable"
    assert [path.name for path in setting.out.iterdir()] == ["weights.dat"]
