"""The page that says what will happen, before it does: steps, bytes, room, memory, time, and what stands against it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.runtime.models.installs import InstallPlan, InstallStep, PlannedStep
from app.runtime.models.setup_mending import mending_page
from app.runtime.models.setup_state import GoTo, Page
from app.ui.widgets.card import Card
from app.ui.widgets.icon_fact import IconFact
from app.ui.wizard.page import Foot, SetupPage
from app.ui.wizard.presenter import SetupPresenter
from app.ui.wizard.problems import Problems, Told, Way
from app.ui.wizard.rows import InfoRow
from app.ui.wizard.words import INSTALL_STEPS, SHOWN_STEPS, about, amount, clock, joined, words


class PlanPage(SetupPage):
    """Nothing has begun yet; Next begins."""

    page = Page.PLAN

    def __init__(self, presenter: SetupPresenter) -> None:
        super().__init__(presenter)
        self.objections, self.warnings = Problems(), Problems("warn")
        self.card = Card()
        self.rows = {step: InfoRow(INSTALL_STEPS[step][0]) for step in SHOWN_STEPS}
        for row in self.rows.values():
            self.card.add_row(row)
        self.disk, self.memory, self.time = IconFact("disk"), IconFact("models"), IconFact("clock")
        self.notes = [IconFact("info") for _ in range(3)]
        for one in (self.objections, self.warnings):
            self.add(one, 16)
        self.add(self.card, 20)
        for number, fact in enumerate((self.disk, self.memory, self.time, *self.notes)):
            self.add(fact, 8 if number else 16)
        self.end()
        self.go_live()

    # --- showing

    def refresh(self) -> None:
        plan = self.facts.plan if self.state.plan is not None else None
        self.title.set_text(self.tr("Before it begins"))
        if plan is None:
            planning = self.tr("Looking at what has to be done…")
            self.intro.set_text(planning if self.state.error is None else self.tr("There is no plan yet."))
        else:
            self.intro.set_text(
                self.tr("This is what happens for {name}. You can stop it at any time.").format(name=plan.name)
            )
        self.set_shown(self.card, plan is not None)
        for fact in (self.disk, self.memory, self.time, *self.notes):
            self.set_shown(fact, False)
        self._show_objections(plan)
        self.show_error((self.tr("Try again"), self.presenter.retry))
        if plan is not None:
            self._show_steps(plan)
            self._show_amounts(plan)

    def _show_steps(self, plan: InstallPlan) -> None:
        planned = {one.step: one for one in plan.steps}
        self.card.filter([row for step, row in self.rows.items() if step in planned])
        for step, row in self.rows.items():
            if step in planned:
                one = planned[step]
                seconds = self._seconds(one)
                row.tell(
                    words(INSTALL_STEPS[step][1]), *self._facts(plan, one), right=about(seconds) if seconds else ""
                )

    def _facts(self, plan: InstallPlan, one: PlannedStep) -> tuple[str, ...]:
        match one.step:
            case InstallStep.DOWNLOAD:
                files = self.tr("1 file") if len(plan.files) == 1 else self.tr("{n} files").format(n=len(plan.files))
                return amount(plan.download), files, plan.repository
            case InstallStep.KEY_TEST:
                key = plan.request.key
                return (key.name if key else "", self.tr("on the first small files"))
            case InstallStep.CONVERT:
                into = self.tr("into {size} ({type})").format(size=amount(plan.write), type=plan.type)
                one_pass = self.tr("decrypt, convert and quantize in one pass")
                convert = self.tr("convert and quantize in one pass")
                return (one_pass if plan.has(InstallStep.KEY_TEST) else convert, into)
            case InstallStep.VERIFY:
                return (self.tr("Read the finished file once and note its checksum"),)
        return (self.tr("Let the model answer a sentence"),)

    def _seconds(self, one: PlannedStep) -> float:
        """Of the download if the chosen source was measured."""
        if one.step is InstallStep.DOWNLOAD:
            measured = [speed for speed in self.facts.speeds if speed.source.endpoint == self.state.choices.source]
            return one.size / measured[0].rate if measured and measured[0].rate else 0.0
        return one.seconds

    def _show_amounts(self, plan: InstallPlan) -> None:
        room = self.tr("Room on the drive: {need} at most while it goes on, {free} are free; {size} stay in use.")
        self.disk.set_text(
            room.format(need=amount(plan.peak_disk), free=amount(plan.free_disk), size=amount(plan.write))
            if plan.peak_disk
            else self.tr("Room on the drive: none, the file is used where it is.")
        )
        need = self.tr("Memory while chatting: {need}, {free} are free now.")
        self.memory.set_text(need.format(need=amount(plan.memory), free=amount(plan.free_memory)))
        seconds = [self._seconds(one) for one in plan.steps]
        known = InstallStep.DOWNLOAD not in [one.step for one in plan.steps] or seconds[0] > 0
        text = self.tr("Time: {time}; done at about {clock} if you start now.")
        if not known:
            text = self.tr("Time: {time} after the download, which depends on the network.")
        self.time.set_text(text.format(time=about(sum(seconds)), clock=clock(self.presenter.clock(), sum(seconds))))
        self.set_shown(self.disk, True)
        self.set_shown(self.memory, bool(plan.memory))
        self.set_shown(self.time, True)
        for note, fact in zip(plan.notes, self.notes, strict=False):
            fact.set_text(joined(*self.presenter.languages.words(note)))
            self.set_shown(fact, True)

    def _show_objections(self, plan: InstallPlan | None) -> None:
        for part, errors in (
            (self.objections, plan.problems if plan is not None else ()),
            (self.warnings, plan.warnings if plan is not None else ()),
        ):
            told = []
            for error in errors:
                what, then = self.presenter.languages.words(error)
                told.append(Told(what, "", then, (self._way(error),) if part is self.objections else ()))
            part.tell(*told)
            self.set_shown(part, bool(told))

    def _way(self, error: AppError) -> Way:
        """To the page where something can be done about it."""
        page = mending_page(self.state, error)
        words = {
            Page.FOLDER: self.tr("Choose another folder"),
            Page.MODEL: self.tr("Choose another model"),
            Page.SOURCE: self.tr("Choose another source"),
            Page.KEY: self.tr("Choose another key file"),
        }
        if page in words:
            return words[page], lambda: self.presenter.act(GoTo(page))
        return self.tr("Look again"), self.presenter.plan_again

    def foot(self) -> Foot:
        return Foot(self.tr("Start"), self.tr("Back"), self.tr("Later"))

    def start(self) -> QWidget | None:
        return None
