"""What the models page asks of files by itself, on a lane of its own: what an offline pack holds."""

from __future__ import annotations

from pathlib import Path

from app.runtime.jobs import Job, Lane, Sink


class Looker:
    """The lane is made when first needed."""

    def __init__(self) -> None:
        self._lane: Lane | None = None

    def look_into_pack(self, path: Path, sink: Sink) -> Job:
        """JobFinished(tuple[PackedModel, ...]); `JobFailed` if it is no offline pack."""
        self._lane = self._lane or Lane("pack")
        return self._lane.submit(lambda _job: _look_into(path), sink)

    def close(self) -> None:
        if self._lane is not None:
            self._lane.close(timeout=1.0)


def _look_into(path: Path) -> object:
    from app.runtime.models.pack_import import look_into

    return look_into(path)
