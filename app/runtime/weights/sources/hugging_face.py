"""Folders as Hugging Face's transformers saves them: `config.json`, weights in one file or in shards, a tokenizer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.errors import Fixable
from app.runtime.weights.files import check_name
from app.runtime.weights.hyper import Hyper
from app.runtime.weights.json_file import integer, number, read_object
from app.runtime.weights.records import BytesSource, Folder, Kind, ModelTensor, StoredTensor, WeightsModel
from app.runtime.weights.sniff import shown
from app.runtime.weights.sources.safetensors import read_safetensors
from app.runtime.weights.sources.torch_zip import read_checkpoint
from app.runtime.weights.tensors import ARCHITECTURES, FloatTensor, check_complete
from app.runtime.weights.vocabulary import find_tokenizer, folder_vocabulary

CONFIG = "config.json"
NAMES = {
    "BloomForCausalLM": "bloom",
    "BloomModel": "bloom",
    "LlamaForCausalLM": "llama",
    "LLaMAForCausalLM": "llama",  # the spelling of the first conversions, March 2023
}
MAX_SHARDS = 999
# In the order in which transformers prefers them
_WEIGHTS = (("model", ".safetensors"), ("pytorch_model", ".bin"))
_SHARD = re.compile(r"(model|pytorch_model)-(\d{5})-of-(\d{5})(\.safetensors|\.bin)")


@dataclass(frozen=True)
class Checkpoint:
    """The files of one set of weights. `promised`: the tensors that an index says are in each."""

    files: tuple[str, ...]
    missing: tuple[str, ...] = ()
    promised: Mapping[str, str] = field(default_factory=dict)


def open_model(folder: Folder, *, file: str = "", tokenizer: Folder | None = None) -> WeightsModel:
    """The model in `folder`. `file`: the one file of weights, whatever its name. `tokenizer`: where to look if the
    folder itself has none.

    Raises `Fixable`: `weights-files-missing` (all names at once), `weights-architecture`, `weights-config`,
    `weights-tokenizer-missing`, `weights-tokenizer-damaged`, `weights-outside`, `weights-tensor-missing`,
    `weights-tensor-unknown`, `weights-shape`, `weights-type`, and what the readers of the weights raise."""
    has_config = CONFIG in folder.names()
    config = read_object(folder.open(CONFIG), "weights-config") if has_config else {}
    architecture = architecture_of(config) if has_config else ""
    checkpoint = Checkpoint((file,)) if file else find_checkpoint(folder)
    missing = (() if has_config else (CONFIG,)) + checkpoint.missing
    if missing:
        raise Fixable("weights-files-missing", file=folder.name, missing=", ".join(missing))
    hyper = read_hyper(config, architecture)
    stored, files = _read(folder, checkpoint)
    tokenizer = find_tokenizer(architecture, folder, tokenizer)
    _check_promised(checkpoint, stored, hyper)
    tensors = _place(stored, hyper, tied=tied(config, architecture))
    rows = next((tensor.shape[0] for tensor in tensors if tensor.name == "token_embd.weight" and tensor.shape), 0)
    hyper = replace(hyper, vocabulary=rows or hyper.vocabulary).checked(CONFIG)
    check_complete(tensors, hyper, folder.name)
    if not tied(config, architecture) and all(tensor.name != "output.weight" for tensor in tensors):
        raise Fixable("weights-tensor-missing", file=folder.name, tensor="output.weight")
    generation = {}
    if "generation_config.json" in folder.names():
        generation = read_object(folder.open("generation_config.json"), "weights-config")
    metadata = {"general.architecture": architecture} | ARCHITECTURES[architecture].metadata(hyper)
    return WeightsModel(
        kind=Kind.HUGGING_FACE,
        architecture=architecture,
        metadata=metadata | (rope_scaling(config) if architecture == "llama" else {}),
        tensors=tensors,
        vocabulary=folder_vocabulary(architecture, tokenizer, config, hyper.vocabulary, generation),
        files=files,
    )


def architecture_of(config: Mapping[str, Any]) -> str:
    """`"llama"` or `"bloom"`. Raises `Fixable("weights-architecture")` naming any other."""
    listed = config.get("architectures")
    name = listed[0] if isinstance(listed, list) and listed else None
    if isinstance(name, str) and name:
        if name not in NAMES:
            raise Fixable("weights-architecture", file=CONFIG, architecture=shown(name))
        return NAMES[name]
    kind = config.get("model_type")
    if kind not in ("bloom", "llama"):
        raise Fixable("weights-architecture", file=CONFIG, architecture=shown(kind) if isinstance(kind, str) else "?")
    return str(kind)


def read_hyper(config: Mapping[str, Any], architecture: str) -> Hyper:
    """The hyper-parameters in `config.json`; its `vocab_size` may differ from the embedding's rows.

    Raises `Fixable("weights-config")`, also for variants that llama.cpp's graphs do not compute."""
    return _llama(config) if architecture == "llama" else _bloom(config)


def _llama(config: Mapping[str, Any]) -> Hyper:
    heads = integer(config, "num_attention_heads", file=CONFIG)
    hidden = integer(config, "hidden_size", file=CONFIG)
    rope = config.get("rope_parameters")  # transformers 5
    hyper = Hyper(
        architecture="llama",
        vocabulary=integer(config, "vocab_size", file=CONFIG, default=1),
        hidden=hidden,
        feed_forward=integer(config, "intermediate_size", file=CONFIG),
        layers=integer(config, "num_hidden_layers", file=CONFIG),
        heads=heads,
        kv_heads=integer(config, "num_key_value_heads", file=CONFIG, default=heads),
        context=integer(config, "max_position_embeddings", "max_sequence_length", file=CONFIG, default=2048),
        epsilon=number(config, "rms_norm_eps", CONFIG, 1e-6),
        rope_base=number(rope if isinstance(rope, dict) else config, "rope_theta", CONFIG, 10_000.0),
    ).checked(CONFIG)
    if integer(config, "head_dim", file=CONFIG, default=hyper.head_size) != hyper.head_size:
        raise Fixable("weights-config", file=CONFIG, detail="head_dim")
    if config.get("hidden_act", "silu") != "silu":
        raise Fixable("weights-config", file=CONFIG, detail="hidden_act")
    return hyper


def _bloom(config: Mapping[str, Any]) -> Hyper:
    heads = integer(config, "n_head", "num_attention_heads", file=CONFIG)
    hidden = integer(config, "hidden_size", "n_embed", file=CONFIG)
    if config.get("apply_residual_connection_post_layernorm"):
        raise Fixable("weights-config", file=CONFIG, detail="apply_residual_connection_post_layernorm")
    return Hyper(
        architecture="bloom",
        vocabulary=integer(config, "vocab_size", file=CONFIG, default=1),
        hidden=hidden,
        feed_forward=4 * hidden,
        layers=integer(config, "n_layer", "num_hidden_layers", file=CONFIG),
        heads=heads,
        kv_heads=heads,
        context=integer(config, "seq_length", file=CONFIG, default=2048),
        epsilon=number(config, "layer_norm_epsilon", CONFIG, 1e-5),
    ).checked(CONFIG)


def rope_scaling(config: Mapping[str, Any]) -> dict[str, Any]:
    """Positions stretched linearly have keys; "dynamic" changes nothing within the context of the model."""
    scaling = config.get("rope_scaling") or config.get("rope_parameters")
    if not isinstance(scaling, dict):
        return {}
    kind = scaling.get("rope_type", scaling.get("type", "default"))
    if kind in ("default", "dynamic", None):
        return {}
    factor = number(scaling, "factor", CONFIG, 0.0)
    if kind != "linear" or factor <= 0:
        raise Fixable("weights-config", file=CONFIG, detail=f"rope_scaling={shown(str(kind))}")
    return {"llama.rope.scaling.type": "linear", "llama.rope.scaling.factor": factor}


def tied(config: Mapping[str, Any], architecture: str) -> bool:
    """Whether transformers replaces `lm_head` by the embedding when it loads the model."""
    return bool(config.get("tie_word_embeddings", architecture == "bloom"))


def find_checkpoint(folder: Folder) -> Checkpoint:
    """The weight files of the folder: the first complete set, else the one of which most is there.

    Raises `Fixable`: `weights-outside`, `weights-damaged` for a bad index."""
    names = folder.names()
    found: list[Checkpoint] = []
    for stem, suffix in _WEIGHTS:
        single, index = stem + suffix, f"{stem}{suffix}.index.json"
        if single in names:
            found.append(Checkpoint((single,)))
        elif index in names:
            found.append(_from_index(folder, index))
        elif shards := _from_names(names, stem, suffix):
            found.append(shards)
    complete = [one for one in found if not one.missing]
    if complete:
        return complete[0]
    return max(found, key=_present, default=Checkpoint((), ("pytorch_model.bin",)))


def _present(checkpoint: Checkpoint) -> int:
    return len(checkpoint.files) - len(checkpoint.missing)


def _from_index(folder: Folder, index: str) -> Checkpoint:
    weight_map = read_object(folder.open(index), "weights-damaged").get("weight_map")
    if not isinstance(weight_map, dict) or not weight_map:
        raise Fixable("weights-damaged", file=index, detail="weight_map")
    for file in weight_map.values():
        if not isinstance(file, str):
            raise Fixable("weights-damaged", file=index, detail="weight_map")
        check_name(file, index)
    files = tuple(sorted(set(weight_map.values())))
    if len(files) > MAX_SHARDS:
        raise Fixable("weights-damaged", file=index, detail=f"{len(files)} files")
    present = frozenset(folder.names())
    return Checkpoint(files, tuple(shown(file) for file in files if file not in present), weight_map)


def _from_names(names: tuple[str, ...], stem: str, suffix: str) -> Checkpoint | None:
    """Shards whose index is missing: their names tell how many there must be."""
    matches = [match for match in map(_SHARD.fullmatch, names) if match and match[1] == stem and match[4] == suffix]
    if not matches:
        return None
    total = min(max(int(match[3]) for match in matches), MAX_SHARDS)
    files = tuple(f"{stem}-{number:05}-of-{total:05}{suffix}" for number in range(1, total + 1))
    return Checkpoint(files, tuple(file for file in files if file not in names))


def _read(folder: Folder, checkpoint: Checkpoint) -> tuple[dict[str, StoredTensor], tuple[BytesSource, ...]]:
    """All tensors by name. A tensor in two shards is taken from the one that the index names."""
    stored: dict[str, StoredTensor] = {}
    files = []
    for name in checkpoint.files:
        file = folder.open(name)
        files.append(file)
        inside = read_safetensors(file) if name.endswith(".safetensors") else read_checkpoint(file)
        for tensor, one in inside.items():
            if tensor in stored and tensor not in checkpoint.promised:
                raise Fixable("weights-damaged", file=name, detail=f"tensor {shown(tensor)} twice")
            if checkpoint.promised.get(tensor, name) == name:
                stored[tensor] = one
    return stored, tuple(files)


def _check_promised(checkpoint: Checkpoint, stored: Mapping[str, StoredTensor], hyper: Hyper) -> None:
    for name, file in checkpoint.promised.items():
        if name not in stored and ARCHITECTURES[hyper.architecture].place(name, hyper, file) is not None:
            raise Fixable("weights-tensor-missing", file=file, tensor=shown(name))


def _place(stored: Mapping[str, StoredTensor], hyper: Hyper, tied: bool) -> tuple[ModelTensor, ...]:
    architecture = ARCHITECTURES[hyper.architecture]
    tensors: list[ModelTensor] = []
    for name, tensor in stored.items():
        place = architecture.place(name, hyper, tensor.file.name)
        if place is None or (tied and place.name == "output.weight"):
            continue
        tensors.append(FloatTensor(place.name, tensor, place.row_order))
    order = {name: number for number, name in enumerate(architecture.shapes(hyper))}
    return tuple(sorted(tensors, key=lambda tensor: order[tensor.name]))
