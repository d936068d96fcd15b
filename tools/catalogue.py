"""Fills in what `assets/catalogue.json` computes and writes it in its one format: `python tools/catalogue.py`.

Facts (names, sizes and hashes as published, texts) are written by hand. From the shapes follow `parameters` and, for
every target, `size` of the weights in the GGUF file, `download`, `peak_disk` and `memory` (weights, KV cache in F16
with a context of 2048, buffers of one step, vocabulary: `app.runtime.models.memory`, for x86). The guide's row follows
from `assets/guide/guide.json`.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.runtime.models.catalogue import CONTEXT  # noqa: E402
from app.runtime.models.memory import Processor, need, of_lengths  # noqa: E402
from app.runtime.weights.hyper import Hyper  # noqa: E402
from app.runtime.weights.planning import HEADER_ROOM  # noqa: E402
from app.runtime.weights.records import Target  # noqa: E402
from app.runtime.weights.tensors import ARCHITECTURES  # noqa: E402

TARGET = ROOT / "assets" / "catalogue.json"
GUIDE = ROOT / "assets" / "guide" / "guide.json"
STORED_BYTES = {"F32": 4, "F16": 2}
WEIGHTS = (".bin", ".pt", ".gguf")
COMPUTED = ("type", "weights", "download", "size", "peak_disk", "memory", "recommended", "words")  # order of a target
ROW_BY_ROW = ("files", "targets", "keys")  # lists with one line for each object


def fill(data: dict[str, Any]) -> dict[str, Any]:
    """The same rows with everything computed anew."""
    return data | {"models": [_filled(row) for row in data["models"]]}


def text(data: dict[str, Any]) -> str:
    """The whole file."""
    return _dump(data, 0) + "\n"


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    if row["kind"] == "guide":
        row = _guide(row)
    if row["shape"] is None:
        return row
    parameters = sum(math.prod(shape) for shape in _shapes(row).values())
    return row | {"parameters": parameters, "targets": [_target(row, parameters, one) for one in row["targets"]]}


def _guide(row: dict[str, Any]) -> dict[str, Any]:
    facts = json.loads(GUIDE.read_text("utf-8"))
    inside = facts["architecture"]
    shape = {
        "vocabulary": inside["vocab"],
        "hidden": inside["width"],
        "feed_forward": 4 * inside["width"],
        "layers": inside["layers"],
        "heads": inside["heads"],
    }
    file = row["files"][0] | {"name": facts["file"], "size": facts["size"], "sha256": facts["sha256"]}
    return row | {"shape": shape, "context": inside["context"], "files": [file]}


def _target(row: dict[str, Any], parameters: int, target: dict[str, Any]) -> dict[str, Any]:
    guide, ready = row["kind"] == "guide", row["kind"] in ("guide", "gguf")
    footprint = of_lengths(_hyper(row), Target(target["type"]))
    size = row["files"][0]["size"] if guide else footprint.weights
    download = 0 if guide else _download(row, parameters, target["weights"])
    found = target | {
        "download": download,
        "size": size,
        "peak_disk": download if ready else download + size + HEADER_ROOM,
        "memory": need(footprint, CONTEXT, free=sys.maxsize, processor=Processor.X86).total,
    }
    return {name: found[name] for name in COMPUTED if name in found}


def _download(row: dict[str, Any], parameters: int, weights: str | None) -> int:
    """Of all files needed, rounded where only a rounded size is known. Where a file of weights has neither, the
    weights count as many bytes as the parameters take."""
    files = [one for one in row["files"] if not one.get("optional") or _plain(one) == weights]
    numbers = [one for one in files if _plain(one).endswith(WEIGHTS)]
    if all(_bytes(one) for one in numbers):
        return sum(_bytes(one) for one in files)
    rest = sum(_bytes(one) for one in files if one not in numbers)
    return int(parameters * STORED_BYTES[row["stored"]]) + rest


def _plain(file: dict[str, Any]) -> str:
    return str(file.get("plain_name") or file["name"])


def _bytes(file: dict[str, Any]) -> int:
    return int(file["size"] or file["about"] or 0)


def _shapes(row: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = ARCHITECTURES[row["architecture"]].shapes(_hyper(row))
    if row["architecture"] == "bloom":  # the embedding is the output matrix
        del found["output.weight"]
    return found


def _hyper(row: dict[str, Any]) -> Hyper:
    shape = row["shape"]
    return Hyper(row["architecture"], **shape, kv_heads=shape["heads"], context=row["context"], epsilon=1e-5)


def _dump(value: Any, indent: int, name: str = "") -> str:
    """JSON in which objects of plain values, and those in lists of `ROW_BY_ROW`, take one line each."""
    inner, outer = "\n" + " " * (indent + 1), "\n" + " " * indent
    nested = isinstance(value, dict) and any(isinstance(one, dict | list) for one in value.values())
    if nested and name not in ROW_BY_ROW:
        parts = (f"{_line(key)}: {_dump(one, indent + 1, key)}" for key, one in value.items())
        return "{" + inner + f",{inner}".join(parts) + outer + "}"
    if isinstance(value, list) and value:
        return "[" + inner + f",{inner}".join(_dump(one, indent + 1, name) for one in value) + outer + "]"
    return _line(value)


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def main() -> None:
    TARGET.write_text(text(fill(json.loads(TARGET.read_text("utf-8")))), "utf-8")
    print(TARGET)


if __name__ == "__main__":
    main()
