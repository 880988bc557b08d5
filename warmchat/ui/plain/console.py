"""Lines in, lines out: nothing that was written is ever written over, and nothing but text goes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from warmchat.domain.conversation import split_thinking
from warmchat.domain.text import printable

_SENTENCE_END = re.compile(r"\n|[.!?…:;](?=\s)")


@dataclass
class Console:
    """Where the chat reads and writes.

    Attributes:
        read: one line after a prompt; raises `EOFError` at the end.
        out: what is said. talk: remarks and errors.
        interactive: a person types; else the lines come from a pipe or file.
    """

    read: Callable[[str], str]
    out: TextIO
    talk: TextIO
    interactive: bool

    def say(self, text: str, *, end: str = "\n") -> None:
        """Write text without anything that a terminal would obey."""
        self.out.write(printable(text) + end)
        self.out.flush()

    def remark(self, message: str, hint: str = "") -> None:
        """A remark, with what can be done."""
        self.talk.write(printable(message) + (f" ({printable(hint)})" if hint else "") + "\n")
        self.talk.flush()


class ToldReply:
    """A reply as it comes, by whole sentences or lines: a reader that speaks stumbles over parts of words.

    What a thinking model thinks is not said, only that it does.

    Args:
        said: what was told of it already; it is gone on with.
    """

    def __init__(self, console: Console, name: str, *, said: str = "") -> None:
        self._console = console
        self._name = name
        self._whole = said
        self._told = len(split_thinking(said)[1])
        self._head = f"{name} goes on: " if said else f"{name}: "
        self._thinking = False

    def add(self, fragment: str) -> None:
        """More of the reply."""
        self._whole += fragment
        thinking, text = split_thinking(self._whole)
        if not text:
            if not self._thinking and (thinking or self._whole.lstrip().startswith("<think>")):
                self._thinking = True
                self._console.say(f"{self._name} is thinking.")
            return
        if "<think>".startswith(text.lstrip()):  # the beginning of a mark that may still come
            return
        end = max((found.end() for found in _SENTENCE_END.finditer(text, self._told)), default=self._told)
        self._tell(text, end)

    def finish(self, text: str) -> None:
        """The reply is whole."""
        self._tell(text, len(text))
        self._console.say("" if self._told else f"{self._name} said nothing.")

    def break_off(self) -> None:
        """No more will come: tell what there is."""
        text = split_thinking(self._whole)[1]
        self._tell(text, len(text))
        if self._told:
            self._console.say("")

    def _tell(self, text: str, end: int) -> None:
        piece = text[self._told : end]
        if self._head:
            piece = piece.lstrip()
            if not piece:
                return
            piece, self._head = self._head + piece, ""
        self._console.say(piece, end="")
        self._told = max(self._told, end)
