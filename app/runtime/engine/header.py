"""The first bytes of a model file, read before llama.cpp sees it."""

from __future__ import annotations

import struct
from pathlib import Path

from app.errors import Fixable

MAGIC = b"GGUF"
VERSIONS = (2, 3)
_START = struct.Struct("<4sIQQ")
_MANY = 1_000_000  # more tensors or keys than this is damage, not a model


def check_header(path: Path) -> None:
    """Raise `Fixable` unless `path` starts like a GGUF file of a version llama.cpp reads."""
    try:
        with path.open("rb") as file:
            start = file.read(_START.size)
    except FileNotFoundError:
        raise Fixable("model-file-missing", path=str(path)) from None
    except OSError as error:
        raise Fixable("model-file-unreadable", path=str(path), detail=str(error)) from error
    if start[:4] != MAGIC:
        raise Fixable("model-file-not-gguf", path=str(path))
    if len(start) < _START.size:
        raise Fixable("model-file-unreadable", path=str(path), detail="the header is cut off")
    _, version, tensors, keys = _START.unpack(start)
    if version not in VERSIONS:
        raise Fixable("model-file-unreadable", path=str(path), detail=f"GGUF version {version}")
    if tensors > _MANY or keys > _MANY:
        raise Fixable("model-file-unreadable", path=str(path), detail="the header is damaged")
