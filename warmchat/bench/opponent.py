"""The loops that we measure against, in a process of their own, as the engine is.

``raw`` is llama_decode, a greedy chain and nothing else, with our context length, threads, KV type and attention.
``class`` is llama-cpp-python's `Llama`. Orders come as JSON lines on stdin, answers go as JSON lines to stdout.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Sequence
from typing import Any, Protocol

from warmchat.engine.llama.bindings import bindings, model_params
from warmchat.engine.llama.native import Backend, Context, Model

BATCH = 512


class Loop(Protocol):
    """What both can do."""

    def decode(self, prompt: str, count: int) -> float:
        """Tokens a second of drawing `count` tokens after this prompt, the reading left out."""


class RawLoop:
    """The low-level calls in a row, one batch of logits at a time, as short as it can be written."""

    def __init__(self, path: str, n_ctx: int, threads: int, kv_type: str, flash_attention: str) -> None:
        self._backend = Backend(lambda _: None)
        self._model = Model(path)
        self._context = Context(
            self._model, n_ctx=n_ctx, threads=threads, chunk=BATCH, kv_type=kv_type, flash_attention=flash_attention
        )
        self._memory = bindings.llama_get_memory(self._context.pointer)
        self._batch = bindings.llama_batch_init(BATCH, 0, 1)

    def decode(self, prompt: str, count: int) -> float:
        self._context.clear()
        ids = self._model.tokenise(prompt, special=True)
        at = self._read(ids, 0)
        chain = self._greedy()
        begun, made = time.monotonic(), 0
        while made < count:
            token = bindings.llama_sampler_sample(chain, self._context.pointer, -1)
            made += 1
            if self._model.is_end(token):
                break
            at = self._read([token], at)
        took = time.monotonic() - begun
        bindings.llama_sampler_free(chain)
        return made / took

    def first_tokens(self, prefix: str, messages: Sequence[str]) -> list[float]:
        """Seconds from new text to its first token, on a prefix that stays in memory."""
        self._context.clear()
        kept = self._read(self._model.tokenise(prefix, special=True), 0)
        chain, out = self._greedy(), []
        for message in messages:
            self._context.cut(kept)
            begun = time.monotonic()
            self._read(self._model.tokenise(message, special=True), kept)
            bindings.llama_sampler_sample(chain, self._context.pointer, -1)
            out.append(time.monotonic() - begun)
        bindings.llama_sampler_free(chain)
        return out

    @staticmethod
    def _greedy() -> Any:
        chain = bindings.llama_sampler_chain_init(bindings.llama_sampler_chain_default_params())
        bindings.llama_sampler_chain_add(chain, bindings.llama_sampler_init_greedy())
        return chain

    def _read(self, ids: Sequence[int], at: int) -> int:
        batch = self._batch
        for start in range(0, len(ids), BATCH):
            part = ids[start : start + BATCH]
            for i, token in enumerate(part):
                batch.token[i], batch.pos[i], batch.n_seq_id[i], batch.seq_id[i][0] = token, at + i, 1, 0
                batch.logits[i] = i == len(part) - 1
            batch.n_tokens = len(part)
            if bindings.llama_decode(self._context.pointer, batch) != 0:
                raise RuntimeError("llama_decode failed")
            at += len(part)
        return at


class ClassLoop:
    """llama-cpp-python's high-level class. Imported by name: the rest of the program has one door to that package."""

    def __init__(self, path: str, n_ctx: int, threads: int) -> None:
        params = model_params()
        sys.modules.pop("llama_cpp", None)  # the bare package that our bindings stand in
        package = importlib.import_module("llama_cpp")
        package.llama_cpp.llama_model_default_params = lambda: params  # else it ends where there is AMX
        self._llama = package.Llama(path, n_ctx=n_ctx, n_threads=threads, n_threads_batch=threads, verbose=False)

    def decode(self, prompt: str, count: int) -> float:
        self._llama.reset()
        begun, made = 0.0, 0
        for _ in self._llama.create_completion(prompt, max_tokens=count, temperature=0, stream=True):
            begun = begun or time.monotonic()
            made += 1
        return (made - 1) / (time.monotonic() - begun)


def main() -> None:
    """Serve the parent until stdin ends."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    kind, path, n_ctx, threads, kv_type, flash_attention = sys.argv[1:7]
    loop: Loop
    if kind == "raw":
        loop = RawLoop(path, int(n_ctx), int(threads), kv_type, flash_attention)
    else:
        loop = ClassLoop(path, int(n_ctx), int(threads))
    print("ready", file=out, flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        answer = getattr(loop, order.pop("op"))(**order)
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main()
