"""Which turns fit the context window: whole oldest turns go, in one go; then the prefix stays as it is for long."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from warmchat.domain.conversation import Message
from warmchat.domain.errors import PromptTooLong
from warmchat.domain.turn import Turn

KEEP = 0.6  # of the window, after dropping


def reply_room(n_ctx: int, max_tokens: int) -> int:
    """Tokens kept free for the reply: what the profile allows, at most a quarter of the window."""
    return min(max_tokens, n_ctx // 4)


def first_turn_that_fits(
    turns: Sequence[Turn],
    *,
    start: int,
    prompt_of: Callable[[Sequence[Turn]], Sequence[Message]],
    count: Callable[[Sequence[Message]], int],
    n_ctx: int,
    room: int,
) -> int:
    """Index of the oldest turn that the voice still reads.

    Args:
        turns: the earlier turns, oldest first.
        start: where the window began before; it never moves back.
        prompt_of: the whole prompt for a choice of earlier turns.
        count: tokens of a prompt.
        n_ctx: size of the window in tokens. room: tokens to leave free for the reply.

    Raises:
        PromptTooLong: the new message does not fit even alone.
    """
    if count(prompt_of(turns[start:])) + room <= n_ctx:
        return start
    for first in range(start + 1, len(turns) + 1):
        size = count(prompt_of(turns[first:]))
        if size <= (n_ctx - room) * KEEP or (first == len(turns) and size + room <= n_ctx):
            return first
    size = count(prompt_of([]))
    raise PromptTooLong(
        f"The message takes {size:,} tokens with its prompt; the window holds {n_ctx:,} and {room:,} are for the reply",
        "shorten it, or start with a larger --ctx",
    )


class Windows:
    """Where each voice's window begins: one for each sequence. It only moves when it must."""

    def __init__(self) -> None:
        self._left_out: dict[str, str] = {}  # sequence -> id of the newest turn before its window

    def begin_at(self, sequence: str, turns: Sequence[Turn], first: str) -> None:
        """Let the window begin at the turn with the id `first`, as it did before the session was closed."""
        before = [turn.id for turn in turns][: [turn.id for turn in turns].index(first)]
        if before:
            self._left_out[sequence] = before[-1]

    def of(self, turns: Sequence[Turn], sequence: str) -> list[Turn]:
        """The turns inside the window."""
        last = self._left_out.get(sequence)
        if last is None:
            return list(turns)
        # From the end: the window stays as large as it is while the session grows.
        place = next((place for place in range(len(turns) - 1, -1, -1) if turns[place].id == last), -1)
        return list(turns[place + 1 :])

    def fit(
        self,
        turns: Sequence[Turn],
        sequence: str,
        *,
        prompt_of: Callable[[Sequence[Turn]], Sequence[Message]],
        count: Callable[[Sequence[Message]], int],
        n_ctx: int,
        max_tokens: int,
    ) -> tuple[list[Turn], list[Turn]]:
        """Make room for a new message and its reply.

        Returns:
            The earlier turns that the voice still reads, and those that went just now.

        Raises:
            PromptTooLong: the new message does not fit even alone.
        """
        start = len(turns) - len(self.of(turns, sequence))
        first = first_turn_that_fits(
            turns, start=start, prompt_of=prompt_of, count=count, n_ctx=n_ctx, room=reply_room(n_ctx, max_tokens)
        )
        if first > start:
            self._left_out[sequence] = turns[first - 1].id
        return list(turns[first:]), list(turns[start:first])
