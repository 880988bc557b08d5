"""Drawing tokens: a profile's sampling as llama.cpp's own sampler chain."""

from __future__ import annotations

import ctypes

from warmchat.domain.profile import Sampling
from warmchat.engine.llama.bindings import bindings
from warmchat.engine.llama.native import Context, Model


class Sampler:
    """llama.cpp's sampler chain for one reply; it remembers what was drawn (penalties) and where its seed stands."""

    def __init__(self, model: Model, sampling: Sampling) -> None:
        self._chain = bindings.llama_sampler_chain_init(bindings.llama_sampler_chain_default_params())
        for step in _steps(model, sampling):
            bindings.llama_sampler_chain_add(self._chain, step)

    def close(self) -> None:
        if self._chain:
            bindings.llama_sampler_free(self._chain)  # frees its steps with it
            self._chain = None

    def draw(self, context: Context, index: int = -1) -> int:
        """The next token after the last decode (after its `index`-th token); it is also remembered."""
        return int(bindings.llama_sampler_sample(self._chain, context.pointer, index))


def _steps(model: Model, s: Sampling) -> list[ctypes.c_void_p]:
    steps: list[ctypes.c_void_p] = []
    if s.repeat_penalty != 1.0 and s.repeat_last_n > 0:
        steps.append(bindings.llama_sampler_init_penalties(model.n_vocab, s.repeat_last_n, s.repeat_penalty, 0.0, 0.0))
    if s.dry_multiplier > 0:
        steps.append(model.dry(s.dry_multiplier, s.dry_allowed_length))
    if s.temperature <= 0:
        return [*steps, bindings.llama_sampler_init_greedy()]
    if s.top_k > 0:
        steps.append(bindings.llama_sampler_init_top_k(s.top_k))
    if s.top_p < 1:
        steps.append(bindings.llama_sampler_init_top_p(s.top_p, 1))
    if s.min_p > 0:
        steps.append(bindings.llama_sampler_init_min_p(s.min_p, 1))
    seed = (s.seed or 0) & 0xFFFFFFFF
    return [*steps, bindings.llama_sampler_init_temp(s.temperature), bindings.llama_sampler_init_dist(seed)]
