"""“I already have the files”: what lies in a folder or zip from a netdisk is matched with the files of a model.

By hash where one is known, whatever the file is called by now; else by size and by name, where the marks that netdisks
and browsers leave in names do not count. Nothing is copied.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from app.errors import Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models import disk
from app.runtime.models.disk import Progress, Tally, silent, told
from app.runtime.models.netdisk_files import Candidate, search
from app.runtime.models.records import RemoteFile
from app.runtime.weights.sniff import check_not_placeholder

SMALL = 64 * 1024 * 1024  # bytes: up to here a file of unknown size is sought under any name
UNFINISHED = re.compile(
    r"\.(baiduyun\.p\.downloading|downloading|downloaded|crdownload|part|partial|incomplete|tmp|xltd|td|aria2|bc!|!qb)$",
    re.IGNORECASE,
)
_COPY_MARK = re.compile(
    r"\s*(\(\d{1,3}\)|\[\d{1,3}\]|[-_ ]*副本(\s*\(\d+\))?|\s-\scopy(\s*\(\d+\))?)(?=\.|$)", re.IGNORECASE
)
_COPY_START = re.compile(r"^(copy of |副本\s*|复件\s*)", re.IGNORECASE)
_ENCRYPTED = re.compile(r"\.([0-9a-f]{64})(\.enc)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """Where a file of the model lies: `path`, or `member` of the zip file `path`. `sha256`: "" if it was not computed.
    `known`: the hash was promised and is right; otherwise size and name had to do."""

    path: Path
    member: str
    size: int
    sha256: str
    known: bool


@dataclass(frozen=True)
class Matched:
    """By the names of the model's files. `missing` and `wrong` are still to be fetched; `wrong` says why a file that
    has the name is not it. `notes`: archives that could not be looked into."""

    found: dict[str, Found] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    wrong: dict[str, Fixable] = field(default_factory=dict)
    notes: tuple[Fixable, ...] = ()


def match(
    path: Path, files: Sequence[RemoteFile], progress: Progress = silent, cancel: CancelToken | None = None
) -> Matched:
    """Look for `files` in the folder or archive `path`. Only files of the right or of unknown size are hashed.

    Reasons in `wrong`: `netdisk-size`, `netdisk-hash`, `netdisk-unfinished`, `weights-empty`, `weights-web-page`,
    `weights-lfs-pointer`, or that it cannot be read. Raises `Fixable` if `path` itself cannot be read; `Cancelled`.
    """
    with told(path), closing(search(path)) as place:
        work = _Matching(place.candidates, files, progress, cancel or CancelToken())
        return work.run(place.notes)


def take(found: Found, target: Path, progress: Progress = silent, cancel: CancelToken | None = None) -> None:
    """Put a found file at `target` for an install: without copying where the drive allows a second name, else copied
    or unpacked and read back. A second name is the user's own file: read it, replace it, never write into it.
    Raises `Fixable`: `file-unlike`, `out-exists`, what writing raises; `Cancelled`."""
    with told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(target):
            raise Fixable("out-exists", path=str(target))
        if not found.member:
            with suppress(OSError):
                os.link(found.path, target)
                return
    tally = Tally(progress, 2 * found.size, cancel or CancelToken())
    if not found.member:
        disk.copy_file(found.path, target, found.sha256, tally)
        return
    with closing(search(found.path)) as place:
        source = next((one for one in place.candidates if one.member == found.member), None)
        if source is None:
            raise Fixable("weights-missing-file", file=found.member)
        hidden = disk.hidden_name(target)
        sha256 = disk.store(hidden, found.size, source.blocks(), tally, overwrite=True)
        if found.sha256 not in ("", sha256):
            hidden.unlink()
            raise Fixable("file-unlike", path=str(found.path))
        disk.rename(hidden, target)


def plain_name(name: str) -> str:
    """What is left of a name when all is cut that netdisks, browsers and people add: `(1)`, `副本`, `.enc`, a hash."""
    text = unicodedata.normalize("NFKC", PurePosixPath(name.replace("\\", "/")).name).strip().lower()
    text = UNFINISHED.sub("", text)
    text = _COPY_MARK.sub("", _COPY_START.sub("", text))
    text = text.removesuffix(".enc")
    return re.sub(r"\.[0-9a-f]{64}$", "", text).strip()


class _Matching:
    def __init__(
        self, candidates: Sequence[Candidate], files: Sequence[RemoteFile], progress: Progress, cancel: CancelToken
    ) -> None:
        # What can be proved comes first: the rest is then taken from beside it.
        self._files = sorted(files, key=lambda one: one.sha256 is None)
        self._order = [one.name for one in files]
        self._candidates = candidates
        self._plain = {id(one): plain_name(one.name) for one in candidates}
        self._wanted = {one.name: plain_name(one.name) for one in files}
        self._hashes: dict[int, str] = {}
        self._homes: set[str] = set()  # folders in which files were found
        to_hash = {id(one): one.size for file in files if file.sha256 for one in self._options(file)}
        self._tally = Tally(progress, sum(to_hash.values()), cancel)

    def run(self, notes: tuple[Fixable, ...]) -> Matched:
        found: dict[str, Found] = {}
        wrong: dict[str, Fixable] = {}
        for file in self._files:
            self._tally.cancel.check()
            one, reason = self._find(file)
            if one:
                found[file.name] = one
            elif reason:
                wrong[file.name] = reason
        self._tally.finish()
        missing = tuple(name for name in self._order if name not in found and name not in wrong)
        return Matched(found, missing, wrong, notes)

    def _find(self, file: RemoteFile) -> tuple[Found | None, Fixable | None]:
        """The file, or the first reason why one of its name is not it."""
        reason: Fixable | None = None
        for one in self._options(file):
            try:
                found = self._check(file, one)
            except Fixable as error:
                if self._is_alike(file, one):
                    reason = reason or error
                continue
            if found:
                self._homes.add(one.home)
                return found, None
        return None, reason or self._wrong_size(file)

    def _options(self, file: RemoteFile) -> Iterator[Candidate]:
        """Candidates by how likely they are: the same name, one beside what was found, a like name, any name."""
        return iter(
            sorted(
                filter(lambda one: self._is_option(file, one), self._candidates), key=lambda one: self._rank(file, one)
            )
        )

    def _is_option(self, file: RemoteFile, one: Candidate) -> bool:
        if UNFINISHED.search(one.name):
            return False
        if file.size is not None and one.size != file.size:
            return False
        if self._is_alike(file, one):
            return True
        provable = file.sha256 is not None or _ENCRYPTED.search(file.name) is not None
        return provable and (file.size is not None or one.size <= SMALL)

    def _rank(self, file: RemoteFile, one: Candidate) -> tuple[bool, bool, bool, str, str]:
        beside = one.home in self._homes
        same = one.name == PurePosixPath(file.name).name
        return not self._is_alike(file, one), not beside, not same, str(one.path), one.member

    def _is_alike(self, file: RemoteFile, one: Candidate) -> bool:
        return self._plain[id(one)] == self._wanted[file.name]

    def _check(self, file: RemoteFile, one: Candidate) -> Found | None:
        """None if nothing proves or disproves it. Raises the `Fixable` that says why it is not the file."""
        check_not_placeholder(one.head())
        if file.sha256:
            sha256 = self._hash(one)
            if sha256 != file.sha256.lower():
                raise Fixable("netdisk-hash", file=one.name, wanted=file.name)
            return Found(one.path, one.member, one.size, sha256, known=True)
        promised = _ENCRYPTED.search(file.name)
        if promised:  # the hash of the plain text stands in the name and again in the first 32 bytes
            if bytes(one.head().read(0, min(32, one.size))).hex() != promised[1].lower():
                return None
        elif self._is_ambiguous(file, one):
            return None
        return Found(one.path, one.member, one.size, "", known=False)

    def _is_ambiguous(self, file: RemoteFile, one: Candidate) -> bool:
        """A `config.json` belongs to the model beside which it lies; of several elsewhere, nobody can tell."""
        if one.home in self._homes:
            return False
        homes = {other.home for other in self._options(file)}
        return bool(self._homes) or len(homes) > 1

    def _wrong_size(self, file: RemoteFile) -> Fixable | None:
        """Why a file that has the name cannot be it."""
        alike = [one for one in self._candidates if self._is_alike(file, one)]
        for one in alike:
            if UNFINISHED.search(one.name):
                return Fixable("netdisk-unfinished", file=one.name)
        for one in alike:
            if file.size is not None and one.size != file.size:
                try:
                    check_not_placeholder(one.head())
                except Fixable as error:
                    return error
                return Fixable("netdisk-size", file=one.name, size=one.size, wanted=file.size)
        return None

    def _hash(self, one: Candidate) -> str:
        if id(one) not in self._hashes:
            self._hashes[id(one)] = one.hash(self._tally)
        return self._hashes[id(one)]
