"""Models removed and brought back, and copies handed out."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from app.errors import Cancelled, Fixable
from app.runtime.models import disk, removing
from app.runtime.models.library import Library
from app.runtime.models.records import Condition
from tests.runtime.models.library_kit import (
    CancelAfter,
    added,
    change_later,
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


def test_removed_models_come_back(library: Library, folder: Path) -> None:
    entry = added(library)
    before = snapshot(folder)
    removal = library.remove(entry.manifest.id)
    assert library.entries() == () and library.unlisted() == ()
    assert (removal.id, removal.name, removal.owned) == (entry.manifest.id, entry.manifest.name, True)
    assert Library([folder]).removed() == (removal,) and removal.size >= entry.manifest.size
    assert library.undo(removal.token) == entry
    assert snapshot(folder) == before and library.removed() == ()
    for token in (removal.token, "../x", "x-20240101-000000", ""):
        with pytest.raises(Fixable):
            library.undo(token)


def test_only_what_the_app_put_there_is_removed(library: Library, folder: Path) -> None:
    entry = added(library)
    notes = entry.manifest.path.parent / "我的笔记.txt"
    notes.write_text("mine")
    removal = library.remove(entry.manifest.id)
    assert [one.name for one in notes.parent.iterdir()] == [notes.name]
    assert library.undo(removal.token) == entry
    removal = library.remove(entry.manifest.id)
    newer = added(library)
    back = library.undo(removal.token)
    assert {one.manifest.id for one in library.entries()} == {newer.manifest.id, back.manifest.id}
    assert notes.read_text() == "mine" and back.condition is Condition.READY


def test_undo_after_the_same_model_was_installed_again(library: Library) -> None:
    entry = added(library)
    removal = library.remove(entry.manifest.id)
    again = added(library)
    assert again.manifest.id == entry.manifest.id
    back = library.undo(removal.token)
    assert back.manifest.id == f"{entry.manifest.id}-2" and back.condition is Condition.READY
    assert set(back.duplicates) == {again.manifest.id}


def test_removal_ends_in_the_trash_or_stays_and_says_so(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    import send2trash

    entry = added(library)
    removal = library.remove(entry.manifest.id)

    def refuse(_: object) -> None:
        raise OSError(13, "no trash here")

    monkeypatch.setattr(send2trash, "send2trash", refuse)
    with pytest.raises(Fixable) as caught:
        library.finish_removal(removal.token)
    assert caught.value.code == "trash-failed" and "no trash" in str(caught.value.params["detail"])
    assert library.removed() == (removal,)
    sent: list[Path] = []
    monkeypatch.setattr(send2trash, "send2trash", lambda path: (sent.append(path), shutil.rmtree(path)))
    library.finish_removal(removal.token)
    assert sent == [removal.path] and library.removed() == ()
    assert not (library.folders[0] / ".removed").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into the freedesktop trash")
def test_the_real_trash(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import send2trash.plat_other as trash

    monkeypatch.setattr(trash, "HOMETRASH_B", os.fsencode(tmp_path / "Trash"))
    monkeypatch.setenv("HOME", str(tmp_path))
    entry = added(library)
    hashed = entry.manifest.sha256
    library.finish_removal(library.remove(entry.manifest.id).token)
    assert [sha256(path) for path in (tmp_path / "Trash").rglob("*.gguf")] == [hashed]


def test_a_file_in_use_stays(library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = added(library)
    (entry.manifest.path.parent / "notes.txt").write_text("mine")
    before = snapshot(folder)
    real = disk.rename

    def held(source: Path, target: Path) -> bool:
        if source.suffix == ".gguf":
            raise Fixable("file-in-use", path=str(source))
        return real(source, target)

    monkeypatch.setattr(removing.disk, "rename", held)
    with pytest.raises(Fixable) as caught:
        library.remove(entry.manifest.id)
    assert caught.value.code == "file-in-use" and snapshot(folder) == before


def test_a_missing_model_can_be_removed(library: Library) -> None:
    entry = added(library)
    entry.manifest.path.unlink()
    library.finish_removal(library.remove(entry.manifest.id).token)
    assert library.entries() == () and library.removed() == ()


def test_export_is_proved_and_overwrites_nothing(library: Library, tmp_path: Path) -> None:
    entry = added(library)
    out = tmp_path / "导出"
    out.mkdir()
    path = library.export(entry.manifest.id, out)
    assert path.parent == out and sha256(path) == entry.manifest.sha256
    with pytest.raises(Fixable) as caught:
        library.export(entry.manifest.id, path)
    assert caught.value.code == "out-exists"
    with pytest.raises(Cancelled):
        library.export(entry.manifest.id, out / "b.gguf", cancel=CancelAfter(1))
    data = entry.manifest.path.read_bytes()
    change_later(entry.manifest.path, b"x" + data[1:])
    with pytest.raises(Fixable) as caught:
        library.export(entry.manifest.id, out / "c.gguf")
    assert caught.value.code == "library-damaged"
    assert [one.name for one in out.iterdir()] == [path.name]
