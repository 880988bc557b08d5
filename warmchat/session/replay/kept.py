"""What a voice had read before a reply, as far as the log tells: so that a replay can begin with the same prefix.

A prefix that was kept holds what the voice drew itself (token by token), what it read when another voice had spoken,
and what it read to say how likely it found that voice's reply. The same calls in the same order give the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from warmchat.domain.conversation import visible_history
from warmchat.domain.profile import Profile
from warmchat.domain.turn import Reply, Turn
from warmchat.engine.protocol import Job
from warmchat.session.replay.logged import Logged, asked_for, sequence_for
from warmchat.voices.reading import read_job, score_job


@dataclass(frozen=True)
class Earlier:
    """What a turn did in the sequence before a reply.

    Attributes:
        reply: what the jobs made then; None where they only read.
    """

    turn_id: str
    jobs: tuple[Job, ...]
    reply: Reply | None = None


def kept_before(logged: Logged, turn: Turn, reply: Reply, profile: Profile, *, read_ahead: bool) -> list[Earlier]:
    """What this sequence had done before the reply, from the last time that it read everything anew.

    Args:
        read_ahead: silent voices read the transcript in idle time, as they do in the chat.
    """
    if reads_all_anew(reply):
        return []
    sequence = sequence_for(turn, reply)
    found: list[Earlier] = []
    for each in logged.turns:
        own = list(_own(logged, each, sequence, reply))
        if each.id != turn.id and not own and sequence.endswith("/visible"):
            own = list(_read(logged, turn, each, profile, reply, read_ahead=read_ahead))
        for earlier in own:
            if earlier.reply is not None and reads_all_anew(earlier.reply):
                found.clear()
            found.append(earlier)
        if each.id == turn.id:
            break
    return found


def reads_all_anew(reply: Reply) -> bool:
    """Nothing of what it read had been kept from before."""
    return reply.usage.evaluated_tokens >= reply.usage.prompt_tokens


def _own(logged: Logged, turn: Turn, sequence: str, until: Reply) -> Iterator[Earlier]:
    """What this turn made in the sequence before the reply `until`: draft, shown reply, shadow reply."""
    drafts = [each for each in logged.others.get(turn.id, ()) if each.role == "draft"]
    for each in (*drafts, turn.reply, turn.shadow):
        if each is None:
            continue
        if each.id == until.id:
            return
        copied = each.role == "shadow" and any((d.text, d.usage) == (each.text, each.usage) for d in drafts)
        left_cold = each.role != "draft" and each.way == "cold"  # its draft stands for it
        profile = logged.profiles.get(each.profile_hash)
        if copied or left_cold or profile is None or sequence_for(turn, each) != sequence:
            continue
        yield Earlier(turn.id, asked_for(logged, turn, each, profile).jobs, each)


def _read(
    logged: Logged, turn: Turn, after: Turn, profile: Profile, reply: Reply, *, read_ahead: bool
) -> Iterator[Earlier]:
    """What the voice read when another one had spoken: the reply, to score it; then all, in idle time."""
    path = logged.before(turn.id)
    ids = [each.id for each in path]
    if after.id not in ids or after.reply is None:
        return
    window = reply.origin.window if reply.origin.window is not None else turn.window
    first = ids.index(window[0]) if window and window[0] in ids else 0  # where it stood then is not known
    upto = path[first : ids.index(after.id) + 1]
    if not upto:
        return
    own = asked_for(logged, turn, reply, profile).jobs[-1]
    if after.reply.scores:
        before = visible_history(upto[:-1], reply.profile)
        score = score_job(
            profile, before, after.user_text, after.reply.text, sequence=own.sequence, adapters=own.adapters
        )
        yield Earlier(after.id, (score,))
    if read_ahead:
        history = visible_history(upto, reply.profile)
        read = read_job(profile, history, sequence=own.sequence, adapters=own.adapters)
        yield Earlier(after.id, (read,))
