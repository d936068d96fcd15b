"""How files become models: staged, copied, found in the folder; whole or not at all."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from app.errors import Cancelled, Fixable
from app.runtime.models import disk
from app.runtime.models.adding import About
from app.runtime.models.library import Library
from app.runtime.models.manifests import explain
from app.runtime.models.records import Condition
from app.runtime.models.shelf import LOCK, writing
from app.runtime.models.volumes import Volume
from app.runtime.weights.ggml import GgmlType
from app.runtime.weights.gguf_format import Typed, ValueType
from app.runtime.weights.write import GgufWriter
from tests.runtime.models.library_kit import (
    BLOOM,
    GGUF,
    LLAMA,
    CancelAfter,
    added,
    killed_at,
    make_gguf,
    sha256,
    snapshot,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "张 三" / "模型 models"


@pytest.fixture
def library(folder: Path) -> Library:
    folder.mkdir(parents=True)
    return Library([folder])


def test_a_staged_file_becomes_a_model_at_one_stroke(library: Library, folder: Path) -> None:
    path = library.stage("BELLE 7B：2M")
    hashed = make_gguf(path, like=BLOOM)
    assert library.entries() == () and library.unlisted() == ()
    entry = library.add(path, About("BELLE 7B：2M", template="belle-bloom", license="apache-2.0"))
    manifest = entry.manifest
    assert entry.condition is Condition.READY and explain(entry) is None
    assert (manifest.architecture, manifest.quantization, manifest.sha256) == ("bloom", "F16", hashed)
    assert manifest.parameters > 0 and manifest.size == manifest.path.stat().st_size and manifest.owned
    assert manifest.path.parent == folder / manifest.id and not path.exists()
    assert sorted(one.name for one in manifest.path.parent.iterdir()) == ["BELLE 7B：2M.gguf", "manifest.json"]
    assert [one.name for one in folder.iterdir()] == [manifest.id]
    assert library.entries() == (entry,) == Library([folder]).entries()


def test_a_file_from_elsewhere_is_copied_and_stays(library: Library, folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "下载" / "some model.gguf"
    hashed = make_gguf(source, like=LLAMA)
    seen: list[tuple[int, int, str]] = []
    entry = library.add(source, progress=lambda *facts: seen.append(facts))
    assert entry.manifest.path.is_relative_to(folder) and sha256(entry.manifest.path) == hashed == sha256(source)
    assert entry.manifest.sha256 == hashed and entry.manifest.name == "some model"
    total = 2 * source.stat().st_size
    assert seen[-1][:2] == (total, total) and all(done <= total for done, _, _ in seen)
    again = library.add(source)
    assert again.duplicates == (entry.manifest.id,) and again.manifest.id != entry.manifest.id


def test_what_is_not_a_whole_gguf_is_refused(library: Library, folder: Path, tmp_path: Path) -> None:
    data = (GGUF / BLOOM).read_bytes()
    wrong = {"page.gguf": b"<!DOCTYPE html><p>404", "cut.gguf": data[:-1000], "empty.gguf": b"", "x.txt": b"hello"}
    for name, content in wrong.items():
        path = tmp_path / name
        path.write_bytes(content)
        for way in (library.add, library.link):
            with pytest.raises(Fixable):
                way(path)
    for path in (tmp_path / "none.gguf", tmp_path):
        with pytest.raises(Fixable):
            library.add(path)
    assert snapshot(folder) == {}


def test_a_model_in_several_files_is_refused_with_what_to_do(library: Library, folder: Path, tmp_path: Path) -> None:
    for number in range(2):
        keys = {
            "general.architecture": "bloom",
            "tokenizer.ggml.tokens": ["<unk>"],
            "split.no": Typed(number, ValueType.UINT16),
            "split.count": Typed(2, ValueType.UINT16),
            "split.tensors.count": Typed(2, ValueType.INT32),
        }
        writer = GgufWriter(
            tmp_path / f"m-{number + 1:05}-of-00002.gguf", keys, [(f"t{number}", (1, 32), GgmlType.F16)]
        )
        writer.write_rows(f"t{number}", 0, np.zeros((1, 32), np.float16))
        writer.finish()
    for way in (library.add, library.link):
        with pytest.raises(Fixable) as caught:
            way(tmp_path / "m-00001-of-00002.gguf")
        assert (caught.value.code, caught.value.params["parts"]) == ("library-split", 2)
    (tmp_path / "m-00002-of-00002.gguf").unlink()
    with pytest.raises(Fixable) as caught:
        library.link(tmp_path / "m-00001-of-00002.gguf")
    assert caught.value.code == "weights-files-missing" and snapshot(folder) == {}


def test_cancelled_and_failed_copies_leave_nothing(
    library: Library, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "a.gguf"
    make_gguf(source)
    with pytest.raises(Cancelled):
        library.add(source, cancel=CancelAfter(1))
    with pytest.raises(Fixable) as caught:
        library.add(source, About(sha256="0" * 64))
    assert caught.value.code == "file-unlike"
    monkeypatch.setattr(disk, "hash_file", lambda *_: "f" * 64)  # the stick gives back other bytes
    with pytest.raises(Fixable) as caught:
        library.add(source)
    assert caught.value.code == "copy-unlike"
    assert snapshot(folder) == {} and library.leftovers() == ()


def test_space_and_fat_are_checked_before_copying(
    library: Library, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "a.gguf"
    make_gguf(source)
    monkeypatch.setattr("shutil.disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12, 10))
    with pytest.raises(Fixable) as caught:
        library.add(source)
    assert caught.value.code == "out-space"
    monkeypatch.undo()
    monkeypatch.setattr("app.runtime.models.volumes.FAT_FILE", 100)
    monkeypatch.setattr("app.runtime.models.volumes.volume_of", lambda _: Volume("vfat"))
    with pytest.raises(Fixable) as caught:
        library.add(source)
    assert caught.value.code == "disk-file-too-large"
    assert snapshot(folder) == {}


def test_ids_are_unique_and_folders_made_by_hand_are_kept(library: Library, folder: Path) -> None:
    first, second = added(library, seed=1), added(library, seed=2)
    assert second.manifest.id == f"{first.manifest.id}-2"
    by_hand = folder / "My Model"
    make_gguf(by_hand / "x.gguf", 3)
    (by_hand / "notes.txt").write_text("mine")
    make_gguf(folder / "loose.gguf", 4)
    assert library.unlisted() == (by_hand / "x.gguf", folder / "loose.gguf")
    entry = library.add(by_hand / "x.gguf")
    assert entry.manifest.id == "My Model" and entry.manifest.path == by_hand / "x.gguf"
    loose = library.add(folder / "loose.gguf")
    assert loose.manifest.path.parent.parent == folder and loose.manifest.path.name == "loose.gguf"
    assert library.unlisted() == () and len(library.entries()) == 4
    assert library.add(by_hand / "x.gguf") == entry


def test_a_folder_copied_by_hand_gets_its_own_id(library: Library, folder: Path) -> None:
    entry = added(library)
    shutil.copytree(entry.manifest.path.parent, folder / "A copy")
    ids = {one.manifest.id for one in library.entries()}
    assert len(ids) == 2 and entry.manifest.id in ids
    assert ids == {one.manifest.id for one in Library([folder]).entries()}
    (other,) = ids - {entry.manifest.id}
    library.rename(other, "贝壳")
    assert library.get(other).manifest.path.parent.name == "A copy"
    assert library.get(entry.manifest.id).manifest.name == entry.manifest.name


def test_several_drives(tmp_path: Path) -> None:
    main, other = tmp_path / "C", tmp_path / "D"
    main.mkdir()
    other.mkdir()
    library = Library([main, other, main])
    assert library.folders == (main, other)
    path = library.stage("big", other)
    make_gguf(path)
    assert library.add(path).manifest.path.is_relative_to(other)
    source = tmp_path / "a.gguf"
    make_gguf(source, 5)
    assert library.add(source, folder=other).manifest.path.is_relative_to(other)
    with pytest.raises(Fixable):
        library.stage("x", tmp_path / "E")
    shutil.rmtree(other)
    assert library.entries() == ()
    assert [one.code for one in library.problems()] == ["library-folder-missing"]


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_adding_killed_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    for number in range(60):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        library = Library([folder])
        path = library.stage("BELLE")
        hashed = make_gguf(path)
        killed = killed_at(number, lambda path=path, library=library: library.add(path, About("BELLE")) and None)
        library = Library([folder])
        library.recover()
        if path.exists():
            library.add(path, About("BELLE"))
        (entry,) = library.entries()
        assert entry.condition is Condition.READY and sha256(entry.manifest.path) == hashed
        assert library.leftovers() == () and library.problems() == ()
        if not killed:
            assert number >= 3
            return
    raise AssertionError("never came to an end")


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_copying_killed_at_any_moment_shows_nothing_half(tmp_path: Path) -> None:
    source = tmp_path / "source" / "a.gguf"
    hashed = make_gguf(source)
    for number in range(60):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        killed = killed_at(number, lambda folder=folder: Library([folder]).add(source) and None)
        library = Library([folder])
        assert all(one.condition is Condition.READY for one in library.entries())
        library.recover()
        if not library.entries():
            library.add(source)
        assert [sha256(one.manifest.path) for one in library.entries()] == [hashed]
        assert library.leftovers() == ()
        if not killed:
            assert number > 5
            return
    raise AssertionError("never came to an end")


def test_one_writer_at_a_time(library: Library, folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "a.gguf"
    make_gguf(source)
    with writing(folder):
        with pytest.raises(Fixable) as caught:
            library.add(source)
        assert caught.value.code == "library-busy"
    assert not list(folder.glob(f"{LOCK}*"))
    library.add(source)
