"""Loading a model: weights with progress and cancel, a context that fits the memory, and what it is."""

from __future__ import annotations

import ctypes
import logging
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from app.errors import Fixable
from app.runtime.engine import library
from app.runtime.engine.header import check_header
from app.runtime.engine.records import LoadOptions, ModelInfo, ModelSpec
from app.runtime.engine.vocabulary import Vocabulary
from app.runtime.events import LoadProgress
from app.runtime.jobs import Job

log = logging.getLogger(__name__)

GIB = 1024**3
MICRO_BATCH = 256  # prompt tokens per step on the CPU: larger ones read no faster and tell less of their progress
MICRO_BATCH_GPU = 512
TEMPLATE_KEY = "chatbelle.template"
TINY = 64 * 1024**2  # bytes of weights, e.g. the built-in guide
PROGRESS_INTERVAL = 0.05
CACHE_SHARE = 0.5  # of the free memory; a larger KV cache is kept in Q8_0, which reads long chats at half speed
_Q8_HEAD_SIZE = 64  # a shifted Q8_0 cache with other head sizes kills the process
_ALL_LAYERS = -1
_GUESSED = 1024  # a flag on llama.cpp's file type
_SIZES = re.compile(r"(?:llama_kv_cache\w*: size|(?:compute|output|RS) buffer size)\s*=\s*([\d.]+) MiB")
_OUT_OF_MEMORY = re.compile(r"failed to allocate|unable to allocate|out of memory|cudaMalloc failed", re.I)
_UNKNOWN = re.compile(r"unknown model architecture: '([^']*)'")


class LoadedModel:
    """Weights and context of one model. Everything on the thread that loaded it; `close()` frees both."""

    def __init__(self, model: Any, context: Any, info: ModelInfo, micro_batch: int) -> None:
        self.model = model
        self.context = context
        self.info = info
        self.micro_batch = micro_batch
        self.vocabulary = Vocabulary(model)

    @property
    def chat_template(self) -> str | None:
        """The file's own `tokenizer.chat_template`."""
        text = library.llama().llama_model_chat_template(self.model, None)
        return text.decode("utf-8", "replace") if text else None

    @property
    def template_id(self) -> str:
        """The row of `assets/templates.json` that ChatBELLE's converter noted in the file, "" if none."""
        return _meta(self.model, TEMPLATE_KEY)

    def close(self) -> None:
        lib = library.llama()
        if self.context is not None:
            lib.llama_free(self.context)
            lib.llama_model_free(self.model)
            self.context = self.model = None


def load(spec: ModelSpec, options: LoadOptions, job: Job, begin: float = 0.0) -> LoadedModel:
    """Load `spec`; emits `LoadProgress` from `begin` to 1. On `Fixable` or `Cancelled` nothing stays in memory."""
    check_header(spec.path)
    _check_room(spec.path)
    if spec.path.stat().st_size < TINY:  # faster without a graphics card, and the guide must not depend on its driver
        options = replace(options, gpu_layers=0)
    library.forget_log()
    model = _load_weights(spec.path, options, _progress(job, begin))
    if not model:
        job.token.check()
        raise _load_error(spec.path)
    try:
        job.token.check()
        plan = _plan(model, options)
        context = _make_context(model, plan)
        if not context:
            raise _out_of_memory(spec.path)
        return LoadedModel(model, context, _info(model, spec, plan.context), plan.micro_batch)
    except BaseException:
        library.llama().llama_model_free(model)
        raise


def memory_need(path: Path, options: LoadOptions) -> int:
    """Bytes that `path` will take when loaded with `options`. Reads only the header; on the engine lane."""
    check_header(path)
    lib = library.llama()
    library.forget_log()
    model = _load_weights(path, options, lambda _fraction: True, measure=True)
    if not model:
        raise _load_error(path)
    try:
        context = _make_context(model, _plan(model, options, loaded=False))
        if not context:
            raise _out_of_memory(path)
        lib.llama_free(context)
        buffers = sum(float(size) for line in library.recent_log() for size in _SIZES.findall(line))
        return int(lib.llama_model_size(model)) + int(buffers * 1024**2)
    finally:
        lib.llama_model_free(model)


def physical_cores() -> int:
    """Cores this process may use, hyper-threads not counted."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    return max(1, cores)


# --- weights ---


def _load_weights(path: Path, options: LoadOptions, progress: Callable[[float], bool], measure: bool = False) -> Any:
    lib = library.llama()
    params = lib.llama_model_default_params()
    params.load_mode = lib.LLAMA_LOAD_MODE_NONE  # a mapped file would stay beside its repacked copy
    params.no_alloc = measure
    params.n_gpu_layers = _gpu_layers(options)
    params.progress_callback = lib.llama_progress_callback(lambda fraction, _data: progress(fraction))
    return lib.llama_model_load_from_file(os.fsencode(path), params)


def _gpu_layers(options: LoadOptions) -> int:
    if options.gpu_layers == 0 or not library.use_gpu():
        return 0
    return _ALL_LAYERS if options.gpu_layers is None else options.gpu_layers


def _progress(job: Job, begin: float) -> Callable[[float], bool]:
    """Reports at most every `PROGRESS_INTERVAL` seconds; its answer False ends the load."""
    last = 0.0

    def report(fraction: float) -> bool:
        nonlocal last
        now = time.monotonic()
        if now - last >= PROGRESS_INTERVAL or fraction >= 1:
            last = now
            job.emit(LoadProgress(job.id, begin + (1 - begin) * min(1.0, fraction)))
        return not job.token.cancelled

    return report


# --- context ---


@dataclass(frozen=True)
class _Plan:
    """`context` in tokens as used; llama.cpp may allocate a few more cells."""

    context: int
    threads: int
    micro_batch: int
    compressed: bool


def _plan(model: Any, options: LoadOptions, loaded: bool = True) -> _Plan:
    """`loaded` False: the weights will need their memory yet."""
    lib = library.llama()
    trained = int(lib.llama_model_n_ctx_train(model))
    context = max(1, min(options.context, trained) if trained > 0 else options.context)
    on_gpu = _gpu_layers(options) != 0
    free = psutil.virtual_memory().available - (0 if loaded else int(lib.llama_model_size(model)))
    return _Plan(
        context=context,
        threads=options.threads or _threads(int(lib.llama_model_size(model))),
        micro_batch=MICRO_BATCH_GPU if on_gpu else MICRO_BATCH,
        compressed=_must_compress(lib, model, context, free),
    )


def _threads(size: int) -> int:
    """One for a tiny model (`size` in bytes): its threads would wait for each other longer than they work."""
    return 1 if size < TINY else physical_cores()


def _must_compress(lib: Any, model: Any, context: int, free: int) -> bool:
    """True if the KV cache should be in Q8_0 to fit into the `free` memory, and can be without danger."""
    if lib.llama_model_is_recurrent(model) or lib.llama_model_is_hybrid(model):
        return False
    heads, kv_heads = max(1, lib.llama_model_n_head(model)), lib.llama_model_n_head_kv(model)
    default = lib.llama_model_n_embd(model) // heads
    architecture = _meta(model, "general.architecture")
    sizes = [int(_meta(model, f"{architecture}.attention.{name}_length") or default) for name in ("key", "value")]
    if any(size % _Q8_HEAD_SIZE for size in sizes):
        return False
    full = 2 * sum(sizes) * kv_heads * lib.llama_model_n_layer(model) * context
    return bool(full > free * CACHE_SHARE)


def _make_context(model: Any, plan: _Plan) -> Any:
    """The context, with a compressed cache if planned and possible; None if there is no memory for it."""
    context = _try_context(model, plan, plan.compressed)
    if not context and plan.compressed:
        log.info("no compressed KV cache for this model, using full precision")
        context = _try_context(model, plan, False)
    return context


def _try_context(model: Any, plan: _Plan, compressed: bool) -> Any:
    lib = library.llama()
    params = lib.llama_context_default_params()
    params.n_ctx = plan.context
    params.n_batch = params.n_ubatch = plan.micro_batch
    params.n_outputs_max = 1  # the logits buffer would hold a whole batch of rows
    params.n_threads = params.n_threads_batch = plan.threads
    params.no_perf = True
    if compressed:
        params.flash_attn_type = lib.LLAMA_FLASH_ATTN_TYPE_ENABLED
        params.type_k = params.type_v = lib.GGML_TYPE_Q8_0
    return lib.llama_init_from_model(model, params)


# --- facts and failures ---


def _info(model: Any, spec: ModelSpec, context: int) -> ModelInfo:
    lib = library.llama()
    return ModelInfo(
        id=spec.id,
        name=spec.name,
        path=spec.path,
        architecture=_meta(model, "general.architecture"),
        quantization=_quantization(lib, model),
        size=int(lib.llama_model_size(model)),
        parameters=int(lib.llama_model_n_params(model)),
        context=context,
        vocabulary=int(lib.llama_vocab_n_tokens(lib.llama_model_get_vocab(model))),
    )


def _quantization(lib: Any, model: Any) -> str:
    """The label people know, such as "Q4_0"; empty if llama.cpp has no name for it."""
    value = int(lib.llama_model_ftype(model)) & ~_GUESSED
    names: list[str] = list(vars(lib))
    for name in names:
        if name.startswith(("LLAMA_FTYPE_MOSTLY_", "LLAMA_FTYPE_ALL_")) and getattr(lib, name) == value:
            return name.removeprefix("LLAMA_FTYPE_MOSTLY_").removeprefix("LLAMA_FTYPE_ALL_")
    return ""


def _meta(model: Any, key: str) -> str:
    buffer = ctypes.create_string_buffer(256)
    length = library.llama().llama_model_meta_val_str(model, key.encode(), buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace") if length >= 0 else ""


def _check_room(path: Path) -> None:
    """Refuse a file larger than all free memory: loading it would end this program or freeze the machine."""
    if path.stat().st_size > psutil.virtual_memory().available + psutil.swap_memory().free:
        raise _out_of_memory(path)


def _out_of_memory(path: Path) -> Fixable:
    return Fixable(
        "model-out-of-memory",
        path=str(path),
        need_gb=round(path.stat().st_size / GIB, 1),
        free_gb=round(psutil.virtual_memory().available / GIB, 1),
    )


def _load_error(path: Path) -> Fixable:
    """Why llama.cpp did not load `path`, from what it logged."""
    lines = library.recent_errors()
    said = "\n".join(lines)
    if unknown := _UNKNOWN.search(said):
        return Fixable("model-architecture-unknown", path=str(path), architecture=unknown[1])
    if _OUT_OF_MEMORY.search(said):
        return _out_of_memory(path)
    return Fixable("model-file-unreadable", path=str(path), detail=lines[0] if lines else "")
