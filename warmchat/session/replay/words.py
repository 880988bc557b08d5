"""What came of a replay, in plain words and as JSON values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from warmchat.domain.scores import TokenScore
from warmchat.session.replay.compared import NEAR_TIE, Difference, whole
from warmchat.session.replay.facts import HARMLESS, Fact, kept
from warmchat.session.replay.run import Replayed

ROLES = {"shown": "reply", "shadow": "shadow reply", "draft": "draft of the reply"}


def headline(done: Replayed) -> str:
    """Whether the two are equal."""
    what = f"The {ROLES.get(done.reply.role, 'reply')} of {done.reply.profile} in turn {done.turn.id}"
    if done.equal:
        return f"{what} came out equal{_how_far(done)}."
    if done.difference is None:
        ends = f"{done.reply.stop} then, {done.made.stop} now"
        return f"{what} came out with the same words, but ended otherwise: {ends}."
    return f"{what} came out otherwise from character {done.difference.at} on."


def _how_far(done: Replayed) -> str:
    length = len(done.reply.thinking) + len(done.reply.text)
    if whole(done.reply):
        return f", all {length:,} characters"
    who = "you stopped it" if done.reply.stop == "cancelled" else "it was interrupted"
    return f" as far as it goes: {who} after {length:,} characters"


def meaning(done: Replayed) -> str:
    """What equality means here: the same calls give the same bytes, other calls may part at a near tie."""
    then, now = kept(done.reply.usage), kept(done.made.usage)
    if _fact(done, "prefix").same is None:
        return ("The log does not say how much of the prompt had been kept from before, so the last bits of what was "
                "computed may differ: where two tokens are nearly as likely, either may come.")  # fmt: skip
    if then == now == 0:
        return "Both began with an empty cache and made the same calls: where nothing differs, the bytes are equal."
    if then == now:
        return (f"Both began with {now:,} tokens kept from before; the calls that had read them were made again as far "
                "as the log tells. Where they were the same, the bytes are.")  # fmt: skip
    hint = "" if done.as_logged else "; --as-logged rebuilds what was kept"
    return (f"Then {then:,} tokens had been kept from earlier turns, now {now:,}: the last bits of what is computed "
            f"differ, and where two tokens are nearly as likely, either may come{hint}.")  # fmt: skip


def causes(done: Replayed) -> list[str]:
    """What can have made the difference, the weightiest first; empty where the two are equal."""
    if done.equal:
        return []
    named = [f"{fact.name}: {fact.meaning} ({fact.then} then, {fact.now} now)" for fact in _weighty(done.differing)]
    found = done.difference
    if found is not None and found.near_tie:
        apart = f"{abs(found.gap or 0):.3f} nats apart, within the {NEAR_TIE:g} that rounding can turn"
        named.append(f"a near tie: the two tokens are {apart}")
    if done.unlike:
        named.append(f"earlier turns came out otherwise on the way to the same prefix: {', '.join(done.unlike)}")
    unknown = [fact.name for fact in _weighty(f for f in done.facts if f.same is None)]
    if unknown:
        named.append(f"not recorded then, so it may differ: {', '.join(unknown)}")
    return named or ["nothing that the log knows of differs: tell the maintainers, with --json"]


def side_by_side(found: Difference) -> Iterator[str]:
    """Where the two part."""
    for label, text, token in (("then", found.then, found.then_token), ("now", found.now, found.now_token)):
        said = repr(text) if text else "(ends here)"
        likely = f"   {token.text!r} {token.logprob:.3f} nats" if token is not None else ""
        yield f"{label}: {said}{likely}"


def as_json(done: Replayed) -> dict[str, Any]:
    """All of it as JSON values."""
    reply, found = done.reply, done.difference
    return {
        "turn": done.turn.id,
        "reply": reply.id,
        "role": reply.role,
        "profile": reply.profile,
        "mode": "as logged" if done.as_logged else "exact",
        "equal": done.equal,
        "compared": "whole" if whole(reply) else "beginning",
        "then": {"text": reply.text, "thinking": reply.thinking or None, "stop": reply.stop},
        "now": {"text": done.text, "stop": done.made.stop},
        "difference": None if found is None else {
            "at": found.at, "then": found.then, "now": found.now,
            "then_token": _token(found.then_token), "now_token": _token(found.now_token),
            "gap_nats": found.gap, "near_tie": found.near_tie,
        },
        "meaning": meaning(done),
        "causes": causes(done),
        "unlike": list(done.unlike),
        "facts": [{"name": f.name, "then": f.then, "now": f.now, "same": f.same} for f in done.facts],
    }  # fmt: skip


def _token(token: TokenScore | None) -> dict[str, Any] | None:
    return None if token is None else {"text": token.text, "logprob": token.logprob}


def _weighty(facts: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.name not in HARMLESS]


def _fact(done: Replayed, name: str) -> Fact:
    return next(fact for fact in done.facts if fact.name == name)
