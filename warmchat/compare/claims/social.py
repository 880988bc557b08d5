"""Sentences that address the user and state nothing: the only ones that may be left out of a comparison."""

from __future__ import annotations

from warmchat.compare.lexicon import CAUTIONS, SOCIAL, SOCIAL_PHRASES, listed
from warmchat.compare.words import Sentence, Token, fold, is_content

_ADDRESS = listed("i i'm i've i'd i'll me my you you're you've you'll your yours we we're we'll let's us our")
_ADVICE = listed("should must don't never stop avoid try ought need see call consult") | CAUTIONS


def is_social(
    sentence: Sentence, text: str, facts: frozenset[str], *, has_fact: bool, called: Token | None = None
) -> bool:
    """Whether a sentence carries tone alone.

    Args:
        facts: stems of the question and of the other reply: a sentence that holds one of them is kept.
        called: the word that addresses the user by name.
        has_fact: whether it holds a number or a name; then it is kept as well.
    """
    if has_fact:
        return False
    content = [t for t in sentence.tokens if is_content(t) and t is not called]
    if any(t.stem in facts for t in content):
        return False
    told = [t for t in content if t.low not in SOCIAL]
    if not told:
        return True
    words = {t.low for t in sentence.tokens}
    wording = fold(text[sentence.start : sentence.end])
    return any(p in wording for p in SOCIAL_PHRASES) or (bool(words & _ADDRESS) and not words & _ADVICE)
