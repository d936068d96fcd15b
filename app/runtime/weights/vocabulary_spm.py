"""SentencePiece's `tokenizer.model` as GGUF keys.

The file is a protobuf, `ModelProto` in sentencepiece's `src/sentencepiece_model.proto`; the few fields needed are
read here. GGUF keys as `_create_vocab_sentencepiece` in llama.cpp's `conversion/base.py` writes them.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from app.errors import AppError, Fixable
from app.runtime.weights.records import BytesSource, Vocabulary
from app.runtime.weights.sniff import check_not_placeholder, shown
from app.runtime.weights.vocabulary_special import SpecialIds

FILE_BYTES = 16 * 1024 * 1024  # the largest known, with 256 000 pieces, has 4 MB
MAX_PIECES = 300_000
MAX_ROWS = 1_000_000
FEWER = 1024  # rows without a token that no padding explains

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5  # protobuf's wire types
_SCORE = struct.Struct("<f")


class TokenType(IntEnum):
    """Both sentencepiece's and GGUF's numbers."""

    NORMAL = 1
    UNKNOWN = 2
    CONTROL = 3
    USER_DEFINED = 4
    UNUSED = 5
    BYTE = 6


_TYPES = {int(kind): kind for kind in TokenType}


class Piece(NamedTuple):
    """One token: its UTF-8 text with U+2581 for a space, its score, its type."""

    text: bytes
    score: float
    type: TokenType = TokenType.NORMAL


@dataclass(frozen=True, slots=True)
class Added:
    """A token that takes the place of row `id`."""

    id: int
    text: str
    type: TokenType
    file: str


def read_pieces(file: BytesSource) -> list[Piece]:
    """The pieces in order. Raises `Fixable("weights-tokenizer-damaged")`."""
    return _read_model(file)[0]


def sentencepiece_vocabulary(
    file: BytesSource, rows: int, special: SpecialIds | None = None, added: tuple[Added, ...] = ()
) -> Vocabulary:
    """The vocabulary of `rows` tokens, padded with unused ones; `added` after the pieces, in their order.

    Ids that `special` lacks are the model's own. Raises `Fixable("weights-tokenizer-damaged")`, also if there are
    more pieces than rows."""
    pieces, trained = _read_model(file)
    if not len(pieces) <= rows <= MAX_ROWS:
        raise Fixable("weights-tokenizer-damaged", file=file.name, detail=f"{len(pieces)} tokens, {rows} rows")
    tokens = [_decoded(piece, file.name) for piece in pieces]
    scores = [piece.score for piece in pieces]
    types = [int(_written(piece.type)) for piece in pieces]
    missing = range(len(pieces), rows)
    tokens += [f"[PAD{number}]" for number in missing]
    scores += [-10000.0] * len(missing)
    types += [int(TokenType.UNUSED)] * len(missing)
    notes: list[AppError] = []
    for token in added:
        if not 0 <= token.id < rows:
            notes.append(Fixable("note-added-token", file=token.file, token=shown(token.text), id=token.id, rows=rows))
            continue
        tokens[token.id], scores[token.id], types[token.id] = token.text, -1000.0, int(token.type)
    if types[len(pieces) :].count(TokenType.UNUSED) > FEWER:
        notes.append(Fixable("note-vocabulary-smaller", file=file.name, tokens=len(pieces), rows=rows))
    check_tokens(tokens, file.name)
    special, corrected = _sensible(special or SpecialIds(), pieces, trained, file.name)
    metadata = {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": scores,
        "tokenizer.ggml.token_type": types,
    }
    return Vocabulary(rows, metadata | special.metadata(rows), (*notes, *corrected, *special.notes))


def check_tokens(tokens: list[str], file: str) -> None:
    """Raise `Fixable("weights-tokenizer-damaged")` for what makes llama.cpp abort: a token twice, or cut at a NUL."""
    seen: set[str] = set()
    for number, token in enumerate(tokens):
        if "\0" in token or (token in seen and token):
            raise Fixable("weights-tokenizer-damaged", file=file, detail=f"token {number}")
        seen.add(token)


def _decoded(piece: Piece, file: str) -> str:
    try:
        return piece.text.decode()
    except UnicodeDecodeError:
        raise Fixable("weights-tokenizer-damaged", file=file, detail=f"piece {piece.text[:16]!r}") from None


def _written(kind: TokenType) -> TokenType:
    return TokenType.NORMAL if kind is TokenType.USER_DEFINED else kind  # so does llama.cpp's converter


def _sensible(
    special: SpecialIds, pieces: list[Piece], trained: Mapping[str, int], file: str
) -> tuple[SpecialIds, tuple[AppError, ...]]:
    """`special`, completed by the model's own ids.

    Early conversions of LLaMA have bos 0 and eos 1 in their configuration: a text cannot begin with the unknown
    token, so then both are taken from the model."""
    ids = dict(special.ids)
    notes: tuple[AppError, ...] = ()
    bos = ids.get("bos", -1)
    if 0 <= bos < len(pieces) and pieces[bos].type is TokenType.UNKNOWN and trained["bos"] not in (bos, -1):
        wrong = f"bos={bos}, eos={ids.get('eos', -1)}"
        right = f"bos={trained['bos']}, eos={trained['eos']}"
        notes = (Fixable("note-token-ids", file=file, found=wrong, used=right),)
        ids.pop("bos")
        ids.pop("eos", None)
    for name, own in trained.items():
        needless = name == "unk" and own == 0  # llama.cpp's default
        if own >= 0 and not needless:
            ids.setdefault(name, own)
    known = SpecialIds(ids, special.add, special.add_space_prefix, special.chat_template, special.notes)
    return known, notes


def _read_model(file: BytesSource) -> tuple[list[Piece], dict[str, int]]:
    """The pieces, and the ids of bos, eos, unk and pad that the trainer was given (-1: none)."""
    if file.size > FILE_BYTES:
        raise Fixable("weights-tokenizer-damaged", file=file.name, detail=f"{file.size} bytes")
    check_not_placeholder(file)
    data = bytes(file.read(0, file.size))
    pieces: list[Piece] = []
    trainer: dict[int, int] | None = None
    try:
        for field, value in _fields(data, 0, len(data)):
            if field == 1 and isinstance(value, tuple):
                pieces.append(_piece(data, *value))
            elif field == 2 and isinstance(value, tuple):
                trainer = {name: one for name, one in _fields(data, *value) if isinstance(one, int)}
            if len(pieces) > MAX_PIECES:
                raise ValueError(f"more than {MAX_PIECES} pieces")
        if not pieces or trainer is None:  # the trainer's settings follow the pieces: without them the end is missing
            raise ValueError(f"ends after {len(pieces)} pieces")
    except ValueError as error:
        raise Fixable("weights-tokenizer-damaged", file=file.name, detail=str(error)) from None
    own = {"bos": (41, 1), "eos": (42, 2), "unk": (40, 0), "pad": (43, -1)}
    ids = {name: _signed(trainer.get(field, default)) for name, (field, default) in own.items()}
    return pieces, {name: number if number < len(pieces) else -1 for name, number in ids.items()}


def _piece(data: bytes, start: int, end: int) -> Piece:
    text, score, kind = b"", 0.0, 1
    for field, value in _fields(data, start, end):
        if field == 1 and isinstance(value, tuple):
            text = data[value[0] : value[1]]
        elif field == 2 and isinstance(value, bytes):
            (score,) = _SCORE.unpack(value)
        elif field == 3 and isinstance(value, int):
            kind = value
    if not text or kind not in _TYPES or not math.isfinite(score):
        raise ValueError(f"piece {text[:16]!r}: score {score}, type {kind}")
    return Piece(text, score, _TYPES[kind])


def _fields(data: bytes, position: int, end: int) -> Iterator[tuple[int, int | bytes | tuple[int, int]]]:
    """Protobuf fields of `data[position:end]`: (number, integer), (number, 4 bytes), or (number, (start, end))."""
    while position < end:
        if data[position] < 0x80:
            key, position = data[position], position + 1
        else:
            key, position = _varint(data, position, end)
        field, wire = key >> 3, key & 7
        if wire == _VARINT:
            number, position = _varint(data, position, end)
            yield field, number
            continue
        size = 4 if wire == _FIXED32 else 8
        if wire == _BYTES:
            size, position = _varint(data, position, end)
        elif wire not in (_FIXED32, _FIXED64):
            raise ValueError(f"wire type {wire} at byte {position}")
        if size > end - position:
            raise ValueError(f"byte {position}: {size} bytes wanted, {end - position} left")
        if wire == _FIXED32:
            yield field, data[position : position + 4]
        elif wire == _BYTES:
            yield field, (position, position + size)
        position += size


def _varint(data: bytes, position: int, end: int) -> tuple[int, int]:
    number = 0
    for count in range(10):
        if position + count >= end:
            break
        byte = data[position + count]
        number |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return number, position + count + 1
    raise ValueError(f"number at byte {position}")


def _signed(number: int) -> int:
    """Protobuf writes a negative int32 as a 64-bit two's complement."""
    return number - (1 << 64) if number >= 1 << 63 else number
