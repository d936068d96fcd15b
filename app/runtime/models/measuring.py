"""Which source is the fastest from here: the beginning of a real file from each of them, all at the same time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from app.errors import AppError, Fixable, as_app_error
from app.runtime.jobs import CancelToken
from app.runtime.models.background import Background
from app.runtime.models.connections import Connections, Purpose
from app.runtime.models.faults import connection_fault, is_loopback, shown_host, web_page_fault
from app.runtime.models.sources import SYSTEM, Source, check_proxy

SECONDS = 4.0  # that bytes are counted for
PATIENCE = 8.0  # for all of it
SIZE = 8 * 1024 * 1024
TICK = 0.1


@dataclass(frozen=True)
class Sample:
    """A large file that each source should have."""

    repository: str
    file: str
    revision: str = "main"


@dataclass(frozen=True)
class Measured:
    """`first_byte` in seconds and `rate` in bytes a second, both 0 if `problem` says why there is none."""

    source: Source
    first_byte: float = 0.0
    rate: float = 0.0
    problem: AppError | None = None


def measure_sources(
    sources: Sequence[Source],
    sample: Sample,
    connections: Connections,
    cancel: CancelToken,
    *,
    proxy: str = SYSTEM,
    found: Callable[[Measured], None] = lambda _one: None,
    seconds: float = SECONDS,
    patience: float = PATIENCE,
) -> tuple[Measured, ...]:
    """One result for each source, in their order, within `patience` seconds; `found` is called on this thread as each
    is known. No token is sent. Raises `Cancelled`; `proxy-address`."""
    tasks = [_Task(source, sample, connections, check_proxy(proxy), seconds, patience) for source in sources]
    results: dict[int, Measured] = {}
    end = time.monotonic() + patience
    try:
        while len(results) < len(tasks):
            late = time.monotonic() >= end
            for number, task in enumerate(tasks):
                cancel.check()
                if number not in results and (task.look(TICK / len(tasks)) or late):
                    results[number] = task.result
                    found(task.result)
    finally:
        for task in tasks:
            task.stop()
    return tuple(results[number] for number in range(len(tasks)))


def fastest(results: Sequence[Measured]) -> Source | None:
    """The source to suggest, None if none can be used."""
    usable = [one for one in results if one.problem is None]
    return max(usable, key=lambda one: (one.rate, -one.first_byte)).source if usable else None


@dataclass(frozen=True)
class _Seen:
    """Of one answer: when the first piece came and how large it was, and all bytes until `at`."""

    began: float
    first: float
    first_size: int
    count: int
    at: float

    def measured(self, source: Source) -> Measured:
        """The wait for the first byte does not count: it says little about a file of gigabytes."""
        rest = self.count - self.first_size
        rate = rest / max(self.at - self.first, 0.001) if rest else self.count / max(self.at - self.began, 0.001)
        return Measured(source, self.first - self.began, rate)


class _Task:
    """The test of one source, on a thread of its own."""

    def __init__(
        self,
        source: Source,
        sample: Sample,
        connections: Connections,
        proxy: str,
        seconds: float,
        patience: float,
    ) -> None:
        from app.runtime.models.door import Door, Line, Waits, through

        waits = Waits(patience, patience + 1.0)  # silence is told by whoever waits for all of them
        door = Door(connections, proxy=proxy, plain=is_loopback(source.endpoint), waits=waits)
        line = Line(door, Purpose.MEASURE)
        self._source = source
        self._problem: AppError = Fixable("download-stalled", host=shown_host(source.endpoint))
        self._seen: _Seen | None = None
        self._over = False
        self._door = door

        def work() -> Iterator[_Seen]:
            with through(line):
                yield from _measure(source, sample, seconds)

        self._task = Background(work, line.cut)

    def look(self, timeout: float) -> bool:
        """True once the result is final."""
        try:
            while seen := self._task.take(timeout):
                self._seen, timeout = seen, 0.0
        except StopIteration:
            self._over = True
        except Exception as error:
            self._seen, self._problem, self._over = None, as_app_error(error), True
        return self._over

    @property
    def result(self) -> Measured:
        """As far as it is known; a source that went silent loses for every second of it."""
        if self._seen is None:
            return Measured(self._source, problem=self._problem)
        seen = self._seen if self._over else replace(self._seen, at=time.monotonic())
        return seen.measured(self._source)

    def stop(self) -> None:
        self._task.stop(wait=0.0)
        self._door.close()


def _measure(source: Source, sample: Sample, seconds: float) -> Iterator[_Seen]:
    """What came so far, now and then, until the time or the range is over."""
    import httpx2

    from app.runtime.models.door import Client

    url = f"{source.endpoint}/{sample.repository}/resolve/{quote(sample.revision, safe='')}/{quote(sample.file)}"
    headers = {"Accept-Encoding": "identity", "Range": f"bytes=0-{SIZE - 1}"}
    began, told_at = time.monotonic(), 0.0
    seen: _Seen | None = None
    try:
        with Client() as client, client.stream("GET", url, headers=headers) as response:
            for data in response.iter_bytes():
                now = time.monotonic()
                if seen is None:
                    if page := web_page_fault(
                        response.headers.get("Content-Type", ""), data, sample.file, shown_host(url)
                    ):
                        raise page
                    seen = _Seen(began, now, len(data), 0, now)
                seen = replace(seen, count=seen.count + len(data), at=now)
                if now - seen.first >= seconds or seen.count >= SIZE:
                    break
                if now - told_at >= TICK:
                    told_at = now
                    yield seen
        if seen is None:
            raise Fixable("download-cut", host=shown_host(url), detail="")
        yield seen
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
        raise connection_fault(error, url) from error
