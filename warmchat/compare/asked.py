"""What the message asks for: its words, the sort of answer it wants, and the claims in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from warmchat.compare.claims.measures import measured
from warmchat.compare.claims.polarity import asks_yes_or_no
from warmchat.compare.pointing import points_back
from warmchat.compare.premise import Claim, claims
from warmchat.compare.words import is_content, sentences, without_code
from warmchat.domain.conversation import Message

Wants = Literal["date", "number", "name", "yes_no", "text"]

_MAX_CHARS = 8000
_DATE = re.compile(r"\b(?:when|(?:what|which) (?:year|date|day|month|century)|how long ago|what time)\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"\bhow (?:many|much|long|far|tall|high|big|large|old|fast|deep|heavy|wide|often|hot|cold)\b|\b(?:number"
    r"|percentage|population"
    r"|temperature|price|cost|speed|height|age|boiling point|freezing point|sum|product|total) (?:of|is|at|does)\b"
    r"|\bwhat(?:'s| is| was|) (?:the )?(?:\w+ ){0,3}(?:number|temperature|percentage)\b|\bat what (?:temperature"
    r"|speed|age|price)\b"
    r"|\bwhat is \d|\b\d+ (?:times|plus|minus|divided)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\b(?:who|whom|whose|where)\b|\b(?:what|which)(?:'s| is| was| are)? (?:the )?(?:\w+ )?(?:name|names|city"
    r"|country|capital|state|"
    r"planet|ocean|river|mountain|language|president|king|queen|team|band|actor|actress|singer|author|continent|island|company)\b",
    re.IGNORECASE,
)
# "who", "which", "when" and "where" also tie clauses together ("he laughed when I spoke"): they ask where a sentence
# begins, after a comma, and after "tell me", "I wonder" and the like.
_ASKS = re.compile(
    r"\?|\b(?:what|whose|whom|why|how|tell|explain|define|name|give|list|describe|translate|calculate|solve|compare"
    r"|summari[sz]e|capital)\b"
    r"|(?:\A|[.!:;,\n]|\b(?:know|wonder|wondering|ask|asking|sure|remember|remembers|recall|forgot|forgotten|say|see"
    r"|of|about|out|guess))\W*(?:and |but |so )?(?:in |on |at |to |by )?(?:who|which|when|where)\b",
    re.IGNORECASE,
)
_SHORT_VALUE = 4  # a claim of more words is a proposition; its words are then the question's words


@dataclass(frozen=True, slots=True)
class Asked:
    """The question side of a comparison.

    Attributes:
        stems: content words of the question, which say nothing when a reply repeats them. What the user claims, and
            what is offered in "A or B", is left out of them: there the choice is the answer.
        every: all its stems, those left out as well.
        topic: `stems` of the sentences that ask, moods and claims left out; `every` where none asks.
        numbers: keys of the numbers in it (`Quantity.key`).
    """

    text: str
    stems: frozenset[str]
    every: frozenset[str]
    topic: frozenset[str]
    numbers: frozenset[str]
    wants: Wants
    claims: tuple[Claim, ...]
    yes_no: bool

    @property
    def asks(self) -> bool:
        """Whether it asks for something, in whatever form; a remark does not."""
        return _ASKS.search(self.text) is not None


def read_question(message: str, history: Sequence[Message]) -> Asked:
    """Read the message; where it says nothing alone ("Are you sure?") the user's message before it is read as well."""
    earlier = ""
    text = without_code(message[:_MAX_CHARS])
    found = claims(text)
    said = {t.stem for s in sentences(text) for t in s.tokens if is_content(t)}
    asks_itself = "?" in text and len(said) > 2
    if history and (points_back(text) or (not asks_itself and (found or len(said) <= 2))):
        earlier = next((m.content[:_MAX_CHARS] for m in reversed(history) if m.role == "user"), "")
        if not found:
            found = claims(earlier)
    whole = f"{earlier}\n{text}" if earlier else text
    read = sentences(whole)
    every = frozenset(t.stem for s in read for t in s.tokens if is_content(t))
    values = frozenset(v for c in found if not c.plan and len(c.value) < _SHORT_VALUE for v in c.value)
    numbers = frozenset(q.key for s in read for q in measured(s, whole))
    open_keys = values | _offered(whole)
    claimed = frozenset(q.key for c in found for s in sentences(c.text) for q in measured(s, c.text))
    stems = every - open_keys
    asking = frozenset(t for s in read if whole[s.start : s.end].endswith("?") for t in s.stems)
    yes_no = asks_yes_or_no(read, whole)
    return Asked(
        text=whole,
        stems=stems,
        every=every,
        topic=asking & stems or every,
        numbers=numbers - claimed,
        wants=_wants(whole, yes_no),
        claims=tuple(found),
        yes_no=yes_no,
    )


def _offered(text: str) -> frozenset[str]:
    """Stems of the two things around an "or" in a question."""
    out: set[str] = set()
    for sentence in sentences(text):
        for at, word in enumerate(sentence.tokens):
            if word.low == "or":
                near = sentence.tokens[max(0, at - 3) : at + 4]
                out |= {t.stem for t in near if is_content(t)}
    return frozenset(out)


def _wants(text: str, yes_no: bool) -> Wants:
    if _DATE.search(text):
        return "date"
    if _NUMBER.search(text):
        return "number"
    if _NAME.search(text):
        return "name"
    return "yes_no" if yes_no else "text"
