"""Encrypts by the rule of BELLE's own tool, not by our code, and makes files that look like keys."""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from pathlib import Path

import numpy as np

CHUNK = 10 * 1024 * 1024


def slow_xor(plain: bytes, key: bytes) -> bytes:
    """The loop of BELLE's decrypt.py: the next chunk of the key for every chunk of data, from the start at its end."""
    out, reader = bytearray(), io.BytesIO(key)
    for start in range(0, len(plain), CHUNK):
        data = plain[start : start + CHUNK]
        part = reader.read(CHUNK)
        if not part:
            reader.seek(0)
            part = reader.read(CHUNK)
        part = (part * (len(data) // len(part) + 1))[: len(data)]
        out += (np.frombuffer(data, np.uint8) ^ np.frombuffer(part, np.uint8)).tobytes()
    return bytes(out)


def encrypt(folder: Path, name: str, plain: bytes, key: bytes) -> Path:
    """Write `plain` as an `.enc` file."""
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(plain)
    path = folder / f"{name}.{digest.hexdigest()}.enc"
    path.write_bytes(digest.digest() + slow_xor(plain, key))
    return path


def noise(seed: int, size: int) -> bytes:
    return random.Random(seed).randbytes(size)


def checkpoint(member: str, tensor: str = "tok_embeddings.weight", columns: int = 4096, size: int = 300_000) -> bytes:
    """What the first and last kilobytes of a torch file look like, with noise for weights."""
    shape = b"(M\x00\x7dM" + columns.to_bytes(2, "little") + b"\x86q\x08"
    index = b"\x80\x02}q\x00(X" + len(tensor).to_bytes(4, "little") + tensor.encode() + b"q\x01ctorch\n" + shape
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(member), index + noise(len(member), 1000))
        archive.writestr(zipfile.ZipInfo(member.replace("data.pkl", "data/0")), noise(columns, size))
    return buffer.getvalue()
