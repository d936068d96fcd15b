"""Offline packs: what goes out comes in again on another computer, and nothing that is wrong ever does."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from app.errors import Cancelled, Fixable
from app.runtime.models import disk, pack, volumes
from app.runtime.models.adding import About
from app.runtime.models.library import Library
from app.runtime.models.pack import check_pack, export_pack
from app.runtime.models.pack_format import INDEX, LICENSES, SUMS
from app.runtime.models.pack_import import import_pack, look_into
from app.runtime.models.records import Condition
from app.runtime.models.volumes import Volume
from tests.runtime.models.library_kit import (
    CancelAfter,
    change_later,
    killed_at,
    make_gguf,
    refusal,
    sha256,
    snapshot,
    tiny_gguf,
)

IDS = ["贝壳-7B-F16", "linked-F16"]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An owned and a linked model."""
    folder = tmp_path / "张 三" / "models"
    folder.mkdir(parents=True)
    library = Library([folder])
    path = library.stage("贝壳 7B")
    make_gguf(path, 1)
    library.add(
        path, About("贝壳 7B", "BELLE-7B-2M", "https://hf.co/BelleGroup/BELLE-7B-2M", "apache-2.0", "belle-bloom")
    )
    linked = tmp_path / "linked.gguf"
    make_gguf(linked, 2)
    library.link(linked, About("linked"))
    assert {one.manifest.id for one in library.entries()} == set(IDS)
    return library


@pytest.fixture
def other(tmp_path: Path) -> Library:
    """Another computer's, empty."""
    folder = tmp_path / "other" / "models"
    folder.mkdir(parents=True)
    return Library([folder])


def target_of(tmp_path: Path, form: str) -> Path:
    return tmp_path / "U 盘" / ("包.zip" if form == "zip" else "包")


@pytest.mark.parametrize("form", ["folder", "zip", "parts"])
def test_a_pack_out_and_in(library: Library, other: Library, tmp_path: Path, form: str) -> None:
    target = target_of(tmp_path, form)
    told: list[tuple[int, int]] = []
    packed = export_pack(
        library, IDS, target, lambda *facts: told.append(facts[:2]), part_size=100 if form == "parts" else None
    )
    assert (
        packed.path == target and packed.size == 2 * len(tiny_gguf()) and told[-1][0] == told[-1][1] == 2 * packed.size
    )
    assert [one.name for one in target.parent.iterdir()] == [target.name]
    models = look_into(target)
    assert models == packed.models and [one.id for one in models] == IDS and models[0].license == "apache-2.0"
    assert (len(models[0].parts) > 1) == (form == "parts")
    told.clear()
    imported = import_pack(target, other, lambda *facts: told.append(facts[:2]))
    assert told[-1] == (2 * packed.size, 2 * packed.size) and imported.present == ()
    first, second = imported.added
    source = library.get(IDS[0]).manifest
    assert first.condition is Condition.READY and first.manifest.owned and second.manifest.owned
    for name in ("name", "size", "sha256", "model", "repository", "license", "template", "quantization", "parameters"):
        assert getattr(first.manifest, name) == getattr(source, name)
    assert sha256(second.manifest.path) == sha256(library.get(IDS[1]).manifest.path) == second.manifest.sha256
    again = import_pack(target, other)
    assert again.added == () and len(again.present) == 2 and len(other.entries()) == 2


def test_folder_packs_can_be_checked_without_us(library: Library, tmp_path: Path) -> None:
    target = target_of(tmp_path, "folder")
    export_pack(library, IDS, target, part_size=150)
    note = (target / LICENSES).read_text("utf-8")
    assert "apache-2.0" in note and "licence unknown" in note and "许可" in note
    lines = (target / SUMS).read_text("utf-8").splitlines()
    for line in lines:
        hashed, _, name = line.partition("  ")
        assert sha256(target / name) == hashed
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "-c", SUMS], cwd=target, check=True, capture_output=True)


def test_what_one_chooses_to_import(library: Library, other: Library, tmp_path: Path) -> None:
    packed = export_pack(library, IDS[:1], tmp_path / "stick" / "ChatBELLE")
    for path in (packed.path / INDEX, packed.path.parent, packed.path):
        assert look_into(path) == packed.models
    packed_again = tmp_path / "again.zip"  # zipped anew by another program: deflated, all below one folder
    with zipfile.ZipFile(packed_again, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in snapshot(packed.path.parent).items():
            archive.writestr(name, data)
    assert len(import_pack(packed_again, other).added) == 1
    (tmp_path / "empty").mkdir()
    (tmp_path / "x.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    for path, code in [("empty", "pack-unknown"), ("x.zip", "pack-unknown"), ("none.zip", "weights-missing-file")]:
        assert refusal(tmp_path / path, other).code == code


def test_a_pack_beside_what_is_there(library: Library, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "photo.jpg").write_bytes(b"jpg")
    packed = export_pack(library, IDS, stick)
    assert packed.path == stick / "ChatBELLE models" and (stick / "photo.jpg").exists()
    assert export_pack(library, IDS[:1], stick).path == stick / f"ChatBELLE {IDS[0]}"
    with pytest.raises(Fixable) as caught:
        export_pack(library, IDS, stick)
    assert caught.value.code == "out-exists"
    file = stick / "a.zip"
    file.write_bytes(b"mine")
    with pytest.raises(Fixable) as caught:
        export_pack(library, IDS, file)
    assert caught.value.code == "out-exists" and file.read_bytes() == b"mine"


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_cancelled_and_failed_exports_leave_nothing(
    library: Library, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = target_of(tmp_path, form)
    for count in range(4):
        with pytest.raises(Cancelled):
            export_pack(library, IDS, target, cancel=CancelAfter(count))
        assert list(target.parent.iterdir()) == []
    model = library.get(IDS[0]).manifest.path
    data = model.read_bytes()
    change_later(model, data[:-1] + b"!")
    with pytest.raises(Fixable) as caught:
        export_pack(library, IDS, target)
    assert caught.value.code == "library-damaged" and list(target.parent.iterdir()) == []
    model.unlink()
    with pytest.raises(Fixable) as caught:
        export_pack(library, IDS, target)
    assert caught.value.code == "library-missing"
    with pytest.raises(Fixable) as caught:
        export_pack(library, ["none"], target)
    assert caught.value.code == "library-unknown"


def test_a_stick_that_gives_back_other_bytes(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "hash_file", lambda *_: "0" * 64)
    monkeypatch.setattr("app.runtime.models.pack_zip.Archive.blocks", lambda *_: iter([b"other"]))
    for form in ("folder", "zip"):
        target = target_of(tmp_path, form)
        with pytest.raises(Fixable) as caught:
            export_pack(library, IDS, target)
        assert caught.value.code == "copy-unlike" and list(target.parent.iterdir()) == []


def test_fat32_is_told_beforehand(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "volume_of", lambda _: Volume("vfat", removable=True))
    monkeypatch.setattr(volumes, "FAT_FILE", 200)
    for form in ("folder", "zip"):
        target = target_of(tmp_path, form)
        problem = check_pack(library, IDS, target)
        assert problem and problem.code == "pack-file-too-large"
        with pytest.raises(Fixable):
            export_pack(library, IDS, target)
    assert check_pack(library, IDS, target_of(tmp_path, "folder"), part_size=150) is None
    assert check_pack(library, IDS, target_of(tmp_path, "zip"), part_size=150) is not None
    packed = export_pack(library, IDS, target_of(tmp_path, "folder"), part_size=150)
    assert all(part.size <= 150 for one in packed.models for part in one.parts)
    assert packed.models[0].parts[0].file.endswith(".gguf.001")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 5))
    problem = check_pack(library, IDS, tmp_path / "new", part_size=150)
    assert problem and problem.code == "out-space"


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_one_wrong_byte_is_named_and_nothing_comes_in(
    library: Library, other: Library, tmp_path: Path, form: str
) -> None:
    packed = export_pack(library, IDS, tmp_path / "pack", part_size=150)
    part = packed.models[1].parts[1].file  # the first model is fine and must not come in alone
    file = packed.path / part
    data = file.read_bytes()
    for wrong, code in [
        (data[:-1] + b"!", "pack-file-wrong"),
        (data[:-1], "pack-file-wrong"),
        (None, "pack-file-missing"),
    ]:
        file.unlink()
        if wrong is not None:
            file.write_bytes(wrong)
        path = packed.path
        if form == "zip":
            path = tmp_path / "pack.zip"
            with zipfile.ZipFile(path, "w") as archive:
                for name, content in snapshot(packed.path).items():
                    archive.writestr(name, content)
        error = refusal(path, other)
        assert error.code == code and error.params["file"] == part
        file.write_bytes(data)


def test_cancelled_and_too_large_imports(
    library: Library, other: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = export_pack(library, IDS, tmp_path / "pack")
    for count in range(4):
        with pytest.raises(Cancelled):
            import_pack(packed.path, other, cancel=CancelAfter(count))
        assert snapshot(other.folders[0]) == {}
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 5))
    assert refusal(packed.path, other).code == "out-space"


def test_a_failing_second_name_takes_the_first_model_back(
    library: Library, other: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = export_pack(library, IDS, tmp_path / "pack")
    real, times = disk.rename, [0]

    def once(source: Path, target: Path) -> bool:
        if source.name.startswith(".copying-"):
            times[0] += 1
            if times[0] == 2:
                raise Fixable("file-in-use", path=str(source))
        return real(source, target)

    monkeypatch.setattr(disk, "rename", once)
    assert refusal(packed.path, other).code == "file-in-use"
    assert other.entries() == ()


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_an_import_killed_at_any_moment(library: Library, tmp_path: Path) -> None:
    packed = export_pack(library, IDS, tmp_path / "pack", part_size=200)
    hashes = {one.sha256 for one in packed.models}
    for number in range(100):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        killed = killed_at(number, lambda folder=folder: import_pack(packed.path, Library([folder])) and None)
        library = Library([folder])
        library.recover()
        for entry in library.entries():
            assert entry.condition is Condition.READY and sha256(entry.manifest.path) == entry.manifest.sha256
        import_pack(packed.path, library)
        assert {one.manifest.sha256 for one in library.entries()} == hashes and len(library.entries()) == 2
        assert library.leftovers() == ()
        if not killed:
            assert number > 5
            return
    raise AssertionError("never came to an end")


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_an_export_killed_at_any_moment(library: Library, tmp_path: Path, form: str) -> None:
    for number in range(200):
        target = tmp_path / f"{number}" / ("p.zip" if form == "zip" else "p")
        killed = killed_at(number, lambda target=target: export_pack(library, IDS, target) and None)
        if not target.exists():
            export_pack(library, IDS, target)
        assert [one.id for one in look_into(target)] == IDS
        assert [one.name for one in target.parent.iterdir()] == [target.name]
        if not killed:
            return
    raise AssertionError("never came to an end")


def test_zip64_for_large_files(
    library: Library, other: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.runtime.models.pack_zip.LARGE", 1)
    packed = export_pack(library, IDS, tmp_path / "p.zip")
    assert b"\x01\x00\x10\x00" in packed.path.read_bytes()  # the ZIP64 field of a local header
    assert len(import_pack(packed.path, other).added) == 2
