"""Files that cannot be read, written or had: set aside or said plainly, never lost."""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app import messages
from app.errors import Fixable
from app.runtime.chats import rescue
from app.runtime.chats.records import AnswerSettings
from app.runtime.chats.store import ChatStore

DAMAGED_NAME = re.compile(r"chats\.damaged-\d{8}-\d{6}(-\d+)?\.db")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "聊天" / "chats.db"


def fill(path: Path, messages: int = 50) -> None:
    store = ChatStore(path)
    for number in range(messages):
        store.ask(None, None, f"question {number} " * 40, AnswerSettings())
    store.close()


def random_bytes(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(40_000))


def text_file(path: Path) -> None:
    path.write_text("These are my notes, not a database.\n" * 5, encoding="utf-8")


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_in_the_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def holes(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 4] = bytes(4096 * 3)
    path.write_bytes(data)


def other_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE recipes(name)")


def without_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE messages")


@pytest.mark.parametrize(
    "damage", [random_bytes, text_file, truncated, cut_in_the_header, holes, other_database, without_tables]
)
def test_a_damaged_file_is_set_aside_whole(path: Path, damage) -> None:
    fill(path)
    damage(path)
    before = path.read_bytes()
    store = ChatStore(path)
    assert store.moved_to and DAMAGED_NAME.fullmatch(store.moved_to.name)
    assert store.moved_to.parent == path.parent
    assert store.moved_to.read_bytes() == before
    assert store.chats() == ()
    store.ask(None, None, "works", AnswerSettings())
    store.close()
    store = ChatStore(path)
    assert store.moved_to is None and len(store.chats()) == 1
    store.close()


def test_what_lies_beside_a_damaged_file_goes_with_it(path: Path) -> None:
    path.parent.mkdir()
    random_bytes(path)
    for suffix in ("-wal", "-shm"):
        rescue.beside(path, suffix).write_bytes(b"beside")
    store = ChatStore(path)
    assert store.moved_to
    assert rescue.beside(store.moved_to, "-wal").read_bytes() == b"beside"
    store.close()


@pytest.mark.parametrize("name", ["100% sure? #1 & more", "很长" * 40, "a'b\"c;d"])
def test_awkward_folder_names(tmp_path: Path, name: str) -> None:
    path = tmp_path / name / ("deep " * 20) / "chats.db"
    fill(path, 1)
    store = ChatStore(path)
    assert store.moved_to is None and len(store.chats()) == 1
    store.close()
    random_bytes(path)
    ChatStore(path).close()
    assert len(list(path.parent.glob("chats.damaged-*.db"))) == 1


def test_an_empty_file_is_a_new_one(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    store = ChatStore(path)
    assert store.moved_to is None and store.chats() == ()
    store.close()


def test_an_empty_file_whose_log_holds_text_is_set_aside(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    rescue.beside(path, "-wal").write_bytes(b"everything was here")
    store = ChatStore(path)
    assert store.moved_to and rescue.beside(store.moved_to, "-wal").read_bytes() == b"everything was here"
    store.close()


def test_two_damaged_files_in_one_second_are_both_kept(path: Path) -> None:
    path.parent.mkdir()
    kept = []
    for content in (b"first" * 1000, b"second" * 1000):
        path.write_bytes(content)
        store = ChatStore(path)
        kept.append(store.moved_to)
        store.close()
        path.unlink()
    assert [file.read_bytes()[:6] for file in kept if file] == [b"firstf", b"second"]


def test_a_log_left_by_a_killed_process_is_read(path: Path, tmp_path: Path) -> None:
    store = ChatStore(path)
    store.ask(None, None, "in the log only", AnswerSettings())
    killed = tmp_path / "killed"
    shutil.copytree(path.parent, killed)  # as the disk is at this moment, nothing closed
    store.close()
    (killed / "chats.db-shm").unlink()
    after = ChatStore(killed / "chats.db")
    assert [chat.title for chat in after.chats()] == ["in the log only"]
    after.close()


def test_a_locked_file_is_said(path: Path) -> None:
    fill(path, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Fixable, match="history-locked"):
            ChatStore(path, patience=0.05)
        other.execute("ROLLBACK")
    store = ChatStore(path)
    assert len(store.chats()) == 1
    store.close()


def test_a_lock_while_in_use_is_said_and_passes(path: Path) -> None:
    store = ChatStore(path, patience=0.05)
    _, _, answer = store.ask(None, None, "hello", AnswerSettings())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for write in (
            lambda: store.ask(None, None, "x", AnswerSettings()),
            lambda: store.save_growing(answer.id, "x"),
            lambda: store.delete(1),
        ):
            with pytest.raises(Fixable, match="history-locked"):
                write()
        other.execute("ROLLBACK")
    store.save_growing(answer.id, "now")
    assert store.message(answer.id).text == "now"
    store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not closed that way there")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_said(path: Path) -> None:
    fill(path, 1)
    path.parent.chmod(0o500)
    try:
        with pytest.raises(Fixable, match="history-unwritable"):
            ChatStore(path)
    finally:
        path.parent.chmod(0o700)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder nobody may write to")
def test_a_folder_that_takes_no_files_is_said() -> None:
    with pytest.raises(Fixable, match="history-unwritable"):
        ChatStore(Path("/proc/chats.db"))


def test_a_file_in_the_place_of_the_folder_is_said(path: Path) -> None:
    path.parent.write_text("not a folder")
    with pytest.raises(Fixable, match="history-unwritable"):
        ChatStore(path)


def test_a_folder_in_the_place_of_the_file_is_said(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(Fixable, match="history-unwritable"):
        ChatStore(path)


def test_a_full_disk_is_said_and_the_store_goes_on(path: Path) -> None:
    store = ChatStore(path)
    chat, _, answer = store.ask(None, None, "hello", AnswerSettings())
    (pages,) = store._run("PRAGMA page_count")[0]
    store._run(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Fixable, match="disk-full"):
        store.ask(chat.id, answer.id, "long " * 10_000, AnswerSettings())
    store._run("PRAGMA max_page_count = 1000000")
    store.ask(chat.id, answer.id, "long " * 10_000, AnswerSettings())
    store.close()


def test_a_disk_full_while_copying_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(path: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    path.parent.mkdir()
    random_bytes(path)
    monkeypatch.setattr(rescue, "move_aside", no_space)
    with pytest.raises(Fixable, match="disk-full"):
        ChatStore(path)


@pytest.mark.parametrize(
    "error",
    [
        Fixable("history-newer", found=2, known=1, path="p"),
        *(Fixable(code, path="p") for code in ("history-locked", "history-unwritable", "history-damaged", "disk-full")),
        Fixable("chat-missing"),
    ],
    ids=lambda error: error.code,
)
def test_every_failure_has_words(error: Fixable) -> None:
    assert error.code in messages.MESSAGES
    text = messages.MESSAGES[error.code]
    assert text.what.format(**error.params) and text.next.format(**error.params)
