"""This computer, and what other computers would be told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from app.runtime.models import hardware
from app.runtime.models.hardware import Computer, Drive, Note, Size, describe
from app.runtime.models.memory import Fit, Memory

GB, GIB = 1_000_000_000, 1024**3


def computer(
    memory_gib: float = 15.3, free_gib: float = 11.0, cores: int = 4, free_disk: tuple[int, ...] = (200,)
) -> Computer:
    drives = tuple(Drive(Path(f"/{number}"), 500 * GB, free * GB) for number, free in enumerate(free_disk))
    return Computer(Memory(int(memory_gib * GIB), int(free_gib * GIB)), cores, 2 * cores, drives, "x", "y")


def test_this_computer(tmp_path: Path) -> None:
    found = hardware.this_computer(tmp_path / "not there" / "模型")
    assert 1 <= found.physical_cores <= found.logical_cores
    assert found.drives and found.drives[0].total >= found.drives[0].free > 0
    assert str(tmp_path).startswith(str(found.drives[0].path))
    assert found.system and found.processor and "\n" not in found.processor
    assert describe(found).sizes


@pytest.mark.parametrize(
    ("gib", "sold"),
    [(15.3, 16), (15.9, 16), (16.0, 16), (7.7, 8), (6.9, 8), (3.6, 4), (31.1, 32), (13.0, 13), (0.4, 1), (2000, 2000)],
)
def test_memory_as_it_is_sold(gib: float, sold: int) -> None:
    assert computer(gib).sold_gb == sold


@pytest.mark.parametrize(
    ("gib", "best"),
    [
        (3.8, None),
        (7.7, Size.SMALL_7B),
        (11.6, Size.SMALL_7B),
        (15.3, Size.SMALL_13B),
        (23.4, Size.LARGE_13B),
        (62, Size.LARGE_13B),
    ],
)
def test_the_largest_that_fits(gib: float, best: Size | None) -> None:
    advice = describe(computer(gib, gib - 1.5))
    assert advice.best is best
    assert (Note.GUIDE_ONLY in advice.notes) == (best is None)


def test_every_size_has_its_numbers() -> None:
    advice = describe(computer(15.3, 6.5))
    assert [one.size for one in advice.sizes] == list(Size)
    small, *_, large = advice.sizes
    assert (small.possible, small.now) == (Fit.FITS, Fit.TIGHT)
    assert (large.possible, large.now) == (Fit.TOO_SMALL, Fit.TOO_SMALL)
    assert small.need == pytest.approx(5.35 * GB, rel=0.02)


def test_other_programs_are_in_the_way() -> None:
    assert Note.MEMORY_BUSY in describe(computer(15.3, 3)).notes
    assert Note.MEMORY_BUSY not in describe(computer(15.3, 12)).notes


@pytest.mark.parametrize(("cores", "note"), [(1, Note.FEW_CORES), (2, Note.FEW_CORES), (4, None), (8, Note.MANY_CORES)])
def test_cores(cores: int, note: Note | None) -> None:
    assert [one for one in describe(computer(cores=cores)).notes if "cores" in one] == ([note] if note else [])


@pytest.mark.parametrize(
    ("free", "notes"),
    [
        ((200,), []),
        ((5,), [Note.DISK_SHORT]),
        ((20,), [Note.DISK_TIGHT]),
        ((5, 6), [Note.DISK_SHORT]),
        ((5, 300), [Note.OTHER_DRIVE]),
        ((20, 30), [Note.DISK_TIGHT, Note.OTHER_DRIVE]),
        ((50, 300), []),
        ((), []),
    ],
)
def test_disks(free: tuple[int, ...], notes: list[Note]) -> None:
    found = describe(computer(free_disk=free)).notes
    assert [one for one in found if "d" in one and "cores" not in one] == notes


# --- drives ---


def mount(path: Path, kind: str = "ext4", options: str = "rw,relatime") -> SimpleNamespace:
    return SimpleNamespace(mountpoint=str(path), fstype=kind, opts=options, device="/dev/x")


@pytest.fixture
def mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Path]]:
    """Drives by name: (free bytes, mount); what `drives` finds beside the folder's own."""

    def find(*rows: tuple[str, int, str, str]) -> list[Path]:
        sizes, mounts = {}, []
        for name, free, kind, options in rows:
            path = tmp_path / name
            path.mkdir(exist_ok=True)
            sizes[path] = free
            mounts.append(mount(path, kind, options))
        numbers = {path: 1000 + number for number, path in enumerate(sizes)}
        real = Path.stat

        def stat(path: Path, **options: bool) -> object:
            return SimpleNamespace(st_dev=numbers[path]) if path in numbers else real(path, **options)

        def usage(path: Path) -> object:
            if path in sizes and sizes[path] < 0:
                raise PermissionError(path)
            return SimpleNamespace(total=1000, free=sizes.get(path, 1))

        monkeypatch.setattr(psutil, "disk_partitions", lambda all: mounts)
        monkeypatch.setattr(Path, "stat", stat)
        monkeypatch.setattr(shutil, "disk_usage", usage)
        return [drive.path.relative_to(tmp_path) for drive in hardware.drives(tmp_path)[1:]]

    return find


def test_drives_by_free_space(mounted: Callable[..., list[Path]]) -> None:
    found = mounted(("小", 10, "ntfs", "rw,fixed"), ("大 盘", 90, "ntfs", "rw,fixed"))
    assert found == [Path("大 盘"), Path("小")]


def test_no_discs_network_drives_or_system_images(mounted: Callable[..., list[Path]]) -> None:
    rows = [
        ("disc", 20, "UDF", "ro,cdrom"),
        ("net", 30, "ntfs", "rw,remote"),
        ("image", 40, "squashfs", "rw"),
        ("locked", 50, "ext4", "ro,relatime"),
        ("broken", -1, "ext4", "rw"),
        ("good", 60, "exfat", "rw"),
    ]
    assert mounted(*rows) == [Path("good")]


def test_volumes_of_one_disk_count_once(mounted: Callable[..., list[Path]]) -> None:
    assert len(mounted(("a", 70, "apfs", "rw"), ("b", 70, "apfs", "rw"))) == 1


def test_drives_that_cannot_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> object:
        raise OSError("no")

    monkeypatch.setattr(psutil, "disk_partitions", fail)
    assert len(hardware.drives(tmp_path)) == 1
    monkeypatch.setattr(shutil, "disk_usage", fail)
    assert hardware.drives(tmp_path) == ()


def test_a_processor_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "_maker_name", lambda: "  Intel(R)   Core(TM) \n")
    assert hardware.processor_name() == "Intel(R) Core(TM)"

    def fail() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(hardware, "_maker_name", fail)
    assert hardware.processor_name()
