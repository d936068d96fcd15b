"""What a torch checkpoint's pickle may contain: the records of tensors and storages, and every name it may ask for.

Names: `torch/serialization.py` and `torch/_tensor.py` (what `torch.save` writes for a state dict).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.runtime.weights.records import Dtype


@dataclass(frozen=True, slots=True)
class StorageType:
    """A torch storage class; `dtype` is None if no model needs such numbers."""

    name: str
    dtype: Dtype | None
    item_size: int


@dataclass(frozen=True, slots=True)
class PickledStorage:
    """A run of numbers kept outside the pickle under `key`. `start` and `length` select a view; all count items."""

    type: StorageType
    key: str
    items: int
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class PickledTensor:
    """A view of a storage; `offset` and `strides` count items. Not yet checked against the storage's size."""

    storage: PickledStorage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class Function(Enum):
    """What a pickle may call; done by the machine itself."""

    ORDERED_DICT = "collections.OrderedDict"
    REBUILD_TENSOR = "torch._utils._rebuild_tensor_v2"
    REBUILD_PARAMETER = "torch._utils._rebuild_parameter"


class OrderedDict(dict[object, object]):
    """What a pickled `collections.OrderedDict` becomes: the only object that may be given attributes."""


_STORAGES = (
    StorageType("DoubleStorage", Dtype.F64, 8),
    StorageType("FloatStorage", Dtype.F32, 4),
    StorageType("HalfStorage", Dtype.F16, 2),
    StorageType("BFloat16Storage", Dtype.BF16, 2),
    StorageType("LongStorage", Dtype.I64, 8),
    StorageType("IntStorage", Dtype.I32, 4),
    StorageType("ByteStorage", Dtype.U8, 1),
    StorageType("ShortStorage", None, 2),
    StorageType("CharStorage", None, 1),
    StorageType("BoolStorage", None, 1),
    StorageType("ComplexFloatStorage", None, 8),
    StorageType("ComplexDoubleStorage", None, 16),
)
_UNTYPED = StorageType("UntypedStorage", Dtype.U8, 1)

# Module and name are compared apart: a dotted name such as `torch.serialization` `os.system` matches nothing.
GLOBALS: dict[tuple[str, str], StorageType | Function] = {
    ("collections", "OrderedDict"): Function.ORDERED_DICT,
    ("torch._utils", "_rebuild_tensor_v2"): Function.REBUILD_TENSOR,
    ("torch._utils", "_rebuild_parameter"): Function.REBUILD_PARAMETER,
    ("torch", "UntypedStorage"): _UNTYPED,
    ("torch.storage", "UntypedStorage"): _UNTYPED,
    ("torch.storage", "_UntypedStorage"): _UNTYPED,
    **{("torch", one.name): one for one in _STORAGES},
}
