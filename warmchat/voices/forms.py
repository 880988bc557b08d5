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
# "I was wondering what ...": the same as "Tell me what ...".
INDIRECT = re.compile(
    r"(?:and |so |but |now |well,? |hi,? |hey,? |hello,? )*"
    + _any(
        "i(?:'m| am| was|'ve been)? (?:\\w+ ){0,2}(?:wonder(?:ing)?|curious)(?: about)?",
        "i(?:'d| would) (?:\\w+ ){0,2}(?:love|like) (?:to (?:know|learn|find out|hear|ask)|you to tell me)",
        "i (?:\\w+ ){0,2}(?:want|need|have|wanted|needed) to (?:know|find out|look up|ask(?: you)?)",
        "(?:do|would|does) (?:you|anyone|anybody)(?: \\w+ to)? know|any idea|(?:can|could|may) i ask(?: you)?",
    )
    + rf",? (?=(?:{WH}|if|whether)\b)",
    re.IGNORECASE,
)
# "Am I right that ...?", "Is it true that ...?": assent is asked for, but what is asked about is said.
ASSENT = re.compile(
    r"\A(?:and |so |but |please,? |just |now |well,? )*"
    + _any(
        "am i (?:right|correct|wrong|mistaken)(?: in| to)?(?: (?:think|believ|say|assum)\\w*)?",
        "(?:would|will) i be (?:right|correct|wrong|mistaken) (?:in|to) (?:thinking|believing|saying|think|believe|say"
        "|assum(?:e|ing))",
        "(?:can|could|would|will) you (?:please )?(?:confirm|verify)|(?:please )?(?:confirm|verify)",
        "is(?:n't)? it (?:\\w+ )?(?:true|right|correct|a fact|the case)|is it safe to say",
        "(?:do |don't )?you (?:do )?(?:\\w+ )?agree|wouldn't you (?:say|agree)",
        "tell me (?:that )?i'm (?:right|not (?:crazy|wrong)):?",
    )
    + r"(?: that)? (.{6,}?)[?.!]*\Z",
    re.IGNORECASE,
)
# Begins as a question does, for messages whose writer sets no question marks.
SHAPE = re.compile(
    r"(?:and |so |but |ok(?:ay)?,? |hey,? |hi,? )?"
    + _any(
        rf"(?:what|who|which|where|when|why|how)(?:'s|s)? (?:{AUX})\b",
        "(?:what|who|where)'?s|how (?:many|much|long|far|old|tall|big|high|deep|fast|often|heavy)",
        "who (?!cares\\b|knows\\b)\\w+(?:ed|s|ote|on|ade|an|ew|ook|ave|ound|ilt|aid)",
        "(?:what|which) (?!a\\b|an\\b|i\\b|you\\b|we\\b|he\\b|she\\b|they\\b|it\\b|the\\b|is\\b|was\\b|means\\b)\\w+",
        "(?:is|are|was|were|does|did|can|could) (?!not\\b|as\\b)\\w+",
        "do (?:i|you|we|they|the|these|those|all|most|people|(?!this\\b|us\\b|as\\b)\\w+s)",
    )
    + r"\b.{4,}",
    re.IGNORECASE,
)
UNMARKED = re.compile(
    rf"\b(?:so|but) (?:what|who|which|where|when|how|why)(?:'s|s)? (?:{AUX}|\w+)\b.{{4,}}\Z", re.IGNORECASE
)
# "And of Portugal?" goes on with the question before it.
GOES_ON = re.compile(r"(?:and|or|what about|how about) (?!it's|that's|isn't|am|you)\w.*\?\Z", re.IGNORECASE)
# Asks for assent, or for kindness: no question of its own.
PLEA = re.compile(
    r"\A(?:and |so |but |please,? |just |now )*"
    + _any(
        "am i (?:right|wrong|correct|crazy|mistaken|close)|i(?:'m| am) right|right|correct|true|no|yes|okay|ok|agreed",
        "(?:do|don't|would|can|could) you (?:not )?(?:also )?(?:agree|think so|confirm|back me|believe me|see it)",
        "(?:can|could|would) you (?:just say|please (?:say|confirm|agree))|you (?:do )?agree|thoughts",
        "(?:is|isn't) (?:that|it) (?:right|correct|true|so|it|not)(?! that)|(?:that|it)(?:'s| is) (?:right|correct)",
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
        "right|correct|true|no|yes|yeah|ok|okay|eh|huh|agreed|am i right|(?:do )?you agree|is that (?:right|correct)",
        "is it not",
        "(?:isn't|wasn't|doesn't|didn't) (?:it|he|she|that right)|(?:aren't|weren't|don't|didn't) they",
        "don't you (?:think|agree)|wouldn't you say",
        r"(?<=, )(?:is|are|was|were|do|does|did|has|have|can|could|will|would)(?:n't)? (?:it|they|he|she|we|there)",
        r"(?<=, )(?:can't|won't) (?:it|they|he|she|we)",
    )
    + r"\?\Z",
    re.IGNORECASE,
)
# A statement with one of these says what the user takes the answer to be, or how sure of it he is ...
BELIEF = re.compile(
    r"\b"
    + _any(
        r"i(?:'d| would| will|'ll)?(?: \w+){0,2} (?:say|said|bet|guess|go (?:with|for)|think|thought|suppose)",
        r"i (?:\w+ ){0,2}believed?",
        r"i(?:'d|'ve)?(?: \w+){0,2} (?:know|knew|insist|swear|remember|assumed?|recall|figured?|imagine|suspect)",
        r"i(?: \w+){0,2} (?:heard|read|learn(?:ed|t))",
        r"i(?:'m| am) (?:\w+ ){0,2}(?:sure|certain|convinced|positive|confident)",
        r"i(?:'m| am) (?:\w+ ){0,2}(?:leaning|thinking|guessing|assuming|inclined)",
        r"my (?:\w+ ){0,2}(?:guess|money|answer|bet|hunch|understanding|gut|impression|instinct|belief|view|opinion)",
        "(?:told|taught|assured|informed) (?:me|us)|i (?:was|'ve been|have been) (?:told|taught|assured|raised)",
        "i reckon",
        r"i (?:grew|was brought) up (?:\w+ )?(?:believing|thinking|hearing|being told|knowing)",
        "if (?:i'm not|i am not) (?:mistaken|wrong)|if (?:memory serves|i (?:recall|remember))|don't quote me",
        "i (?:may|might|could) be (?:wrong|mistaken)|off the top of my head",
        "imh?o|in my (?:opinion|view|book)|to my mind",
        "(?:seems?|sounds?|feels?|looks?) (?:about |just )?right|under the impression|presumably",
        "(?:pretty|fairly|quite|almost) sure|correct me|seems? to me|as far as i|the (?:right |correct )?answer|ask me",
    )
    + r"\b",
    re.IGNORECASE,
)
# ... and with these, where nothing else in the message tells a story.
CERTAIN = re.compile(
    r"\b"
    + _any(
        "according to (?:my|our|a|an|some|most|everyone|everybody|people)|apparently|supposedly|for (?:sure|certain)",
        "(?:insists?|insisted|swears?|swore) (?:on|by)|(?:has|have|had) (?:it|him|her|them) (?:down )?as",
        "obviously|surely|clearly|definitely|certainly|undoubtedly|of course|(?:without (?:a )?|no )doubt|for a fact",
        "(?:must|should|would|can only) be|(?:has|have|got) to be|gotta be|sounds like",
        "(?:it|that)(?:'s| is| was|'d be)",
        "(?:says?|said|swears?|claims?|insists?|thinks?|told|believes?|reckons?) (?:that|me|it|the|there)",
        r"(?:people|everyone|everybody|they) (?:\w+ )?(?:says?|knows?|thinks?|agrees?)",
    )
    + r"\b",
    re.IGNORECASE,
)
JOINT = r"(?:[,;:]|\s[-–—]+|\.\.\.|…)"
# "I think it's Sydney, but what is ...?" and "What is ..., I think it's Sydney?"
BEFORE = re.compile(rf"\A(.{{3,}}?(?:{JOINT}|\b(?:so|but|and))\s+)((?:{WH}|{AUX})\b.{{6,}}\?)\Z", re.IGNORECASE)
AFTER = re.compile(
    rf"\A((?:(?:(?:can|could|would) you )?tell me )?(?:{WH}|{AUX})\b.{{6,}}?)(?:{JOINT}|\s\(|\?)\s*"
    r"(?:(?:because|since|as|and|but|or|is it|isn't it|it's not)\s+)?"
    r"((?:i|my|surely|obviously|it's|it is|isn't|because|since|everyone|people|we|mine)\b.*"
    r"|(?:\w[^,]{0,40}?,? )?(?:i (?:think|thought|guess|believe|reckon|suppose|bet)|imh?o|presumably|probably)\W*)\Z",
    re.IGNORECASE,
)
# "what's the tallest animal i think it's the elephant": no mark between the two.
RUN_ON = re.compile(
    rf"\A((?:{WH}|{AUX})\b.{{8,}}?\w)(?<!\bdo)(?<!\bdid)(?<!\bthat)(?<!\bif)(?<!\bwhen)(?<!\band)(?<!\bshould) "
    r"((?:cause |because |cuz |and )?(?:i (?:think|thought|guess|believe|reckon|bet|suppose|assume|heard)"
    r"|i'?m (?:\w+ )?(?:sure|certain|convinced|positive))\b.*)\Z",
    re.IGNORECASE,
)
ASKS_ON = re.compile(rf"\b(?:and|or) {WH}\b", re.IGNORECASE)  # "..., and why?"
# "Which country, Canada in my opinion, has ...?"
INSERTED = re.compile(r"(?: ?\(([^()?]{3,60})\)| [-–—]+ ([^?]{3,60}?) [-–—]+(?= )|, ([^,?]{3,60}),(?= ))")
IF = re.compile(r"(?:and |so |but )?(?:if|when|after|since|as|suppose|given|assuming|imagine|let)\b", re.IGNORECASE)
# ... unless what is supposed is a belief: "Given that I'm certain it's Toronto, what ...?"
SUPPOSED = re.compile(
    r"(?:given|since|as|because|seeing|considering)(?: that)? "
    r"(?:i(?:'m| am)? |everyone |everybody |we all |people )",
    re.IGNORECASE,
)
SELF = re.compile(r"\b(?:i|i'm|i've|i'd|i'll|me|my|mine|we|our|us|you're|you)\b", re.IGNORECASE)
# Words that stand for something said before, or for how much is left of it ...
POINTS = re.compile(
    r"\b"
    + _any(
        "it|its|it's|this|these|those|they|them|their|he|she|him|her|his|hers|there|such|else|same|others?|another",
        "now|then|each|both|either|neither|latter|former|so|that(?:'s| is| was)|of that",
        "(?:is|was|does|did|would|will|can|could|should) that",
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
        "is it (?:called|true|that|possible|safe|legal|better)|(?:does|did|will|would) it take|can i ask",
        "in our solar system|this (?:year|month|week|day)",
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
# "Humans can't digest raw egg, can they?"
DENIED = re.compile(rf"\A(?:so |and |but )?([^,.?]{{2,40}}?) ({'|'.join(POSITIVE)}) ([^,?]+)\Z", re.IGNORECASE)
STARTS = re.compile(r"(?:so|and|but|well|ok(?:ay)?),? (?=\w)", re.IGNORECASE)
# "no one", "the only one": no number.
NO_NUMBER = listed("no any some every each only this that which the other another")
ANSWER = re.compile(r"(?:the|my) (?:\w+ ){0,2}(?:answer|result|solution)\b", re.IGNORECASE)
# What begins so is a part of a sentence and no statement.
JOINS = re.compile(
    r"(?:and|but|or|so|because|to|of|than|about|for|with|without|from|since|until|during|by|if|when|who|which)\b",
    re.IGNORECASE,
)
DAYS = frozenset(MONTHS) | listed("monday tuesday wednesday thursday friday saturday sunday christmas easter")
PERSONAL = listed("i i'm i've i'd i'll me my mine we us our you your")
