"""Every change of the database's form has a test here, named `test_migration_N_…`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import AppError, Fixable
from app.runtime.chats import schema
from app.runtime.chats.records import AnswerSettings
from app.runtime.chats.store import ChatStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chats.db"


@pytest.fixture
def next_form(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A form that does not exist yet, one above the newest."""
    monkeypatch.setattr(schema, "MIGRATIONS", dict(schema.MIGRATIONS))
    number = schema.newest() + 1

    @schema.migration(number)
    def add_stars(execute: schema.Execute) -> None:
        execute("ALTER TABLE chats ADD COLUMN star INTEGER NOT NULL DEFAULT 0")

    yield number


def make(path: Path) -> None:
    store = ChatStore(path)
    store.ask(None, None, "你好", AnswerSettings())
    store.close()


def ask_sqlite(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute(sql).fetchall()
        db.commit()
        return rows


def test_every_migration_has_a_test_and_none_is_missing() -> None:
    names = list(globals())
    assert sorted(schema.MIGRATIONS) == list(range(1, schema.newest() + 1))
    for number in schema.MIGRATIONS:
        assert any(name.startswith(f"test_migration_{number}_") for name in names), number


def test_migration_1_makes_chats_and_messages(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        schema.MIGRATIONS[1](db.execute)
        db.execute("INSERT INTO chats(title, created, updated) VALUES ('t', 1, 2)")
        db.execute("INSERT INTO messages(chat, role, text, state, created) VALUES (1, 'user', 'x', 'complete', 1)")
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert set(schema.TABLES) <= tables
        assert db.execute("SELECT title_by_user, leaf, deleted_at FROM chats").fetchall() == [(0, None, None)]
        assert db.execute("SELECT parent, model_id, settings, stats FROM messages").fetchall() == [
            (None, "", None, None)
        ]


def test_a_number_is_given_once() -> None:
    with pytest.raises(ValueError):
        schema.migration(1)(lambda execute: None)


def test_a_new_file_has_the_newest_form_and_no_copy(path: Path) -> None:
    make(path)
    assert ask_sqlite(path, "PRAGMA user_version") == [(schema.newest(),)]
    assert ask_sqlite(path, "PRAGMA journal_mode") == [("wal",)]
    assert [file.name for file in path.parent.glob("chats*")] == ["chats.db"]


def test_an_older_file_is_copied_then_changed(path: Path, request: pytest.FixtureRequest) -> None:
    make(path)
    number = request.getfixturevalue("next_form")
    store = ChatStore(path)
    assert store.chats()[0].title == "你好"
    store.close()
    copy = path.with_name(f"chats.db.before-v{number}")
    assert ask_sqlite(copy, "PRAGMA user_version") == [(number - 1,)]
    assert ask_sqlite(copy, "SELECT text FROM messages WHERE role = 'user'") == [("你好",)]
    assert ask_sqlite(path, "SELECT star FROM chats") == [(0,)]


def test_a_copy_is_never_overwritten(path: Path, request: pytest.FixtureRequest) -> None:
    make(path)
    number = request.getfixturevalue("next_form")
    path.with_name(f"chats.db.before-v{number}").write_text("an earlier copy")
    ChatStore(path).close()
    assert path.with_name(f"chats.db.before-v{number}").read_text() == "an earlier copy"
    assert len(list(path.parent.glob("*.before-*"))) == 2


def test_a_failing_migration_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(path)
    monkeypatch.setattr(schema, "MIGRATIONS", dict(schema.MIGRATIONS))
    number = schema.newest() + 1

    @schema.migration(number)
    def half(execute: schema.Execute) -> None:
        execute("ALTER TABLE chats ADD COLUMN star INTEGER")
        execute("nonsense")

    with pytest.raises(AppError, match="internal-bug"):
        ChatStore(path)
    assert ask_sqlite(path, "PRAGMA user_version") == [(number - 1,)]
    assert ask_sqlite(path, "SELECT count(*) FROM pragma_table_info('chats') WHERE name = 'star'") == [(0,)]


def test_a_newer_file_is_refused_and_left_alone(path: Path) -> None:
    make(path)
    ask_sqlite(path, f"PRAGMA user_version = {schema.newest() + 1}")
    before = path.read_bytes()
    with pytest.raises(Fixable) as refused:
        ChatStore(path)
    assert refused.value.code == "history-newer"
    assert dict(refused.value.params)["found"] == schema.newest() + 1
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*before*")) and not list(path.parent.glob("*damaged*"))
