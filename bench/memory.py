"""What `app.runtime.models.memory` predicts against the memory that real loads take, each in a process of its own.

    python bench/memory.py [MODEL.gguf ...] [--folder DIR] [--only WORD] [--json]

Loads the test fixtures and models of 7B shape with a few layers, made in DIR (3 GB, removed afterwards), reads a
prompt longer than a micro-batch, writes a few tokens, and compares the rise of the peak of resident memory. Exits
with 1 if a model of 100 MB or more is more than 10 % off. The child uses the CPU, as the prediction says.
"""

from __future__ import annotations

import argparse
import gc
import json
import queue
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import gguf  # noqa: E402
import numpy as np  # noqa: E402
import psutil  # noqa: E402

from app.runtime.models import memory  # noqa: E402
from app.runtime.weights import mixes  # noqa: E402
from app.runtime.weights.architectures import bloom, llama  # noqa: E402
from app.runtime.weights.ggml import GgmlType, row_size  # noqa: E402
from app.runtime.weights.gguf_format import padded  # noqa: E402
from app.runtime.weights.hyper import Hyper  # noqa: E402
from app.runtime.weights.records import Target  # noqa: E402
from tools import synthetic  # noqa: E402

LIMIT = 0.10
LARGE = 100_000_000  # bytes of weights; below it the process itself is most of what is measured
CONTEXT = 2048
PROMPT = "Tell me what the sea is like. " * 40
FIXTURES = ROOT / "tests" / "fixtures" / "gguf"
LLAMA_7B = Hyper("llama", 32_000, 4096, 11_008, 32, 32, 32, 4096, 1e-6)
BLOOM_7B = Hyper("bloom", 250_880, 4096, 16_384, 30, 32, 32, 4096, 1e-5)
LAYERS = (2, 6)


@dataclass(frozen=True)
class Case:
    """`make` writes the model to the path unless it is there; `compressed`: with the KV cache in Q8_0."""

    name: str
    path: Path
    make: Callable[[Path], object] | None = None
    context: int = CONTEXT
    compressed: bool = False


@dataclass(frozen=True)
class Row:
    name: str
    predicted: int
    measured: int
    counts: bool

    @property
    def ratio(self) -> float:
        return self.predicted / self.measured

    @property
    def kept(self) -> bool:
        return not self.counts or abs(self.ratio - 1) <= LIMIT


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", type=Path, nargs="*", help="files to load as well")
    parser.add_argument("--folder", type=Path, help="for the models that are made")
    parser.add_argument("--only", default="", help="cases with this word in their name")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        path, context, compressed = options.child
        print(json.dumps(load_and_answer(Path(path), int(context), compressed == "q8")))
        return 0
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        rows = [measure(case) for case in cases(Path(folder), options.models) if options.only in case.name]
    print(json.dumps([vars(row) | {"ratio": row.ratio} for row in rows], indent=1) if options.json else table(rows))
    return 0 if all(row.kept for row in rows) else 1


def cases(folder: Path, models: list[Path]) -> Iterator[Case]:
    for kind in ("bloom", "llama"):
        yield Case(f"fixture {kind} F16", FIXTURES / f"{kind}-f16.gguf")
    for layers in LAYERS:
        yield Case(
            f"synthetic BLOOM, {layers} layers, Q4_0",
            folder / f"bloom-{layers}.gguf",
            lambda path, layers=layers: synthetic.write_model(path, layers),
        )
    six = folder / f"bloom-{LAYERS[-1]}.gguf"
    yield Case("the same, cache in Q8_0", six, context=2048, compressed=True)
    yield Case("the same, context 512", six, context=512)
    tied = GgmlType.Q4_0
    yield Case("BLOOM, 2 layers, embedding in Q4_0", folder / "tied.gguf", lambda path: hollow(path, BLOOM_7B, 2, tied))
    for target in (Target.Q4_0, Target.Q4_K_M, Target.Q8_0, Target.F16):
        yield Case(
            f"LLaMA, 6 layers, {target.value}",
            folder / f"llama-{target.value}.gguf",
            lambda path, target=target: hollow(path, LLAMA_7B, 6, target=target),
        )
    yield Case("LLaMA, 6 layers, Q4_0, context 4096", folder / "llama-Q4_0.gguf", context=4096)
    for model in models:
        yield Case(model.name, model)


def measure(case: Case) -> Row:
    if case.make and not case.path.exists():
        case.make(case.path)
    footprint = memory.of_file(case.path)
    free = 0 if case.compressed else sys.maxsize
    predicted = memory.need(footprint, case.context, free)
    command = [sys.executable, __file__, "--child", case.path, str(case.context), "q8" if case.compressed else "auto"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    child = json.loads(done.stdout.splitlines()[-1])
    row = Row(case.name, predicted.total, child["peak"] - child["before"], footprint.weights >= LARGE)
    print(line(row), file=sys.stderr, flush=True)
    return row


def table(rows: list[Row]) -> str:
    return "\n".join(line(row) for row in rows)


def line(row: Row) -> str:
    judged = ("ok" if row.kept else "MISSED") if row.counts else "too small to count"
    sizes = f"predicted {row.predicted / 1e6:6.0f} MB, measured {row.measured / 1e6:6.0f} MB"
    return f"{row.name:44} {sizes}, ratio {row.ratio:.3f}   {judged}"


# --- in the child -----------------------------------------------------------------------------------------------------


def load_and_answer(path: Path, context: int, compressed: bool) -> dict[str, int]:
    """Resident bytes before the load, and the peak after an answer."""
    from app.runtime.engine import library
    from app.runtime.engine import model as engine_model
    from app.runtime.engine.prompts import templates
    from app.runtime.engine.records import AnswerRequest, LoadOptions, ModelSpec, Role, Sampling, Turn
    from app.runtime.engine.service import Engine

    if compressed:
        engine_model.CACHE_SHARE = 0.0  # any cache is too large
    library.llama()
    engine = Engine()
    gc.collect()
    before = int(psutil.Process().memory_info().rss)
    spec = ModelSpec(path, "bench", "bench", templates()["belle-bloom"])
    _wait(lambda sink: engine.load(spec, LoadOptions(context, gpu_layers=0), sink))
    request = AnswerRequest((Turn(Role.USER, PROMPT),), sampling=Sampling(seed=1), max_tokens=4, raw=True)
    _wait(lambda sink: engine.answer(request, sink))
    engine.close()
    return {"before": before, "peak": _peak()}


def _wait(start: Callable[[Callable[[Any], None]], object]) -> None:
    from app.runtime.events import JobFailed, JobFinished

    events: queue.SimpleQueue[Any] = queue.SimpleQueue()
    start(events.put)
    while not isinstance(event := events.get(), JobFinished):
        if isinstance(event, JobFailed):
            raise event.error


def _peak() -> int:
    """The most resident memory this program has had."""
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    if sys.platform == "linux":  # the other way tells the parent's peak where that was higher
        status = Path("/proc/self/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


# --- models without content -------------------------------------------------------------------------------------------


def hollow(
    path: Path, shape: Hyper, layers: int, embedding: GgmlType | None = None, target: Target = Target.Q4_0
) -> None:
    """A model of `shape` with `layers` layers whose weights are a hole in the file, all zero: it takes memory like
    any other and hardly any disk. `embedding`: its type, otherwise by the target's rules."""
    hyper = Hyper(**(vars(shape) | {"layers": layers}))
    architecture = bloom if shape.architecture == "bloom" else llama
    shapes = architecture.shapes(hyper)
    if architecture is bloom:
        del shapes["output.weight"]
    metadata = architecture.metadata(hyper)
    types = mixes.tensor_types(target, shapes.items(), hyper.architecture, metadata)
    if embedding is not None:
        types["token_embd.weight"] = embedding
    writer = gguf.GGUFWriter(path, hyper.architecture)
    for key, value in metadata.items():
        (writer.add_float32 if isinstance(value, float) else writer.add_uint32)(key, value)
    _copy_tokenizer(writer, hyper)
    end = 0
    for name, lengths in shapes.items():
        rows, columns = int(np.prod(lengths[:-1])), lengths[-1]
        size = row_size(types[name], columns) * rows
        stored = gguf.GGMLQuantizationType(int(types[name]))
        writer.add_tensor_info(name, (*lengths[:-1], size // rows), np.dtype(np.uint8), size, raw_dtype=stored)
        end = padded(end) + size
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    with path.open("r+b") as file:
        file.truncate(padded(path.stat().st_size) + padded(end))


def _copy_tokenizer(writer: gguf.GGUFWriter, hyper: Hyper) -> None:
    """The fixture's, padded with unused tokens."""
    fields = gguf.GGUFReader(FIXTURES / f"{hyper.architecture}-f16.gguf").fields
    found = {key: field.contents() for key, field in fields.items() if key.startswith("tokenizer.ggml.")}
    known = len(found["tokenizer.ggml.tokens"])
    padding = hyper.vocabulary - known
    writer.add_tokenizer_model(found["tokenizer.ggml.model"])
    writer.add_token_list([*found["tokenizer.ggml.tokens"], *(f"[PAD{known + number}]" for number in range(padding))])
    writer.add_token_types([*found["tokenizer.ggml.token_type"], *[int(gguf.TokenType.UNUSED)] * padding])
    if "tokenizer.ggml.pre" in found:
        writer.add_tokenizer_pre(found["tokenizer.ggml.pre"])
    if "tokenizer.ggml.merges" in found:
        writer.add_token_merges(found["tokenizer.ggml.merges"])
    if "tokenizer.ggml.scores" in found:
        writer.add_token_scores([*found["tokenizer.ggml.scores"], *[-1e4] * padding])
    for name in ("bos", "eos", "unknown"):
        if f"tokenizer.ggml.{name}_token_id" in found:
            writer.add_uint32(f"tokenizer.ggml.{name}_token_id", int(found[f"tokenizer.ggml.{name}_token_id"]))


if __name__ == "__main__":
    sys.exit(main())
