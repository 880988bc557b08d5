"""A reply as the signals read it: what it states, beside what was asked and what the other side said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from warmchat.compare.asked import Asked
from warmchat.compare.claims.measures import alike_in_sort, measured, same_measure
from warmchat.compare.claims.names import Name, capitals_within, names, same_name, vocative
from warmchat.compare.claims.numbers import NUMBER_WORDS, Quantity
from warmchat.compare.claims.polarity import opening
from warmchat.compare.claims.refusal import declines
from warmchat.compare.claims.scope import denied, set_aside
from warmchat.compare.claims.social import is_social
from warmchat.compare.lexicon import MONTHS, SOCIAL, STOP
from warmchat.compare.lists import code, joined_lists
from warmchat.compare.overlap import covered, weight
from warmchat.compare.words import Sentence, Token, is_content, sentences, without_code

MAX_CHARS = 40_000  # about 7,000 words; what lies beyond is not read, and the verdict says so
MAX_SENTENCES = 60  # the nearest to the question; keeps the work bounded whatever the length
# Share of a sentence that the other side says too, from which it is an answer although "as an AI" stands before it.
_ANSWERS = 0.3
_COUNTED = NUMBER_WORDS | MONTHS.keys()
_NO_ANSWER = re.compile(
    r"\bi (?:have|found|can find) no (?:reliable |further |specific |exact |certain )*(?:information|answer|data"
    r"|record)"
    r"|\bi(?:'m| am) not able to (?:answer|say|tell|help)|\bi (?:do not|don't) (?:really )?know\b"
    r"|\b(?:rather|prefer) not(?: to)? (?:say|answer)",
    re.IGNORECASE,
)
_NUMBERS = 40  # numbers of the one side that are looked for in the other
_NAMES = 20  # and names
_CORE = 3  # sentences that answer; the research found two of a long reply enough


@dataclass(frozen=True, slots=True)
class Stated:
    """One sentence that states something, with what was found in it; `rejected` holds the stems that it denies."""

    sentence: Sentence
    names: tuple[Name, ...]
    numbers: tuple[Quantity, ...]
    bag: dict[str, float]
    stems: frozenset[str]
    rejected: frozenset[str]

    @property
    def start(self) -> int:
        return self.sentence.start


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reply states.

    Attributes:
        stated: its sentences, social ones left out, in order.
        core: those that answer the question, at most three.
        bag: weights of the content words of all of `stated`, the question's words removed; a denied word is
            "~word", a number "#value".
        core_bag: the same of `core`.
        opening: +1 it opens with yes, -1 with no, 0 neither.
        refusal: the sentence by which it declines, if it states no fact beside it.
        latin: the share of its letters that are Latin, 0..1.
        english: the share of its words that are common English function words, 0..1.
        whole: everything was read.
        read: the sentences that were read, social ones too.
        answer: the one sentence of `core` that is nearest to the question and says something of its own.
    """

    text: str
    stated: tuple[Stated, ...]
    core: tuple[Stated, ...]
    bag: dict[str, float]
    core_bag: dict[str, float]
    opening: int
    refusal: Sentence | None
    latin: float
    english: float
    whole: bool
    read: tuple[Sentence, ...]
    answer: Stated | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Both replies beside the question; `code` holds the fenced code of each (`lists.code`)."""

    asked: Asked
    reply: Reading
    shadow: Reading
    code: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


@dataclass(frozen=True, slots=True)
class _Light:
    """What a side is read by: the question, the stems of question and other side, and how words were capitalised.

    `numbers` and `names` are those of the side that was read first: an equal one of the other gets its key or words, in
    whatever form it stands ("Bill", "William").
    """

    asked: Asked
    facts: frozenset[str]
    known: frozenset[str]
    lower: frozenset[str]
    numbers: tuple[Quantity, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()


def read_pair(asked: Asked, reply: str, shadow: str) -> Pair:
    """Read both replies, each in the light of the other: a word is social only where the other does not use it."""
    texts = [without_code(text[:MAX_CHARS]) for text in (reply, shadow)]
    split = [joined_lists(sentences(text, spoken=True), text) for text in texts]
    asked_sentences = sentences(asked.text)
    known = capitals_within([*split[0], *split[1], *asked_sentences])
    lower = frozenset(
        t.low for side in (*split, asked_sentences) for s in side for t in s.tokens if t.text[:1].islower()
    )
    lights = [_Light(asked, asked.every | _stems(split[1 - i]), known, lower) for i in (0, 1)]
    a = _read(texts[0], split[0], lights[0], whole=len(reply) <= MAX_CHARS)
    numbers = tuple(q for item in a.stated for q in item.numbers)[:_NUMBERS]
    told = tuple({n.words: None for item in a.stated for n in item.names})[:_NAMES]
    b = _read(texts[1], split[1], replace(lights[1], numbers=numbers, names=told), whole=len(shadow) <= MAX_CHARS)
    a, b = replace(a, refusal=_refusal(a, b, asked)), replace(b, refusal=_refusal(b, a, asked))
    return Pair(asked, a, b, (code(reply[:MAX_CHARS]), code(shadow[:MAX_CHARS])))


def _stems(found: Sequence[Sentence]) -> frozenset[str]:
    return frozenset(t.stem for s in found for t in s.tokens if is_content(t))


def _read(text: str, split: Sequence[Sentence], light: _Light, *, whole: bool) -> Reading:
    asked, facts = light.asked, light.facts
    near = _nearest(split, facts, MAX_SENTENCES)
    stated: list[Stated] = []
    aside = set_aside(near, text)
    for sentence in near:
        called = vocative(sentence, text)
        if called is not None and called.stem in facts:
            called = None  # "It is great, France.": no one is addressed
        found = _state(sentence, text, light, aside=aside, called=called)
        has_fact = bool(found.names or found.numbers)
        if not is_social(sentence, text, facts, has_fact=has_fact, called=called):
            stated.append(found)
    if not stated:  # nothing but tone: then tone is what it says ("Honey.")
        stated = [_state(sentence, text, light) for sentence in near]
    core = _core(stated, asked)
    answer = max((i for i in core if i.bag), key=lambda i: _nearness(i, asked, first=i is stated[0]), default=None)
    letters = [c for c in text[:4000] if c.isalpha()]
    words = [t.low for s in split[:40] for t in s.tokens]
    return Reading(
        text=text,
        stated=tuple(stated),
        core=tuple(core),
        bag=_joined(stated),
        core_bag=_joined(core),
        opening=opening(split),
        refusal=None,
        read=tuple(near),
        latin=sum(c < "\u0250" for c in letters) / len(letters) if letters else 0.0,
        english=sum(w in STOP for w in words) / len(words) if words else 0.0,
        whole=whole and len(near) == len(split),
        answer=answer,
    )


def _nearest(split: Sequence[Sentence], wanted: frozenset[str], limit: int) -> list[Sentence]:
    """At most `limit` sentences: the first and those that share most with question and other reply, in order."""
    if len(split) <= limit:
        return list(split)
    ranked = sorted(range(len(split)), key=lambda i: (i != 0, -len(split[i].stems & wanted), i))
    return [split[i] for i in sorted(ranked[:limit])]


def _state(
    sentence: Sentence,
    text: str,
    light: _Light,
    *,
    aside: tuple[tuple[int, int], ...] = (),
    called: Token | None = None,
) -> Stated:
    asked = light.asked
    words = sentence.tokens
    rejected = denied(sentence, text) | {
        i for i, t in enumerate(words) if any(start <= t.start < end for start, end in aside)
    }
    away = {words[i].start for i in rejected}
    numbers = tuple(replace(q, denied=True) if q.start in away else q for q in measured(sentence, text))
    found = tuple(
        replace(n, denied=True) if n.start in away else n
        for n in names(sentence, text, light.known, light.lower)
        if not any(q.start <= n.start < q.end for q in numbers) and (called is None or n.start != called.start)
    )
    numbers = tuple(q for q in numbers if not any(n.start <= q.start < n.end for n in found))  # the 2 of "CO2"
    bag, tone = _bags(sentence, light, numbers, found, rejected=rejected, called=called)
    for number in numbers:
        if number.key not in asked.numbers:
            key = _known_key(number, light.numbers)
            bag[f"~{key}" if number.denied else key] = weight(key, name=False)
    if not bag and (sentence.stems & asked.every or len(words) <= 2):
        bag = tone  # the answer itself: "bees make honey"
    denials = frozenset(words[i].stem for i in rejected) & sentence.stems
    return Stated(sentence, found, numbers, bag, sentence.stems, denials)


def _bags(
    sentence: Sentence,
    light: _Light,
    numbers: Sequence[Quantity],
    found: Sequence[Name],
    *,
    rejected: frozenset[int],
    called: Token | None,
) -> tuple[dict[str, float], dict[str, float]]:
    """The weights of a sentence's own words, and of those that carry tone alone."""
    bag: dict[str, float] = {}
    tone: dict[str, float] = {}
    same = {n.start: known for n in found if (known := _known_name(n, light.names))}
    for at, token in enumerate(sentence.tokens):
        inside = next((q for q in numbers if q.start <= token.start < q.end), None)
        if inside and (inside.physical or inside.unit or token.text[0].isdigit() or token.low in _COUNTED):
            continue  # the quantity stands for it
        named = next((n for n in found if n.start <= token.start < n.end), None)
        if named is not None and token.text.isdigit():
            continue  # the 2 of "CO2"
        if token is called or not is_content(token) or token.stem in light.asked.stems:
            continue
        if named is not None and named.start in same and at not in rejected:
            bag |= {word: weight(word, name=True) for word in same[named.start] if word not in light.asked.stems}
            continue
        coded = named is not None and len(named.words) == 1 and named.words[0][-1].isdigit()
        own = named.words[0] if named is not None and coded else token.stem  # "co2" is one word
        key = f"~{own}" if at in rejected else own
        if token.low in SOCIAL and token.stem not in light.facts:
            tone[key] = 1.0
            continue
        bag[key] = max(bag.get(key, 0.0), weight(token.stem, name=named is not None))
    return bag, tone


def _known_key(number: Quantity, known: Sequence[Quantity]) -> str:
    """The key of the equal number of the other side, however that one writes it ("5 km", "3.1 miles"); else its own."""
    return next((k.key for k in known if alike_in_sort(k, number) and same_measure(k, number)), number.key)


def _known_name(name: Name, known: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The words by which the other side gives this name, where they are others; else none."""
    if name.words in known:
        return ()
    return next((words for words in known if same_name(words, name.words)), ())


def _core(stated: Sequence[Stated], asked: Asked) -> list[Stated]:
    """The sentences that answer: near to the question, holding the sort of thing it wants, early."""
    if len(stated) <= _CORE:
        return list(stated)
    ranked = sorted(range(len(stated)), key=lambda at: (-_nearness(stated[at], asked, first=at == 0), at))
    return [stated[at] for at in sorted(ranked[:_CORE])]


def _nearness(item: Stated, asked: Asked, *, first: bool) -> float:
    near = len(item.stems & asked.topic) / max(1, len(asked.topic))
    holds = (asked.wants == "name" and item.names) or (asked.wants in ("date", "number") and item.numbers)
    return near + (0.25 if holds else 0.0) + (0.25 if first else 0.0) + (0.1 if item.bag else -0.5)


def _joined(stated: Sequence[Stated]) -> dict[str, float]:
    bag: dict[str, float] = {}
    for item in stated:
        for key, value in item.bag.items():
            bag[key] = max(bag.get(key, 0.0), value)
    return bag


def _refusal(side: Reading, other: Reading, asked: Asked) -> Sentence | None:
    """The declining sentence of a reply that answers nothing beside it."""
    cue = next((s for s in side.read if declines(s, side.text, asked.text) or _knows_nothing(s, side.text)), None)
    if cue is None:
        return None
    for item in side.stated:
        # Of a sentence that declines, what comes after its "but" may answer: "I have no live data, but it was ...".
        begin = _after_but(item.sentence) if declines(item.sentence, side.text, asked.text) else item.start
        told = [n for n in item.names if n.start >= begin and not n.denied and not set(n.words) <= asked.every]
        counted = [q for q in item.numbers if q.start >= begin and not q.denied and q.key not in asked.numbers]
        alike = covered(item.bag, other.bag) >= _ANSWERS and sum(item.bag.values()) >= 1.5
        if ((told or counted) and item.stems & asked.every) or alike:
            return None
    return cue


def _knows_nothing(sentence: Sentence, text: str) -> bool:
    """Forms of declining beside those that `declines` knows; that one serves the scorer of answers too."""
    return _NO_ANSWER.search(text, sentence.start, sentence.end) is not None


def _after_but(sentence: Sentence) -> int:
    return next((t.end for t in sentence.tokens if t.low in ("but", "however", "although")), sentence.end)
