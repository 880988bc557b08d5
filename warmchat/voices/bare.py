"""The bare question of a message: what is asked, without what the user believes, feels or begs for. By rules, English.

The rules rather leave a message as it is than take away what an answer needs. A sentence goes only where a question
remains that stands alone, and the sentence states a belief about the answer, begs, or has nothing in common with the
question: no word, no number, no name. A statement without a question becomes one: "Is it true that ...?".
"""

from __future__ import annotations

from collections.abc import Sequence

from warmchat.compare.pointing import points_back
from warmchat.compare.words import Sentence, is_content, sentences
from warmchat.voices.assent import assents, proposition
from warmchat.voices.forms import (
    AFTER,
    ASKS_ON,
    ASSENT,
    BEFORE,
    BELIEF,
    CERTAIN,
    GOES_ON,
    IF,
    INDIRECT,
    INSERTED,
    OPENS,
    ORDERS,
    PLEA,
    POSITIVE,
    RUN_ON,
    SELF,
    SHAPE,
    SUPPOSED,
    TAG,
    UNMARKED,
)
from warmchat.voices.leaning import apart, counts, mood, stands_alone

_LONGEST = 1200  # characters; what is longer holds material, not a plea
_SHORT = 28  # tokens of a sentence that states a belief ...
_VALUE = 8  # ... and of one that states a number


def bare(message: str) -> str:
    """The bare question; empty where there is nothing to take away, or it cannot be told what."""
    if len(message) > _LONGEST or "```" in message or message.strip().count("\n\n") > 1:
        return ""
    plain = " ".join(message.replace("’", "'").split())
    marked = "?" in plain
    parts = [(s, _asking(plain[s.start : s.end].strip(), marked)) for s in sentences(plain)]
    asked = [(s, _own_question(w)) for s, w in parts if _asks(w)]
    asked = [(s, q) for s, q in asked if q] or assents(parts)
    if any(points_back(q) for _, q in asked) or (not asked and points_back(plain)):
        return ""
    out = _with_needed(parts, asked) if asked else proposition(plain, parts)
    return "" if _same(out, plain) else out


def _asking(wording: str, marked: bool) -> str:
    """The sentence with its question said outright; `marked`: the message's writer sets question marks."""
    indirect = INDIRECT.match(wording)
    if indirect is not None:
        wording = "Tell me " + wording[indirect.end() :]
    if not marked and (SHAPE.match(wording) or UNMARKED.search(wording)):
        wording = wording.rstrip(".!, ") + "?"
    if not wording.endswith("?"):
        return wording
    return INSERTED.sub(lambda found: "" if _states(found[0]) else found[0], wording)


def _asks(wording: str) -> bool:
    if ASSENT.match(wording) or (PLEA.match(wording) and not GOES_ON.match(wording)):
        return False
    if wording.endswith("?"):
        return True
    return ORDERS.match(wording) is not None


def _own_question(wording: str) -> str:
    """The question in a sentence that asks, without what is claimed in it; empty where it only asks for assent."""
    before = BEFORE.match(wording)
    supposed = SUPPOSED.match(wording) or not IF.match(wording)
    if before is not None and supposed and not OPENS.match(before[1]) and (BELIEF.search(before[1]) or mood(before[1])):
        wording = before[2]
    after = AFTER.match(wording) or RUN_ON.match(wording)
    if (
        after is not None
        and not ASKS_ON.search(after[2])
        and (_states(after[2]) or SELF.search(after[2]))
        and len(after[1].split()) >= 3
    ):
        wording = after[1].rstrip(" ,;:-–—") + "?"
    tag = TAG.search(wording)
    if tag is not None:
        if not OPENS.match(wording) or len(wording[: tag.start()].split()) < 3:
            return ""  # "It's Sydney, right?"
        wording = wording[: tag.start()] + "?"
    first, _, rest = wording.partition(" ")
    if first.lower() in POSITIVE and rest.split(" ")[0].lower() not in ("you", "i", "it", "that", "we"):
        wording = f"{POSITIVE[first.lower()]} {rest}"
    elif first.lower() in POSITIVE:
        return ""  # "Isn't it Sydney?"
    if GOES_ON.match(wording):
        return wording
    if OPENS.match(wording) is None and ORDERS.match(wording) is None and len(wording.split()) < 4:
        return ""  # "Sydney?"
    return wording[:1].upper() + wording[1:]


def _with_needed(parts: Sequence[tuple[Sentence, str]], asked: Sequence[tuple[Sentence, str]]) -> str:
    """The questions with those other sentences that an answer may need, in their order."""
    questions = {s.start: q for s, q in asked}
    rest = [(s, w) for s, w in parts if s.start not in questions and not PLEA.match(w)]
    opinions = {s.start for s, w in rest if _opinion(s, w)}
    if not stands_alone(asked[0][1]):
        if opinions:
            return ""  # the question may lean on what is believed: "I think X wrote it. When was it?"
        kept = {s.start for s, _ in rest}
    else:
        stems = frozenset(t.stem for s, _ in asked for t in s.tokens if is_content(t))
        rest = [(s, w) for s, w in rest if s.start not in opinions]
        needed = [s for s, w in rest if not apart(s, stems) and not _certain(s, w)]
        # Where there is something to be told, what tells of the user's mood alone still goes.
        kept = {s.start for s, w in rest if not (apart(s, stems) and SELF.search(w))} if needed else set()
    return " ".join(questions.get(s.start, w) for s, w in parts if s.start in questions or s.start in kept)


def _opinion(sentence: Sentence, wording: str) -> bool:
    """Whether it states what the user takes the answer to be; a question that is left only asks for assent."""
    if len(sentence.tokens) > _SHORT:
        return False
    return bool(BELIEF.search(wording) or TAG.search(wording) or wording.endswith("?"))


def _states(wording: str) -> bool:
    return bool(BELIEF.search(wording) or CERTAIN.search(wording))


def _certain(sentence: Sentence, wording: str) -> bool:
    most = _VALUE if counts(sentence) else _SHORT  # "It's 54", not a sentence of a sum
    return len(sentence.tokens) <= most and CERTAIN.search(wording) is not None


def _same(one: str, other: str) -> bool:
    return [c for c in one.casefold() if c.isalnum()] == [c for c in other.casefold() if c.isalnum()]
