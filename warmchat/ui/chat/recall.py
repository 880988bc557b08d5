"""Walking through the messages that were written before, with what is being written now at the end."""

from __future__ import annotations

from collections.abc import Sequence


class Recall:
    """The place in the messages. What was off the record is known while the program runs, and nowhere after."""

    def __init__(self) -> None:
        self._messages: list[str] = []
        self._at: int | None = None
        self._draft = ""

    def learn(self, messages: Sequence[str]) -> None:
        """Messages of earlier, oldest first; they go before those of this run."""
        mine = [message for message in self._messages if message not in messages]
        self._messages = [*dict.fromkeys(messages), *mine]
        self._at = None

    def add(self, message: str) -> None:
        """A message was sent."""
        if message in self._messages:
            self._messages.remove(message)
        self._messages.append(message)
        self._at = None

    def step(self, direction: int, written: str) -> str | None:
        """What stands in the prompt after a step back (-1) or on (1); None where there is no further to go.

        Args:
            written: what stands there now. A recalled message that was edited counts as a new draft.
        """
        if self._at is not None and written != self._messages[self._at]:
            self._at = None
        if self._at is None:
            if direction > 0 or not self._messages:
                return None
            self._draft, self._at = written, len(self._messages) - 1
            return self._messages[self._at]
        at = self._at + direction
        if at < 0:
            return None
        if at >= len(self._messages):
            self._at = None
            return self._draft
        self._at = at
        return self._messages[at]
