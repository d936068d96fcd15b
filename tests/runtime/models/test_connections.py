"""The record of every connection, and the switch that forbids them."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from app.errors import Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models.connections import Connections, Line, Purpose
from tests.runtime.models.download_kit import LARGE, REPOSITORY, Call, files
from tests.runtime.models.hub import Hub


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "数据" / "connections.jsonl"


def totals(connections: Connections) -> dict[tuple[str, str], tuple[int, int, int]]:
    return {(one.host, one.purpose): (one.requests, one.received, one.refused) for one in connections.summary()}


def test_nothing_is_recorded_where_nothing_is_asked(path: Path) -> None:
    assert Connections(path).summary() == () and not path.exists()


def test_a_download_is_recorded_by_host_purpose_and_bytes(tmp_path: Path) -> None:
    with Hub() as hub:
        hub.add(REPOSITORY, files(), lfs=(LARGE,))
        call = Call(hub, tmp_path / "model")
        wanted = call.downloader.list_files(REPOSITORY, "main", hub.source)
        call.fetch(wanted)
        found = totals(call.connections)
        place, storage = (url.removeprefix("http://") for url in (hub.endpoint, hub.storage))
    assert found[storage, "download"] == (1, 400_000, 0)
    assert found[place, "download"][:2] == (2, 24)
    assert found[place, "list"][0] == 1 and found[place, "list"][1] > 100


def test_the_record_outlives_the_process(path: Path) -> None:
    connection = Connections(path).open("a.org", Purpose.ASK)
    connection.received(5)
    connection.close()
    connection.close()
    Connections(path).open("a.org", Purpose.ASK).close()
    assert totals(Connections(path)) == {("a.org", "ask"): (2, 5, 0)}


def test_a_request_is_on_record_before_it_is_made(path: Path) -> None:
    Connections(path).open("a.org", Purpose.DOWNLOAD)  # and then the process is killed
    assert totals(Connections(path)) == {("a.org", "download"): (1, 0, 0)}


def test_the_switch_refuses_and_says_so(path: Path) -> None:
    connections = Connections(path, forbidden=True)
    with pytest.raises(Fixable) as told:
        connections.open("a.org", Purpose.LIST)
    assert (told.value.code, told.value.params["host"]) == ("network-forbidden", "a.org")
    assert totals(connections) == {("a.org", "list"): (0, 0, 1)}
    connections.forbidden = False
    running = connections.open("a.org", Purpose.LIST)
    connections.forbidden = True
    with pytest.raises(Fixable):
        running.received(1)


def test_what_cannot_be_recorded_is_not_done(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Fixable) as told:
        Connections(tmp_path / "file" / "c.jsonl").open("a.org", Purpose.LIST)
    assert told.value.code == "out-unwritable"


def test_the_record_stays_small_and_keeps_its_sums(path: Path) -> None:
    connections = Connections(path, limit=20_000)
    for number in range(1000):
        one = connections.open(f"host{number % 7}.org", Purpose.DOWNLOAD)
        one.received(10)
        one.close()
    assert path.stat().st_size < 30_000
    found = totals(connections)
    assert len(found) == 7
    assert sum(requests for requests, _, _ in found.values()) == 1000
    assert sum(received for _, received, _ in found.values()) == 10_000


def test_many_hosts_do_not_make_it_grow(path: Path) -> None:
    connections = Connections(path, limit=50_000)
    for number in range(3000):
        connections.open(f"{number}.example.org", Purpose.DOWNLOAD).close()
    assert path.stat().st_size < 60_000
    assert sum(line.requests for line in connections.summary()) == 3000


@pytest.mark.parametrize("rest", [b"", b'{"since": 1, "until": 1, "host": "b.org"', b"\xff\xfe\n", b"[]\n", b"{}\n"])
def test_lines_that_were_cut_short(path: Path, rest: bytes) -> None:
    path.parent.mkdir()
    good = {"since": 1.0, "until": 2.0, "host": "a.org", "purpose": "list", "requests": 1}
    path.write_bytes(json.dumps(good).encode() + b"\n" + rest)
    connections = Connections(path)
    connections.open("c.org", Purpose.LIST)
    assert totals(connections) == {("a.org", "list"): (1, 0, 0), ("c.org", "list"): (1, 0, 0)}
    assert connections.summary()[-1] == Line("a.org", "list", 1, 0, 0, 1.0, 2.0)


def test_several_threads(path: Path) -> None:
    connections = Connections(path, limit=3000)

    def work() -> None:
        for _ in range(50):
            one = connections.open("a.org", Purpose.DOWNLOAD)
            one.received(1)
            one.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert totals(connections) == {("a.org", "download"): (200, 200, 0)}


def test_all_requests_of_a_forbidden_app_are_refused(tmp_path: Path) -> None:
    with Hub() as hub:
        hub.add(REPOSITORY, files(), lfs=(LARGE,))
        call = Call(hub, tmp_path / "model", cancel=CancelToken())
        call.connections.forbidden = True
        with pytest.raises(Fixable) as told:
            call.fetch()
        assert told.value.code == "network-forbidden" and not hub.seen
        assert sum(line.refused for line in call.connections.summary()) == 1
