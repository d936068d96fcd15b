"""What went wrong between us and a server, as one `Fixable` with its own code, and which of them may pass.

Codes that stay, however often one tries, are in `FINAL`; all others are worth another attempt.
"""

from __future__ import annotations

import errno
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, unquote, urlsplit

from app.errors import Fixable

FINAL = frozenset(
    {
        "download-forbidden",
        "download-gated",
        "download-region",
        "download-no-repository",
        "download-not-found",
        "download-refused",
        "download-redirects",
        "download-insecure",
        "download-tls",
        "download-other-version",
        "download-wrong-hash",
        "network-forbidden",
        "proxy-address",
        "proxy-login",
        "disk-full",
        "disk-file-too-large",
        "file-in-use",
        "weights-unreadable",
        "out-space",
        "out-unwritable",
        "out-busy",
        "out-exists",
    }
)
WEB_PAGES = (b"<!doctype html", b"<html", b"<head", b"<script", b"<!--")
REGION_WORDS = ("region", "country", "countries", "sanction", "embargo", "export control", "your location")
SIGNATURES = frozenset({"signature", "x-amz-signature", "sig", "policy", "key-pair-id"})
SHOWN = 200  # letters of somebody else's text in a message
NOWHERE = (("192.0.2.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6))  # addresses kept for documentation

_NO_NETWORK = tuple(
    getattr(errno, name)
    for name in ("ENETUNREACH", "EHOSTUNREACH", "ENETDOWN", "WSAENETUNREACH", "WSAEHOSTUNREACH", "WSAENETDOWN")
    if hasattr(errno, name)
)


def passes(fault: Fixable) -> bool:
    """True if another attempt may help."""
    return fault.code not in FINAL


def shown_host(url: str) -> str:
    """The host of `url`, with its port unless it is the usual one."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    try:
        port = parts.port
    except ValueError:
        port = None
    return host if port in (None, usual) else f"{host}:{port}"


def is_loopback(url: str) -> bool:
    """True if `url` leads to this computer itself."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return host in ("localhost", "::1") or (host.startswith("127.") and host.replace(".", "").isdigit())


def answer_fault(status: int, headers: Mapping[str, str], body: bytes, url: str) -> Fixable:
    """What an answer with a `status` of 400 or more means. `headers` must ignore upper and lower case."""
    host = shown_host(url)
    code = headers.get("X-Error-Code", "")
    if status in (401, 403):
        return _not_allowed(status, code, _said(headers, body), url)
    if status in (404, 410):
        if code == "RepoNotFound":
            return Fixable("download-no-repository", host=host, repository=_repository(url))
        return Fixable("download-not-found", host=host, file=_last_name(url))
    if status == 407:
        return Fixable("proxy-login", host=host)
    if status == 416:
        return Fixable("download-range", host=host)
    if status == 429:
        return Fixable("download-too-many", host=host, seconds=_asked_wait(headers))
    if status == 451:
        return Fixable("download-region", host=host)
    if status == 408 or status >= 500:
        return Fixable("download-server", host=host, status=status, seconds=_asked_wait(headers))
    return Fixable("download-refused", host=host, status=status)


def web_page_fault(content_type: str, start: bytes, name: str, host: str) -> Fixable | None:
    """`download-web-page` if what comes from `host` is a page for people although the file `name` is none."""
    if PurePosixPath(name).suffix.lower() in (".html", ".htm", ".md", ".txt", ".xml", ".svg"):
        return None
    text = start[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if content_type.partition(";")[0].strip().lower() == "text/html" or text.startswith(WEB_PAGES):
        return Fixable("download-web-page", host=host)
    return None


def connection_fault(error: Exception, url: str, proxy: str = "") -> Fixable:
    """What an exception of the HTTP client means for the request of `url`, made through `proxy` if there is one."""
    import httpx2

    host = shown_host(url)
    causes = list(_causes(error))
    tls = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if tls is not None and not isinstance(tls, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        detail = getattr(tls, "verify_message", "") or tls.reason or str(tls)
        return Fixable("download-tls", host=host, detail=str(detail)[:SHOWN])
    if isinstance(error, httpx2.ProxyError):
        if str(error).startswith("407") or "auth" in str(error).lower():
            return Fixable("proxy-login", host=shown_host(proxy))
        return Fixable("download-proxy", proxy=shown_host(proxy), detail=str(error)[:SHOWN])
    if isinstance(error, (httpx2.ConnectError, httpx2.ConnectTimeout)):
        return _not_connected(causes, host, proxy, str(error))
    if isinstance(error, httpx2.TimeoutException):
        return Fixable("download-stalled", host=host)
    if isinstance(error, httpx2.TooManyRedirects):
        return Fixable("download-redirects", host=host)
    if isinstance(error, (httpx2.UnsupportedProtocol, httpx2.InvalidURL)):
        return Fixable("download-insecure", host=host)
    return Fixable("download-cut", host=host, detail=str(error)[:SHOWN] or type(error).__name__)


def _not_connected(causes: list[BaseException], host: str, proxy: str, detail: str) -> Fixable:
    unreachable = any(isinstance(cause, OSError) and cause.errno in _NO_NETWORK for cause in causes)
    if unreachable or not _has_route():
        return Fixable("download-offline", host=host)
    if proxy:
        return Fixable("download-proxy", proxy=shown_host(proxy), detail=detail[:SHOWN])
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Fixable("download-no-host", host=host)
    return Fixable("download-unreachable", host=host)


def _not_allowed(status: int, code: str, said: str, url: str) -> Fixable:
    host = shown_host(url)
    if any(name.lower() in SIGNATURES for name, _ in parse_qsl(urlsplit(url).query)):
        return Fixable("download-link-expired", host=host)  # the hub hands out a new link next time
    if code == "GatedRepo":
        return Fixable("download-gated", host=host, repository=_repository(url))
    if any(word in said.lower() for word in REGION_WORDS):
        return Fixable("download-region", host=host)
    if code == "RepoNotFound":  # the hub answers 401 for a name that does not exist
        return Fixable("download-no-repository", host=host, repository=_repository(url))
    return Fixable("download-forbidden", host=host, status=status)


def _said(headers: Mapping[str, str], body: bytes) -> str:
    return headers.get("X-Error-Message", "") + " " + body[:2000].decode("utf-8", "replace")


def _asked_wait(headers: Mapping[str, str]) -> int:
    """Seconds to wait, as the server asks for: 0 if it does not say."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return min(int(text[:9]), 10**6)
    if text:
        try:
            return max(0, min(round(parsedate_to_datetime(text).timestamp() - time.time()), 10**6))
        except (ValueError, OverflowError):
            return 0
    left = dict(part.strip().partition("=")[::2] for part in headers.get("RateLimit", "").split(";")).get("t", "")
    return min(int(left[:9]), 10**6) if left.isdecimal() else 0


def _repository(url: str) -> str:
    path = urlsplit(url).path
    for mark in ("/resolve/", "/tree/", "/revision/"):
        path = path.partition(mark)[0]
    return unquote("/".join(path.strip("/").split("/")[-2:]))[:SHOWN]


def _last_name(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2])[:SHOWN]


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _has_route() -> bool:
    """Whether this computer is in any network. Nothing is sent: a datagram socket only looks up its route."""
    for address, family in NOWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 9))
            return True
        except OSError:
            continue
    return False
