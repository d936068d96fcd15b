"""Chats on disk: one SQLite file, used from one thread. Speaks in records and `AppError`s only."""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.errors import AppError, Fixable, as_app_error
from app.runtime.chats import rescue, schema
from app.runtime.chats.records import AnswerSettings, Chat, Message, MessageState
from app.runtime.chats.rows import CHAT_COLUMNS, MESSAGE_COLUMNS, chat_from, message_from, to_json
from app.runtime.chats.text import storable, title_from
from app.runtime.engine.records import Role

log = logging.getLogger(__name__)

PATIENCE = 2.0  # seconds to wait for another program's lock
HURRY = 0.05  # the same while an answer is growing: the next save comes soon anyway

_UNWRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_CODES = {
    "history-locked": (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED),
    "disk-full": (sqlite3.SQLITE_FULL,),
    "history-damaged": _DAMAGED,
    "history-unwritable": _UNWRITABLE,
}


class ChatStore:
    """Opens (and if needed makes, migrates or sets aside) the history at `path`.

    `moved_to` tells where a damaged file went. Opening also ends what a killed process left: answers still
    being written become PARTIAL, and chats deleted in an earlier run go for good (undo lasts until the app
    ends, as it lives in the window that showed it).
    """

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self.moved_to: Path | None = None
        with self._spoken():
            path.parent.mkdir(parents=True, exist_ok=True)
            damaged = rescue.is_torn(path) or self._is_damaged()
            if damaged:
                self._set_aside()
            try:
                self._db = self._open(look=damaged is None)
            except sqlite3.DatabaseError as error:
                if _primary(error) not in _DAMAGED:
                    raise
                self._set_aside()
                self._db = self._open()

    def close(self) -> None:
        """Move the log into the file and let go of it."""
        self._db.close()

    # -- reading

    def chats(self) -> tuple[Chat, ...]:
        """Newest first, without deleted ones."""
        rows = self._run(f"SELECT {CHAT_COLUMNS} FROM chats WHERE deleted_at IS NULL ORDER BY updated DESC, id DESC")
        return tuple(chat_from(row) for row in rows)

    def chat(self, number: int) -> Chat:
        """Raises `chat-missing` if it is not there or deleted."""
        sql = f"SELECT {CHAT_COLUMNS} FROM chats WHERE id = ? AND deleted_at IS NULL"
        return chat_from(self._one(sql, number))

    def message(self, number: int) -> Message:
        """Raises `chat-missing` if it or its chat is not there."""
        sql = f"SELECT {MESSAGE_COLUMNS} FROM messages WHERE id = ?"
        message = message_from(self._one(sql, number))
        self.chat(message.chat)
        return message

    def branch(self, leaf: int | None) -> tuple[Message, ...]:
        """The way from the first message to `leaf`. A parent is always older: no ring can trap the walk."""
        rows = self._run(
            f"""WITH RECURSIVE way(step, node, above) AS (
                    SELECT 0, id, parent FROM messages WHERE id = ?
                    UNION ALL
                    SELECT step + 1, id, parent FROM way JOIN messages ON id = above WHERE above < node)
                SELECT {MESSAGE_COLUMNS} FROM way JOIN messages ON id = node ORDER BY step DESC""",
            leaf,
        )
        return tuple(message_from(row) for row in rows)

    # -- writing

    def ask(
        self, chat: int | None, parent: int | None, text: str, settings: AnswerSettings
    ) -> tuple[Chat, Message, Message]:
        """Commit a question and its still empty answer below `parent`, as the shown branch of `chat`
        (None: a new chat). Returns the chat, the question and the answer."""
        text, now = storable(text), time.time()
        with self._transaction():
            if chat is None:
                chat = self._insert(
                    "INSERT INTO chats(title, created, updated) VALUES (?, ?, ?)", title_from(text), now, now
                )
            elif parent is None:
                self._retitle(chat, text)
            question = self._insert(
                "INSERT INTO messages(chat, parent, role, text, state, created) VALUES (?, ?, ?, ?, ?, ?)",
                chat, parent, Role.USER, text, MessageState.COMPLETE, now,
            )  # fmt: skip
            answer = self._new_answer(chat, question, settings, now)
        return self.chat(chat), self.message(question), self.message(answer)

    def answer_again(self, question: Message, settings: AnswerSettings) -> Message:
        """A further, empty answer to `question`, now the shown one."""
        with self._transaction():
            answer = self._new_answer(question.chat, question.id, settings, time.time())
        return self.message(answer)

    def resume(self, answer: Message, settings: AnswerSettings) -> Message:
        """Take an unfinished answer up again."""
        with self._transaction():
            self._run(
                "UPDATE messages SET state = ?, model_id = ?, model_name = ?, settings = ? WHERE id = ?",
                MessageState.WRITING, settings.model_id, settings.model_name, to_json(settings), answer.id,
            )  # fmt: skip
            self._run("UPDATE chats SET updated = ? WHERE id = ?", time.time(), answer.chat)
        return self.message(answer.id)

    def save_growing(self, answer: int, text: str) -> None:
        """The text so far; does not wait for locks, as the next save follows soon."""
        self._wait_for_locks(HURRY)
        try:
            self._run("UPDATE messages SET text = ? WHERE id = ?", storable(text), answer)
        finally:
            self._wait_for_locks(self._patience)

    def save_ended(self, answer: Message) -> None:
        """The final text, state and statistics."""
        self._run(
            "UPDATE messages SET text = ?, state = ?, stats = ? WHERE id = ?",
            storable(answer.text), answer.state, to_json(answer.stats), answer.id,
        )  # fmt: skip

    def rename(self, chat: int, title: str) -> None:
        """The person's own title; an empty one brings the automatic one back."""
        title = " ".join(storable(title).split())
        leaf = self.chat(chat).leaf
        if title:
            self._run("UPDATE chats SET title = ?, title_by_user = 1 WHERE id = ?", title, chat)
            return
        shown = self.branch(leaf)
        self._run(
            "UPDATE chats SET title = ?, title_by_user = 0 WHERE id = ?",
            title_from(shown[0].text if shown else ""), chat,
        )  # fmt: skip

    def delete(self, chat: int) -> None:
        """Hide it; `restore` brings it back until the next start."""
        self._run("UPDATE chats SET deleted_at = ? WHERE id = ?", time.time(), chat)

    def restore(self, chat: int) -> None:
        """Undo `delete`; raises `chat-missing` if it has gone for good."""
        self._run("UPDATE chats SET deleted_at = NULL WHERE id = ?", chat)
        self.chat(chat)

    # -- opening

    def _is_damaged(self) -> bool | None:
        """Look at an existing file through a reader that changes nothing, so that a newer or damaged one stays
        as it is. None: a reader may not repair what a crash left, so the opening itself must look."""
        if not self._path.exists() or not self._path.stat().st_size:
            return False
        try:
            with closing(sqlite3.connect(_read_only(self._path), uri=True)) as reader:
                return self._check(reader)
        except sqlite3.DatabaseError as error:
            if _primary(error) in _UNWRITABLE:
                return None
            if _primary(error) in _DAMAGED:
                return True
            raise

    def _check(self, db: sqlite3.Connection) -> bool:
        """True if damaged; raises `history-newer`."""
        self._set_patience(db, self._patience)
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > schema.newest():
            raise Fixable("history-newer", found=version, known=schema.newest(), path=str(self._path))
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        expected = set(schema.TABLES) if version else set()
        if (expected - tables) or (not version and tables):
            return True  # somebody else's database, or ours without its tables
        (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
        return bool(verdict != "ok")

    def _set_aside(self) -> None:
        self.moved_to = rescue.move_aside(self._path)
        log.warning("damaged history moved to %s", self.moved_to)

    def _open(self, look: bool = False) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, isolation_level=None)
        db.text_factory = lambda data: data.decode("utf-8", "replace")
        try:
            self._set_patience(db, self._patience)
            if look and self._check(db):
                raise _damage()
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA secure_delete = ON")  # a deleted chat leaves no text behind in free pages
            self._migrate(db)
            self._tidy(db)
        except BaseException:
            db.close()
            raise
        return db

    def _migrate(self, db: sqlite3.Connection) -> None:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version and version < schema.newest():
            self._copy(db, rescue.free_name(rescue.beside(self._path, f".before-v{schema.newest()}")))
        for number in range(version + 1, schema.newest() + 1):
            log.info("history: form %d", number)
            with _transaction(db):
                schema.MIGRATIONS[number](db.execute)
                db.execute(f"PRAGMA user_version = {number}")

    def _copy(self, db: sqlite3.Connection, target: Path) -> None:
        """A whole copy or none: it gets its name when it is complete."""
        staging = rescue.beside(target, ".part")
        staging.unlink(missing_ok=True)
        with closing(sqlite3.connect(staging)) as copy:
            db.backup(copy)
        staging.rename(target)

    def _tidy(self, db: sqlite3.Connection) -> None:
        with _transaction(db):
            db.execute("UPDATE messages SET state = ? WHERE state = ?", (MessageState.PARTIAL, MessageState.WRITING))
            db.execute("DELETE FROM chats WHERE deleted_at IS NOT NULL")

    # -- small parts

    def _new_answer(self, chat: int, question: int, settings: AnswerSettings, now: float) -> int:
        answer = self._insert(
            "INSERT INTO messages(chat, parent, role, text, state, created, model_id, model_name, settings)"
            " VALUES (?, ?, ?, '', ?, ?, ?, ?, ?)",
            chat, question, Role.ASSISTANT, MessageState.WRITING, now,
            settings.model_id, settings.model_name, to_json(settings),
        )  # fmt: skip
        self._run("UPDATE chats SET leaf = ?, updated = ? WHERE id = ?", answer, now, chat)
        return answer

    def _retitle(self, chat: int, text: str) -> None:
        """A chat's title follows its first message unless the person chose one."""
        self._run("UPDATE chats SET title = ? WHERE id = ? AND NOT title_by_user", title_from(text), chat)

    def _run(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._spoken():
            return self._db.execute(sql, values).fetchall()

    def _one(self, sql: str, number: int) -> tuple[Any, ...]:
        rows = self._run(sql, number)
        if not rows:
            raise Fixable("chat-missing")
        return rows[0]

    def _insert(self, sql: str, *values: Any) -> int:
        with self._spoken():
            return int(self._db.execute(sql, values).lastrowid or 0)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._spoken(), _transaction(self._db):
            yield

    def _wait_for_locks(self, seconds: float) -> None:
        self._set_patience(self._db, seconds)

    @staticmethod
    def _set_patience(db: sqlite3.Connection, seconds: float) -> None:
        db.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")

    @contextmanager
    def _spoken(self) -> Iterator[None]:
        """Turn what SQLite and the file system say into errors the user can act on."""
        try:
            yield
        except (sqlite3.DatabaseError, OSError) as error:
            raise self._meaning(error) from error

    def _meaning(self, error: sqlite3.DatabaseError | OSError) -> AppError:
        full = isinstance(error, OSError) and error.errno == errno.ENOSPC
        primary = sqlite3.SQLITE_FULL if full else _primary(error)
        for code, primaries in _CODES.items():
            if primary in primaries:
                return Fixable(code, path=str(self._path))
        if isinstance(error, OSError):
            return Fixable("history-unwritable", path=str(self._path))
        return as_app_error(error)


def _primary(error: BaseException) -> int:
    """SQLite's own number for what happened, without its finer distinctions."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


def _read_only(path: Path) -> str:
    """SQLite's address of a file to be read; a network folder's name stays in its path, as SQLite wants it."""
    name = path.absolute().as_posix()
    return f"file://{'' if name.startswith('/') else '/'}{quote(os.fsencode(name))}?mode=ro"


def _damage() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("the check found damage")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # a full disk has already rolled back
            db.execute("ROLLBACK")
        raise
