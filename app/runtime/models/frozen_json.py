"""Frozen dataclasses as JSON and back, for files that only this program writes and a person may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from app.errors import AppError, Fixable, InternalBug

_PLAIN = (str, int, float, bool)


def to_json(value: Any) -> Any:
    """Dataclasses, tuples, enums, paths, `AppError`s and plain values as what `json.dump` takes."""
    if isinstance(value, Enum):  # before str, which StrEnum is
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: to_json(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, AppError):
        return {"code": value.code, "bug": isinstance(value, InternalBug), "params": dict(value.params)}
    if isinstance(value, tuple):
        return [to_json(one) for one in value]
    if isinstance(value, Path):
        return str(value)
    if value is None or isinstance(value, _PLAIN):
        return value
    raise TypeError(type(value).__name__)


def from_json(kind: Any, value: Any) -> Any:
    """What `to_json` made out of a value of type `kind`. Unknown fields are passed over and missing ones take their
    default, so that another version's file can be read. Raises `ValueError` if it does not fit."""
    if get_origin(kind) is UnionType:
        return None if value is None else from_json(next(one for one in get_args(kind) if one is not type(None)), value)
    if get_origin(kind) is tuple and isinstance(value, list):
        return tuple(from_json(get_args(kind)[0], one) for one in value)
    if isinstance(kind, type):
        return _of_class(kind, value)
    raise ValueError(f"{kind}: {value!r}")


def _of_class(kind: type[Any], value: Any) -> Any:
    if issubclass(kind, Enum):
        return kind(value)
    if issubclass(kind, AppError) and isinstance(value, dict):
        params = {name: one for name, one in value["params"].items() if isinstance(one, (str, int, float))}
        return (InternalBug if value.get("bug") else Fixable)(value["code"], **params)
    if is_dataclass(kind) and isinstance(value, dict):
        known = value.keys() & _hints(kind).keys()
        return kind(**{name: from_json(_hints(kind)[name], value[name]) for name in known})
    if issubclass(kind, Path) and isinstance(value, str):
        return Path(value)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is kind and kind in _PLAIN:
        return value
    raise ValueError(f"{kind.__name__}: {value!r}")


@cache
def _hints(kind: type[Any]) -> Mapping[str, Any]:
    from app.runtime.weights.records import Target  # numpy comes with it; the records name it for type checks only

    return get_type_hints(kind, localns={"Target": Target})
