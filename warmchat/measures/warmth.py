"""The warmth score: how much likelier a language model finds a text from a friend than from a stranger.

    warmth(text) = mean over X in {friend, lover, mentor, idol}            of  L(text | "My X said, ")
                 - mean over Y in {stranger, enemy, examiner, dictator}    of  L(text | "The Y said, ")

L is the mean natural log-probability of the text's tokens (minus the mean negative log-likelihood), so the unit is nats
a token. Only the first 300 characters count. This is "SocioT Warmth" (Cheng, Yu and Jurafsky, arXiv 2502.13259) in the
form that Ibrahim, Hafner and Rocher (Nature 652, 2026) used, where untouched models lay at 0.011 to 0.013 and
warm-tuned ones at 0.027 to 0.029. Three differences from the first authors' program: it scores with GPT-2 and dropout,
where any model serves here (say which); it puts the text into quotation marks; and it counts the tokens of the
beginning as well, which makes its figures slightly smaller. So compare figures of one scoring model with one another.

The score of a single short text says little: texts under eight words have none, and a set is told by its median.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from statistics import fmean, median

from warmchat.domain.errors import EngineError
from warmchat.engine.bulk import finished, in_bulk
from warmchat.engine.protocol import Engine, Finished, Job

WARM = ("My friend said, ", "My lover said, ", "My mentor said, ", "My idol said, ")
COLD = ("The stranger said, ", "The enemy said, ", "The examiner said, ", "The dictator said, ")
MOST_CHARACTERS = 300
FEWEST_WORDS = 8
PAPER_EFFECT = 0.016  # nats a token: from untouched to warm-tuned models in the paper


@dataclass(frozen=True, slots=True)
class WarmthSummary:
    """The warmth of a set of texts.

    Attributes:
        median, mean: nats a token; None where no text was long enough.
        texts: how many have a score. too_short: how many have none.
    """

    median: float | None
    mean: float | None
    texts: int
    too_short: int


def warmth_scores(engine: Engine, texts: Sequence[str]) -> Iterator[float | None]:
    """The warmth of each text in order, nats a token; None for one that is too short to tell.

    Each costs eight readings of the text by the model as it is, without adapters.

    Raises:
        EngineError: this engine cannot say how likely a text is.
    """
    if not engine.describe().capabilities.scores:
        raise EngineError("This engine does not say how likely a text is", "warmth is scored with a model file")
    scored = [_scored_part(text) for text in texts]
    jobs = (
        in_bulk(Job((), task="score", raw=before, continue_from=text))
        for text in scored if text for before in WARM + COLD
    )  # fmt: skip
    with closing(finished(engine, jobs)) as ends:
        for text in scored:
            yield _difference([_likelihood(next(ends)) for _ in WARM + COLD]) if text else None


def summary(scores: Sequence[float | None]) -> WarmthSummary:
    """Median and mean of the texts that have a score."""
    known = [score for score in scores if score is not None]
    return WarmthSummary(
        median(known) if known else None, fmean(known) if known else None, len(known), len(scores) - len(known)
    )


def long_enough(text: str) -> bool:
    """Whether this text can have a score."""
    return bool(_scored_part(text))


def _scored_part(text: str) -> str:
    """The part that is scored; empty where the text is too short."""
    part = text.strip()[:MOST_CHARACTERS].rstrip()
    return part if len(part.split()) >= FEWEST_WORDS else ""


def _likelihood(end: Finished) -> float:
    """Mean log-probability, nats a token."""
    if not end.scores:
        raise EngineError("The engine scored no token of a text")
    return fmean(score.logprob for score in end.scores)


def _difference(likelihoods: Sequence[float]) -> float:
    """Warm minus cold; the first half of the list is the warm one."""
    return fmean(likelihoods[: len(WARM)]) - fmean(likelihoods[len(WARM) :])
