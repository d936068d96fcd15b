"""What `ModelService` works with, each part made when it is first needed, and the settings in force."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import AppError
from app.paths import Paths
from app.runtime.events import Event
from app.runtime.models.installs import InstallState

if TYPE_CHECKING:  # each with numpy or the hub's client, which the first picture need not wait for
    from app.runtime.models.attempts import Patience
    from app.runtime.models.catalogue import Catalogue
    from app.runtime.models.connections import Connections
    from app.runtime.models.download import Downloader
    from app.runtime.models.install import OriginOf, Tools, TryModel
    from app.runtime.models.install_plan import Situation
    from app.runtime.models.install_queue import InstallQueue
    from app.runtime.models.learned import LearnedHashes
    from app.runtime.models.library import Library
    from app.runtime.models.memory import Footprint, Memory
    from app.runtime.models.sources import Source


@dataclass(frozen=True)
class ModelOptions:
    """The settings that matter here, as plain values. `folder`: the models folder, None for the one in the data
    folder; `folders`: others, on other drives. `source`: an endpoint, "" for the environment's or the official hub.
    `proxy`: a rule of `sources.check_proxy`. `offline`: no connection at all. `context`: tokens, for what is said of
    memory."""

    folder: Path | None = None
    folders: tuple[Path, ...] = ()
    source: str = ""
    proxy: str = ""
    token: str = field(default="", repr=False)
    offline: bool = False
    keep_downloads: bool = False
    context: int = 2048


@dataclass(frozen=True)
class Given:
    """What is otherwise asked of this computer and read from the app's files; None: as it is. `reclaimable`: bytes that
    unloading the model in use gives back, asked on the service's lanes; nothing is in use if None."""

    free_space: Callable[[Path], int] | None = None
    memory: Callable[[], Memory] | None = None
    catalogue: Catalogue | None = None
    patience: Patience | None = None
    reclaimable: Callable[[], int] | None = None


GIVEN = Given()


class Parts:
    """May be used from any thread. `added` is called when an install has put a model into the library."""

    def __init__(
        self,
        paths: Paths,
        options: Callable[[], ModelOptions],
        emit: Callable[[Event], None],
        try_model: TryModel,
        origin: OriginOf,
        added: Callable[[], None],
        given: Given,
    ) -> None:
        self._paths = paths
        self._options = options
        self._emit = emit
        self._try_model = try_model
        self._origin = origin
        self._added = added
        self._given = given
        self._turn = threading.RLock()
        self._now = ModelOptions()
        self._asked: tuple[Path, ...] = ()
        self._library: Library | None = None
        self._queue: InstallQueue | None = None
        self._connections: Connections | None = None

    def read_options(self) -> ModelOptions:
        """Ask for the present settings, on the caller's thread, and keep them for the lanes."""
        now = self._options()
        with self._turn:
            before, self._now = self._now, now
            if self._connections and now.offline != before.offline:
                self._connections.forbidden = now.offline
        return now

    def folders(self, now: ModelOptions) -> tuple[Path, ...]:
        return (now.folder or self._paths.models, *now.folders)

    def library(self, now: ModelOptions | None = None) -> Library:
        """The same one as long as the folders are, so that its threads wait for each other. One whose folder has moved
        is kept until the settings name another."""
        from app.runtime.models.library import Library

        with self._turn:
            folders = self.folders(now or self._now)
            if self._library is None or self._asked != folders:
                other = Library(folders)
                if self._library is None or self._library.folders != other.folders:
                    self._library = other
            self._asked = folders
            return self._library

    def queue(self) -> InstallQueue:
        from app.runtime.models.install_queue import InstallQueue

        with self._turn:
            if self._queue is None:
                self._queue = InstallQueue(self._tools, self._emit, self._added)
            return self._queue

    def installs(self) -> tuple[InstallState, ...]:
        return self._queue.states() if self._queue else ()

    def close(self, timeout: float) -> bool:
        return self._queue.close(timeout) if self._queue else True

    def connections(self) -> Connections:
        from app.runtime.models.connections import Connections

        with self._turn:
            if self._connections is None:
                self._connections = Connections(self._paths.connections, forbidden=self._now.offline)
            return self._connections

    def catalogue(self) -> Catalogue:
        from app.runtime.models.catalogue import load

        return self._given.catalogue or load()

    def memory(self) -> Memory:
        from app.runtime.models.memory import this_memory

        return (self._given.memory or this_memory)()

    def reclaimable(self) -> int:
        return self._given.reclaimable() if self._given.reclaimable else 0

    def downloader(self) -> Downloader:
        from app.runtime.models.attempts import Patience
        from app.runtime.models.download import Downloader

        patience = self._given.patience or Patience()
        return Downloader(self.connections(), proxy=self._now.proxy, token=self._now.token, patience=patience)

    def source(self, endpoint: str) -> Source:
        """The one at `endpoint`, "" for what the settings or the environment say."""
        from app.runtime.models.sources import custom_source, default_source

        wanted = endpoint or self._now.source
        return custom_source(wanted) if wanted else default_source()

    def situation(self, now: ModelOptions) -> Situation:
        from app.runtime.models.install_plan import Situation
        from app.runtime.models.volumes import free_space

        library = self.library(now)
        return Situation(
            folders=library.folders,
            free_space=self._given.free_space or free_space,
            memory=self.memory(),
            reclaimable=self.reclaimable(),
            context=now.context,
            learned=self._learned().find,
            have=frozenset((one.manifest.model, one.manifest.quantization) for one in library.entries()),
        )

    def _tools(self) -> Tools:
        from app.runtime.models.install import Tools

        return Tools(
            library=self.library(),
            catalogue=self.catalogue(),
            downloader=self.downloader,
            source=self.source,
            try_model=self._try_model,
            origin=self._origin,
            learned=self._learned(),
            warn=self._warn,
            keep_downloads=self._now.keep_downloads,
        )

    def _learned(self) -> LearnedHashes:
        from app.runtime.models.learned import LearnedHashes

        return LearnedHashes(self._paths.learned_hashes)

    def _warn(self, name: str, footprint: Footprint) -> tuple[AppError, ...]:
        from app.runtime.models import memory
        from app.runtime.models.install_plan import memory_warnings

        here, back = self.memory(), self.reclaimable()
        need = memory.need(footprint, self._now.context, here.free + back).total
        return memory_warnings(name, need, here, back)
