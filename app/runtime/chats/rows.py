"""Rows of the database as records and back. Unknown or missing JSON fields never keep a chat from opening."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, fields
from typing import Any, TypeVar

from app.runtime.chats.records import AnswerSettings, Chat, Message, MessageState
from app.runtime.engine.records import AnswerStats, EndReason, Role, Sampling

log = logging.getLogger(__name__)
Record = TypeVar("Record")

CHAT_COLUMNS = "id, title, created, updated, leaf"
MESSAGE_COLUMNS = "id, chat, parent, role, text, state, created, model_id, model_name, stats, settings"


def chat_from(row: tuple[Any, ...]) -> Chat:
    return Chat(*row)


def message_from(row: tuple[Any, ...]) -> Message:
    number, chat, parent, role, text, state, created, model_id, model_name, stats, settings = row
    return Message(
        number, chat, parent, Role(role), text, MessageState(state), created, model_id, model_name,
        stats_from(stats), settings_from(settings),
    )  # fmt: skip


def to_json(record: AnswerSettings | AnswerStats | None) -> str | None:
    return None if record is None else json.dumps(asdict(record), ensure_ascii=False)


def settings_from(text: str | None) -> AnswerSettings | None:
    values = _object(text)
    if values is None:
        return None
    values["sampling"] = _record(Sampling, values.get("sampling") or {}) or Sampling()
    return _record(AnswerSettings, values)


def stats_from(text: str | None) -> AnswerStats | None:
    values = _object(text)
    if values is None:
        return None
    try:
        values["end"] = EndReason(values.get("end", ""))
    except ValueError:
        return None
    return _record(AnswerStats, values)


def _object(text: str | None) -> dict[str, Any] | None:
    try:
        values = json.loads(text) if text else None
    except ValueError:
        return None
    return values if isinstance(values, dict) else None


def _record(kind: type[Record], values: dict[str, Any]) -> Record | None:
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # `kind` is a dataclass
    try:
        return kind(**{name: value for name, value in values.items() if name in known})
    except TypeError:
        log.warning("a stored %s has missing fields", kind.__name__)
        return None
