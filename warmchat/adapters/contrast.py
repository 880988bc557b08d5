"""Reading the model under two prompts: the differences that a control vector is made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from warmchat.adapters.texts import STARTS, UserMessage
from warmchat.adapters.train.examples import shown_before
from warmchat.adapters.train.recipe import Style
from warmchat.domain.conversation import Message, split_thinking
from warmchat.domain.errors import EngineError
from warmchat.domain.profile import Sampling
from warmchat.engine.bulk import finished, in_bulk
from warmchat.engine.protocol import Engine, Finished, Job

if TYPE_CHECKING:
    from warmchat.adapters.directions import States

Step = Callable[[], None]
REPLY_TOKENS = 24  # of each reply that is read; the voice shows in its first sentence

Asking = Callable[[UserMessage], tuple[Message, ...]]
"""All that is read before a reply to this message."""

Sides = tuple[Asking, Asking]
"""How the two voices are asked: the one that the vector leads to, then the one that it leads away from."""


def asking(system_prompt: str, style: Style | None = None) -> Asking:
    """Under this prompt; with a style, after our examples of it: a small model hardly follows a prompt alone."""

    def asked(message: UserMessage) -> tuple[Message, ...]:
        *system, last = chat(system_prompt, message.text)
        return (*system, *(shown_before(message, style) if style is not None else ()), last)

    return asked


def chat(system_prompt: str, text: str) -> tuple[Message, ...]:
    """A user message, after a system prompt where there is one."""
    system = (Message("system", system_prompt),) if system_prompt.strip() else ()
    return (*system, Message("user", text))


def check_can_read(engine: Engine) -> None:
    """Raises `EngineError` where this engine shows no hidden states."""
    if not engine.describe().capabilities.hidden_states:
        raise EngineError(
            "The hidden states of this model cannot be read: a server does not show them",
            "a control vector is made with a model file: --model FILE.gguf",
        )


def from_starts(
    engine: Engine, sides: Sides, messages: Sequence[UserMessage], step: Step, starts: Sequence[str] = STARTS
) -> States:
    """The state before the next word on the first side minus that on the second: (messages, layers, width).

    Each message is read with every beginning of a reply, and the mean over the beginnings is taken, so memory is one
    difference a message however many beginnings there are.

    Args:
        step: called after each message on each side.
    """
    import numpy as np

    out: States | None = None
    jobs = (
        in_bulk(Job(asked(message), task="hidden", continue_from=start))
        for asked in sides for message in messages for start in starts  # in this order most of each is read already
    )  # fmt: skip
    with closing(finished(engine, jobs)) as ends:
        for index in range(2 * len(messages)):
            mean = _mean(ends, len(starts))
            if out is None:
                out = np.zeros((len(messages), *mean.shape), dtype=np.float32)
            out[index % len(messages)] += mean if index < len(messages) else -mean
            step()
    assert out is not None
    return out


def begun_replies(
    engine: Engine, sides: Sides, messages: Sequence[UserMessage], step: Step, starts: Sequence[str] = STARTS
) -> list[tuple[str, str, str]]:
    """(message, reply of the first side, of the second), where the two differ.

    Each message is answered twice on each side: freely, and going on from a beginning; the messages take the
    beginnings in turn. Greedy, so that only what is read before makes the difference.

    Args:
        step: called after each reply.
    """
    rest = [start for start in starts if start]
    begun = [(m, start) for i, m in enumerate(messages) for start in ("", rest[i % len(rest)])]
    jobs = (
        in_bulk(Job(asked(message), Sampling(max_tokens=REPLY_TOKENS), continue_from=start))
        for asked in sides for message, start in begun
    )  # fmt: skip
    said = []
    with closing(finished(engine, jobs)) as ends:
        for end in ends:
            said.append(split_thinking(end.text)[1])
            step()
    pairs = zip(begun, said[: len(begun)], said[len(begun) :], strict=True)
    return [
        (message.text, start + first, start + second) for (message, start), first, second in pairs
        if first != second and first.strip() and second.strip()
    ]  # fmt: skip


def from_replies(engine: Engine, pairs: Sequence[tuple[str, str, str]], step: Step) -> States:
    """The mean state over the first reply minus that over the second, both read without any system prompt of ours.

    So nothing of the prompts' own words is in it: (pairs, layers, width).

    Args:
        step: called after each reading.
    """
    texts = [(message, reply) for message, first, second in pairs for reply in (first, second)]
    states = replies_read(engine, texts, lambda _done: step())
    differences: States = states[::2] - states[1::2]
    return differences


def replies_read(
    engine: Engine, pairs: Sequence[tuple[str, str]], told: Callable[[int], None] = lambda _done: None
) -> States:
    """The mean state over each reply's tokens, read after its message without a system prompt of ours.

    Args:
        pairs: (message, reply).

    Returns:
        (pairs, layers, width) float32.
    """
    import numpy as np

    jobs = (in_bulk(Job(chat("", m), task="hidden", continue_from=r, pool="mean")) for m, r in pairs)
    out = []
    with closing(finished(engine, jobs)) as ends:
        for end in ends:
            out.append(states_of(end))
            told(len(out))
    return np.stack(out)


def states_of(end: Finished) -> States:
    """The hidden states of a finished job: (layers, width) float32."""
    import numpy as np

    if end.hidden is None:
        raise EngineError("The engine read a text and gave no hidden states")
    return np.frombuffer(end.hidden.data, dtype="<f4").reshape(end.hidden.layers, end.hidden.width)


def _mean(ends: Iterator[Finished], count: int) -> States:
    total = states_of(next(ends)).copy()
    for _ in range(count - 1):
        total += states_of(next(ends))
    total /= count
    return total
