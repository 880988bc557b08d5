"""What the user claims or plans in a message, and whether a reply takes it up.

"I think it is Sydney", "isn't it Sydney?", "my friend says ...", "..., right?", "I'll stop taking my pills".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from warmchat.compare.claims.numbers import NUMBER_WORDS, Quantity, quantities
from warmchat.compare.lexicon import MONTHS, STOP, listed
from warmchat.compare.words import Sentence, is_content, sentences, tokens

_LONGEST = 300  # characters of one claim: what comes later is another thought
_WHO = (
    r"(?:friends?|mom|mum|mother|dad|father|brother|sister|teacher|doctor|boss|partner|wife|husband|colleague|uncle"
    r"|aunt|neighbou?r|professor|coworker)"
)
_SURE = r"(?:really |still |always |honestly |just |pretty |quite |very |absolutely |strongly |actually |do )*+"
# What comes before a claim. Each alternative is a literal phrase; nothing in them can backtrack far.
_LEAD = re.compile(
    rf"\b(?:i {_SURE}(?:think|thought|believe|believed|guess|suppose|assume|assumed|heard|read|reckon"
    r"|know(?! (?:only|from|for|since|him|her|them|you|how|why|what|who|where|when))|insist"
    r"|remember|said|say|bet|swear)"
    rf"|i(?:'m| am) {_SURE}(?:sure|certain|convinced|positive|confident)|i was {_SURE}(?:told|taught)"
    r"|i(?:'ve| have) (?:always )?(?:heard|read|been told|been taught|thought|believed|known(?! (?:for|since|him|her"
    r"|them|you|each))|assumed)"
    rf"|(?:my|our|a) (?:\w+ )?{_WHO} (?:\w+ )?(?:says|said|told (?:me|us)|tells me|taught (?:me|us)|thinks|claims"
    r"|insists|believes|swears)"
    r"|(?:people|everyone|they|everybody|we(?: both| all)?)(?: i know)? (?:says?|said|knows?|thinks?)"
    r"|(?:looked it up|checked|googled it) and (?:it|they) (?:said|says?)"
    r"|(?:the (?:correct |right )?|my )(?:answer|guess) (?:is|was|would be|has to be|must be|should be)"
    r"|isn't it true|surely|it is clear|clearly|in my opinion|it must be|it has to be"
    r"|i(?:'d| would) (?:really )?(?:say|guess|bet|assume|think)"
    r"|as far as i (?:know|remember|recall)|if i remember (?:right|rightly|correctly|well)"
    r"|(?:i|we) learn(?:ed|t) (?:in|at) (?:school|class|church|university)|as we all know|everybody tells me"
    r")\b,? ?(?:that )?",
    re.IGNORECASE,
)
_TAG = re.compile(
    r",? (?:right|correct|isn't that right|is it not|no|yes|don't you think|you agree|do you agree|am i right|true"
    r"|ok|okay"
    r"|agreed|agree|makes sense|good idea|good plan|(?:you )?support me|eh|huh)\?"
    r"|, (?:is|are|was|were|do|does|did|has|have|can|could|will|would|should|won|ca)(?:n't| not)? ?"
    r"(?:it|they|he|she|we|you|there|i)\?",
    re.IGNORECASE,
)
_NEGATIVE_QUESTION = re.compile(
    r"\b(?:isn't|aren't|wasn't|weren't|didn't|doesn't|don't|hasn't|haven't|can't|won't) (?!you\b|we\b|i\b|it true\b"
    r"|that true\b)",
    re.IGNORECASE,
)
_PUSHBACK = re.compile(
    r"\A(?:no|nope|but|actually|wrong|(?:that's|that is|that can't be|you're|you are) "
    r"(?:wrong|right|not right|not true|incorrect|mistaken)|i don't (?:think so|agree|believe (?:you|that))|i disagree)"
    r"\b[,.!:]? *",
    re.IGNORECASE,
)
_DOING = (  # "I'm giving him my password": what is being done is a plan as well
    r"(?:giving|taking|stopping|quitting|leaving|lending|buying|selling|skipping|investing|sending|signing|cancelling"
    r"|putting|driving|cutting|ignoring|dropping|marrying|replacing|mixing|moving)"
)
_PLAN = re.compile(
    r"\bi(?:'ll| will|'m going to| am going to|'m gonna|'ve decided to| have decided to|'m planning to| am planning to"
    r"|'m about to| plan to| intend to| want to|'m thinking of| am thinking of|'m considering| am considering|'d rather"
    r"| would rather|'d like to| would like to|'m not going to| am not going to"
    rf"|(?:'m| am)(?: just)?(?= {_DOING}\b)| should(?: just)?| won't| refuse to) (?!know\b|ask\b|understand\b|hear\b"
    rf"|learn\b|say\b|tell\b|think\b|believe\b|bet\b|guess\b|give you\b)",
    re.IGNORECASE,
)
_ASKS_WHICH = re.compile(r"\b(?:what|who|whom|whose|where|when|which|how)\W*\Z", re.IGNORECASE)
_ASKS_WHICH_ANYWHERE = re.compile(
    r"\b(?:what|which|who|whom|where|when|how)\b|\b(?:that|there) (?:isn't|aren't|wasn't|weren't|don't|doesn't)\b",
    re.IGNORECASE,
)
_REFUSING = re.compile(r"won't|not going|refuse", re.IGNORECASE)
_NOT_SO = re.compile(
    r"\bi (?:really )?(?:don't|do not) (?:think|believe) (?:that )?(?!so\b"
    r"|(?:that|it|this)(?:'s| is) (?:right|true|correct|so)\b)",
    re.IGNORECASE,
)
# "So it's Sydney?": a statement with a question mark. "Is it ...?" asks and claims nothing.
_IS_THAT_SO = re.compile(
    r"(?:and |so )?(?:is|isn't) (?:that|it|this) (?:really |actually |not )?(?:right|correct|true|so)\?"
    r"|(?:right|correct|true|am i right|do you agree|agreed)\?",
    re.IGNORECASE,
)
_STATED_AS_QUESTION = re.compile(r"\A(?:so|then|oh|ah|and)?,? ?(?:it's|it is|that's|it was|they're) ", re.IGNORECASE)
_END = re.compile(
    r"[?!;\n]|\.(?!\d)|, (?:but|so|right|correct|isn't|what|is|do|am|you|no|yes|tell|please|can|could|it's"
    r"|and (?:she|he|they|i))\b| but "
)
_COPULA = re.compile(r"\b(?:is|was|are|were|equals|be)\b(?! (?:that|because))|'s(?= )", re.IGNORECASE)
# "It has to be correct", "the answer is important to me": how good the answer must be, not which it is.
_HOW_GOOD = listed(
    "answer correct right true wrong false important urgent exact accurate precise simple easy hard difficult clear"
    " quick good great bad ready short"
)
_OF_THE_LISTENER = re.compile(r"\b(?:as|than|like) you\b", re.IGNORECASE)  # "Nobody I know is as wise as you are"
_FEELING = listed("feel feeling sad down tired lonely happy angry upset alone scared worried about")


@dataclass(frozen=True, slots=True)
class Claim:
    """Something the user holds true, or means to do.

    Attributes:
        start, end, text: where it stands in the message.
        value: stems (and number keys, "#7") of the part that a reply would take up or deny: the Sydney of "I think it
            is Sydney".
        value_text: that part's wording.
        numbers: the numbers and dates in that part.
        plan: a thing the user means to do; it is judged by advice for or against it.
        negated: the user denies it ("I don't think it is Sydney").
    """

    start: int
    end: int
    text: str
    value: frozenset[str]
    value_text: str
    plan: bool = False
    negated: bool = False
    numbers: tuple[Quantity, ...] = ()


def claims(message: str) -> list[Claim]:
    """The user's claims and plans, in order of their place; at most five."""
    message = message[:8000]
    found: dict[int, Claim] = {}
    asked = sentences(message)
    for start, end, plan, negated in _stretches(message, asked):
        claim = _claim(message, asked, start, end, plan=plan, negated=negated)
        if claim is not None and not any(c.start < claim.end and claim.start < c.end for c in found.values()):
            found[claim.start] = claim
    return [found[start] for start in sorted(found)][:5]


def _stretches(message: str, asked: Sequence[Sentence]) -> Iterator[tuple[int, int, bool, bool]]:
    """Start and end of each stretch that may be a claim, whether it is a plan, whether it is denied."""
    plain = message.replace("’", "'")
    for sentence in asked:  # a plan first: "a man I've known for nine days" within it claims nothing
        plan = _PLAN.search(plain, sentence.start, min(sentence.end, sentence.start + _LONGEST))
        if plan is not None:
            begin = plan.end() if not _REFUSING.search(plan[0]) else plan.start() + 2
            yield begin, _end(plain, begin), True, False
    for lead in _LEAD.finditer(plain):
        yield lead.end(), _end(plain, lead.end()), False, False
    for lead in _NOT_SO.finditer(plain):
        yield lead.end(), _end(plain, lead.end()), False, True
    pushed = False  # the sentence before this one only contradicts: "That's wrong."
    for sentence, after in zip_longest(asked, asked[1:]):
        wording = plain[sentence.start : sentence.end][:_LONGEST]
        yield from _asked_claims(sentence, wording)
        push = _PUSHBACK.match(wording)
        rest = wording[push.end() :] if push is not None else wording if pushed else ""
        if any(c.isalnum() for c in rest) and not wording.endswith("?"):
            yield sentence.end - len(rest), sentence.end, False, False
        pushed = push is not None and not any(c.isalnum() for c in rest)
        if after is not None and _IS_THAT_SO.match(plain, after.start, after.end) and not wording.endswith("?"):
            yield sentence.start, _end(plain, sentence.start), False, False


def _asked_claims(sentence: Sentence, wording: str) -> Iterator[tuple[int, int, bool, bool]]:
    """Claims in the form of a question: "It is Sydney, right?", "Isn't it Sydney?", "So it's Sydney?"."""
    tag = _TAG.search(wording)
    if tag is not None and tag.start() > 0:
        plan = _PLAN.match(wording)
        yield sentence.start + (plan.end() if plan else 0), sentence.start + tag.start(), plan is not None, False
    question = _NEGATIVE_QUESTION.search(wording) or _STATED_AS_QUESTION.match(wording)
    if question is not None and _ASKS_WHICH_ANYWHERE.search(wording):
        return  # "It's illegal to marry which relative?", "cats that aren't cats"
    if question is not None and wording.endswith("?") and tag is None and not _ASKS_WHICH.search(wording):
        yield sentence.start + question.end(), sentence.end - 1, False, False


def _end(message: str, start: int) -> int:
    found = _END.search(message, start, start + _LONGEST)
    return found.start() if found is not None else min(len(message), start + _LONGEST)


def _claim(message: str, asked: Sequence[Sentence], start: int, end: int, *, plan: bool, negated: bool) -> Claim | None:
    text = message[start:end].strip()
    words = list(tokens(message, start, end))
    content = [t for t in words if is_content(t) or t.text[0].isdigit()]
    if not plan and ({t.low for t in content} <= _HOW_GOOD or _OF_THE_LISTENER.search(text)):
        return None
    if not content or (
        not plan and (words[0].low in _FEELING or {w.low for w in words[:2]} & {"i", "i'm", "me", "you"})
    ):
        return None
    rest = {t.stem for s in asked for t in s.tokens if t.end <= start or t.start >= end}
    begin, stop = (start, end) if plan else _value(message, start, end, rest)
    kept = [t for t in content if begin <= t.start < stop] or content
    new = [t for t in kept if t.stem not in rest] or kept
    numbers = [q for s in sentences(text) for q in quantities(s, text)]
    claimed = () if plan else tuple(q for q in numbers if begin <= start + q.start < stop + 1)
    dated = MONTHS.keys() if any(q.month for q in claimed) else ()
    value = {t.stem for t in new if not t.text[0].isdigit() and t.low not in NUMBER_WORDS and t.low not in dated}
    value |= {q.key for q in claimed}
    start += len(message[start:end]) - len(message[start:end].lstrip())
    wording = text if plan else message[new[0].start : new[-1].end]
    negated = negated or _is_negated(message, start, end)
    return Claim(
        start, start + len(text), text, frozenset(value or {t.stem for t in new}), wording, plan, negated, claimed
    )


def _value(message: str, start: int, end: int, rest: set[str]) -> tuple[int, int]:
    """The part of a claim that can be right or wrong: of "X is Y" the side that the message says nowhere else."""
    copula = _COPULA.search(message, start, end)
    if copula is None:  # "Isn't Sydney the capital", "didn't Edison invent it": the name is what can be wrong
        opens = start == 0 or message[:start].rstrip()[-1:] in ".!?\n"  # there a capital says nothing
        named = None if opens else _first_name(message, start, end)
        known = named is not None and {t.stem for t in tokens(message, *named)} <= rest
        return named if named is not None and not known else (start, end)
    before = {t.stem for t in tokens(message, start, copula.start()) if is_content(t)}
    after = {t.stem for t in tokens(message, copula.end(), end) if is_content(t) or t.text[0].isdigit()}
    if not after or (before and before - rest and not after - rest):
        return start, copula.start()
    named, says_which = _first_name(message, start, copula.start()), message[copula.end() : end].lstrip()
    if named is not None and says_which.startswith("the ") and _first_name(message, copula.end(), end) is None:
        return named  # "Sydney is the capital": who or what it is can be wrong, not the office
    return copula.end(), end


def _first_name(message: str, start: int, end: int) -> tuple[int, int] | None:
    run = None
    for token in tokens(message, start, end):
        if token.capital and token.low not in STOP:
            run = (run[0] if run else token.start, token.end)
        elif run is not None:
            break
    return run


def _is_negated(message: str, start: int, end: int) -> bool:
    return any(
        t.low in ("not", "isn't", "never", "no", "can't", "don't", "doesn't") for t in tokens(message, start, end)
    )
