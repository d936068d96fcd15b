"""The open chat on screen: commands go to `ChatService`, its notices come back as changes of the widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from app.runtime.chats.records import (
    AnswerContinued,
    AnswerEnded,
    AnswerText,
    Chat,
    ChatDeleted,
    ChatOpened,
    ChatsListed,
    HistoryDamaged,
    HistoryFailed,
    Message,
    MessageAdded,
    Notice,
    Phase,
    PhaseChanged,
    TurnsNoLongerFit,
)
from app.runtime.engine.records import EndReason, Role
from app.ui.context import Runtime
from app.ui.errors import present

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

UNDO_MS = 10_000


class Conversation(QObject):
    """Keeps nothing but the open chat, its messages and the phase; everything else is asked of the service."""

    def __init__(self, window: MainWindow, runtime: Runtime) -> None:
        super().__init__(window)
        self._window, self._runtime = window, runtime
        self.chat: Chat | None = None
        self._messages: dict[int, Message] = {}
        self._phase = PhaseChanged(Phase.IDLE)
        self._handlers: dict[type, Callable[[Any], None]] = {
            ChatsListed: self._listed,
            ChatOpened: self._opened,
            MessageAdded: self._added,
            AnswerText: self._text,
            AnswerContinued: self._continued,
            AnswerEnded: self._ended,
            PhaseChanged: self._phase_changed,
            TurnsNoLongerFit: self._dropped,
            ChatDeleted: self._deleted,
            HistoryDamaged: self._damaged,
            HistoryFailed: self._failed,
        }
        runtime.bridge.notice.connect(self.handle)
        self._wire()

    def _wire(self) -> None:
        window, chats = self._window, self._runtime.chats
        window.sidebar.new_chat_requested.connect(self.new_chat)
        window.sidebar.chat_selected.connect(self.open_chat)
        window.sidebar.rename_requested.connect(chats.rename)
        window.sidebar.delete_requested.connect(chats.delete)
        window.header.new_chat_requested.connect(self.new_chat)
        window.header.rename_requested.connect(self._rename_open)
        window.header.delete_requested.connect(self._delete_open)
        window.header.copy_requested.connect(self._copy_all)
        window.composer.send_requested.connect(self.send)
        window.composer.stop_requested.connect(self.stop)
        window.first_start.example_asked.connect(self.send)
        window.transcript.regenerate_requested.connect(self._regenerate)
        window.transcript.edit_requested.connect(self._edit)
        window.transcript.continue_requested.connect(self._continue)

    # -- commands -------------------------------------------------------------------------------------------

    def new_chat(self) -> None:
        self._runtime.chats.new_chat()
        self._window.composer.edit.setFocus()

    def open_chat(self, chat: int) -> None:
        if self.chat is None or self.chat.id != chat:
            self._runtime.chats.open_chat(chat)

    def send(self, text: str) -> None:
        self._runtime.chats.send(text, self._runtime.answer_settings())

    def stop(self) -> bool:
        """Stop the running answer of the open chat; False if there is none."""
        if not self._answering_here():
            return False
        self._runtime.chats.stop()
        return True

    def _regenerate(self, message: int) -> None:
        self._runtime.chats.regenerate(message, self._runtime.answer_settings())

    def _edit(self, message: int, text: str) -> None:
        self._runtime.chats.edit(message, text, self._runtime.answer_settings())

    def _continue(self, message: int) -> None:
        self._runtime.chats.continue_answer(message, self._runtime.answer_settings())

    def _rename_open(self) -> None:
        if self.chat is not None:
            self._window.place.open()
            self._window.sidebar.start_rename(self.chat.id)

    def _delete_open(self) -> None:
        if self.chat is not None:
            self._runtime.chats.delete(self.chat.id)

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText("\n\n".join(message.text for message in self._messages.values()))

    # -- notices --------------------------------------------------------------------------------------------

    def handle(self, notice: object) -> None:
        handler = self._handlers.get(type(notice))
        if handler is not None:
            handler(notice)

    def _listed(self, notice: ChatsListed) -> None:
        self._window.sidebar.set_chats(notice.chats)
        if self.chat is not None:
            self.chat = next((chat for chat in notice.chats if chat.id == self.chat.id), self.chat)
        self._show_title()

    def _opened(self, notice: ChatOpened) -> None:
        self.chat = notice.chat
        self._messages = {message.id: message for message in notice.messages}
        self._window.transcript.show_chat(notice.messages)
        self._window.sidebar.set_current(notice.chat.id if notice.chat else None)
        stats = next((m.stats for m in reversed(notice.messages) if m.stats is not None), None)
        self._window.status.set_stats(stats)
        self._show_title()
        self._show_page()
        self._show_phase()
        self._window.composer.edit.setFocus()

    def _added(self, notice: MessageAdded) -> None:
        message = notice.message
        if self.chat is None or message.chat != self.chat.id:
            return
        self._messages[message.id] = message
        self._window.transcript.add_message(message)
        self._show_page()

    def _text(self, notice: AnswerText) -> None:
        if notice.message in self._messages:
            self._window.transcript.append_text(notice.message, notice.text)

    def _continued(self, notice: AnswerContinued) -> None:
        if notice.message.id in self._messages:
            self._messages[notice.message.id] = notice.message
            self._window.transcript.resume(notice.message)

    def _ended(self, notice: AnswerEnded) -> None:
        message = notice.message
        if message.id not in self._messages:
            return
        self._messages[message.id] = message
        self._window.transcript.finish(message, self._note_of(notice))
        self._window.status.set_stats(message.stats)

    def _note_of(self, notice: AnswerEnded) -> str:
        shown = present(notice.error, self._runtime.languages) if notice.error else None
        if shown is not None:
            return f"{shown.title} {shown.text}".strip()
        stats = notice.message.stats
        if stats is None:
            return ""
        if stats.end in (EndReason.EOS, EndReason.STOP_STRING) and not notice.message.text.strip():
            return self.tr("The model ended without an answer.")
        if stats.end is EndReason.CONTEXT_FULL:
            return self.tr("The context is full: start a new chat to go on.")
        return self._dropped_note() if stats.dropped_turns else ""

    def _dropped_note(self) -> str:
        return self.tr("Earlier turns no longer fit; the model does not see them any more.")

    def _phase_changed(self, notice: PhaseChanged) -> None:
        self._phase = notice
        self._show_phase()

    def _dropped(self, notice: TurnsNoLongerFit) -> None:
        if notice.message in self._messages:
            self._window.transcript.set_note(notice.message, self._dropped_note())

    def _deleted(self, notice: ChatDeleted) -> None:
        chat = notice.chat
        self._window.notices.show_notice(
            key=f"deleted-{chat.id}",
            title=self.tr("Chat deleted"),
            text=chat.title,
            actions=((self.tr("Undo"), lambda: self._runtime.chats.restore(chat.id)),),
            timeout_ms=UNDO_MS,
        )

    def _damaged(self, notice: HistoryDamaged) -> None:
        self._window.notices.show_notice(
            key="history-damaged",
            tone="warn",
            title=self.tr("The chat history could not be read"),
            text=self.tr("It was moved to {path}; a new, empty history was started.").format(path=notice.moved_to),
        )

    def _failed(self, notice: HistoryFailed) -> None:
        self._window.notices.show_error(f"history-{notice.error.code}", notice.error, self._runtime.languages)
        if notice.text:
            self._window.composer.set_text(notice.text)

    # -- what follows from the state ------------------------------------------------------------------------

    def _answering_here(self) -> bool:
        here = self._phase.chat is not None and self.chat is not None and self._phase.chat == self.chat.id
        return here and self._phase.phase is not Phase.IDLE

    def _show_phase(self) -> None:
        self._window.composer.set_answering(self._answering_here())
        if not self._answering_here():
            return
        answer = next((m.id for m in reversed(self._messages.values()) if m.role is Role.ASSISTANT), None)
        if answer is not None:
            self._window.transcript.set_progress(answer, self._progress_words())

    def _progress_words(self) -> str:
        phase = self._phase
        if phase.phase is Phase.WAITING:
            return self.tr("waiting for the model…")
        if phase.phase is Phase.READING:
            if phase.total > 0:
                return self.tr("reading {done}/{total}").format(done=phase.done, total=phase.total)
            return self.tr("reading…")
        if phase.phase is Phase.STOPPING:
            return self.tr("stopping…")
        return self.tr("answering…")

    def _show_title(self) -> None:
        title = self.chat.title if self.chat else ""
        self._window.header.set_title(title)
        self._window.setWindowTitle(f"{title} — ChatBELLE" if title else "ChatBELLE")

    def _show_page(self) -> None:
        window = self._window
        window.show_page(window.transcript if self._messages else window.first_start)
        window.composer.set_fresh(not self._messages)

    def retranslate(self) -> None:
        self._show_title()
        self._show_phase()

    def notices_wanted(self) -> tuple[type[Notice], ...]:
        """The kinds of notice this object handles (a test checks that none is forgotten)."""
        return tuple(self._handlers)
