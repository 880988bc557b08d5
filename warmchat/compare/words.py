"""Text as sentences of tokens that know where they stand. Everything here takes time linear in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from warmchat.compare.lexicon import STOP, listed
from warmchat.compare.spellings import WORDS

# Some chat systems glue words together ("inVancouver"): a small function word before a capital is split off.
_GLUED = r"(?<![^\W_])(?:in|on|of|is|by|at|as|to|from|and|the|was|for|with|were|are)(?=[A-Z])"
# Han is read sign by sign and katakana by run; hiragana is mostly grammar. Other scripts are read by word.
_TOKEN = re.compile(
    rf"\d+(?:[.,:]\d+)*|{_GLUED}|[\u3400-\u9fff]|[\u30a0-\u30ff]+|[\u3040-\u309f]+|[^\W\d_]+(?:['’][^\W\d_]+)*"
)
_RAISED = "²³¹⁰⁴⁵⁶⁷⁸⁹"
_SHORTEST_NOTED = 3  # letters of a word whose raised figure is a footnote ("Electoral College⁶"), no power ("m²")
# The look-behind lets a run of stops be tried once, not once per stop: without it "....x" would take quadratic time.
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]*]*+(?=\s|$)|[。！？]+|\n+")
_LIST_MARK = re.compile(r"(?:[-*•–#>]+|\(?\d{1,2}[.)])(?=\s)")
_ABBREVIATIONS = listed("mr mrs ms dr st jr sr vs no prof gen sen rep mt approx inc ltd co etc ca")
_LONGEST = 120  # tokens
_FENCE = re.compile(r"```[^`]*(?:`(?!``)[^`]*)*(?:```|\Z)")


@dataclass(frozen=True, slots=True)
class Token:
    """One word or number. ``whole[start:end] == text``; `low` is folded, `stem` is what is compared."""

    start: int
    end: int
    text: str
    low: str
    stem: str

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of text between two ends, without its list mark. ``whole[start:end]`` is its wording."""

    start: int
    end: int
    tokens: tuple[Token, ...]

    @property
    def stems(self) -> frozenset[str]:
        """The stems of its content words."""
        return frozenset(t.stem for t in self.tokens if is_content(t))


def fold(text: str) -> str:
    """Lower case, plain apostrophes, accents off."""
    low = text.casefold().replace("’", "'")
    if low.isascii():
        return low
    return "".join(c for c in unicodedata.normalize("NFKD", low) if not unicodedata.combining(c))


def stem(low: str) -> str:
    """A folded word with its commonest English endings off: enough to match "played" with "plays"."""
    word = low.removesuffix("'s").removesuffix("'")
    for ending, shortest in (("ies", 5), ("ing", 6), ("ed", 5), ("ly", 6), ("es", 5), ("s", 4), ("e", 4)):
        if len(word) >= shortest and word.endswith(ending) and not word.endswith("ss"):
            word = word[: -2 if ending == "ies" else -len(ending)]
            if ending in ("ing", "ed") and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word[:-1] + "i" if len(word) > 3 and word[-1] == "y" else word


def is_content(token: Token) -> bool:
    """Whether a token says something of its own: no function word, no single Latin letter, no hiragana."""
    if token.low in STOP or token.stem in STOP:
        return False
    return not (len(token.low) == 1 and token.low.isascii() and token.low.isalpha()) and not (
        "\u3040" <= token.low[:1] <= "\u309f"
    )


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The tokens of ``text[start:end]``, with offsets in `text`."""
    for found in _TOKEN.finditer(text, start, len(text) if end is None else end):
        word = found.group()
        bare = word.rstrip(_RAISED)
        word = bare if len(bare) >= _SHORTEST_NOTED else word
        low = fold(word)
        yield Token(found.start(), found.start() + len(word), word, low, stem(WORDS.get(low, low)))


def without_code(text: str) -> str:
    """Fenced code blanked out, offsets kept. Code is not prose: its words are no claims."""
    return _FENCE.sub(lambda found: " " * len(found.group()), text) if "```" in text else text


def sentences(text: str, *, spoken: bool = False) -> list[Sentence]:
    """Split into sentences: at full stops, line ends and list marks, not at "Dr." or an initial.

    Args:
        spoken: "No." is an answer, not the short form of "number", unless a digit follows.
    """
    out: list[Sentence] = []
    begin = 0
    for end in [*_ends(text, spoken=spoken), len(text)]:
        found = _sentence(text, begin, end)
        if found is not None:
            out += _pieces(found)
        begin = end
    return out


def _pieces(sentence: Sentence) -> list[Sentence]:
    """A wall of text without stops, cut every `_LONGEST` tokens, so that work within a sentence stays bounded."""
    words = sentence.tokens
    if len(words) <= _LONGEST:
        return [sentence]
    parts = [words[i : i + _LONGEST] for i in range(0, len(words), _LONGEST)]
    return [Sentence(part[0].start, part[-1].end, part) for part in parts]


def _ends(text: str, *, spoken: bool) -> Iterator[int]:
    for found in _SENTENCE_END.finditer(text):
        if found.group() == "." and _abbreviated(text, found.start(), spoken=spoken):
            continue
        yield found.end()


def _abbreviated(text: str, dot: int, *, spoken: bool) -> bool:
    """Whether the stop at `dot` belongs to the word before it: "Dr.", "J.", "U.S.", or a list mark "2."."""
    begin = dot
    while begin > 0 and dot - begin < 8 and text[begin - 1].isalnum():
        begin -= 1
    word = text[begin:dot]
    if spoken and word.casefold() == "no":  # "No. 5" is a number, "No. It is not." an answer
        return text[dot + 1 : dot + 3].lstrip()[:1].isdigit()
    if word.casefold() in _ABBREVIATIONS:
        return True
    if word.isdigit() and len(word) <= 2:  # "1. Exodus": a mark when it opens its sentence
        if begin and text[begin - 1] == ".":  # "98.6. It": the end of a decimal
            return False
        before = text[max(0, begin - 4) : begin].rstrip(" \t")
        return not before or before[-1] in ".:;!?)\n"
    return len(word) == 1 and word.isupper() and text[dot + 1 : dot + 2] != "\n" and word != "I"


def _sentence(text: str, begin: int, end: int) -> Sentence | None:
    while begin < end and text[begin].isspace():
        begin += 1
    mark = _LIST_MARK.match(text, begin, end)
    if mark is not None:
        begin = mark.end()
        while begin < end and text[begin].isspace():
            begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    if begin >= end:
        return None
    found = tuple(t for t in tokens(text, begin, end) if not _citation(text, t))
    return Sentence(begin, end, found) if found else None


def _citation(text: str, token: Token) -> bool:
    """A footnote number glued to a word: the 1 of "Knowles1." but not the 3 of "has3 lines"."""
    if not token.text.isdigit() or len(token.text) > 2 or not text[max(0, token.start - 3) : token.start].isalpha():
        return False
    return token.start >= 3 and not (
        text[token.end : token.end + 1] == " " and text[token.end + 1 : token.end + 2].islower()
    )
