"""How much memory a model takes when it is loaded, and whether this computer has it now.

Everything is computed from the model's header, or from its lengths before it is installed, and follows what
`app.runtime.engine.model` does: nothing mapped, one row of logits, a cache in F16 unless that would take too much.
`bench/memory.py` holds the figures against real loads.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from app.errors import Fixable

if TYPE_CHECKING:  # numpy and the readers, which the first page of the window need not wait for
    from app.runtime.models.catalogue import Model, ModelTarget
    from app.runtime.weights.hyper import Hyper
    from app.runtime.weights.records import Target

GB = 1_000_000_000
COMFORT = 2 * GB  # what should stay free for everything else
SYSTEM_SHARE = 2 * GB  # what an operating system and its desktop keep for themselves

# What the engine does
CELLS = 256  # llama.cpp rounds the context up to a multiple of it
MICRO_BATCH = 256
CACHE_SHARE = 0.5  # of the memory left beside the weights; a larger cache is kept in Q8_0
COMPRESSIBLE_HEAD = 64  # sizes of heads that Q8_0 is safe with are multiples of it
F16_BYTES, Q8_0_BYTES, F32_BYTES = 2.0, 34 / 32, 4

# What the loaded vocabulary takes, in bytes (measured with 250,000 of each), and the rest of a running engine
TOKEN, MERGE = 165, 130
ENGINE = 10_000_000

# Types whose matrices llama.cpp rearranges for the processor (ggml-cpu/repack.cpp). An embedding that is the output
# too is then held twice: as it is for looking up, rearranged for multiplying.
_REPACKED_X86 = frozenset({"Q4_0", "Q4_K", "IQ4_NL", "MXFP4"})
_REPACKED_ARM = _REPACKED_X86 | {"Q5_K", "Q6_K", "Q8_0", "Q1_0"}


class Processor(StrEnum):
    X86 = "x86"
    ARM = "arm"
    APPLE = "apple"  # the graphics unit has its own buffers in the same memory


@dataclass(frozen=True)
class Footprint:
    """What of a model decides how much memory it takes.

    `weights` and `embedding` in bytes; `embedding` 0 unless the embedding is the output matrix too. `cached`: numbers
    that the KV cache holds for each token. `context`: what the model was trained for, 0 if unknown."""

    weights: int
    cached: int
    hidden: int
    feed_forward: int
    vocabulary: int
    context: int
    gated: bool = True
    merges: bool = False
    compressible: bool = True
    embedding: int = 0
    embedding_type: str = ""


@dataclass(frozen=True)
class Need:
    """Bytes that a load adds to this process. `compressed`: with the KV cache in Q8_0."""

    weights: int
    cache: int
    compute: int
    other: int
    compressed: bool

    @property
    def total(self) -> int:
        return self.weights + self.cache + self.compute + self.other


class Fit(StrEnum):
    FITS = "fits"  # 2 GB or more stay free
    TIGHT = "tight"
    TOO_SMALL = "too-small"  # it will swap


@dataclass(frozen=True)
class Verdict:
    """Bytes. `free` with what the model to be unloaded gives back; `left` is negative by what is missing."""

    fit: Fit
    need: int
    free: int

    @property
    def left(self) -> int:
        return self.free - self.need


@dataclass(frozen=True)
class Memory:
    """Bytes that this process could have at most, and could have now without swapping."""

    total: int
    free: int


def verdict(need: int, free: int, reclaimable: int = 0) -> Verdict:
    """Whether `need` bytes fit into `free` and those that will be given back first."""
    free += reclaimable
    left = free - need
    fit = Fit.FITS if left >= COMFORT else Fit.TIGHT if left >= 0 else Fit.TOO_SMALL
    return Verdict(fit, need, free)


def check(
    model: Footprint,
    context: int,
    memory: Memory,
    *,
    reclaimable: int = 0,
    processor: Processor | None = None,
) -> Verdict:
    """The verdict for loading `model` with `context` tokens. `reclaimable`: of the model that is loaded now."""
    free = memory.free + reclaimable
    return verdict(need(model, context, free, processor).total, free)


# --- what a model takes -----------------------------------------------------------------------------------------------


def need(model: Footprint, context: int, free: int, processor: Processor | None = None) -> Need:
    """What loading takes where `free` bytes are free before; they decide how the KV cache is kept."""
    processor = processor or this_processor()
    cells = _cells(context, model.context)
    weights = model.weights + (model.embedding if _held_twice(model.embedding_type, processor) else 0)
    other = _other(model)
    full = int(cells * model.cached * F16_BYTES)
    compressed = model.compressible and full > (free - weights - other) * CACHE_SHARE
    cache = int(cells * model.cached * Q8_0_BYTES) if compressed else full
    return Need(weights, cache, _compute(model, cells), other, compressed)


def reclaimable(model: Footprint, context: int, resident: int | None = None) -> int:
    """Bytes that unloading `model` will give back: what it took, but not more than this process has in memory.
    `resident` bytes, asked of the system if None."""
    if resident is None:
        resident = int(psutil.Process().memory_info().rss)
    return max(0, min(need(model, context, free=sys.maxsize).total - _other(model), resident))


def _cells(context: int, trained: int) -> int:
    wanted = max(1, min(context, trained) if trained > 0 else context)
    return -(-wanted // CELLS) * CELLS


def _compute(model: Footprint, cells: int) -> int:
    """The buffers of one step, as llama.cpp's allocator packs them for LLaMA and BLOOM (measured over seven shapes of
    each: never less than it takes, at most a third more), with the mask and one row of logits."""
    wide = 3 * model.feed_forward if model.gated else model.feed_forward
    rows = max(8 * model.hidden, wide + 4 * model.hidden)
    return MICRO_BATCH * rows * F32_BYTES + MICRO_BATCH * cells * 2 + model.vocabulary * F32_BYTES


def _other(model: Footprint) -> int:
    return ENGINE + model.vocabulary * (TOKEN + (MERGE if model.merges else 0))


def _held_twice(kind: str, processor: Processor) -> bool:
    if processor is Processor.APPLE:
        return True
    return kind in (_REPACKED_ARM if processor is Processor.ARM else _REPACKED_X86)


# --- from a file, from a row of the catalogue -------------------------------------------------------------------------


def of_file(path: Path) -> Footprint:
    """Of a GGUF file (the first one of several, too); only headers are read, a quarter of a million tokens passed over.

    Raises `Fixable` as `weights.sources.gguf_file.read_header` does, `weights-missing-file`, `weights-unreadable`,
    and `weights-files-missing` where a part is not there.
    """
    from app.runtime.weights.files import PlainFile, PlainFolder
    from app.runtime.weights.gguf_format import plain, type_name
    from app.runtime.weights.sources import gguf_file, gguf_header

    file = PlainFile(path)
    try:
        header = gguf_header.parse(file, arrays=False)
        metadata: Mapping[str, Any] = header.metadata
        tensors = [(one.name, one.shape, type_name(one.type), one.size) for one in header.tensors]
        architecture = header.text(gguf_file.ARCHITECTURE)
        if header.number(gguf_file.SPLIT_COUNT, 1) > 1:
            whole = gguf_file.open_model(PlainFolder(path.parent), path.name)
            metadata = whole.metadata
            tensors = [(one.name, one.shape, type_name(one.type), one.source_bytes) for one in whole.tensors]
        elif f"{architecture}.attention.head_count_kv" not in metadata:
            metadata = gguf_header.parse(file).metadata  # one number for each layer, perhaps
    finally:
        file.close()
    return _of_header(path.name, architecture, {key: plain(value) for key, value in metadata.items()}, tensors)


def _of_header(
    name: str, architecture: str, metadata: Mapping[str, Any], tensors: Iterable[tuple[str, tuple[int, ...], str, int]]
) -> Footprint:
    def numbers(key: str, default: int) -> list[int]:
        value = metadata.get(f"{architecture}.{key}", default)
        values = value.tolist() if hasattr(value, "tolist") else value if isinstance(value, list) else [value]
        if not all(type(one) is int and one >= 0 for one in values):
            raise Fixable("weights-damaged", file=name, detail=f"{architecture}.{key}")
        return values or [default]

    by_name = {tensor: (shape, kind, size) for tensor, shape, kind, size in tensors}
    shape, kind, size = by_name.get("token_embd.weight", ((0, 0), "", 0))
    hidden = max(numbers("embedding_length", shape[-1]))
    layers = max(numbers("block_count", 0))
    heads = max(1, *numbers("attention.head_count", 1))
    keys, values = (max(numbers(f"attention.{one}_length", hidden // heads)) for one in ("key", "value"))
    kv_heads = numbers("attention.head_count_kv", heads)
    all_kv_heads = kv_heads[0] * layers if len(kv_heads) == 1 else sum(kv_heads)
    experts = max(numbers("expert_used_count", 0))
    feed_forward = max(
        *numbers("feed_forward_length", 4 * hidden), experts * max(numbers("expert_feed_forward_length", 0))
    )
    return Footprint(
        weights=sum(one[2] for one in by_name.values()),
        cached=all_kv_heads * (keys + values),
        hidden=hidden,
        feed_forward=feed_forward,
        vocabulary=shape[0],
        context=max(numbers("context_length", 0)),
        gated=any("ffn_gate" in tensor for tensor in by_name),
        merges=metadata.get("tokenizer.ggml.model") == "gpt2",
        compressible=bool(keys % COMPRESSIBLE_HEAD == 0 == values % COMPRESSIBLE_HEAD) and _attends(by_name),
        embedding=0 if "output.weight" in by_name else size,
        embedding_type=kind,
    )


def _attends(tensors: Iterable[str]) -> bool:
    """Whether all layers have a KV cache: the engine leaves that of recurrent and mixed models as it is."""
    return not any(".ssm_" in name or ".time_mix_" in name or ".shortconv" in name for name in tensors)


def of_lengths(hyper: Hyper, target: Target) -> Footprint:
    """Of a model that is to be converted to `target` (KEEP counts as F16, which float sources become)."""
    from app.runtime.weights import mixes
    from app.runtime.weights.architectures import bloom, llama
    from app.runtime.weights.ggml import GgmlType, row_size
    from app.runtime.weights.records import Target

    target = Target.F16 if target is Target.KEEP else target
    architecture = bloom if hyper.architecture == "bloom" else llama
    tied = architecture is bloom
    shapes = architecture.shapes(hyper)
    if tied:
        del shapes["output.weight"]
    types = mixes.tensor_types(target, shapes.items(), hyper.architecture, architecture.metadata(hyper))

    def size(name: str) -> int:
        shape = shapes[name]
        rows = shape[0] if len(shape) > 1 else 1
        return row_size(types[name], shape[-1]) * rows

    embedding = "token_embd.weight"
    return Footprint(
        weights=sum(map(size, shapes)),
        cached=2 * hyper.layers * hyper.kv_heads * hyper.head_size,
        hidden=hyper.hidden,
        feed_forward=hyper.feed_forward,
        vocabulary=hyper.vocabulary,
        context=hyper.context,
        gated=not tied,
        merges=tied,
        compressible=hyper.head_size % COMPRESSIBLE_HEAD == 0,
        embedding=size(embedding) if tied else 0,
        embedding_type=GgmlType(types[embedding]).name,
    )


def of_target(model: Model, target: ModelTarget) -> Footprint | None:
    """Of a row of the catalogue before it is installed; None where the row has no lengths (then `target.memory`)."""
    from app.runtime.models.catalogue import ModelKind
    from app.runtime.weights.hyper import Hyper
    from app.runtime.weights.records import Target

    shape = model.shape
    if shape is None or model.architecture is None:
        return None
    hyper = Hyper(
        architecture=model.architecture,
        vocabulary=shape.vocabulary,
        hidden=shape.hidden,
        feed_forward=shape.feed_forward,
        layers=shape.layers,
        heads=shape.heads,
        kv_heads=shape.heads,
        context=model.context or 0,
        epsilon=1e-5,
    )
    planned = of_lengths(hyper, Target(target.type))
    gptq = model.kind is ModelKind.GPTQ or model.stored == "GPTQ"  # keeps its embedding, which is not rearranged
    kind, scale = ("F16", shape.vocabulary * shape.hidden * 2) if gptq else (planned.embedding_type, planned.embedding)
    return replace(planned, weights=target.size, embedding=scale if planned.embedding else 0, embedding_type=kind)


# --- this computer ----------------------------------------------------------------------------------------------------


def this_memory() -> Memory:
    """What is there and free now. On Linux free is MemAvailable; a container's or service's limit counts too."""
    system = psutil.virtual_memory()
    total, free = int(system.total), int(system.available)
    for limit, used in group_limits() if sys.platform == "linux" else ():
        total = min(total, limit)
        free = min(free, max(0, limit - used))
    return Memory(total, free)


def group_limits(proc: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")) -> list[tuple[int, int]]:
    """(limit, used) in bytes of every control group around this process that has a limit; used without the file
    cache that the system would drop. Empty where nothing can be read."""
    found = []
    for folder in _groups(proc, root):
        limit = _number(folder, "memory.max", "memory.limit_in_bytes")
        used = _number(folder, "memory.current", "memory.usage_in_bytes")
        if limit is not None and used is not None and limit < 1 << 62:  # version 1 writes a huge number for "none"
            found.append((limit, max(0, used - _droppable(folder))))
    return found


def _groups(proc: Path, root: Path) -> list[Path]:
    """This process's group and all above it, in both versions of control groups. A container may see its own group as
    the root while `proc` names the path outside."""
    folders = {root: None, root / "memory": None}
    for line in _lines(proc):
        _, controllers, place = [*line.split(":", 2), "", ""][:3]
        if controllers and "memory" not in controllers.split(","):
            continue
        base = root / "memory" if controllers else root
        parts = [part for part in place.split("/") if part not in ("", ".", "..")]
        folders |= {base.joinpath(*parts[:count]): None for count in range(1, len(parts) + 1)}
    return [folder for folder in folders if folder.is_dir()]


def _droppable(folder: Path) -> int:
    """Bytes of file cache not used lately; version 1 counts those of groups below under `total_`."""
    counts = dict(line.split(" ", 1) for line in _lines(folder / "memory.stat") if " " in line)
    text = counts.get("total_inactive_file", counts.get("inactive_file", "0"))
    return int(text) if text.isdigit() else 0


def _number(folder: Path, *names: str) -> int | None:
    for name in names:
        for line in _lines(folder / name):
            return int(line) if line.isdigit() else None
    return None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("ascii", "replace").splitlines()
    except OSError:
        return []


def this_processor() -> Processor:
    if platform.machine().lower() not in ("arm64", "aarch64"):
        return Processor.X86
    return Processor.APPLE if sys.platform == "darwin" else Processor.ARM
