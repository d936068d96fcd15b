"""What a file or folder is, whether it is whole, and what it needs before it can be converted or used."""

from __future__ import annotations

import re
from pathlib import Path

from app.errors import AppError, Fixable
from app.runtime.weights.key_test import check_key, key_file
from app.runtime.weights.locate import ENCRYPTED_SUFFIX, Located, locate, placeholder_problem
from app.runtime.weights.opening import open_source
from app.runtime.weights.records import Kind, Need, Recognised, WeightsModel
from app.runtime.weights.targets import majority

_SHARD = re.compile(r"(.+)-(\d{5})-of-(\d{5})(\..+)")
_ENCRYPTED_NAME = re.compile(r"(.+)\.[0-9a-f]{64}\.enc", re.IGNORECASE)
_MOST_SHARDS = 1000
_NEEDS = {
    "weights-tokenizer-missing": Need.TOKENIZER,
    "weights-files-missing": Need.FILES,
    "key-needed": Need.KEY,
}


def recognise(path: Path, key: Path | None = None, tokenizer: Path | None = None) -> Recognised:
    """Look at `path`: headers and small files only, never the weights. Memory and time stay small for any input.

    With `key` an encrypted folder is looked into. What is wrong is in `problem`, not raised; only a path that is
    not there or cannot be read raises `Fixable`.
    """
    located = locate(path)
    problem = placeholder_problem(located)
    if problem:
        return _facts(located, problem)
    if located.kind is Kind.ENCRYPTED and key is None:
        return _encrypted(located)
    try:
        if located.kind is Kind.ENCRYPTED and key is not None:
            key = key_file(key, located.folder)
            check_key(located.folder, key)
        opened = open_source(located, key, tokenizer)
    except Fixable as error:
        return _facts(located, error)
    return _facts(opened.located, None, opened.model)


def _facts(located: Located, problem: AppError | None, model: WeightsModel | None = None) -> Recognised:
    files = tuple(file.name for file in model.files) if model else ((located.file,) if located.file else ())
    missing = str(problem.params.get("missing") or problem.params.get("needed") or "") if problem else ""
    need = _NEEDS.get(problem.code) if problem else None
    return Recognised(
        path=located.path,
        kind=model.kind if model else located.kind,
        architecture=model.architecture if model else "",
        parameters=model.parameters if model else 0,
        quantization=_quantization(model) if model else "",
        size=sum(file.size for file in model.files) if model else _size(located),
        files=files,
        missing=tuple(name for name in missing.split(", ") if name),
        needs=(need,) if need else (),
        problem=problem,
        notes=(*model.notes, *model.vocabulary.problems) if model else (),
    )


def _quantization(model: WeightsModel) -> str:
    types = {tensor.name: tensor.type for tensor in model.tensors}
    return majority(types, {tensor.name: tensor.shape for tensor in model.tensors}).name


def _size(located: Located) -> int:
    if located.file:
        return located.path.stat().st_size
    return sum(entry.stat().st_size for entry in located.folder.iterdir() if entry.is_file())


def _encrypted(located: Located) -> Recognised:
    """By names alone: everything else is under the key."""
    entries = [one for one in located.folder.iterdir() if one.name.lower().endswith(ENCRYPTED_SUFFIX)]
    found = {match[1] if (match := _ENCRYPTED_NAME.fullmatch(one.name)) else one.name for one in entries}
    missing = _missing_shards(found)
    return Recognised(
        path=located.path,
        kind=Kind.ENCRYPTED,
        architecture="llama" if "tokenizer.model" in found else "",
        size=sum(one.stat().st_size for one in entries),
        files=tuple(sorted(found)),
        missing=missing,
        needs=(Need.FILES, Need.KEY) if missing else (Need.KEY,),
    )


def _missing_shards(names: set[str]) -> tuple[str, ...]:
    missing: set[str] = set()
    for name in names:
        match = _SHARD.fullmatch(name)
        if match and int(match[3]) <= _MOST_SHARDS:
            every = (f"{match[1]}-{n:05}-of-{match[3]}{match[4]}" for n in range(1, int(match[3]) + 1))
            missing.update(one for one in every if one not in names)
    return tuple(sorted(missing))
