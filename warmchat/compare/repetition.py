"""Whether a text says the same again and again: what a small model does when it is steered too far or loops."""

from __future__ import annotations

import re

GRAM = 4  # words; shorter runs come back in any text ("one of the", "as well as")
MOST = 0.35  # share of repeated runs; prose stays under 0.05, recipes and lists with one pattern under 0.25
FEWEST_WORDS = 40  # in a shorter text a single repeated sentence would weigh too much

STUTTER = 40  # characters of one to eight that come again and again, as in "IIII" or "hahaha": no word is so long

_STUTTER = re.compile(r"([^\W_]{1,8}?)\1{4,}")
_WORD = re.compile(r"\w+(?:['’]\w+)*")


def repeated_share(text: str) -> float:
    """The share, 0 to 1, of the text's runs of four words that were said before; case and punctuation do not count."""
    return _share(_words(text))


def repeats_itself(text: str) -> bool:
    """Whether more than `MOST` of the text was said before, if it is long enough to tell; or it became a stutter."""
    words = _words(text)
    return (len(words) >= FEWEST_WORDS and _share(words) > MOST) or stutters(text)


def stutters(text: str) -> bool:
    """Whether the text has come to say a few letters over and over, which are no words to count."""
    return any(len(run.group()) >= STUTTER for run in _STUTTER.finditer(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _share(words: list[str]) -> float:
    runs = [tuple(words[at : at + GRAM]) for at in range(len(words) - GRAM + 1)]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0
