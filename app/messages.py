"""What a code means in words. English source texts, translated where they are shown (context "Messages")."""

from __future__ import annotations

from dataclasses import dataclass

from app.settings import QT_TRANSLATE_NOOP


@dataclass(frozen=True)
class Text:
    """`what` happened in one sentence and what to do `next`; both may hold {placeholders} of the error's params."""

    what: str
    next: str = ""


MESSAGES: dict[str, Text] = {
    "internal-bug": Text(
        QT_TRANSLATE_NOOP("Messages", "Something went wrong inside ChatBELLE ({kind})."),
        QT_TRANSLATE_NOOP("Messages", "Copy the report and send it to us; your chats are safe."),
    ),
    "model-file-missing": Text(
        QT_TRANSLATE_NOOP("Messages", "The model file {path} is not there."),
        QT_TRANSLATE_NOOP("Messages", "Choose another model or put the file back."),
    ),
}
