"""GGUF files: their header within bounds, and their tensors as a model, one file or split into several."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.errors import Fixable
from app.runtime.weights.ggml import BLOCKS, GgmlType
from app.runtime.weights.gguf_format import ALIGNMENT_KEY, FILE_TYPES, FLOAT_DTYPES, TOKENS, plain, type_name
from app.runtime.weights.records import PIECE_BYTES, BytesSource, Folder, Kind, Piece, Vocabulary, WeightsModel
from app.runtime.weights.sniff import shown
from app.runtime.weights.sources.gguf_header import GgufHeader, GgufTensor, parse

MOST_PARTS = 1000

ARCHITECTURE = "general.architecture"
SPLIT = "split."
SPLIT_NUMBER = "split.no"
SPLIT_COUNT = "split.count"
SPLIT_TENSORS = "split.tensors.count"
VOCABULARY = "tokenizer."
CHAT_TEMPLATE = "tokenizer.chat_template"

_PART_NAME = re.compile(r"(.+)-(\d{5})-of-(\d{5})(\.gguf)", re.IGNORECASE | re.DOTALL)
_ARCHITECTURE_NAME = re.compile(r"[\w.-]{1,64}", re.ASCII)
_BYTES: np.dtype[Any] = np.dtype("u1")


@dataclass(frozen=True)
class GgufSummary:
    """What a file says about itself. `quantization`: the type that most weights have; `file_type`: the name of the
    mix as the file gives it, such as Q4_K_M, "" if it does not."""

    version: int
    architecture: str
    name: str
    license: str
    parameters: int
    quantization: str
    file_type: str
    size: int
    chat_template: bool
    tensors: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class StoredRows:
    """A tensor of a GGUF file as it is stored; axes before the last one are counted as rows."""

    name: str
    shape: tuple[int, ...]
    type: GgmlType
    file: BytesSource
    offset: int
    source_bytes: int

    @property
    def keep(self) -> GgmlType:
        """The type that holds exactly these numbers."""
        return self.type

    @property
    def order(self) -> tuple[str, int]:
        return self.file.name, self.offset

    def pieces(self) -> Iterator[Piece]:
        rows = math.prod(self.shape[:-1])
        row_bytes = self.source_bytes // rows
        step = max(1, PIECE_BYTES // row_bytes)
        dtype = FLOAT_DTYPES.get(self.type, _BYTES)
        for first in range(0, rows, step):
            count = min(step, rows - first)
            data = self.file.read(self.offset + first * row_bytes, count * row_bytes)
            yield Piece(first, np.frombuffer(data, dtype).reshape(count, row_bytes // dtype.itemsize))


def read_header(file: BytesSource) -> GgufHeader:
    """All of the header of one file. Raises `Fixable`: `weights-empty`, `weights-web-page`, `weights-lfs-pointer`,
    `weights-unknown`, `weights-version`, `weights-big-endian`, `weights-truncated`, `weights-damaged`, `weights-type`.
    """
    return parse(file)


def read_summary(file: BytesSource) -> GgufSummary:
    """The facts about one file, of a split model one part. Arrays are passed over, so this is quick. Raises as
    `read_header` does."""
    header = parse(file, arrays=False)
    weights: Counter[int] = Counter()
    for tensor in header.tensors:
        weights[tensor.type] += math.prod(tensor.shape)
    majority = weights.most_common(1)
    return GgufSummary(
        version=header.version,
        architecture=shown(header.text(ARCHITECTURE)),
        name=shown(header.text("general.name")),
        license=shown(header.text("general.license")),
        parameters=weights.total(),
        quantization=type_name(majority[0][0]) if majority else "",
        file_type=FILE_TYPES.get(header.number("general.file_type", -1), ""),
        size=file.size,
        chat_template=bool(header.text(CHAT_TEMPLATE)),
        tensors=tuple(tensor.name for tensor in header.tensors),
    )


def open_model(folder: Folder, name: str) -> WeightsModel:
    """The model in file `name`, or the one of which it is a part (`NAME-00002-of-00003.gguf`).

    Metadata and vocabulary hold all keys as they were read, without those of the split and of the alignment.
    Raises `Fixable`: as `read_header` does, and `weights-files-missing`, `weights-lora`,
    `weights-tensor-missing`, `weights-tokenizer-missing`, `weights-type` for a type that cannot be converted.
    """
    parts = _parts(folder, name)
    _check_parts(parts)
    first = parts[0]
    tensors = tuple(_rows(header, tensor) for header in parts for tensor in header.tensors)
    if first.text("general.type") == "adapter":
        raise Fixable("weights-lora", file=first.file.name)
    if not _ARCHITECTURE_NAME.fullmatch(first.text(ARCHITECTURE)):
        raise _damaged(first, f"{ARCHITECTURE}={shown(first.text(ARCHITECTURE))}")
    if not tensors:
        raise Fixable("weights-tensor-missing", file=first.file.name, tensor="token_embd.weight")
    metadata = {
        key: value
        for key, value in first.metadata.items()
        if not key.startswith((SPLIT, VOCABULARY)) and key != ALIGNMENT_KEY
    }
    return WeightsModel(
        kind=Kind.GGUF,
        architecture=first.text(ARCHITECTURE),
        metadata=metadata,
        tensors=tensors,
        vocabulary=_vocabulary(first, folder),
        files=tuple(header.file for header in parts),
    )


def _vocabulary(header: GgufHeader, folder: Folder) -> Vocabulary:
    metadata = {key: value for key, value in header.metadata.items() if key.startswith(VOCABULARY)}
    if TOKENS not in metadata:
        raise Fixable("weights-tokenizer-missing", file=folder.name, needed=TOKENS)
    tokens: Any = plain(metadata[TOKENS])
    if not isinstance(tokens, list):
        raise Fixable("weights-tokenizer-damaged", file=header.file.name, detail=TOKENS)
    return Vocabulary(len(tokens), metadata)


def _rows(header: GgufHeader, tensor: GgufTensor) -> StoredRows:
    if tensor.type not in BLOCKS:
        kind = type_name(tensor.type)
        raise Fixable("weights-type", file=header.file.name, tensor=shown(tensor.name), type=kind)
    return StoredRows(tensor.name, tensor.shape, GgmlType(tensor.type), header.file, tensor.offset, tensor.size)


def _parts(folder: Folder, name: str) -> list[GgufHeader]:
    """Headers of all files of the model in their order."""
    named = read_header(folder.open(name))
    count = named.number(SPLIT_COUNT, 1)
    if count <= 1:
        return [named]
    if count > MOST_PARTS:
        raise _damaged(named, f"{SPLIT_COUNT}={count}")
    match = _PART_NAME.fullmatch(name)
    prefix, suffix = (match[1], match[4]) if match else (name.removesuffix(".gguf"), ".gguf")
    names = [f"{prefix}-{number:05}-of-{count:05}{suffix}" for number in range(1, count + 1)]
    present = {one.casefold(): one for one in folder.names()}  # Windows takes names in any case
    missing = [one for one in names if one.casefold() not in present]
    if missing:
        raise Fixable("weights-files-missing", file=name, missing=", ".join(missing))
    found = [present[one.casefold()] for one in names]
    return [named if one == named.file.name else read_header(folder.open(one)) for one in found]


def _check_parts(parts: Sequence[GgufHeader]) -> None:
    """Raise `Fixable("weights-damaged")` if the files are not the parts of one model."""
    first = parts[0]
    names: set[str] = set()
    for place, part in enumerate(parts):
        for tensor in part.tensors:
            if tensor.name in names:
                raise _damaged(part, f"tensor {shown(tensor.name)} twice")
            names.add(tensor.name)
        if len(parts) == 1:
            return
        for key, expected in ((SPLIT_NUMBER, place), (SPLIT_COUNT, len(parts))):
            if part.number(key, -1) != expected:
                raise _damaged(part, f"{key}={part.number(key, -1)}, {expected} expected")
        if part.number(SPLIT_TENSORS, -1) != first.number(SPLIT_TENSORS, -1):
            raise _damaged(part, f"{SPLIT_TENSORS}={part.number(SPLIT_TENSORS, -1)}")
        if part.text(ARCHITECTURE) not in ("", first.text(ARCHITECTURE)):
            raise _damaged(part, f"{ARCHITECTURE}={shown(part.text(ARCHITECTURE))}")
    if first.number(SPLIT_TENSORS, -1) != len(names):
        raise _damaged(first, f"{SPLIT_TENSORS}={first.number(SPLIT_TENSORS, -1)}, {len(names)} found")


def _damaged(header: GgufHeader, detail: str) -> Fixable:
    return Fixable("weights-damaged", file=header.file.name, detail=detail)
