"""Waiting, counting and naming: the parts of a download that need no server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from app.errors import Cancelled, Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models.attempts import Attempts, Patience
from app.runtime.models.background import Background
from app.runtime.models.faults import answer_fault, is_loopback, shown_host
from app.runtime.models.meter import Meter
from app.runtime.models.names import is_safe
from app.runtime.models.records import DownloadProgress, Transfer

FILE = "https://h.co/a/b/resolve/main/x"
CUT = Fixable("download-cut", host="h")
PATIENCE = Patience(again=0, first_wait=0.001, longest_wait=0.004, tries=5, first_tries=3, worth=100, tick=0.01)


class Failing:
    """Fails as often as there are gains: each failure brought so many bytes."""

    def __init__(self, *gains: int, fault: Fixable = CUT) -> None:
        self.gains = list(gains)
        self.bytes = 0
        self.calls = 0
        self.fault = fault

    def __call__(self) -> str:
        self.calls += 1
        if not self.gains:
            return "done"
        self.bytes += self.gains.pop(0)
        raise self.fault

    def run(self, patience: Patience = PATIENCE) -> str:
        return Attempts(patience, CancelToken(), lambda _why: None).run(self, lambda: self.bytes)


def test_goes_on_as_long_as_something_comes() -> None:
    assert Failing(*[100] * 500).run() == "done"


def test_gives_up_soon_where_nothing_ever_came() -> None:
    work = Failing(*[0] * 99)
    with pytest.raises(Fixable):
        work.run()
    assert work.calls == PATIENCE.first_tries


def test_is_more_patient_once_something_came() -> None:
    work = Failing(100, *[1] * 99)
    with pytest.raises(Fixable):
        work.run()
    assert work.calls == 1 + PATIENCE.tries
    assert Failing(100, 0, 0, 0, 0, 100, 0, 0, 0, 0).run() == "done"


def test_what_stays_so_is_not_tried_again() -> None:
    work = Failing(0, 0, fault=Fixable("download-gated", host="h"))
    with pytest.raises(Fixable):
        work.run()
    assert work.calls == 1


def test_a_wait_that_is_too_long_is_told_instead() -> None:
    work = Failing(0, fault=Fixable("download-too-many", host="h", seconds=601))
    with pytest.raises(Fixable):
        work.run()
    assert work.calls == 1


def test_the_wait_grows_and_can_be_cancelled() -> None:
    cancel = CancelToken()
    threading.Timer(0.1, cancel.cancel).start()
    reasons: list[Fixable] = []
    began = time.monotonic()
    with pytest.raises(Cancelled):
        Attempts(Patience(first_wait=30), cancel, reasons.append).run(Failing(0))
    assert time.monotonic() - began < 1 and reasons[0] is CUT


def test_a_background_thread_that_hangs_holds_nobody_up() -> None:
    hang = threading.Event()

    def work() -> Iterator[int]:
        yield 1
        hang.wait(20)
        yield 2

    task = Background(work)
    assert task.take(5) == 1
    began = time.monotonic()
    assert task.take(0.05) is None
    task.stop(wait=0.05)
    assert time.monotonic() - began < 1
    hang.set()


def test_a_background_thread_hands_over_results_errors_and_its_end() -> None:
    task = Background(lambda: iter([1, 2]))
    assert [task.take(5), task.take(5)] == [1, 2]
    with pytest.raises(StopIteration):
        task.take(5)

    def fail() -> Iterator[int]:
        yield 1
        raise CUT

    task = Background(fail)
    assert task.take(5) == 1
    with pytest.raises(Fixable):
        task.take(5)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_rate_and_time_left() -> None:
    clock, told = Clock(), list[DownloadProgress]()
    meter = Meter(told.append, clock)
    meter.total = 10_000
    meter.next_file("a", 1000)
    meter.moved(500)  # from an earlier day: no part of the rate
    for _ in range(20):
        clock.now += 0.5
        meter.moved(meter._here + 50)
        meter.report(Transfer.RUNNING)
    last = told[-1]
    assert (last.done, last.total) == (1000 + 500 + 1000, 10_000)
    assert last.rate == pytest.approx(100) and last.left == pytest.approx(75)
    clock.now += 60
    assert meter.rate() < 20, "silence lowers the rate"


def test_reports_are_few_but_changes_are_told_at_once() -> None:
    clock, told = Clock(), list[DownloadProgress]()
    meter = Meter(told.append, clock)
    for _ in range(100):
        clock.now += 0.01
        meter.report(Transfer.RUNNING)
    assert len(told) < 8
    meter.report(Transfer.STALLED, CUT)
    assert told[-1].reason is CUT


@pytest.mark.parametrize(
    ("status", "headers", "url", "code", "facts"),
    [
        (403, {"X-Error-Code": "GatedRepo"}, FILE, "download-gated", {"repository": "a/b"}),
        (403, {"X-Error-Message": "Not in your Country"}, FILE, "download-region", {}),
        (403, {}, "https://cdn.co/x?Expires=1&Signature=abc", "download-link-expired", {"host": "cdn.co"}),
        (401, {"X-Error-Code": "RepoNotFound"}, "https://h.co/api/models/a/b/tree/main", "download-no-repository",
         {"repository": "a/b"}),
        (401, {}, FILE, "download-forbidden", {"status": 401}),
        (404, {"X-Error-Code": "EntryNotFound"}, "https://h.co/a/b/resolve/main/d/%E6%A8%A1.bin", "download-not-found",
         {"file": "模.bin"}),
        (429, {"Retry-After": "7"}, "https://h.co/", "download-too-many", {"seconds": 7}),
        (429, {"RateLimit": '"api";r=0;t=55'}, "https://h.co/", "download-too-many", {"seconds": 55}),
        (429, {"Retry-After": "soon"}, "https://h.co/", "download-too-many", {"seconds": 0}),
        (429, {"Retry-After": "9" * 40}, "https://h.co/", "download-too-many", {"seconds": 10**6}),
        (500, {}, "https://h.co:8443/", "download-server", {"host": "h.co:8443", "status": 500}),
        (410, {}, "https://h.co/x", "download-not-found", {}),
        (400, {}, "https://h.co/x", "download-refused", {"status": 400}),
    ],
)  # fmt: skip
def test_what_a_status_means(
    status: int, headers: dict[str, str], url: str, code: str, facts: dict[str, object]
) -> None:
    fault = answer_fault(status, headers, b"", url)
    assert fault.code == code and facts.items() <= dict(fault.params).items()


def test_a_date_to_come_back_at() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 85 <= int(answer_fault(503, {"Retry-After": later}, b"", "https://h.co").params["seconds"]) <= 91


@pytest.mark.parametrize(
    ("url", "yes"),
    [
        ("http://127.0.0.1:80/x", True),
        ("http://127.1.2.3", True),
        ("http://localhost", True),
        ("http://[::1]:8", True),
        ("http://127.0.0.1.evil.org", False),
        ("http://localhost.evil.org", False),
        ("http://evil.org/127.0.0.1", False),
        ("http://127.0.0.1@evil.org", False),
        ("http://10.0.0.1", False),
    ],
)
def test_what_is_this_computer(url: str, yes: bool) -> None:
    assert is_loopback(url) is yes


def test_hosts_as_they_are_shown() -> None:
    assert shown_host("https://user:secret@h.co:443/x") == "h.co"
    assert shown_host("https://h.co:99999999/x") == "h.co"


@pytest.mark.parametrize(
    "name", ["config.json", "a/b/模型-00001-of-00002.gguf", ".gitattributes", "x.partial", "bad.txt"]
)
def test_names_that_are_fine(name: str) -> None:
    assert is_safe(name)
