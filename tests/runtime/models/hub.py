"""A hub on this computer for tests: speaks the protocol that huggingface_hub uses, and misbehaves as it is told.

    with Hub() as hub:
        hub.add("owner/name", {"model.bin": data}, lfs=("model.bin",))
        hub.play("reset")                      # every answer with a file, until `hub.play("")`
        hub.play("server", times=2)            # the next two
        Downloader(...).fetch("owner/name", "main", ..., source=hub.source)
        hub.seen                               # what was asked

Large (`lfs`) files come from a second server, as from a content network: the hub redirects there with a signed link.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from app.runtime.models.sources import Source
from tests.runtime.models.hub_faults import AT_HUB, FAULTS, PAGE

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PIECE = 16 * 1024


@dataclass(frozen=True)
class Blob:
    """A file of a repository."""

    data: bytes
    lfs: bool

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def git(self) -> str:
        return hashlib.sha1(b"blob %d\0" % len(self.data) + self.data).hexdigest()

    @property
    def etag(self) -> str:
        return self.sha256 if self.lfs else self.git


@dataclass(frozen=True)
class Seen:
    """A request that arrived. `place` is "hub" or "cdn"."""

    place: str
    method: str
    path: str
    headers: Mapping[str, str]

    @property
    def range(self) -> str:
        return self.headers.get("Range", "")


@dataclass
class Hub:
    """`pace`: bytes a second at most, 0 for as fast as it goes. `tls`: a context for both servers. `fault_size`: after
    how many bytes of an answer `reset`, `short`, `stall` and others strike. `etags`: False for a source that says
    nothing of a file but its length. `storage_name`: the name of the second server behind a proxy."""

    pace: float = 0
    tls: ssl.SSLContext | None = None
    fault_size: int = 100_000
    etags: bool = True
    storage_name: str = ""
    repositories: dict[str, dict[str, Blob]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    listing: Any = None  # in place of the true listing
    sent: int = 0  # bytes of files

    def __post_init__(self) -> None:
        self._fault, self._times = "", 0
        self._turn = threading.Lock()
        self._random = random.Random(7)
        self._servers: list[_Server] = []

    def __enter__(self) -> Hub:
        for place in ("hub", "cdn"):
            server = _Server(self, place)
            if self.tls:
                server.socket = self.tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            self._servers.append(server)
            threading.Thread(target=server.serve_forever, args=(0.02,), name=place, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def add(self, repository: str, files: Mapping[str, bytes | Path], lfs: Iterable[str] = ()) -> None:
        """Add or replace files of a repository."""
        blobs = self.repositories.setdefault(repository, {})
        for name, data in files.items():
            blobs[name] = Blob(data.read_bytes() if isinstance(data, Path) else data, name in lfs)

    @property
    def endpoint(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        return self._servers[0].server_port

    @property
    def source(self) -> Source:
        return Source("test hub", self.endpoint)

    @property
    def storage(self) -> str:
        """The address of the second server."""
        if self.storage_name:
            return f"https://{self.storage_name}"
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.storage_port}"

    @property
    def storage_port(self) -> int:
        return self._servers[1].server_port

    def play(self, fault: str, times: int = -1) -> None:
        """Let the next `times` answers to a GET of a file, or all, have `fault`; "" ends it. Names: `FAULTS`."""
        assert not fault or fault in FAULTS, fault
        with self._turn:
            self._fault, self._times = fault, times

    def downloads(self) -> list[Seen]:
        """The GET requests that were for bytes of a file."""
        return [one for one in self.seen if one.method == "GET" and ("/resolve/" in one.path or one.place == "cdn")]

    def next_fault(self, place: str, large: bool) -> str:
        """The fault for one answer; each file is answered by one place only."""
        with self._turn:
            fault = self._fault
            at_hub = fault in AT_HUB or not large or not self.etags
            if not fault or (place == "hub") != at_hub or self._times == 0:
                return ""
            self._times -= 1
            return fault

    def number(self) -> str:
        with self._turn:
            return f"{self._random.getrandbits(128):032x}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, hub: Hub, place: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.hub = hub
        self.place = place

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are what the tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_: Any) -> None:
        """Silent."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    @property
    def hub(self) -> Hub:
        return self.server.hub

    def _answer(self) -> None:
        headers = {name.title(): value for name, value in self.headers.items()}
        self.hub.seen.append(Seen(self.server.place, self.command, self.path, headers))
        url = urlsplit(self.path)
        path = unquote(url.path)
        if self.server.place == "cdn":
            repository, _, name = path.strip("/").partition("/-/")
            self._file(repository, name, large=True)
        elif match := re.fullmatch(r"/api/models/([^/]+/[^/]+)/(tree|revision)/[^/]+", path):
            self._list(match[1], parse_qs(url.query))
        elif match := re.fullmatch(r"/([^/]+/[^/]+)/resolve/[^/]+/(.+)", path):
            self._file(match[1], match[2], large=False)
        elif path.startswith("/login"):
            self.reply(200, PAGE, {"Content-Type": "text/html; charset=utf-8"})
        else:
            self.reply(404, b"Not Found")

    # --- what a hub says

    def _list(self, repository: str, _query: Mapping[str, list[str]]) -> None:
        blobs = self.hub.repositories.get(repository)
        if blobs is None:
            self.reply(401, b'{"error":"Invalid username or password."}', {"X-Error-Code": "RepoNotFound"})
            return
        listing = [_entry(name, blob) for name, blob in blobs.items()] if self.hub.listing is None else self.hub.listing
        body = listing if isinstance(listing, bytes) else json.dumps(listing).encode()
        self.reply(200, body, {"Content-Type": "application/json"})

    def _file(self, repository: str, name: str, large: bool) -> None:
        blob = self.hub.repositories.get(repository, {}).get(name)
        if blob is None:
            code = "EntryNotFound" if repository in self.hub.repositories else "RepoNotFound"
            self.reply(404, b"Entry not found", {"X-Error-Code": code, "X-Repo-Commit": COMMIT})
            return
        fault = self.hub.next_fault(self.server.place, blob.lfs) if self.command == "GET" else ""
        if fault and FAULTS[fault](self, blob):
            return
        if blob.lfs and not large and self.hub.etags:
            link = f"{self.hub.storage}/{repository}/-/{quote(name)}?X-Amz-Signature={self.hub.number()}"
            self.reply(302, b"", {"Location": link, **self.named(blob)})
            return
        self.send(blob, fault)

    def named(self, blob: Blob) -> dict[str, str]:
        """The headers by which a hub names a file."""
        if not self.hub.etags:
            return {}
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{blob.etag}"'}
        if blob.lfs:
            headers |= {"X-Linked-Etag": f'"{blob.etag}"', "X-Linked-Size": str(len(blob.data))}
        return headers

    # --- how it sends it

    def reply(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def wanted(self, size: int) -> int:
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        return min(int(match[1]), size) if match else 0

    def send(
        self,
        blob: Blob,
        fault: str = "",
        *,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        ranges: bool = True,
        length: int | None = None,
        each: Callable[[int], bool] = lambda _sent: True,
        piece: int = PIECE,
    ) -> None:
        """The file from the wanted byte on. `each` is called before every piece with the number of bytes sent so far;
        False ends it there."""
        data = blob.data if data is None else data
        start = self.wanted(len(data)) if ranges else 0
        if start and start >= len(data):
            self.reply(416, b"", {"Content-Range": f"bytes */{len(data)}"})
            return
        self.send_response(206 if start else 200)
        given = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
        given |= self.named(blob) if self.server.place == "hub" else {"ETag": f'"{hashlib.md5(data).hexdigest()}"'}
        given["Content-Length"] = str(len(data) - start if length is None else length)
        if start:
            given["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        given |= headers or {}
        for name, value in given.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._pieces(data[start:], each, piece)

    def _pieces(self, data: bytes, each: Callable[[int], bool], piece: int) -> None:
        began = time.monotonic()
        piece = min(piece, max(512, int(self.hub.pace / 20))) if self.hub.pace else piece
        for offset in range(0, len(data), piece):
            if not each(offset):
                self.close_connection = True
                return
            self.wfile.write(data[offset : offset + piece])
            self.hub.sent += min(piece, len(data) - offset)
            if self.hub.pace:
                time.sleep(max(0.0, began + (offset + piece) / self.hub.pace - time.monotonic()))

    def cut(self, reset: bool) -> None:
        """Break the connection, with an error for the other side (`reset`) or as if all had been said."""
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.wfile.flush()
        self.close_connection = True
        if not reset:
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()

    def after(self, then: Callable[[], None]) -> Callable[[int], bool]:
        """For `send`: does `then` after `fault_size` bytes and ends there."""

        def each(sent: int) -> bool:
            if sent < self.hub.fault_size:
                return True
            then()
            return False

        return each


def _entry(name: str, blob: Blob) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": "file", "path": name, "size": len(blob.data), "oid": blob.git}
    if blob.lfs:
        entry["lfs"] = {"oid": blob.sha256, "size": len(blob.data), "pointerSize": 135}
    return entry
