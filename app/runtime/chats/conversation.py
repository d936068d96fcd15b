"""What the person can do with chats, one call each, all on the chats thread. `ChatService` queues the calls."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from app.errors import AppError, Fixable, as_app_error
from app.runtime.chats.records import (
    AnswerContinued,
    AnswerEnded,
    AnswerSettings,
    AnswerText,
    ChatDeleted,
    ChatOpened,
    ChatsListed,
    HistoryDamaged,
    HistoryFailed,
    Message,
    MessageAdded,
    MessageState,
    Notice,
    Phase,
    PhaseChanged,
    TurnsNoLongerFit,
)
from app.runtime.chats.session import RunningAnswer, Step, advance, state_after, turns_of
from app.runtime.chats.store import ChatStore
from app.runtime.engine.records import Answer, AnswerRequest, AnswerStats, Role
from app.runtime.events import (
    Event,
    JobCancelled,
    JobFailed,
    JobFinished,
    PromptProgress,
    TextDelta,
    TurnsDropped,
)
from app.runtime.jobs import Job, Sink

log = logging.getLogger(__name__)

SAVE_EVERY = 0.25  # seconds; a killed process may lose twice that
FAILURES_UNTOLD = 1  # a single failed save is repeated before the person hears of it


class AnsweringEngine(Protocol):
    """The part of the engine that chats need. `sink` is called on the engine's thread, its last event being
    exactly one of `JobFinished` (an `Answer`), `JobCancelled` and `JobFailed`."""

    def answer(self, request: AnswerRequest, sink: Sink) -> Job: ...


class Conversation:
    """The open chat, the one running answer, and the history. Every method belongs on one thread;
    `tell` takes notices, `post` queues a call to this thread."""

    def __init__(
        self,
        path: Path,
        engine: AnsweringEngine,
        tell: Callable[[Notice], None],
        post: Callable[[Callable[[], None]], None],
        save_every: float = SAVE_EVERY,
    ) -> None:
        self._path, self._engine, self._tell, self._post = path, engine, tell, post
        self._save_every = save_every
        self._opened_store: ChatStore | None = None
        self._open: int | None = None  # the chat on screen
        self._left_by_delete: int | None = None  # the chat that was on screen until it was deleted
        self._phase = Phase.IDLE
        self._running: RunningAnswer | None = None
        self._unsaved: dict[int, Message] = {}  # ended answers that the disk did not take yet

    @property
    def _store(self) -> ChatStore:
        """Opened by the first command; after a failure, by the next one."""
        if self._opened_store is None:
            self._opened_store = ChatStore(self._path)
            if self._opened_store.moved_to:
                self._tell(HistoryDamaged(str(self._opened_store.moved_to)))
        return self._opened_store

    # -- commands

    def list_chats(self) -> None:
        self._tell(ChatsListed(self._store.chats()))

    def open_chat(self, number: int) -> None:
        self._open = self._store.chat(number).id
        self._show()

    def new_chat(self) -> None:
        self._open = None
        self._show()

    def send(self, text: str, settings: AnswerSettings) -> None:
        """Ask in the open chat; the chat is made by its first message."""
        self._interrupt()
        try:
            parent = None if self._open is None else self._store.chat(self._open).leaf
            chat, question, answer = self._store.ask(self._open, parent, text, settings)
        except AppError as error:
            self.failed(error, text)
            return
        if self._open is None:
            self._open = chat.id
            self._tell(ChatOpened(chat, ()))
        self._tell(MessageAdded(question))
        self._tell(MessageAdded(answer))
        self._begin(answer, settings)
        self.list_chats()

    def edit(self, number: int, text: str, settings: AnswerSettings) -> None:
        """Ask differently: the changed question stands beside the old one, which is kept."""
        old = self._message(number, Role.USER)
        self._interrupt()
        try:
            _, _, answer = self._store.ask(old.chat, old.parent, text, settings)
        except AppError as error:
            self.failed(error, text)
            return
        self._answer_shown(answer, settings)

    def regenerate(self, number: int, settings: AnswerSettings) -> None:
        """A further answer beside `number` (an answer, or a question to be answered again)."""
        message = self._message(number)
        if message.role is Role.ASSISTANT and message.parent is not None:
            message = self._message(message.parent, Role.USER)
        self._interrupt()
        self._answer_shown(self._store.answer_again(message, settings), settings)

    def continue_answer(self, number: int, settings: AnswerSettings) -> None:
        """Go on with an unfinished answer where it stopped."""
        if self._running and self._running.message.id == number:
            return
        self._interrupt()
        answer = self._message(number, Role.ASSISTANT)
        if answer.state is MessageState.COMPLETE:
            return
        answer = replace(self._store.resume(answer, settings), text=answer.text)
        self._unsaved.pop(number, None)
        self._tell(AnswerContinued(answer))
        self._begin(answer, settings)
        self.list_chats()

    def stop(self) -> None:
        """End the running answer. One that still waits for the model ends at once: loading can take long."""
        if not self._running:
            return
        if self._phase is Phase.WAITING:
            self._interrupt()
            return
        self._step(Step.STOP)
        if self._running.job:
            self._running.job.cancel()

    def rename(self, number: int, title: str) -> None:
        self._store.rename(number, title)
        self.list_chats()

    def delete(self, number: int) -> None:
        """Hide a chat; an answer being written in it is stopped and kept."""
        chat = self._store.chat(number)
        if self._running and self._running.message.chat == number:
            self._interrupt()
        self._store.delete(number)
        self._tell(ChatDeleted(chat))
        self.list_chats()
        if self._open == number:
            self._left_by_delete = number
            self.new_chat()

    def restore(self, number: int) -> None:
        """Undo `delete`; a chat that was on screen comes back there if nothing else was opened meanwhile."""
        self._store.restore(number)
        self.list_chats()
        if self._open is None and self._left_by_delete == number:
            self.open_chat(number)

    def close(self) -> None:
        """Stop, save, let go of the file."""
        self._interrupt()
        if self._opened_store:
            self._save_leftovers()
            self._opened_store.close()
            self._opened_store = None

    # -- saving

    def seconds_to_save(self) -> float | None:
        """How long the thread may sleep; None: nothing waits to be saved."""
        due = self._running.save_at if self._running else None
        return None if due is None else max(0.0, due - time.monotonic())

    def save_if_due(self) -> None:
        """Bring the growing answer to the disk. Failures do not end the answer; they are told once."""
        run = self._running
        if run is None or self.seconds_to_save() != 0.0:
            return
        try:
            self._store.save_growing(run.message.id, run.text)
        except AppError as error:
            run.failures += 1
            run.save_at = time.monotonic() + self._save_every
            if run.failures > FAILURES_UNTOLD:
                self._tell_unsaved(run, error)
        else:
            run.failures, run.save_at = 0, None

    def _tell_unsaved(self, run: RunningAnswer, error: AppError) -> None:
        """Once per answer. A broken file stays in place until the next command, so it only takes no text yet."""
        if run.told:
            return
        run.told = True
        broken = error.code == "history-damaged"
        self._tell(HistoryFailed(Fixable("history-unwritable", path=str(self._path)) if broken else error))

    def _save_leftovers(self) -> None:
        """Try again what the disk refused; whoever must know has been told."""
        for number, message in list(self._unsaved.items()):
            try:
                self._store.save_ended(message)
            except AppError as error:
                log.warning("answer %d is still not saved: %s", number, error)
                return
            del self._unsaved[number]

    def failed(self, error: AppError, text: str = "") -> None:
        """Tell that a command failed; `text` is what the person sent and gets back. A file that broke while
        in use is set aside by opening it again, which tells `HistoryDamaged`."""
        log.warning("history: %s", error)
        if error.code == "history-damaged" and self._opened_store:
            moved_to = self._start_over(self._opened_store)
            if moved_to and not text:
                return
            error = Fixable(error.code, path=str(moved_to or self._path))
        self._tell(HistoryFailed(error, text))

    def _start_over(self, broken: ChatStore) -> Path | None:
        """Leave everything that belongs to the broken file; returns where that went."""
        if self._running:
            if self._running.job:
                self._running.job.cancel()
            self._running = None
            self._step(Step.END)
        self._open, self._opened_store = None, None
        self._unsaved.clear()
        broken.close()
        self.list_chats()
        self.new_chat()
        return self._store.moved_to

    # -- the running answer

    def _begin(self, answer: Message, settings: AnswerSettings) -> None:
        run = self._running = RunningAnswer(answer)
        self._step(Step.ASK)
        try:
            request = AnswerRequest(
                turns=turns_of(self._branch(answer.id)),
                system=settings.system,
                sampling=settings.sampling,
                max_tokens=settings.max_tokens,
            )
            run.job = self._engine.answer(request, lambda event: self._post(partial(self._heard, run, event)))
        except Exception as error:  # an answer always ends
            self._end(run, MessageState.PARTIAL, error=as_app_error(error))

    def _heard(self, run: RunningAnswer, event: Event) -> None:
        """An event of the engine. Those of answers that ended meanwhile are late and ignored."""
        if run is not self._running:
            return
        chat, number = run.message.chat, run.message.id
        match event:
            case TextDelta(text=text):
                run.add(text, time.monotonic(), self._save_every)
                self._step(Step.TEXT)
                self._tell(AnswerText(chat, number, text))
            case PromptProgress(done=done, total=total):
                self._step(Step.PROMPT, done, total)
            case TurnsDropped(turns=turns):
                self._tell(TurnsNoLongerFit(chat, number, turns))
            case JobFinished(result=Answer(stats=stats)):
                self._end(run, state_after(stats.end), stats)
            case JobFailed(error=error):
                self._end(run, MessageState.PARTIAL, error=error)
            case JobFinished() | JobCancelled():
                self._end(run, MessageState.PARTIAL)

    def _interrupt(self) -> None:
        """End the running answer now, without waiting for the engine; what it still says is late."""
        run = self._running
        if run is None:
            return
        if run.job:
            run.job.cancel()
        self._end(run, MessageState.PARTIAL)

    def _end(
        self,
        run: RunningAnswer,
        state: MessageState,
        stats: AnswerStats | None = None,
        error: AppError | None = None,
    ) -> None:
        message = run.ended(state, stats)
        self._running = None
        try:
            self._store.save_ended(message)
        except AppError as failure:
            self._unsaved[message.id] = message
            self._tell_unsaved(run, failure)
        else:
            self._save_leftovers()
        self._tell(AnswerEnded(message, error))
        self._step(Step.END)

    # -- small parts

    def _step(self, step: Step, done: int = 0, total: int = 0) -> None:
        phase = advance(self._phase, step)
        if phase is self._phase and step is not Step.PROMPT:
            return
        self._phase = phase
        chat = self._running.message.chat if self._running else None
        self._tell(PhaseChanged(phase, chat, done, total))

    def _answer_shown(self, answer: Message, settings: AnswerSettings) -> None:
        """Begin `answer`, whose branch is shown from now on."""
        if self._open == answer.chat:
            self._show()
        else:
            self._tell(MessageAdded(answer))
        self._begin(answer, settings)
        self.list_chats()

    def _show(self) -> None:
        chat = None if self._open is None else self._store.chat(self._open)
        self._tell(ChatOpened(chat, self._branch(chat.leaf) if chat else ()))

    def _branch(self, leaf: int | None) -> tuple[Message, ...]:
        """The stored branch with what memory knows better."""
        return tuple(self._newest(message) for message in self._store.branch(leaf))

    def _message(self, number: int, role: Role | None = None) -> Message:
        message = self._newest(self._store.message(number))
        if role and message.role is not role:
            raise Fixable("chat-missing")
        return message

    def _newest(self, message: Message) -> Message:
        if self._running and self._running.message.id == message.id:
            return self._running.snapshot()
        return self._unsaved.get(message.id, message)
