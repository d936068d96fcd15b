"""Reads the tensors of a source on a thread of its own, a few pieces ahead of whoever quantizes them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from app.runtime.jobs import CancelToken
from app.runtime.weights.records import ModelTensor, Piece

AHEAD = 6  # pieces of some 8 MB: enough that the disk never waits for the processor
POLL_SECONDS = 0.1

Item = tuple[ModelTensor, Piece] | BaseException | None


@contextmanager
def reading_ahead(tensors: Sequence[ModelTensor], cancel: CancelToken) -> Iterator[Iterator[tuple[ModelTensor, Piece]]]:
    """An iterator over all pieces of `tensors`, in that order. What the reader raises is raised here; leaving the
    block ends the thread. `cancel` is looked at between pieces."""
    line: queue.Queue[Item] = queue.Queue(AHEAD)
    stop = threading.Event()

    def put(item: Item) -> None:
        while not stop.is_set():
            try:
                line.put(item, timeout=POLL_SECONDS)
                return
            except queue.Full:
                continue

    def read() -> None:
        try:
            for tensor in tensors:
                for piece in tensor.pieces():
                    put((tensor, piece))
                    del piece  # the consumer alone decides how long it lives
                    if stop.is_set():
                        return
                    cancel.check()
            put(None)
        except BaseException as error:  # handed over: the consumer raises it
            put(error)

    def items() -> Iterator[tuple[ModelTensor, Piece]]:
        while (item := line.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    thread = threading.Thread(target=read, name="weights reader", daemon=True)
    thread.start()
    try:
        yield items()
    finally:
        stop.set()
        thread.join()
