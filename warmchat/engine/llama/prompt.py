"""From messages to token ids, such that text which was generated or read before keeps its ids."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from warmchat.domain.conversation import Message
from warmchat.engine.llama.lanes import common_prefix
from warmchat.engine.llama.template import ChatTemplate, Piece

K = TypeVar("K")
V = TypeVar("V")

REMEMBERED = 4096  # replies and stretches of text; some megabytes


class Vocabulary(Protocol):
    """What of a model is needed here."""

    @property
    def adds_bos(self) -> bool: ...
    @property
    def bos(self) -> int: ...
    def tokenise(self, text: str, *, special: bool) -> list[int]: ...


@dataclass(frozen=True, slots=True)
class Prompt:
    """Token ids, and the text of a thinking block that the template has opened for the reply (or empty)."""

    ids: tuple[int, ...]
    opened: str = ""


class PromptBuilder:
    """Builds prompts for one model. Safe from several threads: each dictionary step is atomic, a lost entry costs time.

    Replies are remembered with the ids that were drawn, for re-tokenising text can give other ids than the model drew;
    then nothing after the first difference could be reused. All other stretches are remembered too, as tokenising a
    long chat at every turn would cost more than reading the new message.
    """

    def __init__(self, vocabulary: Vocabulary, template: ChatTemplate) -> None:
        self._vocabulary = vocabulary
        self.template = template
        self._replies: OrderedDict[str, tuple[int, ...]] = OrderedDict()
        self._stretches: OrderedDict[tuple[str, bool], tuple[int, ...]] = OrderedDict()

    def remember_reply(self, text: str, ids: Sequence[int]) -> None:
        """`text` was generated as `ids`."""
        _put(self._replies, text, tuple(ids))

    def build(
        self, messages: Sequence[Message], continue_from: str = "", *, reply: bool = True, bare: bool = False
    ) -> Prompt:
        """The prompt of these messages; `continue_from` is the beginning of the reply, as text.

        Args:
            reply: end where the assistant's reply begins; False ends after the last message.
            bare: see `Job.bare`.
        """
        pieces = self.template.pieces(messages, reply=reply, bare=bare)
        opened = _opened_thinking(pieces)
        if continue_from:
            pieces.append(Piece(continue_from.removeprefix(opened), "assistant"))
        ids: list[int] = []
        pending: list[Piece] = []
        for piece in pieces:
            known = self._replies.get(piece.text) if piece.role == "assistant" else None
            if known is None:
                pending.append(piece)
                continue
            ids += self._tokenised(pending)
            pending = []
            ids += known
        ids += self._tokenised(pending)
        if self._vocabulary.adds_bos and (not ids or ids[0] != self._vocabulary.bos):
            ids.insert(0, self._vocabulary.bos)
        return Prompt(tuple(ids), opened)

    def build_raw(self, before: str, text: str) -> tuple[tuple[int, ...], int]:
        """The ids of plain text without any template, and the index of the first token that belongs to `text`.

        Both are tokenised as one, as they were written: a space at the end of `before` joins the first word.
        """
        ids = self._ids(before + text, special=False)
        start = common_prefix(ids, self._ids(before, special=False))
        if self._vocabulary.adds_bos:
            ids, start = [self._vocabulary.bos, *ids], start + 1
        return tuple(ids), start

    def _tokenised(self, pieces: Sequence[Piece]) -> list[int]:
        """Template text with its special tokens, contents without.

        One call over everything gives the ids that the model was trained on (words join across the seam). Only where
        a content spells a special token is it cut out and tokenised alone.
        """
        ids: list[int] = []
        run: list[str] = []
        for piece in pieces:
            if piece.is_content and self._spells_special(piece.text):
                ids += self._ids("".join(run), special=True)
                run = []
                ids += self._ids(piece.text, special=False)
            else:
                run.append(piece.text)
        return ids + self._ids("".join(run), special=True)

    def _spells_special(self, text: str) -> bool:
        return self._ids(text, special=True) != self._ids(text, special=False)

    def _ids(self, text: str, *, special: bool) -> list[int]:
        if not text:
            return []
        key = (text, special)
        found = self._stretches.get(key)
        if found is None:
            found = tuple(self._vocabulary.tokenise(text, special=special))
            _put(self._stretches, key, found)
        return list(found)


def _put(store: OrderedDict[K, V], key: K, value: V) -> None:
    store[key] = value
    while len(store) > REMEMBERED:
        store.popitem(last=False)


def _opened_thinking(pieces: Sequence[Piece]) -> str:
    """Some thinking models' templates open the block themselves: the reply then begins inside it."""
    tail = pieces[-1].text if pieces and not pieces[-1].is_content else ""
    return "<think>\n" if tail.rstrip().endswith("<think>") else ""
