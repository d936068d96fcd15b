"""What the models page asks of files by itself, on a lane of its own: what an offline pack or an archive holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.runtime.jobs import Job, Lane, Sink

if TYPE_CHECKING:
    from app.runtime.models.catalogue import Catalogue


class Looker:
    """The lane is made when first needed."""

    def __init__(self) -> None:
        self._lane: Lane | None = None

    def look_into_pack(self, path: Path, sink: Sink) -> Job:
        """JobFinished(tuple[PackedModel, ...]); `JobFailed` if it is no offline pack."""
        return self._on_lane().submit(lambda _job: _look_into(path), sink)

    def look_into_archive(self, path: Path, catalogue: Catalogue, sink: Sink) -> Job:
        """JobFinished(ArchiveContents); `JobFailed` if it cannot be looked into, or if there are no weights in it."""
        return self._on_lane().submit(lambda _job: _look_into_archive(path, catalogue), sink)

    def _on_lane(self) -> Lane:
        self._lane = self._lane or Lane("pack")
        return self._lane

    def close(self) -> None:
        if self._lane is not None:
            self._lane.close(timeout=1.0)


def _look_into(path: Path) -> object:
    from app.runtime.models.pack_import import look_into

    return look_into(path)


def _look_into_archive(path: Path, catalogue: Catalogue) -> object:
    from app.runtime.models.archive_contents import look_into_archive

    return look_into_archive(path, catalogue)
