"""Looking for a newer ChatBELLE, against a server on this computer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.errors import Fixable
from app.messages import MESSAGES
from app.runtime.models.connections import Connections
from app.runtime.models.updates import Standing, look_for_update

PRESENT = "0.4.0"


class Releases(ThreadingHTTPServer):
    """Answers with `status`, `body`, and `Location` if `to` is set; notes what was asked."""

    status, body, to = 200, b"", ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/releases/latest"


class _Answer(BaseHTTPRequestHandler):
    server: Releases

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        moved = self.server.to and self.path == "/releases/latest"
        self.send_response(302 if moved else self.server.status)
        if moved:
            self.send_header("Location", self.server.to)
        self.send_header("Content-Length", str(0 if moved else len(self.server.body)))
        self.end_headers()
        if not moved:
            self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def releases() -> Iterator[Releases]:
    server = Releases()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def record(tmp_path: Path) -> Connections:
    return Connections(tmp_path / "connections.jsonl")


def name(version: object) -> bytes:
    return json.dumps({"tag_name": version, "html_url": "https://elsewhere.example/"}).encode()


def failure(releases: Releases, record: Connections, address: str = "") -> Fixable:
    with pytest.raises(Fixable) as caught:
        look_for_update(address or releases.address, PRESENT, record, patience=5.0)
    text = MESSAGES[caught.value.code]
    assert (text.what + text.next).format(**caught.value.params)
    return caught.value


@pytest.mark.parametrize(
    ("there", "standing"),
    [
        ("v0.4.1", Standing.NEWER),
        ("0.10.0", Standing.NEWER),
        ("V1", Standing.NEWER),
        ("v0.4", Standing.SAME),
        ("0.4.0", Standing.SAME),
        ("0.4.0.1", Standing.NEWER),
        ("v0.4.0-rc1", Standing.OLDER),
        ("v0.4.1-beta.2", Standing.NEWER),
        ("v0.3.9", Standing.OLDER),
    ],
)
def test_versions(releases: Releases, record: Connections, there: str, standing: Standing) -> None:
    releases.body = name(there)
    found = look_for_update(releases.address, PRESENT, record)
    assert (found.standing, found.version) == (standing, there.lstrip("vV"))


def test_a_release_follows_its_candidates(releases: Releases, record: Connections) -> None:
    releases.body = name("0.4.0")
    for present in ("0.4.0rc2", "0.4.0.dev1", "0.4.0-alpha"):
        assert look_for_update(releases.address, present, record).standing is Standing.NEWER
    releases.body = name("0.4.0-rc10")
    assert look_for_update(releases.address, "0.4.0rc9", record).standing is Standing.NEWER


def test_one_question_that_tells_little_and_is_on_record(releases: Releases, record: Connections) -> None:
    releases.body = name("v1.0")
    look_for_update(releases.address, PRESENT, record)
    ((path, headers),) = releases.asked
    assert path == "/releases/latest"
    assert headers["User-Agent"].startswith("ChatBELLE/")
    assert not {"cookie", "authorization", "referer"} & {key.lower() for key in headers}
    (line,) = record.summary()
    assert (line.host, line.purpose, line.requests) == (f"127.0.0.1:{releases.server_port}", "update", 1)
    assert line.received == len(releases.body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><title>login</title>",
        b"[]",
        b"null",
        b'{"tag_name": 7}',
        b'{"tag_name": "newest"}',
        b'{"tag_name": "v1.0; rm -rf"}',
        b'{"tag_name": "' + b"9" * 5000 + b'"}',
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b'{"tag_name": "v1.0", "body": "' + b"x" * 2_000_000 + b'"}',
    ],
    ids=["empty", "page", "list", "null", "number", "word", "more", "long", "deep", "bytes", "huge"],
)
def test_garbage(releases: Releases, record: Connections, body: bytes) -> None:
    releases.body = body
    assert failure(releases, record).code == "update-unreadable"


@pytest.mark.parametrize(
    ("status", "code"), [(404, "download-not-found"), (429, "download-too-many"), (500, "download-server")]
)
def test_the_server_refuses(releases: Releases, record: Connections, status: int, code: str) -> None:
    releases.status = status
    assert failure(releases, record).code == code


def test_to_another_place_of_the_same_host(releases: Releases, record: Connections) -> None:
    releases.to, releases.body = "/moved", name("v1.0")
    assert look_for_update(releases.address, PRESENT, record).version == "1.0"


def test_to_another_host_it_does_not_go(releases: Releases, record: Connections) -> None:
    for target in ("http://127.0.0.1:9/x", "https://elsewhere.example/releases", "//elsewhere.example/x"):
        releases.to = target
        assert failure(releases, record).code == "update-elsewhere"
    assert {line.host for line in record.summary()} == {f"127.0.0.1:{releases.server_port}"}


def test_in_circles(releases: Releases, record: Connections) -> None:
    releases.to = "/releases/latest"
    assert failure(releases, record).code == "download-redirects"


def test_nobody_there(releases: Releases, record: Connections) -> None:
    assert failure(releases, record, "http://127.0.0.1:9/releases").code in ("download-unreachable", "download-offline")


def test_unprotected_addresses_are_not_asked(releases: Releases, record: Connections) -> None:
    assert failure(releases, record, "http://releases.example/latest").code == "download-insecure"
    assert record.summary() == ()


def test_forbidden(releases: Releases, record: Connections) -> None:
    record.forbidden = True
    assert failure(releases, record).code == "network-forbidden"
    assert releases.asked == []
    (line,) = record.summary()
    assert (line.requests, line.refused) == (0, 1)
