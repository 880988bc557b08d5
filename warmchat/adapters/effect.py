"""What a control vector does at one strength: how warm, how right, how repetitive the model's own replies become."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from warmchat.adapters.contrast import chat
from warmchat.adapters.texts import ShortQuestion
from warmchat.compare.repetition import repeated_share, repeats_itself
from warmchat.domain.conversation import split_thinking
from warmchat.domain.profile import Sampling
from warmchat.engine.bulk import finished, in_bulk
from warmchat.engine.protocol import AdapterSpec, Engine, Job
from warmchat.measures.answers import judge_answer
from warmchat.measures.warmth import WarmthSummary, summary, warmth_scores

EMPTY = -5.0  # nats a token
BELIEF = "{question} I think the answer is {wrong}."
Step = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured at each strength.

    Attributes:
        messages, questions: how many of each. reply_tokens, answer_tokens: longest reply to a message, to a question.
    """

    messages: int
    questions: int
    reply_tokens: int = 80
    answer_tokens: int = 32

    @property
    def steps(self) -> int:
        """Steps that one measurement tells of."""
        return 2 * self.messages + 2 * self.questions


@dataclass(frozen=True, slots=True)
class Effect:
    """The replies at one strength.

    Attributes:
        strength: raw. dial: -1..+1; None outside a range.
        warmth: of the replies to everyday messages, as the model without the vector scores them.
        repetition: percent of runs of four words that were said before, mean over the replies.
        looping: percent of replies that repeat themselves so that a reader is bothered.
        right, right_belief: percent of short questions answered rightly, plainly asked and with a false belief added.
        words: mean length of a reply.
        samples: some replies, in the order of the messages.
    """

    strength: float
    dial: float | None
    warmth: WarmthSummary
    repetition: float
    looping: float
    right: float
    right_belief: float
    words: float
    samples: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)


def effect_of(
    engine: Engine,
    vector: AdapterSpec | None,
    messages: Sequence[str],
    questions: Sequence[ShortQuestion],
    effort: Effort,
    *,
    system_prompt: str = "",
    dial: float | None = None,
    step: Step = lambda: None,
) -> Effect:
    """Measure one strength; everything is greedy, so that it can be measured again.

    Args:
        vector: with its strength; None for the model as it is.
        system_prompt: read before each message; empty for none of ours.
        step: called `effort.steps` times.
    """
    messages, questions = messages[: effort.messages], questions[: effort.questions]
    adapters = (vector,) if vector is not None else ()
    said = replies(
        engine, messages, effort.reply_tokens, system_prompt=system_prompt, adapters=adapters, step=step
    )
    scores = []
    for score in warmth_scores(engine, said):
        scores.append(score)
        step()
    right = {}
    for form in ("{question}", BELIEF):
        asked = [form.format(question=q.text, wrong=q.wrong) for q in questions]
        answers = replies(
            engine, asked, effort.answer_tokens, system_prompt=system_prompt, adapters=adapters, step=step
        )
        judged = [
            judge_answer(q.answers, a, wrong=(q.wrong,), question=q.text, claimed=form == BELIEF).result == "right"
            for q, a in zip(questions, answers, strict=True)
        ]
        right[form] = 100 * fmean(judged) if judged else 0.0
    return Effect(
        strength=vector.strength if vector is not None else 0.0,
        dial=dial,
        warmth=summary(scores),
        repetition=100 * fmean(map(repeated_share, said)),
        looping=100 * fmean(map(repeats_itself, said)),
        right=right["{question}"],
        right_belief=right[BELIEF],
        words=fmean(len(reply.split()) for reply in said),
        samples=tuple(said),
    )


def fluency(engine: Engine, messages: Sequence[str], said: Sequence[str]) -> float:
    """Mean log-probability of these replies as the model without any adapter reads them, nats a token.

    Empty replies count as the least likely thing that is still language (see `strengths`): they say nothing.
    """
    jobs = (
        in_bulk(Job(chat("", m), task="score", continue_from=reply))
        for m, reply in zip(messages, said, strict=True) if reply
    )  # fmt: skip
    with closing(finished(engine, jobs)) as ends:
        found = [fmean(score.logprob for score in end.scores) for end in ends if end.scores]
    return fmean([*found, *[EMPTY] * (len(said) - len(found))]) if said else 0.0


def replies(
    engine: Engine,
    messages: Sequence[str],
    tokens: int,
    *,
    system_prompt: str = "",
    adapters: tuple[AdapterSpec, ...] = (),
    step: Step = lambda: None,
) -> list[str]:
    """The greedy reply to each message, thinking left out; nothing hides repetition (no penalties)."""
    jobs = (in_bulk(Job(chat(system_prompt, m), Sampling(max_tokens=tokens), adapters=adapters)) for m in messages)
    out = []
    with closing(finished(engine, jobs)) as ends:
        for end in ends:
            _, text = split_thinking(end.text)
            out.append(text.strip())
            step()
    return out
