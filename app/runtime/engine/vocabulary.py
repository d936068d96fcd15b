"""Text to tokens and back, by the model's own vocabulary."""

from __future__ import annotations

import ctypes
from typing import Any

from app.runtime.engine.library import llama

_PIECE_BYTES = 256


class Vocabulary:
    """`bos` and `eos` are None where the model has none; `adds_bos` is the model's own flag."""

    def __init__(self, model: Any) -> None:
        lib = llama()
        self._lib = lib
        self._vocab = lib.llama_model_get_vocab(model)
        self._pieces: dict[int, bytes] = {}
        self.size = int(lib.llama_vocab_n_tokens(self._vocab))
        self.adds_bos = bool(lib.llama_vocab_get_add_bos(self._vocab))
        self.bos = _token(lib.llama_vocab_bos(self._vocab))
        self.eos = _token(lib.llama_vocab_eos(self._vocab))
        # SentencePiece puts a space before any text it is given; inside a prompt that would be one too many
        spaces = lib.llama_vocab_type(self._vocab) == lib.LLAMA_VOCAB_TYPE_SPM
        self._anchor = self._tokenize("\n", False) if spaces else []

    def encode(self, text: str, *, start: bool = True, special: bool = False) -> list[int]:
        """Tokens of `text`. `start` False: it goes on from other text. `special`: markup such as `<|end|>`
        inside it becomes control tokens (never for what a user wrote)."""
        if not text:
            return []
        if not start and self._anchor:
            tokens = self._tokenize("\n" + text, special)
            if tokens[: len(self._anchor)] == self._anchor:
                return tokens[len(self._anchor) :]
        return self._tokenize(text, special)

    def _tokenize(self, text: str, special: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        while True:
            buffer = (self._lib.llama_token * room)()
            count = self._lib.llama_tokenize(self._vocab, data, len(data), buffer, room, False, special)
            if count >= 0:
                return list(buffer[:count])
            room = -count

    def piece(self, token: int) -> bytes:
        """The bytes `token` stands for; control tokens stand for none."""
        known = self._pieces.get(token)
        if known is None:
            known = self._pieces[token] = self._piece(token)
        return known

    def _piece(self, token: int) -> bytes:
        room = _PIECE_BYTES
        while True:
            buffer = ctypes.create_string_buffer(room)
            count = self._lib.llama_token_to_piece(self._vocab, token, buffer, room, 0, False)
            if count >= 0:
                return buffer.raw[:count]
            room = -count

    def name(self, token: int | None) -> str:
        """How a control token is written, such as "</s>"."""
        text = None if token is None else self._lib.llama_vocab_get_text(self._vocab, token)
        return text.decode("utf-8", "replace") if text else ""

    def ends(self, token: int) -> bool:
        """True for any token that ends an answer."""
        return bool(self._lib.llama_vocab_is_eog(self._vocab, token))


def _token(value: int) -> int | None:
    return None if value < 0 else int(value)
