"""The measurements of ``warmchat bench``: each compares two things in one run, turn about, and gives a median ratio."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from warmchat.bench.program import Screen, first_words_of_ask, reply_in
from warmchat.domain.conversation import Message
from warmchat.domain.profile import Sampling
from warmchat.domain.turn import Reply
from warmchat.engine.config import EngineConfig
from warmchat.engine.process import ProcessEngine
from warmchat.engine.protocol import Finished, Fragment, Job, Priority, Progress
from warmchat.profiles.library import ProfileLibrary
from warmchat.shipped import shipped_folder

STORY = "Tell me a very long story about a river, a bridge and the people who live beside it."
TOKENS = 96
MIB = 1 << 20
Table = dict[str, float]


@dataclass
class Bench:
    """One model, one engine, and how often to repeat.

    Attributes:
        scratch: a folder for logs of the measured program, thrown away after.
    """

    model: Path
    engine: ProcessEngine
    rounds: int
    scratch: Path

    def run(self, said: Callable[[str], None]) -> Table:
        """All measurements; `said` is told what is being measured."""
        table: Table = {}
        for part in (self.decoding, self.turn_50, self.switching, self.beside_a_shadow, self.contended, self.memory,
                     self.cancelling, self.starting):  # fmt: skip
            said(part.__name__.replace("_", " "))
            table |= part()
        return table

    # ---- the engine

    def decoding(self) -> Table:
        """Drawing tokens, against the raw loop and the class."""
        prompt = self._rendered(STORY)
        with self._opponent("raw") as raw, self._opponent("class") as klass:
            order = {"op": "decode", "prompt": prompt, "count": TOKENS}
            rows = [(self._rate(), raw(**order), klass(**order)) for _ in range(self.rounds + 1)][1:]
        return {
            "decode_tokens_per_s": _median(ours for ours, _, _ in rows),
            "raw_tokens_per_s": _median(theirs for _, theirs, _ in rows),
            "decode_vs_raw": _median(ours / theirs for ours, theirs, _ in rows),
            "decode_vs_llama_class": _median(ours / theirs for ours, _, theirs in rows),
        }

    def turn_50(self) -> Table:
        """The first token of turn 50, on 49 turns that are in memory, against the raw loop on as many tokens."""
        turns = [Message("user" if i % 2 == 0 else "assistant", _words(22 if i % 2 == 0 else 60, i)) for i in range(98)]
        chat = (Message("system", "Answer factually and concisely."), *turns)
        read = self._finish(Job(chat, task="read", sequence="long", priority=Priority.ASKED))
        ours, evaluated, new = [], 0, 0
        messages = [_words(22, 1000 + i) for i in range(self.rounds + 1)]
        for message in messages:
            job = Job((*chat, Message("user", message)), Sampling(max_tokens=1), sequence="long")
            took, last = self._first_token(job)
            ours.append(took)
            if not evaluated:  # later messages also share their beginning with the one before
                evaluated, new = last.usage.evaluated_tokens, last.usage.prompt_tokens - read.usage.prompt_tokens
        with self._opponent("raw") as raw:
            prefix = "".join(f"<|im_start|>{m.role}\n{m.content}<|im_end|>\n" for m in chat)
            theirs: list[float] = raw(op="first_tokens", prefix=prefix, messages=[self._rendered(m) for m in messages])
        pairs = zip(ours[1:], theirs[1:], strict=True)
        return {
            "first_token_turn50_s": _median(ours[1:]),
            "first_token_turn50_vs_raw": _median(a / b for a, b in pairs),
            "evaluated_tokens_turn50": evaluated,
            "new_tokens_turn50": new,
        }

    def switching(self) -> Table:
        """The first token of a voice that read ahead, against one that goes on speaking."""
        history: list[Message] = []
        voices = [Message("system", "Answer factually and concisely."), Message("system", "You are a warm friend.")]
        ratios = []
        for turn in range(2 * self.rounds + 2):
            speaker = (turn // 2) % 2  # each voice speaks twice: the first time it was switched to
            history.append(Message("user", _words(22, turn)))
            job = Job((voices[speaker], *history), Sampling(max_tokens=16), sequence=f"voice/{speaker}")
            took, last = self._first_token(job)
            history.append(Message("assistant", last.text))
            self._finish(Job((voices[1 - speaker], *history), task="read", sequence=f"voice/{1 - speaker}",
                             priority=Priority.PRIMING))  # fmt: skip
            ratios.append(took)
        pairs = list(zip(ratios[2::2], ratios[3::2], strict=True))
        return {"switch_vs_same_profile": _median(switched / same for switched, same in pairs)}

    def beside_a_shadow(self) -> Table:
        """Drawing a visible reply while a shadow reply waits, against drawing it alone."""
        ratios = []
        for _ in range(self.rounds):
            alone = self._rate()
            shadow = self.engine.submit(self._story("shadow", 400, Priority.SHADOW))
            events = iter(shadow)
            while not isinstance(next(events), Fragment):
                pass
            ratios.append(self._rate() / alone)
            shadow.cancel()
            for _ in events:
                pass
        return {"visible_with_shadow": _median(ratios)}

    def contended(self) -> Table:
        """Drawing beside one busy program, against drawing on a quiet machine."""
        ratios = []
        for _ in range(max(2, self.rounds // 2)):
            quiet = self._rate()
            busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            try:
                time.sleep(0.3)
                ratios.append(self._rate() / quiet)
            finally:
                busy.kill()
                busy.wait()
            time.sleep(1.0)
            self._rate()  # until it has its threads back
        return {"contended_vs_quiet": _median(ratios)}

    def memory(self) -> Table:
        """What a second lane takes beyond its KV memory."""
        engine = ProcessEngine(EngineConfig(str(self.model)))
        try:
            job = self._story("first", 4, Priority.VISIBLE)
            for _ in engine.submit(job):
                pass
            process = psutil.Process(engine.pid)
            before = process.memory_info().rss
            for _ in engine.submit(replace(job, sequence="second")):
                pass
            after = process.memory_info().rss
            kv = engine.describe().n_ctx * _kv_bytes(self.model)
        finally:
            engine.close()
        return {"second_lane_extra_mib": (after - before - kv) / MIB}

    def cancelling(self) -> Table:
        """From `cancel` to the end of the job, at chance moments of reading and drawing."""
        chance = random.Random(1)
        waits = []
        for number in range(max(20, 2 * self.rounds)):
            reading = number % 2 == 0
            text = _words(1200, number) if reading else STORY
            job = Job((Message("user", text),), Sampling(max_tokens=400), sequence=f"c{number % 2}")
            handle = self.engine.submit(job)
            events = iter(handle)
            while not isinstance(next(events), Progress if reading else Fragment):
                pass
            time.sleep(chance.random() * 0.2)
            asked = time.monotonic()
            handle.cancel()
            for _ in events:
                pass
            waits.append(1000 * (time.monotonic() - asked))
        return {"cancel_ms_p95": statistics.quantiles(waits, n=20)[-1]}

    # ---- the whole program

    def starting(self) -> Table:
        """Start to first paint and first token, and speed inside the TUI against the engine alone."""
        arguments = ["--model", str(self.model), "--data-dir", str(self.scratch / "data")]
        paints, ratios, log_file = [], [], self.scratch / "data" / "log.db"
        for _ in range(3):
            screen = Screen(arguments)
            try:
                paints.append(screen.wait_for("ORACLE"))
            finally:
                screen.close()
        screen = Screen(arguments)
        try:
            screen.wait_for("ORACLE")
            oracle = ProfileLibrary([("shipped", shipped_folder("system_prompts"))]).get("oracle")
            chat = [Message("system", oracle.system_prompt)]
            for number in range(max(2, self.rounds // 2)):
                screen.drain(3.0)  # its other voices read ahead after a reply: that would slow the engine alone
                chat.append(Message("user", f"{STORY} Part {number}."))
                headless = _drawing(self._finish(Job(tuple(chat), oracle.sampling, sequence="headless")))
                screen.type(f"{chat[-1].content}\r")
                reply = reply_in(log_file, number, screen)
                chat.append(Message("assistant", reply.text))
                ratios.append(_drawing(reply) / headless)
        finally:
            screen.close()
        question = [*arguments, "ask", "--no-log", "What is the capital of France?"]
        asked = [first_words_of_ask(question) for _ in range(4)]
        return {
            "tui_vs_headless": _median(ratios),
            "first_paint_s": _median(paints[1:]),
            "first_token_s": _median(asked[1:]),
        }

    # ---- helping hands

    def _story(self, sequence: str, tokens: int, priority: Priority) -> Job:
        return Job((Message("user", STORY),), Sampling(max_tokens=tokens), sequence=sequence, priority=priority)

    def _rate(self) -> float:
        return _drawing(self._finish(self._story("speed", TOKENS, Priority.VISIBLE)))

    def _finish(self, job: Job) -> Finished:
        *_, last = self.engine.submit(job)
        assert isinstance(last, Finished)
        return last

    def _first_token(self, job: Job) -> tuple[float, Finished]:
        """Seconds as the caller sees them, all processes and pipes included."""
        begun, took = time.monotonic(), 0.0
        for event in self.engine.submit(job):
            if isinstance(event, Fragment | Finished):
                took = took or time.monotonic() - begun
        assert isinstance(event, Finished)
        return took, event

    @staticmethod
    def _rendered(text: str) -> str:
        return f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n"

    @contextmanager
    def _opponent(self, kind: str) -> Iterator[Callable[..., Any]]:
        """A loop in another process; calling it sends an order."""
        info = self.engine.describe()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "warmchat.bench.opponent", kind, str(self.model), str(info.n_ctx),
             str(info.threads), info.kv_type, info.flash_attention],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def order(**what: Any) -> Any:
            stdin.write(json.dumps(what) + "\n")
            stdin.flush()
            return json.loads(stdout.readline())

        try:
            stdout.readline()
            yield order
        finally:
            stdin.close()
            process.wait(30)
            stdout.close()


def _drawing(reply: Finished | Reply) -> float:
    """Tokens a second, from the first token on."""
    return (reply.usage.reply_tokens - 1) / (reply.timings.reply_s - reply.timings.first_token_s)


def _median(values: Iterator[float] | Sequence[float]) -> float:
    return statistics.median(list(values))


def _kv_bytes(model: Path) -> float:
    from warmchat.gguf.header import chat_model

    return chat_model(model).kv_bytes_per_token()


def _words(count: int, seed: int) -> str:
    """About `count` tokens of text that no other seed gives."""
    chance = random.Random(seed)
    common = ("river", "bridge", "stone", "people", "house", "water", "night", "morning", "walks", "the", "and")
    return " ".join(chance.choice(common) for _ in range(count)).capitalize() + "."
