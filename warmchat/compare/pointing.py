"""Whether a message points at what the other party said before, so that it cannot be judged without those words."""

from __future__ import annotations

import re

_READ = 4000  # characters; a pointer stands near the start or in a short message
_POINTERS = re.compile(
    r"\b(?:are|r) (?:you|u) (?:really |absolutely |quite |very |completely |100% )?(?:sure|certain|positive|serious)\b"
    r"|\b(?:as|like|what|than|since|because) (?:you|u) (?:just |already |first |also )?(?:said|say|told|mentioned"
    r"|wrote|suggested|"
    r"recommended|advised|explained|described|claimed|promised|proposed|listed|gave|meant|mean)\b"
    r"|\b(?:you|u) (?:just |already |first |also |previously |earlier |once )?(?:said|told me|mentioned|wrote"
    r"|suggested|recommended|"
    r"advised|claimed|promised|explained|stated|listed|contradicted)\b"
    r"|\bwhy (?:did|do|would|are) (?:you|u) (?:just )?(?:say|saying|think|tell|claim|recommend|suggest)\w*\b"
    r"|\bdid(?:n't| not)? (?:you|u) (?:just )?(?:say|tell|mention|suggest|claim|promise|mean)\b"
    r"|\b(?:what|how) (?:do|did) (?:you|u) mean\b|\bdo (?:you|u) (?:really |still |actually )?(?:mean|stand by)\b"
    r"|\byour (?:last |previous |earlier |first |second |other |own )?(?:advice|answer|suggestion|suggestions|reply"
    r"|response|recommendation|"
    r"explanation|message|point|points|list|plan|idea|statement|words|example|story|poem|recipe)\b"
    r"|\b(?:that|this|it)(?:'s| is| was|s)? (?:not |in)(?:right|correct|true|what you)|\b(?:that|this|it)(?:'s"
    r"| is) (?:wrong|false)\b"
    r"|\b(?:you|u)(?:'re| are|r| were) (?:wrong|mistaken|lying|contradicting|right about|correct about)\b"
    r"|\b(?:really|seriously)\?|\bis that (?:really |actually )?(?:right|true|correct|so|a fact)\b"
    r"|\b(?:explain|elaborate on|expand on|repeat|rephrase|summari[sz]e|translate|shorten|continue|rewrite) (?:that"
    r"|this|it|the above)\b"
    r"|\btell me more\b|\bgo on\b|\bthe (?:first|second|third|last|former|latter) (?:one|option|point|step"
    r"|suggestion|part)\b"
    r"|\b(?:the|from) (?:above|earlier|previous)\b|\byou (?:were|are) saying\b|\bgo back to what\b",
    re.IGNORECASE,
)


def points_back(text: str) -> bool:
    """Whether the message refers to the other party's earlier words: "are you sure?", "your advice", "as you said"."""
    return _POINTERS.search(text[:_READ].replace("’", "'")) is not None
