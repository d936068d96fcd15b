"""An install under the table: how far it is, what hinders it, and in the end the model's first answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.runtime.models.installs import InstallState, InstallStatus, InstallStep, StepState, StepStatus
from app.runtime.models.records import Transfer
from app.ui.models.problem_panel import ProblemPanel, Way
from app.ui.models.progress_card import CardState, ProgressCard
from app.ui.models.words import rate, sentences, size, time_left, translate
from app.ui.widgets.banner import Banner
from app.ui.widgets.live import Live

if TYPE_CHECKING:
    from app.errors import AppError
    from app.ui.i18n import Languages

ICONS = {
    InstallStep.DOWNLOAD: "download",
    InstallStep.KEY_TEST: "key",
    InstallStep.CONVERT: "cpu",
    InstallStep.VERIFY: "check-circle",
    InstallStep.TRY: "chat",
}
SHOWN_ANSWER = 160  # characters of the trial's answer


def step_title(step: InstallStep, name: str) -> str:
    """What is being done to the model, in one phrase."""
    words = {
        InstallStep.DOWNLOAD: translate("Models", "Downloading {name}"),
        InstallStep.KEY_TEST: translate("Models", "Testing the key file for {name}"),
        InstallStep.CONVERT: translate("Models", "Converting {name}"),
        InstallStep.VERIFY: translate("Models", "Checking {name}"),
        InstallStep.TRY: translate("Models", "Trying out {name}"),
    }
    return words[step].format(name=name)


def downloaded(state: InstallState) -> int:
    """Bytes that a cancel would throw away."""
    return sum(one.done for one in state.steps if one.step in (InstallStep.DOWNLOAD, InstallStep.CONVERT))


def card_of(state: InstallState, languages: Languages) -> CardState:
    """How the card of an install that has not failed looks."""
    step = state.current
    if state.status is InstallStatus.FINISHED or step is None:
        return CardState(translate("Models", "{name} is installed").format(name=state.name), "check-circle", tone="ok")
    if state.status is InstallStatus.QUEUED:
        waits = translate("Models", "waits for the install before it")
        return CardState(translate("Models", "{name} will be installed").format(name=state.name), "clock", (waits,))
    fraction = min(1.0, step.done / step.total) if step.total else None
    percent = () if fraction is None else (f"{int(fraction * 100)}%",)
    title, icon = step_title(step.step, state.name), ICONS[step.step]
    if state.status is InstallStatus.PAUSED:
        paused = (*percent, translate("Models", "paused"))
        return CardState(title, icon, paused, fraction or 0.0, "paused", tone="text-3")
    return CardState(title, icon, (*percent, *_going(step)), fraction, detail=_detail(step, languages))


def _going(step: StepState) -> tuple[str, ...]:
    """What stands behind the percentage while it runs."""
    match step.transfer:
        case Transfer.CHECKING:
            return (translate("Models", "asking the server"),)
        case Transfer.STALLED:
            return (translate("Models", "no answer at the moment"),)
        case Transfer.WAITING:
            return (translate("Models", "tries again soon"),)
        case Transfer.VERIFYING:
            return (translate("Models", "checking what came"),)
    if step.left is not None:
        return (time_left(step.left),)
    return (translate("Models", "takes a moment"),) if step.status is StepStatus.RUNNING and not step.total else ()


def _detail(step: StepState, languages: Languages) -> str:
    """Why it waits, or how fast it is."""
    if step.reason is not None:
        return sentences(*languages.words(step.reason))
    return ""


def speed_of(state: InstallState) -> str:
    """`3.2 of 28.3 GB, 3.2 MB/s`: the card's tooltip; empty while nothing is known."""
    step = state.current
    if step is None or not step.total:
        return ""
    done = translate("Models", "{done} of {total}").format(done=size(step.done), total=size(step.total))
    return f"{done}, {rate(step.rate)}" if step.rate else done


class InstallCard(Live, QWidget):
    """Shows one `InstallState` after the other; wishes leave as signals with the install's id."""

    pause_requested = Signal(str)
    resume_requested = Signal(str)
    cancel_requested = Signal(str)
    dismiss_requested = Signal(str)
    key_requested = Signal(str)
    use_requested = Signal(str)
    guide_asked = Signal(object)

    def __init__(self, state: InstallState, languages: Languages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state, self._languages = state, languages
        self.card, self.problem = ProgressCard(), ProblemPanel(languages, closable=False)
        self._pause = self.card.add_icon("pause", lambda: self.pause_requested.emit(self.state.id))
        self._resume = self.card.add_icon("play", lambda: self.resume_requested.emit(self.state.id))
        self._cancel = self.card.add_icon("close", self._end)
        self._use = self.card.add_button(lambda: self.use_requested.emit(self.state.entry))
        self._notes: Banner | None = None
        self._shown: AppError | None = None
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card)
        column.addWidget(self.problem)
        self.go_live()

    def set_state(self, state: InstallState) -> None:
        if state != self.state:
            self.state = state
            self.retranslate()

    def _end(self) -> None:
        """The ×: forget what is over, cancel what is not."""
        over = self.state.status is InstallStatus.FINISHED
        (self.dismiss_requested if over else self.cancel_requested).emit(self.state.id)

    def retranslate(self) -> None:
        state = self.state
        failed = state.status is InstallStatus.FAILED and state.error is not None
        self.card.setVisible(not failed)
        if failed and state.error is not self._shown:
            self._show_failure(state)
        elif not failed and self._shown is not None:
            self._shown = None
            self.problem.clear()
        if not failed:
            self._show_progress(state)

    def _show_progress(self, state: InstallState) -> None:
        over, paused = state.status is InstallStatus.FINISHED, state.status is InstallStatus.PAUSED
        card = card_of(state, self._languages)
        if over and state.answer:
            card = CardState(card.title, card.icon, detail=self._answer_words(state), tone=card.tone)
        self.card.set_state(card)
        self.card.setToolTip("" if over else speed_of(state))
        self._pause.setVisible(state.status is InstallStatus.RUNNING)
        self._resume.setVisible(paused)
        self._use.setVisible(over and bool(state.entry))
        self._use.setText(self.tr("Use it"))
        self._use.setAccessibleName(self.tr("Use {name}").format(name=state.name))
        self._pause.set_hint(self.tr("Pause {name}").format(name=state.name))
        self._resume.set_hint(self.tr("Go on with {name}").format(name=state.name))
        word = self.tr("Close") if over else self.tr("Cancel {name}").format(name=state.name)
        self._cancel.set_hint(word)
        self._show_notes(state if over else None)

    def _answer_words(self, state: InstallState) -> str:
        answer = " ".join(state.answer.split())
        if len(answer) > SHOWN_ANSWER:
            answer = answer[:SHOWN_ANSWER] + "…"
        return self.tr("Asked “{question}” it said: “{answer}”").format(question=state.question, answer=answer)

    def _show_notes(self, state: InstallState | None) -> None:
        """What the reader should know although it worked."""
        if self._notes is not None:
            self._column.removeWidget(self._notes)
            self._notes.hide()
            self._notes.deleteLater()
            self._notes = None
        if state is not None and state.notes:
            what, then = self._languages.words(state.notes[0])
            self._notes = Banner("warn", what, then)
            self._column.addWidget(self._notes)

    def _show_failure(self, state: InstallState) -> None:
        error = self._shown = state.error
        assert error is not None
        again = Way(self.tr("Try again"), lambda: self.resume_requested.emit(self.state.id), "secondary")
        ways = [again, Way(self.tr("Remove"), lambda: self.cancel_requested.emit(self.state.id), "danger")]
        if error.code.startswith("key-"):
            ways.insert(0, Way(self.tr("Choose another key file…"), lambda: self.key_requested.emit(self.state.id)))
        self.problem.show_error(error, *ways, guide=self.guide_asked.emit)


def cards_wanted(states: dict[str, InstallState]) -> list[InstallState]:
    """Those that have a card: all but the cancelled, oldest first."""
    return [one for one in states.values() if one.status is not InstallStatus.CANCELLED]
