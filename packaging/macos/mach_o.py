"""How old a macOS a program or library runs on, read from the file itself."""

from __future__ import annotations

import struct
from pathlib import Path

THIN = {bytes.fromhex(name): order for name, order in (("cffaedfe", "<"), ("feedfacf", ">"))}  # 64 bits
FAT = bytes.fromhex("cafebabe")
MIN_MACOS, BUILD_VERSION = 0x24, 0x32  # load commands
MACOS = 1  # the platform in BUILD_VERSION
HEADER = 32

Version = tuple[int, int]


def is_mach_o(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(8)
    if start[:4] == FAT:  # Java's classes begin alike, with a large number where the architectures are counted
        return len(start) == 8 and struct.unpack(">I", start[4:])[0] < 20
    return start[:4] in THIN


def earliest(data: bytes) -> Version:
    """The oldest macOS that the file asks for, of all its architectures; (0, 0) if it says nothing."""
    if data[:4] == FAT:
        count = struct.unpack_from(">I", data, 4)[0]
        rows = [struct.unpack_from(">5I", data, 8 + 20 * number) for number in range(count)]
        return max((earliest(data[start : start + size]) for _, _, start, size, _ in rows), default=(0, 0))
    order = THIN.get(data[:4])
    if order is None:
        return (0, 0)
    (commands,) = struct.unpack_from(f"{order}I", data, 16)
    position, found = HEADER, (0, 0)
    for _ in range(commands):
        command, size = struct.unpack_from(f"{order}2I", data, position)
        if command == MIN_MACOS:
            found = max(found, _version(struct.unpack_from(f"{order}I", data, position + 8)[0]))
        elif command == BUILD_VERSION:
            platform, number = struct.unpack_from(f"{order}2I", data, position + 8)
            found = max(found, _version(number) if platform == MACOS else (0, 0))
        position += size
    return found


def _version(number: int) -> Version:
    return number >> 16, number >> 8 & 0xFF
