"""Drives: how much is free, what they can hold, and whether they may be unplugged."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.errors import Fixable

GB = 1e9
FAT_FILE = 4 * 1024**3 - 1  # bytes of the largest file on FAT32
_FAT = frozenset({"vfat", "fat", "fat32", "fat16", "msdos", "umsdos", "msdosfs"})
_NETWORK = ("nfs", "cifs", "smb", "afpfs", "webdav", "davfs", "9p", "fuse.sshfs", "fuse.rclone", "ceph", "glusterfs")
_DRIVE_REMOVABLE, _DRIVE_REMOTE = 2, 4  # GetDriveTypeW


@dataclass(frozen=True)
class Volume:
    """`filesystem` in small letters, "" if unknown."""

    filesystem: str = ""
    removable: bool = False
    network: bool = False

    @property
    def largest_file(self) -> int | None:
        """Bytes, None where files may be as large as the drive."""
        return FAT_FILE if self.filesystem in _FAT else None


def nearest(path: Path) -> Path:
    """`path`, or the nearest folder above it that is there."""
    path = path.absolute()
    for place in (path, *path.parents):
        with suppress(OSError):
            if place.exists():
                return place
    return path


def free_space(path: Path) -> int:
    """Free bytes on the drive of `path`, which need not be there yet. Raises `Fixable("out-unwritable")`."""
    try:
        return shutil.disk_usage(nearest(path)).free
    except OSError as error:
        raise Fixable("out-unwritable", path=str(path), detail=error.strerror or str(error)) from error


def check_space(path: Path, need: int) -> None:
    """Raise `Fixable("out-space")` if the drive of `path` has less than `need` bytes free."""
    free = free_space(path)
    if free < need:
        raise Fixable("out-space", path=str(path), need_gb=f"{need / GB:.1f}", free_gb=f"{free / GB:.1f}")


def check_file_size(path: Path, size: int) -> None:
    """Raise `Fixable("disk-file-too-large")` if the drive of `path` cannot hold a file of `size` bytes."""
    largest = volume_of(path).largest_file
    if largest is not None and size > largest:
        raise Fixable("disk-file-too-large", path=str(path), file=path.name)


def one_drive(first: Path, second: Path) -> bool:
    """True if a file can be renamed from one folder to the other; neither needs to be there yet."""
    try:
        return nearest(first).stat().st_dev == nearest(second).stat().st_dev
    except OSError as error:
        raise Fixable("out-unwritable", path=str(second), detail=error.strerror or str(error)) from error


def volume_of(path: Path) -> Volume:
    """The drive of `path`; what cannot be found out is left at its default."""
    if sys.platform == "win32":
        return _windows_volume(path)
    return _mounted_volume(nearest(path))


def _mounted_volume(place: Path) -> Volume:
    import psutil

    best, device, filesystem = "", "", ""
    real = os.path.realpath(place)
    with suppress(OSError):
        for one in psutil.disk_partitions(all=True):
            inside = real == one.mountpoint or real.startswith(one.mountpoint.rstrip("/") + "/")
            if inside and len(one.mountpoint) >= len(best):
                best, device, filesystem = one.mountpoint, one.device, one.fstype.lower()
    network = filesystem.startswith(_NETWORK) or device.startswith("//")
    return Volume(filesystem, not network and _is_removable(device, best), network)


def _is_removable(device: str, mounted: str) -> bool:
    if sys.platform == "darwin":
        return mounted.startswith("/Volumes/")
    block = Path("/sys/class/block") / Path(os.path.realpath(device)).name
    for place in (block, block.resolve().parent):  # a partition lies in the folder of its disk
        with suppress(OSError):
            if (place / "removable").read_text("ascii").strip() == "1":
                return True
    return False


def _windows_volume(path: Path) -> Volume:
    if sys.platform != "win32":
        return Volume()
    import ctypes

    anchor = path.absolute().anchor
    kind = ctypes.windll.kernel32.GetDriveTypeW(ctypes.c_wchar_p(anchor))
    name = ctypes.create_unicode_buffer(64)
    known = ctypes.windll.kernel32.GetVolumeInformationW(
        ctypes.c_wchar_p(anchor), None, 0, None, None, None, name, len(name)
    )
    network = kind == _DRIVE_REMOTE or anchor.startswith("\\\\")
    return Volume(name.value.lower() if known else "", kind == _DRIVE_REMOVABLE, network)
