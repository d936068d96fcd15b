"""The files in a folder from a netdisk, and those in its zip files, as candidates to be matched."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from app.errors import Fixable
from app.runtime.models import disk
from app.runtime.models.archives import ARCHIVES, Archive
from app.runtime.models.disk import Tally
from app.runtime.weights.files import PlainFile
from app.runtime.weights.sniff import HEAD

MOST_FILES = 20_000
DEEPEST = 6  # folders below the chosen one


@dataclass(frozen=True)
class Head:
    """The first bytes of a file as a `records.BytesSource`; `size` is that of the whole file."""

    name: str
    size: int
    data: bytes

    def read(self, offset: int, size: int) -> memoryview:
        if offset < 0 or offset + size > len(self.data):
            raise Fixable("weights-truncated", file=self.name)
        return memoryview(bytearray(self.data[offset : offset + size]))


class Candidate:
    """A file at `path`, or `member` of the zip file `path`. `home`: the folder that it lies in."""

    def __init__(self, path: Path, size: int, archive: Archive | None = None, member: str = "") -> None:
        self.path, self.size, self.member = path, size, member
        self._archive = archive
        inside = PurePosixPath(member.replace("\\", "/"))
        self.name = inside.name if archive else path.name
        self.home = f"{path}!{inside.parent}" if archive else str(path.parent)

    def head(self) -> Head:
        """Raises `Fixable` if it cannot be read."""
        if self._archive:
            return Head(self.name, self.size, self._archive.start(self.member, HEAD))
        with closing(PlainFile(self.path)) as file:
            return Head(self.name, file.size, bytes(file.read(0, min(HEAD, file.size))))

    def blocks(self) -> Iterator[memoryview | bytes]:
        return self._archive.blocks(self.member) if self._archive else disk.blocks(self.path)

    def hash(self, tally: Tally) -> str:
        """SHA-256 in hexadecimal. Raises `Fixable`, `Cancelled`."""
        if not self._archive:
            return disk.hash_file(self.path, tally)
        digest = hashlib.sha256()
        for piece in self.blocks():
            digest.update(piece)
            tally.add(len(piece), self.name)
        return digest.hexdigest()


class Place:
    """What was found below a path. To be closed: zip files stay open until then."""

    def __init__(self) -> None:
        self.candidates: list[Candidate] = []
        self._notes: list[Fixable] = []
        self._archives: list[Archive] = []

    @property
    def notes(self) -> tuple[Fixable, ...]:
        """Archives that could not be looked into: what `Archive` raises."""
        return tuple(self._notes)

    def add_folder(self, folder: Path) -> None:
        def failed(error: OSError) -> None:
            if Path(error.filename or folder) == folder:
                raise error

        for place, folders, files in os.walk(folder, onerror=failed):
            folders.sort()
            if len(Path(place).relative_to(folder).parts) >= DEEPEST:
                folders.clear()
            for name in sorted(files):
                if len(self.candidates) >= MOST_FILES:
                    return
                self._add_found(Path(place) / name)

    def _add_found(self, path: Path) -> None:
        try:
            if not path.is_file():
                return
            if path.suffix.lower() in ARCHIVES:
                self.add_archive(path)
            else:
                self.candidates.append(Candidate(path, path.stat().st_size))
        except OSError as error:
            detail = error.strerror or str(error)
            self._notes.append(Fixable("weights-unreadable", file=path.name, detail=detail))
        except Fixable as error:
            self._notes.append(error)

    def add_archive(self, path: Path) -> None:
        """Raises `Fixable` as `Archive` does."""
        archive = Archive(path)
        self._archives.append(archive)
        left = MOST_FILES - len(self.candidates)
        for member, size in list(archive.sizes.items())[:left]:
            self.candidates.append(Candidate(path, size, archive, member))

    def close(self) -> None:
        for archive in self._archives:
            archive.close()


def search(path: Path) -> Place:
    """All files at and below `path`: a folder, an archive or one file. Raises `Fixable` if it cannot be read."""
    place = Place()
    try:
        if path.is_dir():
            place.add_folder(path)
        elif path.suffix.lower() in ARCHIVES:
            place.add_archive(path)
        else:
            place.candidates.append(Candidate(path, disk.status_of(path).st_size))
    except OSError as error:
        place.close()
        raise Fixable("weights-unreadable", file=path.name, detail=error.strerror or str(error)) from error
    except BaseException:
        place.close()
        raise
    return place
