"""The engine's inputs and outputs: frozen, so they may cross threads, be logged and be replayed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from app.errors import AppError

CONTEXT_DEFAULT = 2048


class Role(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"


class EndReason(StrEnum):
    EOS = "eos"
    STOP_STRING = "stop-string"
    LIMIT = "limit"
    STOPPED = "stopped"
    CONTEXT_FULL = "context-full"


@dataclass(frozen=True)
class Sampling:
    """Sampler chain settings. `temperature` 0 is greedy; `seed` None draws a new one; `repeat_window` in tokens."""

    temperature: float = 0.7
    top_k: int = 30
    top_p: float = 0.85
    min_p: float = 0.0
    repeat_penalty: float = 1.1
    repeat_window: int = 64
    seed: int | None = None


@dataclass(frozen=True)
class PromptTemplate:
    """One row of `assets/templates.json`: how turns become a prompt, exact to the space.

    first turn: `user.format(text)`; a finished turn is followed by its answer and then `separator`.
    `system` is put before the first turn when a system prompt is given ("{text}" inside).
    """

    id: str
    user: str
    separator: str
    system: str
    stop: tuple[str, ...]
    bos: bool | None = None
    sampling: Sampling = field(default_factory=Sampling)
    max_tokens: int = 512


@dataclass(frozen=True)
class ModelSpec:
    """What to load. `template` None: the file's own `tokenizer.chat_template`."""

    path: Path
    id: str
    name: str
    template: PromptTemplate | None = None


@dataclass(frozen=True)
class LoadOptions:
    """`context` in tokens; `threads` None = physical cores; `gpu_layers` None = automatic, 0 = none."""

    context: int = CONTEXT_DEFAULT
    threads: int | None = None
    gpu_layers: int | None = None


@dataclass(frozen=True)
class ModelInfo:
    """A loaded model. `size` in bytes of its weights; `context` in tokens as really allocated."""

    id: str
    name: str
    path: Path
    architecture: str
    quantization: str
    size: int
    parameters: int
    context: int
    vocabulary: int


@dataclass(frozen=True)
class Turn:
    role: Role
    text: str


@dataclass(frozen=True)
class AnswerRequest:
    """Everything that affects one answer. `turns` ends with a user turn, or with an unfinished assistant turn
    to be continued. `raw`: `turns` is one user turn used as the prompt itself, no template."""

    turns: tuple[Turn, ...]
    system: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    max_tokens: int = 512
    raw: bool = False


@dataclass(frozen=True)
class AnswerStats:
    """`reused_tokens` of `prompt_tokens` came from the KV cache. Times in seconds; rates in tokens per second.
    `context_used` of `context` cells are taken after the answer."""

    prompt_tokens: int
    reused_tokens: int
    answer_tokens: int
    time_to_first_token: float
    tokens_per_second: float
    prompt_tokens_per_second: float
    context_used: int
    context: int
    dropped_turns: int
    end: EndReason


@dataclass(frozen=True)
class Answer:
    """The result of one generation. `tokens` are the generated ids without EOS; `prompt_tokens` the ids of the
    whole prompt that the answer follows, reused ones included."""

    text: str
    tokens: tuple[int, ...]
    stats: AnswerStats
    prompt_tokens: tuple[int, ...] = ()


class ModelState(StrEnum):
    NONE = "none"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class ModelStatus:
    """The model as the window shows it. `fraction` 0..1 while LOADING, `info` when READY, `error` when FAILED. `aside`:
    out of memory for a while, for something else that needs it; LOADING, as it comes back by itself."""

    state: ModelState
    id: str = ""
    name: str = ""
    fraction: float = 0.0
    info: ModelInfo | None = None
    error: AppError | None = None
    aside: bool = False
