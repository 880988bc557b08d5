"""Turns, replies and verdicts for the tests of the log: small, whole, and told apart by their text."""

from __future__ import annotations

from dataclasses import replace

from warmchat.domain.profile import AdapterRef, Profile, Sampling
from warmchat.domain.turn import Origin, Reply, ReplyRole, StopReason, Timings, Turn, Usage
from warmchat.domain.verdict import Evidence, Span, Verdict
from warmchat.storage.log import SessionLog

COMPANION = Profile(
    "companion",
    "Companion",
    "You are warm.",
    sampling=Sampling(temperature=0.7, top_p=0.9, seed=7),
    adapters=(AdapterRef("control_vector", "warmth", 0.25),),
    accent="warm",
    source="/somewhere/companion.md",
)
ORACLE = Profile("oracle", "Oracle", "You are terse.")

ORIGIN = Origin(
    model="5f3a",
    model_name="SmolLM2-135M-Instruct",
    template="77aa",
    adapters=({"kind": "control_vector", "name": "warmth", "strength": 0.25},),
    dial=0.25,
    sampling=COMPANION.sampling,
    seed=7,
    threads=2,
    kv_type="f16",
    versions={"llama-cpp-python": "0.3.36"},
)


def turn(
    turn_id: str = "t1", text: str = "Is it fine?", *, session: str = "s1", parent: str | None = None, minute: int = 0
) -> Turn:
    return Turn(turn_id, session, parent, text, f"2026-03-04T18:{minute:02d}:00.000+00:00", "companion")


def reply(
    reply_id: str = "r1",
    text: str = "Yes, of course it is.",
    *,
    role: ReplyRole = "shown",
    profile: Profile = COMPANION,
    stop: StopReason = "end",
) -> Reply:
    return Reply(
        reply_id, role, profile.id, profile.hash, text, stop, "", Usage(100, 40, 6), Timings(0.0, 0.25, 1.5), ORIGIN
    )


def shadow(reply_id: str = "x1", text: str = "No, it is not.") -> Reply:
    return reply(reply_id, text, role="shadow", profile=ORACLE)


def disagreement(said: str = "Yes", other: str = "No", score: float = 0.9) -> Verdict:
    """Evidence at the beginning of both texts."""
    return Verdict(
        label="disagree",
        reason="one affirms what the other denies",
        kind="contradiction",
        direction="reply",
        score=score,
        evidence=(
            Evidence(Span(0, len(said), said), Span(0, len(other), other), "contradiction", score),
            Evidence(None, Span(0, len(other), other), "omission", 0.5),
        ),
        signals={"polarity": 1.0, "overlap": 0.25},
        noise=0.1,
        detector="signals/1",
    )


AGREE = Verdict(label="agree", reason="both say so", score=0.1, detector="signals/1")


def tell(
    log: SessionLog,
    message: Turn | None = None,
    said: Reply | None = None,
    other: Reply | None = None,
    verdict: Verdict | None = None,
) -> Turn:
    """Write a whole turn as a session does, and return it as it was written."""
    message = message or turn()
    said = said or reply(f"r-{message.id}")
    log.open_turn(message, COMPANION)
    log.save_reply(message.id, said)
    if verdict is not None:
        if other is not None:
            log.save_profile(ORACLE)
        log.save_verdict(message.id, said.id, other, verdict)
    return replace(message, reply=said, shadow=other, verdict=verdict)


def flagged(log: SessionLog, message: Turn | None = None, score: float = 0.9) -> Turn:
    """A whole turn with a disagreement."""
    message = message or turn()
    return tell(log, message, reply(f"r-{message.id}"), shadow(f"x-{message.id}"), disagreement(score=score))


def count(log: SessionLog, table: str) -> int:
    """Rows of a table."""
    return int(log._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
