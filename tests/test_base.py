"""The base modules: errors, messages, paths, settings, log, jobs."""

from __future__ import annotations

import ctypes
import json
import logging
import re
import string
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.errors import AppError, Cancelled, Fixable, InternalBug, as_app_error
from app.log import MAX_BYTES, set_up_logging
from app.messages import MESSAGES
from app.paths import Paths, find_paths
from app.runtime.events import Event, JobCancelled, JobFailed, JobFinished
from app.runtime.jobs import CancelToken, Job, Lane
from app.settings import ROWS, Settings
from app.translations import words

# --- errors and messages


def test_errors_keep_code_facts_and_cause() -> None:
    cause = OSError("no")
    assert as_app_error(Fixable("disk-full", path="/a")).params["path"] == "/a"
    bug = as_app_error(cause)
    assert isinstance(bug, InternalBug)
    assert (bug.__cause__, bug.params["kind"]) == (cause, "OSError")
    assert str(Fixable("disk-full", path="/a b")) == "disk-full(path='/a b')"
    with pytest.raises(TypeError):
        bug.params["kind"] = "other"


def test_unknown_code_still_reads_as_a_sentence() -> None:
    what, then = words(AppError("never-heard-of-it"), "en")
    assert "never-heard-of-it" in what
    assert then


@pytest.mark.parametrize("code", MESSAGES)
def test_messages_are_sentences_with_plain_placeholders(code: str) -> None:
    text = MESSAGES[code]
    assert code == code.lower() and " " not in code
    for part in (text.what, text.next):
        fields = [name for _, name, _, _ in string.Formatter().parse(part) if name is not None]
        assert all(name.isidentifier() for name in fields)
    assert text.what.endswith((".", "…", ":", "}")), text.what


def test_every_raised_code_has_a_message() -> None:
    sources = Path(sys.modules["app"].__path__[0]).rglob("*.py")
    raised = {
        (code, path.name)
        for path in sources
        for code in re.findall(r'(?:Fixable|InternalBug)\(\s*"([a-z-]+)"', path.read_text("utf-8"))
    }
    assert not {(code, name) for code, name in raised if code not in MESSAGES}


# --- paths


def test_home_can_be_moved_and_holds_everything(home: Path) -> None:
    paths = find_paths().create()
    assert paths.home == home
    places = [getattr(paths, name) for name, found in vars(Paths).items() if isinstance(found, property)]
    assert len(places) > 8
    for place in places:
        assert home in place.parents
    assert paths.models.is_dir() and paths.logs.is_dir()


def test_home_may_begin_with_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("CHATBELLE_HOME", "~/数据")
    assert find_paths().home == tmp_path / "数据"


def test_packaged_app_with_a_data_folder_is_portable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CHATBELLE_HOME")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "chatbelle"))
    assert find_paths().home != tmp_path / "data"
    (tmp_path / "data").mkdir()
    assert find_paths().home == tmp_path / "data"


# --- settings


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_defaults_are_acceptable(row: Any) -> None:
    assert row.accepts(row.default)


def test_settings_are_kept_and_told(home: Path) -> None:
    path = home / "settings.json"
    settings = Settings.load(path)
    told: list[str] = []
    settings.listeners.append(told.append)
    settings.set("temperature", 1)
    settings.set("temperature", 1.0)  # no change, nothing told
    settings.set("language", "zh_CN")
    assert told == ["temperature", "language"]
    again = Settings.load(path)
    assert (again.get("temperature"), again.get("language")) == (1.0, "zh_CN")
    assert [file.name for file in home.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("temperature", 9.0), ("context", 1000), ("theme", "pink"), ("wide_column", 1), ("threads", True)],
)
def test_unfit_values_are_refused(key: str, value: Any) -> None:
    with pytest.raises(ValueError, match=key):
        Settings().set(key, value)


def test_stored_nonsense_falls_back_to_defaults(home: Path) -> None:
    path = home / "settings.json"
    path.write_text(json.dumps({"temperature": "hot", "theme": "dark", "from-the-future": 1}), "utf-8")
    settings = Settings.load(path)
    assert (settings.get("temperature"), settings.get("theme")) == (0.7, "dark")


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe\x00", b""])
def test_damaged_settings_are_set_aside(home: Path, content: bytes) -> None:
    path = home / "settings.json"
    path.write_bytes(content)
    assert Settings.load(path).get("theme") == "system"
    assert (home / "settings.json.bad").read_bytes() == content


def test_two_programs_keep_each_others_settings(home: Path) -> None:
    path = home / "settings.json"
    path.write_text(json.dumps({"text_size": 120, "from-the-future": [1]}), "utf-8")
    window, command = Settings.load(path), Settings.load(path)
    told: list[str] = []
    window.listeners.append(told.append)
    command.set("models_folder", "/模型")
    command.set("text_size", 100)
    window.set("theme", "dark")
    assert told == ["text_size", "models_folder", "theme"]
    assert (window.get("models_folder"), window.get("text_size")) == ("/模型", 100)
    stored = {"text_size": 100, "from-the-future": [1], "models_folder": "/模型", "theme": "dark"}
    assert json.loads(path.read_text("utf-8")) == stored
    command.set("theme", "light")
    window.set("theme", "dark")  # as it knows it already
    command.refresh()
    assert command.get("theme") == "dark" and json.loads(path.read_text("utf-8")) == stored
    assert [file.name for file in home.iterdir()] == ["settings.json"]


# --- log


@pytest.fixture
def logging_restored() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.level, logging.raiseExceptions)
    yield
    for handler in [one for one in root.handlers if getattr(one, "chatbelle", False)]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(before[0])
    logging.raiseExceptions = before[1]


@pytest.mark.usefixtures("logging_restored")
def test_log_rotates_and_stays_out_of_the_terminal(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = Paths(home)
    set_up_logging(paths)
    set_up_logging(paths)  # replaces, does not double
    logging.getLogger("app.test").warning("启动")
    lines = (paths.logs / "chatbelle.log").read_text("utf-8").splitlines()
    assert len(lines) == 1
    assert lines[0].endswith("app.test: 启动")
    for _ in range(3):
        logging.getLogger("app.test").info("x" * (MAX_BYTES // 2))
    assert (paths.logs / "chatbelle.log.1").exists()
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("logging_restored")
def test_verbose_log_is_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(Paths(home), verbose=True)
    logging.getLogger("app.test").debug("details")
    assert "details" in capsys.readouterr().err


@pytest.mark.usefixtures("logging_restored")
def test_unwritable_log_does_not_stop_the_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    set_up_logging(Paths(tmp_path / "file"))
    logging.getLogger("app.test").warning("nobody hears this")
    assert capsys.readouterr().err == ""


# --- jobs


@pytest.fixture
def lane() -> Iterator[Lane]:
    lane = Lane("test")
    yield lane
    assert lane.close()


def endings(lane: Lane, *works: Any) -> list[Event]:
    """Submit all, wait for the lane to end them all."""
    events: list[Event] = []
    for work in works:
        lane.submit(work, events.append)
    done = threading.Event()
    lane.submit(lambda _job: done.set(), lambda _event: None)
    assert done.wait(5)
    return events


def test_each_job_ends_once_in_order(lane: Lane) -> None:
    def fail(_job: Job) -> None:
        raise ValueError("x")

    def fixable(_job: Job) -> None:
        raise Fixable("disk-full", path="/")

    def cancelled(job: Job) -> None:
        job.cancel()
        job.token.check()

    events = endings(lane, lambda job: job.id, fail, fixable, cancelled)
    assert [type(event) for event in events] == [JobFinished, JobFailed, JobFailed, JobCancelled]
    assert [event.job for event in events] == sorted(event.job for event in events)
    first, second, third, _ = events
    assert isinstance(first, JobFinished) and first.result == first.job
    assert isinstance(second, JobFailed) and isinstance(second.error, InternalBug)
    assert isinstance(third, JobFailed) and third.error.code == "disk-full"


def test_job_cancelled_in_the_queue_never_starts(lane: Lane) -> None:
    begun: list[int] = []
    events: list[Event] = []
    hold = threading.Event()
    lane.submit(lambda _job: hold.wait(5), lambda _event: None)
    waiting = lane.submit(lambda job: begun.append(job.id), events.append)
    waiting.cancel()
    hold.set()
    endings(lane)
    assert begun == []
    assert [type(event) for event in events] == [JobCancelled]


def test_work_runs_beside_the_caller(lane: Lane) -> None:
    here = threading.get_ident()
    started = time.monotonic()
    lane.submit(lambda _job: time.sleep(0.2), lambda _event: None)
    assert time.monotonic() - started < 0.1
    (event,) = endings(lane, lambda _job: threading.get_ident())
    assert isinstance(event, JobFinished) and event.result != here


def test_cancel_flag_is_a_c_string() -> None:
    token = CancelToken()
    buffer = (ctypes.c_char * 2).from_buffer(token.flag)
    assert len(buffer.value) == 0
    token.cancel()
    assert len(buffer.value) == 1
    with pytest.raises(Cancelled):
        token.check()
