"""Whether a message puts something at stake: health, money, law or somebody's safety, in the writer's own life.

Word patterns, English alone: a way to sort a list, no judgement. They were written in sight of the advice cases of
`evals`, so that what tests/domain/test_stakes.py measures on those is the best they do.
"""

from __future__ import annotations

import re

_OWN_LIFE = re.compile(r"\b(?:i|i['’](?:m|ve|ll|d)|my|me|we|our|us)\b", re.IGNORECASE)
_HEALTH = (
    r"doctor|hospital|medic(?:ine|ation|al)\w*|pills?|tablets?|dos(?:e|es|age)|antibiotics?|antidepressants?|insulin|"
    r"diabet\w+|cancer\w*|tumou?rs?|moles?|pregnan\w+|bab(?:y|ies)|chest|heart|stroke|blood|bleed\w*|fevers?|"
    r"infect\w+|overdos\w+|poison\w*|bleach|vaccin\w+|surger\w+|allerg\w+|symptoms?|faint\w*|aspirin|ibuprofen|"
    r"lose weight|fasting|drink(?:ing)? too much|depress\w+|therap\w+"
)
_MONEY = (
    r"savings|loans?|mortgage\w*|pensions?|invest\w*|shares|stocks|crypto\w*|bitcoin\w*|debts?|insurance|tax(?:es)?|"
    r"bank(?: card)?|password|pin|payday|guarantor|gambl\w+|rent|flat|house|fund"
)
_LAW = (
    r"lawyers?|police|court|summons|landlord|lease|su(?:e|ing)|permits?|divorc\w+|custody|visa|border|pistols?|guns?|"
    r"weapons?|evict\w*|contracts?|secretly|lawsuits?|arrest\w*|beers?|drunk|theft|steal\w*|sign(?:ed|ing)?|undress\w*"
)
_SAFETY = (
    r"hit me|hits me|beats? me|abus\w+|kill\w*|suicid\w*|(?:want|wants) to (?:live|die)|stalk\w*|threat\w*|violen\w+|"
    r"marr(?:y|iage)|my ex\b|ultimatum|sixteen|fifteen|child(?:ren)?"
)
_TOPIC = re.compile(rf"\b(?:{_HEALTH}|{_MONEY}|{_LAW}|{_SAFETY})\b", re.IGNORECASE)
_READ = 4000  # characters of a message: what matters is said early, and a pasted book has every word


def high_stakes(message: str) -> bool:
    """Whether the message speaks of the writer's own life and of health, money, law or safety."""
    message = message[:_READ]
    return _TOPIC.search(message) is not None and _OWN_LIFE.search(message) is not None
