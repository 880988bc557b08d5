"""From token bytes to text that can be shown: whole characters only, and nothing that might be part of a stop text."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class TextStream:
    """Collects the bytes of tokens and gives out text.

    Args:
        stops: texts that end the reply; neither they nor a beginning of one are given out.
    """

    def __init__(self, stops: Sequence[str] = ()) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stops = tuple(stops)
        self._held = ""
        self.stopped = False

    def push(self, piece: bytes) -> str:
        """More bytes; returns the text that is certain by now. After `stopped` nothing more comes."""
        if self.stopped:
            return ""
        self._held += self._decoder.decode(piece)
        found = [at for at in (self._held.find(stop) for stop in self._stops) if at >= 0]
        if found:
            self.stopped = True
            text, self._held = self._held[: min(found)], ""
            return text
        keep = self._possible_stop()
        text, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return text

    def finish(self) -> str:
        """The rest; bytes of a character that never came whole become the replacement character."""
        text, self._held = self._held + self._decoder.decode(b"", final=True), ""
        return "" if self.stopped else text

    def _possible_stop(self) -> int:
        """How many characters at the end could be the beginning of a stop text."""
        longest = max((len(stop) for stop in self._stops), default=0)
        for size in range(min(longest - 1, len(self._held)), 0, -1):
            if any(stop.startswith(self._held[-size:]) for stop in self._stops):
                return size
        return 0
