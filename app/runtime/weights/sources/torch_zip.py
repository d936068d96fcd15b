"""Torch checkpoints (`torch.save`): the zip format since 1.6 and the older one; nothing in them is executed.

Source of both formats: `torch/serialization.py` (`_save`, `_legacy_save`).
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from app.errors import Fixable
from app.runtime.weights.records import BytesSource, StoredTensor
from app.runtime.weights.sniff import check_not_placeholder, shown
from app.runtime.weights.sources.pickled import PickledStorage, PickledTensor
from app.runtime.weights.sources.unpickler import MAX_PICKLE, PickleEnds, Unpickler
from app.runtime.weights.sources.zip_directory import LOCAL_MAGIC, ZipDirectory

# Where training scripts put the state dict, if not at the top.
_STATE_DICTS = ("state_dict", "model_state_dict", "model", "module")
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_LEGACY_VERSION = 1001

# Offset and bytes of a whole storage in the file.
_Locate = Callable[[PickledStorage], tuple[int, int]]


def read_checkpoint(file: BytesSource) -> dict[str, StoredTensor]:
    """The tensors of a checkpoint by name, in the order of its state dict; reads headers and the pickle only.

    Left out: entries that are no tensors, tensors without a dimension or without elements, and element types that
    no model uses (bool, int8, int16, complex). Two names may share bytes. Raises `Fixable`: `weights-unsafe` for
    forbidden names, `weights-truncated`, `weights-damaged`, `weights-big-endian`, `weights-version`,
    `weights-unknown`, and those of `check_not_placeholder`.
    """
    check_not_placeholder(file)
    head = bytes(file.read(0, min(len(LOCAL_MAGIC), file.size)))
    if head == LOCAL_MAGIC:
        value, locate = _open_zip(file)
    elif head[:1] == b"\x80":  # opcode PROTO
        value, locate = _open_legacy(file)
    else:
        raise Fixable("weights-unknown", file=file.name)
    state = _state_dict(value)
    tensors = {name: _stored(file, name, tensor, locate) for name, tensor in state.items()}
    kept = {name: tensor for name, tensor in tensors.items() if tensor}
    if not kept:
        raise _damaged(file, "no tensors")
    return kept


def _damaged(file: BytesSource, detail: str) -> Fixable:
    return Fixable("weights-damaged", file=file.name, detail=detail)


def _state_dict(value: object) -> dict[str, PickledTensor]:
    """The tensors by name, at the top or one level down."""
    if not isinstance(value, dict):
        return {}
    places = [value.get(key) for key in _STATE_DICTS] + [value]
    found = next(filter(None, map(_tensors, places)), {})
    if not found:
        # The same dict may stand under many names: look at each once, or a small file takes for ever.
        inner = {id(one): one for one in value.values() if isinstance(one, dict)}
        states = [tensors for tensors in map(_tensors, inner.values()) if tensors]
        found = states[0] if len(states) == 1 else {}
    return found


def _tensors(value: object) -> dict[str, PickledTensor]:
    items = value.items() if isinstance(value, dict) else ()
    return {key: item for key, item in items if isinstance(key, str) and isinstance(item, PickledTensor)}


def _stored(file: BytesSource, name: str, tensor: PickledTensor, locate: _Locate) -> StoredTensor | None:
    """The tensor as bytes of the file, all of them checked to be there; None if it is left out."""
    storage = tensor.storage
    kind = storage.type
    count = prod(tensor.shape)
    if kind.dtype is None or not tensor.shape or not count:
        return None
    if shown(name) != name:
        raise _damaged(file, f"name {shown(name)}")
    if not _contiguous(tensor):
        raise _damaged(file, f"tensor {shown(name)}: strides {tensor.strides}")
    start, size = locate(storage)
    if size < storage.items * kind.item_size:
        raise _damaged(file, f"tensor {shown(name)}: {size} < {storage.items * kind.item_size} bytes")
    if tensor.offset + count > storage.length:
        raise _damaged(file, f"tensor {shown(name)}: {storage.length} < {tensor.offset + count} weights")
    first = start + (storage.start + tensor.offset) * kind.item_size
    return StoredTensor(name, tensor.shape, kind.dtype, file, first)


def _contiguous(tensor: PickledTensor) -> bool:
    """Row-major without gaps. The stride of an axis of length 1 has no meaning."""
    expected = 1
    for length, stride in zip(reversed(tensor.shape), reversed(tensor.strides), strict=True):
        if length != 1 and stride != expected:
            return False
        expected *= length
    return True


def _open_zip(file: BytesSource) -> tuple[object, _Locate]:
    """`<folder>/data.pkl` is the pickle, `<folder>/data/<key>` the storages, `<folder>/byteorder` may be there."""
    directory = ZipDirectory(file)
    pickles = [name for name in directory.members if name == b"data.pkl" or name.endswith(b"/data.pkl")]
    if not pickles:
        raise Fixable("weights-unknown", file=file.name)
    if len(pickles) > 1:
        raise _damaged(file, f"{len(pickles)} data.pkl")
    folder = pickles[0].removesuffix(b"data.pkl")

    def content(name: bytes, limit: int) -> bytes:
        member = directory.members[name]
        if member.size > limit:
            raise _damaged(file, f"{shown(name.decode('utf-8', 'replace'))}: {member.size} bytes")
        return bytes(file.read(directory.data_offset(member), member.size))

    order = folder + b"byteorder"
    if order in directory.members and (word := content(order, 16)) != b"little":
        raise Fixable("weights-big-endian", file=file.name) if word == b"big" else _damaged(file, "byteorder")

    places: dict[str, tuple[int, int]] = {}

    def locate(storage: PickledStorage) -> tuple[int, int]:
        if storage.key not in places:
            member = directory.members.get(folder + b"data/" + storage.key.encode())
            if member is None:
                raise _damaged(file, f"data/{shown(storage.key)}: missing")
            places[storage.key] = directory.data_offset(member), member.size
        return places[storage.key]

    return Unpickler(content(pickles[0], MAX_PICKLE), file.name).load(), locate


def _open_legacy(file: BytesSource) -> tuple[object, _Locate]:
    """Five pickles (magic number, version, machine, value, keys), then each storage: u64 items, the items."""
    window = min(file.size, MAX_PICKLE)
    pickles = Unpickler(bytes(file.read(0, window)), file.name)
    try:
        if pickles.load() != _LEGACY_MAGIC:
            raise Fixable("weights-unknown", file=file.name)
        version = pickles.load()
        if version != _LEGACY_VERSION:
            known = str(version) if isinstance(version, int) else "?"
            raise Fixable("weights-version", file=file.name, format="torch", version=known)
        machine = pickles.load()
        if not isinstance(machine, dict) or machine.get("little_endian") not in (True, False):
            raise _damaged(file, "little_endian")
        if not machine["little_endian"]:
            raise Fixable("weights-big-endian", file=file.name)
        value = pickles.load()
        keys = pickles.load()
    except PickleEnds:
        if window == file.size:
            raise Fixable("weights-truncated", file=file.name) from None
        raise
    places = _legacy_places(file, keys, pickles)

    def locate(storage: PickledStorage) -> tuple[int, int]:
        if storage.key not in places:
            raise _damaged(file, f"storage {shown(storage.key)}: missing")
        return places[storage.key]

    return value, locate


def _legacy_places(file: BytesSource, keys: object, pickles: Unpickler) -> dict[str, tuple[int, int]]:
    """Offset and bytes of every storage; they follow the pickles in the order of `keys`."""
    places: dict[str, tuple[int, int]] = {}
    at = pickles.position
    for key in keys if isinstance(keys, list) else ():
        storage = pickles.storages.get(key) if isinstance(key, str) else None
        if storage is None or storage.key in places:
            raise _damaged(file, "storage keys")
        items = int.from_bytes(file.read(at, 8), "little")
        size = items * storage.type.item_size
        if items != storage.items:
            raise _damaged(file, f"storage {shown(storage.key)}: {items}, not {storage.items} weights")
        if at + 8 + size > file.size:
            raise Fixable("weights-truncated", file=file.name)
        places[storage.key] = at + 8, size
        at += 8 + size
    return places
