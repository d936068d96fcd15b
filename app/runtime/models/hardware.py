"""This computer: memory, processor, drives, and what that means for models. Facts and codes, no sentences."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import psutil

from app.runtime.models.memory import SYSTEM_SHARE, Fit, Footprint, Memory, check, of_lengths, this_memory
from app.runtime.models.volumes import nearest

GB = 1_000_000_000
GIB = 1024**3
CONTEXT = 2048
FEW_CORES, MANY_CORES = 2, 8
LEAST_DISK = 13 * GB  # BELLE-7B already quantized: its files, and what is made of them
EASY_DISK = 40 * GB  # BELLE-7B-2M: 28 GB of files in full precision, 4 to 8 made of them
SOLD_GB = (1, 2, 3, 4, 6, 8, 12, 16, 18, 20, 24, 32, 36, 40, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
HIDDEN_SHARE = 0.15  # of what was bought, at most: kept by firmware and graphics
SLOW_COMMAND = 3.0  # seconds

# What the system itself mounts
_NOT_DRIVES = ("squashfs", "iso9660", "udf", "overlay", "tmpfs", "devtmpfs", "efivarfs", "autofs")
_NOT_FOLDERS = ("/boot", "/snap", "/efi", "/System/Volumes", "/etc", "/proc", "/sys", "/run/lock", "/private/var/vm")


@dataclass(frozen=True)
class Drive:
    """`path`: where it begins ("D:\\\\", "/media/me/Stick"). Bytes."""

    path: Path
    total: int
    free: int


@dataclass(frozen=True)
class Computer:
    """Cores that this process may use. `drives`: that of the models folder first; empty if none can be asked.
    `reclaimable`: bytes that unloading the model in use gives back."""

    memory: Memory
    physical_cores: int
    logical_cores: int
    drives: tuple[Drive, ...]
    system: str
    processor: str
    reclaimable: int = 0

    @property
    def free_memory(self) -> int:
        """Bytes that a model could have now, in place of the one in use."""
        return self.memory.free + self.reclaimable

    @property
    def sold_gb(self) -> int:
        """The memory as it says on the box: 16 where firmware and graphics leave 15.3 GiB."""
        gib = self.memory.total / GIB
        return next((size for size in SOLD_GB if size >= gib >= size * (1 - HIDDEN_SHARE)), max(1, round(gib)))


class Size(StrEnum):
    """How large a model is, in parameters and in how it is kept."""

    SMALL_7B = "7b-q4"
    LARGE_7B = "7b-q8"
    SMALL_13B = "13b-q4"
    LARGE_13B = "13b-q8"


@dataclass(frozen=True)
class SizeAdvice:
    """`need` in bytes of the largest BELLE model of this size at a context of 2048, with little else running;
    `possible`: whether it fits then; `now`: as things are."""

    size: Size
    need: int
    possible: Fit
    now: Fit


class Note(StrEnum):
    """What a person should know before choosing; the codes of `Advice.notes`."""

    GUIDE_ONLY = "guide-only"  # no BELLE model fits
    MEMORY_BUSY = "memory-busy"  # closing other programs would make one fit
    FEW_CORES = "few-cores"  # answers come slowly
    MANY_CORES = "many-cores"
    DISK_SHORT = "disk-short"  # no drive has room for any BELLE model
    DISK_TIGHT = "disk-tight"  # the larger downloads do not fit
    OTHER_DRIVE = "other-drive"  # another drive has more room than that of the models folder, which is tight


@dataclass(frozen=True)
class Advice:
    """`sizes` from small to large; `best`: the largest that fits with 2 GB to spare, else the largest that fits."""

    sizes: tuple[SizeAdvice, ...]
    best: Size | None
    notes: tuple[Note, ...]


def describe(computer: Computer) -> Advice:
    """What the facts mean for models."""
    now = Memory(computer.memory.total, computer.free_memory)
    sizes = tuple(_advice(size, model, now) for size, model in footprints().items())
    possible = [one for one in sizes if one.possible is not Fit.TOO_SMALL]
    easy = [one for one in possible if one.possible is Fit.FITS]
    best = easy[-1] if easy else possible[-1] if possible else None
    notes = [*_memory_notes(best), *_core_notes(computer.physical_cores), *_disk_notes(computer.drives)]
    return Advice(sizes, best.size if best else None, tuple(notes))


@cache
def footprints() -> Mapping[Size, Footprint]:
    """BLOOM's shape for 7B and the extended vocabulary for 13B, the largest of BELLE's."""
    from app.runtime.weights.hyper import Hyper  # with numpy, which the window need not wait for
    from app.runtime.weights.records import Target

    small = Hyper("bloom", 250_880, 4096, 16_384, 30, 32, 32, CONTEXT, 1e-5)
    large = Hyper("llama", 79_458, 5120, 13_824, 40, 40, 40, CONTEXT, 1e-6)
    return {
        Size.SMALL_7B: of_lengths(small, Target.Q4_0),
        Size.LARGE_7B: of_lengths(small, Target.Q8_0),
        Size.SMALL_13B: of_lengths(large, Target.Q4_0),
        Size.LARGE_13B: of_lengths(large, Target.Q8_0),
    }


def _advice(size: Size, model: Footprint, memory: Memory) -> SizeAdvice:
    alone = Memory(memory.total, max(0, memory.total - SYSTEM_SHARE))
    possible = check(model, CONTEXT, alone)
    return SizeAdvice(size, possible.need, possible.fit, check(model, CONTEXT, memory).fit)


def _memory_notes(best: SizeAdvice | None) -> list[Note]:
    if best is None:
        return [Note.GUIDE_ONLY]
    return [Note.MEMORY_BUSY] if best.now is Fit.TOO_SMALL else []


def _core_notes(cores: int) -> list[Note]:
    if cores <= FEW_CORES:
        return [Note.FEW_CORES]
    return [Note.MANY_CORES] if cores >= MANY_CORES else []


def _disk_notes(drives: tuple[Drive, ...]) -> list[Note]:
    if not drives:
        return []
    most, here = max(drive.free for drive in drives), drives[0].free
    if most < LEAST_DISK:
        return [Note.DISK_SHORT]
    notes = [Note.DISK_TIGHT] if most < EASY_DISK else []
    return [*notes, Note.OTHER_DRIVE] if here < EASY_DISK and here < most else notes


# --- asking this computer ---------------------------------------------------------------------------------------------


def this_computer(folder: Path, memory: Memory | None = None, reclaimable: int = 0) -> Computer:
    """All facts; `folder` is where models would go, `memory` as it is unless given. Asks drives, which may sleep: not
    for the window's thread."""
    physical, logical = cores()
    memory = memory or this_memory()
    return Computer(memory, physical, logical, drives(folder), system_name(), processor_name(), reclaimable)


def cores() -> tuple[int, int]:
    """(physical, logical) cores that this process may use, at least 1."""
    logical = os.cpu_count() or 1
    physical = psutil.cpu_count(logical=False) or logical
    if hasattr(os, "sched_getaffinity"):
        logical = min(logical, len(os.sched_getaffinity(0)))
    return max(1, min(physical, logical)), max(1, logical)


def drives(folder: Path) -> tuple[Drive, ...]:
    """Drives that models could lie on, that of `folder` first, the rest by free space; no network drives, no discs."""
    found: list[Drive] = []
    devices: set[int] = set()
    for path in (_beginning(nearest(folder)), *_mounted()):
        with suppress(OSError):
            device, usage = path.stat().st_dev, shutil.disk_usage(path)
            drive = Drive(path, usage.total, usage.free)
            pool = any(
                (one.total, one.free) == (drive.total, drive.free) for one in found
            )  # macOS: one disk, many volumes
            if usage.total and device not in devices and not pool:
                found.append(drive)
            devices.add(device)
    return (*found[:1], *sorted(found[1:], key=lambda drive: -drive.free))


def _mounted() -> Iterator[Path]:
    with suppress(OSError):
        for one in psutil.disk_partitions(all=False):
            options = one.opts.split(",")
            inner = one.fstype.lower() in _NOT_DRIVES or not {"cdrom", "remote", "ro"}.isdisjoint(options)
            if not inner and not any(f"{one.mountpoint}/".startswith(f"{folder}/") for folder in _NOT_FOLDERS):
                yield Path(one.mountpoint)


def _beginning(path: Path) -> Path:
    """Where the drive of `path` begins."""
    if sys.platform == "win32":
        return Path(path.anchor)
    while path.parent != path and not path.is_mount():
        path = path.parent
    return path


def system_name() -> str:
    """Such as "Windows 11", "macOS 14.5", "Ubuntu 24.04 LTS"."""
    if sys.platform == "win32":
        build = sys.getwindowsversion().build
        return "Windows 11" if build >= 22_000 else f"Windows {platform.release()}"
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}".strip()
    with suppress(OSError):
        return platform.freedesktop_os_release().get("PRETTY_NAME", "") or platform.system()
    return f"{platform.system()} {platform.release()}".strip()


def processor_name() -> str:
    """As its maker calls it; the kind of processor if that cannot be found out."""
    with suppress(OSError, ValueError, subprocess.SubprocessError):
        name = " ".join(_maker_name().split())
        if name:
            return name
    return platform.processor() or platform.machine()


def _maker_name() -> str:
    if sys.platform == "win32":
        import winreg

        place = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as key:
            return str(winreg.QueryValueEx(key, "ProcessorNameString")[0])
    if sys.platform == "darwin":
        command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, timeout=SLOW_COMMAND, check=True).stdout
    lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    return next((line.partition(":")[2] for line in lines if line.startswith(("model name", "Model"))), "")
