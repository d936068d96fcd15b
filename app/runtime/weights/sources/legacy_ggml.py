"""LLaMA in ggml's files before GGUF: `ggml`, `ggmf` and `ggjt` 1 to 3, in one part or several.

A file is: magic, version (not `ggml`), seven numbers, the tokens with their scores (no scores in `ggml`), then
tensors up to its end, each behind a header of its own (see docs/formats.md).
Source: llama.cpp's `convert_llama_ggml_to_gguf.py`, and `llama.cpp` of llama-cpp-python 0.1.34 for the parts.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from app.errors import Fixable
from app.runtime.weights.architectures import llama
from app.runtime.weights.ggml import Block, GgmlType, row_size
from app.runtime.weights.hyper import Hyper
from app.runtime.weights.locate import CHATBELLE_MAGIC
from app.runtime.weights.records import PIECE_BYTES, Array, BytesSource, Folder, Kind, ModelTensor, Piece, WeightsModel
from app.runtime.weights.sniff import check_not_placeholder, shown
from app.runtime.weights.sources import legacy_blocks
from app.runtime.weights.sources.legacy_blocks import BlockVersion, LegacyType
from app.runtime.weights.sources.legacy_vocabulary import legacy_vocabulary
from app.runtime.weights.tensors import check_complete

VERSIONS = MappingProxyType({b"lmgg": ("ggml", 0), b"fmgg": ("ggmf", 1), b"tjgg": ("ggjt", 3)})  # and the newest
LORA_MAGIC = b"algg"
CONTEXT, EPSILON = 2048, 1e-6  # LLaMA-1's; the file does not say

WINDOW = 1 << 16
LONGEST_TOKEN = 4096  # llama.cpp's converter calls more "absurd"
LONGEST_NAME = 256
LONGEST_SIDE = 2_000_000
MOST_TOKENS = 500_000  # BELLE's largest vocabulary of that time has 79458
TOKENS_BYTES = 64 << 20
MOST_PARTS = 16  # Meta's largest model has 8

EMBEDDING, GATE = "tok_embeddings.weight", "layers.0.feed_forward.w1.weight"
_SIDE_BY_SIDE = re.compile(r"tok_embeddings\..*|.*\.attention\.wo\.weight|.*\.feed_forward\.w2\.weight")
_PART_NAME = re.compile(r"(.+)\.([1-9][0-9]?)", re.DOTALL)


@dataclass(frozen=True)
class Header:
    """The start of a file. `size` in bytes; the numbers as stored, except that `heads`, `hidden` … are possible."""

    container: str
    version: int
    size: int
    vocabulary: int
    hidden: int
    multiple: int  # of which feed_forward is one
    heads: int
    layers: int
    rotated: int
    file_type: int

    @property
    def blocks(self) -> BlockVersion:
        return BlockVersion(self.version) if self.container == "ggjt" else BlockVersion.PAIRED

    def hyper(self, feed_forward: int, file: str) -> Hyper:
        """Raises `Fixable("weights-config")`."""
        heads = self.heads
        numbers = (self.vocabulary, self.hidden, feed_forward, self.layers, heads, heads, CONTEXT, EPSILON)
        hyper = Hyper("llama", *numbers).checked(file)
        if hyper.head_size % 2:  # the rotary embedding turns pairs
            raise Fixable("weights-config", file=file, detail=f"head_size={hyper.head_size}")
        return hyper


@dataclass(frozen=True)
class StoredBlocks:
    """A tensor in one file, `(rows, columns)` or `(length,)`; its bytes lie inside the file."""

    name: str
    kind: LegacyType
    version: BlockVersion
    block: Block
    shape: tuple[int, ...]
    file: BytesSource
    offset: int

    @property
    def rows(self) -> int:
        return self.shape[0] if len(self.shape) == 2 else 1

    @property
    def row_bytes(self) -> int:
        return self.shape[-1] // self.block.weights * self.block.size

    def read(self, start: int, stop: int) -> Array:
        """Rows in today's numbers, see `legacy_blocks.to_today`. Raises `Fixable("weights-overflow")`."""
        data = self.file.read(self.offset + start * self.row_bytes, (stop - start) * self.row_bytes)
        rows = np.frombuffer(data, np.uint8).reshape(stop - start, self.row_bytes)
        try:
            return legacy_blocks.to_today(rows, self.kind, self.version)
        except legacy_blocks.ScaleOverflow:
            raise Fixable("weights-overflow", file=self.file.name, tensor=self.name) from None


@dataclass(frozen=True)
class LegacyFile:
    """A file's content, tensors unread. `scores` are empty if the file has none."""

    file: BytesSource
    header: Header
    tokens: tuple[bytes, ...]
    scores: tuple[float, ...]
    tensors: dict[str, StoredBlocks]


@dataclass(frozen=True, eq=False)
class LegacyTensor:
    """A tensor of the model: one part, or equal ones `side_by_side` or one below the other."""

    name: str
    parts: tuple[StoredBlocks, ...]
    side_by_side: bool

    @property
    def shape(self) -> tuple[int, ...]:
        first, count = self.parts[0].shape, len(self.parts)
        if len(first) == 1:
            return first
        return (first[0], first[1] * count) if self.side_by_side else (first[0] * count, first[1])

    @property
    def type(self) -> GgmlType:
        return legacy_blocks.today_type(self.parts[0].kind)

    @property
    def keep(self) -> GgmlType:
        """What holds the numbers as they are. Q4_2 and Q4_3 fit no block of today; F16 rounds them least."""
        return GgmlType.F16 if self.parts[0].kind in legacy_blocks.APRIL_2023 else self.type

    @property
    def order(self) -> tuple[str, int]:
        return self.parts[0].file.name, self.parts[0].offset

    @property
    def source_bytes(self) -> int:
        return sum(part.rows * part.row_bytes for part in self.parts)

    def pieces(self) -> Iterator[Piece]:
        """Raises `Fixable("weights-overflow")` for a scale that today's blocks cannot hold."""
        stored = sum(part.row_bytes for part in self.parts)
        step = max(1, PIECE_BYTES // max(stored, row_size(self.type, self.shape[-1])))
        rows = self.parts[0].rows
        runs = [(start, min(start + step, rows)) for start in range(0, rows, step)]
        if self.side_by_side and len(self.parts) > 1:
            for start, stop in runs:
                yield Piece(start, np.concatenate([part.read(start, stop) for part in self.parts], axis=1))
            return
        for number, part in enumerate(self.parts):
            for start, stop in runs:
                yield Piece(number * rows + start, part.read(start, stop))


def open_model(folder: Folder, name: str, tokenizer: Folder | None = None) -> WeightsModel:
    """The model in `folder` that is, or begins with, the file `name`.

    `ggmf` and `ggjt` files bring their vocabulary. For `ggml` files it is `tokenizer.model` in `tokenizer` or else in
    `folder`; without one it is made from the file's tokens, with a note.
    Raises `Fixable`; nothing but headers and tokens is read."""
    parts = _read_parts(folder, name)
    first = parts[0]
    file = first.file.name
    gate = _tensor(first, GATE)
    hyper = first.header.hyper(gate.shape[0] * len(parts), file)
    tensors = tuple(_joined(stored, parts, hyper) for stored in first.tensors)
    known: tuple[ModelTensor, ...] = tuple(tensor for tensor in tensors if tensor)
    check_complete(known, hyper, file)
    vocabulary = legacy_vocabulary(file, first.tokens, first.scores, folder, tokenizer)
    files = tuple(part.file for part in parts)
    return WeightsModel(Kind.LEGACY, "llama", llama.metadata(hyper), known, vocabulary, files)


def read_legacy(file: BytesSource) -> LegacyFile:
    """Everything but the weights of one file. Raises `Fixable`."""
    header = _read_header(file)
    tokens, scores, end = _read_tokens(file, header)
    return LegacyFile(file, header, tokens, scores, _read_tensors(file, header, end))


def _read_parts(folder: Folder, name: str) -> list[LegacyFile]:
    """All parts, the first one first, whichever of them `name` is. Parts are named `x`, `x.1`, `x.2` …

    Of the embedding each part has as many columns as it has share in the model."""
    named = read_legacy(folder.open(name))
    columns = _tensor(named, EMBEDDING).shape[-1]
    hidden = named.header.hidden
    if hidden % columns or hidden // columns > MOST_PARTS:
        raise Fixable("weights-shape", file=name, tensor=EMBEDDING, found=str(columns), expected=str(hidden))
    count, present = hidden // columns, set(folder.names())
    match = _PART_NAME.fullmatch(name)
    later = match and int(match[2]) < count and f"{name}.1" not in present
    base = match[1] if match and later else name
    names = [base, *(f"{base}.{number}" for number in range(1, count))]
    missing = [one for one in names if one not in present]
    if missing:
        raise Fixable("weights-files-missing", file=name, missing=", ".join(missing))
    parts = []
    for one in names:
        part = named if one == name else read_legacy(folder.open(one))
        if (part.header, part.tokens, part.scores) != (named.header, named.tokens, named.scores):
            raise Fixable("weights-damaged", file=one, detail=f"header is not that of {name}")
        parts.append(replace(part, tokens=named.tokens, scores=named.scores))  # the vocabulary once, not per part
    return parts


def _joined(name: str, parts: list[LegacyFile], hyper: Hyper) -> LegacyTensor | None:
    stored = [_tensor(part, name) for part in parts]
    place = llama.place_meta(name, hyper, parts[0].file.name)
    first = stored[0]
    for one in stored:
        if (one.shape, one.kind) != (first.shape, first.kind):
            found, expected = (f"{each.kind.name} {' x '.join(map(str, each.shape))}" for each in (one, first))
            raise Fixable("weights-shape", file=one.file.name, tensor=name, found=found, expected=expected)
    vector = len(first.shape) == 1  # every part has all of it
    side_by_side = _SIDE_BY_SIDE.fullmatch(name) is not None
    return LegacyTensor(place.name, tuple(stored[:1] if vector else stored), side_by_side) if place else None


def _tensor(part: LegacyFile, name: str) -> StoredBlocks:
    if name not in part.tensors:
        raise Fixable("weights-tensor-missing", file=part.file.name, tensor=name)
    return part.tensors[name]


def _read_header(file: BytesSource) -> Header:
    check_not_placeholder(file)
    magic = bytes(file.read(0, min(4, file.size)))
    if magic == CHATBELLE_MAGIC:
        raise Fixable("weights-chatbelle", file=file.name)
    if magic == LORA_MAGIC:
        raise Fixable("weights-lora", file=file.name)
    if magic[::-1] in VERSIONS:
        raise Fixable("weights-big-endian", file=file.name)
    if magic not in VERSIONS:
        raise Fixable("weights-unknown", file=file.name)
    container, newest = VERSIONS[magic]
    version = struct.unpack("<I", file.read(4, 4))[0] if newest else 0
    if newest and not 1 <= version <= newest:
        raise Fixable("weights-version", file=file.name, format=container, version=version)
    start = 8 if newest else 4
    header = Header(container, version, start + 28, *struct.unpack("<7I", file.read(start, 28)))
    header.hyper(1, file.name)  # for its checks
    if header.vocabulary > MOST_TOKENS:
        raise Fixable("weights-config", file=file.name, detail=f"vocabulary={header.vocabulary}")
    return header


def _read_tokens(file: BytesSource, header: Header) -> tuple[tuple[bytes, ...], tuple[float, ...], int]:
    """Tokens, scores, and where they end."""
    scored = header.container != "ggml"
    after = 4 if scored else 0
    number, score = struct.Struct("<I").unpack_from, struct.Struct("<f").unpack_from
    tokens: list[bytes] = []
    scores: list[float] = []
    window, at, end = b"", 0, header.size  # `end` of the window in the file
    for _ in range(header.vocabulary):
        if len(window) - at < LONGEST_TOKEN + 8 and end < file.size:
            end -= len(window) - at
            if end - header.size > TOKENS_BYTES:
                raise Fixable("weights-damaged", file=file.name, detail=f"{end - header.size} bytes of tokens")
            window, at = bytes(file.read(end, min(WINDOW, file.size - end))), 0
            end += len(window)
        length = number(window, at)[0] if at + 4 <= len(window) else 0
        if length > LONGEST_TOKEN:
            raise Fixable("weights-damaged", file=file.name, detail=f"token {len(tokens)}: {length} bytes")
        stop = at + 4 + length
        if stop + after > len(window):
            raise Fixable("weights-truncated", file=file.name)
        tokens.append(window[at + 4 : stop])
        if scored:
            scores.append(score(window, stop)[0])
        at = stop + after
    return tuple(tokens), tuple(scores), end - (len(window) - at)


def _read_tensors(file: BytesSource, header: Header, offset: int) -> dict[str, StoredBlocks]:
    """All tensors behind `offset`, in the file's order; of each only its header is read."""
    tensors: dict[str, StoredBlocks] = {}
    all_of_them = 3 + 9 * header.layers
    while offset < file.size:
        try:
            tensor = _read_tensor(file, header, offset)
        except Fixable as error:
            if len(tensors) < all_of_them or error.code == "weights-unreadable":
                raise
            after = f"{file.size - offset} bytes after the last tensor"
            raise Fixable("weights-damaged", file=file.name, detail=after) from error
        if tensor.name in tensors or len(tensors) > 2 * all_of_them:
            raise Fixable("weights-damaged", file=file.name, detail=f"tensor {shown(tensor.name)} twice")
        tensors[tensor.name] = tensor
        offset = tensor.offset + tensor.rows * tensor.row_bytes
    return tensors


def _read_tensor(file: BytesSource, header: Header, offset: int) -> StoredBlocks:
    head = bytes(file.read(offset, min(12 + 8 + LONGEST_NAME, file.size - offset)))
    if len(head) < 12:
        raise Fixable("weights-truncated", file=file.name)
    dimensions, length, number = struct.unpack_from("<3I", head)
    if dimensions not in (1, 2) or not 0 < length <= LONGEST_NAME:
        detail = f"byte {offset}: {dimensions} dimensions, name of {length} bytes"
        raise Fixable("weights-damaged", file=file.name, detail=detail)
    start = 12 + 4 * dimensions
    if len(head) < start + length:
        raise Fixable("weights-truncated", file=file.name)
    shape: tuple[int, ...] = struct.unpack_from(f"<{dimensions}I", head, 12)[::-1]
    name = head[start : start + length].decode("utf-8", "replace")
    kind = LegacyType(number) if number in set(LegacyType) else None
    block = legacy_blocks.block(kind, header.blocks) if kind is not None else None
    if kind is None or block is None or (dimensions == 1 and kind is not LegacyType.F32):
        raise Fixable("weights-type", file=file.name, tensor=shown(name), type=number)
    if not all(0 < side <= LONGEST_SIDE for side in shape) or shape[-1] % block.weights:
        detail = f"tensor {shown(name)}: {' x '.join(map(str, shape))} of {kind.name}"
        raise Fixable("weights-damaged", file=file.name, detail=detail)
    data = offset + start + length
    if header.container == "ggjt":
        data += -data % 32
    tensor = StoredBlocks(name, kind, header.blocks, block, shape, file, data)
    if data + tensor.rows * tensor.row_bytes > file.size:
        raise Fixable("weights-truncated", file=file.name)
    return tensor
