"""A pack as one zip file, its files stored as they are: a 4 GB model gains nothing from compression."""

from __future__ import annotations

import hashlib
import os
import time
import zipfile
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

from app.errors import Fixable
from app.runtime.models import disk
from app.runtime.models.archives import Archive
from app.runtime.models.disk import Tally, told

LARGE = 1 << 31  # from here on sizes are written in 64 bits


class ZipSink:
    """Written beside its place under a hidden name, read back, then renamed. Raises `Fixable` as writing does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._hidden = disk.hidden_name(path)
        with told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._hidden.open("wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_STORED, allowZip64=True)

    def put(self, name: str, size: int, pieces: Iterable[memoryview | bytes], tally: Tally) -> str:
        """Counts every byte once."""
        digest = hashlib.sha256()
        info = zipfile.ZipInfo(name, time.localtime()[:6])
        info.external_attr = 0o644 << 16
        with told(self.path), self._zip.open(info, "w", force_zip64=size >= LARGE) as out:
            for piece in pieces:
                digest.update(piece)
                out.write(piece)
                tally.add(len(piece), Path(name).name)
        return digest.hexdigest()

    def finish(self, hashes: dict[str, str], tally: Tally) -> None:
        with told(self.path):
            self._zip.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        with closing(Archive(self._hidden)) as archive:
            for name, sha256 in hashes.items():
                digest = hashlib.sha256()
                for piece in archive.blocks(name):
                    digest.update(piece)
                    tally.add(len(piece), Path(name).name)
                if digest.hexdigest() != sha256:
                    raise Fixable("copy-unlike", path=str(self.path))
        disk.rename(self._hidden, self.path)

    def abort(self) -> None:
        with suppress(OSError, ValueError):
            self._zip.close()
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._hidden.unlink()
