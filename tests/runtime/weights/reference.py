"""Comparisons with the files that llama.cpp's converter made of the same weights."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFReader
from numpy.typing import NDArray

from app.errors import Fixable
from app.runtime.weights.files import check_name
from app.runtime.weights.ggml import GgmlType
from app.runtime.weights.records import Dtype, ModelTensor
from app.runtime.weights.tensors import float32


@dataclass(frozen=True)
class MemoryFile:
    """A `BytesSource` without a disk."""

    data: bytes
    name: str = "memory"

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, offset: int, size: int) -> memoryview:
        if offset < 0 or size < 0 or offset + size > len(self.data):
            raise Fixable("weights-truncated", file=self.name)
        return memoryview(bytearray(self.data[offset : offset + size]))


@dataclass(frozen=True)
class MemoryFolder:
    """A `Folder` without a disk: what an encrypted one looks like from the outside."""

    files: Mapping[str, bytes]
    name: str = "folder"

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.files))

    def open(self, name: str) -> MemoryFile:
        check_name(name, self.name)
        if name not in self.files:
            raise Fixable("weights-missing-file", file=name)
        return MemoryFile(self.files[name], name)


def values(tensor: ModelTensor) -> NDArray[np.float32]:
    """All rows of a tensor of floats as float32, after a look at the pieces' order."""
    dtype = {GgmlType.F32: Dtype.F32, GgmlType.F16: Dtype.F16, GgmlType.BF16: Dtype.BF16}[tensor.type]
    pieces, row = [], 0
    for piece in tensor.pieces():
        assert piece.first_row == row
        assert piece.data.dtype == dtype.numpy
        row += len(piece.data)
        pieces.append(float32(piece.data, dtype))
    return np.concatenate(pieces).reshape(tensor.shape)


def sums(tensors: tuple[ModelTensor, ...]) -> dict[str, str]:
    """SHA-256 of every tensor's values as float32."""
    return {tensor.name: hashlib.sha256(values(tensor).astype("<f4").tobytes()).hexdigest() for tensor in tensors}


def expected_sums(expected: Mapping[str, Any], file: str) -> dict[str, str]:
    return {name: one["sha256_f32"] for name, one in expected["gguf_ref"][file]["tensors"].items()}


def keys(path: Path, start: str) -> dict[str, Any]:
    """The keys of a GGUF file that begin with `start`."""
    fields = GGUFReader(path).fields
    return {name: field.contents() for name, field in fields.items() if name.startswith(start)}


def copied(source: Path, target: Path, leave: tuple[str, ...] = (), **changes: Mapping[str, Any]) -> Path:
    """A copy of a folder without the files in `leave`; `config={"n_head": 3}` changes values of `config.json`,
    None removes one."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*leave))
    for stem, values_of in changes.items():
        path = target / f"{stem}.json"
        data = json.loads(path.read_text(encoding="utf-8")) | values_of
        path.write_text(json.dumps({name: one for name, one in data.items() if one is not None}), encoding="utf-8")
    return target
