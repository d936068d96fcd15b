"""Files that a person has already, under whatever names a netdisk gave them, matched with a model's files."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from app.errors import Cancelled, Fixable
from app.runtime.models.netdisk import match, plain_name, take
from app.runtime.models.records import RemoteFile
from tests.runtime.models.library_kit import CancelAfter, snapshot

WEIGHTS, CONFIG, TOKENIZER = b"w" * 5000 + b"eights", b'{"architectures": ["x"]}', b"t" * 700
PLAIN_HASH = hashlib.sha256(b"plain").hexdigest()
ENCRYPTED = bytes.fromhex(PLAIN_HASH) + b"cipher" * 50


def hashed(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


FILES = (
    RemoteFile("config.json", len(CONFIG)),
    RemoteFile("pytorch_model.bin", len(WEIGHTS), hashed(WEIGHTS)),
    RemoteFile("tokenizer.json", None, hashed(TOKENIZER)),
)


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def zipped(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("pytorch_model(1).bin", "pytorch_model.bin"),
        ("pytorch_model (12).bin", "pytorch_model.bin"),
        ("pytorch_model（1）.bin", "pytorch_model.bin"),
        ("pytorch_model - 副本.bin", "pytorch_model.bin"),
        ("pytorch_model - 副本 (2).bin", "pytorch_model.bin"),
        ("pytorch_model - Copy.bin", "pytorch_model.bin"),
        ("Copy of config.json", "config.json"),
        ("复件 config.json", "config.json"),
        ("PyTorch_Model.BIN", "pytorch_model.bin"),
        ("pytorch_model.bin.baiduyun.p.downloading", "pytorch_model.bin"),
        (f"config.json.{PLAIN_HASH}.enc", "config.json"),
        (f"config.json.{PLAIN_HASH}", "config.json"),
        (f"config.json.{PLAIN_HASH}(1).enc", "config.json"),
        ("config.json.enc", "config.json"),
        ("sub/dir/config.json", "config.json"),
        ("pytorch_model-00001-of-00002.bin", "pytorch_model-00001-of-00002.bin"),
        ("model(final).bin", "model(final).bin"),
    ],
)
def test_marks_that_netdisks_leave_in_names(name: str, plain: str) -> None:
    assert plain_name(name) == plain


@pytest.mark.parametrize("form", ["folder", "zip", "stored zip", "zip in a folder"])
def test_all_is_found_and_nothing_is_copied(tmp_path: Path, form: str) -> None:
    files = {
        "我的模型/config(1).json": CONFIG,
        "我的模型/pytorch_model (2).bin": WEIGHTS,
        "我的模型/something else.dat": TOKENIZER,
        "我的模型/readme.txt": b"hello",
    }
    place = tmp_path / "百度 netdisk"
    place.mkdir()
    if form == "folder":
        path = write(place, files)
    else:
        method = zipfile.ZIP_STORED if form == "stored zip" else zipfile.ZIP_DEFLATED
        archive = zipped(place / "模型.zip", files, method)
        path = place if form == "zip in a folder" else archive
    before = snapshot(place)
    told: list[tuple[int, int]] = []
    matched = match(path, FILES, lambda done, total, _: told.append((done, total)))
    assert set(matched.found) == {one.name for one in FILES} and matched.missing == () and matched.wrong == {}
    assert told[-1][0] == told[-1][1] and snapshot(place) == before and matched.notes == ()
    weights = matched.found["pytorch_model.bin"]
    assert weights.known and weights.sha256 == hashed(WEIGHTS) and weights.size == len(WEIGHTS)
    assert not matched.found["config.json"].known
    assert matched.found["tokenizer.json"].known  # by its hash alone: the name says nothing
    for name, data in [("config.json", CONFIG), ("pytorch_model.bin", WEIGHTS), ("tokenizer.json", TOKENIZER)]:
        take(matched.found[name], tmp_path / "install" / name)
        assert (tmp_path / "install" / name).read_bytes() == data
    if form == "folder":
        assert (tmp_path / "install" / "pytorch_model.bin").samefile(weights.path)  # a second name, no copy


def test_only_files_of_the_right_size_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    from app.runtime.models import netdisk_files

    real = netdisk_files.Candidate.hash
    monkeypatch.setattr(
        netdisk_files.Candidate, "hash", lambda self, tally: (read.append(self.name), real(self, tally))[1]
    )
    files = {"a.bin": WEIGHTS, "b.bin": b"x" * len(WEIGHTS), "c.bin": b"y" * 4000, "pytorch_model.bin": b"z" * 4000}
    matched = match(write(tmp_path / "d", files), FILES[1:2])
    assert matched.found["pytorch_model.bin"].path.name == "a.bin" and read == ["a.bin"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("pytorch_model.bin", b"w" * 100, "netdisk-size"),
        ("pytorch_model(1).bin", b"x" * len(WEIGHTS), "netdisk-hash"),
        ("pytorch_model.bin.baiduyun.p.downloading", WEIGHTS, "netdisk-unfinished"),
        ("pytorch_model.bin.crdownload", b"w", "netdisk-unfinished"),
        ("pytorch_model.bin", b"", "weights-empty"),
        ("pytorch_model.bin", b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "weights-lfs-pointer"),
        ("pytorch_model.bin", b"<!DOCTYPE html><html>login", "weights-web-page"),
        ("other.bin", b"w" * 100, None),
        ("other.bin", b"x" * len(WEIGHTS), None),
    ],
)
def test_why_a_file_of_the_name_is_not_it(tmp_path: Path, name: str, data: bytes, code: str | None) -> None:
    matched = match(write(tmp_path / "d", {name: data}), FILES[1:2])
    assert matched.found == {}
    assert {file: error.code for file, error in matched.wrong.items()} == ({"pytorch_model.bin": code} if code else {})
    assert matched.missing == (() if code else ("pytorch_model.bin",))


def test_a_right_file_beats_a_wrong_one_of_the_name(tmp_path: Path) -> None:
    files = {"pytorch_model.bin": b"x" * len(WEIGHTS), "new/pytorch_model.bin": WEIGHTS}
    matched = match(write(tmp_path / "d", files), FILES[1:2])
    assert matched.found["pytorch_model.bin"].path == tmp_path / "d" / "new" / "pytorch_model.bin" and not matched.wrong


def test_small_files_without_a_hash_come_from_beside_the_weights(tmp_path: Path) -> None:
    other = b"{" + b" " * (len(CONFIG) - 2) + b"}"
    files = {"7B/config.json": other, "BELLE/config.json": CONFIG, "BELLE/pytorch_model.bin": WEIGHTS}
    matched = match(write(tmp_path / "d", files), FILES)
    assert matched.found["config.json"].path == tmp_path / "d" / "BELLE" / "config.json"
    assert matched.missing == ("tokenizer.json",)
    shutil.rmtree(tmp_path / "d" / "BELLE")
    write(tmp_path / "d", {"8B/config.json": CONFIG})
    assert match(tmp_path / "d", FILES).missing == ("config.json", "pytorch_model.bin", "tokenizer.json")


def test_encrypted_files_are_known_by_their_first_bytes(tmp_path: Path) -> None:
    remote = RemoteFile(f"pytorch_model.bin.{PLAIN_HASH}.enc", len(ENCRYPTED))
    names = (remote.name, f"pytorch_model.bin.{PLAIN_HASH}", "pytorch_model.bin.enc", "x.dat")
    for number, name in enumerate(names):
        path = write(tmp_path / f"{number}", {name: ENCRYPTED})
        found = match(path, (remote,)).found[remote.name]
        assert found.path.name == name and not found.known
    other = write(tmp_path / "other", {"pytorch_model.bin.enc": b"z" * len(ENCRYPTED)})
    assert match(other, (remote,)).found == {}


def test_archives_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "d", {"a.rar": b"Rar!", "b.7z": b"7z", "c.zip": b"PK\x03\x04" + b"x" * 50, "m.zip.001": b"1"}
    )
    locked = zipped(folder / "locked.zip", {"config.json": CONFIG})
    data = bytearray(locked.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    locked.write_bytes(data)
    write(folder, {"pytorch_model.bin": WEIGHTS})
    matched = match(folder, FILES)
    assert set(matched.found) == {"pytorch_model.bin"}
    codes = sorted(note.code for note in matched.notes)
    assert codes == ["archive-format", "archive-format", "archive-locked", "archive-part", "weights-truncated"]
    for name, code in [
        ("a.rar", "archive-format"),
        ("locked.zip", "archive-locked"),
        ("none", "weights-missing-file"),
    ]:
        with pytest.raises(Fixable) as caught:
            match(folder / name, FILES)
        assert caught.value.code == code


def test_damage_inside_a_zip_is_no_match(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"pytorch_model.bin": WEIGHTS}, zipfile.ZIP_STORED)
    data = bytearray(archive.read_bytes())
    data[200] ^= 1
    archive.write_bytes(data)
    matched = match(archive, FILES[1:2])
    assert {name: one.code for name, one in matched.wrong.items()} == {"pytorch_model.bin": "weights-damaged"}


def test_names_in_zips_never_become_paths(tmp_path: Path) -> None:
    archive = tmp_path / "evil.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../../pytorch_model.bin", WEIGHTS)
    found = match(archive, FILES[1:2]).found["pytorch_model.bin"]
    take(found, tmp_path / "in" / "pytorch_model.bin")
    assert sorted(one.name for one in tmp_path.rglob("*") if one.is_file()) == ["evil.zip", "pytorch_model.bin"]


def test_chinese_names_in_zips_of_chinese_windows(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"XXXX.json": CONFIG, "pytorch_model.bin": WEIGHTS})
    data = archive.read_bytes().replace(b"XXXX.json", "副本".encode("gbk") + b".json")
    archive.write_bytes(data)
    matched = match(archive, (RemoteFile("副本.json", len(CONFIG)), FILES[1]))
    assert "pytorch_model.bin" in matched.found


def test_taking_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "d", {"pytorch_model.bin": WEIGHTS})
    found = match(folder, FILES[1:2]).found["pytorch_model.bin"]

    def no_links(*_: object) -> None:
        raise OSError(1, "FAT knows no links")

    monkeypatch.setattr(os, "link", no_links)
    target = tmp_path / "in" / "pytorch_model.bin"
    with pytest.raises(Cancelled):
        take(found, target, cancel=CancelAfter(1))
    assert snapshot(target.parent) == {}
    take(found, target)
    assert target.read_bytes() == WEIGHTS and not target.samefile(found.path)
    with pytest.raises(Fixable) as caught:
        take(found, target)
    assert caught.value.code == "out-exists"
    found.path.write_bytes(b"x" * len(WEIGHTS))  # changed since it was matched
    with pytest.raises(Fixable) as caught:
        take(found, tmp_path / "in" / "again.bin")
    assert caught.value.code == "file-unlike" and len(snapshot(target.parent)) == 1


def test_cancel(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        match(write(tmp_path / "d", {"pytorch_model.bin": WEIGHTS}), FILES, cancel=CancelAfter(1))


def test_one_file_and_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path / "d", {"x.bin": WEIGHTS})
    assert set(match(folder / "x.bin", FILES).found) == {"pytorch_model.bin"}
    (tmp_path / "empty").mkdir()
    assert match(tmp_path / "empty", FILES).missing == tuple(one.name for one in FILES)
