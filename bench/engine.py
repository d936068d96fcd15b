"""Our engine against a bare llama.cpp loop: speed, memory, and the wait for turn 10 of a long chat.

    python bench/engine.py MODEL.gguf [--rounds 3] [--json]
    python bench/engine.py --synthetic /tmp/synthetic-7b.gguf     # writes a 7B-shaped model first (4 GB)

Every measurement is a process of its own; the two sides take turns, so that a change of the machine's load
falls on both. The bare side uses llama.cpp's defaults with the same threads, context and sampler.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.runtime.engine.model import physical_cores  # noqa: E402
from app.runtime.engine.prompts import templates  # noqa: E402
from app.runtime.engine.records import (  # noqa: E402
    Answer,
    AnswerRequest,
    LoadOptions,
    ModelSpec,
    Role,
    Sampling,
    Turn,
)
from app.runtime.engine.service import Engine  # noqa: E402
from app.runtime.events import Event, JobFailed, JobFinished  # noqa: E402

CONTEXT = 2048
PROMPT_WORDS = "Tell me what the sea is like, and how a fox would cook rice and tea for the capital of France. "
PROMPT_TOKENS = 256
WRITTEN = 32
CHAT_TOKENS = 1500
CHAT_TURNS = 9
VARIANTS = 4
SAMPLING = Sampling(temperature=0.35, top_k=30, top_p=0.85, repeat_penalty=1.2, seed=1)
LIMITS = {"answer": 0.97, "prompt": 0.97, "memory": 1.30, "turn_10": 1.20}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, nargs="?")
    parser.add_argument("--synthetic", type=Path, help="write the 7B-shaped model there if it is not there yet")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=physical_cores())
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--side", choices=sorted(SIDES), help=argparse.SUPPRESS)
    options = parser.parse_args()
    model = options.model or options.synthetic
    if model is None:
        parser.error("a model, or --synthetic")
    if options.side:
        print(json.dumps(SIDES[options.side](model, options.threads)))
        return 0
    if options.synthetic and not options.synthetic.exists():
        subprocess.run([sys.executable, ROOT / "tools" / "synthetic.py", options.synthetic], check=True)
    result = measure(model, options.threads, options.rounds)
    print(json.dumps(result, indent=1) if options.json else table(result))
    return 0 if all(row["kept"] for row in result["figures"].values()) else 1


# --- the two sides and the chat, each in its own process ---


class Talk:
    """Our engine, waited for."""

    def __init__(self, path: Path, threads: int) -> None:
        self.engine = Engine()
        spec = ModelSpec(path, "bench", "bench", templates()["belle-bloom"])
        self._wait(lambda sink: self.engine.load(spec, LoadOptions(CONTEXT, threads), sink))

    def ask(self, turns: tuple[Turn, ...], written: int, raw: bool = False) -> Answer:
        request = AnswerRequest(turns, sampling=SAMPLING, max_tokens=written, raw=raw)
        answer: Answer = self._wait(lambda sink: self.engine.answer(request, sink))
        return answer

    def _wait(self, start: Callable[[Callable[[Event], None]], object]) -> Any:
        import queue

        events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        start(events.put)
        while True:
            event = events.get()
            if isinstance(event, JobFinished):
                return event.result
            if isinstance(event, JobFailed):
                raise event.error


def ours(path: Path, threads: int) -> dict[str, float]:
    talk = Talk(path, threads)
    talk.ask((Turn(Role.USER, "Warm up"),), 2, raw=True)
    stats = talk.ask((Turn(Role.USER, _prompt()),), WRITTEN, raw=True).stats
    reading = stats.prompt_tokens - stats.reused_tokens
    result = {
        "prompt": reading / stats.time_to_first_token,
        "answer": stats.tokens_per_second,
        "tokens": stats.prompt_tokens,
        "peak": _peak(),
    }
    talk.engine.close()
    return result


def bare(path: Path, threads: int) -> dict[str, float]:
    """What a first program with llama.cpp does: load, tokenize, decode, sample in a loop."""
    import llama_cpp as lib

    silent = lib.llama_log_callback(lambda _level, _text, _data: None)
    lib.llama_log_set(silent, None)
    lib.llama_backend_init()
    model = lib.llama_model_load_from_file(os.fsencode(path), lib.llama_model_default_params())
    params = lib.llama_context_default_params()
    params.n_ctx = CONTEXT
    params.n_threads = params.n_threads_batch = threads
    context = lib.llama_init_from_model(model, params)
    vocabulary = lib.llama_model_get_vocab(model)

    def run(text: str, written: int) -> tuple[int, float, float]:
        data = text.encode()
        tokens = (lib.llama_token * len(data))()
        count = lib.llama_tokenize(vocabulary, data, len(data), tokens, len(data), True, False)
        chain = _bare_sampler(lib, lib.llama_vocab_n_tokens(vocabulary))
        one = (lib.llama_token * 1)()
        began = time.perf_counter()
        lib.llama_memory_clear(lib.llama_get_memory(context), True)
        lib.llama_decode(context, lib.llama_batch_get_one(tokens, count))
        one[0] = lib.llama_sampler_sample(chain, context, -1)
        first = time.perf_counter()
        for _ in range(written - 1):
            lib.llama_decode(context, lib.llama_batch_get_one(one, 1))
            one[0] = lib.llama_sampler_sample(chain, context, -1)
        ended = time.perf_counter()
        lib.llama_sampler_free(chain)
        return count, count / (first - began), (written - 1) / (ended - first) if written > 1 else 0.0

    run("Warm up", 2)
    count, prompt, answer = run(_prompt(), WRITTEN)
    return {"prompt": prompt, "answer": answer, "tokens": count, "peak": _peak()}


def _bare_sampler(lib: Any, size: int) -> Any:
    chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
    for link in (
        lib.llama_sampler_init_penalties(size, SAMPLING.repeat_window, SAMPLING.repeat_penalty, 0.0, 0.0),
        lib.llama_sampler_init_top_k(SAMPLING.top_k),
        lib.llama_sampler_init_top_p(SAMPLING.top_p, 1),
        lib.llama_sampler_init_temp(SAMPLING.temperature),
        lib.llama_sampler_init_dist(SAMPLING.seed),
    ):
        lib.llama_sampler_chain_add(chain, link)
    return chain


def chat(path: Path, threads: int) -> dict[str, float]:
    """The wait for the first token: a question as turn 1, and the same as turn 10 of a long chat. Turn 1 is
    measured before and after, and every question begins differently so that nothing of it is reused."""
    talk = Talk(path, threads)
    talk.ask((Turn(Role.USER, "Warm up"),), 2, raw=True)
    questions = [f"{number}. {PROMPT_WORDS * 3}" for number in range(VARIANTS)]

    def waits(history: tuple[Turn, ...]) -> list[float]:
        return [talk.ask((*history, Turn(Role.USER, question)), 2).stats.time_to_first_token for question in questions]

    first = waits(())
    one = talk.ask((Turn(Role.USER, "Hi"), Turn(Role.ASSISTANT, PROMPT_WORDS)), 1).stats.prompt_tokens
    repeats = max(1, round(CHAT_TOKENS / CHAT_TURNS / one))
    history: list[Turn] = []
    for number in range(CHAT_TURNS):
        history += [Turn(Role.USER, f"Hi {number}"), Turn(Role.ASSISTANT, PROMPT_WORDS * repeats)]
    length = talk.ask((*history, Turn(Role.USER, "Hi")), 1).stats.prompt_tokens
    tenth = waits(tuple(history))
    first += waits(())
    result = {
        "turn_1": statistics.median(first),
        "turn_10": statistics.median(tenth),
        "tokens": length,
        "peak": _peak(),
    }
    talk.engine.close()
    return result


SIDES: dict[str, Callable[[Path, int], dict[str, float]]] = {"ours": ours, "bare": bare, "chat": chat}


def _prompt() -> str:
    """About `PROMPT_TOKENS` tokens (the fixture's vocabulary takes some 30 for the words)."""
    return PROMPT_WORDS * (PROMPT_TOKENS // 30)


def _peak() -> float:
    """The most memory this process has had, in bytes."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak if sys.platform == "darwin" else peak * 1024)


# --- the run ---


def measure(model: Path, threads: int, rounds: int) -> dict[str, Any]:
    load_before = _load()
    runs: dict[str, list[dict[str, float]]] = {"ours": [], "bare": []}
    for number in range(rounds):
        for side in ("ours", "bare") if number % 2 == 0 else ("bare", "ours"):
            runs[side].append(_child(model, threads, side))
    long = _child(model, threads, "chat")
    size = model.stat().st_size
    speed = {
        what: [mine[what] / theirs[what] for mine, theirs in zip(runs["ours"], runs["bare"], strict=True)]
        for what in ("answer", "prompt")
    }
    peak = max([long["peak"], *(run["peak"] for run in runs["ours"])])
    ratios = {
        "answer": statistics.median(speed["answer"]),
        "prompt": statistics.median(speed["prompt"]),
        "memory": peak / size,
        "turn_10": long["turn_10"] / long["turn_1"],
    }
    return {
        "model": model.name,
        "file_gb": size / 1e9,
        "threads": threads,
        "rounds": rounds,
        "load_average": [load_before, _load()],
        "figures": {name: _figure(name, ratio) for name, ratio in ratios.items()},
        "runs": {**runs, "chat": [long]},
    }


def _figure(name: str, ratio: float) -> dict[str, Any]:
    limit = LIMITS[name]
    kept = ratio >= limit if limit < 1 else ratio <= limit
    return {"ratio": round(ratio, 3), "limit": limit, "kept": kept}


def _child(model: Path, threads: int, side: str) -> dict[str, float]:
    command = [sys.executable, __file__, str(model), "--threads", str(threads), "--side", side]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def _load() -> float | None:
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def table(result: dict[str, Any]) -> str:
    names = {
        "answer": "answer tokens/s, ours / bare",
        "prompt": "prompt tokens/s, ours / bare",
        "memory": "peak memory / file size",
        "turn_10": "first token, turn 10 / turn 1",
    }
    lines = [
        f"{result['model']}: {result['file_gb']:.2f} GB, {result['threads']} threads, context {CONTEXT}, "
        f"load average {result['load_average']}",
        *(
            f"{name:34} {figure['ratio']:6.3f}   limit {figure['limit']:.2f}   {'ok' if figure['kept'] else 'MISSED'}"
            for key, name in names.items()
            for figure in (result["figures"][key],)
        ),
    ]
    for side in ("ours", "bare"):
        runs = result["runs"][side]
        lines.append(
            f"  {side}: answer {_each(runs, 'answer')}, prompt {_each(runs, 'prompt')} tokens/s, "
            f"peak {max(run['peak'] for run in runs) / 1e9:.2f} GB"
        )
    long = result["runs"]["chat"][0]
    lines.append(
        f"  chat of {long['tokens']:.0f} tokens: first token after {long['turn_1']:.2f} s (turn 1), "
        f"{long['turn_10']:.2f} s (turn 10), peak {long['peak'] / 1e9:.2f} GB"
    )
    return "\n".join(lines)


def _each(runs: list[dict[str, float]], what: str) -> str:
    return " ".join(f"{run[what]:.2f}" for run in runs)


if __name__ == "__main__":
    sys.exit(main())
