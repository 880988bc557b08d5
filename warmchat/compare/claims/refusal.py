"""A reply that declines: it does not know, cannot, or will not."""

from __future__ import annotations

import re

from warmchat.compare.words import Sentence

_CUES = re.compile(
    r"\bi (?:really |honestly |just )?(?:do not|don't|can not|cannot|can't|could not|couldn't|won't|will not) "
    r"(?:know|answer|say|provide|give|help|assist|tell|confirm|verify|determine|find|have (?:access|any info|info"
    r"|enough|"
    r"the info|specific|real|current|that info|data|personal))"
    r"|\bi(?:'m| am) (?:not (?:an? (?:\w+[ -]){1,3})?(?:sure|certain|aware|able|familiar|capable|equipped|qualified)"
    r"|unable|unaware)"
    r"|\bi (?:do not|don't) have the (?:ability|capability|capacity|means|authority|right information)"
    r"|\bas an (?:ai\b|artificial intelligence)|\b(?:beyond|outside|after) my (?:knowledge|training)"
    r"|\bi have no (?:info|knowledge"
    r"|idea|way|data|access)"
    r"|\b(?:no|not enough|insufficient) (?:information|context|details|data)\b"
    r"|\b(?:could not|couldn't|unable to) (?:find|determine|provide|answer)|\bcannot be determined"
    r"|\b(?:please|could you|can you) (?:provide|give|clarify|specify)|\bneed more (?:info|context|details)"
    r"|\b(?:is|are) (?:unclear|unknown|not known|not clear|not specified)\b|\b(?:it's|it is) not (?:clear|possible to)"
)


def declines(sentence: Sentence, text: str, question: str) -> bool:
    """Whether a sentence says that the speaker does not know, cannot or will not answer.

    Words that the question holds too are a quotation ("who sang I can't help falling in love").
    """
    low = text[sentence.start : sentence.end].lower().replace("’", "'")
    found = _CUES.search(low)
    return found is not None and found.group() not in question.lower().replace("’", "'")
