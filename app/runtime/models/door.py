"""The one door to the network: an HTTP transport that every request of the app goes through.

It asks the switch, records host, purpose and bytes, chooses the proxy, keeps TLS on, gives the token to the official
hub only, bounds every wait, and turns whatever goes wrong into a `Fixable`. Imports httpx2, which takes a while.
"""

from __future__ import annotations

import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass

import httpx2

from app import __version__
from app.errors import Cancelled, Fixable
from app.runtime.models.connections import Connection, Connections, Purpose
from app.runtime.models.faults import answer_fault, connection_fault, is_loopback, shown_host
from app.runtime.models.sources import OFFICIAL, SYSTEM, proxy_for

MOST_REDIRECTS = 10
MOST_OF_LISTS = 64 * 1024 * 1024
MOST_OF_UPDATES = 1024 * 1024
MOST_OF_OTHERS = 64 * 1024  # bytes read of an answer that is no file: an error, a redirect
USER_AGENT = f"ChatBELLE/{__version__}"


@dataclass(frozen=True)
class Waits:
    """Seconds: to connect, and between two bytes."""

    connect: float = 15.0
    read: float = 30.0


class Line:
    """What one background task does with the network: through which door, what for, and a way to cut it off."""

    def __init__(self, door: Door, purpose: Purpose) -> None:
        self.door = door
        self.purpose = purpose
        self._turn = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._cut = False

    def check(self) -> None:
        """Raise `Cancelled` after `cut`."""
        if self._cut:
            raise Cancelled

    def cut(self) -> None:
        """Wake up whoever waits for bytes, and let no further request begin. Any thread."""
        with self._turn:
            self._cut = True
            for one in self._sockets:
                with suppress(OSError):
                    # Past `SSLSocket.shutdown`, which would take the TLS state from under the reading thread.
                    socket.socket.shutdown(one, socket.SHUT_RDWR)

    def watch(self, response: httpx2.Response) -> None:
        """Remember the socket that `response` comes from."""
        stream = response.extensions.get("network_stream")
        found = stream.get_extra_info("socket") if stream is not None else None
        if isinstance(found, socket.socket):
            with self._turn:
                self._sockets = [found]
            self.check()


LINE: ContextVar[Line] = ContextVar("LINE")


class Door:
    """`proxy`: a rule of `sources.check_proxy`. `token`: for `official` (scheme and host) alone. `plain`: unencrypted
    requests to this computer itself are allowed, because the source is on it.

    Raises `Fixable` with a code of `faults`, or of `Connections.open`."""

    def __init__(
        self,
        connections: Connections,
        *,
        proxy: str = SYSTEM,
        token: str = "",
        official: str = OFFICIAL.endpoint,
        plain: bool = False,
        waits: Waits = Waits(),
    ) -> None:
        self._connections = connections
        self._proxy = proxy
        self._token = token
        self._official = httpx2.URL(official)
        self._plain = plain
        self._waits = waits
        self._turn = threading.Lock()
        self._tls: ssl.SSLContext | None = None
        self._ways: dict[str, httpx2.BaseTransport] = {}

    def handle_request(self, request: httpx2.Request, line: Line) -> httpx2.Response:
        """As a transport does, for `line`."""
        url = str(request.url)
        line.check()
        self._check_safe(url)
        self._prepare(request)
        proxy = proxy_for(self._proxy, url)
        way = self._way(proxy)
        record = self._connections.open(shown_host(url), line.purpose)
        try:
            response = way.handle_request(request)
        except httpx2.HTTPError as error:
            record.close()
            line.check()
            raise connection_fault(error, url, proxy) from error
        body = _Recorded(response, record, line, url, proxy)
        try:
            line.watch(response)
            if response.status_code >= 400:
                raise answer_fault(response.status_code, response.headers, body.some(), url)
        except BaseException:
            body.close()
            raise
        return httpx2.Response(
            response.status_code, headers=response.headers, stream=body, extensions=response.extensions
        )

    def check(self, host: str) -> None:
        """Raise `Fixable("network-forbidden")` if the switch is on."""
        if self._connections.forbidden:
            raise Fixable("network-forbidden", host=host)

    def close(self) -> None:
        with self._turn:
            ways, self._ways = list(self._ways.values()), {}
        for way in ways:
            way.close()

    def _check_safe(self, url: str) -> None:
        if not url.startswith("https://") and not (self._plain and url.startswith("http://") and is_loopback(url)):
            raise Fixable("download-insecure", host=shown_host(url))

    def _prepare(self, request: httpx2.Request) -> None:
        """The client's own headers say more about this computer than a download needs."""
        request.headers["User-Agent"] = USER_AGENT
        request.headers.pop("Authorization", None)
        request.headers.pop("X-Amzn-Trace-Id", None)
        url, official = request.url, self._official
        if self._token and (url.scheme, url.host, url.port) == (official.scheme, official.host, official.port):
            request.headers["Authorization"] = f"Bearer {self._token}"
        waits = self._waits
        bounds = {"connect": waits.connect, "read": waits.read, "write": waits.read, "pool": waits.connect}
        request.extensions = {**request.extensions, "timeout": bounds}

    def _way(self, proxy: str) -> httpx2.BaseTransport:
        """The transport straight to the host, or through `proxy`."""
        with self._turn:
            if proxy not in self._ways:
                try:
                    self._tls = self._tls or httpx2.create_ssl_context()
                    self._ways[proxy] = httpx2.HTTPTransport(verify=self._tls, proxy=proxy or None)
                except (OSError, ssl.SSLError) as error:  # SSL_CERT_FILE names no such file
                    raise Fixable("download-tls", host="", detail=str(error)) from error
                except (ImportError, ValueError, httpx2.InvalidURL) as error:
                    raise Fixable("download-proxy", proxy=shown_host(proxy), detail=str(error)) from error
            return self._ways[proxy]


class _Recorded(httpx2.SyncByteStream):
    """The body of an answer: counted, stopped by the switch and by `Line.cut`, its failures told as `Fixable`."""

    def __init__(self, response: httpx2.Response, record: Connection, line: Line, url: str, proxy: str) -> None:
        self._response = response
        self._record = record
        self._line = line
        self._url = url
        self._proxy = proxy
        self._most = _most(response, line.purpose)

    def __iter__(self) -> Iterator[bytes]:
        most = self._most
        try:
            assert isinstance(self._response.stream, httpx2.SyncByteStream)
            for data in self._response.stream:
                self._line.check()
                self._record.received(len(data))
                yield data
                most -= len(data)
                if most <= 0:
                    return
        except httpx2.HTTPError as error:
            self._line.check()
            raise connection_fault(error, self._url, self._proxy) from error

    def some(self) -> bytes:
        """The beginning of a short answer about an error."""
        text = b""
        with suppress(Fixable):
            for data in self:
                text += data
        self.close()
        return text

    def close(self) -> None:
        self._record.close()
        self._response.close()


def _most(response: httpx2.Response, purpose: Purpose) -> int:
    """Bytes that are read of a body."""
    if not response.is_success:
        return MOST_OF_OTHERS
    if purpose is Purpose.UPDATE:
        return MOST_OF_UPDATES
    return sys.maxsize if purpose in (Purpose.DOWNLOAD, Purpose.MEASURE) else MOST_OF_LISTS


class _Doors(httpx2.BaseTransport):
    """Hands each request to the door of the line that this thread works for; without one there is no way out."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        line = LINE.get()
        return line.door.handle_request(request, line)


class Client(httpx2.Client):
    """An HTTP client that has no other way than the doors; neither environment nor `.netrc` changes that."""

    def __init__(self) -> None:
        super().__init__(transport=_Doors(), trust_env=False, follow_redirects=True, max_redirects=MOST_REDIRECTS)


@contextmanager
def through(line: Line) -> Iterator[None]:
    """Requests of this thread belong to `line` meanwhile."""
    mark = LINE.set(line)
    try:
        yield
    finally:
        LINE.reset(mark)
