"""What lies in the folder of a download: parts, records, files of the user, and what a kill left behind."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import Cancelled, Fixable
from app.runtime.models.download_folder import RECORD
from app.runtime.models.records import DownloadProgress, Transfer
from tests.runtime.models.download_kit import (
    LARGE,
    QUICK,
    REPOSITORY,
    SMALL,
    Call,
    fetched,
    files,
    promised,
    stop_at,
    visible,
)
from tests.runtime.models.hub import Hub


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as one:
        one.add(REPOSITORY, files(), lfs=(LARGE,))
        yield one


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As long and as Chinese as a home folder gets."""
    return tmp_path / "张 三　的文件" / ("很长的文件夹名" * 10) / "BELLE-7B-2M"


def test_killed_between_record_and_name(hub: Hub, folder: Path) -> None:
    Call(hub, folder).fetch()
    (folder / LARGE).rename(folder / f"{LARGE}.part")
    asked = len(hub.seen)
    call = Call(hub, folder)
    call.fetch()
    assert call.right() and len(hub.seen) == asked


def test_a_part_that_is_whole_is_not_fetched_again(hub: Hub, folder: Path) -> None:
    stopped = Call(hub, folder)

    def end_before_the_hash(progress: DownloadProgress) -> None:
        if progress.transfer is Transfer.VERIFYING:
            raise Cancelled

    stopped.tell = end_before_the_hash
    with pytest.raises(Cancelled):
        stopped.fetch(promised(hub, LARGE))
    assert visible(folder) == [f"{LARGE}.part"]
    call = Call(hub, folder)
    call.fetch()
    assert call.right()
    assert fetched(hub, LARGE) == 1


def test_bytes_that_a_power_cut_may_have_eaten_are_fetched_again(hub: Hub, folder: Path) -> None:
    hub.pace = 1_000_000
    paused = Call(hub, folder)
    stop_at(paused, 150_000)
    with pytest.raises(Cancelled):
        paused.fetch()
    with (folder / f"{LARGE}.part").open("ab") as part:
        part.write(bytes(50_000))  # the length arrived on the disk, the bytes did not
    hub.pace = 0
    call = Call(hub, folder)
    call.fetch()
    assert call.right() and visible(folder) == [SMALL, LARGE]


@pytest.mark.parametrize("left", [b"", None])
def test_killed_before_the_first_byte(hub: Hub, folder: Path, left: bytes | None) -> None:
    """An empty part, or a record of a part that is not there."""
    if left is None:
        hub.play("reset", times=1)
        call = Call(hub, folder, replace(QUICK, first_tries=1, worth=10**9))
        with pytest.raises(Fixable):
            call.fetch()
        (folder / f"{LARGE}.part").unlink()
    else:
        folder.mkdir(parents=True)
        (folder / f"{LARGE}.part").write_bytes(left)
    call = Call(hub, folder)
    call.fetch()
    assert call.right() and visible(folder) == [SMALL, LARGE]


def test_a_part_of_unknown_origin_is_kept_aside(hub: Hub, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / f"{LARGE}.part").write_bytes(b"of something else")
    call = Call(hub, folder)
    call.fetch()
    assert call.right() and (folder / f"{LARGE}.bad").read_bytes() == b"of something else"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_is_not_written_through(hub: Hub, folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True)
    (tmp_path / "mine").write_bytes(b"precious")
    (folder / f"{LARGE}.part").symlink_to(tmp_path / "mine")
    (folder / SMALL).symlink_to(tmp_path / "mine")
    call = Call(hub, folder)
    call.fetch()
    assert call.right() and (tmp_path / "mine").read_bytes() == b"precious"


def test_a_touched_file_is_hashed_and_believed(hub: Hub, folder: Path) -> None:
    Call(hub, folder).fetch()
    os.utime(folder / LARGE, (1_000_000_000, 1_000_000_000))
    call = Call(hub, folder)
    call.fetch()
    assert call.right() and fetched(hub, LARGE) == 1 and visible(folder) == [SMALL, LARGE]


@pytest.mark.parametrize("sha256", [True, False])
def test_a_file_that_the_user_put_there_is_used_if_it_is_right(hub: Hub, folder: Path, sha256: bool) -> None:
    folder.mkdir(parents=True)
    blobs = hub.repositories[REPOSITORY]
    (folder / LARGE).write_bytes(blobs[LARGE].data)
    (folder / SMALL).write_bytes(b'{"model_type": "llama"}\n')
    call = Call(hub, folder)
    call.fetch(promised(hub, sha256=sha256))
    assert call.right()
    assert fetched(hub, LARGE) == 0
    assert (folder / f"{SMALL}.bad").read_bytes() == b'{"model_type": "llama"}\n', "the user's file is still there"


def test_what_is_kept_aside_is_never_overwritten(hub: Hub, folder: Path) -> None:
    folder.mkdir(parents=True)
    for text in (b"one", b"two", b"three"):
        (folder / SMALL).write_bytes(text)
        Call(hub, folder).fetch()
    kept = [(folder / f"{SMALL}.bad{number}").read_bytes() for number in ("", "2", "3")]
    assert kept == [b"one", b"two", b"three"]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"files": 3, "parts": {}}', b"\xff\xfe"])
def test_a_damaged_record_costs_a_look_not_a_download(hub: Hub, folder: Path, damage: bytes) -> None:
    Call(hub, folder).fetch()
    (folder / RECORD).write_bytes(damage)
    call = Call(hub, folder)
    call.fetch()
    assert call.right() and fetched(hub, LARGE) == 1
    assert (folder / f"{RECORD}.bad").read_bytes() == damage


def test_rows_of_wrong_types_are_forgotten(hub: Hub, folder: Path) -> None:
    Call(hub, folder).fetch()
    record = json.loads((folder / RECORD).read_text("utf-8"))
    record["files"][LARGE]["size"] = "many"
    record["files"][SMALL] = None
    (folder / RECORD).write_text(json.dumps(record), "utf-8")
    call = Call(hub, folder)
    call.fetch()
    assert call.right() and fetched(hub, LARGE) == 1
