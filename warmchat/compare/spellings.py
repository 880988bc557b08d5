"""One word in several spellings, and peoples beside their countries where letters do not tell it: "Norwegian".

Short on purpose: what changes within a word ("Canada", "Canadian") is told by rule elsewhere.
"""

from __future__ import annotations

# Folded words of one meaning; the first stands for all. Peoples whose word begins otherwise than their country's.
_WORDS = """
france french|norway norwegian norwegians|denmark danish|sweden swedish|finland finnish
spain spanish spaniard spaniards|netherlands dutch holland|switzerland swiss|wales welsh|scotland scottish
greece greek greeks|poland polish|turkey turkish|ireland irish|britain british uk briton britons
england english|germany german germans|portugal portuguese|china chinese|philippines filipino filipinos
iceland icelandic|thailand thai|america american americans usa|myanmar burma burmese|iran persia persian
beijing peking|mumbai bombay|kolkata calcutta|chennai madras|saint st|mount mt|fort ft|colour color
centre center|grey gray|aluminium aluminum|theatre theater|defence defense|harbour harbor|honour honor
favourite favorite|neighbour neighbor|metre meter|litre liter|fibre fiber|tyre tire|mum mom|programme program
jewellery jewelry|plough plow|aeroplane airplane
"""


def sets(text: str) -> dict[str, str]:
    """Each word of a set -> the set's first word; sets stand on lines of their own or between bars."""
    found: dict[str, str] = {}
    for line in text.strip().replace("\n", "|").split("|"):
        first, *others = line.split()
        found |= dict.fromkeys(others, first)
    return found


WORDS = sets(_WORDS)
"""Folded word -> the word that stands for it in every comparison."""
