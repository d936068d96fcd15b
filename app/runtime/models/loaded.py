"""The model that the app has in memory: what unloading it gives back, and how the trial of another gets its room."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models.memory import Footprint, Memory, need, of_file, reclaimable, this_memory

if TYPE_CHECKING:
    from app.runtime.engine.service import Engine
    from app.runtime.models.install import TryModel

log = logging.getLogger(__name__)


class LoadedModel:
    """May be used from any thread that may read files. `engine` gives None as long as there is none."""

    def __init__(self, engine: Callable[[], Engine | None], memory: Callable[[], Memory] = this_memory) -> None:
        self._engine = engine
        self._memory = memory

    def gives_back(self) -> int:
        """Bytes that unloading it gives back; 0 if none is loaded."""
        engine = self._engine()
        info = engine.status.info if engine is not None else None
        if info is None:
            return 0
        try:
            facts = info.path.stat()
            return reclaimable(_footprint(info.path, facts.st_size, facts.st_mtime_ns), info.context)
        except (OSError, Fixable):  # gone or changed meanwhile: what was loaded is still in memory
            return info.size

    @contextmanager
    def room_for(self, file: Path, context: int, cancel: CancelToken) -> Iterator[None]:
        """While inside, the loaded model is out of memory if `file` does not fit beside it."""
        engine = self._engine()
        if engine is None or not self._in_the_way(file, context):
            yield
            return
        log.info("%s needs the memory of the loaded model", file.name)
        with engine.set_aside(cancel):
            yield

    def _in_the_way(self, file: Path, context: int) -> bool:
        """A small one, such as the guide, stays: without it a large model would fit no better."""
        free = self._memory().free
        short = need(of_file(file), context, free).total - free
        return short > 0 and 2 * self.gives_back() >= short

    def trying(self, try_model: TryModel, context: Callable[[], int]) -> TryModel:
        """`try_model` with room for the model; `context`: tokens that it will be loaded with."""

        def with_room(file: Path, question: str, template: str, cancel: CancelToken) -> str:
            with self.room_for(file, context(), cancel):
                return try_model(file, question, template, cancel)

        return with_room


@lru_cache(maxsize=8)
def _footprint(path: Path, _size: int, _changed: int) -> Footprint:
    """Read once for each file as it is."""
    return of_file(path)
