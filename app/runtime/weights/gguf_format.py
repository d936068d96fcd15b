"""GGUF as bytes: numbers, limits and how values are typed and stored; shared by reader and writer.

Source: `ggml/include/gguf.h` and `ggml/src/gguf.cpp` of llama.cpp (layout, limits), `gguf-py/gguf/gguf_writer.py`
(which key has which type), `include/llama.h` (file types). Everything is little-endian:

    "GGUF"  u32 version  u64 tensors  u64 keys
    keys:     string key  u32 type  value;   an array is  u32 item type  u64 count  items
    tensors:  string name  u32 n  u64 × n lengths, fastest axis first  u32 type  u64 offset from the data's start
    data:     starts at the next multiple of the alignment, as every tensor does
    string:   u64 bytes  UTF-8
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Any

import numpy as np

from app.runtime.weights.ggml import BLOCKS, Block, GgmlType

MAGIC = b"GGUF"
VERSIONS = (2, 3)  # the same but for big-endian files, which 3 allows
VERSION = 3
ALIGNMENT_KEY = "general.alignment"
ALIGNMENT = 32
TOKENS = "tokenizer.ggml.tokens"

# llama.cpp's own limits
MAX_NAME = 63  # bytes of a tensor's name (GGML_MAX_NAME counts the final NUL)
MAX_DIMS = 4
# Far above every real model: more is damage
MAX_KEY = 65_535  # bytes of a key's name
MAX_KEYS = 65_536
MAX_TENSORS = 65_536
MAX_STRINGS = 2_000_000  # in one array; see hyper.LIMITS for the vocabulary
MAX_STRING = 16 << 20  # bytes
MAX_ALIGNMENT = 1 << 20
MAX_WEIGHTS = 1 << 62  # in one tensor
MAX_METADATA = 128 << 20  # bytes of memory for all values


class ValueType(IntEnum):
    """`enum gguf_type`."""

    UINT8 = 0
    INT8 = 1
    UINT16 = 2
    INT16 = 3
    UINT32 = 4
    INT32 = 5
    FLOAT32 = 6
    BOOL = 7
    STRING = 8
    ARRAY = 9
    UINT64 = 10
    INT64 = 11
    FLOAT64 = 12


DTYPES: MappingProxyType[int, np.dtype[Any]] = MappingProxyType(
    {
        ValueType.UINT8: np.dtype("u1"),
        ValueType.INT8: np.dtype("i1"),
        ValueType.UINT16: np.dtype("<u2"),
        ValueType.INT16: np.dtype("<i2"),
        ValueType.UINT32: np.dtype("<u4"),
        ValueType.INT32: np.dtype("<i4"),
        ValueType.FLOAT32: np.dtype("<f4"),
        ValueType.BOOL: np.dtype("?"),
        ValueType.UINT64: np.dtype("<u8"),
        ValueType.INT64: np.dtype("<i8"),
        ValueType.FLOAT64: np.dtype("<f8"),
    }
)
_OF_DTYPE = {dtype: ValueType(kind) for kind, dtype in DTYPES.items()}

# How floats lie in numpy arrays; numpy has no bfloat16
FLOAT_DTYPES: MappingProxyType[GgmlType, np.dtype[Any]] = MappingProxyType(
    {GgmlType.F32: np.dtype("<f4"), GgmlType.F16: np.dtype("<f2"), GgmlType.BF16: np.dtype("<u2")}
)

# Types that ggml knows and this program does not convert; for the layout of files that have them
OTHER_TYPES: MappingProxyType[int, tuple[str, Block]] = MappingProxyType(
    {
        9: ("Q8_1", Block(32, 36)),
        15: ("Q8_K", Block(256, 292)),
        24: ("I8", Block(1, 1)),
        25: ("I16", Block(1, 2)),
        26: ("I32", Block(1, 4)),
        27: ("I64", Block(1, 8)),
        28: ("F64", Block(1, 8)),
    }
)

# `general.file_type`: what a person calls the mix of types in a file (enum llama_ftype)
FILE_TYPES = MappingProxyType(
    dict(enumerate(["F32", "F16", "Q4_0", "Q4_1"]))
    | dict(enumerate(["Q8_0", "Q5_0", "Q5_1", "Q2_K", "Q3_K_S", "Q3_K_M", "Q3_K_L", "Q4_K_S", "Q4_K_M"], 7))
    | dict(enumerate(["Q5_K_S", "Q5_K_M", "Q6_K", "IQ2_XXS", "IQ2_XS", "Q2_K_S", "IQ3_XS", "IQ3_XXS"], 16))
    | dict(enumerate(["IQ1_S", "IQ4_NL", "IQ3_S", "IQ3_M", "IQ2_S", "IQ2_M", "IQ4_XS", "IQ1_M", "BF16"], 24))
    | dict(enumerate(["TQ1_0", "TQ2_0", "MXFP4_MOE", "NVFP4", "Q1_0", "Q2_0"], 36))
)

# Keys that are float32 or int32 even where the value given is a whole number; all others are uint32
_FLOAT_KEYS = re.compile(
    r".+(epsilon|freq_base(_swa)?|clamp_kqv|max_alibi_bias|[._]scale|softcapping"
    r"|scaling\.(factor|alpha|attn_factor|yarn_\w+))|general\.sampling\.(top_p|min_p|temp|xtc_\w+|penalty_repeat|mirostat_\w+)"
)
_INT32_KEYS = re.compile(r"general\.sampling\.(top_k|penalty_last_n|mirostat)")


@dataclass(frozen=True)
class Typed:
    """A value with its type in the file, where `value_type` would choose another. `items`: of an array."""

    value: Any
    type: ValueType
    items: ValueType | None = None


def plain(value: Any) -> Any:
    """The value itself, whether it comes with its type or not."""
    return value.value if isinstance(value, Typed) else value


def typed(key: str, value: Any) -> Typed:
    """`value` with the type that it gets in a file, chosen like llama.cpp's converter does.

    A whole number is uint32 unless the key is one of the float32 or int32 ones or it does not fit; a list is an
    array of string, bool, float32 or int32 by what it holds, an ndarray one of its dtype, bytes one of uint8.
    Raises `TypeError` for what GGUF cannot hold."""
    if isinstance(value, Typed):
        return value
    if isinstance(value, np.ndarray):
        return Typed(value, ValueType.ARRAY, _OF_DTYPE[value.dtype.newbyteorder("<")])
    if isinstance(value, bytes | bytearray):
        return Typed(np.frombuffer(value, np.uint8), ValueType.ARRAY, ValueType.UINT8)
    if isinstance(value, list | tuple):
        return Typed(value, ValueType.ARRAY, _item_type(key, value))
    if isinstance(value, str):
        return Typed(value, ValueType.STRING)
    if isinstance(value, bool | np.bool_):
        return Typed(value, ValueType.BOOL)
    if isinstance(value, float | np.floating):
        return Typed(value, ValueType.FLOAT32)
    if isinstance(value, int | np.integer):
        return Typed(value, _integer_type(key, int(value)))
    raise TypeError(f"{key}: {type(value).__name__}")


def _integer_type(key: str, value: int) -> ValueType:
    if _FLOAT_KEYS.fullmatch(key):
        return ValueType.FLOAT32
    if -(1 << 31) <= value < (1 << 31) and (value < 0 or _INT32_KEYS.fullmatch(key)):
        return ValueType.INT32
    if 0 <= value < (1 << 32):
        return ValueType.UINT32
    return ValueType.INT64 if value < 0 else ValueType.UINT64


def _item_type(key: str, values: Sequence[Any]) -> ValueType:
    if all(isinstance(value, str | bytes) for value in values):
        return ValueType.STRING
    if all(isinstance(value, bool) for value in values):
        return ValueType.BOOL
    if all(isinstance(value, int | float | np.number) for value in values):
        whole = all(isinstance(value, int | np.integer) for value in values) and not _FLOAT_KEYS.fullmatch(key)
        return ValueType.INT32 if whole else ValueType.FLOAT32
    raise TypeError(f"{key}: a list of different types")


def encode_value(key: str, value: Any) -> bytes:
    """Type and value as they stand in a file. Raises `TypeError` for what GGUF cannot hold."""
    one = typed(key, value)
    if one.type is ValueType.STRING:
        return struct.pack("<I", one.type) + encode_string(one.value)
    if one.type is not ValueType.ARRAY:
        return struct.pack("<I", one.type) + np.asarray(one.value, DTYPES[one.type]).tobytes()
    assert one.items is not None
    start = struct.pack("<IIQ", one.type, one.items, len(one.value))
    if one.items is ValueType.STRING:
        return start + encode_strings(one.value)
    return start + np.asarray(one.value, DTYPES[one.items]).tobytes()


def encode_strings(values: Iterable[str | bytes]) -> bytes:
    """Strings one after the other, each with its length."""
    return b"".join(map(encode_string, values))


def encode_string(value: str | bytes) -> bytes:
    """A string with its length. Bytes that were no UTF-8 when read are written as they were."""
    data = value if isinstance(value, bytes) else _utf8(value)
    return struct.pack("<Q", len(data)) + data


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a character, as JSON files can have
        return text.encode("utf-8", "replace")


def decode(data: bytes) -> str:
    """Text that `encode_string` turns back into exactly these bytes, UTF-8 or not."""
    return data.decode("utf-8", "surrogateescape")


def type_name(kind: int) -> str:
    """How ggml calls a tensor type; the type must be known to `block_of`."""
    return OTHER_TYPES[kind][0] if kind in OTHER_TYPES else GgmlType(kind).name


def block_of(kind: int) -> Block | None:
    """How the weights of a tensor type are packed, None for a number that ggml does not know (any more)."""
    if kind in OTHER_TYPES:
        return OTHER_TYPES[kind][1]
    return BLOCKS[GgmlType(kind)] if kind in BLOCKS else None


def padded(size: int, alignment: int = ALIGNMENT) -> int:
    """The next multiple of `alignment`, a power of two."""
    return (size + alignment - 1) & -alignment
