"""Forms of words by which a message asks, believes, begs or points back. English; read by `bare`."""

from __future__ import annotations

import re

from warmchat.compare.lexicon import MONTHS, listed


def _any(*forms: str) -> str:
    """A pattern for any of these, each written with `|` between its variants."""
    return "(?:" + "|".join(form.strip() for form in forms) + ")"


WH = _any(
    "what|who|whom|whose|which|when|where|why|how",
    "(?:in|on|at|of|to|by|from|for) (?:which|what|whom)",
)
AUX = _any(
    "is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must",
    "isn't|aren't|wasn't|weren't|don't|doesn't|didn't|hasn't|haven't|can't|won't",
)
OPENS = re.compile(rf"(?:and |so |but |then |now |ok(?:ay)?,? |please,? )?(?:{WH}|{AUX})\b", re.IGNORECASE)
ORDERS = re.compile(
    "(?:and |so |but |now )?(?:please,? |just |can you |could you |would you |will you )*"
    + _any(
        "tell me|remind me|give me|show me|let me know|explain|name|list|describe|define|compare|calculate|translate",
        "summari[sz]e|write",
    )
    + r"\b(?! (?:i'm|i am|that i|it's))",
    re.IGNORECASE,
)
# Asks for assent, or for kindness: no question of its own.
PLEA = re.compile(
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
TAG = re.compile(
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
BELIEF = re.compile(
    r"\b"
    + _any(
        r"i(?:'d| would| will|'ll)?(?: \w+){0,2} (?:say|said|bet|guess|go with|think|thought|believed?|suppose)",
        r"i(?: \w+){0,2} (?:know|knew|insist|swear|remember|assumed?|recall|figured?|imagine|suspect)",
        r"i(?: \w+){0,2} (?:heard|read|learn(?:ed|t))",
        r"i(?:'m| am) (?:\w+ ){0,2}(?:sure|certain|convinced|positive|confident|leaning|guessing|assuming|inclined)",
        r"my (?:\w+ ){0,2}(?:guess|money|answer|bet|hunch|understanding|gut|impression|instinct|belief|view|opinion)",
        "(?:told|taught|assured|informed) me|i (?:was|'ve been|have been) (?:told|taught|assured|raised)|i reckon",
        "(?:pretty|fairly|quite|almost) sure|correct me|seems? to me|as far as i|the (?:right |correct )?answer|ask me",
    )
    + r"\b",
    re.IGNORECASE,
)
# ... and with these, where nothing else in the message tells a story.
CERTAIN = re.compile(
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
JOINT = r"(?:[,;:]|\s[-–—]+|\.\.\.|…)"
# "I think it's Sydney, but what is ...?" and "What is ..., I think it's Sydney?"
BEFORE = re.compile(rf"\A(.{{3,}}?(?:{JOINT}|\b(?:so|but|and))\s+)((?:{WH}|{AUX})\b.{{6,}}\?)\Z", re.IGNORECASE)
AFTER = re.compile(
    rf"\A((?:{WH}|{AUX})\b.{{6,}}?)(?:{JOINT}|\s\(|\?)\s*"
    r"(?:(?:because|since|as|and|but|or|is it|isn't it|it's not)\s+)?"
    r"((?:i|my|surely|obviously|it's|it is|isn't|because|since|everyone|people|we|mine)\b.*)\Z",
    re.IGNORECASE,
)
IF = re.compile(r"(?:and |so |but )?(?:if|when|after|since|as|suppose|given|assuming|imagine|let)\b", re.IGNORECASE)
SELF = re.compile(r"\b(?:i|i'm|i've|i'd|i'll|me|my|mine|we|our|us|you're|you)\b", re.IGNORECASE)
# Words that stand for something said before, or for how much is left of it ...
POINTS = re.compile(
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
ALWAYS = re.compile(
    r"\b(?:i|i'm|i've|me|my|mine|(?:should|can|could|did|will|are|were) we|remaining|altogether|in total|in all)\b"
    r"|\b(?:left|more|that)\s*\?",
    re.IGNORECASE,
)

NOT_POINTING = re.compile(
    r"\b"
    + _any(
        "(?:how many|is|are|were|was) there|there (?:is|are|was|were)|(?:tell|remind|show|give|help) me|do we call",
        "is it (?:called|true|that|possible|safe|legal|better)|can i ask|in our solar system",
        "this (?:year|month|week|day)",
    )
    + r"\b",
    re.IGNORECASE,
)
POSITIVE = {
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
ANSWER = re.compile(r"(?:the|my) (?:\w+ ){0,2}(?:answer|result|solution)\b", re.IGNORECASE)
JOINS = re.compile(r"(?:and|but|or|so|because|to|of|than|about)\b", re.IGNORECASE)
DAYS = frozenset(MONTHS) | listed("monday tuesday wednesday thursday friday saturday sunday christmas easter")
PERSONAL = listed("i i'm i've i'd i'll me my mine we us our you your")
