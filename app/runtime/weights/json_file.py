"""Small JSON files of strangers: read with bounds on size, depth and number of values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from app.errors import Fixable
from app.runtime.weights.files import SMALL_FILE
from app.runtime.weights.records import BytesSource
from app.runtime.weights.sniff import check_not_placeholder, shown

MAX_VALUES = 1_200_000  # BLOOM's tokenizer.json has a million at most; each takes up to 200 bytes when parsed
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def read_object(file: BytesSource, code: str) -> dict[str, Any]:
    """The JSON object in `file`. Raises `Fixable(code, file, detail)` if there is none, and what
    `check_not_placeholder` raises."""
    if file.size > SMALL_FILE:
        raise Fixable(code, file=file.name, detail=f"{file.size} bytes")
    check_not_placeholder(file)
    data = bytes(file.read(0, file.size))
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_VALUES:
        raise Fixable(code, file=file.name, detail=f"JSON: more than {MAX_VALUES} values")
    try:
        value = json.loads(data.decode("utf-8-sig"))
        if _SURROGATE.search(data):
            json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair cannot be written as UTF-8
    except json.JSONDecodeError as error:
        raise Fixable(code, file=file.name, detail=f"JSON, line {error.lineno}") from None
    except (ValueError, RecursionError) as error:
        raise Fixable(code, file=file.name, detail=f"JSON: {type(error).__name__}") from None
    if not isinstance(value, dict):
        raise Fixable(code, file=file.name, detail="JSON: no object")
    return value


def integer(config: Mapping[str, Any], *names: str, file: str, default: int | None = None) -> int:
    """The first of `names` that is there. Raises `Fixable("weights-config")` if it is no integer, or there is none."""
    for name in names:
        value = config.get(name)
        if value is not None:
            if type(value) is not int:
                raise _wrong(file, name, value)
            return value
    if default is None:
        raise _wrong(file, names[0], None)
    return default


def number(config: Mapping[str, Any], name: str, file: str, default: float) -> float:
    """Raises `Fixable("weights-config")` if it is there and not a finite number."""
    value = config.get(name)
    if value is None:
        return default
    if type(value) not in (int, float) or not abs(value) <= 1e30:  # nor "not a number"
        raise _wrong(file, name, value)
    return float(value)


def _wrong(file: str, name: str, value: object) -> Fixable:
    text = shown(str(value)) if isinstance(value, (str, float, bool, type(None))) else type(value).__name__
    return Fixable("weights-config", file=file, detail=f"{name}={text}")
