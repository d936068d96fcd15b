"""A small pickle machine that can build the state dicts torch writes, and nothing else.

Python's own unpickler imports and calls whatever a file asks for. This one knows a dozen names, imports nothing and
calls nothing: tensors and storages become records that say where their bytes lie; any other name is refused.
Opcodes: CPython's `Lib/pickletools.py`. What torch writes: `torch/serialization.py`, `torch/_tensor.py`.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from typing import TypeGuard

from app.errors import Fixable
from app.runtime.weights.sniff import shown
from app.runtime.weights.sources.pickled import (
    GLOBALS,
    Function,
    OrderedDict,
    PickledStorage,
    PickledTensor,
    StorageType,
)

MAX_PICKLE = 16 * 1024 * 1024  # bytes; those of real models stay far below 1 MB
MAX_STEPS = 300_000  # opcodes, well under a second; a tensor takes some 30
MAX_DIMENSIONS = 8
MAX_LENGTH = 1 << 48  # weights along one axis or in one storage, far above every disk
_MAX_LINE = 1_000  # bytes of a text opcode's argument
_INTEGER = re.compile(rb"-?[0-9]{1,20}L?")


class PickleEnds(Fixable):
    """The pickle is longer than the bytes at hand."""

    def __init__(self, file: str) -> None:
        super().__init__("weights-damaged", file=file, detail="pickle: cut")


class Unpickler:
    """Pickles that follow each other in `data`. All steps together are bounded, so time and memory are."""

    def __init__(self, data: bytes, file: str) -> None:
        """`file` names the source in errors."""
        self.position = 0  # in bytes: where the next pickle begins
        self.storages: dict[str, PickledStorage] = {}  # by key, as first mentioned
        self._data = data
        self._file = file
        self._steps = 0
        self._stack: list[object] = []
        self._marked: list[list[object]] = []  # the stacks below each open mark
        self._memo: dict[int, object] = {}

    def load(self) -> object:
        """The next pickle's value: dicts, lists, tuples, plain values, `PickledTensor`, `PickledStorage`.

        Raises `Fixable("weights-unsafe")` naming a forbidden global, `PickleEnds`, `Fixable("weights-damaged")`.
        """
        self._stack, self._marked, self._memo = [], [], {}
        data, size = self._data, len(self._data)
        while True:
            if self.position >= size:
                raise PickleEnds(self._file)
            code = data[self.position]
            self.position += 1
            self._steps += 1
            if code == _STOP:
                return self._pop()
            operation = _OPERATIONS.get(code)
            if operation is None:
                raise self.damaged(f"opcode 0x{code:02x}")
            if self._steps > MAX_STEPS:
                raise self.damaged(f"> {MAX_STEPS} opcodes")
            operation(self)

    def damaged(self, detail: str) -> Fixable:
        return Fixable("weights-damaged", file=self._file, detail=f"pickle: {detail}")

    # Reading arguments and plain values

    def _take(self, size: int) -> bytes:
        end = self.position + size
        if end > len(self._data):
            raise PickleEnds(self._file)
        taken = self._data[self.position : end]
        self.position = end
        return taken

    def _number(self, form: struct.Struct) -> int:
        value: int = form.unpack(self._take(form.size))[0]
        return value

    def _line(self) -> bytes:
        end = self._data.find(b"\n", self.position, self.position + _MAX_LINE)
        if end < 0:
            raise self.damaged("line") if len(self._data) - self.position >= _MAX_LINE else PickleEnds(self._file)
        line = self._data[self.position : end]
        self.position = end + 1
        return line

    def _integer(self) -> int:
        line = self._line()
        if not _INTEGER.fullmatch(line):
            raise self.damaged("number")
        return int(line.rstrip(b"L"))

    def _text(self, raw: bytes, encoding: str = "utf-8") -> str:
        try:
            text = raw.decode(encoding)
            text.encode()  # escapes can make half of a surrogate pair
        except UnicodeError:
            raise self.damaged("text") from None
        return text

    def _push_float(self) -> None:
        self._push(_F64.unpack(self._take(_F64.size))[0])

    def _push_long(self, form: struct.Struct) -> None:
        size = self._number(form)
        if not 0 <= size <= 255:
            raise self.damaged("number")
        self._push(int.from_bytes(self._take(size), "little", signed=True))

    def _push_line_integer(self) -> None:
        """Protocols 0 and 1 write False and True as 00 and 01."""
        line = self._data[self.position : self.position + 3]
        value = self._integer()
        self._push(bool(value) if line in (b"00\n", b"01\n") else value)

    def _push_line_float(self) -> None:
        try:
            self._push(float(self._line()))
        except ValueError:
            raise self.damaged("number") from None

    def _protocol(self) -> None:
        version = self._number(_U8)
        if version > 5:
            raise self.damaged(f"protocol {version}")

    def _frame(self) -> None:
        self._take(8)  # only a hint how much to read at once

    # The stack

    def _push(self, value: object) -> None:
        self._stack.append(value)

    def _pop(self) -> object:
        if not self._stack:
            raise self.damaged("stack")
        return self._stack.pop()

    def _top(self) -> object:
        if not self._stack:
            raise self.damaged("stack")
        return self._stack[-1]

    def _pop_mark(self) -> list[object]:
        if not self._marked:
            raise self.damaged("mark")
        items, self._stack = self._stack, self._marked.pop()
        return items

    def _mark(self) -> None:
        self._marked.append(self._stack)
        self._stack = []

    def _pop_or_mark(self) -> None:
        if self._stack:
            self._stack.pop()
        else:
            self._pop_mark()

    def _drop_to_mark(self) -> None:
        self._pop_mark()

    def _put(self, index: int) -> None:
        self._memo[index] = self._top()

    def _get(self, index: int) -> None:
        if index not in self._memo:
            raise self.damaged(f"memo {index}")
        self._push(self._memo[index])

    # Containers

    def _tuple(self, size: int) -> None:
        if len(self._stack) < size:
            raise self.damaged("stack")
        items = tuple(self._stack[-size:])
        del self._stack[-size:]
        self._push(items)

    def _append(self, items: list[object]) -> None:
        target = self._top()
        if type(target) is not list:
            raise self.damaged("append")
        target.extend(items)

    def _set_items(self, items: list[object]) -> None:
        target = self._top()
        if not isinstance(target, dict) or len(items) % 2:
            raise self.damaged("set items")
        for key, value in zip(items[::2], items[1::2], strict=True):
            # Tuples could be nested deeply, and hashing them would recurse.
            plain = type(key) is str or (type(key) is int and abs(key) < 1 << 64) or key is None
            if not plain:
                raise self.damaged("key")
            target[key] = value

    def _dict(self) -> None:
        items = self._pop_mark()
        self._push({})
        self._set_items(items)

    def _set_item(self) -> None:
        value, key = self._pop(), self._pop()
        self._set_items([key, value])

    # Names and calls

    def _global(self, module: str, name: str) -> None:
        known = GLOBALS.get((module, name))
        if known is None:
            raise self._unsafe(f"{module}.{name}")
        self._push(known)

    def _global_lines(self) -> None:
        # A forbidden name is to be shown whatever its bytes.
        module, name = self._line().decode("utf-8", "replace"), self._line().decode("utf-8", "replace")
        self._global(module, name)

    def _global_stack(self) -> None:
        name, module = self._pop(), self._pop()
        if type(name) is not str or type(module) is not str:
            raise self.damaged("global")
        self._global(module, name)

    def _unsafe(self, name: str) -> Fixable:
        return Fixable("weights-unsafe", file=self._file, name=shown(name))

    def _instance(self) -> None:
        """INST looks a name up and calls it at once; torch writes none, so an allowed name is refused too."""
        self._global_lines()
        raise self.damaged("opcode 0x69")

    def _extension(self, form: struct.Struct) -> None:
        raise self._unsafe(f"copyreg extension {self._number(form)}")

    def _reduce(self) -> None:
        arguments, function = self._pop(), self._pop()
        if type(arguments) is not tuple or not isinstance(function, Function):
            raise self.damaged("call")
        if function is Function.ORDERED_DICT and not arguments:
            self._push(OrderedDict())
        elif function is Function.REBUILD_TENSOR and 6 <= len(arguments) <= 7:
            self._push(self._tensor(arguments))
        elif function is Function.REBUILD_PARAMETER and len(arguments) == 3:
            if not isinstance(arguments[0], PickledTensor):
                raise self.damaged("parameter")
            self._push(arguments[0])
        else:
            raise self.damaged(f"call of {function.value}")

    def _new_object(self) -> None:
        arguments, function = self._pop(), self._pop()
        if function is not Function.ORDERED_DICT or arguments != ():
            raise self.damaged("object")
        self._push(OrderedDict())

    def _build(self) -> None:
        """Attributes for the object below: torch gives `_metadata` to state dicts. Nobody needs them."""
        self._pop()
        if not isinstance(self._top(), OrderedDict):
            raise self.damaged("attributes")

    def _persistent(self) -> None:
        """("storage", type, key, device, items), and in files before torch 1.6 a view: None or (key, start, length)."""
        saved = self._pop()
        if type(saved) is not tuple or not 5 <= len(saved) <= 6 or saved[0] != "storage":
            raise self.damaged("persistent id")
        kind, key, items = saved[1], saved[2], saved[4]
        if not isinstance(kind, StorageType) or type(key) is not str or not _is_length(items):
            raise self.damaged("storage")
        start, length = 0, items
        if len(saved) == 6 and saved[5] is not None:
            view = saved[5]
            if type(view) is not tuple or len(view) != 3 or not _are_lengths(view[1:]):
                raise self.damaged("view")
            _, start, length = view
        if start + length > items:
            raise self.damaged("view")
        storage = PickledStorage(kind, key, items, start, length)
        self.storages.setdefault(key, storage)
        self._push(storage)

    def _tensor(self, arguments: tuple[object, ...]) -> PickledTensor:
        """From (storage, offset, shape, strides, requires_grad, hooks[, lazy negation and conjugation])."""
        storage, offset, shape, strides = arguments[:4]
        if not isinstance(storage, PickledStorage) or not _is_length(offset):
            raise self.damaged("tensor")
        if type(shape) is not tuple or type(strides) is not tuple or len(shape) != len(strides):
            raise self.damaged("shape")
        if len(shape) > MAX_DIMENSIONS or not _are_lengths(shape) or not _are_lengths(strides):
            raise self.damaged("shape")
        if any(arguments[6:]):
            raise self.damaged("tensor metadata")
        return PickledTensor(storage, offset, shape, strides)


def _is_length(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= MAX_LENGTH


def _are_lengths(values: tuple[object, ...]) -> TypeGuard[tuple[int, ...]]:
    return all(_is_length(value) for value in values)


_Operation = Callable[[Unpickler], None]
_U8, _U16, _I32, _U32, _U64 = (struct.Struct(form) for form in ("<B", "<H", "<i", "<I", "<Q"))
_F64 = struct.Struct(">d")
_STOP = 0x2E


_OPERATIONS: dict[int, _Operation] = {
    # Plain values
    ord("N"): lambda m: m._push(None),
    0x88: lambda m: m._push(True),
    0x89: lambda m: m._push(False),
    ord("K"): lambda m: m._push(m._number(_U8)),
    ord("M"): lambda m: m._push(m._number(_U16)),
    ord("J"): lambda m: m._push(m._number(_I32)),
    ord("G"): Unpickler._push_float,
    0x8A: lambda m: m._push_long(_U8),
    0x8B: lambda m: m._push_long(_I32),
    ord("I"): Unpickler._push_line_integer,
    ord("L"): lambda m: m._push(m._integer()),
    ord("F"): Unpickler._push_line_float,
    # Text and bytes
    ord("X"): lambda m: m._push(m._text(m._take(m._number(_U32)))),
    0x8C: lambda m: m._push(m._text(m._take(m._number(_U8)))),
    0x8D: lambda m: m._push(m._text(m._take(m._number(_U64)))),
    ord("T"): lambda m: m._push(m._text(m._take(m._number(_U32)), "latin-1")),
    ord("U"): lambda m: m._push(m._text(m._take(m._number(_U8)), "latin-1")),
    ord("V"): lambda m: m._push(m._text(m._line(), "raw-unicode-escape")),
    ord("S"): lambda m: m._push(m._text(m._line()[1:-1], "latin-1")),
    ord("B"): lambda m: m._push(m._take(m._number(_U32))),
    ord("C"): lambda m: m._push(m._take(m._number(_U8))),
    0x8E: lambda m: m._push(m._take(m._number(_U64))),
    0x96: lambda m: m._push(m._take(m._number(_U64))),
    # Containers
    ord("}"): lambda m: m._push({}),
    ord("]"): lambda m: m._push([]),
    ord(")"): lambda m: m._push(()),
    0x85: lambda m: m._tuple(1),
    0x86: lambda m: m._tuple(2),
    0x87: lambda m: m._tuple(3),
    ord("("): Unpickler._mark,
    ord("t"): lambda m: m._push(tuple(m._pop_mark())),
    ord("l"): lambda m: m._push(m._pop_mark()),
    ord("d"): Unpickler._dict,
    ord("a"): lambda m: m._append([m._pop()]),
    ord("e"): lambda m: m._append(m._pop_mark()),
    ord("s"): Unpickler._set_item,
    ord("u"): lambda m: m._set_items(m._pop_mark()),
    # Stack and memo
    ord("0"): Unpickler._pop_or_mark,
    ord("1"): Unpickler._drop_to_mark,
    ord("2"): lambda m: m._push(m._top()),
    ord("p"): lambda m: m._put(m._integer()),
    ord("q"): lambda m: m._put(m._number(_U8)),
    ord("r"): lambda m: m._put(m._number(_U32)),
    0x94: lambda m: m._put(len(m._memo)),
    ord("g"): lambda m: m._get(m._integer()),
    ord("h"): lambda m: m._get(m._number(_U8)),
    ord("j"): lambda m: m._get(m._number(_U32)),
    # Names, calls, storages
    ord("c"): Unpickler._global_lines,
    0x93: Unpickler._global_stack,
    ord("i"): Unpickler._instance,
    0x82: lambda m: m._extension(_U8),
    0x83: lambda m: m._extension(_U16),
    0x84: lambda m: m._extension(_I32),
    ord("R"): Unpickler._reduce,
    0x81: Unpickler._new_object,
    ord("b"): Unpickler._build,
    ord("Q"): Unpickler._persistent,
    # Framing
    0x80: Unpickler._protocol,
    0x95: Unpickler._frame,
}
