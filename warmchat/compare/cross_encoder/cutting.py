"""What the network reads of a question and two replies: token ids of bounded number, in training and at run time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from warmchat.compare.claims.social import is_social
from warmchat.compare.lexicon import SOCIAL
from warmchat.compare.words import Sentence, sentences, stem

QUESTION = 40  # tokens of the user's message that are read
SIDE = 64  # tokens of each reply that are read
MAX_CHARS = 12_000  # of a reply that are looked at to choose those tokens; keeps the time bounded
_MESSAGE_CHARS = 4_000
_AFTER = 14  # tokens kept behind the question mark: a belief often follows ("... I think it is Sydney.")
CLS, SEP = 101, 102
SPECIAL, REPLY_A, REPLY_B, PADDING = 0, 1, 2, -1  # the values of `Cut.sides`
_TONE = SOCIAL | frozenset(stem(word) for word in SOCIAL)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as token ids, with the place in the text at which each begins."""

    ids: tuple[int, ...]
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A question and two replies as read: ids of each, in the order of the text."""

    question: tuple[int, ...]
    a: tuple[int, ...]
    b: tuple[int, ...]

    def turned(self) -> Piece:
        """The same with the replies in the other order."""
        return Piece(self.question, self.b, self.a)

    def __len__(self) -> int:
        return len(self.question) + len(self.a) + len(self.b) + 4

    def ids(self) -> list[int]:
        """[CLS] question [SEP] a [SEP] b [SEP]."""
        return [CLS, *self.question, SEP, *self.a, SEP, *self.b, SEP]

    def sides(self) -> list[int]:
        """For each of `ids` the reply that it stands in, else `SPECIAL`."""
        first = len(self.question) + 2
        return [SPECIAL] * first + [REPLY_A] * len(self.a) + [SPECIAL] + [REPLY_B] * len(self.b) + [SPECIAL]


class Cutter:
    """Cuts texts to what the network reads. Safe in any thread: the tokenizer keeps no state."""

    def __init__(self, tokenizer: Any) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True  # "[SEP]" in a reply is a word, no mark
        self._tokenizer = tokenizer
        self._mark = tokenizer.token_to_id("?")

    def tokens(self, text: str) -> Tokens:
        """All tokens of a text, none added."""
        # A lone surrogate is no Unicode text, and the tokenizer refuses it.
        found = self._tokenizer.encode(text.encode("utf-8", "replace").decode(), add_special_tokens=False)
        return Tokens(tuple(found.ids), tuple(start for start, _ in found.offsets))

    def piece(self, question: str, a: str, b: str) -> Piece:
        """Cut. Of a long message the part around its question is read, of a long reply the sentences nearest to the
        question and to the other reply.
        """
        asked = question[:_MESSAGE_CHARS]
        sides = a[:MAX_CHARS], b[:MAX_CHARS]
        read = [self.tokens(side) for side in sides]
        if any(len(tokens.ids) > SIDE for tokens in read):
            split = [sentences(side) for side in sides]
            topic = _stems(sentences(asked))
            a_ids, b_ids = (
                _nearest(read[i], split[i], [_nearness(s, sides[i], topic, _stems(split[1 - i])) for s in split[i]])
                for i in (0, 1)
            )
        else:
            a_ids, b_ids = read[0].ids, read[1].ids
        return Piece(self._asking(self.tokens(asked).ids), a_ids, b_ids)

    def _asking(self, ids: tuple[int, ...]) -> tuple[int, ...]:
        if len(ids) <= QUESTION:
            return ids
        last = max((at for at, token in enumerate(ids) if token == self._mark), default=len(ids) - 1)
        end = min(len(ids), last + 1 + _AFTER)
        return ids[max(0, end - QUESTION) : max(end, QUESTION)]


def _stems(split: Sequence[Sentence]) -> frozenset[str]:
    return frozenset(stem for sentence in split for stem in sentence.stems)


def _nearest(read: Tokens, split: Sequence[Sentence], near: Sequence[float]) -> tuple[int, ...]:
    """The ids of the nearest sentences, as many as fit, in order."""
    if len(read.ids) <= SIDE or not split:
        return read.ids[:SIDE]
    bounds = _bounds(read, split)
    chosen: list[range] = []
    left = SIDE
    for at in sorted(range(len(split)), key=lambda i: (-near[i], i)):
        span = bounds[at]
        if not chosen or len(span) <= left:
            chosen.append(span[:left])
            left -= len(chosen[-1])
    return tuple(read.ids[i] for span in sorted(chosen, key=lambda s: s.start) for i in span)


def _bounds(read: Tokens, split: Sequence[Sentence]) -> list[range]:
    """The tokens of each sentence, with what stands between it and the next (emoji, list marks)."""
    out, at = [], 0
    for next_ in [*split[1:], None]:
        begin = at
        while at < len(read.starts) and (next_ is None or read.starts[at] < next_.start):
            at += 1
        out.append(range(begin, at))
    return out


def _nearness(sentence: Sentence, text: str, topic: frozenset[str], other: frozenset[str]) -> float:
    """Shared stems, the question's count twice, against the square root of the length; what carries tone alone last."""
    stems = sentence.stems
    held = any(t.text[0].isdigit() or (t.capital and at and t.low != "i") for at, t in enumerate(sentence.tokens))
    shared = 2 * len(stems & topic) + len((stems & other) - topic - _TONE)
    tone = is_social(sentence, text, topic, has_fact=held)
    return float(shared / (3 + len(stems)) ** 0.5) + (0.3 if held else 0.0) - (3.0 if tone else 0.0)
