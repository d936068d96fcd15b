"""Small GGUF files made by hand, so that each can be wrong in one place, and files that are only in memory."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gguf
import numpy as np

from app.errors import Fixable

Entry = tuple[bytes, tuple[int, ...], int, int]  # name, lengths fastest axis first, type, offset

STRING, ARRAY = 8, 9


@dataclass
class MemoryFile:
    """A `BytesSource` of bytes, followed by zeros if `size` is larger."""

    name: str
    data: bytes
    size: int = -1
    bytes_read: int = 0

    def __post_init__(self) -> None:
        if self.size < 0:
            self.size = len(self.data)

    def read(self, offset: int, size: int) -> memoryview:
        if offset < 0 or size < 0 or offset + size > self.size:
            raise Fixable("weights-truncated", file=self.name)
        self.bytes_read += size
        return memoryview(self.data[offset : offset + size].ljust(size, b"\0"))


@dataclass
class MemoryFolder:
    """A `Folder` of bytes by name."""

    files: dict[str, bytes]
    name: str = "folder"

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.files))

    def open(self, name: str) -> MemoryFile:
        if name not in self.files:
            raise Fixable("weights-missing-file", file=name)
        return MemoryFile(name, self.files[name])


def text(value: str | bytes) -> bytes:
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack("<Q", len(data)) + data


def key(name: str | bytes, kind: int, value: bytes) -> bytes:
    return text(name) + struct.pack("<I", kind) + value


def string_key(name: str, value: str | bytes) -> bytes:
    return key(name, STRING, text(value))


def strings_key(name: str, values: Sequence[str | bytes]) -> bytes:
    return key(name, ARRAY, struct.pack("<IQ", STRING, len(values)) + b"".join(map(text, values)))


def tensor(name: bytes, lengths: Sequence[int], kind: int, offset: int) -> bytes:
    return text(name) + struct.pack(f"<I{len(lengths)}QIQ", len(lengths), *lengths, kind, offset)


ARCHITECTURE = string_key("general.architecture", "llama")
TOKENS = strings_key("tokenizer.ggml.tokens", ["<unk>", "<s>", "</s>", "你好"])
BASIC = (ARCHITECTURE, TOKENS)
EMBEDDING: Entry = (b"token_embd.weight", (32, 4), 0, 0)


def raw_gguf(
    keys: Sequence[bytes] = BASIC,
    tensors: Sequence[Entry] = (EMBEDDING,),
    data: bytes = bytes(512),
    version: int = 3,
    alignment: int = 32,
) -> bytes:
    """A file as `keys` and `tensors` say, right or wrong."""
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(keys)) + b"".join(keys)
    head += b"".join(tensor(*one) for one in tensors)
    return head.ljust(-(-len(head) // alignment) * alignment, b"\0") + data


def fields(path: Any) -> dict[str, tuple[list[str], Any]]:
    """Types and values of all keys by PyPI's `gguf`, which is llama.cpp's own Python."""
    reader = gguf.GGUFReader(path)
    return {
        name: ([kind.name for kind in field.types], field.contents())
        for name, field in reader.fields.items()
        if not name.startswith("GGUF.")
    }


def contents(path: Any) -> dict[str, tuple[list[int], str, bytes]]:
    """Shape (fastest axis first), type and bytes of all tensors by PyPI's `gguf`."""
    reader = gguf.GGUFReader(path)
    return {
        one.name: ([int(n) for n in one.shape], one.tensor_type.name, np.ascontiguousarray(one.data).tobytes())
        for one in reader.tensors
    }
