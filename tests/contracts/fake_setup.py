"""A models service without network and models for the wizard: the test or the screenshot says what happens.

fake = FakeSetup(bridge.post)              # answers questions by itself, on a thread of its own
fake.sources = (Measured(...), ...)        # what it answers
install = fake.installs()[-1].id; fake.run(install, InstallStep.DOWNLOAD, done=8, total=13); fake.fail(install, error)
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.errors import AppError
from app.runtime.events import Event
from app.runtime.jobs import Job, Lane, Sink
from app.runtime.models.catalogue import Catalogue, load
from app.runtime.models.hardware import Computer, Drive, describe
from app.runtime.models.installs import (
    InstallChanged,
    InstallPlan,
    InstallRequest,
    InstallState,
    InstallStatus,
    InstallStep,
    PlannedStep,
    StepState,
    StepStatus,
)
from app.runtime.models.measuring import Measured
from app.runtime.models.memory import Memory
from app.runtime.models.records import Entry, RemoteFile
from app.runtime.models.sources import MIRROR, OFFICIAL
from app.runtime.weights.records import Kind, Recognised

GB = 1_000_000_000
COMPUTER = Computer(
    memory=Memory(int(15.5 * 1024**3), int(11.2 * GB)),
    physical_cores=8,
    logical_cores=16,
    drives=(Drive(Path("/"), 500 * GB, 212 * GB), Drive(Path("/media/data"), 2000 * GB, 900 * GB)),
    system="Windows 11",
    processor="AMD Ryzen 7 5700U",
)
SPEEDS = (Measured(OFFICIAL, 0.9, 1.4e6), Measured(MIRROR, 0.2, 11.8e6))
SECONDS = {InstallStep.KEY_TEST: 1.0, InstallStep.CONVERT: 540.0, InstallStep.VERIFY: 20.0, InstallStep.TRY: 60.0}


class FakeSetup:
    """`emit` gets what a service tells by itself. Everything it answers with can be replaced; an `AppError` in place of
    an answer is a failure."""

    def __init__(self, emit: Callable[[Event], None], computer: Computer = COMPUTER) -> None:
        self._emit = emit
        self._lane = Lane("fake models")
        self._numbers = itertools.count(1)
        self._states: dict[str, InstallState] = {}
        self.models = load()
        self.here: Computer | AppError = computer
        self.plan: Callable[[InstallRequest], InstallPlan | AppError] = self.planned
        self.sources: tuple[Measured, ...] | AppError = SPEEDS
        self.found: Recognised | AppError = Recognised(Path(), Kind.UNKNOWN)
        self.library: tuple[Entry, ...] = ()
        self.offline = False
        self.calls: list[tuple[Any, ...]] = []

    # --- the service

    def catalogue(self) -> Catalogue:
        return self.models

    def computer(self, sink: Sink) -> Job:
        return self._answer(
            lambda: (self.here, describe(self.here)) if isinstance(self.here, Computer) else self.here, sink
        )

    def entries(self) -> tuple[Entry, ...]:
        return self.library

    def refresh(self, sink: Sink | None = None) -> Job:
        return self._answer(lambda: self.library, sink or (lambda _event: None))

    def plan_install(self, request: InstallRequest, sink: Sink) -> Job:
        self.calls.append(("plan", request))
        return self._answer(lambda: self.plan(request), sink)

    def install(self, plan: InstallPlan) -> str:
        if plan.problems:
            raise plan.problems[0]
        install = f"{next(self._numbers):012x}"
        self.calls.append(("install", plan.request))
        steps = tuple(StepState(one.step, total=one.size) for one in plan.steps)
        self._put(InstallState(install, plan.name, plan, steps, InstallStatus.RUNNING))
        return install

    def pause(self, install: str) -> None:
        self.calls.append(("pause", install))
        self._put(replace(self._states[install], status=InstallStatus.PAUSED))

    def resume(self, install: str, key: Path | None = None, source: str | None = None) -> None:
        self.calls.append(("resume", install, key, source))
        steps = tuple(
            replace(one, status=StepStatus.TODO, reason=None) if one.status is StepStatus.FAILED else one
            for one in self._states[install].steps
        )
        self._put(replace(self._states[install], status=InstallStatus.RUNNING, error=None, steps=steps))

    def cancel(self, install: str) -> None:
        self.calls.append(("cancel", install))
        self._put(replace(self._states[install], status=InstallStatus.CANCELLED))

    def dismiss(self, install: str) -> None:
        self.calls.append(("dismiss", install))
        del self._states[install]

    def installs(self) -> tuple[InstallState, ...]:
        return tuple(self._states.values())

    def recognise(self, path: Path, sink: Sink, key: Path | None = None, tokenizer: Path | None = None) -> Job:
        self.calls.append(("recognise", path, key, tokenizer))
        return self._answer(lambda: self.found, sink)

    def test_sources(self, sink: Sink) -> Job:
        self.calls.append(("test sources",))
        return self._answer(lambda: self.sources, sink)

    def set_offline(self, offline: bool) -> None:
        self.offline = offline

    # --- what the test says

    def run(self, install: str, step: InstallStep, done: int = 0, total: int = 0, **facts: Any) -> None:
        """It is at `step`; those before are done."""
        before = True
        steps = []
        for one in self._states[install].steps:
            here = one.step is step
            before = before and not here
            if here:
                one = StepState(step, StepStatus.RUNNING, done, total, **facts)
            elif before or one.step is InstallStep.KEY_TEST:
                one = replace(one, status=StepStatus.DONE, done=one.total)
            steps.append(one)
        self._put(replace(self._states[install], steps=tuple(steps), status=InstallStatus.RUNNING))

    def fail(self, install: str, error: AppError) -> None:
        state = self._states[install]
        steps = tuple(
            replace(one, status=StepStatus.FAILED, reason=error) if one is state.current else one for one in state.steps
        )
        self._put(replace(state, steps=steps, status=InstallStatus.FAILED, error=error))

    def finish(self, install: str, answer: str = "北京是中国的首都。", *notes: AppError) -> None:
        state = self._states[install]
        steps = tuple(replace(one, status=StepStatus.DONE, done=one.total) for one in state.steps)
        done = replace(state, steps=steps, status=InstallStatus.FINISHED, entry=f"entry-{install}", notes=notes)
        self._put(replace(done, question="请用两句话介绍一下北京。", answer=answer))

    def put(self, state: InstallState) -> None:
        """An install of an earlier start."""
        self._states[state.id] = state

    def planned(self, request: InstallRequest) -> InstallPlan:
        """A plan with the numbers of the catalogue."""
        model = self.models.find(request.model)
        if model is None:
            steps = (PlannedStep(InstallStep.VERIFY, 4 * GB, 20.0), PlannedStep(InstallStep.TRY, 4 * GB, 60.0))
            name = request.path.name if request.path else ""
            return InstallPlan(request, name, "", "", "", steps, (), 0, 0, 0, 212 * GB, 5 * GB, 11 * GB, 80.0)
        wanted = request.target.value if request.target else ""
        target = next((one for one in model.targets if one.type == wanted), model.recommended)
        kinds = [InstallStep.DOWNLOAD, InstallStep.CONVERT, InstallStep.VERIFY, InstallStep.TRY]
        kinds[1:1] = [InstallStep.KEY_TEST] if model.key else []
        sizes = {InstallStep.DOWNLOAD: target.download, InstallStep.KEY_TEST: 0}
        steps = tuple(PlannedStep(one, sizes.get(one, target.size), SECONDS.get(one, 0.0)) for one in kinds)
        return InstallPlan(
            request=request,
            name=model.name,
            model=model.id,
            type=target.type,
            template=model.template or "",
            steps=steps,
            files=tuple(RemoteFile(one.name, one.size or one.about, one.sha256) for one in model.files_for(target)),
            download=target.download,
            write=target.size,
            peak_disk=target.peak_disk,
            free_disk=212 * GB,
            memory=target.memory,
            free_memory=int(11.2 * GB),
            seconds=sum(one.seconds for one in steps),
            repository=model.repository or "",
        )

    # --- inside

    def _put(self, state: InstallState) -> None:
        self._states[state.id] = state
        self._emit(InstallChanged(0, state))

    def _answer(self, work: Callable[[], Any], sink: Sink) -> Job:
        def run(_job: Job) -> Any:
            answer = work()
            if isinstance(answer, AppError):
                raise answer
            return answer

        return self._lane.submit(run, sink)

    def close(self) -> None:
        self._lane.close()
