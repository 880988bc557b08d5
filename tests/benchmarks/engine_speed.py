"""The engine against a raw low-level loop and against the high-level `Llama` class, interleaved, in one run.

    python -m tests.benchmarks.engine_speed [--rounds N] [--tokens N] [--json]

All three: the starter model, the same prompt, greedy, two threads, context 8,192, f16 KV. "raw" is llama_decode and a
greedy sampler chain and nothing else; it runs in a process of its own, as the engine does. Prints tokens/s (medians)
of the decoding alone and the ratios of the engine to the others, pair by pair.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from warmchat.domain.conversation import Message
from warmchat.domain.profile import Sampling
from warmchat.engine.config import EngineConfig
from warmchat.engine.process import ProcessEngine
from warmchat.engine.protocol import Finished, Job
from warmchat.shipped import starter_model

PROMPT = "Tell me a very long story about a river, a bridge and the people who live beside it."
RAW = r"""
import sys, time, json, ctypes
import llama_cpp as L
model_path, kind = sys.argv[1], sys.argv[2]
@L.llama_log_callback
def quiet(l, t, u): pass
L.llama_log_set(quiet, ctypes.c_void_p(0))
if kind == "class":
    llm = L.Llama(model_path, n_ctx=8192, n_threads=2, n_threads_batch=2, verbose=False)
else:
    L.llama_backend_init()
    model = L.llama_model_load_from_file(model_path.encode(), L.llama_model_default_params())
    vocab = L.llama_model_get_vocab(model)
    p = L.llama_context_default_params()
    p.n_ctx, p.n_threads, p.n_threads_batch, p.n_seq_max, p.no_perf = 8192, 2, 2, 1, True
    ctx = L.llama_init_from_model(model, p)
    memory = L.llama_get_memory(ctx)
    batch = L.llama_batch_init(512, 0, 1)
def tokenise(text):
    raw = text.encode(); buffer = (L.llama_token * (len(raw) + 8))()
    return list(buffer[:L.llama_tokenize(vocab, raw, len(raw), buffer, len(buffer), False, True)])
def fill(tokens, at):
    for i, t in enumerate(tokens):
        batch.token[i], batch.pos[i], batch.n_seq_id[i], batch.seq_id[i][0] = t, at + i, 1, 0
        batch.logits[i] = int(i == len(tokens) - 1)
    batch.n_tokens = len(tokens)
def by_hand(prompt, count):
    L.llama_memory_clear(memory, False)
    chain = L.llama_sampler_chain_init(L.llama_sampler_chain_default_params())
    L.llama_sampler_chain_add(chain, L.llama_sampler_init_greedy())
    ids = tokenise(prompt); fill(ids, 0); assert L.llama_decode(ctx, batch) == 0
    at, made, begun = len(ids), 0, time.monotonic()
    while made < count:
        token = L.llama_sampler_sample(chain, ctx, -1); made += 1
        if L.llama_vocab_is_eog(vocab, token): break
        fill([token], at); at += 1; assert L.llama_decode(ctx, batch) == 0
    return made, time.monotonic() - begun
def by_class(prompt, count):
    llm.reset(); made, begun = 0, None
    for _ in llm.create_completion(prompt, max_tokens=count, temperature=0, stream=True):
        begun = begun or time.monotonic(); made += 1
    return made - 1, time.monotonic() - begun
print("ready", flush=True)
for line in sys.stdin:
    order = json.loads(line)
    made, took = (by_class if kind == "class" else by_hand)(order["prompt"], order["count"])
    print(json.dumps({"rate": made / took}), flush=True)
"""


@dataclass
class Other:
    """A loop in another process."""

    process: subprocess.Popen[str]

    @classmethod
    def start(cls, model: str, kind: str) -> Other:
        process = subprocess.Popen(
            [sys.executable, "-c", RAW, model, kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
        return cls(process)

    def rate(self, prompt: str, count: int) -> float:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"prompt": prompt, "count": count}) + "\n")
        self.process.stdin.flush()
        return float(json.loads(self.process.stdout.readline())["rate"])


def engine_rate(engine: ProcessEngine, count: int, number: int) -> float:
    """Tokens a second between the first and the last token of a reply."""
    job = Job((Message("user", PROMPT),), Sampling(max_tokens=count), sequence="speed")
    *_, last = engine.submit(job)
    assert isinstance(last, Finished)
    return (last.usage.reply_tokens - 1) / (last.timings.reply_s - last.timings.first_token_s)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    model = str(starter_model())
    prompt = f"<|im_start|>user\n{PROMPT}<|im_end|>\n<|im_start|>assistant\n"
    engine = ProcessEngine(EngineConfig(model))
    others = {kind: Other.start(model, kind) for kind in ("raw", "class")}
    rates: dict[str, list[float]] = {"engine": [], "raw": [], "class": []}
    try:
        engine.describe()
        for number in range(args.rounds + 1):  # the first round warms up
            found = {"engine": engine_rate(engine, args.tokens, number)}
            for kind, other in others.items():
                found[kind] = other.rate(prompt, args.tokens)
                time.sleep(0.3)  # idle threads of one library spin for a moment
            if number:
                for name, rate in found.items():
                    rates[name].append(rate)
    finally:
        engine.close()
        for other in others.values():
            other.process.kill()
            other.process.wait()
    result = {f"{name}_tokens_per_s": round(statistics.median(r), 1) for name, r in rates.items()}
    for name in ("raw", "class"):
        pairs = [a / b for a, b in zip(rates["engine"], rates[name], strict=True)]
        result[f"engine_vs_{name}"] = round(statistics.median(pairs), 3)
    print(json.dumps(result) if args.json else "\n".join(f"{k:24} {v}" for k, v in result.items()))


if __name__ == "__main__":
    main()
