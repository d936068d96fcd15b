"""A models folder moved: whole at the new place or untouched at the old one, whatever happens on the way."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.errors import Cancelled, Fixable
from app.runtime.models import disk, moving, volumes
from app.runtime.models.adding import About
from app.runtime.models.library import Library
from app.runtime.models.records import Condition
from app.runtime.models.shelf import LOCK
from tests.runtime.models.library_kit import CancelAfter, change_later, killed_at, make_gguf, sha256, snapshot

Stage = tuple[Library, Path, Path]


@pytest.fixture(params=["same drive", "other drive"])
def drives(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "other drive":
        monkeypatch.setattr(volumes, "one_drive", lambda *_: False)
    return str(request.param)


def build(folder: Path, outside: Path) -> Library:
    """Two models (one with the user's notes beside it), a link, something removed, and what is not the library's."""
    library = Library([folder])
    for seed, name in enumerate(["贝壳 7B", "BELLE", "gone"], start=1):
        path = library.stage(name)
        make_gguf(path, seed)
        library.add(path, About(name))
    library.remove("gone-F16")
    (folder / "BELLE-F16" / "我的笔记.txt").write_text("mine")
    (folder / "my folder").mkdir()
    (folder / "my folder" / "photo.jpg").write_bytes(b"jpg")
    make_gguf(outside / "linked.gguf", 9)
    library.link(outside / "linked.gguf")
    return library


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    source = tmp_path / "旧 old" / "models"
    source.mkdir(parents=True)
    return build(source, tmp_path / "outside"), source, tmp_path / "新 new" / "大 models"


def facts(library: Library) -> dict[str, tuple[str, Condition, str]]:
    return {one.manifest.id: (one.manifest.name, one.condition, sha256(one.manifest.path)) for one in library.entries()}


def nothing(_: Path) -> None:
    pass


def test_all_that_is_the_librarys_goes_along(stage: Stage, drives: str) -> None:
    library, source, target = stage
    before, files = facts(library), snapshot(source)
    switched: list[Path] = []
    seen: list[tuple[int, int]] = []

    def switch(folder: Path) -> None:
        switched.append(folder)
        assert facts(Library([folder])) == before  # all there, the old copy not yet needed

    moved = library.move(target, switch, lambda done, total, _: seen.append((done, total)))
    assert switched == [target] and library.folders == (target,)
    assert facts(library) == before == facts(Library([target]))
    assert moved.copied == (drives == "other drive") and moved.notes == () and moved.left == ("my folder",)
    assert seen[-1][0] == seen[-1][1] == 2 * moved.size and sorted(seen) == seen
    assert snapshot(source) == {"my folder/photo.jpg": b"jpg"}
    assert snapshot(target).keys() == files.keys() - {"my folder/photo.jpg"}
    assert library.unfinished_move() is None and library.problems() == ()
    (removal,) = library.removed()
    assert library.undo(removal.token).condition is Condition.READY
    assert library.remove("BELLE-F16").owned


def test_there_and_back_again(stage: Stage, drives: str) -> None:
    library, source, target = stage
    shutil.rmtree(source / "my folder")
    before, files = facts(library), snapshot(source)
    library.move(target, nothing)
    assert not source.exists()
    library.move(source, nothing)
    assert facts(library) == before and not target.exists()
    changed = {name for name, data in snapshot(source).items() if data != files[name]}
    assert all(name.startswith("linked/") for name in changed)


def test_cancel_leaves_everything_as_it_was(stage: Stage, drives: str) -> None:
    library, source, target = stage
    files = snapshot(source)
    target.mkdir(parents=True)
    (target / "mine.txt").write_text("mine")
    for count in (0, 1, 2, 3, 4, 6, 8):
        with pytest.raises(Cancelled):
            library.move(target, nothing, cancel=CancelAfter(count))
        assert snapshot(source) == files and snapshot(target) == {"mine.txt": b"mine"}
        assert library.unfinished_move() is None and library.folders == (source,)
    shutil.rmtree(target)
    with pytest.raises(Cancelled):
        library.move(target, nothing, cancel=CancelAfter(3))
    assert not target.exists()


def test_a_failing_switch_brings_everything_back(stage: Stage, drives: str) -> None:
    library, source, target = stage
    files = snapshot(source)

    def fail(_: Path) -> None:
        raise Fixable("out-unwritable", path="settings.json", detail="read-only")

    with pytest.raises(Fixable) as caught:
        library.move(target, fail)
    assert caught.value.code == "out-unwritable"
    assert snapshot(source) == files and not target.exists() and library.folders == (source,)


def test_a_copy_that_reads_back_differently_moves_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    library, source, target = stage
    files = snapshot(source)
    monkeypatch.setattr(volumes, "one_drive", lambda *_: False)
    real, times = disk.hash_file, [0]

    def sometimes(path: Path, tally: disk.Tally) -> str:
        times[0] += 1
        return "0" * 64 if times[0] == 3 else real(path, tally)

    monkeypatch.setattr(disk, "hash_file", sometimes)
    with pytest.raises(Fixable) as caught:
        library.move(target, nothing)
    assert caught.value.code == "copy-unlike"
    assert snapshot(source) == files and not target.exists()


def test_a_model_damaged_on_the_disk_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    library, _, target = stage
    monkeypatch.setattr(volumes, "one_drive", lambda *_: False)
    path = library.get("BELLE-F16").manifest.path
    change_later(path, path.read_bytes()[:-1] + b"!")
    moved = library.move(target, nothing)
    assert [note.code for note in moved.notes] == ["library-damaged"]
    assert library.get("BELLE-F16").condition is Condition.CHANGED  # as it was before


def test_drives_that_only_look_like_one(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    library, source, target = stage
    before, real = facts(library), disk.rename

    def apart(old: Path, new: Path) -> bool:
        return not (old.parent == source and new.parent == target) and real(old, new)

    monkeypatch.setattr(disk, "rename", apart)
    assert library.move(target, nothing).copied
    assert facts(library) == before


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a second file system")
def test_a_real_second_drive(stage: Stage) -> None:
    library, source, _ = stage
    target = Path("/dev/shm") / f"chatbelle-test-{source.parent.parent.name}" / "模型"
    if target.parent.exists() or Path("/dev/shm").stat().st_dev == source.stat().st_dev:
        pytest.skip("no second file system")
    try:
        before = facts(library)
        assert library.move(target, nothing).copied
        assert facts(library) == before
    finally:
        shutil.rmtree(target.parent, ignore_errors=True)


@pytest.mark.parametrize("below", ["", "x", "BELLE-F16/y"])
def test_not_into_itself(stage: Stage, below: str) -> None:
    library, source, _ = stage
    files = snapshot(source)
    link = source.parent / "link"
    link.symlink_to(source, target_is_directory=True)
    for target in (source / below, link / below):
        with pytest.raises(Fixable) as caught:
            library.move(target, nothing)
        assert caught.value.code == "move-inside"
    assert snapshot(source) == files


def test_into_the_folder_above(stage: Stage, drives: str) -> None:
    library, source, _ = stage
    before = facts(library)
    library.move(source.parent, nothing)
    assert facts(library) == before and library.folders == (source.parent,)


def test_refused_before_anything_is_moved(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    library, source, target = stage
    files = snapshot(source)

    def refused(code: str) -> None:
        with pytest.raises(Fixable) as caught:
            library.move(target, nothing)
        assert caught.value.code == code
        assert snapshot(source) == files and library.unfinished_move() is None

    target.parent.mkdir(parents=True)
    target.write_text("a file")
    refused("folder-is-file")
    target.unlink()
    (target / "BELLE-F16").mkdir(parents=True)
    refused("move-target-taken")
    (target / "BELLE-F16").rmdir()
    monkeypatch.setattr(volumes, "one_drive", lambda *_: False)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12, 10**6))
    refused("out-space")
    monkeypatch.undo()
    monkeypatch.setattr(volumes, "one_drive", lambda *_: False)
    monkeypatch.setattr(volumes, "volume_of", lambda _: volumes.Volume("vfat"))
    monkeypatch.setattr(volumes, "FAT_FILE", 100)
    refused("disk-file-too-large")


def test_another_folder_of_several(stage: Stage, tmp_path: Path) -> None:
    _, source, target = stage
    other = tmp_path / "D"
    other.mkdir()
    library = Library([other, source])
    library.move(target, nothing, source=source)
    assert library.folders == (other, target) and library.get("BELLE-F16").condition is Condition.READY


def test_an_unfinished_move_holds_changes_back_but_no_chat(stage: Stage, tmp_path: Path) -> None:
    library, source, target = stage
    before = facts(library)
    moving._begin(source, target)
    (source / "BELLE-F16").rename(target / "BELLE-F16")  # as a kill after one rename leaves it
    library = Library([source])
    assert facts(library) == before
    assert [one.code for one in library.problems()] == ["library-moving"]
    make_gguf(tmp_path / "new.gguf", 33)
    attempts: list[Callable[[], object]] = [
        lambda: library.remove("BELLE-F16"),
        lambda: library.add(tmp_path / "new.gguf"),
        lambda: library.link(tmp_path / "new.gguf"),
        lambda: library.undo(library.removed()[0].token),
        lambda: library.move(tmp_path / "third", nothing),
    ]
    for attempt in attempts:
        with pytest.raises(Fixable) as caught:
            attempt()
        assert caught.value.code == "library-moving"
    library.rename("BELLE-F16", "new name")
    library.touch("贝壳-7B-F16")
    library.abandon_move()
    assert library.unfinished_move() is None and not target.exists()
    assert library.get("BELLE-F16").manifest.name == "new name"


def test_a_file_that_an_earlier_try_copied_is_not_taken_for_changed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, source, target = stage
    before = facts(library)
    monkeypatch.setattr(volumes, "one_drive", lambda *_: False)
    moving._begin(source, target)
    file = library.get("BELLE-F16").manifest.path
    half = target / moving.STAGE / file.relative_to(source)
    half.parent.mkdir(parents=True)
    half.write_bytes(file.read_bytes())  # the kill came before it had its time
    os.utime(half, (1e9, 1e9))
    stored: list[str] = []
    real = disk.store

    def store(out: Path, *rest: Any, **more: Any) -> str:
        stored.append(out.name)
        return real(out, *rest, **more)

    monkeypatch.setattr(disk, "store", store)
    Library([source]).continue_move(nothing)
    assert facts(Library([target])) == before and file.name not in stored


def test_a_new_name_given_while_copying_is_kept(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    library, _, target = stage
    monkeypatch.setattr(volumes, "one_drive", lambda *_: False)

    def rename(done: int, total: int, file: str) -> None:
        if done > total * 0.9:
            library.rename("BELLE-F16", "later")

    library.move(target, nothing, rename)
    assert library.get("BELLE-F16").manifest.name == "later"


# --- killed ---------------------------------------------------------------------------------------------------------


JOURNAL_PART = f"{moving.JOURNAL}.part"  # empty, if the kill came before the move had begun


def left_in(folder: Path) -> set[str]:
    """Without the lock of a killed process: an empty file, of no use to anybody."""
    return {name for name in snapshot(folder) if not name.startswith(LOCK)}


def in_use(setting: Path) -> Path:
    return Path(setting.read_text("utf-8"))


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
@pytest.mark.parametrize("then", ["continue", "abandon"])
def test_killed_at_any_change_to_the_disk(tmp_path: Path, drives: str, then: str) -> None:
    original = tmp_path / "original"
    original.mkdir()
    source, target, setting = tmp_path / "old", tmp_path / "new", tmp_path / "setting"

    def switch(folder: Path) -> None:
        disk.write_small(setting, str(folder).encode())

    def move() -> None:
        Library([source]).move(target, switch)

    before = facts(build(original, tmp_path / "outside"))
    step = 2 if drives == "same drive" else 7  # a copy is many small changes
    for number in range(int(then == "abandon"), 1000, step):
        shutil.rmtree(source, ignore_errors=True)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(original, source)
        setting.write_text(str(source), "utf-8")
        killed = killed_at(number, move)
        library = Library([in_use(setting)])
        assert facts(library) == before, number  # whatever happened, every model can be used
        if then == "abandon" and in_use(setting) == source:
            library.abandon_move()
            assert in_use(setting) == source and not target.exists(), number
            assert left_in(source) - {JOURNAL_PART} == snapshot(original).keys(), number
        else:
            library.continue_move(switch)
            if in_use(setting) == source:  # killed before the move had begun
                assert not target.exists()
                library.move(target, switch)
            assert in_use(setting) == target
            assert left_in(source) == {"my folder/photo.jpg"}, number
        library = Library([in_use(setting)])
        assert facts(library) == before and library.unfinished_move() is None, number
        rest = [name for folder in (source, target) for name in snapshot(folder) if ".moving" in name]
        assert rest in ([], [JOURNAL_PART]), number
        if not killed:
            assert number > 15
            return
    raise AssertionError("never came to an end")
