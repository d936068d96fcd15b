"""BELLE's `.enc` files written out as plain files, each proved by its checksum before it gets its name."""

from __future__ import annotations

import os
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from app.errors import Fixable
from app.runtime.jobs import CancelToken
from app.runtime.weights.files import PlainFile
from app.runtime.weights.hashing import HashedFile
from app.runtime.weights.key_test import check_key
from app.runtime.weights.staging import StagingFile
from app.runtime.weights.xor import EncryptedFile, KeyFile, encrypted_paths

Progress = Callable[[int, int, str], None]  # bytes done, bytes in all, the file at work by its plain name

BLOCK = 2 * 1024 * 1024  # bytes read and written at a time: still in the cache when they are hashed and written
AHEAD = 4  # blocks read before they are asked for
BETWEEN_REPORTS = 0.1  # seconds
GB = 1e9


def decrypt(
    source: Path, key: Path, out: Path, progress: Progress, cancel: CancelToken, overwrite: bool = False
) -> list[Path]:
    """Write the plain files of `source`, a folder or one `.enc` file, into the folder `out`.

    The key is tested first. Files of `out` that are right already are kept; the others written are returned.
    `progress` is called on the calling thread. The files get their names when all of them are on the disk and every
    checksum is right: on any failure, and on cancel (raises `Cancelled`), `out` is as it was before.
    Raises `Fixable`: what `key_test.check_key` says; `enc-checksum`; `out-exists` if another file has a name that is
    needed and not `overwrite`; `out-busy`, `out-space`, `disk-full`, `out-unwritable`.
    """
    check_key(source, key)
    out = out.absolute()
    with ExitStack() as stack:
        opened = stack.enter_context(closing(KeyFile(key)))
        paths = encrypted_paths(source).values()
        files = [stack.enter_context(closing(EncryptedFile(path, opened))) for path in paths]
        report = _Report(progress, sum(file.size for file in files))
        stack.enter_context(_folder(out))
        _check_sources_safe(out, files, key)
        todo = _to_write(out, files, overwrite, report, cancel)
        _check_space(out, sum(file.size for file in todo))
        return _write_all(out, todo, overwrite, report, cancel)


class _Report:
    """Counts bytes and tells of them now and then."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._total = total
        self._told = 0.0
        self.done = 0

    def add(self, size: int, file: str) -> None:
        self.done += size
        now = time.monotonic()
        if self.done == self._total or now - self._told >= BETWEEN_REPORTS:
            self._told = now
            self._progress(self.done, self._total, file)


# --- what there is to do ----------------------------------------------------------------------------------------


@contextmanager
def _folder(out: Path) -> Iterator[None]:
    """Make the folder; take it away again on failure if it was not there."""
    try:
        made = [folder for folder in (out, *out.parents) if not folder.exists()]
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Fixable("out-unwritable", path=str(out), detail=error.strerror or str(error)) from error
    try:
        yield
    except BaseException:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


def _check_sources_safe(out: Path, files: Sequence[EncryptedFile], key: Path) -> None:
    """`overwrite` never means the key or an encrypted file, even where a plain name is theirs."""
    for file in files:
        target = out / file.name
        for path in (key, *(one.path for one in files)):
            if target.exists() and target.samefile(path):
                raise Fixable("out-exists", path=str(target))


def _to_write(
    out: Path, files: Sequence[EncryptedFile], overwrite: bool, report: _Report, cancel: CancelToken
) -> list[EncryptedFile]:
    """The files that are not there yet or, with `overwrite`, are there with other bytes."""
    there = [file for file in files if _same_size(out / file.name, file.size)]
    for file in files:
        if file not in there and not overwrite and os.path.lexists(out / file.name):
            raise Fixable("out-exists", path=str(out / file.name))
    todo = [file for file in files if file not in there]
    for file in there:
        before = report.done
        if _hash(out / file.name, report, cancel) == file.sha256:
            continue
        if not overwrite:
            raise Fixable("out-exists", path=str(out / file.name))
        report.done = before
        todo.append(file)
    return todo


def _same_size(path: Path, size: int) -> bool:
    try:
        return path.is_file() and path.stat().st_size == size
    except OSError as error:
        raise Fixable("out-unwritable", path=str(path), detail=error.strerror or str(error)) from error


def _hash(path: Path, report: _Report, cancel: CancelToken) -> str:
    with closing(PlainFile(path)) as plain:
        hashed = HashedFile(plain)
        for offset in range(0, plain.size, BLOCK):
            cancel.check()
            size = min(BLOCK, plain.size - offset)
            hashed.read(offset, size)
            report.add(size, plain.name)
        return hashed.finish(cancel)


def _check_space(out: Path, need: int) -> None:
    try:
        free = shutil.disk_usage(out).free
    except OSError as error:
        raise Fixable("out-unwritable", path=str(out), detail=error.strerror or str(error)) from error
    if free < need:
        raise Fixable("out-space", path=str(out), need_gb=f"{need / GB:.1f}", free_gb=f"{free / GB:.1f}")


# --- doing it ---------------------------------------------------------------------------------------------------


def _write_all(
    out: Path, files: Sequence[EncryptedFile], overwrite: bool, report: _Report, cancel: CancelToken
) -> list[Path]:
    staged: list[StagingFile] = []
    new: list[Path] = []  # written by this run where nothing was before
    try:
        for file in files:
            staged.append(StagingFile(out / file.name, file.size, overwrite=overwrite))
            _write(file, staged[-1], report, cancel)
        cancel.check()  # the last moment for it
        for one in staged:
            was_there = os.path.lexists(one.path)
            one.finish()
            if not was_there:
                new.append(one.path)
    except BaseException:
        for one in staged:
            one.abort()
        for path in new:
            with suppress(OSError):
                path.unlink()
        raise
    return [one.path for one in staged]


def _write(file: EncryptedFile, staged: StagingFile, report: _Report, cancel: CancelToken) -> None:
    """Reading with decrypting, hashing and writing go on at the same time, each on a thread of its own."""
    hashed = HashedFile(file)
    starts = iter(range(0, file.size, BLOCK))
    reading: deque[tuple[int, Future[memoryview]]] = deque()
    report.add(0, file.name)
    with ThreadPoolExecutor(1, "decrypt") as reader:

        def read_next() -> None:
            offset = next(starts, None)
            if offset is not None:
                reading.append((offset, reader.submit(hashed.read, offset, min(BLOCK, file.size - offset))))

        for _ in range(AHEAD):
            read_next()
        while reading:
            cancel.check()
            offset, block = reading.popleft()
            data = block.result()
            read_next()
            staged.write(offset, data)
            report.add(len(data), file.name)
    file.check(hashed.finish(cancel))
