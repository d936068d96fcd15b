"""Whether a newer ChatBELLE was released: one question to one address, asked only when a person presses the button."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum

from app.errors import Fixable
from app.runtime.models.connections import Connections, Purpose
from app.runtime.models.faults import connection_fault, is_loopback, shown_host
from app.runtime.models.sources import SYSTEM, check_proxy

VERSION = re.compile(r"v?(\d{1,6}(?:\.\d{1,6}){0,3})(?:[-_.]?(a|alpha|b|beta|c|rc|pre|dev)[-_.]?(\d{0,6}))?", re.I)
ORDER = {"dev": 0, "a": 1, "alpha": 1, "b": 2, "beta": 2, "c": 3, "rc": 3, "pre": 3}
FINAL = 4
PATIENCE = 15.0


class Standing(StrEnum):
    """How this copy stands to the newest release."""

    NEWER = "newer"  # there is a newer one
    SAME = "same"
    OLDER = "older"  # this copy is ahead of it


@dataclass(frozen=True)
class Release:
    """The newest release, without the "v" that many put before it."""

    version: str
    standing: Standing


def look_for_update(
    address: str,
    present: str,
    connections: Connections,
    proxy: str = SYSTEM,
    patience: float = PATIENCE,
) -> Release:
    """What `address` says is the newest release, against `present`. Raises `Fixable`: `update-unreadable` for what is
    no such answer, `update-elsewhere` for one that leads to another host, and what a door raises."""
    import httpx2

    from app.runtime.models.door import Client, Door, Line, Waits, through

    waits = Waits(patience, patience)
    door = Door(connections, proxy=check_proxy(proxy), plain=is_loopback(address), waits=waits)
    line = Line(door, Purpose.UPDATE)
    try:
        with through(line), Client() as client:
            answer = client.get(address, headers={"Accept": "application/json"}, follow_redirects=False)
            if answer.is_redirect:
                answer = client.get(_same_host(answer, address), follow_redirects=False)
            if answer.is_redirect:
                raise Fixable("download-redirects", host=shown_host(address))
            data = answer.content
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
        raise connection_fault(error, address) from error
    finally:
        door.close()
    newest = _version(data)
    if newest is None:
        raise Fixable("update-unreadable", host=shown_host(address))
    return Release(newest, _compare(newest, present))


def _same_host(answer: object, address: str) -> str:
    target = str(answer.next_request.url)  # type: ignore[attr-defined]  # httpx2 is imported late
    if shown_host(target) != shown_host(address):
        raise Fixable("update-elsewhere", host=shown_host(address), other=shown_host(target))
    return target


def _version(data: bytes) -> str | None:
    """The name of the release, if it is a version."""
    try:
        answer = json.loads(data)
        name = answer["tag_name"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(name, str) or not VERSION.fullmatch(name.strip()):
        return None
    return name.strip().lstrip("vV")


def _compare(newest: str, present: str) -> Standing:
    there, here = _order(newest), _order(present)
    if there == here:
        return Standing.SAME
    return Standing.NEWER if there > here else Standing.OLDER


def _order(version: str) -> tuple[tuple[int, ...], int, int]:
    """1.2 equals 1.2.0, and comes after 1.2rc1."""
    found = VERSION.fullmatch(version)
    if found is None:
        return (0,), 0, 0
    numbers = [int(one) for one in found[1].split(".")]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    stage = (found[2] or "").lower()
    return tuple(numbers), ORDER.get(stage, FINAL), int(found[3] or 0)
