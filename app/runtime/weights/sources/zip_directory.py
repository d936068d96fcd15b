"""The table of contents of a zip file: which members there are, and where the bytes of a stored one lie.

Format: PKWARE's APPNOTE.TXT 6.3 (central directory, ZIP64 records, local headers). Only what torch writes is read:
members are stored, not compressed, and found by name inside the file; names never become paths.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from app.errors import Fixable
from app.runtime.weights.records import BytesSource
from app.runtime.weights.sniff import shown

LOCAL_MAGIC = b"PK\x03\x04"
MAX_MEMBERS = 100_000  # the largest checkpoints have some thousand tensors
MAX_DIRECTORY = 16 * 1024 * 1024  # bytes

_END = struct.Struct("<4s4H2LH")  # magic, disk, disk of directory, entries here, entries, size, offset, comment
_END64 = struct.Struct("<4sQ2H2L4Q")  # magic, own size, versions, disks, entries here, entries, size, offset
_LOCATOR64 = struct.Struct("<4sLQL")  # magic, disk, offset of the end64 record, disks
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_ZIP64_EXTRA = 1
_ENCRYPTED = 1
_FULL = 0xFFFFFFFF  # the real value stands in the ZIP64 extra field


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the zip as the central directory describes it; lengths in bytes."""

    name: bytes
    method: int
    flags: int
    packed: int
    size: int
    header: int  # offset of its local header


class ZipDirectory:
    """The members of one zip file by name. Reads the end of the file and the central directory only."""

    def __init__(self, file: BytesSource) -> None:
        """Raises `Fixable("weights-truncated")` without an end record, `Fixable("weights-damaged")` for lies."""
        self._file = file
        entries, size, self._start, end = _find_directory(file)
        if entries > MAX_MEMBERS or size > MAX_DIRECTORY or size < entries * _CENTRAL.size:
            raise self._damaged(f"zip directory: {entries} entries, {size} bytes")
        if self._start + size > end:
            raise self._damaged(f"zip directory: {self._start} + {size} > {end} bytes")
        self.members = self._parse(bytes(file.read(self._start, size)), entries)

    def data_offset(self, member: Member) -> int:
        """Where the bytes of a stored member begin in the file, by its local header. Raises
        `Fixable("weights-damaged")` if it is compressed, encrypted or not inside the file."""
        name = shown(member.name.decode("utf-8", "replace"))
        if member.method != 0 or member.packed != member.size or member.flags & _ENCRYPTED:
            raise self._damaged(f"{name}: compressed")
        if member.header + _LOCAL.size > self._start:
            raise self._damaged(f"{name}: offset {member.header}")
        local = _LOCAL.unpack(self._file.read(member.header, _LOCAL.size))
        magic, flags, method, name_size, extra_size = local[0], local[2], local[3], local[9], local[10]
        begin: int = member.header + _LOCAL.size + name_size + extra_size
        # Sizes stand in the central directory only: torch writes 0 or 0xffffffff here and a descriptor behind.
        if magic != LOCAL_MAGIC or method != 0 or flags & _ENCRYPTED or begin + member.size > self._start:
            raise self._damaged(f"{name}: local header")
        if bytes(self._file.read(member.header + _LOCAL.size, name_size)) != member.name:
            raise self._damaged(f"{name}: local header")
        return begin

    def _parse(self, directory: bytes, entries: int) -> dict[bytes, Member]:
        members: dict[bytes, Member] = {}
        at = 0
        for _ in range(entries):
            if at + _CENTRAL.size > len(directory):
                raise self._damaged("zip directory: cut")
            field = _CENTRAL.unpack_from(directory, at)
            name_end = at + _CENTRAL.size + field[10]
            extra_end = name_end + field[11]
            name = directory[at + _CENTRAL.size : name_end]
            at = extra_end + field[12]
            if field[0] != b"PK\x01\x02" or at > len(directory) or name in members:
                raise self._damaged("zip directory: entry")
            packed, size, header = field[8], field[9], field[16]
            if _FULL in (packed, size, header):
                size, packed, header = self._wide(directory[name_end:extra_end], (size, packed, header))
            members[name] = Member(name, field[4], field[3], packed, size, header)
        return members

    def _wide(self, extra: bytes, narrow: tuple[int, int, int]) -> list[int]:
        """Size, packed size and offset in 64 bits: the ZIP64 field holds those that do not fit, in this order."""
        at = 0
        while at + 4 <= len(extra):
            kind, length = struct.unpack_from("<2H", extra, at)
            if kind == _ZIP64_EXTRA:
                wide = struct.unpack_from(f"<{min(length, len(extra) - at - 4) // 8}Q", extra, at + 4)
                if len(wide) < narrow.count(_FULL):
                    break
                rest = iter(wide)
                return [next(rest) if value == _FULL else value for value in narrow]
            at += 4 + length
        raise self._damaged("zip64: sizes")

    def _damaged(self, detail: str) -> Fixable:
        return Fixable("weights-damaged", file=self._file.name, detail=detail)


def _find_directory(file: BytesSource) -> tuple[int, int, int, int]:
    """Entries, size and offset of the central directory, and the offset of the record that says so."""
    tail_start = max(0, file.size - _END.size - 0xFFFF)  # a comment may follow
    tail = bytes(file.read(tail_start, file.size - tail_start))
    at = tail.rfind(b"PK\x05\x06", 0, len(tail) - _END.size + 4)
    if at < 0:
        raise Fixable("weights-truncated", file=file.name)
    end = tail_start + at
    _, _, _, _, entries, size, offset, _ = _END.unpack_from(tail, at)
    if end < _LOCATOR64.size:
        return entries, size, offset, end
    magic, _, end64, _ = _LOCATOR64.unpack(file.read(end - _LOCATOR64.size, _LOCATOR64.size))
    if magic != b"PK\x06\x07":
        return entries, size, offset, end
    if end64 + _END64.size > end:
        raise Fixable("weights-damaged", file=file.name, detail=f"zip64 record at {end64}")
    record = _END64.unpack(file.read(end64, _END64.size))
    if record[0] != b"PK\x06\x06":
        raise Fixable("weights-damaged", file=file.name, detail=f"zip64 record at {end64}")
    return record[7], record[8], record[9], end64
