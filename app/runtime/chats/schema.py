"""The database's form as numbered steps. A change of the form is one more `@migration(n)` with its own test.

A step is SQL only and is never edited once released: it must lead an old file to the same form for ever.
"""

from __future__ import annotations

from collections.abc import Callable

Execute = Callable[[str], object]
Migration = Callable[[Execute], None]

MIGRATIONS: dict[int, Migration] = {}
TABLES = ("chats", "messages")


def migration(number: int) -> Callable[[Migration], Migration]:
    """Register the step from form `number - 1` to `number`. It runs inside one transaction."""

    def register(step: Migration) -> Migration:
        if number in MIGRATIONS or number < 1:
            raise ValueError(f"migration {number} is already there or is not a number from 1 on")
        MIGRATIONS[number] = step
        return step

    return register


def newest() -> int:
    return max(MIGRATIONS)


@migration(1)
def chats_and_messages(execute: Execute) -> None:
    """Messages are a tree: no cascade on `parent` (SQLite ends long cascades at 1000 levels), all go with
    their chat. `leaf` has no foreign key because a chat is made before its first message. Ids are never
    used again, so a late reference cannot reach another message."""
    execute(
        """CREATE TABLE chats (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            title TEXT NOT NULL,
            title_by_user INTEGER NOT NULL DEFAULT 0,
            created REAL NOT NULL,
            updated REAL NOT NULL,
            leaf INTEGER,
            deleted_at REAL
        )"""
    )
    execute(
        """CREATE TABLE messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            chat INTEGER NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
            parent INTEGER REFERENCES messages(id),
            role TEXT NOT NULL,
            text TEXT NOT NULL,
            state TEXT NOT NULL,
            created REAL NOT NULL,
            model_id TEXT NOT NULL DEFAULT '',
            model_name TEXT NOT NULL DEFAULT '',
            settings TEXT,
            stats TEXT
        )"""
    )
    execute("CREATE INDEX messages_chat ON messages(chat)")
    execute("CREATE INDEX messages_parent ON messages(parent)")
    execute("CREATE INDEX chats_updated ON chats(updated DESC)")
