"""`ChatService`: chats for the window. Every method returns at once; what happens is told as notices."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from app.errors import AppError, as_app_error
from app.runtime.chats.conversation import SAVE_EVERY, AnsweringEngine, Conversation
from app.runtime.chats.records import AnswerSettings, HistoryFailed, Notice

log = logging.getLogger(__name__)

CLOSE_WITHIN = 5.0
DEFAULT_SETTINGS = AnswerSettings()

Task = Callable[[], None]


class ChatService:
    """Chats and their history, living on one thread of their own ("chats").

    Commands may be called from any thread and are done in order. `emit` is called on the chats thread with
    the notices of `records`; whatever fails is told as `HistoryFailed` and never ends the thread. One answer
    is written at a time: asking while one is running stops that one first and keeps its text as PARTIAL.
    """

    def __init__(
        self,
        path: Path,
        engine: AnsweringEngine,
        emit: Callable[[Notice], None],
        save_every: float = SAVE_EVERY,
    ) -> None:
        self._emit = emit
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._work = Conversation(path, engine, self._tell, self._tasks.put, save_every)
        self._thread = threading.Thread(target=self._run, name="chats", daemon=True)
        self._thread.start()

    def list_chats(self) -> None:
        """Tells `ChatsListed`."""
        self._tasks.put(self._work.list_chats)

    def open_chat(self, chat: int) -> None:
        """Tells `ChatOpened`. An answer running in another chat goes on there."""
        self._tasks.put(partial(self._work.open_chat, chat))

    def new_chat(self) -> None:
        """Show an empty chat (`ChatOpened` with `chat` None); it exists from its first message on."""
        self._tasks.put(self._work.new_chat)

    def send(self, text: str, settings: AnswerSettings = DEFAULT_SETTINGS) -> None:
        """Store `text` in the open chat, then have it answered. Blank text is ignored."""
        if text.strip():
            self._tasks.put(partial(self._work.send, text, settings))

    def stop(self) -> None:
        """Stop the running answer; its text is kept and can be continued."""
        self._tasks.put(self._work.stop)

    def regenerate(self, message: int, settings: AnswerSettings = DEFAULT_SETTINGS) -> None:
        """Another answer to the same question; the old one is kept in the history."""
        self._tasks.put(partial(self._work.regenerate, message, settings))

    def edit(self, message: int, text: str, settings: AnswerSettings = DEFAULT_SETTINGS) -> None:
        """Another question in place of the user's `message`, then its answer. Blank text is ignored."""
        if text.strip():
            self._tasks.put(partial(self._work.edit, message, text, settings))

    def continue_answer(self, message: int, settings: AnswerSettings = DEFAULT_SETTINGS) -> None:
        """Go on with a PARTIAL answer; new text is appended to the same message."""
        self._tasks.put(partial(self._work.continue_answer, message, settings))

    def rename(self, chat: int, title: str) -> None:
        """The person's own title; an empty one brings the automatic one back."""
        self._tasks.put(partial(self._work.rename, chat, title))

    def delete(self, chat: int) -> None:
        """Hide a chat; `restore` undoes it until the app ends."""
        self._tasks.put(partial(self._work.delete, chat))

    def restore(self, chat: int) -> None:
        self._tasks.put(partial(self._work.restore, chat))

    def close(self, timeout: float = CLOSE_WITHIN) -> bool:
        """Stop, save and end the thread; True if it ended within `timeout` seconds. Later commands do nothing."""
        self._tasks.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (task := self._next()) is not None:
            self._attempt(task)
            self._attempt(self._work.save_if_due)
        self._attempt(self._work.close)

    def _next(self) -> Task | None:
        """The next command or event, or a save if none comes before it is due."""
        try:
            return self._tasks.get(timeout=self._work.seconds_to_save())
        except queue.Empty:
            return self._work.save_if_due

    def _attempt(self, task: Task) -> None:
        try:
            task()
        except Exception as error:  # the thread must outlive any command
            log.debug("a command failed", exc_info=True)
            self._report(as_app_error(error))

    def _report(self, error: AppError) -> None:
        try:
            self._work.failed(error)
        except Exception as another:
            log.exception("the failure of a command could not be handled")
            self._tell(HistoryFailed(as_app_error(another)))

    def _tell(self, notice: Notice) -> None:
        try:
            self._emit(notice)
        except Exception:  # a window being closed must not cost the history
            log.exception("nobody took %s", type(notice).__name__)
