"""The sampler chain, all of it in C."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from app.runtime.engine.library import llama
from app.runtime.engine.records import Sampling

_SEEDS = 0xFFFFFFFF  # the highest one means "random" to llama.cpp
_NO_PENALTY = 1.0


class Sampler:
    """Penalties, top-k, top-p, min-p, temperature, draw; with temperature 0 penalties and the best token.
    Close it after use."""

    def __init__(self, settings: Sampling, vocabulary_size: int, prompt: Sequence[int]) -> None:
        self._lib = llama()
        self._chain = self._lib.llama_sampler_chain_init(self._lib.llama_sampler_chain_default_params())
        for link in _links(self._lib, settings, vocabulary_size):
            self._lib.llama_sampler_chain_add(self._chain, link)
        if _penalised(settings):
            for token in prompt[-settings.repeat_window :]:
                self._lib.llama_sampler_accept(self._chain, token)

    def sample(self, context: Any) -> int:
        """The next token after the last one decoded."""
        return int(self._lib.llama_sampler_sample(self._chain, context, -1))

    def close(self) -> None:
        self._lib.llama_sampler_free(self._chain)


def _penalised(settings: Sampling) -> bool:
    return settings.repeat_penalty != _NO_PENALTY and settings.repeat_window > 0


def _links(lib: Any, settings: Sampling, vocabulary_size: int) -> list[Any]:
    links = []
    if _penalised(settings):
        window, penalty = settings.repeat_window, settings.repeat_penalty
        links.append(lib.llama_sampler_init_penalties(vocabulary_size, window, penalty, 0.0, 0.0))
    if settings.temperature <= 0:
        return [*links, lib.llama_sampler_init_greedy()]
    if settings.top_k > 0:
        links.append(lib.llama_sampler_init_top_k(settings.top_k))
    if settings.top_p < 1:
        links.append(lib.llama_sampler_init_top_p(settings.top_p, 1))
    if settings.min_p > 0:
        links.append(lib.llama_sampler_init_min_p(settings.min_p, 1))
    links.append(lib.llama_sampler_init_temp(settings.temperature))
    seed = secrets.randbelow(_SEEDS) if settings.seed is None else settings.seed % _SEEDS
    return [*links, lib.llama_sampler_init_dist(seed)]
