"""Whether a message says that a life is in danger, the writer's or somebody's near them. Word patterns, English alone.

They are kept narrow. A sign that comes with "this heat is killing me" is soon not read any more; so talk of films,
history and code, quoted words, figures of speech and questions about others are passed over, and what is meant but said
otherwise is missed. tests/domain/test_danger.py has both sides.
"""

from __future__ import annotations

import re

_READ = 4000  # characters; what somebody says about themselves is not at the end of a pasted book
_I = r"(?:i|i['’]?m|i['’]?ve|i['’]?d|i['’]?ll)"
_NEAR = (r"(?:he|she|they|my (?:\w+ )?"
         r"(?:friend|brother|sister|mother|mom|mum|father|dad|son|daughter|wife|husband|partner|"
         r"boyfriend|girlfriend|child|kid|baby|roommate|flatmate|colleague|neighbou?r|ex))")  # fmt: skip
_SELF = r"(?:myself|himself|herself|themselves|themself)"
_DYING = (rf"(?:(?:kill|killing|hang|hanging|shoot|shooting) {_SELF}|"
          r"(?:end|ending|take|taking) (?:my|his|her|their)(?: own)? life)")  # fmt: skip
_MEANS = (r"(?:want(?:s|ed)? to|wanna|going to|gonna|plan(?:s|ning)? to|decided to|about to|tried to|try to|"
          r"(?:thinking|think|thought) (?:of|about)|tempted to|ready to|urge to|threaten(?:s|ed)? to)")  # fmt: skip
_FIGURE = (r"(?!\s+(?:of|from|with|for|over|laughing|"
           r"because (?:of )?(?:this|that|the) (?:exam|homework|meeting|bug))\b)")  # fmt: skip
_ENDS = (r"(?=\s*(?:[.,;:!?)]|$|\n|"
         r"(?:and|but|because|so|today|tonight|now|again|right now|every|any ?more)\b))")  # fmt: skip
_PILLS = (r"(?: \w+){0,2} (?:pills|tablets|meds|medication|medicine|painkillers|"
          r"paracetamol|ibuprofen|tylenol|xanax|insulin)")  # fmt: skip
_BREATH = r"(?:is not|isn['’]?t|stopped|has stopped) breathing"

_SIGNS = (
    rf"\b{_I}\b(?: \w+){{0,4}} {_MEANS} {_DYING}{_FIGURE}",
    rf"\b{_NEAR}\b(?: \w+){{0,5}} {_MEANS} {_DYING}{_FIGURE}",
    rf"\b{_I}\b(?: (?:just|really|only|still|often|do|so))* (?:want|wanna|wish|longing|ready) (?:to )?"
    rf"(?:die|be dead){_ENDS}",
    rf"\bi (?:just |really |often )?wish (?:that )?i (?:was|were) (?:dead|never born){_ENDS}",
    rf"\b(?:{_I}|{_NEAR})\b(?: \w+){{0,3}} (?:do not|don['’]?t|doesn['’]?t|does not|didn['’]?t) want to "
    rf"(?:live|be alive|exist)(?: any ?more\b(?! (?:in|with|at|on|like|under|near))| any longer{_ENDS}|{_ENDS})",
    r"\bno (?:reason|point) (?:for me )?(?:to|in) (?:live|living|go on living|being alive)" + _ENDS,
    rf"\b(?:{_I}|you['’]?d all be|everyone(?: would|['’]?d) be|they['’]?d be|the world(?: would|['’]?d) be)\b"
    r"(?: \w+){0,3} better off (?:dead|without me)\b",
    rf"\b{_I}\b(?: \w+){{0,2}} (?:feel(?:ing)?|am|be(?:en)?|get(?:ting)?) (?:so |very |really |quite )?suicidal\b",
    r"\bi['’]?m (?:so |very |feeling )?suicidal\b",
    rf"\b{_NEAR}\b(?: \w+){{0,3}} (?:is|seems|feels|was|sounds) suicidal\b",
    rf"\b(?:{_I}|{_NEAR})\b(?: \w+){{0,4}} {_MEANS} (?:commit )?suicide\b",
    rf"\b{_I}\b(?: \w+){{0,3}} (?:{_MEANS} |started |keep |been )"
    r"(?:cut|cutting|harm|harming|hurt|hurting|burn|burning) myself\b(?! (?:some|a|off|shaving|while|when|by))",
    rf"\b(?:{_I}|{_NEAR})\b(?: \w+){{0,2}} (?:took|taken|swallowed) (?:(?:a (?:whole )?(?:bottle|box|pack|handful) of|"
    rf"all(?: of)?|too many){_PILLS}|an overdose of|(?:some )?bleach|poison)\b",
    rf"\b(?:{_I}|{_NEAR})\b(?: \w+){{0,2}} (?:took an overdose|overdosed)\b",
    rf"\b{_I} think {_I}\b(?: am| might be| may be)? having a (?:heart attack|stroke)\b",
    rf"\b{_NEAR}\b(?: is| may be| might be| must be) having a (?:heart attack|stroke)\b",
    rf"\b(?:{_NEAR}|the baby|somebody|someone)\b {_BREATH}{_ENDS}",
    rf"\b{_NEAR}\b (?:is|was|lies|is lying) unconscious\b",
    r"\b(?:chest (?:is|has been|hurts|feels)|pain in my chest|chest pain)\b.{0,60}\bleft arm\b",
    r"\bleft arm\b.{0,60}\b(?:chest (?:is|has been|hurts|feels)|pain in my chest|chest pain)\b",
    rf"\b{_NEAR}\b(?: \w+){{0,3}} (?:threaten(?:s|ed)? to|is going to|wants to|tried to|says (?:he|she)['’]?ll) "
    rf"(?:kill|strangle|choke|stab|shoot) me\b{_FIGURE}",
    rf"\b{_NEAR}\b (?:strangled|choked|stabbed|shot) me\b",
)
_SIGN = re.compile("|".join(f"(?:{sign})" for sign in _SIGNS), re.IGNORECASE)
# What is told, not lived: fiction, history, language, code; and words that somebody else wrote.
_TOLD = re.compile(
    r"\b(?:novel|fiction|character|protagonist|villain|hero|plot|scene|movie|film|series|episode|season|lyrics?|song|poem|"
    r"stor(?:y|ies)|screenplay|script|game|level|boss|chapter|book|essay|translat\w+|synonym|grammar|joke|meme|quote|idiom|"
    r"process|thread|server|daemon|docker|container|sudo|command|hamlet|romeo|juliet|shakespeare)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\"[^\"\n]{3,400}\"|“[^”\n]{3,400}”|«[^»\n]{3,400}»", re.DOTALL)


def signals_danger(message: str) -> bool:
    """Whether the message says so in plain words, of now and of real people."""
    said = _QUOTED.sub(" ", message[:_READ].replace("’", "'"))
    return _TOLD.search(said) is None and _SIGN.search(said) is not None
