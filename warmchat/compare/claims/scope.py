"""Which tokens of a sentence are denied: named only to be rejected, as Sydney in "not Sydney but Canberra"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from warmchat.compare.lexicon import NEGATIONS, listed
from warmchat.compare.words import Sentence, Token

_LOOK_BACK = 4  # "it is not in the city of Sydney" is about as far as a "not" reaches
_BOUNDARY = re.compile(r"[,;:–—(.!?\n]")
_LOOK_AHEAD = 7  # "but the right answer is actually"
_BUTS = listed("but yet however though")
_INSTEAD = listed("actually really correct right truth reality true")
# What others are said to say: "a common mistake is to say Sydney", "many people say it is Sydney".
_SAID_BY_OTHERS = re.compile(
    r"\b(?:common|frequent|popular|usual|classic) (?:mistake|error|answer|guess|mix-up|confusion)s? (?:is|would be"
    r"|it is)\b"
    r"|\b(?:many|most|some|a lot of|other)(?: of us| people| folks| students)? (?:would |often |still |mistakenly )*"
    r"(?:say|think|believe|assume|guess|answer|name|love)\b|\bpeople (?:often |may |might |sometimes |usually )*"
    r"(?:say|think|guess|assume|answer|confuse|mistake)\b|\bnot to be confused with\b|\byou (?:might|may) (?:think"
    r"|have heard)\b",
    re.IGNORECASE,
)
_OFTEN_NAMED = re.compile(
    r"\b(?:is|was|are) (?:often|sometimes|commonly|usually|mistakenly|wrongly|frequently) (?:named|said|given"
    r"|believed|thought"
    r"|assumed|mentioned|confused|mistaken|cited)\b",
    re.IGNORECASE,
)
_COPULAS = listed("is was are were does did has can will would should could")
_PUSHED_ASIDE = frozenset(("rather than", "instead of", "contrary to", "opposed to", "unlike the", "confused with"))
_MYTH = listed("misconception myth mistaken mistakenly wrongly incorrectly falsely misbelief")
NOT_ONLY = listed("only just merely simply solely")
"""After "not" these add to what is said and deny nothing: "not just eggs" has eggs in it."""
_MEANT = listed("indeed")  # "it is indeed Venus, but it's actually a planet": meant, not taken back
_BELIEVED = listed("think believe assume thought believed assumed")


def denied(sentence: Sentence, text: str) -> frozenset[int]:
    """Positions in ``sentence.tokens`` that the sentence rejects."""
    words = sentence.tokens
    out = {i for i in range(len(words)) if _negated_before(words, i, text)}
    out |= _rejected_subject(words, text) | _reported(words, text)
    return frozenset(out)


def set_aside(read: Sequence[Sentence], text: str) -> tuple[tuple[int, int], ...]:
    """Stretches (start, end) that what follows takes back: "Jupiter is often named, but it's actually Saturn".

    A clause before a "but" that "actually" or its like follows, and the whole sentence before one that opens so. Where
    the taken-back part is what the later one says again, nothing is set aside.
    """
    out = []
    for at, sentence in enumerate(read):
        for said in _SAID_BY_OTHERS.finditer(text, sentence.start, sentence.end):
            end = _BOUNDARY.search(text, said.end(), sentence.end)
            out.append((said.start(), end.start() if end is not None else sentence.end))
        named = _OFTEN_NAMED.search(text, sentence.start, sentence.end)
        if named is not None:
            out.append((sentence.start, named.start()))
        turn = _turn(sentence.tokens)
        if turn is None:
            continue
        if turn > 0:
            if not any(w.low in _MEANT for w in sentence.tokens[:turn]):
                out.append((sentence.start, sentence.tokens[turn].start))
        elif at > 0 and not any(w.low in _MEANT for w in read[at - 1].tokens):
            out.append((read[at - 1].start, read[at - 1].end))
    return tuple(out)


def _turn(words: Sequence[Token]) -> int | None:
    """The place of a "but" or the like that a correction follows; 0 where the sentence opens with the correction."""
    low = [w.low for w in words]
    for at, word in enumerate(low):
        if word in _BUTS and any(w in _INSTEAD for w in low[at + 1 : at + _LOOK_AHEAD]):
            return at
    if low[:1] == ["actually"] and len(low) > 2 and low[1] not in ("yes", "no"):
        return 0
    return None


def _negated_before(words: tuple[Token, ...], at: int, text: str) -> bool:
    for back in range(at - 1, max(-1, at - 1 - _LOOK_BACK), -1):
        if words[back].low == "but" or _BOUNDARY.search(text, words[back].end, words[back + 1].start):
            return False
        if words[back].low in NOT_ONLY and back and words[back - 1].low == "not":  # "not only X" asserts X
            return False
        if words[back].low in NEGATIONS:
            # "does not know that", "no longer in": the word beside a negation is its object, farther ones as well
            return True
        if back and f"{words[back - 1].low} {words[back].low}" in _PUSHED_ASIDE:
            return True
    return False


def _rejected_subject(words: tuple[Token, ...], text: str) -> set[int]:
    """What stands before the first "is not", where no verb came before it: "Sydney is not the capital"."""
    for at, word in enumerate(words):
        after = words[at + 1].low if at + 1 < len(words) else ""
        if word.low in _COPULAS and after not in ("not", "never"):
            return set()
        if word.low in _COPULAS or (word.low in NEGATIONS and word.low.endswith("n't")):
            begin = at
            while begin > 0 and not _BOUNDARY.search(text, words[begin - 1].end, words[begin].start):
                begin -= 1
            return set(range(begin, at))
    return set()


def _reported(words: tuple[Token, ...], text: str) -> set[int]:
    """What others are said to believe: "many people think it is Sydney", "a common misconception that ..."."""
    for at, word in enumerate(words):
        people = word.low in _BELIEVED and any(
            w.low in ("people", "many", "some", "commonly", "often") for w in words[max(0, at - 3) : at]
        )
        if people or word.low in _MYTH:
            end = at + 1
            while end < len(words) and not (
                words[end].low in ("but", "actually") or _BOUNDARY.search(text, words[end - 1].end, words[end].start)
            ):
                end += 1
            return set(range(at, end))
    return set()
