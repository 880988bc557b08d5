"""A session as the log holds it, and what was asked for each of its replies. Pure: no engine, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast

from warmchat.domain.conversation import Message, drafted_history, reference_history, split_thinking, visible_history
from warmchat.domain.errors import NotFound
from warmchat.domain.profile import Profile, Sampling
from warmchat.domain.turn import Reply, Turn, as_made
from warmchat.engine.protocol import AdapterSpec, Job, Priority
from warmchat.session.parts import sequence_of
from warmchat.session.transcript import Transcript
from warmchat.voices.direct import prompt_messages

if TYPE_CHECKING:
    from warmchat.storage.records import TurnRecord

REWRITTEN = ("rewritten", "retried")


@dataclass(frozen=True)
class Logged:
    """One session.

    Attributes:
        turns: all of them, oldest first, the branches that were left included.
        others: by turn, its replies that were not shown: drafts, samples, alternatives.
        profiles: those that spoke, by hash, as their files stood then.
    """

    turns: Sequence[Turn]
    others: Mapping[str, Sequence[Reply]]
    profiles: Mapping[str, Profile]

    @classmethod
    def of(cls, records: Sequence[TurnRecord]) -> Logged:
        """The session of these records."""
        profiles = {key: profile for record in records for key, profile in record.profiles.items()}
        return cls([r.turn for r in records], {r.turn.id: r.others for r in records}, profiles)

    @cached_property
    def _tree(self) -> Transcript:
        return Transcript(others=self.turns)

    def before(self, turn_id: str) -> list[Turn]:
        """The turns before this one on its own branch, oldest first."""
        return self._tree.before(turn_id)

    def draft_of(self, turn: Turn) -> Reply | None:
        """The cold answer that this turn's reply was made from."""
        drafts = [reply for reply in self.others.get(turn.id, ()) if reply.role == "draft"]
        return drafts[-1] if drafts else None

    def reply(self, turn: Turn, role: Literal["shown", "shadow"]) -> Reply:
        """The turn's reply in this role, as it was drawn: for one that was left cold that is its draft.

        Raises:
            NotFound: the log holds no words of it.
        """
        reply = turn.reply if role == "shown" else turn.shadow
        if reply is None or not (reply.text or reply.thinking):
            what = "reply" if role == "shown" else "shadow reply"
            raise NotFound(f"The turn {turn.id} has no {what} to make again", "`warmchat log show` tells what it has")
        return (self.draft_of(turn) or reply) if reply.way == "cold" else reply


@dataclass(frozen=True)
class Asked:
    """What was asked for one logged reply.

    Attributes:
        jobs: one; more where the reply was cut and gone on with: each but the first continues what was made till then.
        starts: for each job, where its words begin in the reply as it was made.
        unread: ids of earlier turns that were read and that the log does not hold.
        window_known: the log says which turns were read; else all on the branch are taken.
    """

    profile: Profile
    jobs: tuple[Job, ...]
    starts: tuple[int, ...]
    unread: tuple[str, ...]
    window_known: bool


def asked_for(logged: Logged, turn: Turn, reply: Reply, profile: Profile) -> Asked:
    """What was asked for this reply, under this profile's prompt; all else as the log says it."""
    origin = reply.origin
    window = origin.window
    if window is None and reply.role != "shadow":  # before version 4 the turn alone kept it
        window = turn.window
    made, starts = as_made(reply), (0, *origin.cuts)
    adapters = tuple(_spec(adapter) for adapter in origin.adapters if adapter.get("strength"))
    jobs = []
    for place, start in enumerate(starts):
        ids = window if place == len(starts) - 1 else turn.window  # going on may have moved the window
        messages = _messages(logged, turn, reply, profile, _read(logged, turn, ids))
        jobs.append(
            Job(messages, sampling_of(reply), sequence_for(turn, reply), Priority.VISIBLE, made[:start], adapters)
        )
    held = {each.id for each in logged.turns}
    unread = tuple(each for each in window or () if each not in held)
    return Asked(profile, tuple(jobs), starts, unread, window is not None)


def sampling_of(reply: Reply) -> Sampling:
    """How it was drawn, the seed included."""
    return replace(reply.origin.sampling, seed=reply.origin.seed)


def sequence_for(turn: Turn, reply: Reply) -> str:
    """The token sequence that the reply was made in."""
    if reply.role == "shadow":
        return sequence_of(reply.profile, turn.shadow_history)
    if reply.role == "draft":
        return sequence_of(reply.profile, "own")
    return sequence_of(reply.profile, "drafts" if reply.way in REWRITTEN else "visible")


def _read(logged: Logged, turn: Turn, window: Sequence[str] | None) -> list[Turn]:
    earlier = logged.before(turn.id)
    return earlier if window is None else [each for each in earlier if each.id in window]


def _messages(
    logged: Logged, turn: Turn, reply: Reply, profile: Profile, kept: Sequence[Turn]
) -> tuple[Message, ...]:
    if reply.way in REWRITTEN:
        draft = logged.draft_of(turn)
        said = split_thinking(draft.text)[1].strip() if draft is not None else ""
        return (Message("system", profile.system_prompt), Message("user", said))
    if reply.role == "shadow":
        history = reference_history(kept, reply.profile, turn.shadow_history)
    elif reply.role == "draft":
        drafts = {each.id: draft for each in kept if (draft := logged.draft_of(each)) is not None}
        history = drafted_history(kept, reply.profile, drafts)
    else:
        history = visible_history(kept, reply.profile)
    return prompt_messages(profile, history, reply.asked or turn.user_text)


def _spec(adapter: Mapping[str, object]) -> AdapterSpec:
    layers = adapter.get("layers")
    kind: Literal["control_vector", "lora"] = "lora" if adapter.get("kind") == "lora" else "control_vector"
    return AdapterSpec(
        kind, str(adapter.get("name", "")), str(adapter.get("path", "")), float(cast("float", adapter["strength"])),
        (int(layers[0]), int(layers[1])) if isinstance(layers, list | tuple) and len(layers) == 2 else None,
    )  # fmt: skip
