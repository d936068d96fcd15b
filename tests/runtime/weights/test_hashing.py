from __future__ import annotations

import hashlib
import random
import threading

import pytest

from app.errors import Cancelled, Fixable
from app.runtime.jobs import CancelToken
from app.runtime.weights.hashing import BLOCK, HashedFile
from tests.runtime.weights.xor_kit import noise


class Memory:
    """A source that remembers what was read."""

    name = "model.bin"

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)
        self.reads: list[tuple[int, int]] = []

    def read(self, offset: int, size: int) -> memoryview:
        if offset < 0 or offset + size > self.size:
            raise Fixable("weights-truncated", file=self.name)
        self.reads.append((offset, size))
        return memoryview(bytearray(self.data[offset : offset + size]))

    @property
    def total(self) -> int:
        return sum(size for _, size in self.reads)


DATA = noise(1, 5_000_000)
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.mark.parametrize("seed", range(8))
def test_any_order_of_reads_gives_the_data_and_the_hash(seed: int) -> None:
    source, dice = Memory(DATA), random.Random(seed)
    file = HashedFile(source)
    for _ in range(30):
        offset = dice.randrange(len(DATA))
        size = min(dice.choice((0, 1, 5000, 300_000, 2_000_000)), len(DATA) - offset)
        assert file.read(offset, size) == DATA[offset : offset + size]
    assert file.finish(CancelToken()) == DIGEST
    assert file.finish(CancelToken()) == DIGEST


def test_reading_in_order_reads_every_byte_once() -> None:
    source = Memory(DATA)
    file = HashedFile(source)
    for offset in range(0, len(DATA), 200_000):
        file.read(offset + 100, 199_900)  # with gaps, as between tensors
    assert file.finish(CancelToken()) == DIGEST
    assert source.total == len(DATA)


def test_a_look_at_the_end_does_not_read_the_whole_file() -> None:
    source = Memory(DATA)
    file = HashedFile(source)
    file.read(len(DATA) - 65_536, 65_536)
    assert source.total == 65_536
    assert file.finish(CancelToken()) == DIGEST


def test_the_empty_file() -> None:
    assert HashedFile(Memory(b"")).finish(CancelToken()) == hashlib.sha256().hexdigest()


def test_reads_outside_fail_and_leave_the_hash_right() -> None:
    file = HashedFile(Memory(DATA))
    for offset, size in ((len(DATA), 1), (-5, 3), (0, len(DATA) + 1)):
        with pytest.raises(Fixable):
            file.read(offset, size)
    assert file.finish(CancelToken()) == DIGEST


def test_handed_out_bytes_cannot_be_changed() -> None:
    assert HashedFile(Memory(DATA)).read(0, 100).readonly


def test_cancel_ends_the_hashing() -> None:
    cancel = CancelToken()
    source = Memory(bytes(3 * BLOCK))
    file = HashedFile(source)
    cancel.cancel()
    with pytest.raises(Cancelled):
        file.finish(cancel)
    assert source.total == 0
    assert file.finish(CancelToken()) == hashlib.sha256(source.data).hexdigest()


def test_the_thread_ends_with_the_file() -> None:
    file = HashedFile(Memory(DATA))
    file.read(0, len(DATA))
    file.finish(CancelToken())
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("sha256 model.bin")]
    assert threads
    del file
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()
