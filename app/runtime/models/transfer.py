"""One file from a server to the disk: goes on where it was, checks every answer before a byte of it is kept, and hands
over the file only when its hash is right."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from app.errors import Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models.attempts import Attempts, Patience
from app.runtime.models.disk import told
from app.runtime.models.download_folder import SHA256, Begun, Done, DownloadFolder
from app.runtime.models.faults import web_page_fault
from app.runtime.models.meter import Meter
from app.runtime.models.partial import PartFile, is_git_name
from app.runtime.models.records import DownloadedFile, RemoteFile, Transfer
from app.runtime.models.volumes import check_space

HEAD = 512  # bytes in which a web page shows itself
GIT_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What a server says before the bytes. `start`: the place in the file where they begin, None if it is not said.
    `size`: of the whole file, None if unknown; `named_size`: the same as the hub says it. `etag`: "" if there is none;
    `git`: it is a hub's name for a small file. `packed`: the bytes are compressed on the way. `bounded`: it can be told
    whether the end is missing."""

    status: int
    start: int | None
    size: int | None
    named_size: int | None
    etag: str
    git: bool
    content_type: str
    packed: bool
    bounded: bool


class Stream(Protocol):
    """A request on another thread; gives the `Answer` first, then bytes."""

    def take(self, timeout: float) -> Answer | bytes | None: ...
    def stop(self) -> None: ...


class Hub(Protocol):
    """A revision of a repository at a source; `host` is shown in messages."""

    host: str

    def check(self) -> None:
        """Raise `Cancelled`, or `Fixable("network-forbidden")`, as soon as either is so."""

    def ask(self, name: str) -> Begun:
        """What the server says of a file without sending it. Raises `Fixable`, `Cancelled`."""

    def open(self, name: str, start: int) -> Stream:
        """Ask for the bytes from `start` on, without a range if that is 0."""


class FileTransfer:
    """Fetches `file`, whose name `folder` does not have yet. `expected`: its size as far as is known before."""

    def __init__(
        self,
        file: RemoteFile,
        folder: DownloadFolder,
        hub: Hub,
        meter: Meter,
        patience: Patience,
        cancel: CancelToken,
        expected: int | None,
    ) -> None:
        self._file = file
        self._name = file.name
        self._folder = folder
        self._hub = hub
        self._host = hub.host
        self._meter = meter
        self._patience = patience
        self._cancel = cancel
        self._begun = folder.begun.get(file.name)
        self._size = expected
        self._restarted = False
        self._whole = False  # ask without a range
        self._why: Fixable | None = None  # it is fetched anew
        self._part: PartFile

    def fetch(self) -> DownloadedFile:
        """Raises `Cancelled`, or a `Fixable` that says why it cannot be had; what came so far is kept."""
        self._part = self._open_part()
        try:
            return self._fetch()
        finally:
            self._part.close()
            self._drop_if_empty()

    def _fetch(self) -> DownloadedFile:
        attempts = Attempts(self._patience, self._cancel, lambda why: self._meter.report(Transfer.WAITING, why))
        bad: dict[str, str] = {}  # where the wrong contents are kept
        while True:
            attempts.run(self._attempt, lambda: self._part.position)
            sha256, good, known = self._verify()
            if good:
                return self._finish(sha256, known)
            again = not bad
            self._put_aside(sha256, bad)
            if not again:
                raise Fixable("download-wrong-hash", file=self._name, host=self._host, kept=bad[sha256])
            check_space(self._folder.folder, self._size or 0)
            self._restarted = False
            self._why = Fixable("download-hash-again", file=self._name, host=self._host, kept=bad[sha256])
            self._part = self._open_part()

    def _open_part(self) -> PartFile:
        """What a former run left, as far as it is surely on the disk; what is not on record is kept aside."""
        path = self._folder.part(self._name)
        with told(path):
            foreign = self._begun is None and os.path.lexists(path) and path.lstat().st_size > 0
        if foreign:
            self._folder.keep_aside(self._name, part=True)
        part = PartFile(path, self._folder.part_size(self._name))
        self._meter.moved(part.position)
        return part

    def _drop_if_empty(self) -> None:
        part = self._folder.part(self._name)
        with suppress(OSError):
            if part.stat().st_size == 0:
                part.unlink()
                self._folder.note(self._name, None)

    # --- one attempt

    def _attempt(self) -> None:
        """Raises `Fixable` when it ends before the file does."""
        position = self._part.position
        if self._begun and self._begun.size == position == self._size:
            return  # ended after its last byte, before its hash was known
        self._meter.report(Transfer.CHECKING, self._why)
        asked, self._whole = 0 if self._whole else position, False
        stream = self._hub.open(self._name, asked)
        try:
            answer = self._first(stream)
            skip = self._accept(answer)
            self._receive(stream, answer, skip)
        except Fixable as fault:
            if fault.code == "download-range" and asked:
                self._whole = True  # the server cannot begin in the middle: let it begin at the beginning
            raise
        finally:
            stream.stop()
            self._save()

    def _first(self, stream: Stream) -> Answer:
        silent_since = time.monotonic()
        while True:
            answer = self._take(stream, silent_since)
            if isinstance(answer, Answer):
                return answer

    def _accept(self, answer: Answer) -> int:
        """How many bytes to skip. Raises `Fixable` if this is not the file, or not the one that was begun."""
        if page := web_page_fault(answer.content_type, b"", self._name, self._host):
            raise page
        if answer.status not in (200, 206):
            raise Fixable("download-refused", host=self._host, status=answer.status)
        self._check_size(answer)
        self._check_version(answer)
        position = self._part.position
        start = 0 if answer.status == 200 else answer.start
        if start is None or start > position or (answer.packed and answer.status == 206):
            self._whole = True
            raise Fixable("download-range", host=self._host)
        now = Begun(answer.etag, -1 if self._size is None else self._size, position, answer.git)
        self._begun = now
        self._folder.note(self._name, now)
        return position - start

    def _check_size(self, answer: Answer) -> None:
        if answer.size is None:
            return
        for expected in (self._file.size, answer.named_size):
            if expected is not None and answer.size != expected:
                facts = {"size": answer.size, "expected": expected}
                raise Fixable("download-wrong-size", file=self._name, host=self._host, **facts)
        if not self._part.position or not self._begun or self._begun.size < 0:
            self._take_size(answer.size)

    def _take_size(self, size: int) -> None:
        self._meter.total += size - (self._size or 0)
        self._size = size

    def _check_version(self, answer: Answer) -> None:
        """Raise `Fixable` if the server's file is another one than was promised or than was begun."""
        wanted, begun = self._file.sha256, self._begun
        if wanted and len(answer.etag) == SHA256 and answer.etag != wanted:
            raise Fixable("download-other-version", file=self._name, host=self._host)
        if not begun or not self._part.position:
            return
        sizes = answer.size is not None and begun.size >= 0 and answer.size != begun.size
        etags = bool(answer.etag and begun.etag) and answer.etag != begun.etag and answer.etag != wanted
        if not sizes and not etags:
            return
        if self._restarted and wanted and not sizes:
            return  # a server whose etags mean nothing; the hash will tell
        changed = Fixable("download-changed", file=self._name, host=self._host)
        if not self._restarted:
            self._restarted = True
            self._part.restart()
            self._begun = None
            self._why = changed
            self._folder.note(self._name, None)
            self._meter.moved(0)
            if answer.size is not None:
                self._take_size(answer.size)
        raise changed

    # --- its bytes

    def _receive(self, stream: Stream, answer: Answer, skip: int) -> None:
        pace = _Pace(self._patience, self._host)
        slow: Fixable | None = None
        synced = silent_since = time.monotonic()
        ignored = Fixable("download-range-ignored", host=self._host) if skip else None
        while self._size is None or self._part.position < self._size:
            try:
                data = self._take(stream, silent_since)
            except StopIteration:
                self._end(answer, skip)
                return
            now = time.monotonic()
            if isinstance(data, bytes):
                silent_since = now
                slow = pace.came(len(data), now)
                skip = self._keep(data, skip)
            if now - silent_since < self._patience.stall_shown:
                self._meter.report(Transfer.RUNNING, (ignored if skip else None) or slow or self._why)
            if now - synced >= self._patience.sync:
                self._save()
                synced = now

    def _take(self, stream: Stream, silent_since: float) -> Answer | bytes | None:
        """What comes next, None if nothing did for a moment. Raises `StopIteration` at the end."""
        self._hub.check()
        piece = stream.take(self._patience.tick)
        if piece is None:
            silent = time.monotonic() - silent_since
            stalled = Fixable("download-stalled", host=self._host)
            if silent >= self._patience.stall:
                raise stalled
            if silent >= self._patience.stall_shown:
                self._meter.report(Transfer.STALLED, stalled)
        return piece

    def _keep(self, data: bytes, skip: int) -> int:
        """Write what is new of `data`; how many bytes are still to skip."""
        dropped = min(skip, len(data))
        position = self._part.position
        room = len(data) if self._size is None else self._size - position
        new = data[dropped : dropped + room]
        if new:
            self._part.write(new)
            self._meter.moved(self._part.position)
            if position < HEAD:
                self._check_not_page()
        return skip - dropped

    def _check_not_page(self) -> None:
        if page := web_page_fault("", self._part.start(HEAD), self._name, self._host):
            self._part.restart()
            self._meter.moved(0)
            raise page

    def _end(self, answer: Answer, skip: int) -> None:
        """The server has no more. Raises `Fixable` unless that is the end of the file."""
        whole = self._size is None and not skip and (answer.bounded or self._file.sha256 is not None)
        if not whole:
            raise Fixable("download-cut", host=self._host, detail="")
        self._take_size(self._part.position)

    def _save(self) -> None:
        """Have on the disk what came, and note how far it is."""
        if self._begun:
            size = -1 if self._size is None else self._size
            self._begun = replace(self._begun, size=size, safe=self._part.sync())
            self._folder.note(self._name, self._begun)

    # --- the whole file

    def _verify(self) -> tuple[str, bool, bool]:
        """Hash, whether it is the right one, and whether it was promised."""
        self._meter.report(Transfer.VERIFYING)

        def tick() -> None:
            self._cancel.check()
            self._meter.report(Transfer.VERIFYING)

        sha256 = self._part.sha256(tick)
        begun = self._begun or Begun("", -1)
        before = self._folder.done.get(self._name)
        wanted = self._file.sha256 or (begun.etag if len(begun.etag) == SHA256 else "")
        if not wanted and before and before.etag and before.etag == begun.etag:
            wanted = before.sha256
        if wanted:
            return sha256, sha256 == wanted, True
        if begun.git and self._part.position <= GIT_LARGEST:
            with told(self._part.path):
                return sha256, is_git_name(self._part.path, begun.etag), True
        return sha256, True, False

    def _finish(self, sha256: str, known: bool) -> DownloadedFile:
        self._part.sync()
        self._part.close()
        with told(self._part.path):
            stat = self._part.path.stat()
        etag = self._begun.etag if self._begun else ""
        return self._folder.finish(self._name, Done(stat.st_size, sha256, stat.st_mtime_ns, known, etag))

    def _put_aside(self, sha256: str, bad: dict[str, str]) -> None:
        """Keep the part as `NAME.bad`, unless the same content is kept already."""
        self._part.close()
        if sha256 in bad:
            with told(self._part.path):
                self._part.path.unlink()
            self._folder.note(self._name, None)
        else:
            bad[sha256] = self._folder.keep_aside(self._name, part=True).name
        self._begun = None
        self._meter.moved(0)


class _Pace:
    """Looks now and then how fast bytes came."""

    def __init__(self, patience: Patience, host: str) -> None:
        self._patience = patience
        self._host = host
        self._since = time.monotonic()
        self._bytes = 0
        self._slow: Fixable | None = None

    def came(self, count: int, now: float) -> Fixable | None:
        """The reason to show while it is slow. Raises it if it is so slow that another connection may help."""
        self._bytes += count
        passed = now - self._since
        if passed >= self._patience.slow_after:
            rate = self._bytes / passed
            self._since, self._bytes = now, 0
            fault = Fixable("download-too-slow", host=self._host, rate_kb=f"{rate / 1000:.1f}")
            if rate < self._patience.crawl:
                raise fault
            self._slow = fault if rate < self._patience.slow else None
        return self._slow
