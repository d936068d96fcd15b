"""Widgets that only a cycle keeps are destroyed in the GUI thread, whatever the workers allocate."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.ui.collector import Collector


class Grave:
    """Tells `threads` in which one it was collected."""

    def __init__(self, threads: list[int]) -> None:
        self.itself, self.threads = self, threads

    def __del__(self) -> None:
        self.threads.append(threading.get_ident())


@pytest.fixture
def collector() -> Iterator[Collector]:
    gc.enable()
    parent = QObject()
    yield Collector(parent)


def test_a_worker_that_allocates_collects_nothing(collector: Collector, qtbot: QtBot) -> None:
    threads: list[int] = []
    kept: list[list[int]] = []
    gone = weakref.ref(Grave(threads))
    worker = threading.Thread(target=lambda: kept.extend([number] for number in range(200_000)))
    worker.start()
    worker.join()
    assert gone() is not None
    qtbot.waitUntil(lambda: gone() is None, timeout=30_000)
    assert threads == [threading.get_ident()]


def test_little_garbage_waits(collector: Collector) -> None:
    gc.collect()
    gone = weakref.ref(Grave([]))
    collector.collect()
    assert gone() is not None
