"""Who is at an install: one program at a time, and another one can ask it to end that install for good.

The lock lies beside the install's folder, so that the folder can be removed while nobody else may touch it.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.errors import Fixable
from app.runtime.models.disk import make_folder, told
from app.runtime.models.download_folder import try_lock
from app.runtime.models.left_installs import LOCK

STOP = ".stop"
PATIENCE = 15.0  # seconds that a program may take to end what it was asked to end
LOOK = 0.1  # seconds between two looks whether it has
LISTEN = 0.5  # seconds between two looks whether anybody asks
TRIES = 3  # whoever had the lock before takes its file away


@contextmanager
def held(place: Path, name: str, end_others: bool = False) -> Iterator[None]:
    """No other program, and no other thread, is at the install in the folder `place`, which need not be there.

    `end_others`: ask who is at it to end it, and wait for that. `name`: of the install, for messages. Raises `Fixable`:
    `install-elsewhere`, `install-not-ended`, `disk-full`, `out-unwritable`.
    """
    descriptor = _take(place)
    if descriptor is None and end_others:
        descriptor = _wait(place)
    if descriptor is None:
        code = "install-not-ended" if end_others else "install-elsewhere"
        raise Fixable(code, name=name, process=_holder(place))
    try:
        with suppress(OSError):  # a full disk: then nobody is told who holds it
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, json.dumps({"process": os.getpid()}).encode())
        yield
    finally:
        _release(place, descriptor)


@contextmanager
def listening(place: Path, end: Callable[[], None]) -> Iterator[None]:
    """While inside, and while `place` is held, `end` is called on another thread once another program asks for it."""
    wish, over = _beside(place, STOP), threading.Event()
    _unlink(wish)  # of an earlier time: this install was begun again since

    def listen() -> None:
        while not over.wait(LISTEN):
            if wish.exists():
                end()
                return

    thread = threading.Thread(target=listen, name="install listener", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _take(place: Path) -> int | None:
    """The locked file, None if somebody else has it."""
    path = _beside(place, LOCK)
    for _ in range(TRIES):
        make_folder(path.parent)
        try:
            with told(path):
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except Fixable:
            if path.parent.exists():
                raise
            continue  # whoever had the last install there took the folder away
        if not try_lock(descriptor):
            os.close(descriptor)
            return None
        if _is_at(descriptor, path):
            return descriptor
        os.close(descriptor)
    return None


def _wait(place: Path) -> int | None:
    """Ask for the end, and take the lock when it is free."""
    wish = _beside(place, STOP)
    with told(wish):
        wish.touch()
    ends = time.monotonic() + PATIENCE
    descriptor = None
    while descriptor is None and time.monotonic() < ends:
        time.sleep(LOOK)
        descriptor = _take(place)
    return descriptor


def _release(place: Path, descriptor: int) -> None:
    """With the lock goes its file: before, where that is possible, so that nobody can lock what is about to go."""
    lock = _beside(place, LOCK)
    _unlink(_beside(place, STOP))
    removed = _unlink(lock)
    os.close(descriptor)
    if not removed:  # Windows takes away no open file
        _unlink(lock)
    with suppress(OSError):
        place.parent.rmdir()  # if that was the last install


def _unlink(path: Path) -> bool:
    """Whether there is no such file any more."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


def _holder(place: Path) -> str:
    """The number of the process that holds the lock, "?" if it cannot be read."""
    try:
        return str(int(json.loads(_beside(place, LOCK).read_bytes())["process"]))
    except (OSError, ValueError, TypeError, KeyError):
        return "?"


def _beside(place: Path, suffix: str) -> Path:
    return place.with_name(place.name + suffix)
