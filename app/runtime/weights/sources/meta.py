"""Meta's own layout: `params.json` and `consolidated.00.pth`, `consolidated.01.pth` … with a part of every tensor each.

Which tensors are split how: `write_model` in transformers' `convert_llama_weights_to_hf.py`, and `load_data_for` in
llama.cpp of spring 2023.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import Fixable
from app.runtime.weights.architectures import llama
from app.runtime.weights.hyper import Hyper
from app.runtime.weights.json_file import integer, number, read_object
from app.runtime.weights.records import Folder, Kind, ModelTensor, StoredTensor, WeightsModel
from app.runtime.weights.sniff import shown
from app.runtime.weights.sources.torch_zip import read_checkpoint
from app.runtime.weights.tensors import FloatTensor, JoinedTensor, check_complete
from app.runtime.weights.vocabulary import SpecialIds, find_tokenizer, sentencepiece_vocabulary

PARAMS = "params.json"
MAX_PARTS = 32  # LLaMA-65B has 8
_PART = re.compile(r"consolidated\.(\d\d)\.pth")
_EMBEDDING = "tok_embeddings.weight"
_FIRST_W1 = "layers.0.feed_forward.w1.weight"
_SIDE_BY_SIDE = (_EMBEDDING, ".attention.wo.weight", ".feed_forward.w2.weight")

Part = Mapping[str, StoredTensor]


def open_model(folder: Folder, tokenizer: Folder | None = None) -> WeightsModel:
    """The model in `folder`; `tokenizer.model` lies there or in `tokenizer`, as a rule the folder above.

    Raises `Fixable`: `weights-files-missing` (all names at once), `weights-config`, `weights-tokenizer-missing`,
    `weights-tokenizer-damaged`, `weights-tensor-missing`, `weights-tensor-unknown`, `weights-shape`,
    `weights-type`, and what the reader of the weights raises."""
    names = part_names(folder)
    params = read_object(folder.open(PARAMS), "weights-config")
    files = [folder.open(name) for name in names]
    parts = [read_checkpoint(file) for file in files]
    hyper = _hyper(params, parts[0], names, folder.name)
    tokenizer = find_tokenizer("llama", folder, tokenizer)
    tensors = _join(parts, names, hyper)
    check_complete(tensors, hyper, folder.name)
    if all(tensor.name != "output.weight" for tensor in tensors):
        raise Fixable("weights-tensor-missing", file=names[0], tensor="output.weight")
    # Meta's code puts <s> before every text. Its tokenizer has no padding; llama.cpp's converter gets 0 from
    # transformers' configuration of these models.
    special = SpecialIds(ids={"pad": 0}, add={"bos": True, "eos": False})
    return WeightsModel(
        kind=Kind.META,
        architecture="llama",
        metadata={"general.architecture": "llama"} | llama.metadata(hyper),
        tensors=tensors,
        vocabulary=sentencepiece_vocabulary(tokenizer.open("tokenizer.model"), hyper.vocabulary, special),
        files=tuple(files),
    )


def part_names(folder: Folder) -> tuple[str, ...]:
    """The parts in order. Raises `Fixable("weights-files-missing")` for gaps and for a missing `params.json`."""
    present = frozenset(folder.names())
    numbers = [int(match[1]) for match in map(_PART.fullmatch, present) if match]
    needed = tuple(_part_name(number) for number in range(max(numbers, default=0) + 1))
    missing = [name for name in (PARAMS, *needed) if name not in present]
    if missing:
        raise Fixable("weights-files-missing", file=folder.name, missing=", ".join(missing))
    return needed


def _part_name(number: int) -> str:
    return f"consolidated.{number:02}.pth"


def _hyper(params: Mapping[str, Any], first: Part, names: Sequence[str], where: str) -> Hyper:
    """From `params.json` and, where that is silent, from the shapes of the first part's tensors."""
    heads = integer(params, "n_heads", file=PARAMS)
    dim = integer(params, "dim", file=PARAMS)
    rows, columns = _matrix(first, _EMBEDDING, names[0])
    inner, _ = _matrix(first, _FIRST_W1, names[0])
    epsilon = number(params, "norm_eps", PARAMS, 1e-6)
    hyper = Hyper(
        architecture="llama",
        vocabulary=rows,
        hidden=dim,
        feed_forward=inner * len(names),
        layers=integer(params, "n_layers", file=PARAMS),
        heads=heads,
        kv_heads=integer(params, "n_kv_heads", file=PARAMS, default=heads),
        context=4096 if epsilon == 1e-5 else 2048,  # LLaMA-2's epsilon; the file does not say
        epsilon=epsilon,
        rope_base=number(params, "rope_theta", PARAMS, 10_000.0),
    ).checked(PARAMS)
    needed = dim // columns if columns and dim % columns == 0 else 0  # every part has some columns of the embedding
    if len(names) < needed <= MAX_PARTS:
        missing = ", ".join(_part_name(number) for number in range(len(names), needed))
        raise Fixable("weights-files-missing", file=where, missing=missing)
    if needed != len(names):
        expected = f"{rows} x {dim // len(names)}"
        found = f"{rows} x {columns}"
        raise Fixable("weights-shape", file=names[0], tensor=_EMBEDDING, found=found, expected=expected)
    return hyper


def _matrix(part: Part, name: str, file: str) -> tuple[int, int]:
    if name not in part:
        raise Fixable("weights-tensor-missing", file=file, tensor=name)
    shape = part[name].shape
    if len(shape) != 2:
        found = " x ".join(str(length) for length in shape)
        raise Fixable("weights-shape", file=file, tensor=name, found=found, expected="rows x columns")
    return shape[0], shape[1]


def _join(parts: Sequence[Part], names: Sequence[str], hyper: Hyper) -> tuple[ModelTensor, ...]:
    tensors: list[ModelTensor] = []
    for name, tensor in parts[0].items():
        place = llama.place_meta(name, hyper, names[0])
        if place is None:
            continue
        for part, file in zip(parts, names, strict=True):
            if name not in part:
                raise Fixable("weights-tensor-missing", file=file, tensor=shown(name))
        if len(parts) == 1 or len(tensor.shape) == 1:  # vectors are the same in all parts
            tensors.append(FloatTensor(place.name, tensor))
        else:
            axis = 1 if name.endswith(_SIDE_BY_SIDE) else 0
            tensors.append(JoinedTensor(place.name, tuple(part[name] for part in parts), axis))
    order = {name: number for number, name in enumerate(llama.shapes(hyper))}
    return tuple(sorted(tensors, key=lambda tensor: order[tensor.name]))
