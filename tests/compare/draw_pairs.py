"""Draw pairs of the starter's companion and oracle to be read and labelled: ``python -m tests.compare.draw_pairs OUT``.

Messages at random from what the program ships: questions of the set `facts` under the conditions of the eval (moods,
stated beliefs), such a question pushed back upon, advice cases, everyday messages. Nothing is composed for the purpose
and nothing is thrown away: every drawn pair stands in OUT. The companion speaks as its shipped profile says, drawing
included, with what adapters are shipped for it; the oracle answers as it does in the shadow, from its own history.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

from tests.compare.own_set import Half, half_of
from warmchat.domain.conversation import Message, split_thinking
from warmchat.domain.profile import Profile
from warmchat.engine.bulk import finished, in_bulk
from warmchat.engine.protocol import Engine, Priority
from warmchat.evals.conditions import CONDITIONS, compose, pushback
from warmchat.evals.shipped_sets import advice_cases, phrases, question_set
from warmchat.models.adapters import AdapterShelf, default_adapter_folders
from warmchat.profiles.parse import read_profile
from warmchat.settings import settings_alone
from warmchat.shipped import shipped_folder, starter_model
from warmchat.voices.direct import direct_job
from warmchat.voices.setting import NONE, Setting, setting_for
from warmchat.wiring import open_engine

COUNTS = {"asked": 220, "pushback": 60, "advice": 80, "everyday": 50}
AT_A_TIME = 48
LONGEST = 160  # tokens; a reader has to get through all of it
_EVERYDAY = Path(__file__).resolve().parents[1] / "benchmarks" / "wording" / "messages.txt"


@dataclass(frozen=True)
class Spoken:
    """A message to be answered, and what was said before it: on the screen, and by the oracle's own account."""

    key: str
    sort: str
    context: str
    message: str
    screen: tuple[Message, ...] = ()
    own: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Plan:
    """How much is drawn: `COUNTS` times `times`, of one half of what can be asked alone or of all."""

    times: float = 1.0
    half: Half | None = None

    def count(self, sort: str) -> int:
        return round(COUNTS[sort] * self.times)

    def takes(self, key: str) -> bool:
        return self.half in (None, half_of(key))


@dataclass(frozen=True)
class Voice:
    profile: Profile
    setting: Setting

    def replies(
        self, engine: Engine, asked: Sequence[tuple[tuple[Message, ...], str]], seed: int, first: int = 0
    ) -> list[str]:
        """Its replies, each drawn with a seed of its own; `first`: the place of the first one among all."""
        jobs = []
        for at, (history, message) in enumerate(asked, start=first):
            longest = min(LONGEST, self.profile.sampling.max_tokens)
            drawn = replace(self.profile.sampling, max_tokens=longest, seed=seed * 10_000 + at)
            profile = replace(self.profile, sampling=drawn)
            job = direct_job(
                profile, history, message, sequence="bulk", priority=Priority.BULK, adapters=self.setting.adapters
            )
            jobs.append(in_bulk(job))
        return [split_thinking(end.text)[1].strip() for end in finished(engine, jobs)]


def messages(random: Random, seed: int, plan: Plan) -> tuple[list[Spoken], list[tuple[Spoken, str]]]:
    """What is asked; and for the pushback turns the first message, with what the user answers to its reply."""
    said = phrases()
    questions = [q for q in question_set("facts") if plan.takes(q.id)]
    first = []
    every = [(q, c) for q in questions for c in CONDITIONS]
    for question, condition in random.sample(every, plan.count("asked")):
        sort = "belief" if condition.belief else "fact"
        first.append(Spoken(question.id, sort, condition.context, compose(question, condition, said, seed)))
    cases = random.choices([case for case in advice_cases() if plan.takes(case.id)], k=plan.count("advice"))
    first += [Spoken(case.id, "advice", "plain", case.message) for case in cases]
    texts = [(text, key) for text in _everyday() if plan.takes(key := f"everyday/{text}")]
    everyday = random.sample(texts, min(len(texts), plan.count("everyday")))
    first += [Spoken(key, "everyday", "plain", text) for text, key in everyday]
    pushed = []
    for question, condition in random.sample(every, plan.count("pushback")):
        message = compose(question, condition, said, seed)
        answer = pushback(question, said, seed)
        pushed.append((Spoken(question.id, "pushback", condition.context, message), answer))
    return first, pushed


def _everyday() -> list[str]:
    held_out = files("warmchat").joinpath("adapters/messages/held_out.jsonl").read_text(encoding="utf-8")
    texts = [json.loads(line)["text"] for line in held_out.splitlines() if line.strip()]
    texts += [line for line in _EVERYDAY.read_text(encoding="utf-8").splitlines() if line.strip()]
    return list(dict.fromkeys(text.strip() for text in texts))


def draw(
    engine: Engine, companion: Voice, oracle: Voice, seed: int, letter: str, plan: Plan
) -> Iterator[dict[str, Any]]:
    """All pairs, in a random order, some at a time: reading can begin before the last is drawn."""
    random = Random(seed)
    asked, pushed = messages(random, seed, plan)
    openings = [one for one, _ in pushed]
    warm = companion.replies(engine, [((), one.message) for one in openings], seed + 1)
    cold = oracle.replies(engine, [((), one.message) for one in openings], seed + 1)
    for (one, answer), shown, own in zip(pushed, warm, cold, strict=True):
        said = Message("user", one.message)
        screen, its = (said, Message("assistant", shown)), (said, Message("assistant", own))
        asked.append(replace(one, message=answer, screen=screen, own=its))
    random.shuffle(asked)
    for begin in range(0, len(asked), AT_A_TIME):
        part = asked[begin : begin + AT_A_TIME]
        a = companion.replies(engine, [(one.screen, one.message) for one in part], seed + 2, begin)
        b = oracle.replies(engine, [(one.own, one.message) for one in part], seed + 2, begin)
        for at, (one, warm_one, cold_one) in enumerate(zip(part, a, b, strict=True), start=begin):
            yield {
                "id": f"{letter}{at:03}", "key": one.key, "sort": one.sort, "context": one.context,
                "question": one.message,
                "history": [{"role": m.role, "content": m.content} for m in one.screen], "a": warm_one, "b": cold_one,
            }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=9, help="drawn so far: see LABELLING.md")
    parser.add_argument("--letter", default="t", help="that the ids begin with")
    parser.add_argument("--times", type=float, default=1.0, help="as many of each sort as these counts, times so much")
    parser.add_argument("--half", choices=["dev", "test"], help="of one half of what can be asked alone")
    parser.add_argument("--threads", type=int, default=0)
    args = parser.parse_args()
    model = starter_model()
    assert model is not None
    settings = settings_alone(n_ctx=2048, log=False, threads=args.threads)
    engine = open_engine(settings, model)
    try:
        base, shelf = engine.describe().base, AdapterShelf(default_adapter_folders(settings))
        voices: dict[str, Voice] = {}
        for name in ("companion", "oracle"):
            profile = read_profile(shipped_folder("system_prompts") / f"{name}.md").profile
            setting = setting_for(profile, NONE, shelf, base)
            print(name, [(s.kind, s.name, s.strength) for s in setting.adapters], setting.missing)
            voices[name] = Voice(profile, setting)
        plan = Plan(args.times, args.half)
        with args.out.open("w", encoding="utf-8") as out:
            for row in draw(engine, voices["companion"], voices["oracle"], args.seed, args.letter, plan):
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
                out.flush()
    finally:
        engine.close()


if __name__ == "__main__":
    main()
