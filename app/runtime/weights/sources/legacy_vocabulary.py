"""The vocabulary of legacy ggml files as GGUF keys.

Source: `add_vocab` of llama.cpp's `convert_llama_ggml_to_gguf.py`. As there, added tokens (score -1000) are NORMAL:
a trained piece may have that score too. Byte tokens go by their number, as in llama.cpp of the time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from app.errors import AppError, Fixable
from app.runtime.weights.records import Folder, Vocabulary
from app.runtime.weights.vocabulary_special import SpecialIds
from app.runtime.weights.vocabulary_spm import (
    Piece,
    TokenType,
    check_tokens,
    read_pieces,
    sentencepiece_vocabulary,
)

TOKENIZER = "tokenizer.model"
FIRST_PIECE = 259  # after <unk>, <s>, </s> and 256 bytes
LOST = "\ufffd"  # what early converters made of a byte above 0x7f
SPACE = "\u2581"
LIKENESS = 0.9  # of the pieces, to take `tokenizer.model` for the file's own; early converters changed a few

# llama.cpp knew no others before GGUF, and always began with bos.
SPECIAL = SpecialIds({"bos": 1, "eos": 2, "unk": 0}, {"bos": True, "eos": False})
_NAMED = (("<unk>", TokenType.UNKNOWN), ("<s>", TokenType.CONTROL), ("</s>", TokenType.CONTROL))


def legacy_vocabulary(
    file: str, tokens: Sequence[bytes], scores: Sequence[float], folder: Folder, tokenizer: Folder | None
) -> Vocabulary:
    """The vocabulary of the weights `file` with these `tokens`. If there are `scores` nothing else is needed.

    Else it is `tokenizer.model` of `tokenizer`, or of `folder` if that is None. Without one, pieces rank by
    number: so sentencepiece's BPE numbers them, but nothing in the file proves it (`note-tokenizer-approximate`).
    Raises `Fixable`: `weights-tokenizer-damaged`, `weights-tokenizer-missing` if `tokenizer` does not have the file."""
    if scores:
        return _stored(file, tokens, scores)
    home = tokenizer or folder
    notes: list[AppError] = []
    if TOKENIZER in home.names():
        model = home.open(TOKENIZER)
        if _alike(tokens, read_pieces(model)):
            return sentencepiece_vocabulary(model, len(tokens), SPECIAL)
        notes.append(Fixable("note-tokenizer-ignored", file=file, tokenizer=TOKENIZER))
    elif tokenizer is not None:
        raise Fixable("weights-tokenizer-missing", file=tokenizer.name, needed=TOKENIZER)
    notes.append(Fixable("note-tokenizer-approximate", file=file))
    ranks = [0.0 if number < FIRST_PIECE else float(FIRST_PIECE - number) for number in range(len(tokens))]
    return _stored(file, _restored(tokens), ranks, tuple(notes))


def _stored(
    file: str, tokens: Sequence[bytes], scores: Sequence[float], notes: tuple[AppError, ...] = ()
) -> Vocabulary:
    if len(tokens) < FIRST_PIECE:  # without its byte tokens llama.cpp ends the whole program on an unknown letter
        raise Fixable("weights-tokenizer-damaged", file=file, detail=f"{len(tokens)} tokens")
    if not all(map(math.isfinite, scores)):
        raise Fixable("weights-tokenizer-damaged", file=file, detail="scores")
    typed = [_token(number, stored, file) for number, stored in enumerate(tokens)]
    texts = [text for text, _ in typed]
    check_tokens(texts, file)
    metadata = {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": texts,
        "tokenizer.ggml.scores": list(scores),
        "tokenizer.ggml.token_type": [int(kind) for _, kind in typed],
    }
    return Vocabulary(len(tokens), metadata | SPECIAL.metadata(len(tokens)), notes)


def _token(number: int, stored: bytes, file: str) -> tuple[str, TokenType]:
    if number < len(_NAMED):
        return _NAMED[number]
    if number < FIRST_PIECE:
        byte = number - len(_NAMED)
        text = f"<0x{byte:02X}>"
        if stored in (bytes([byte]), LOST.encode(), text.encode()):
            return text, TokenType.BYTE
        raise Fixable("weights-tokenizer-damaged", file=file, detail=f"token {number}: {stored[:16]!r}")
    if not stored:
        return "", TokenType.CONTROL
    try:
        return stored.decode().replace(" ", SPACE), TokenType.NORMAL
    except UnicodeDecodeError:
        raise Fixable("weights-tokenizer-damaged", file=file, detail=f"token {number}: {stored[:16]!r}") from None


def _restored(tokens: Sequence[bytes]) -> list[bytes]:
    """Tokens that early converters wrote, with the bytes by number. What they made equal or cut is left empty:
    llama.cpp gives empty tokens a name of their own, but ends the whole program if two are the same."""
    restored = [b"", b"", b"", *(bytes([byte]) for byte in range(256))][: len(tokens)]
    seen = {_token(number, stored, "")[0] for number, stored in enumerate(restored)}
    for token in tokens[FIRST_PIECE:]:
        text = token.decode("utf-8", "replace").replace(" ", SPACE)
        usable = text not in seen and "\0" not in text and LOST not in text
        restored.append(token if usable else b"")
        seen.add(text)
    return restored


def _alike(tokens: Sequence[bytes], pieces: Sequence[Piece]) -> bool:
    """Whether the trained pieces, not counting bytes, are those that the file was made with."""
    if not FIRST_PIECE < len(pieces) <= len(tokens):
        return False
    space = SPACE.encode()
    pairs = zip(tokens[FIRST_PIECE:], pieces[FIRST_PIECE:], strict=False)
    equal = sum(token == piece.text.replace(space, b" ") for token, piece in pairs)
    return equal >= LIKENESS * (len(pieces) - FIRST_PIECE)
