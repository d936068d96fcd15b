"""What the engine's tests share: the tiny models of both architectures and short ways to use them."""

from __future__ import annotations

import json
import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gguf

from app.runtime.engine.model import load
from app.runtime.engine.prompts import templates
from app.runtime.engine.records import (
    Answer,
    AnswerRequest,
    LoadOptions,
    ModelSpec,
    PromptTemplate,
    Role,
    Sampling,
    Turn,
)
from app.runtime.engine.session import Session
from app.runtime.events import Event, JobCancelled, JobFailed, JobFinished
from app.runtime.jobs import Job

FIXTURES = Path(__file__).parents[2] / "fixtures"
BLOOM = FIXTURES / "gguf" / "bloom-f16.gguf"
LLAMA = FIXTURES / "gguf" / "llama-f16.gguf"
MODELS = {"bloom": BLOOM, "llama": LLAMA}
GREEDY = Sampling(temperature=0, repeat_penalty=1.0)
TRAINED_ON = PromptTemplate("fixture", "Human: \n{text}\n\nAssistant:\n", "\n", "{text}\n", ("Human:",))
ENDINGS = (JobFinished, JobCancelled, JobFailed)


def expected(name: str) -> list[dict[str, Any]]:
    data = json.loads((FIXTURES / "weights_expected.json").read_text(encoding="utf-8"))
    rows: list[dict[str, Any]] = data["hf"][name]
    return rows


class Heard(list[Event]):
    """A sink that keeps events. `then` may act on each; `ending()` waits for the last one."""

    def __init__(self, then: Callable[[Event], None] = lambda _event: None) -> None:
        self._then = then
        self._endings: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def __call__(self, event: Event) -> None:
        self.append(event)
        self._then(event)
        if isinstance(event, ENDINGS):
            self._endings.put(event)

    def ending(self) -> Event:
        return self._endings.get(timeout=60)

    def all(self, kind: type[Any]) -> list[Any]:
        return [event for event in self if isinstance(event, kind)]


@contextmanager
def session(model: str | Path, context: int = 512, template: PromptTemplate | None = TRAINED_ON) -> Iterator[Session]:
    path = MODELS[model] if isinstance(model, str) else model
    loaded = load(ModelSpec(path, path.stem, path.stem), LoadOptions(context, threads=1), Job(Heard()))
    try:
        yield Session(loaded, template)
    finally:
        loaded.close()


def talk(*texts: str) -> tuple[Turn, ...]:
    """Turns in order: question, answer, question, …"""
    return tuple(Turn(Role.USER if place % 2 == 0 else Role.ASSISTANT, text) for place, text in enumerate(texts))


def ask(target: Session, *texts: str, heard: Heard | None = None, **changes: Any) -> Answer:
    values: dict[str, Any] = {"turns": talk(*texts), "sampling": GREEDY, "max_tokens": 24, **changes}
    return target.answer(AnswerRequest(**values), Job(heard if heard is not None else Heard()))


def row(name: str) -> PromptTemplate:
    return templates()[name]


def with_chat_template(source: Path, target: Path, template: str) -> Path:
    """A copy of a GGUF file that carries `tokenizer.chat_template`."""
    writer = gguf.GGUFWriter(target, str(gguf.GGUFReader(source).fields["general.architecture"].contents()))
    reader = gguf.GGUFReader(source)
    for name, entry in reader.fields.items():
        if not name.startswith("GGUF.") and name != "general.architecture":
            inner = entry.types[-1] if entry.types[0] is gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(name, entry.contents(), entry.types[0], sub_type=inner)
    writer.add_chat_template(template)
    for tensor in reader.tensors:
        writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target
