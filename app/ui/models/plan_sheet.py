"""Before an install begins: in which size, what it takes, what stands against it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.runtime.models.memory import verdict
from app.runtime.weights.records import Target
from app.ui.models.fact_row import FactRow
from app.ui.models.rows import verdict_tag, verdict_words
from app.ui.models.sheet import Sheet
from app.ui.models.words import duration, sentences, size
from app.ui.widgets.banner import Banner
from app.ui.widgets.choice import Check
from app.ui.widgets.choice_card import ChoiceCard
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.errors import AppError
    from app.runtime.jobs import Job
    from app.runtime.models.catalogue import Model
    from app.runtime.models.installs import InstallPlan, InstallRequest
    from app.ui.models.models_presenter import ModelsPresenter

TYPES = ("Q4_0", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "F16")  # what people choose between, small to large


def in_types(request: InstallRequest, name: str = "") -> dict[str, InstallRequest]:
    """The same in every type; with `name` the copies are called `NAME Q4_0` and so on."""
    requests = {kind: replace(request, target=Target(kind)) for kind in TYPES}
    return {kind: replace(one, name=f"{name} {kind}") for kind, one in requests.items()} if name else requests


class PlanSheet(Sheet):
    """One request for each type, or one alone under "", all planned at once. `started` after one was queued.

    `smaller_than`: only what becomes smaller than so many bytes can be chosen.
    """

    started = Signal()

    def __init__(
        self,
        presenter: ModelsPresenter,
        requests: dict[str, InstallRequest],
        title: str,
        text: str,
        smaller_than: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._presenter, self._smaller_than = presenter, smaller_than
        self._requests = requests
        self._plans: dict[str, InstallPlan] = {}
        self._errors: dict[str, AppError] = {}
        self._jobs: list[Job | None] = []
        self.choices, self._facts = ChoiceCard(), Label(role="small", token="text-2", wrap=True)
        self._rows: dict[str, FactRow] = {}
        self._notices: list[Banner] = []
        self._terms, self._accept = Label(role="small", token="text-2", wrap=True), Check()
        self._cancel, self._start = self.add_button(""), self.add_button("", "primary")
        self._chosen, self._by_hand = "", False
        self._build()
        self._cancel.clicked.connect(self.reject)
        self._start.clicked.connect(self._begin)
        self._accept.toggled.connect(lambda _on: self._show())
        self.choices.chosen.connect(self._choose)
        self.go_live()
        self.set_words(title, text)
        self._plan_all()
        self._start.setFocus()

    def _build(self) -> None:
        words = self._type_words()
        for kind in self._requests if len(self._requests) > 1 else ():
            row = self._rows[kind] = FactRow(kind, words.get(kind, kind), kind if kind in words else "")
            self.choices.add_choice(row)
        self.choices.setVisible(bool(self._rows))
        for part in (self.choices, self._facts, self._terms, self._accept):
            self.body.addWidget(part)
        self._choose(next(iter(self._requests)), by_hand=False)

    def _type_words(self) -> dict[str, str]:
        """What the catalogue says about each type, in plain words."""
        found: dict[str, str] = {}
        for model in self._presenter.service.catalogue().models:
            for target in model.targets:
                text = target.words.text(self._presenter.language)
                found.setdefault(target.type, text[:1].upper() + text[1:])
        return found

    def _plan_all(self) -> None:
        for kind, request in self._requests.items():
            start = partial(self._presenter.service.plan_install, request)
            job = self._presenter.submit(start, partial(self._planned, kind), partial(self._not_planned, kind))
            self._jobs.append(job)

    def _planned(self, kind: str, plan: InstallPlan) -> None:
        self._plans[kind] = plan
        row = self._rows.get(kind)
        if row is not None:
            found = verdict(plan.memory, plan.free_memory)
            row.set_fact(size(plan.write))
            row.set_verdict(verdict_tag(found), verdict_words(found))
            if self._smaller_than and plan.write >= self._smaller_than:
                row.setEnabled(False)
        if len(self._plans) + len(self._errors) == len(self._requests):
            self._recommend()
        self._show()

    def _not_planned(self, kind: str, error: AppError) -> None:
        self._errors[kind] = error
        row = self._rows.get(kind)
        if row is not None:
            row.setEnabled(False)
        self._show()

    def _recommend(self) -> None:
        """The largest that leaves memory to spare; else the smallest."""
        if not self._rows or self._by_hand:
            return
        able = [kind for kind in self._plans if self._rows[kind].isEnabled()]
        easy = [kind for kind in able if verdict(self._plans[kind].memory, self._plans[kind].free_memory).left > 0]
        preferred = [kind for kind in ("Q4_0",) if kind in easy]
        for kind in (preferred or easy[-1:] or able[:1])[:1]:
            self._choose(kind, by_hand=False)

    def _choose(self, kind: str, by_hand: bool = True) -> None:
        self._by_hand = by_hand
        self._chosen = kind
        if self._rows:
            self.choices.choose(kind)
        self._show()

    @property
    def plan(self) -> InstallPlan | None:
        """Of the choice that is made."""
        return self._plans.get(self._chosen)

    def _model(self) -> Model | None:
        plan = self.plan
        return self._presenter.service.catalogue().find(plan.model) if plan and plan.model and plan.download else None

    def _show(self) -> None:
        """Facts, notices and terms of what is chosen."""
        plan, error = self.plan, self._errors.get(self._chosen)
        if plan is not None:
            self._facts.set_text(self._fact_words(plan))
        else:
            self._facts.set_text("" if error else self.tr("Working out what it takes…"))
        self._facts.setVisible(error is None)
        self._show_notices(plan, error)
        model = self._model()
        self._terms.setVisible(model is not None)
        self._accept.setVisible(model is not None)
        if model is not None:
            self._terms.set_text(model.terms.text(self._presenter.language))
        agreed = model is None or self._accept.isChecked()
        self._start.setEnabled(plan is not None and plan.allowed and agreed)
        self.fit()

    def _fact_words(self, plan: InstallPlan) -> str:
        parts = []
        if plan.download:
            parts.append(self.tr("Downloads {size}.").format(size=size(plan.download)))
        space = self.tr("Takes {size} of disk space, {peak} while it runs; {free} are free.")
        parts.append(space.format(size=size(plan.write), peak=size(plan.peak_disk), free=size(plan.free_disk)))
        if plan.memory and not self._rows:
            found = verdict(plan.memory, plan.free_memory)
            parts.append(
                self.tr("In use it needs {size} of memory: {verdict}.").format(
                    size=size(plan.memory), verdict=verdict_tag(found)[0]
                )
            )
        if plan.seconds >= 1:
            parts.append(self.tr("Working time about {time}.").format(time=duration(plan.seconds)))
        return sentences(*parts)

    def _show_notices(self, plan: InstallPlan | None, error: AppError | None) -> None:
        for banner in self._notices:
            self.body.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self._notices = []
        told = [("danger", error)] if error is not None else []
        if plan is not None:
            told += [("danger", one) for one in plan.problems] + [("warn", one) for one in plan.warnings]
            told += [("info", one) for one in plan.notes]
        for tone, one in told:
            what, then = self._presenter.runtime.languages.words(one)
            banner = Banner(tone, what, "", then)
            self.body.addWidget(banner)
            self._notices.append(banner)

    def _begin(self) -> None:
        plan = self.plan
        if plan is None:
            return
        error = self._presenter.install(plan)
        if error is not None:
            self._show_notices(None, error)
            self.fit()
            return
        self.started.emit()
        self.accept()

    def done(self, result: int) -> None:
        for job in self._jobs:
            self._presenter.drop_job(job)
        super().done(result)

    def retranslate(self) -> None:
        self._cancel.setText(self.tr("Cancel"))
        self._start.setText(self.tr("Start"))
        self._accept.setText(self.tr("I have read these terms and accept them"))
        self._show()
