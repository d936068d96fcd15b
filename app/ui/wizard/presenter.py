"""Between the wizard's pages, the flow and the services: every action goes through `advance`, what follows from a new
state is done here, and what the services tell from other threads comes back as actions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.errors import AppError, Fixable
from app.models_wiring import change_main_folder, main_folder
from app.paths import Paths
from app.runtime.engine.records import ModelState, ModelStatus
from app.runtime.events import Event
from app.runtime.jobs import Lane
from app.runtime.models import setup_flow as flow
from app.runtime.models.disk import write_small
from app.runtime.models.installs import InstallChanged, InstallPlan, InstallState, InstallStatus
from app.runtime.models.setup_state import (
    Action,
    AddAnother,
    ChooseKey,
    ChooseTokenizer,
    Failed,
    GoTo,
    KeyTested,
    Next,
    Page,
    PlanFailed,
    PlanMade,
    Progress,
    Reopen,
    SetupState,
    Started,
    Stopped,
    TokenizerTested,
    View,
    install_request,
    summary,
)
from app.settings import Settings
from app.ui.i18n import Languages
from app.ui.wizard.facts import Facts
from app.ui.wizard.installing import same, told
from app.ui.wizard.questions import Questions

if TYPE_CHECKING:
    from app.runtime.models.measuring import Measured
    from app.runtime.weights.records import Recognised
    from app.ui.wizard.service import SetupService

log = logging.getLogger(__name__)


class SetupPresenter(QObject):
    """Holds the flow's `state` and the `facts`; `changed` after every change of either. Lives in the GUI thread, where
    nothing here waits. The service must have begun. `clock` tells the time of day."""

    changed = Signal()
    language_chosen = Signal(str)
    model_ready = Signal(str)  # id in the library
    closed = Signal()

    def __init__(
        self,
        service: SetupService,
        settings: Settings,
        languages: Languages,
        paths: Paths,
        parent: QObject | None = None,
        *,
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__(parent)
        self.service, self.settings, self.languages, self.paths, self.clock = service, settings, languages, paths, clock
        self._depth = 0
        self.facts = Facts(folder=self._library())
        self.state = self._stored()
        self._questions = Questions(service, self)
        self._writer = Lane("setup file")
        self._planned = -1  # revision that a plan was asked for
        self._hurry = False  # through the plan, to where it failed
        self._paused = self.state.progress.paused  # by the user
        self._found = self.state.page is not Page.PROGRESS  # the install of an earlier start
        self._questions.computer(self._know_computer)
        self._follow(self.state, self.state)
        chosen = self.state.choices.model
        if chosen is not None and chosen.path is not None:
            self.look_at(chosen.path)

    # --- the state

    def act(self, action: Action) -> None:
        """Advance, save, and do what follows."""
        before = self.state
        self.state = flow.advance(before, action)
        if self.state == before:
            return
        if _lasting(self.state) != _lasting(before):
            text = flow.to_json(self.state)
            self._writer.submit(lambda _job: write_small(self.paths.setup, text.encode()), _logged)
        with self._one_change():
            self._follow(before, self.state)
            self._suggest()

    @contextmanager
    def _one_change(self) -> Iterator[None]:
        """However much follows from an action, the pages are shown once."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                self.changed.emit()

    def _suggest(self) -> None:
        """The recommended model is chosen until the user chooses another one."""
        best = self.facts.recommended()
        if self.state.page is Page.MODEL and self.state.choices.model is None and best is not None:
            self.act(self.facts.choose(best))

    def open(self, page: Page | None = None) -> None:
        """The wizard is shown again: at `page` if that can be, else where it was left; for another model after the
        last one was installed."""
        if self.state.view is View.FINISHED:
            self.act(AddAnother())
        self.act(Reopen())
        if page is not None:
            self.act(GoTo(page))
        self._questions.computer(self._know_computer)

    def close(self) -> None:
        """Write what is not yet written."""
        self._writer.close(2.0)

    def _stored(self) -> SetupState:
        from app.runtime.models.sources import default_source

        source: str | None = self.settings.get("source") or None
        if source is None:
            with suppress(Fixable):  # what HF_ENDPOINT says is no address: the user chooses
                source = default_source().endpoint
        try:
            state = flow.from_json(self.paths.setup.read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            state = SetupState()
        return state if state.choices.language else flow.begin(self.languages.current, self._library(), source)

    def _follow(self, before: SetupState, now: SetupState) -> None:
        """What a new state asks for."""
        if now.choices.language != before.choices.language:
            self.language_chosen.emit(now.choices.language)
        if now.choices.source and now.choices.source != before.choices.source:
            self.settings.set("source", now.choices.source)
        if now.revision != before.revision:
            self.know(plan=None)
        if now.page is Page.PLAN and now.plan is None and now.error is None:
            self._make_plan()
        if now.page is Page.PROGRESS and not now.install and before.page is not Page.PROGRESS:
            self._begin_install()
        if now.view is not before.view and now.view is not View.OPEN:
            if now.view is View.FINISHED:
                self.model_ready.emit(now.entry)
            self.closed.emit()

    def know(self, **facts: object) -> None:
        """Other facts, by the names of `Facts`."""
        after = replace(self.facts, **facts)  # type: ignore[arg-type]  # mypy cannot check keyword arguments against fields
        if after != self.facts:
            self.facts = after
            with self._one_change():
                pass

    # --- what is asked

    def _know_computer(self, catalogue: object, computer: object, advice: object) -> None:
        with self._one_change():
            self.know(catalogue=catalogue, computer=computer, advice=advice)
            self._suggest()
        if not self._found:  # the service has looked for installs before it answered
            self._found = True
            self._find_install()

    def look_at(self, path: Path) -> None:
        """What are these files of the user's? The answer is in `facts.own`."""
        self.know(looking=True)
        self._questions.files(path, lambda own, _error: self.know(own=own, looking=False))

    def test_sources(self) -> None:
        """Measure them; the results are in `facts.speeds`, one after the other."""

        def one(measured: Measured) -> None:
            self.know(speeds=(*self.facts.speeds, measured))

        def all_known(result: tuple[Measured, ...] | None, error: AppError | None) -> None:
            self.know(measuring=False, speeds=tuple(result or ()))

        self.know(measuring=True, speeds=())
        self._questions.sources(one, all_known)

    def allow_connections(self) -> None:
        self.settings.set("offline", False)
        self.service.set_offline(False)
        self.changed.emit()

    def test_key(self, place: Path) -> None:
        """Choose the key at `place`, a file or a folder that holds it, and test it."""
        self.act(ChooseKey(place))
        chosen = self.state.choices.model
        if self.state.choices.key != place or chosen is None:
            return
        model = self.facts.model(self.state.choices)

        def tested(found: Path, error: AppError | None) -> None:
            self.know(testing=False)
            if error is None:
                self.act(ChooseKey(found))
            self.act(KeyTested(place if error else found, error))

        def looked_into(found: Recognised | None, error: AppError | None) -> None:
            error = error or (found.problem if found else None)
            tested(place, error if error is not None and error.code.startswith(("key-", "enc-")) else None)

        self.know(testing=True)
        if chosen.path is not None and not chosen.model:
            self._questions.key_of_files(chosen.path, place, looked_into)
        else:
            self._questions.key(place, model.key if model else None, model.name if model else place.name, tested)

    def test_tokenizer(self, place: Path) -> None:
        """Choose the tokenizer at `place`, a folder or a file in it, and look whether the user's files go with it."""
        self.act(ChooseTokenizer(place))
        chosen = self.state.choices
        if chosen.tokenizer != place or chosen.model is None or chosen.model.path is None:
            return

        def tried(found: Recognised | None, error: AppError | None) -> None:
            self.know(trying=False)
            self.act(TokenizerTested(place, error or (found.problem if found else None)))

        self.know(trying=True)
        self._questions.tokenizer(chosen.model.path, place, chosen.key, tried)

    # --- plan and install

    def _make_plan(self) -> None:
        revision = self.state.revision
        if self._planned == revision:
            return
        self._planned = revision

        def made(plan: InstallPlan, error: AppError | None) -> None:
            self.know(planning=False)
            hurry, self._hurry = self._hurry, False
            if error is not None:
                self.act(PlanFailed(revision, error))
            elif revision == self.state.revision:
                self.know(plan=plan)
                self.act(PlanMade(revision, summary(plan)))
                if hurry and self.state.page is Page.PLAN:
                    self.act(Next())

        self._use_folder()
        self.know(planning=True)
        self._questions.plan(install_request(self.state.choices), made)

    def plan_again(self) -> None:
        """Something outside has changed."""
        self._planned = -1
        if self.state.page is Page.PLAN:
            self._make_plan()

    def retry(self) -> None:
        """Go on with what failed, as it was chosen."""
        self._hurry = True
        if self.state.page is Page.PLAN and self.state.plan is None:
            self.plan_again()
        else:
            self.act(Next())

    def _begin_install(self) -> None:
        """What failed goes on with another key or source; if anything else is different, it begins anew."""
        plan, failed = self.facts.plan, self._install(self.state.failed)
        self._hurry = self._paused = False
        try:
            if plan is None:
                raise Fixable("install-nothing")
            if failed is not None and same(failed.plan.request, plan.request):
                install = failed.id
                self.service.resume(install, plan.request.key, plan.request.source)
            else:
                if failed is not None:
                    self.service.dismiss(failed.id)
                install = self.service.install(plan)
        except AppError as error:
            self.act(Failed("", error))
            return
        self.act(Started(install))
        self._see(self._install(install))

    def pause(self) -> None:
        self._paused = True
        self._tell_install(self.service.pause)

    def resume(self) -> None:
        self._paused = False
        self._tell_install(self.service.resume)

    def cancel(self) -> None:
        """End the install and remove what it has fetched."""
        self._tell_install(self.service.cancel)

    def _tell_install(self, command: Callable[[str], None]) -> None:
        try:
            command(self.state.install)
        except Fixable as error:
            if error.code == "install-gone":
                self.act(Stopped(self.state.install))
            else:
                self.act(Failed(self.state.install, error))
            return
        self._see(self._install(self.state.install))

    def handle(self, notice: object) -> None:
        """Of the app's bridge, in the GUI thread."""
        if isinstance(notice, InstallChanged):
            self._see(notice.state)
        elif isinstance(notice, ModelStatus) and notice.state is not ModelState.LOADING:
            self._questions.computer(self._know_computer)  # memory is free now, or taken

    def _install(self, install: str) -> InstallState | None:
        return next((one for one in self.service.installs() if one.id == install), None) if install else None

    def _find_install(self) -> None:
        """After a start: the one that went on when the app was closed goes on now, unless the user had paused it."""
        if self.state.page is not Page.PROGRESS:
            return
        found = self._install(self.state.install)
        if found is None:
            self.act(Stopped(self.state.install))
        elif found.status is InstallStatus.PAUSED and not self._paused:
            self.resume()
        else:
            self._see(found)

    def _see(self, install: InstallState | None) -> None:
        if install is not None and install.id == self.state.install:
            with self._one_change():
                self.know(install=install)
                self.act(told(install, self._paused))

    # --- the folder

    def _library(self) -> Path:
        return main_folder(self.settings) or self.paths.models

    def _use_folder(self) -> None:
        """The chosen folder becomes the library's; the one before stays known if there are models in it."""
        chosen, before = self.state.choices.folder, self._library()
        if chosen is None or chosen == before:
            return
        used = any(one.manifest.owned and one.manifest.path.is_relative_to(before) for one in self.service.entries())
        change_main_folder(self.paths, self.settings, chosen, keep_old=used)
        self.service.refresh()


def _lasting(state: SetupState) -> SetupState:
    """Without what changes five times a second."""
    return replace(state, progress=Progress(paused=state.progress.paused))


def _logged(_event: Event) -> None:
    """The lane has logged what failed."""
