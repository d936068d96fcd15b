"""What a conversion will read, write and need, before it starts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from app.errors import Fixable
from app.runtime.weights.ggml import GgmlType, row_size
from app.runtime.weights.key_test import check_key, key_file
from app.runtime.weights.locate import Located, locate
from app.runtime.weights.opening import Opened, open_source
from app.runtime.weights.records import Kind, Origin, Plan, Step, Target, WeightsModel
from app.runtime.weights.targets import default_target, output_types

# Weights per second and core, and bytes per second of disk: for the estimate only (see bench/weights.py)
QUANTIZE_RATE = {GgmlType.Q4_K: 15e6, GgmlType.Q5_K: 15e6, GgmlType.Q6_K: 36e6}
PLAIN_RATE = 280e6
DISK_RATE = 300e6
HEADER_ROOM = 64 * 1024 * 1024  # keys and tensor table of a GGUF file, generously
BASE_MEMORY = 150 * 1024 * 1024  # Python, numpy and llama.cpp's library
GB = 1e9


def plan(
    source: Path,
    key: Path | None = None,
    target: Target | None = None,
    *,
    out: Path | None = None,
    tokenizer: Path | None = None,
    origin: Origin | None = None,
    overwrite: bool = False,
) -> Plan:
    """What `convert.run` would do with `source`, a file or folder. Reads headers and small files only.

    `key`: Meta's checkpoint for encrypted sources, or a folder that holds it. `target` None: `keep` for quantized
    sources, else Q4_0. `out` None: beside the source, named after it. `tokenizer`: a folder with the tokenizer if the
    source lacks it. Raises `Fixable` for every reason known now why the run would fail: a wrong key, missing files,
    an existing `out` without `overwrite`, too little disk space.
    """
    located = locate(source)
    if located.kind is Kind.ENCRYPTED and key is not None:
        key = key_file(key, located.folder)
        check_key(located.folder, key)
    opened = open_source(located, key, tokenizer)
    chosen = target or default_target(opened.model)
    out = out or _beside(located, chosen)
    _check_out(out, overwrite)
    types = output_types(opened.model, chosen)
    write = _written(opened.model, types) + HEADER_ROOM
    read = _read(opened, key)
    check_space(out, write)
    return Plan(
        source=source,
        out=out,
        target=chosen,
        key=key,
        tokenizer=tokenizer,
        origin=origin or Origin(),
        overwrite=overwrite,
        kind=located.kind,
        architecture=opened.model.architecture,
        parameters=opened.model.parameters,
        steps=_steps(located),
        read=read,
        write=write,
        peak_disk=write,
        memory=_memory(opened.model, types),
        seconds=_seconds(opened.model, types, read, write),
        notes=opened.model.notes + opened.model.vocabulary.problems,
    )


def check_space(out: Path, need: int) -> None:
    """Raise `Fixable("out-space")` if the disk of `out` has less than `need` bytes free."""
    folder = out.absolute().parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise Fixable("out-unwritable", path=str(out), detail=error.strerror or str(error)) from error
    if free < need:
        raise Fixable("out-space", path=str(out), need_gb=f"{need / GB:.1f}", free_gb=f"{free / GB:.1f}")


def _check_out(out: Path, overwrite: bool) -> None:
    if out.is_dir():
        raise Fixable("out-unwritable", path=str(out), detail="EISDIR")
    if out.exists() and not overwrite:
        raise Fixable("out-exists", path=str(out))


def _beside(located: Located, target: Target) -> Path:
    """`NAME-TYPE.gguf` next to the model's file or folder."""
    place = located.path
    name = place.stem if located.file else place.name
    return place.parent / f"{name}-{target.value}.gguf"


def _steps(located: Located) -> tuple[Step, ...]:
    steps = (Step.CONVERT, Step.VERIFY)
    return (Step.KEY_TEST, *steps) if located.kind is Kind.ENCRYPTED else steps


def _weights(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size


def _written(model: WeightsModel, types: dict[str, GgmlType]) -> int:
    total = 0
    for tensor in model.tensors:
        total += row_size(types[tensor.name], tensor.shape[-1]) * _weights(tensor.shape[:-1])
    return total


def _read(opened: Opened, key: Path | None) -> int:
    """Bytes from disk: every weight file once, and as much of the key."""
    files = sum(file.size for file in opened.model.files)
    return files * 2 if key is not None and opened.encrypted is not None else files


def _memory(model: WeightsModel, types: dict[str, GgmlType]) -> int:
    """Two pieces are read ahead while one is quantized, and one waits to be hashed."""
    largest = max((_largest_piece(tensor.source_bytes) for tensor in model.tensors), default=0)
    return BASE_MEMORY + 5 * largest


def _largest_piece(source_bytes: int) -> int:
    return min(source_bytes, 256 * 1024 * 1024)


def _seconds(model: WeightsModel, types: dict[str, GgmlType], read: int, write: int) -> float:
    """The slower of disk and processor, which work at the same time."""
    cores = os.cpu_count() or 1
    work = 0.0
    for tensor in model.tensors:
        kind = types[tensor.name]
        if kind is not tensor.type:
            work += _weights(tensor.shape) / QUANTIZE_RATE.get(kind, PLAIN_RATE)
    return max((read + write) / DISK_RATE, work / cores)
