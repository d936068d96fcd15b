"""The page that shows how far the install is, row by row."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.runtime.models.installs import InstallState, InstallStatus, InstallStep, StepState, StepStatus
from app.runtime.models.records import Transfer
from app.runtime.models.setup_state import Hide, Page
from app.ui.theme import theme
from app.ui.widgets.banner import Banner
from app.ui.widgets.buttons import Button
from app.ui.widgets.card import Card
from app.ui.widgets.gaps import set_gaps
from app.ui.widgets.icon_fact import IconFact
from app.ui.widgets.progress import ProgressLine
from app.ui.wizard.page import Foot, SetupPage
from app.ui.wizard.presenter import SetupPresenter
from app.ui.wizard.rows import InfoRow
from app.ui.wizard.words import INSTALL_STEPS, SHOWN_STEPS, about, amount, clock, joined, left, rate, words

OVER = (StepStatus.DONE, StepStatus.SKIPPED)


class WorkRow(InfoRow):
    """A step; while it is at work with a bar and, if it can be, the buttons for it."""

    def __init__(self, step: InstallStep) -> None:
        self.step = step
        self.bar = ProgressLine()
        self.buttons = QWidget()
        self.pause = Button(icon="pause", icon_room=14, small=True)
        self.resume = Button(icon="play", icon_room=14, small=True)
        self.cancel = Button(kind="text", small=True)
        self._button_row = QHBoxLayout(self.buttons)
        self._button_row.setContentsMargins(0, 0, 0, 0)
        for button in (self.pause, self.resume, self.cancel):
            self._button_row.addWidget(button)
        self._button_row.addStretch(1)
        super().__init__(INSTALL_STEPS[step][0])
        self.body.addWidget(self.bar)
        self.body.addWidget(self.buttons)
        self.show_work(None, "running", False)

    def show_work(self, fraction: float | None, state: str, buttons: bool) -> None:
        self.bar.set_fraction(fraction)
        self.bar.set_state(state)
        self.bar.setVisible(fraction is not None)
        self.buttons.setVisible(buttons)
        self.pause.setVisible(state == "running")
        self.resume.setVisible(state != "running")
        shown = fraction is not None
        set_gaps(self.body, ((self.bar, 14 if buttons else 0),) if shown else ())
        self.body.setContentsMargins(0, theme().px(12) if shown or buttons else 0, 0, 0)

    def restyle(self) -> None:
        super().restyle()
        self._button_row.setSpacing(theme().px(8))


class ProgressPage(SetupPage):
    """It can be hidden; the install goes on, and the guide answers meanwhile."""

    page = Page.PROGRESS

    def __init__(self, presenter: SetupPresenter) -> None:
        super().__init__(presenter)
        self.card = Card()
        self.computer = InfoRow("check-circle")
        self.rows = {step: WorkRow(step) for step in SHOWN_STEPS}
        self.card.add_row(self.computer)
        for row in self.rows.values():
            self.card.add_row(row)
            row.pause.clicked.connect(presenter.pause)
            row.resume.clicked.connect(presenter.resume)
            row.cancel.clicked.connect(lambda: self._ask(True))
        self.confirm = Banner("warn")
        self.yes, self.no = self.confirm.add_button("", "danger"), self.confirm.add_button("")
        self.yes.clicked.connect(self._cancel)
        self.no.clicked.connect(lambda: self._ask(False))
        self.guide = IconFact("guide", "interface", indent=True)
        self.add(self.confirm, 20)
        self.add(self.card, 20)
        self.add(self.guide, 18)
        self.set_shown(self.confirm, False)
        self.end()
        self.go_live()

    # --- showing

    def refresh(self) -> None:
        install = self.facts.install
        name = install.name if install else self.state.plan.name if self.state.plan else ""
        self.title.set_text(self.tr("Setting up {name}").format(name=name))
        self.intro.set_text(self._when(install))
        self.guide.set_text(self.tr("While you wait, you can go on chatting with the built-in guide."))
        kept = self.tr("What has been downloaded so far will be deleted.")
        self.confirm.set_text(self.tr("End the installation?"), kept)
        self.yes.setText(self.tr("End and delete"))
        self.no.setText(self.tr("Go on"))
        self.set_shown(self.card, install is not None)
        if install is None:
            return
        states = {one.step: one for one in install.steps}
        shown: list[QWidget] = [self.computer]
        for step, row in self.rows.items():
            if step in states:
                self._show_step(row, install, states[step])
                shown.append(row)
        self.card.filter(shown)
        need, free = amount(install.plan.peak_disk), amount(install.plan.free_disk)
        facts = self.tr("{need} needed, {free} were free").format(need=need, free=free)
        self.computer.set_look("check-circle", "ok")
        self.computer.tell(self.tr("Check computer and drive"), facts, right=self.tr("done"))

    def _when(self, install: InstallState | None) -> str:
        if install is None or install.status is InstallStatus.QUEUED:
            return self.tr("It begins as soon as another installation is done.") if install else self.tr("Starting…")
        if install.status is InstallStatus.PAUSED:
            return self.tr("Paused. It goes on where it was.")
        seconds = self._left(install)
        after = self.tr("You may close the window: next time it goes on where it was.")
        if seconds is None:
            return after
        done = self.tr("Done at about {clock}.").format(clock=clock(self.presenter.clock(), seconds))
        return joined(done, after)

    @staticmethod
    def _left(install: InstallState) -> float | None:
        """Seconds until everything is done, None while that cannot be told."""
        planned = {one.step: one.seconds for one in install.plan.steps}
        total = 0.0
        for one in install.steps:
            if one.status in OVER:
                continue
            if one.status is StepStatus.RUNNING and one.left is not None:
                total += one.left
            elif one.step is InstallStep.DOWNLOAD:
                return None
            else:
                total += planned.get(one.step, 0.0)
        return total

    def _show_step(self, row: WorkRow, install: InstallState, step: StepState) -> None:
        paused = install.status is InstallStatus.PAUSED
        current = install.current is not None and install.current.step is step.step
        at_work = step.status is StepStatus.RUNNING or (paused and current)
        title = self._title(step.step, install)
        row.pause.setText(self.tr("Pause"))
        row.resume.setText(self.tr("Go on"))
        download = step.step is InstallStep.DOWNLOAD
        row.cancel.setText(self.tr("Cancel the download") if download else self.tr("Cancel"))
        if step.status in OVER:
            row.set_look("check-circle", "ok")
            word = self.tr("done") if step.status is StepStatus.DONE else self.tr("skipped")
            row.tell(title, *self._about(step, install), right=word)
            row.show_work(None, "running", False)
        elif at_work:
            fraction = min(1.0, step.done / step.total) if step.total else None
            percent = self.tr("paused") if paused else f"{int(100 * fraction)}%" if fraction is not None else ""
            row.set_look(INSTALL_STEPS[step.step][0], "text-2" if paused else "accent-text", strong=True)
            row.tell(title, *self._work(step, paused), text=self._reason(step), right=percent)
            row.show_work(fraction, "paused" if paused else "running", step.step is not InstallStep.KEY_TEST)
        else:
            row.set_look("clock", title="text-2")
            planned = next((one.seconds for one in install.plan.steps if one.step is step.step), 0.0)
            row.tell(title, *self._about(step, install), right=about(planned) if planned else "")
            row.show_work(None, "running", False)

    def _title(self, step: InstallStep, install: InstallState) -> str:
        if step is not InstallStep.CONVERT:
            return words(INSTALL_STEPS[step][1])
        if install.plan.has(InstallStep.KEY_TEST):
            return self.tr("Restore and convert to {type}").format(type=install.plan.type)
        return self.tr("Convert and quantize to {type}").format(type=install.plan.type)

    def _about(self, step: StepState, install: InstallState) -> tuple[str, ...]:
        """What a step does, or has done."""
        plan, done = install.plan, step.status is StepStatus.DONE
        key = plan.request.key.name if plan.request.key else ""
        match step.step:
            case InstallStep.DOWNLOAD:
                return (amount(step.total or plan.download), plan.repository)
            case InstallStep.KEY_TEST:
                fits = self.tr("{key} fits: a small file was opened with it, its checksum is right")
                soon = self.tr("With {key}, on the first small files")
                return ((fits if done else soon).format(key=key),)
            case InstallStep.CONVERT:
                both = self.tr("From {before} to about {after}, in one pass")
                before = sum(one.size for one in plan.local) + plan.download
                return (both.format(before=amount(before), after=amount(plan.write)),)
            case InstallStep.VERIFY:
                return (self.tr("Read the finished file once and note its checksum"),)
        return (self.tr("Let the model answer a sentence, to be sure that it works"),)

    def _work(self, step: StepState, paused: bool) -> tuple[str, ...]:
        facts = []
        if step.total:
            done, total = amount(step.done), amount(step.total)
            done = done.removesuffix(" GB") if done.endswith(" GB") and total.endswith(" GB") else done
            facts.append(self.tr("{done} / {total}").format(done=done, total=total))
        if paused:
            return tuple(facts)
        if step.step is InstallStep.TRY:
            return (self.tr("Loading the model and asking it something"),)
        if step.transfer is Transfer.CHECKING:
            facts.append(self.tr("looking at what is here already"))
        elif step.transfer is Transfer.VERIFYING:
            facts.append(self.tr("comparing checksums"))
        elif step.transfer is Transfer.WAITING:
            facts.append(self.tr("waiting before the next attempt"))
        elif step.transfer is Transfer.STALLED:
            facts.append(self.tr("nothing arrives; it will try again"))
        elif step.rate:
            facts.append(rate(step.rate))
        if step.left is not None and step.transfer in (None, Transfer.RUNNING):
            facts.append(left(step.left))
        return tuple(facts)

    def _reason(self, step: StepState) -> str:
        """Why it waits."""
        return joined(*self.presenter.languages.words(step.reason)) if step.reason is not None else ""

    def foot(self) -> Foot:
        return Foot(self.tr("Finish"), self.tr("Back to the chat"), self.tr("Show the log"), back_icon="chat")

    def start(self) -> QWidget | None:
        return None

    def leave(self) -> None:
        self._ask(False)

    # --- actions

    def hide_wizard(self) -> None:
        self.presenter.act(Hide())

    def show_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.presenter.paths.logs)))

    def _ask(self, ask: bool) -> None:
        self.set_shown(self.confirm, ask)
        if ask:
            self.no.setFocus(Qt.FocusReason.TabFocusReason)

    def _cancel(self) -> None:
        self._ask(False)
        self.presenter.cancel()
