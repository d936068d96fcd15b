"""What chats hand to the window: frozen snapshots and notices."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.errors import AppError
from app.runtime.engine.records import AnswerStats, Role, Sampling


class MessageState(StrEnum):
    """PARTIAL: an answer that was not finished (stopped, failed or the process died); it can be continued."""

    COMPLETE = "complete"
    WRITING = "writing"
    PARTIAL = "partial"


@dataclass(frozen=True)
class AnswerSettings:
    """Everything the person chose for one answer; stored with it. `model_id` and `model_name`: who answers."""

    system: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    max_tokens: int = 512
    model_id: str = ""
    model_name: str = ""


@dataclass(frozen=True)
class Chat:
    """`created` and `updated` in Unix seconds; `leaf` is the newest message of the branch being shown."""

    id: int
    title: str
    created: float
    updated: float
    leaf: int | None


@dataclass(frozen=True)
class Message:
    """A node of the tree: `parent` is the message it answers or follows (None for the first).
    `settings` and `stats` are those of an answer; a user's message has none."""

    id: int
    chat: int
    parent: int | None
    role: Role
    text: str
    state: MessageState
    created: float
    model_id: str = ""
    model_name: str = ""
    stats: AnswerStats | None = None
    settings: AnswerSettings | None = None


class Phase(StrEnum):
    """What the conversation is doing."""

    IDLE = "idle"
    WAITING = "waiting"  # a message waits for the model to be loaded
    READING = "reading"  # the prompt is decoded
    ANSWERING = "answering"
    STOPPING = "stopping"


@dataclass(frozen=True)
class Notice:
    """Base of everything `ChatService` tells the window."""


@dataclass(frozen=True)
class ChatsListed(Notice):
    """All chats, newest first."""

    chats: tuple[Chat, ...]


@dataclass(frozen=True)
class ChatOpened(Notice):
    """The shown branch from its first message to the leaf. `chat` None: the new, still empty chat.

    Also told when another branch of the open chat is shown (regenerate, edit): messages with ids already on
    screen are unchanged, so a window may keep them. An answer being written holds its text so far."""

    chat: Chat | None
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class MessageAdded(Notice):
    message: Message


@dataclass(frozen=True)
class AnswerContinued(Notice):
    """An unfinished answer is WRITING again; the `AnswerText` that follows belongs after its text."""

    message: Message


@dataclass(frozen=True)
class AnswerText(Notice):
    """Text to append to the answer `message` of `chat`."""

    chat: int
    message: int
    text: str


@dataclass(frozen=True)
class AnswerEnded(Notice):
    """The final state of an answer, COMPLETE or PARTIAL; `error` if it failed."""

    message: Message
    error: AppError | None = None


@dataclass(frozen=True)
class PhaseChanged(Notice):
    """`done` of `total` prompt tokens while READING. `chat`: the chat that is being answered."""

    phase: Phase
    chat: int | None = None
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class ChatDeleted(Notice):
    """Can be undone by `ChatService.restore(chat.id)` until the app ends."""

    chat: Chat


@dataclass(frozen=True)
class TurnsNoLongerFit(Notice):
    chat: int
    message: int
    turns: int


@dataclass(frozen=True)
class HistoryDamaged(Notice):
    """The database could not be read; it was moved to `moved_to` and an empty one was started."""

    moved_to: str


@dataclass(frozen=True)
class HistoryFailed(Notice):
    """A command on the history failed (disk full, file locked, database from a newer version).
    `text`: what the person had sent and was not stored, to be put back into the composer."""

    error: AppError
    text: str = ""
