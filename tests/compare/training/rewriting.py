"""New pairs out of natural ones, by rule: another name or number in an agreeing reply, the bare answer, a denied
sentence, a belief of the user's that one reply takes up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tests.compare.own_pairs import LabelledPair
from tests.compare.training.facts import AFFIRMED, BELIEFS, CORRECTED, ECHOED, SHORT, believing, shifted
from warmchat.compare.lexicon import listed

_WORD = r"(?:(?:[A-Z]\.)+|[A-Z][\w'’-]*)"
_NAME = re.compile(rf"\b{_WORD}(?: (?:(?:of|the|de|van|von|and|da|del|la) ){{0,2}}{_WORD}){{0,5}}")
_NUMBER = re.compile(r"\b\d[\d,]*(?:\.\d+)?\b")
_OPENING = listed(
    "the a an of and in on at as it this that these those there he she they his its their i you we yes no however but "
    "according also based while although since when where who what which how after before during from for with by to "
    "if so some many most one another both each here currently overall unfortunately additionally generally"
)
_UNFIT = listed(
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday american british english french german indian"
)
_WANTS_NUMBER = re.compile(
    r"\bwhen\b|\bhow (?:many|much|long|old|far|tall|high|big|large)\b|\bwhat (?:year|date|day)\b", re.IGNORECASE
)
_WANTS_NAME = re.compile(r"\b(?:who|whose|where|which|actor|actress|singer|cast)\b", re.IGNORECASE)
_COPULA = re.compile(r"\b(is|was|are|were)\b(?! (?:not|n't|also|often|usually))")
_AUXILIARY = re.compile(r"\b(has|have|had|can|could|will|would|did|does|do)\b(?= [a-z]+)")


@dataclass(frozen=True)
class Span:
    """A name or number of a reply that the question does not hold."""

    text: str
    number: bool


def key_spans(question: str, reply: str) -> list[Span]:
    """Names and numbers of the reply whose words the question does not hold, in order, each once."""
    asked = set(re.findall(r"\w+", question.lower()))
    found: dict[str, Span] = {}
    for match in _NAME.finditer(reply):
        words = match[0].rstrip(".'’-").split()
        while words and (words[0].lower() in _OPENING or set(re.findall(r"\w+", words[0].lower())) <= asked):
            words = words[1:]
        while words and (words[-1].lower() in _OPENING or set(re.findall(r"\w+", words[-1].lower())) <= asked):
            words = words[:-1]
        text = " ".join(words)
        unfit = text.lower() in _UNFIT or (words and words[0].lower() in _UNFIT) or text.endswith("ly")
        if len(text) > 2 and not unfit:
            found.setdefault(text, Span(text, number=False))
    for match in _NUMBER.finditer(reply):
        if match[0] not in asked and len(match[0]) < 12:
            found.setdefault(match[0], Span(match[0], number=True))
    return list(found.values())


def shared_span(pair: LabelledPair) -> Span | None:
    """The first name or number that both replies give and the question does not, of the sort that it asks for."""
    other = pair.b.lower()
    wants_number = _WANTS_NUMBER.search(pair.question) is not None
    wants_name = not wants_number and _WANTS_NAME.search(pair.question) is not None
    for span in key_spans(pair.question, pair.a):
        if (wants_number and not span.number) or (wants_name and span.number):
            continue
        if re.search(rf"(?<!\w){re.escape(span.text.lower())}(?!\w)", other):
            return span
    return None


class Rivals:
    """Names that could stand for a name: first those of rival replies to the same question, else of like questions."""

    def __init__(self, pairs: Iterable[LabelledPair]) -> None:
        self._by_question: dict[str, dict[str, None]] = {}
        self._by_word: dict[str, dict[str, None]] = {}
        for pair in pairs:
            for reply in (pair.a, pair.b):
                for span in key_spans(pair.question, reply):
                    if not span.number:
                        self._by_question.setdefault(pair.question, {})[span.text] = None
                        self._by_word.setdefault(_asking(pair.question), {})[span.text] = None
        self._pools: Mapping[str, Sequence[str]] = {word: list(names) for word, names in self._by_word.items()}

    def of(self, span: Span, pair: LabelledPair, random: Random) -> str | None:
        """Another name or number, none that either reply holds; None where none was found."""
        if span.number:
            changed = shifted(span.text, random)
            return None if changed == span.text or changed in pair.a or changed in pair.b else changed
        pool: Sequence[str] = ()
        if random.random() < 0.5:
            pool = list(self._by_question.get(pair.question, ()))
        said = f"{pair.a} {pair.b} {pair.question}".lower()
        for names in (pool, self._pools.get(_asking(pair.question), ())):
            for _ in range(8 if names else 0):
                name = random.choice(names)
                alike = abs(len(name.split()) - len(span.text.split())) <= 1
                if alike and not any(w in said for w in name.lower().split() if len(w) > 2):
                    return name
        return None


def _asking(question: str) -> str:
    found = re.search(r"\b(who|where|when|which|how|why|what)\b", question.lower())
    return found[1] if found else "what"


def rewritten(pairs: Sequence[LabelledPair], random: Random, count: int) -> Iterator[LabelledPair]:
    """`count` new pairs out of agreeing ones (label 0) that share a name or number."""
    rivals = Rivals(pairs)
    usable = [(pair, span) for pair in pairs if pair.label == 0 and (span := shared_span(pair)) is not None]
    made = 0
    while made < count:
        pair, span = random.choice(usable)
        wrong = rivals.of(span, pair, random)
        if wrong is None:
            continue
        sides = [pair.a, pair.b]
        random.shuffle(sides)
        new = _rewritten(pair.question, sides[0], sides[1], span.text, wrong, random)
        if new is not None:
            made += 1
            yield new


def _rewritten(question: str, a: str, b: str, right: str, wrong: str, random: Random) -> LabelledPair | None:
    drawn = random.random()
    if drawn < 0.3:
        return LabelledPair(question, _replaced(a, right, wrong), b, 1, "swapped")
    if drawn < 0.45:
        return LabelledPair(question, random.choice(SHORT).format(right), b, 0, "short")
    if drawn < 0.55:
        return LabelledPair(question, random.choice(SHORT).format(wrong), b, 1, "short, swapped")
    if drawn < 0.63:
        same = _replaced(a, right, wrong), _replaced(b, right, wrong)
        return LabelledPair(question, *same, 0, "swapped in both")
    if drawn < 0.73:
        holds = random.random() < 0.5
        said = random.choice(CORRECTED).format(right=right if holds else wrong, wrong=wrong if holds else right)
        return LabelledPair(question, said, b, 0 if holds else 1, "corrected")
    if drawn < 0.83:
        denied = _denied(a, random)
        return None if denied is None else LabelledPair(question, denied, b, 1, "negated")
    believed = wrong if random.random() < 0.7 else right
    asked = believing(question, random.choice(BELIEFS).format(believed), random)
    echo = random.choice((random.choice(AFFIRMED), random.choice(ECHOED).format(believed)))
    if believed == wrong and random.random() < 0.5:
        return LabelledPair(asked, a, b, 0, "belief, both against")
    return LabelledPair(asked, echo, b, int(believed == wrong), "belief, echoed")


def _replaced(text: str, right: str, wrong: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(right)}(?!\w)", lambda _: wrong, text, flags=re.IGNORECASE)


def _denied(text: str, random: Random) -> str | None:
    """The text with its first statement denied."""
    found = _COPULA.search(text) or _AUXILIARY.search(text)
    if found is None or found.start() > 120:
        return None
    verb = found[1]
    if verb in ("do", "does", "did", "has", "have", "had") and random.random() < 0.5:
        return None
    return f"{text[: found.end()]} not{text[found.end() :]}"
