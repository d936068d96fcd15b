"""Moves the models folder: frees the model in use before, loads it from its new place after, and stores the folder."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.errors import AppError, Cancelled, as_app_error
from app.models_wiring import change_main_folder, main_folder
from app.runtime.events import Event, JobCancelled, JobFailed, JobFinished
from app.runtime.models.installs import WorkProgress
from app.settings import Settings
from app.ui.context import GUIDE
from app.ui.settings.asked import Asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.runtime.jobs import Job, Sink
    from app.runtime.models.moving import Moved
    from app.ui.models.models_service import Models
    from app.ui.settings.place import ModelsPlace

OWN_FOLDER = Path("ChatBELLE", "models")  # in a folder that holds other things
TRIES, AGAIN_MS = 6, 1000  # a model that was freed may be held by the system for a moment


@dataclass(frozen=True)
class Target:
    """Where a move would lead. `size` of all that goes along and `free` there in bytes; `quick`: the same drive."""

    folder: Path
    size: int = 0
    free: int = 0
    quick: bool = False
    problem: AppError | None = None


def look_at(source: Path, wanted: Path) -> Target:
    """What a move to `wanted` takes; never fails. Reads disks."""
    try:
        return _look_at(source, wanted)
    except Exception as error:  # shown, whatever it is
        return Target(wanted, problem=as_app_error(error))


def _look_at(source: Path, wanted: Path) -> Target:
    """A folder of its own in one that holds other things."""
    from app.runtime.models import moving, volumes
    from app.runtime.models.folder_rules import check_folder

    folder = wanted
    own = wanted.parts[-len(OWN_FOLDER.parts) :] == OWN_FOLDER.parts or moving.target_of(source) == wanted
    with suppress(OSError):  # it is not there yet, or `check_folder` says what is wrong
        folder = wanted / OWN_FOLDER if not own and any(wanted.iterdir()) else wanted
    try:
        size, quick = sum(size for _, size in moving.tree(source)), volumes.one_drive(source, folder)
        problem: AppError | None = check_folder(folder)
        free = volumes.free_space(folder)
        if problem is None and not quick:
            volumes.check_space(folder, size + moving.MARGIN)
    except AppError as error:
        return Target(folder, problem=error)
    return Target(folder, size, free, quick, problem)


class Mover(QObject):
    """`progressed` tells `WorkProgress`; `ended` what came of it: `Moved`, None if all was brought back or nothing was
    to be done, or the error (`Cancelled` if it was stopped, then everything is as before)."""

    progressed = Signal(object)
    ended = Signal(object)

    def __init__(self, place: ModelsPlace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._asked = Asked(place.runtime.bridge, self)
        self._asked.told.connect(self._hear)
        self._start: Callable[[Sink], Job] | None = None
        self._freed: Path | None = None
        self._tries = 0

    @property
    def source(self) -> Path:
        """The folder that is in use."""
        return main_folder(self._place.runtime.settings) or self._place.runtime.paths.models

    @property
    def busy(self) -> bool:
        return self._start is not None

    def move(self, folder: Path) -> None:
        self._begin(lambda service, sink: service.move(folder, self._switch(), sink))

    def go_on(self) -> None:
        """With a move that was cut off."""
        self._begin(lambda service, sink: service.continue_move(self._switch(), sink))

    def bring_back(self) -> None:
        """What a move that was cut off has taken away."""
        self._begin(lambda service, sink: service.abandon_move(sink))

    def stop(self) -> None:
        self._tries = TRIES
        self._asked.stop()

    def _begin(self, start: Callable[[Models, Sink], Job]) -> None:
        service = self._place.runtime.models
        if service is None or self.busy:
            return
        self._start = lambda sink: start(service, sink)
        runtime = self._place.runtime
        spec = runtime.spec
        inside = spec is not None and spec.id != GUIDE and spec.path.is_relative_to(self.source)
        self._freed = spec.path if spec is not None and inside else None
        self._tries = 0
        if self._freed is not None:
            runtime.release()
        self._try()

    def _try(self) -> None:
        if self._start is None:
            return
        try:
            self._asked.begin(self._start)
        except AppError as error:
            self._end(error)

    def _switch(self) -> Callable[[Path], None]:
        """Called on a lane's thread, so with settings of its own: the window's are told when the move is over."""
        paths = self._place.runtime.paths
        return lambda folder: change_main_folder(paths, Settings.load(paths.settings), folder, keep_old=False)

    def _hear(self, event: Event) -> None:
        if isinstance(event, WorkProgress):
            self.progressed.emit(event)
        elif isinstance(event, JobFinished):
            if event.result is not None:
                self._adopt(event.result)
            self._end(event.result)
        elif isinstance(event, JobFailed):
            self._tries += 1
            if event.error.code == "file-in-use" and self._freed is not None and self._tries < TRIES:
                QTimer.singleShot(AGAIN_MS, self, self._try)
            else:
                self._end(event.error)
        elif isinstance(event, JobCancelled):
            self._end(Cancelled())

    def _adopt(self, moved: Moved) -> None:
        """The window's settings follow, and so does the choice of a model that came along."""
        settings = self._place.runtime.settings
        settings.refresh()
        if main_folder(settings) != moved.target:
            change_main_folder(self._place.runtime.paths, settings, moved.target, keep_old=False)
        chosen = Path(settings.get("model"))
        if chosen.is_relative_to(moved.source):
            settings.set("model", str(moved.target / chosen.relative_to(moved.source)))
        if self._freed is not None and self._freed.is_relative_to(moved.source):
            self._freed = moved.target / self._freed.relative_to(moved.source)

    def _end(self, result: Moved | AppError | None) -> None:
        freed, self._freed, self._start = self._freed, None, None
        if freed is not None:
            self._place.choose(str(freed))
        self.ended.emit(result)
