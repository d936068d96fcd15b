"""Which sources and proxies are accepted, which source is suggested, and where a token goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import Cancelled, Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models import sources
from app.runtime.models.connections import Connections
from app.runtime.models.download import Downloader
from app.runtime.models.measuring import Measured, Sample, fastest, measure_sources
from app.runtime.models.records import RemoteFile
from app.runtime.models.sources import (
    DIRECT,
    MIRROR,
    OFFICIAL,
    SYSTEM,
    Source,
    check_proxy,
    custom_source,
    default_source,
    proxy_for,
    repository_name,
    without_password,
)
from tests.runtime.models.download_kit import LARGE, QUICK, REPOSITORY, files
from tests.runtime.models.hub import Hub
from tests.runtime.models.wires import Proxy, authority_file, server_context

SAMPLE = Sample(REPOSITORY, LARGE)


@pytest.mark.parametrize(
    ("typed", "endpoint"),
    [
        ("https://hub.example.org/", "https://hub.example.org"),
        (" hub.example.org ", "https://hub.example.org"),
        ("https://Nexus.corp:8443/repository/hf/", "https://nexus.corp:8443/repository/hf"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://模型.中国", "https://模型.中国"),
    ],
)
def test_addresses_that_can_be_used(typed: str, endpoint: str) -> None:
    assert custom_source(typed).endpoint == endpoint


def test_known_sources_keep_their_names() -> None:
    assert custom_source("huggingface.co") is OFFICIAL
    assert custom_source("https://hf-mirror.com/") is MIRROR


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("http://hub.example.org", "source-insecure"),
        ("http://127.0.0.1.example.org", "source-insecure"),
        ("http://localhost.example.org", "source-insecure"),
        ("ftp://hub.example.org", "source-address"),
        ("https://", "source-address"),
        ("", "source-address"),
        ("https://user:secret@hub.example.org", "source-address"),
        ("https://hub.example.org?x=1", "source-address"),
        ("https://hub.example.org:port", "source-address"),
        ("https://hub example.org", "source-address"),
        ("https://[::1", "source-address"),
        ("file:///etc/passwd", "source-address"),
    ],
)
def test_addresses_that_cannot_be_used(typed: str, code: str) -> None:
    with pytest.raises(Fixable) as told:
        custom_source(typed)
    assert told.value.code == code


def test_the_environment_names_the_default() -> None:
    assert default_source({}) is OFFICIAL
    assert default_source({"HF_ENDPOINT": ""}) is OFFICIAL
    assert default_source({"HF_ENDPOINT": "https://hf-mirror.com"}) is MIRROR
    with pytest.raises(Fixable):  # rather than quietly another one
        default_source({"HF_ENDPOINT": "http://hub.example.org"})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("BelleGroup/BELLE-7B-2M", "BelleGroup/BELLE-7B-2M"),
        (" https://huggingface.co/BelleGroup/BELLE-7B-2M/tree/main ", "BelleGroup/BELLE-7B-2M"),
        ("https://hf-mirror.com/BelleGroup/BELLE-7B-2M/resolve/main/config.json?x=1", "BelleGroup/BELLE-7B-2M"),
        ("https://hf-mirror.com/BelleGroup/BELLE-7B-2M", "BelleGroup/BELLE-7B-2M"),
    ],
)  # fmt: skip
def test_repository_names_and_pasted_addresses(text: str, name: str) -> None:
    assert repository_name(text) == name


@pytest.mark.parametrize(
    "text",
    ["", "BELLE", "a/b/c", "../b", "a/..", "a b/c", "a/b--c", "a/b.git", "https://huggingface.co/datasets/a/b", "a/b?x",
     "https://huggingface.co/models", "https://[::1"],
)  # fmt: skip
def test_what_is_no_repository(text: str) -> None:
    with pytest.raises(Fixable) as told:
        repository_name(text)
    assert told.value.code == "download-bad-repository"


def test_proxy_rules() -> None:
    assert check_proxy("") == SYSTEM and check_proxy(" direct ") == DIRECT
    assert check_proxy("127.0.0.1:7890") == "http://127.0.0.1:7890"
    assert check_proxy("socks://127.0.0.1:1080/") == "socks5h://127.0.0.1:1080"
    assert check_proxy("http://user:pass@proxy.corp:8080") == "http://user:pass@proxy.corp:8080"
    for wrong in ("proxy", "ftp://a:1", "socks4://a:1", "http://a", "http://a:x", "http://a:1/path", "http://a b:1"):
        with pytest.raises(Fixable) as told:
            check_proxy(wrong)
        assert told.value.code == "proxy-address"
    with pytest.raises(Fixable) as told:
        check_proxy("http://user:secret@a:1/b")
    assert "secret" not in str(told.value)


def test_no_password_is_shown() -> None:
    assert without_password("http://user:secret@proxy:1") == "http://…@proxy:1"
    assert without_password("http://proxy:1") == "http://proxy:1"


def test_the_system_s_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources.urllib.request, "proxy_bypass", lambda host: host == "hub.corp")
    given = {"http": "http://a:1", "https": "http://b:2", "all": "socks5://c:3"}
    monkeypatch.setattr(sources.urllib.request, "getproxies", lambda: given)
    assert proxy_for(SYSTEM, "https://huggingface.co/x") == "http://b:2"
    assert proxy_for(SYSTEM, "https://hub.corp/x") == ""
    assert proxy_for(SYSTEM, "http://127.0.0.1:8/x") == ""
    assert proxy_for(DIRECT, "https://huggingface.co/x") == ""
    assert proxy_for("http://mine:4", "https://huggingface.co/x") == "http://mine:4"
    del given["https"]
    assert proxy_for(SYSTEM, "https://huggingface.co/x") == "socks5://c:3"
    given.clear()
    assert proxy_for(SYSTEM, "https://huggingface.co/x") == ""
    given["socks"] = "socks://127.0.0.1:1080"  # as Windows has it
    assert proxy_for(SYSTEM, "https://huggingface.co/x") == "socks5h://127.0.0.1:1080"


# --- the way to the official hub, which leads to this computer here


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority_file(tmp_path)))
    with Hub(tls=server_context(tmp_path), storage_name="storage.test") as hub:
        hub.add(REPOSITORY, files(50_000), lfs=(LARGE,))
        yield hub


def ports(hub: Hub) -> dict[str, int]:
    return {"huggingface.co": hub.port, "hf-mirror.com": hub.port, "storage.test": hub.storage_port}


@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_through_a_proxy(secure: Hub, tmp_path: Path, kind: str) -> None:
    if kind == "socks5":
        pytest.importorskip("socksio")
    with Proxy(kind, ports(secure)) as proxy:
        downloader = Downloader(Connections(tmp_path / "c.jsonl"), proxy=proxy.address, patience=QUICK)
        fetch(downloader, OFFICIAL, tmp_path / "张 三")
    assert (tmp_path / "张 三" / LARGE).read_bytes() == secure.repositories[REPOSITORY][LARGE].data
    assert set(proxy.asked) == {"huggingface.co:443", "storage.test:443"}


def test_a_token_goes_to_the_official_hub_alone(secure: Hub, tmp_path: Path) -> None:
    with Proxy("http", ports(secure)) as proxy:
        downloader = Downloader(
            Connections(tmp_path / "c.jsonl"), proxy=proxy.address, token="hf_secret", patience=QUICK
        )
        fetch(downloader, OFFICIAL, tmp_path / "a")
        official = list(secure.seen)
        secure.seen.clear()
        fetch(downloader, MIRROR, tmp_path / "b")
    given = {one.headers.get("Host"): one.headers.get("Authorization") for one in official}
    assert given == {"huggingface.co": "Bearer hf_secret", "storage.test": None}
    assert len(secure.seen) >= 2 and not any("Authorization" in one.headers for one in secure.seen)


def fetch(downloader: Downloader, source: Source, folder: Path) -> None:
    downloader.fetch(REPOSITORY, "main", [RemoteFile(LARGE)], folder, source, lambda _one: None, CancelToken())


# --- which is the fastest


def test_the_fastest_source_is_suggested(tmp_path: Path) -> None:
    with Hub(pace=200_000) as slow, Hub(pace=2_000_000) as fast, Hub() as broken:
        for hub in (slow, fast):
            hub.add(REPOSITORY, files(2_000_000), lfs=(LARGE,))
        told: list[Measured] = []
        connections = Connections(tmp_path / "c.jsonl")
        results = measure_sources(
            [slow.source, fast.source, broken.source],
            SAMPLE, connections, CancelToken(), found=told.append, seconds=0.5,
        )  # fmt: skip
    assert [one.source for one in results] == [slow.source, fast.source, broken.source]
    assert 100_000 < results[0].rate < 400_000 and 800_000 < results[1].rate < 4_000_000
    assert all(one.first_byte > 0 for one in results[:2])
    assert results[2].problem and results[2].problem.code == "download-no-repository"
    assert fastest(results) == fast.source and sorted(told, key=results.index) == list(results)
    assert {line.purpose for line in connections.summary()} == {"measure"}


def test_a_silent_source_does_not_hold_up_the_test(tmp_path: Path) -> None:
    with Hub(fault_size=40_000) as hub, Hub() as login:
        for one in (hub, login):
            one.add(REPOSITORY, files(), lfs=(LARGE,))
        hub.play("stall")
        login.play("login")
        began = time.monotonic()
        results = measure_sources(
            [hub.source, login.source], SAMPLE, Connections(tmp_path / "c"), CancelToken(), patience=1.0
        )
        assert time.monotonic() - began < 3
    assert results[0].problem is None and results[0].rate < 200_000, "silence makes it slower"
    assert results[1].problem and results[1].problem.code == "download-web-page"


def test_a_source_that_cannot_be_reached(tmp_path: Path) -> None:
    with Hub() as gone:
        source = gone.source
    results = measure_sources([source], SAMPLE, Connections(tmp_path / "c"), CancelToken())
    assert results[0].problem and results[0].problem.code == "download-unreachable"
    assert fastest(results) is None


def test_a_test_can_be_stopped(tmp_path: Path) -> None:
    with Hub(fault_size=10_000) as hub:
        hub.add(REPOSITORY, files(), lfs=(LARGE,))
        hub.play("stall")
        cancel = CancelToken()
        threading.Timer(0.3, cancel.cancel).start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            measure_sources([hub.source], SAMPLE, Connections(tmp_path / "c"), cancel)
        assert time.monotonic() - began < 2
