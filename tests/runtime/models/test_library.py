"""What the library lists and notices: links, changes outside, damaged and newer manifests, duplicates."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from app.errors import Cancelled, Fixable
from app.runtime.models.adding import About
from app.runtime.models.library import Library
from app.runtime.models.manifests import explain, same_time
from app.runtime.models.records import Condition
from tests.runtime.models.library_kit import (
    CancelAfter,
    added,
    change_later,
    make_gguf,
    snapshot,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "张 三" / "模型 models"


@pytest.fixture
def library(folder: Path) -> Library:
    folder.mkdir(parents=True)
    return Library([folder])


def code(problem: Fixable | None) -> str:
    return problem.code if problem else ""


# --- links ------------------------------------------------------------------------------------------------------


def test_a_linked_file_is_used_in_place_and_never_touched(library: Library, folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "别处 elsewhere" / "m.gguf"
    hashed = make_gguf(source)
    before = snapshot(source.parent)
    entry = library.link(source, About(template="belle-bloom"))
    assert not entry.manifest.owned and entry.manifest.path == source and entry.manifest.sha256 == ""
    assert entry.condition is Condition.READY and library.link(source) == entry
    assert list(folder.rglob("*.gguf")) == []
    assert library.verify(entry.manifest.id).manifest.sha256 == hashed
    removal = library.remove(entry.manifest.id)
    assert library.entries() == () and not removal.owned and removal.size == 0
    assert library.undo(removal.token).manifest.path == source
    library.finish_removal(library.remove(entry.manifest.id).token)
    assert library.removed() == () and snapshot(source.parent) == before


def test_a_moved_linked_file_is_found_again_by_hand_only_if_it_is_the_same(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "m.gguf"
    make_gguf(source)
    entry = library.verify(library.link(source).manifest.id)
    moved = tmp_path / "new place" / "n.gguf"
    moved.parent.mkdir()
    source.rename(moved)
    assert library.get(entry.manifest.id).condition is Condition.MISSING
    other = tmp_path / "other.gguf"
    make_gguf(other, 9)
    with pytest.raises(Fixable) as caught:
        library.relink(entry.manifest.id, other)
    assert caught.value.code == "library-other-file"
    assert library.relink(entry.manifest.id, moved).condition is Condition.READY


def test_links_survive_a_new_drive_letter(tmp_path: Path) -> None:
    stick = tmp_path / "E"
    library = Library([stick / "data" / "models"])
    source = stick / "gguf" / "m.gguf"
    make_gguf(source)
    library.link(source)
    added(library, seed=3)
    stick.rename(tmp_path / "F")
    moved = Library([tmp_path / "F" / "data" / "models"]).entries()
    assert [one.condition for one in moved] == [Condition.READY, Condition.READY]
    assert {one.manifest.path for one in moved if not one.manifest.owned} == {tmp_path / "F" / "gguf" / "m.gguf"}


# --- what happens outside -------------------------------------------------------------------------------------------


def test_vanished_changed_and_damaged_files_are_noticed(library: Library) -> None:
    entry = added(library)
    identity, path = entry.manifest.id, entry.manifest.path
    data = path.read_bytes()
    path.rename(path.with_suffix(".away"))
    missing = library.get(identity)
    assert missing.condition is Condition.MISSING and code(explain(missing)) == "library-missing"
    assert library.verify(identity) == missing
    path.with_suffix(".away").rename(path)
    change_later(path, data[:-1] + bytes([data[-1] ^ 1]))
    changed = library.get(identity)
    assert changed.condition is Condition.CHANGED and code(explain(changed)) == "library-changed"
    damaged = library.verify(identity)
    assert damaged.condition is Condition.DAMAGED and code(explain(damaged)) == "library-damaged"
    assert library.entries() == (damaged,)  # it is remembered
    change_later(path, data)
    assert library.verify(identity).condition is Condition.READY
    change_later(path, data[:-5])
    assert library.get(identity).condition is Condition.CHANGED
    assert library.verify(identity).condition is Condition.DAMAGED


def test_a_touched_file_is_right_after_a_check(library: Library) -> None:
    entry = added(library)
    os.utime(entry.manifest.path, (1e9, 1e9))
    assert library.get(entry.manifest.id).condition is Condition.CHANGED
    seen: list[int] = []
    assert library.verify(entry.manifest.id, lambda done, *_: seen.append(done)).condition is Condition.READY
    assert seen[-1] == entry.manifest.size
    with pytest.raises(Cancelled):
        library.verify(entry.manifest.id, cancel=CancelAfter(0))


def test_times_of_fat_disks_in_another_time_zone() -> None:
    assert same_time(1e9, 1e9 + 1.9) and same_time(1e9, 1e9 - 8 * 3600 + 1) and same_time(1e9, 1e9 + 5.75 * 3600)
    assert not same_time(1e9, 1e9 + 100) and not same_time(1e9, 1e9 + 48 * 3600)


def test_a_drive_that_is_gone_is_called_so(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "m.gguf"
    make_gguf(source)
    entry = library.link(source)
    source.unlink()
    entry = library.get(entry.manifest.id)
    assert code(explain(entry)) == "library-missing"
    from dataclasses import replace

    away = replace(entry, manifest=replace(entry.manifest, path=Path("/media/zhang/STICK-77/models/m.gguf")))
    assert code(explain(away)) == "library-drive-missing"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"schema": "1"}',
        '{"schema": 1, "id": "../x", "file": "a.gguf"}',
        '{"schema": 1, "id": "x", "file": "../a.gguf"}',
        '{"schema": 1, "id": "x", "file": "C:a.gguf"}',
        '{"schema": 1, "id": "x", "file": "a.gguf", "size": -1}',
        '{"schema": 1, "id": "x", "file": "a.gguf", "size": 1e999}',
        '{"schema": 1, "id": "x", "file": "a.gguf", "added": NaN}',
        '{"schema": 1, "id": "x", "file": "a.gguf", "sha256": "zz"}',
        "[" * 100_000,
        "x" * 1_100_000,
    ],
)
def test_damaged_manifests_are_told_and_the_file_can_be_added_again(library: Library, text: str) -> None:
    entry = added(library)
    place = entry.manifest.path.parent / "manifest.json"
    place.write_text(text, "utf-8")
    assert library.entries() == ()
    assert [one.code for one in library.problems()] == ["library-manifest-damaged"]
    assert library.unlisted() == (entry.manifest.path,)
    again = library.add(entry.manifest.path)
    assert again.condition is Condition.READY and library.problems() == ()
    assert place.with_suffix(".json.bad").read_text("utf-8") == text


def test_manifests_of_a_newer_program_are_used_and_left_alone(library: Library) -> None:
    entry = added(library)
    place = entry.manifest.path.parent / "manifest.json"
    raw = json.loads(place.read_text("utf-8"))
    place.write_text(json.dumps({**raw, "schema": 99, "new": [1]}), "utf-8")
    before = place.read_bytes()
    assert library.get(entry.manifest.id).condition is Condition.READY
    assert [one.code for one in library.problems()] == ["library-newer"]
    library.touch(entry.manifest.id)
    for change in (lambda: library.rename(entry.manifest.id, "x"), lambda: library.remove(entry.manifest.id)):
        with pytest.raises(Fixable) as caught:
            change()
        assert caught.value.code == "library-newer"
    assert library.verify(entry.manifest.id).condition is Condition.READY
    assert place.read_bytes() == before
    place.write_text('{"schema": 99, "size": "five"}', "utf-8")
    assert library.entries() == () and [one.code for one in library.problems()] == ["library-newer"]


def test_unknown_fields_of_a_manifest_survive(library: Library) -> None:
    entry = added(library)
    place = entry.manifest.path.parent / "manifest.json"
    raw = json.loads(place.read_text("utf-8"))
    place.write_text(json.dumps({**raw, "stars": 5}), "utf-8")
    library.rename(entry.manifest.id, " 我的  模型 ")
    library.set_template(entry.manifest.id, "belle-bloom")
    library.touch(entry.manifest.id)
    manifest = library.get(entry.manifest.id).manifest
    assert (manifest.name, manifest.template) == (
        "我的 模型",
        "belle-bloom",
    ) and manifest.last_used > manifest.added - 1
    assert json.loads(place.read_text("utf-8"))["stars"] == 5
    assert library.rename(entry.manifest.id, "  ").manifest.name == "我的 模型"


def test_duplicates_by_hash_also_where_one_was_unknown(library: Library, tmp_path: Path) -> None:
    entry = added(library, seed=7)
    source, other = tmp_path / "same.gguf", tmp_path / "other.gguf"
    make_gguf(source, 7)
    make_gguf(other, 8)
    assert library.find_same(source) == (entry.manifest.id,) and library.find_same(other) == ()
    linked, different = library.link(source), library.link(other)
    assert library.get(entry.manifest.id).duplicates == ()
    assert library.find_duplicates(entry.manifest.id).duplicates == (linked.manifest.id,)
    assert library.get(different.manifest.id).duplicates == ()


def test_unknown_ids(library: Library, tmp_path: Path) -> None:
    for work in (
        lambda: library.get("x"),
        lambda: library.verify("x"),
        lambda: library.remove("x"),
        lambda: library.rename("x", "y"),
        lambda: library.export("x", tmp_path),
    ):
        with pytest.raises(Fixable) as caught:
            work()
        assert caught.value.code == "library-unknown"
    library.touch("x")
