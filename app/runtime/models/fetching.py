"""Several files into one folder: what is there already, how much is to come, whether it fits, then one by one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from app.errors import Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models.attempts import Attempts, Patience
from app.runtime.models.download_folder import DownloadFolder
from app.runtime.models.meter import Meter
from app.runtime.models.records import DownloadedFile, RemoteFile, Transfer
from app.runtime.models.transfer import FileTransfer, Hub
from app.runtime.models.volumes import check_file_size, check_space, nearest


class Fetching:
    """One call of `Downloader.fetch`."""

    def __init__(self, hub: Hub, folder: DownloadFolder, meter: Meter, patience: Patience, cancel: CancelToken) -> None:
        self._hub = hub
        self._folder = folder
        self._meter = meter
        self._patience = patience
        self._cancel = cancel
        self._here: dict[str, DownloadedFile] = {}
        self._sizes: dict[str, int | None] = {}

    def run(self, files: Sequence[RemoteFile], extra: Sequence[tuple[Path, int]]) -> tuple[DownloadedFile, ...]:
        """See `Downloader.fetch`."""
        for file in files:
            self._look(file)
        self._meter.total = sum(size or 0 for size in self._sizes.values())
        self._check_room([file for file in files if file.name not in self._here], extra)
        finished = sum(found.size for found in self._here.values())
        for file in files:
            if file.name in self._here:
                continue
            self._meter.next_file(file.name, finished)
            self._here[file.name] = self._transfer(file).fetch()
            finished += self._here[file.name].size
        self._meter.next_file(files[-1].name if files else "", finished)
        self._meter.report(Transfer.VERIFYING)
        return tuple(self._here[file.name] for file in files)

    def _look(self, file: RemoteFile) -> None:
        """Find the file here, or learn how large it is."""
        self._meter.next_file(file.name, 0)
        self._tick()
        found = self._folder.find(file, self._tick)
        size = file.size
        begun = self._folder.begun.get(file.name)
        unproved = self._folder.path(file.name).exists()
        if found is None and size is None and begun and begun.size >= 0 and not unproved:
            size = begun.size
        elif found is None and (size is None or unproved):
            size = self._ask(file)
            found = self._here.get(file.name)
        if found:
            self._here[file.name] = found
            size = found.size
        self._sizes[file.name] = size

    def _ask(self, file: RemoteFile) -> int | None:
        """The size that the server tells; a file that is here without proof is proved by what it tells, or moved."""
        attempts = Attempts(self._patience, self._cancel, lambda why: self._meter.report(Transfer.WAITING, why))
        try:
            now = attempts.run(lambda: self._hub.ask(file.name))
        except Fixable as fault:
            if fault.code != "download-refused":
                raise
            return file.size  # it does not answer such questions
        if found := self._folder.adopt(file.name, now, self._tick):
            self._here[file.name] = found
        return file.size if file.size is not None else (now.size if now.etag and now.size >= 0 else None)

    def _tick(self) -> None:
        self._cancel.check()
        self._meter.report(Transfer.CHECKING)

    def _check_room(self, todo: Sequence[RemoteFile], extra: Sequence[tuple[Path, int]]) -> None:
        """Raise `Fixable` if a drive is too full for what is to come on it, or cannot hold such a large file."""
        needs = list(extra)
        for file in todo:
            size = self._sizes[file.name] or 0
            check_file_size(self._folder.path(file.name), size)
            needs.append((self._folder.folder, size - self._folder.part_size(file.name)))
        drives: dict[int, tuple[Path, int]] = {}
        for path, need in needs:
            drive = -1
            with suppress(OSError):
                drive = nearest(path).stat().st_dev
            first, before = drives.get(drive, (path, 0))
            drives[drive] = first, before + max(need, 0)
        for path, need in drives.values():
            check_space(path, need)

    def _transfer(self, file: RemoteFile) -> FileTransfer:
        return FileTransfer(
            file, self._folder, self._hub, self._meter, self._patience, self._cancel, self._sizes[file.name]
        )
