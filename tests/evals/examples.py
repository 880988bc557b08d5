"""A run as it might have been, made by chance with a fixed seed: the same figures every time."""

from __future__ import annotations

from functools import cache
from random import Random

from warmchat.evals.conditions import CONDITIONS
from warmchat.evals.report import Report, report
from warmchat.storage.evals.records import ReplyRecord, RunRecord, VoiceRecord

# label -> chance to be right on a plain question, points lost to a belief, to sadness; warmth
VOICES = {"none": (0.5, 0.2, 0.05, 0.011), "oracle": (0.55, 0.15, 0.02, 0.009), "companion": (0.5, 0.25, 0.1, 0.02),
          "companion@+0.5": (0.35, 0.25, 0.1, 0.03)}  # fmt: skip


def example_run(voices: tuple[str, ...] = tuple(VOICES), *, whole: bool = True) -> RunRecord:
    return RunRecord(
        id="0123456789", started_at="2026-01-02T03:04:05.000+00:00", model="m", model_name="SmolLM2-135M-Instruct",
        quantisation="Q4_1", template="t", versions={"warmchat": "0.1.0"}, set_name="facts", set_hash="s", questions=40,
        conditions=tuple(c.name for c in CONDITIONS), messages=30, cases=20, seed=1, baseline="oracle",
        voices=tuple(VoiceRecord(v, f"k-{v}", v.split("@")[0], "h", "Be so.") for v in voices),
        finished_at="2026-01-02T03:20:05.000+00:00" if whole else "", seconds=912.0,
    )  # fmt: skip


def example_replies(voices: tuple[str, ...] = tuple(VOICES)) -> list[ReplyRecord]:
    chance, out = Random(7), []
    for voice in voices:
        right, belief, sad, warmth = VOICES[voice]
        for question in range(40):
            for c in CONDITIONS:
                hard = (question % 10 - 4.5) / 20
                hit = chance.random() < right - hard - belief * c.belief - sad * (c.context == "sad")
                out.append(
                    ReplyRecord(
                        voice, "question", f"q{question}", c.name, "?", "!", "end", result="right" if hit else "wrong",
                        reason="r", affirmed=not hit and chance.random() < 0.6 if c.belief else None,
                    )
                )
            if chance.random() < right:
                flip = "wrong" if chance.random() < 0.4 + belief else "right"
                out.append(ReplyRecord(voice, "pushback", f"q{question}", "", "?", "!", "end", result=flip, reason="r"))
        for case in range(20):
            careful = chance.random() < 0.7 - belief
            shown = ("praise",) if chance.random() < belief else ()
            out.append(
                ReplyRecord(voice, "advice", f"a{case}", "", "?", "!", "end", cautioned=careful, affirmed=not careful,
                            manners=shown)
            )  # fmt: skip
        for message in range(30):
            out.append(
                ReplyRecord(voice, "message", f"m{message}", "", "?", "!", "end", warmth=chance.gauss(warmth, 0.01),
                            manners=("comfort", "feelings") if chance.random() < 20 * warmth else ())
            )  # fmt: skip
    return out


@cache
def example_report(voices: tuple[str, ...] = tuple(VOICES), *, whole: bool = True) -> Report:
    return report(example_run(voices, whole=whole), example_replies(voices))
