"""What the tests of downloads share: files, short waits, and a call that keeps what was told."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.runtime.jobs import CancelToken
from app.runtime.models.attempts import Patience
from app.runtime.models.connections import Connections
from app.runtime.models.download import Downloader
from app.runtime.models.records import DownloadedFile, DownloadProgress, RemoteFile
from tests.runtime.models.hub import Blob, Hub

REPOSITORY = "BelleGroup/BELLE-tiny"
LARGE = "pytorch_model.bin"
SMALL = "config.json"
QUICK = Patience(
    connect=2.0,
    stall=0.4,
    stall_shown=0.15,
    again=0.01,
    first_wait=0.02,
    longest_wait=0.1,
    longest_asked=5.0,
    tries=4,
    first_tries=3,
    worth=16 * 1024,
    slow_after=0.3,
    slow=3_000.0,
    crawl=1_000.0,
    tick=0.02,
    sync=0.2,
)


def noise(size: int, seed: int = 1) -> bytes:
    """Bytes that no compression shortens."""
    return random.Random(seed).randbytes(size)


def files(large: int = 400_000) -> dict[str, bytes]:
    return {LARGE: noise(large), SMALL: b'{"model_type": "bloom"}\n'}


def promised(hub: Hub, *names: str, sha256: bool = True) -> list[RemoteFile]:
    """What a catalogue knows of files; without hashes, only their names."""
    blobs = hub.repositories[REPOSITORY]
    return [_promise(name, blobs[name]) if sha256 else RemoteFile(name) for name in names or blobs]


def _promise(name: str, blob: Blob) -> RemoteFile:
    return RemoteFile(name, len(blob.data), blob.sha256)


@dataclass
class Call:
    """A download, and what it told on the way."""

    hub: Hub
    folder: Path
    patience: Patience = QUICK
    cancel: CancelToken = field(default_factory=CancelToken)
    told: list[DownloadProgress] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.connections = Connections(self.folder.parent / "connections.jsonl")
        self.downloader = Downloader(self.connections, patience=self.patience)

    def fetch(
        self, wanted: Sequence[RemoteFile] | None = None, extra: Sequence[tuple[Path, int]] = ()
    ) -> tuple[DownloadedFile, ...]:
        wanted = promised(self.hub) if wanted is None else wanted
        return self.downloader.fetch(
            REPOSITORY, "main", wanted, self.folder, self.hub.source, self.tell, self.cancel, extra
        )

    def tell(self, progress: DownloadProgress) -> None:
        self.told.append(progress)

    @property
    def reasons(self) -> set[str]:
        return {one.reason.code for one in self.told if one.reason}

    def right(self, *names: str) -> bool:
        """Whether the files are here and equal the hub's."""
        blobs = self.hub.repositories[REPOSITORY]
        return all((self.folder / name).read_bytes() == blobs[name].data for name in names or blobs)


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def fetched(hub: Hub, name: str) -> int:
    """How often bytes of a file were asked for."""
    return sum(name in one.path for one in hub.downloads() if one.place == "hub")


def stop_at(call: Call, done: int) -> None:
    """Cancel `call` once so many bytes are there."""

    def tell(progress: DownloadProgress) -> None:
        call.told.append(progress)
        if progress.done >= done:
            call.cancel.cancel()

    call.tell = tell
