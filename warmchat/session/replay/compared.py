"""Whether two texts are the same reply, and where they part. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from warmchat.domain.conversation import split_thinking
from warmchat.domain.scores import TokenScore
from warmchat.domain.turn import Reply, as_made
from warmchat.session.replay.logged import REWRITTEN

CUT = ("cancelled", "interrupted")
NEAR_TIE = 0.2  # nats; rounding in the last bits was seen to turn tokens up to 0.11 apart
AROUND = 40  # characters that are shown of each side


@dataclass(frozen=True)
class Difference:
    """Where a reply that was made again leaves the logged one.

    Attributes:
        at: characters that are the same until there, the thinking counted.
        then, now: what follows on either side; empty where that side ends.
        then_token, now_token: the first tokens that differ, with the log-probability that the model gives each here,
            before penalties; None where that is not known, or the side ends.
        drawn: the draw was by chance (temperature above 0).
        penalised: repetition was penalised, so the likelier token need not be the one that was taken.
    """

    at: int
    then: str
    now: str
    then_token: TokenScore | None = None
    now_token: TokenScore | None = None
    drawn: bool = False
    penalised: bool = False

    @property
    def gap(self) -> float | None:
        """How much likelier the model finds the new token here, in nats; None where it is not known."""
        if self.then_token is None or self.now_token is None:
            return None
        return self.now_token.logprob - self.then_token.logprob

    @property
    def near_tie(self) -> bool | None:
        """Whether rounding alone can have turned it; None where that cannot be told."""
        if self.gap is None or self.drawn:
            return None
        return True if abs(self.gap) <= NEAR_TIE else None if self.penalised else False


def whole(reply: Reply) -> bool:
    """The log has all of it; one that was cut can be compared as far as it goes."""
    return reply.stop not in CUT


def as_told(reply: Reply, text: str) -> str:
    """The text of a draw in the form in which `as_made` gives the logged reply."""
    thinking, answer = split_thinking(text)
    if reply.way in REWRITTEN:
        answer = answer.strip()
    return _spelled(thinking, answer)


def difference(reply: Reply, drawn: str, logged: str) -> Difference | None:
    """Where the two part; None where they are the same, or as far as a reply that was cut goes.

    Args:
        drawn, logged: as `as_told` and `as_made` give them.
    """
    if drawn == logged or (not whole(reply) and drawn.startswith(logged)):
        return None
    shorter = min(len(drawn), len(logged))
    at = next((place for place in range(shorter) if drawn[place] != logged[place]), shorter)
    sampling = reply.origin.sampling
    return Difference(
        at, logged[at : at + AROUND], drawn[at : at + AROUND], drawn=sampling.temperature > 0,
        penalised=sampling.dry_multiplier > 0 or sampling.repeat_penalty != 1,
    )  # fmt: skip


def token_at(scores: tuple[TokenScore, ...], at: int) -> TokenScore | None:
    """The token that holds the character at this place."""
    end = 0
    for score in scores:
        end += len(score.text)
        if end > at:
            return score
    return None


def _spelled(thinking: str, text: str) -> str:
    if not thinking:
        return text
    return as_made(Reply("", "shown", "", "", text, "end", thinking))
