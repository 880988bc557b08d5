"""One name in several forms: short first names, titles, Roman numerals and ordinals, a few countries and cities."""

from __future__ import annotations

from collections.abc import Sequence

from warmchat.compare.lexicon import listed
from warmchat.compare.spellings import sets
from warmchat.compare.words import stem

_FIRST_NAMES = """
william bill will billy|robert bob rob bobby|richard dick rick|james jim jimmy|michael mike mick|thomas tom tommy
joseph joe|edward ed ted eddie|john jack johnny|anthony tony|daniel dan danny|david dave
katherine kate catherine kathryn
elizabeth liz beth|christopher chris|stephen steve steven|nicholas nick|samuel sam|benjamin ben|alexander alex
charles charlie chuck|henry harry|lawrence larry laurence|andrew andy|timothy tim|matthew matt|frederick fred|ronald ron
donald don|kenneth ken|gregory greg|jeffrey jeff geoffrey geoff|philip phil|peter pete|raymond ray|walter walt
abraham abe|margaret maggie meg|susan sue|judith judy|patricia pat|victoria vicky|franklin frank francis|gerald gerry
"""
_FROM_SECOND = (
    ("ii", "second", "two"), ("iii", "third", "three"), ("iv", "fourth", "four"), ("v", "fifth", "five"),
    ("vi", "sixth", "six"), ("vii", "seventh", "seven"), ("viii", "eighth", "eight"), ("ix", "ninth", "nine"),
    ("x", "tenth", "ten"), ("xi", "eleventh", "eleven"), ("xii", "twelfth", "twelve"), ("xiii", "thirteenth"),
    ("xiv", "fourteenth"), ("xv", "fifteenth"), ("xvi", "sixteenth"), ("xvii", "seventeenth"), ("xviii", "eighteenth"),
)  # fmt: skip
# Whole names of more words, as `names` gives them: stems without "the" and "of".
_LONG = {
    ("unit", "stat"): ("america",), ("unit", "stat", "america"): ("america",), ("us",): ("america",),
    ("unit", "kingdom"): ("britain",), ("great", "britain"): ("britain",),
    ("soviet", "union"): ("ussr",), ("new", "york", "citi"): ("new", "york"), ("nyc",): ("new", "york"),
    ("ho", "chi", "minh", "citi"): ("saigon",), ("sri", "lanka"): ("ceylon",), ("la",): ("los", "angel"),
}  # fmt: skip
_TITLE_WORDS = listed(
    "sir dr doctor mr mrs miss ms king queen president prince princess lord lady pope emperor empress captain colonel"
    " general admiral professor prof senator governor dame count duke duchess earl baron reverend rev chancellor sultan"
    " minister sheriff"
)


_SHORT = {stem(word): stem(first) for word, first in sets(_FIRST_NAMES).items()}
_COUNTED = {stem(word): str(n) for n, words in enumerate(_FROM_SECOND, 2) for word in words}
_TITLES = frozenset(stem(word) for word in _TITLE_WORDS)


def plain_name(words: Sequence[str]) -> tuple[str, ...]:
    """The stems of a name without titles, in the form that stands for its others; a title alone stays.

    "William" for "Bill", "2" for "II" and "Second", "america" for "United States".
    """
    bare = tuple(w for w in words if w not in _TITLES) or tuple(words)
    return _LONG.get(bare) or tuple(_SHORT.get(w, _COUNTED.get(w, w) if at else w) for at, w in enumerate(bare))
