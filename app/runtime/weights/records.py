"""What the parts of this package tell each other and their callers: plain frozen values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.errors import AppError
from app.runtime.weights.ggml import GgmlType

Array = NDArray[Any]

PIECE_BYTES = 8 * 1024 * 1024  # read at a time; the C library hands larger buffers back to the system after each use


class Kind(StrEnum):
    """What a file or folder is."""

    ENCRYPTED = "encrypted"  # BELLE's .enc files, XOR-ed with Meta's checkpoint
    HUGGING_FACE = "hugging-face"
    META = "meta"
    LEGACY = "legacy-ggml"
    GPTQ = "gptq"
    GGUF = "gguf"
    CHATBELLE = "chatbelle-int4"
    LORA = "lora"
    LFS_POINTER = "lfs-pointer"
    WEB_PAGE = "web-page"
    UNKNOWN = "unknown"


class Need(StrEnum):
    """What the user must add before the weights can be converted."""

    KEY = "key"
    TOKENIZER = "tokenizer"
    FILES = "files"


class Target(Enum):
    """What `convert` can write. The value is the name users type; KEEP leaves the source's own numbers."""

    KEEP = "keep"
    F32 = "F32"
    F16 = "F16"
    Q8_0 = "Q8_0"
    Q6_K = "Q6_K"
    Q5_K_M = "Q5_K_M"
    Q5_1 = "Q5_1"
    Q5_0 = "Q5_0"
    Q4_K_M = "Q4_K_M"
    Q4_1 = "Q4_1"
    Q4_0 = "Q4_0"


class BytesSource(Protocol):
    """Random access to the plain text of one file, wherever it lies and however it is stored."""

    @property
    def name(self) -> str:
        """What the user calls the file: its name, never a whole path."""

    @property
    def size(self) -> int:
        """Bytes of plain text."""

    def read(self, offset: int, size: int) -> memoryview:
        """Exactly `size` bytes from `offset` in a buffer of their own.
        Raises `Fixable("weights-truncated")` if the file ends before, before anything is allocated."""


class Folder(Protocol):
    """The files of one model by their plain names, whether encrypted on disk or not."""

    @property
    def name(self) -> str: ...

    def names(self) -> tuple[str, ...]:
        """Plain names of the files directly inside, sorted."""

    def open(self, name: str) -> BytesSource:
        """Raises `Fixable("weights-missing-file")`; a name that leads outside raises `Fixable("weights-outside")`."""


class Dtype(StrEnum):
    """Element types of stored tensors; the value is numpy's name (BF16 has none and is read as uint16)."""

    F32 = "<f4"
    F16 = "<f2"
    BF16 = "bf16"
    I32 = "<i4"
    I64 = "<i8"
    F64 = "<f8"
    U8 = "u1"

    @property
    def numpy(self) -> np.dtype[Any]:
        return np.dtype("<u2") if self is Dtype.BF16 else np.dtype(self.value)


@dataclass(frozen=True)
class StoredTensor:
    """One contiguous row-major tensor inside a file. Readers have checked that its bytes lie inside the file."""

    name: str
    shape: tuple[int, ...]
    dtype: Dtype
    file: BytesSource
    offset: int

    @property
    def row_bytes(self) -> int:
        size = self.dtype.numpy.itemsize
        for length in self.shape[1:]:
            size *= length
        return size

    def read(self, start: int = 0, stop: int | None = None) -> Array:
        """Rows `start:stop` of the first axis, shape `(stop - start, *shape[1:])`, dtype `self.dtype.numpy`."""
        stop = self.shape[0] if stop is None else stop
        data = self.file.read(self.offset + start * self.row_bytes, (stop - start) * self.row_bytes)
        return np.frombuffer(data, dtype=self.dtype.numpy).reshape(stop - start, *self.shape[1:])


@dataclass(frozen=True)
class Piece:
    """Rows `first_row` and following of a tensor. `data` is `(rows, columns)` of float32, float16 or, for BF16,
    uint16, or `(rows, row_bytes)` of uint8 holding blocks of the tensor's type. A vector is one row."""

    first_row: int
    data: Array


class ModelTensor(Protocol):
    """A tensor of the model in GGUF's terms (name, layout), still in the source's numbers."""

    @property
    def name(self) -> str:
        """GGUF's name, e.g. `blk.0.attn_q.weight`."""

    @property
    def shape(self) -> tuple[int, ...]:
        """`(rows, columns)` or `(length,)`, slowest axis first (GGUF files list them the other way round)."""

    @property
    def type(self) -> GgmlType:
        """Of the numbers that `pieces` gives. Blocks are in today's layout."""

    @property
    def keep(self) -> GgmlType:
        """The type that `Target.KEEP` writes: `type`, unless another holds the source's numbers better or smaller."""

    @property
    def order(self) -> tuple[str, int]:
        """(file, offset) of its first byte: reading tensors in this order reads every file once, front to back."""

    @property
    def source_bytes(self) -> int:
        """Bytes that `pieces` reads, for progress."""

    def pieces(self) -> Iterator[Piece]:
        """All rows, in ascending order, in pieces of `PIECE_BYTES` at most where the layout allows it."""


@dataclass(frozen=True)
class Vocabulary:
    """The tokenizer as GGUF keys (`tokenizer.ggml.*`, and `tokenizer.chat_template` if the source has one)."""

    size: int
    metadata: dict[str, Any]
    problems: tuple[AppError, ...] = ()


@dataclass(frozen=True)
class WeightsModel:
    """A source, opened: nothing but headers and small files has been read."""

    kind: Kind
    architecture: str
    metadata: dict[str, Any]  # GGUF keys in the order they are written, `general.architecture` first
    tensors: tuple[ModelTensor, ...]
    vocabulary: Vocabulary
    files: tuple[BytesSource, ...]  # the weight files, in reading order
    notes: tuple[AppError, ...] = ()  # what the user should know although it is no failure

    @property
    def parameters(self) -> int:
        return sum(int(np.prod(tensor.shape, dtype=np.int64)) for tensor in self.tensors)


@dataclass(frozen=True)
class Recognised:
    """What lies at `path` and what is missing before it can be used."""

    path: Path
    kind: Kind
    architecture: str = ""
    parameters: int = 0
    quantization: str = ""
    size: int = 0  # bytes of all its files on disk
    files: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    problem: AppError | None = None  # a stable code; None if it can be converted or used
    notes: tuple[AppError, ...] = field(default=())

    @property
    def complete(self) -> bool:
        return not self.missing and self.problem is None


class Step(StrEnum):
    """What a conversion does, in this order."""

    KEY_TEST = "key-test"
    CONVERT = "convert"  # decrypt, convert, quantize and write in one pass
    VERIFY = "verify"


@dataclass(frozen=True)
class Origin:
    """What the written file says about where its weights come from. Unknown fields stay empty."""

    name: str = ""
    repository: str = ""  # e.g. https://huggingface.co/BelleGroup/BELLE-7B-2M
    license: str = ""
    template: str = ""  # Jinja chat template, used if the source has none of its own
    template_id: str = ""  # the row of `assets/templates.json` it was made from


@dataclass(frozen=True)
class Plan:
    """What `run` would do. Sizes in bytes, `seconds` estimated from rates that `bench/weights.py` measured."""

    source: Path
    out: Path
    target: Target
    key: Path | None
    tokenizer: Path | None
    origin: Origin
    overwrite: bool
    kind: Kind
    architecture: str
    parameters: int
    steps: tuple[Step, ...]
    read: int
    write: int
    peak_disk: int
    memory: int
    seconds: float
    notes: tuple[AppError, ...] = ()


@dataclass(frozen=True)
class Progress:
    """`done` of `total` bytes read in `step`; `item` is the file or tensor at work."""

    step: Step
    done: int
    total: int
    item: str = ""


@dataclass(frozen=True)
class Converted:
    """`hashes`: SHA-256 of every weight file that was read, by name, in hexadecimal."""

    path: Path
    size: int
    hashes: dict[str, str]
    notes: tuple[AppError, ...] = ()
