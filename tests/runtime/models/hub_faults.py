"""The ways in which the hub of `hub.py` misbehaves: each answers a GET of a file in place of the hub."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.runtime.models.hub import Blob, Handler

PAGE = b"<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>Please log in.</body></html>\n"

Fault = Callable[["Handler", "Blob"], bool]  # True: it has answered


def _page(handler: Handler, _blob: Blob) -> bool:
    handler.reply(200, PAGE, {"Content-Type": "text/html; charset=utf-8"})
    return True


def _disguised_page(handler: Handler, blob: Blob) -> bool:
    """A page of the right length that calls itself a file."""
    page = PAGE + b" " * (len(blob.data) - len(PAGE))
    handler.send(blob, data=page)
    return True


def _login(handler: Handler, _blob: Blob) -> bool:
    handler.reply(302, b"", {"Location": f"{handler.hub.endpoint}/login?next=x"})
    return True


def _status(status: int, **headers: str) -> Fault:
    def fault(handler: Handler, _blob: Blob) -> bool:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.reply(status, b'{"error":"no"}', named)
        return True

    return fault


def _loop(handler: Handler, _blob: Blob) -> bool:
    handler.reply(302, b"", {"Location": handler.path})
    return True


def _to_plain(handler: Handler, _blob: Blob) -> bool:
    handler.reply(302, b"", {"Location": "http://192.0.2.7/portal"})
    return True


def _wrong_length(handler: Handler, blob: Blob) -> bool:
    handler.send(blob, data=blob.data[: len(blob.data) * 3 // 4])
    return True


def _longer(handler: Handler, blob: Blob) -> bool:
    """More than it says; says nothing of the length."""
    handler.send(
        blob, data=blob.data + b"more" * 5000, headers={"Content-Length": "", "Content-Range": ""}, ranges=False
    )
    handler.close_connection = True
    return True


def _short(handler: Handler, blob: Blob) -> bool:
    handler.send(blob, each=handler.after(lambda: handler.cut(reset=False)))
    return True


def _reset(handler: Handler, blob: Blob) -> bool:
    handler.send(blob, each=handler.after(lambda: handler.cut(reset=True)))
    return True


def _stall(handler: Handler, blob: Blob) -> bool:
    handler.send(blob, each=handler.after(lambda: time.sleep(30)))
    return True


def _drip(handler: Handler, blob: Blob) -> bool:
    """A few bytes now and then, for ever."""
    handler.send(blob, each=lambda _sent: time.sleep(0.05) is None, piece=16)
    return True


def _no_range(handler: Handler, blob: Blob) -> bool:
    """Ignores what was asked for, and breaks off the first time so that it matters."""
    fine = handler.headers.get("Range")
    handler.send(blob, ranges=False, each=(lambda _sent: True) if fine else handler.after(lambda: handler.cut(True)))
    return True


def _no_middle(handler: Handler, blob: Blob) -> bool:
    """416 to every range, and breaks off what begins at the beginning the first times."""
    if handler.headers.get("Range"):
        handler.reply(416, b"", {"Content-Range": f"bytes */{len(blob.data)}"})
    else:
        again = sum(not one.range for one in handler.hub.downloads() if one.place == handler.server.place) > 1
        handler.send(blob, each=(lambda _sent: True) if again else handler.after(lambda: handler.cut(True)))
    return True


def _other_range(handler: Handler, blob: Blob) -> bool:
    """Says 206 and sends another part."""
    if not handler.headers.get("Range"):
        return _reset(handler, blob)
    said = f"bytes {len(blob.data) - 10}-{len(blob.data) - 1}/{len(blob.data)}"
    handler.send(blob, headers={"Content-Range": said})
    return True


def _new_etag(handler: Handler, blob: Blob) -> bool:
    """Another ETag in every answer, and no connection that lasts."""
    named = {"ETag": f'"{handler.hub.number()}"', "X-Linked-Etag": ""}
    handler.send(blob, headers=named, each=handler.after(lambda: handler.cut(True)))
    return True


def _flip(handler: Handler, blob: Blob) -> bool:
    damaged = bytearray(blob.data)
    damaged[len(damaged) // 2] ^= 1
    handler.send(blob, data=bytes(damaged))
    return True


def _packed(handler: Handler, blob: Blob) -> bool:
    """Compresses although it must not."""
    handler.send(blob, data=gzip.compress(blob.data), headers={"Content-Encoding": "gzip"}, ranges=False)
    return True


FAULTS: dict[str, Fault] = {
    "page": _page,
    "disguised-page": _disguised_page,
    "login": _login,
    "unauthorized": _status(401),
    "forbidden": _status(403),
    "expired": _status(403),
    "gated": _status(403, X_Error_Code="GatedRepo", X_Error_Message="Access to model is restricted."),
    "region": _status(403, X_Error_Message="This content is not available in your region."),
    "legal": _status(451),
    "missing": _status(404, X_Error_Code="EntryNotFound"),
    "range": _status(416),
    "no-middle": _no_middle,
    "busy": _status(429, Retry_After="1"),
    "busy-long": _status(429, Retry_After="86400"),
    "server": _status(503),
    "teapot": _status(418),
    "loop": _loop,
    "to-plain": _to_plain,
    "wrong-length": _wrong_length,
    "longer": _longer,
    "short": _short,
    "reset": _reset,
    "stall": _stall,
    "drip": _drip,
    "no-range": _no_range,
    "other-range": _other_range,
    "new-etag": _new_etag,
    "flip": _flip,
    "packed": _packed,
}
# Answers of the hub itself, where it would redirect to the second server otherwise.
AT_HUB = frozenset(
    {"login", "loop", "forbidden", "gated", "region", "legal", "new-etag", "to-plain", "unauthorized", "missing"}
)
