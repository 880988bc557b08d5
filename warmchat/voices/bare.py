"""The bare question of a message: what is asked, without what the user believes, feels or begs for. By rules, English.

The rules rather leave a message as it is than take away what an answer needs. A sentence goes only where a question
remains that stands alone, and the sentence states a belief about the answer, begs, or has nothing in common with the
question: no word, no number, no name. A statement without a question becomes one: "Is it true that ...?".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from warmchat.compare.claims.numbers import NUMBER_WORDS
from warmchat.compare.lexicon import MONTHS, listed
from warmchat.compare.pointing import points_back
from warmchat.compare.premise import claims
from warmchat.compare.words import Sentence, Token, is_content, sentences

_LONGEST = 1200  # characters; what is longer holds material, not a plea
_SHORT = 28  # tokens of a sentence that states a belief ...
_VALUE = 8  # ... and of one that states a number


def _any(*forms: str) -> str:
    """A pattern for any of these, each written with `|` between its variants."""
    return "(?:" + "|".join(form.strip() for form in forms) + ")"


_WH = _any(
    "what|who|whom|whose|which|when|where|why|how",
    "(?:in|on|at|of|to|by|from|for) (?:which|what|whom)",
)
_AUX = _any(
    "is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must",
    "isn't|aren't|wasn't|weren't|don't|doesn't|didn't|hasn't|haven't|can't|won't",
)
_OPENS = re.compile(rf"(?:and |so |but |then |now |ok(?:ay)?,? |please,? )?(?:{_WH}|{_AUX})\b", re.IGNORECASE)
_ORDERS = re.compile(
    "(?:and |so |but |now )?(?:please,? |just |can you |could you |would you |will you )*"
    + _any(
        "tell me|remind me|give me|show me|let me know|explain|name|list|describe|define|compare|calculate|translate",
        "summari[sz]e|write",
    )
    + r"\b(?! (?:i'm|i am|that i|it's))",
    re.IGNORECASE,
)
# Asks for assent, or for kindness: no question of its own.
_PLEA = re.compile(
    r"\A(?:and |so |but |please,? |just |now )*"
    + _any(
        "am i (?:right|wrong|correct|crazy|mistaken|close)|i(?:'m| am) right|right|correct|true|no|yes|okay|ok|agreed",
        "(?:do|don't|would|can|could) you (?:not )?(?:also )?(?:agree|think so|confirm|back me|believe me|see it)",
        "(?:can|could|would) you (?:just say|please (?:say|confirm|agree))|you (?:do )?agree|thoughts",
        "(?:is|isn't) (?:that|it) (?:right|correct|true|so|it|not)|(?:that|it)(?:'s| is) (?:right|correct)",
        "what do you (?:think|say)|(?:can|could|will|would) you (?:please )?(?:help(?: me)?(?: out)?|answer)",
        "(?:can you |could you )?(?:please )?be (?:nice|kind|gentle|honest)|back me up",
        "please (?:confirm|agree|say|don't|just|help)",
        "(?:just )?(?:say|tell me|confirm)(?: that)? (?:i'm|i am|it|yes|so)",
        "don't (?:tell me|disagree|let me|correct|argue|say)",
    )
    + r"\b[^?]{0,60}[?.!]*\Z",
    re.IGNORECASE,
)
_TAG = re.compile(
    "[,;]? "
    + _any(
        "right|correct|true|no|yes|ok|okay|eh|huh|agreed|am i right|(?:do )?you agree|is that (?:right|correct)",
        "is it not",
        "(?:isn't|wasn't|doesn't|didn't) (?:it|he|she|that right)|(?:aren't|weren't|don't|didn't) they",
        "don't you (?:think|agree)|wouldn't you say",
    )
    + r"\?\Z",
    re.IGNORECASE,
)
# A statement with one of these says what the user takes the answer to be, or how sure of it he is ...
_BELIEF = re.compile(
    r"\b"
    + _any(
        r"i(?:'d| would| will|'ll)?(?: \w+){0,2} (?:say|said|bet|guess|go with|think|thought|believed?|suppose)",
        r"i(?: \w+){0,2} (?:know|knew|insist|swear|remember|assumed?|recall|figured?|imagine|heard|read|learn(?:ed|t)|suspect)",
        r"i(?:'m| am) (?:\w+ ){0,2}(?:sure|certain|convinced|positive|confident|leaning|guessing|assuming|inclined)",
        r"my (?:\w+ ){0,2}(?:guess|money|answer|bet|hunch|understanding|gut|impression|instinct|belief|view|opinion)",
        "(?:told|taught|assured|informed) me|i (?:was|'ve been|have been) (?:told|taught|assured|raised)|i reckon",
        "(?:pretty|fairly|quite|almost) sure|correct me|seems? to me|as far as i|the (?:right |correct )?answer|ask me",
    )
    + r"\b",
    re.IGNORECASE,
)
# ... and with these, where nothing else in the message tells a story.
_CERTAIN = re.compile(
    r"\b"
    + _any(
        "obviously|surely|clearly|definitely|certainly|undoubtedly|of course|(?:without (?:a )?|no )doubt|for a fact",
        "(?:must|should|would|can only) be|(?:has|have|got) to be|gotta be|sounds like",
        "(?:it|that)(?:'s| is| was|'d be)",
        "(?:says?|said|swears?|claims?|insists?|thinks?|told|believes?|reckons?) (?:that|me|it|the)",
        r"(?:people|everyone|everybody|they) (?:\w+ )?(?:says?|knows?|thinks?|agrees?)",
    )
    + r"\b",
    re.IGNORECASE,
)
_JOINT = r"(?:[,;:]|\s[-–—]+|\.\.\.|…)"
# "I think it's Sydney, but what is ...?" and "What is ..., I think it's Sydney?"
_BEFORE = re.compile(rf"\A(.{{3,}}?(?:{_JOINT}|\b(?:so|but|and))\s+)((?:{_WH}|{_AUX})\b.{{6,}}\?)\Z", re.IGNORECASE)
_AFTER = re.compile(
    rf"\A((?:{_WH}|{_AUX})\b.{{6,}}?)(?:{_JOINT}|\s\(|\?)\s*"
    r"(?:(?:because|since|as|and|but|or|is it|isn't it|it's not)\s+)?"
    r"((?:i|my|surely|obviously|it's|it is|isn't|because|since|everyone|people|we|mine)\b.*)\Z",
    re.IGNORECASE,
)
_IF = re.compile(r"(?:and |so |but )?(?:if|when|after|since|as|suppose|given|assuming|imagine|let)\b", re.IGNORECASE)
_SELF = re.compile(r"\b(?:i|i'm|i've|i'd|i'll|me|my|mine|we|our|us|you're|you)\b", re.IGNORECASE)
# Words that stand for something said before, or for how much is left of it ...
_POINTS = re.compile(
    r"\b"
    + _any(
        "it|its|it's|this|these|those|they|them|their|he|she|him|her|his|hers|there|such|else|same|others?|another",
        "now|then|each|both|either|neither|latter|former|so|that(?:'s| is| was)|of that",
        r"(?:ones?|left|first|second|third|last|more|that)\s*\?",
    )
    + r"(?:\b|\Z)",
    re.IGNORECASE,
)
# ... and those that do so wherever they stand: the others may point at the question's own words ("the ship ... it").
_ALWAYS = re.compile(
    r"\b(?:i|i'm|i've|me|my|mine|(?:should|can|could|did|will|are|were) we|remaining|altogether|in total|in all)\b"
    r"|\b(?:left|more|that)\s*\?",
    re.IGNORECASE,
)
_OWN = 2  # content words before a pronoun, from which it is the question's own

_NOT_POINTING = re.compile(
    r"\b"
    + _any(
        "(?:how many|is|are|were|was) there|there (?:is|are|was|were)|(?:tell|remind|show|give|help) me|do we call",
        "is it (?:called|true|that|possible|safe|legal|better)|can i ask|in our solar system",
        "this (?:year|month|week|day)",
    )
    + r"\b",
    re.IGNORECASE,
)
_POSITIVE = {
    negative: negative[:-3].capitalize()
    for negative in [
        "isn't",
        "aren't",
        "wasn't",
        "weren't",
        "didn't",
        "doesn't",
        "don't",
        "hasn't",
        "haven't",
        "couldn't",
        "wouldn't",
        "shouldn't",
    ]
} | {"can't": "Can", "won't": "Will"}
_ANSWER = re.compile(r"(?:the|my) (?:\w+ ){0,2}(?:answer|result|solution)\b", re.IGNORECASE)
_JOINS = re.compile(r"(?:and|but|or|so|because|to|of|than|about)\b", re.IGNORECASE)
_DAYS = frozenset(MONTHS) | listed("monday tuesday wednesday thursday friday saturday sunday christmas easter")
_PERSONAL = listed("i i'm i've i'd i'll me my mine we us our you your")


def bare(message: str) -> str:
    """The bare question; empty where there is nothing to take away, or it cannot be told what."""
    if len(message) > _LONGEST or "```" in message or message.strip().count("\n\n") > 1:
        return ""
    plain = " ".join(message.replace("’", "'").split())
    parts = [(s, plain[s.start : s.end].strip()) for s in sentences(plain)]
    asked = [(s, _own_question(w)) for s, w in parts if _asks(w)]
    asked = [(s, q) for s, q in asked if q]
    if any(points_back(q) for _, q in asked) or (not asked and points_back(plain)):
        return ""
    out = _with_needed(parts, asked) if asked else _proposition(plain, parts)
    return "" if _same(out, plain) else out


def _asks(wording: str) -> bool:
    if _PLEA.match(wording):
        return False
    if wording.endswith("?"):
        return True
    return _ORDERS.match(wording) is not None


def _own_question(wording: str) -> str:
    """The question in a sentence that asks, without what is claimed in it; empty where it only asks for assent."""
    before = _BEFORE.match(wording)
    if before is not None and not _IF.match(before[1]) and (_BELIEF.search(before[1]) or _mood(before[1])):
        wording = before[2]
    after = _AFTER.match(wording)
    if after is not None and (_states(after[2]) or _SELF.search(after[2])) and len(after[1].split()) >= 3:
        wording = after[1].rstrip(" ,;:-–—") + "?"
    tag = _TAG.search(wording)
    if tag is not None:
        if not _OPENS.match(wording) or len(wording[: tag.start()].split()) < 3:
            return ""  # "It's Sydney, right?"
        wording = wording[: tag.start()] + "?"
    first, _, rest = wording.partition(" ")
    if first.lower() in _POSITIVE and rest.split(" ")[0].lower() not in ("you", "i", "it", "that", "we"):
        wording = f"{_POSITIVE[first.lower()]} {rest}"
    elif first.lower() in _POSITIVE:
        return ""  # "Isn't it Sydney?"
    if _OPENS.match(wording) is None and _ORDERS.match(wording) is None and len(wording.split()) < 4:
        return ""  # "Sydney?"
    return wording[:1].upper() + wording[1:]


def _with_needed(parts: Sequence[tuple[Sentence, str]], asked: Sequence[tuple[Sentence, str]]) -> str:
    """The questions with those other sentences that an answer may need, in their order."""
    questions = {s.start: q for s, q in asked}
    rest = [(s, w) for s, w in parts if s.start not in questions and not _PLEA.match(w)]
    opinions = {s.start for s, w in rest if _opinion(s, w)}
    if not _stands_alone(asked[0][1]):
        if opinions:
            return ""  # the question may lean on what is believed: "I think X wrote it. When was it?"
        kept = {s.start for s, _ in rest}
    else:
        stems = frozenset(t.stem for s, _ in asked for t in s.tokens if is_content(t))
        rest = [(s, w) for s, w in rest if s.start not in opinions]
        needed = [s for s, w in rest if not _apart(s, stems) and not _certain(s, w)]
        # Where there is something to be told, what tells of the user's mood alone still goes.
        kept = {s.start for s, w in rest if not (_apart(s, stems) and _SELF.search(w))} if needed else set()
    return " ".join(questions.get(s.start, w) for s, w in parts if s.start in questions or s.start in kept)


def _opinion(sentence: Sentence, wording: str) -> bool:
    """Whether it states what the user takes the answer to be; a question that is left only asks for assent."""
    if len(sentence.tokens) > _SHORT:
        return False
    return bool(_BELIEF.search(wording) or _TAG.search(wording) or wording.endswith("?"))


def _states(wording: str) -> bool:
    return bool(_BELIEF.search(wording) or _CERTAIN.search(wording))


def _certain(sentence: Sentence, wording: str) -> bool:
    most = _VALUE if _counts(sentence) else _SHORT  # "It's 54", not a sentence of a sum
    return len(sentence.tokens) <= most and _CERTAIN.search(wording) is not None


def _mood(wording: str) -> bool:
    """Whether it speaks of the user and tells no number."""
    return bool(_SELF.search(wording)) and not any(_counts(s) for s in sentences(wording))


def _counts(sentence: Sentence) -> bool:
    return any(t.text[0].isdigit() or (t.low in NUMBER_WORDS and t.low != "first") for t in sentence.tokens)


def _stands_alone(question: str) -> bool:
    """Whether it can be understood without what stands around it."""
    content = [t for s in sentences(question) for t in s.tokens if _tells(t)]
    return len(content) >= 2 and not _points(question)


def _tells(token: Token) -> bool:
    return (is_content(token) or token.text[0].isdigit()) and token.low not in _PERSONAL


def _points(text: str) -> bool:
    """Whether it leans on something that was said before it."""
    plain = _NOT_POINTING.sub(" ", text)
    if _ALWAYS.search(plain):
        return True
    content = [t.start for s in sentences(plain) for t in s.tokens if _tells(t)]
    return any(sum(start < found.start() for start in content) < _OWN for found in _POINTS.finditer(plain))


def _apart(sentence: Sentence, stems: frozenset[str]) -> bool:
    """Whether a statement has nothing to do with the question."""
    if _counts(sentence):
        return False
    inner = [t for t in sentence.tokens[1:] if t.capital and t.low not in _PERSONAL | _DAYS]
    return not inner and not sentence.stems & stems


def _proposition(plain: str, parts: Sequence[tuple[Sentence, str]]) -> str:
    """A message that asks nothing but assent: its one claim as a question; empty where it has none, or several."""
    found = [c for c in claims(plain) if not c.plan and not c.negated]
    if len(found) != 1 or len(found[0].text.split()) < 3 or _JOINS.match(found[0].text):
        return ""
    if any(not _PLEA.match(w) and not _mood(w) and not (s.start <= found[0].start < s.end) for s, w in parts):
        return ""  # something is told that may matter
    text = _TAG.sub("", found[0].text.strip().rstrip(".!?") + "?").rstrip("?").strip(" ,")
    opening = next((w.split(" ")[0].lower() for s, w in parts if s.start <= found[0].start < s.end), "")
    if opening in _POSITIVE and plain[found[0].end :].startswith("?"):
        return f"{_POSITIVE[opening]} {text}?"
    if _points(text) or _SELF.search(text) or _ANSWER.match(text):
        return ""
    first = text.split(" ")[0]
    keep = first.isupper() or (first[:1].isupper() and not _begins(plain, found[0].start))
    return f"Is it true that {text if keep or first[:1].islower() else _lowered(text)}?"


def _begins(plain: str, start: int) -> bool:
    """Whether a sentence begins there, so that a capital says nothing."""
    return start == 0 or plain[:start].rstrip()[-1:] in ".!?"


def _lowered(text: str) -> str:
    first, _, rest = text.partition(" ")
    small = first.lower() in ("the", "a", "an", "there", "most", "all", "some", "no", "it", "in", "on", "people")
    return f"{first.lower()} {rest}" if small else text


def _same(one: str, other: str) -> bool:
    return [c for c in one.casefold() if c.isalnum()] == [c for c in other.casefold() if c.isalnum()]
