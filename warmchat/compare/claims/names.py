"""Proper names: runs of capitalised words, without the capital that merely opens a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warmchat.compare.claims.aliases import plain_name
from warmchat.compare.claims.scope import denied
from warmchat.compare.lexicon import MONTHS, SOCIAL, STOP, listed
from warmchat.compare.words import Sentence, Token

_SOURCES = listed("wikipedia google bing imdb britannica ai")  # who is cited, not what is said
_JOINERS = listed("of the de la le van von der den del di da y al bin and &")
_GREETINGS = listed(
    "oh hi hey hello dear ah aw aww well thanks sure welcome yes no hiya sorry congratulations good morning darling"
    " okay"
    " absolutely bravo wow"
)
_BETWEEN = _GREETINGS | listed("there my sweet lovely dearest darling friend so again morning evening afternoon good")
_TO_YOU = listed("i i'm i've i'd i'll you you're you've your what that's that don't please thank thanks it's")
_SPELT = 7  # letters from which one that differs is a matter of spelling
_MAX_WORDS = 8  # a title; longer runs are headings


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it stands in the text, and its words as they are compared."""

    start: int
    end: int
    words: tuple[str, ...]
    denied: bool = False


def capitals_within(sentences: Sequence[Sentence]) -> frozenset[str]:
    """Words that some sentence writes with a capital away from its start: there the capital means something."""
    return frozenset(
        t.low for s in sentences for t in s.tokens[1:] if t.capital and t.low not in STOP and t.low not in MONTHS
    )


def names(sentence: Sentence, text: str, known: frozenset[str], lower: frozenset[str]) -> list[Name]:
    """The names of one sentence.

    Args:
        known: words seen with a meaningful capital anywhere (`capitals_within`); they count at a sentence start too.
        lower: words seen without one; they do not, where they open a sentence.
    """
    words = sentence.tokens
    if _shouted(words):
        return []
    rejected = denied(sentence, text)
    out: list[Name] = []
    at = 0
    while at < len(words):
        end = _run(words, at, text)
        begin = at
        if end > at and at == 0 and not _opens_with_name(words, end, known, lower):
            begin += 1
        while begin < end and (words[begin].low in STOP or (begin == 0 and words[begin].low in SOCIAL)):
            begin += 1
        if begin < end:
            parts = tuple(w.stem for w in words[begin:end] if w.low not in _JOINERS | STOP | _SOURCES)
            if parts:
                code = _glued_digits(words, end) if end - begin == 1 else None
                last = code or words[end - 1]
                out.append(
                    Name(words[begin].start, last.end, (parts[0] + code.text,) if code else parts, begin in rejected)
                )
        at = max(end, at + 1)
    return out


def _glued_digits(words: Sequence[Token], end: int) -> Token | None:
    """The 2 of "CO2" or the 12 of "B12": digits glued to a few capitals are part of the name."""
    letters = words[end - 1]
    if end < len(words) and words[end].start == letters.end and words[end].text.isdigit():
        return words[end] if len(letters.text) <= 3 and letters.text.isupper() else None
    return None


def vocative(sentence: Sentence, text: str) -> Token | None:
    """The word by which the user is addressed, if any: "Oh Anna, ..." or "..., Anna." A hint, not a proof."""
    words = sentence.tokens
    at = 0
    while at < min(len(words) - 1, 4) and words[at].low in (_GREETINGS if at == 0 else _BETWEEN):
        at += 1
    if 0 < at < len(words) and _lone(words, at) and _mark(text, words[at].end) in (",", "!", ".", "…", ""):
        return words[at]
    if len(words) > 2 and _lone(words, 0) and _mark(text, words[0].end) == "," and words[1].low in _TO_YOU:
        return words[0]
    last = len(words) - 1
    if last >= 2 and _lone(words, last) and "," in text[words[last - 1].end : words[last].start]:
        return words[last]
    return None


def _lone(words: Sequence[Token], at: int) -> bool:
    alone = at + 1 >= len(words) or not _is_capital(words[at + 1])
    return words[at].capital and words[at].low not in STOP and alone


def _mark(text: str, at: int) -> str:
    return text[at : at + 1]


def _shouted(words: Sequence[Token]) -> bool:
    """All in capitals, or every word capitalised: a heading, where capitals say nothing."""
    long = [w for w in words if len(w.text) > 3 and w.text.isalpha()]
    return len(long) > 4 and all(w.text.isupper() for w in long)


def _run(words: Sequence[Token], at: int, text: str) -> int:
    """The end of the run of capitalised words that begins at `at`; `at` where there is none."""
    if not _is_capital(words[at]):
        return at
    end = at + 1
    while end < len(words) and end - at < _MAX_WORDS:
        between = text[words[end - 1].end : words[end].start]
        if between.strip(" .'’\"&-") or " - " in between:  # "Jean-Paul" is one name, "Alsace - France" two
            break
        if _is_capital(words[end]):
            end += 1
        elif words[end].low in _JOINERS - {"and"} and end + 1 < len(words) and _is_capital(words[end + 1]):
            if text[words[end].end : words[end + 1].start].strip():
                break
            end += 2
        else:
            break
    return end


def _is_capital(word: Token) -> bool:
    bare = word.low.partition("'")[0]  # "I'm", "It'll", "There's"
    return word.capital and not (bare != word.low and bare in STOP) and word.low != "i" and word.low not in MONTHS


def _opens_with_name(words: Sequence[Token], end: int, known: frozenset[str], lower: frozenset[str]) -> bool:
    """Whether the word at the start of a sentence is a name although a capital is due there anyway."""
    first = words[0]
    if first.low in known or (len(first.text) > 1 and first.text.isupper()):
        return True
    if first.low in STOP or first.low in SOCIAL or first.low in lower:
        return False
    alone = len(words) <= 3
    before_verb = len(words) > 1 and words[1].low in ("is", "was", "are", "were", "has", "did", "wrote", "won", "isn't")
    return end > 1 or alone or before_verb


def same_name(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two names can be one: the words of one are in the other, initials, or more than half are shared.

    Titles, short first names and the like (`aliases`) make no difference, nor where a name is written in two words.
    """
    if not a or not b:
        return False
    if _initials(a, b) or _initials(b, a):
        return True
    a, b = plain_name(a), plain_name(b)
    if "".join(a) == "".join(b):
        return True
    shared = sum(any(alike(x, y) or _initial(x, y) for y in b) for x in a[:_MAX_WORDS])
    return shared >= min(len(a), len(b)) or 2 * shared > max(len(a), len(b))


def alike(a: str, b: str) -> bool:
    """Two stems of one word: equal, or the longer begins with the shorter ("Canada", "Canadian"; not "Austria"), or
    long and one letter apart ("Montezuma", "Moctezuma").
    """
    short, long = sorted((a, b), key=len)
    if a == b or (len(short) >= 5 and len(long) - len(short) <= 3 and long.startswith(short[:-1])):
        return True
    return len(short) >= _SPELT and a[0] == b[0] and _one_letter_apart(short, long)


def _one_letter_apart(short: str, long: str) -> bool:
    """One letter is another, or one too many."""
    at = next((i for i, (x, y) in enumerate(zip(short, long, strict=False)) if x != y), len(short))
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]


def _initial(a: str, b: str) -> bool:
    """Whether the shorter stands for the longer: "J" or "JK" for "Joanne"."""
    short = min(a, b, key=len)
    return a[0] == b[0] and len(a) != len(b) and len(short) <= 3 and (len(short) == 1 or not set(short) & set("aeiouy"))


def _initials(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether `short` is the initials of `long`: "UN", "U.S", "USA" for "United States"."""
    letters = "".join(short)
    full = "".join(word[0] for word in long)
    spelt = len(short) == 1 or all(len(word) == 1 for word in short)
    return spelt and len(long) > 1 and 2 <= len(letters) <= 5 and (letters == full or (letters, full) == ("usa", "us"))
