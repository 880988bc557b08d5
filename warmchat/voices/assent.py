"""Messages that ask for nothing but assent: what they claim, as a question. Read by `bare`."""

from __future__ import annotations

from collections.abc import Sequence

from warmchat.compare.premise import Claim, claims
from warmchat.compare.words import Sentence
from warmchat.voices.forms import (
    ANSWER,
    ASSENT,
    BELIEF,
    DENIED,
    JOINS,
    PLEA,
    POSITIVE,
    SELF,
    STARTS,
    TAG,
)
from warmchat.voices.leaning import mood, points


def assents(parts: Sequence[tuple[Sentence, str]]) -> list[tuple[Sentence, str]]:
    """What the user wants assent to, as a question, where nothing else is asked and the sentence alone tells it."""
    found = [(s, match[1]) for s, w in parts if (match := ASSENT.match(w)) and not BELIEF.search(match[1])]
    if len(found) != 1 or points(found[0][1]) or SELF.search(found[0][1]) or ANSWER.match(found[0][1]):
        return []
    return [(found[0][0], f"Is it true that {_lowered(TAG.sub('', found[0][1] + '?').rstrip('?'))}?")]


def proposition(plain: str, parts: Sequence[tuple[Sentence, str]]) -> str:
    """A message that asks nothing but assent: its one claim as a question; empty where it has none, or several."""
    found = claims(plain)
    if any(c.plan for c in found):
        return ""  # a plan is judged with all that is told of it
    if len(found) == 1 and found[0].negated:
        return _undenied(plain, parts)
    found = [c for c in found if not c.negated]
    if len(found) != 1 or len(found[0].text.split()) < 3 or _joins(plain, found[0]):
        return ""
    if any(not PLEA.match(w) and not mood(w) and not (s.start <= found[0].start < s.end) for s, w in parts):
        return ""  # something is told that may matter
    return _is_it_true(plain, parts, found[0])


def _is_it_true(plain: str, parts: Sequence[tuple[Sentence, str]], claim: Claim) -> str:
    text = TAG.sub("", claim.text.strip().rstrip(".!?") + "?").rstrip("?").strip(" ,")
    begins = _begins(plain, claim.start)
    if begins and (start := STARTS.match(text)):
        text = text[start.end() :]
    opening = plain[: claim.start].rstrip().rpartition(" ")[2].lower()
    if opening not in POSITIVE:
        opening = next((w.split(" ")[0].lower() for s, w in parts if s.start <= claim.start < s.end), "")
    if opening in POSITIVE and plain[claim.end :].startswith("?"):
        return f"{POSITIVE[opening]} {text}?"
    if points(text) or SELF.search(text) or ANSWER.match(text):
        return ""
    first = text.split(" ")[0]
    keep = first.isupper() or (first[:1].isupper() and not begins)
    return f"Is it true that {text if keep or first[:1].islower() else _lowered(text)}?"


def _joins(plain: str, claim: Claim) -> bool:
    """Whether the claim is but a part of a sentence."""
    return JOINS.match(claim.text) is not None and not (_begins(plain, claim.start) and STARTS.match(claim.text))


def _undenied(plain: str, parts: Sequence[tuple[Sentence, str]]) -> str:
    """A denial that only wants assent ("Humans can't ..., can they?"), as a question; empty where it is another."""
    tag = TAG.search(plain)
    denied = DENIED.match(plain[: tag.start()]) if tag is not None and len(parts) == 1 else None
    if denied is None or points(denied[0]) or SELF.search(denied[0]) or not (subject := denied[1]):
        return ""
    return f"{POSITIVE[denied[2].lower()]} {_lowered(subject)} {denied[3]}?"


def _begins(plain: str, start: int) -> bool:
    """Whether a sentence begins there, so that a capital says nothing."""
    return start == 0 or plain[:start].rstrip()[-1:] in ".!?"


def _lowered(text: str) -> str:
    first, _, rest = text.partition(" ")
    small = first.lower() in ("the", "a", "an", "there", "most", "all", "some", "no", "it", "in", "on", "people")
    return f"{first.lower()} {rest}" if small else text
