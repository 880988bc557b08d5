"""Asks a model whether two replies disagree: a forced choice, the replies in both orders, the two answers averaged."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Generator, Iterable

from warmchat.compare.detector import Compared
from warmchat.domain.conversation import Message, split_thinking
from warmchat.domain.errors import PromptTooLong
from warmchat.domain.profile import Sampling
from warmchat.engine.bulk import finished, in_bulk
from warmchat.engine.protocol import Engine, Job

PROMPT_VERSION = 1  # a judge that was tried with another wording was not tried
_CHOICES = ("Yes", "No")
_FIRST = re.compile(r"\b(yes|no)\b", re.IGNORECASE)
_MARKS = re.compile(r"<(?=\s*/?\s*(?:reply|message|earlier)\b)", re.IGNORECASE)
_LONGEST = 4000  # characters of a reply; a check must end, and what follows seldom changes the answer
_EARLIER = 4  # messages of the history, each cut
_EARLIER_CHARS = 600
_TOKENS = 400  # for a model that thinks first; others end after a word
_ASKED = """\
Two replies to the same message follow. Do they disagree? They disagree if they state different facts (names, \
numbers, dates, yes or no), if one accepts a claim or a plan of the user that the other rejects, if one leaves out a \
danger or a correction that the other gives, or if only one declines to answer. Tone, sympathy and length do not count.
"""


class Judge:
    """A model behind an engine.

    Args:
        open_engine: called once, when the first pair is asked about.
    """

    def __init__(self, open_engine: Callable[[], Engine]) -> None:
        self._open = open_engine
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        """The judge's engine, opened now if it was not. Raises `WarmchatError` where it cannot be had."""
        if self._engine is None:
            self._engine = self._open()
        return self._engine

    def close(self) -> None:
        """Free the model, if it was loaded."""
        if self._engine is not None:
            self._engine.close()

    def opinions(self, pairs: Iterable[Compared]) -> Generator[float | None]:
        """How sure the model is that each pair disagrees, 0..1, in order; None where it did not choose.

        Raises:
            EngineError, ModelError: the model cannot be had, or failed. A pair too long for its window gives None.
        """
        engine = self.engine
        scored = engine.describe().capabilities.scores
        for pair in pairs:
            both = [prompt(pair, turned=turned) for turned in (False, True)]
            try:
                heard = [_by_scores(engine, text) if scored else _by_words(engine, text) for text in both]
            except PromptTooLong:
                heard = []
            chosen = [one for one in heard if one is not None]
            yield sum(chosen) / len(chosen) if chosen else None


def prompt(pair: Compared, *, turned: bool) -> str:
    """What the judge reads; `turned`: the shadow reply stands first."""
    first, second = (pair.shadow, pair.reply) if turned else (pair.reply, pair.shadow)
    earlier = [f"{m.role}: {_cut(m.content, _EARLIER_CHARS)}" for m in pair.history[-_EARLIER:]]
    parts = [
        _ASKED,
        *(["<earlier>", *earlier, "</earlier>"] if earlier else []),
        f"<message>\n{_cut(pair.question, _LONGEST)}\n</message>",
        f"<reply 1>\n{_cut(first, _LONGEST)}\n</reply 1>",
        f"<reply 2>\n{_cut(second, _LONGEST)}\n</reply 2>",
        "Do reply 1 and reply 2 disagree? Answer with one word, Yes or No.",
    ]
    return "\n".join(parts)


def _cut(text: str, longest: int) -> str:
    """The beginning of a text, in which nothing reads like the marks around the texts: none can end its own place."""
    text = _MARKS.sub("(", text[: longest + 1])
    return text if len(text) <= longest else f"{text[:longest]} ..."


def _by_scores(engine: Engine, text: str) -> float:
    """The probability of "Yes" against "No" as the beginning of the answer."""
    jobs = [Job((Message("user", text),), task="score", continue_from=choice) for choice in _CHOICES]
    yes, no = (math.fsum(s.logprob for s in end.scores) for end in finished(engine, map(in_bulk, jobs)))
    return 1 / (1 + math.exp(min(700.0, max(-700.0, no - yes))))


def _by_words(engine: Engine, text: str) -> float | None:
    """1 for a yes, 0 for a no, None where the answer holds neither."""
    job = Job((Message("user", text),), sampling=Sampling(temperature=0.0, seed=0, max_tokens=_TOKENS))
    (end,) = finished(engine, [in_bulk(job)])
    found = _FIRST.search(split_thinking(end.text)[1])
    return None if found is None else float(found.group().lower() == "yes")
