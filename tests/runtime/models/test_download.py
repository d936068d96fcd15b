"""Downloads with the real hub client against the hub of `hub.py`: what is fetched, what is not fetched twice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import Cancelled, Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models.attempts import Patience
from app.runtime.models.connections import Connections
from app.runtime.models.download import Downloader
from app.runtime.models.download_folder import alone
from app.runtime.models.records import RemoteFile, Transfer
from tests.runtime.models.download_kit import (
    LARGE,
    QUICK,
    REPOSITORY,
    SMALL,
    Call,
    fetched,
    files,
    noise,
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


def test_fetches_all_files_and_verifies_them(hub: Hub, folder: Path) -> None:
    call = Call(hub, folder)
    got = call.fetch()
    assert call.right()
    assert [(one.name, one.path, one.known) for one in got] == [
        (LARGE, folder / LARGE, True),
        (SMALL, folder / SMALL, True),
    ]
    assert [one.sha256 for one in got] == [blob.sha256 for blob in hub.repositories[REPOSITORY].values()]
    assert visible(folder) == [SMALL, LARGE]


def test_a_finished_file_is_never_fetched_twice(hub: Hub, folder: Path) -> None:
    first = Call(hub, folder).fetch()
    asked = len(hub.seen)
    again = Call(hub, folder)
    assert again.fetch() == first
    assert len(hub.seen) == asked, "nothing at all was asked"
    assert again.told[-1].done == again.told[-1].total == 400_000 + 24


def test_without_promises_the_hub_s_own_names_prove_the_files(hub: Hub, folder: Path) -> None:
    got = Call(hub, folder).fetch(promised(hub, sha256=False))
    assert [one.known for one in got] == [True, True]  # by SHA-256 and by git's name


def test_unknown_hashes_are_recorded_and_checked_from_then_on(hub: Hub, folder: Path) -> None:
    hub.etags = False
    wanted = promised(hub, sha256=False)
    got = Call(hub, folder).fetch(wanted)
    assert [one.known for one in got] == [False, False]
    (folder / LARGE).write_bytes(noise(400_000, seed=9))  # it rots on the disk
    again = Call(hub, folder)
    assert again.fetch(wanted)[0].sha256 == got[0].sha256
    assert again.right()
    assert visible(folder) == [SMALL, LARGE, f"{LARGE}.bad"]
    assert fetched(hub, SMALL) == 1


def test_a_pause_keeps_what_came_and_goes_on_there(hub: Hub, folder: Path) -> None:
    hub.pace = 1_000_000
    paused = Call(hub, folder)
    stop_at(paused, 150_000)
    with pytest.raises(Cancelled):
        paused.fetch()
    assert visible(folder) == [f"{LARGE}.part"]
    kept = (folder / f"{LARGE}.part").stat().st_size
    assert kept >= 150_000
    hub.pace = 0
    call = Call(hub, folder)
    call.fetch()
    assert call.right()
    assert hub.downloads()[-2].range == f"bytes={kept}-"
    assert call.told[0].transfer is Transfer.CHECKING
    assert min(one.done for one in call.told if one.transfer is Transfer.RUNNING and one.file == LARGE) >= kept


def test_a_pause_does_not_wait_for_a_silent_server(hub: Hub, folder: Path) -> None:
    hub.play("stall")
    call = Call(hub, folder, patience=Patience())  # half a minute until it gives up
    stop_at(call, 80_000)
    began = time.monotonic()
    with pytest.raises(Cancelled):
        call.fetch()
    assert time.monotonic() - began < 3


def test_goes_on_at_another_source(hub: Hub, folder: Path) -> None:
    hub.play("reset")
    hub.fault_size = 30_000
    with Hub() as other:
        other.add(REPOSITORY, files(), lfs=(LARGE,))
        first = Call(hub, folder)
        stop_at(first, 100_000)
        with pytest.raises(Cancelled):
            first.fetch()
        second = Call(other, folder)
        second.fetch()
        assert second.right()
        assert other.downloads()[0].range, "it did not begin anew"


def test_empty_files_and_files_in_folders(hub: Hub, folder: Path) -> None:
    hub.add(REPOSITORY, {"空.txt": b"", "Q4_0/模型-00001-of-00002.gguf": noise(5000)})
    call = Call(hub, folder)
    call.fetch(promised(hub, sha256=False))
    assert call.right()


def test_progress_is_one_number_for_all_files(hub: Hub, folder: Path) -> None:
    hub.pace = 600_000
    call = Call(hub, folder)
    call.fetch()
    total = 400_000 + 24
    running = [one for one in call.told if one.transfer is Transfer.RUNNING]
    assert {one.total for one in running} == {total}
    done = [one.done for one in call.told if one.transfer is not Transfer.CHECKING]
    assert done == sorted(done) and call.told[-1].done == total
    rated = [one for one in running if one.rate]
    assert rated and all(200_000 < one.rate < 1_500_000 for one in rated[1:])
    assert all(one.left is not None and 0 <= one.left < 2 for one in rated[1:])


def test_sizes_nobody_promised_are_asked_for_first(hub: Hub, folder: Path) -> None:
    call = Call(hub, folder)
    call.fetch(promised(hub, sha256=False))
    assert {one.total for one in call.told if one.transfer is Transfer.RUNNING} == {400_000 + 24}


def test_room_on_the_disk_is_looked_at_first(
    hub: Hub, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(Fixable) as told:
        Call(hub, folder).fetch(extra=[(tmp_path / "out" / "model.gguf", 700_000)])
    assert told.value.code == "out-space" and not hub.downloads()
    Call(hub, folder).fetch(extra=[(tmp_path / "out" / "model.gguf", 500_000)])


def test_two_downloads_into_one_folder(hub: Hub, folder: Path) -> None:
    with alone(folder), pytest.raises(Fixable) as told:
        Call(hub, folder).fetch()
    assert told.value.code == "out-busy"
    Call(hub, folder).fetch()


def test_two_downloads_at_the_same_time(hub: Hub, tmp_path: Path) -> None:
    hub.pace = 1_000_000
    calls = [Call(hub, tmp_path / name / "model") for name in ("a", "b")]
    threads = [threading.Thread(target=call.fetch) for call in calls]
    for thread in threads:
        thread.start()
    calls[0].downloader.list_files(REPOSITORY, "main", hub.source)  # meanwhile the user looks into a repository
    for thread in threads:
        thread.join(20)
    assert all(call.right() for call in calls)


@pytest.mark.parametrize(
    "name",
    ["../up", "a/../../b", "/etc/x", "C:\\x", "a\\b", "", "a//b", "NUL", "con.json", "x.part", "x.bad2", ".chatbelle-x",
     "a:b", "end.", "end ", "tab\tx", "x\0y", "\ud800", "n" * 300, "a/b/c/d/e/f/g/h/i"],
)  # fmt: skip
def test_names_that_lead_elsewhere(hub: Hub, folder: Path, name: str) -> None:
    with pytest.raises(Fixable) as told:
        Call(hub, folder).fetch([RemoteFile(name)])
    assert told.value.code == "download-bad-name" and not hub.seen and not folder.exists()


def test_names_that_some_disks_take_for_one(hub: Hub, folder: Path) -> None:
    with pytest.raises(Fixable) as told:
        Call(hub, folder).fetch([RemoteFile("Config.json"), RemoteFile("config.JSON")])
    assert told.value.code == "download-bad-name"


def test_a_listing_has_sizes_and_hashes_and_no_dangerous_names(hub: Hub, folder: Path) -> None:
    hub.add(REPOSITORY, {"../evil": b"x", "ok/a.gguf": b"12345"}, lfs=("ok/a.gguf",))
    listed = Call(hub, folder).downloader.list_files(REPOSITORY, "main", hub.source)
    blobs = hub.repositories[REPOSITORY]
    assert listed == (
        RemoteFile(SMALL, 24),
        RemoteFile("ok/a.gguf", 5, blobs["ok/a.gguf"].sha256),
        RemoteFile(LARGE, 400_000, blobs[LARGE].sha256),
    )


@pytest.mark.parametrize(
    ("listing", "code"),
    [
        (b"<!DOCTYPE html><html></html>", "download-web-page"),
        ({"error": "x"}, "download-bad-answer"),
        ([{"type": "file"}], "download-bad-answer"),
        ([{"type": "file", "path": 3, "size": 1, "oid": "x"}], "download-bad-answer"),
    ],
)
def test_a_listing_that_is_none(hub: Hub, folder: Path, listing: object, code: str) -> None:
    hub.listing = listing
    with pytest.raises(Fixable) as told:
        Call(hub, folder).downloader.list_files(REPOSITORY, "main", hub.source)
    assert told.value.code == code


def test_a_repository_that_does_not_exist(hub: Hub, folder: Path) -> None:
    with pytest.raises(Fixable) as told:
        Call(hub, folder).downloader.list_files("nobody/nothing", "main", hub.source)
    assert (told.value.code, told.value.params["repository"]) == ("download-no-repository", "nobody/nothing")


def test_a_file_of_another_version_is_not_even_begun(hub: Hub, folder: Path) -> None:
    hub.pace = 1_000_000
    wanted = [RemoteFile(LARGE, 400_000, "0" * 64)]
    with pytest.raises(Fixable) as told:
        Call(hub, folder).fetch(wanted)
    assert told.value.code == "download-other-version" and visible(folder) == []


def test_a_folder_that_cannot_be_written(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Fixable) as told:
        Call(hub, tmp_path / "file" / "model").fetch()
    assert told.value.code == "out-unwritable"


def test_importing_it_is_cheap_and_connects_to_nothing() -> None:
    code = (
        "import sys, app.runtime.models.download, app.runtime.models.connections, app.runtime.models.measuring\n"
        "print([name for name in ('huggingface_hub', 'httpx2', 'numpy', 'hf_xet') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_hub_s_client_keeps_nothing_of_its_own(hub: Hub, folder: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tests.runtime.models.download_kit import *\n"
        "from app.runtime.models.sources import Source\n"
        "d = Downloader(Connections(Path(sys.argv[2]).parent / 'c.jsonl'), patience=QUICK)\n"
        "s, f = Source('', sys.argv[1]), [RemoteFile(LARGE)]\n"
        "d.fetch(REPOSITORY, 'main', f, Path(sys.argv[2]), s, print, CancelToken())\n"
        "import huggingface_hub.constants as c\n"
        "assert c.HF_HUB_DISABLE_XET and c.HF_HUB_DISABLE_TELEMETRY and c.HF_HUB_DISABLE_IMPLICIT_TOKEN\n"
        "assert 'hf_xet' not in sys.modules\n"
    )  # fmt: skip
    home = tmp_path / "hf home"
    home.mkdir()
    (home / "token").write_text("hf_secret")
    environment = {**os.environ, "HF_HOME": str(home), "HF_TOKEN": "hf_secret"}
    environment.pop("HF_ENDPOINT", None)
    subprocess.run([sys.executable, "-c", code, hub.endpoint, str(folder)], env=environment, check=True, timeout=60,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    assert [path.name for path in home.iterdir()] == ["token"]
    assert not any("Authorization" in one.headers for one in hub.seen)
    assert {one.headers["User-Agent"].partition("/")[0] for one in hub.seen} == {"ChatBELLE"}


def test_an_unsafe_address_is_not_a_repository(hub: Hub, folder: Path) -> None:
    downloader = Downloader(Connections(folder.parent / "c.jsonl"), patience=QUICK)
    with pytest.raises(Fixable) as told:
        downloader.fetch("../../etc", "main", [], folder, hub.source, print, CancelToken())
    assert told.value.code == "download-bad-repository"
