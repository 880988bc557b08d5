"""Going on with a reply that was cut: by its greatest length, by the user, or because the engine was lost."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from warmchat.domain.errors import EngineError
from warmchat.domain.turn import Reply, Turn, TurnEvent, as_made
from warmchat.engine.protocol import Finished, Job, Priority
from warmchat.session.filled import begun, filled
from warmchat.session.parts import Parts
from warmchat.voices.direct import direct_job

HINT = "send a message instead"


def cannot_go_on(turn: Turn, *, followed: bool) -> str:
    """Why this turn's reply cannot be gone on with, in words; empty where it can be.

    Args:
        followed: something was said after the turn: what came later has read the reply as it is.
    """
    if turn.reply is None or not (turn.reply.text or turn.reply.thinking).strip():
        return "There is no reply to go on with"
    if followed:
        return "Only the last reply can be gone on with: what came later has read this one as it is"
    if turn.reply.way != "direct":
        return "This reply was made from a draft, and a draft is not gone on with"
    if turn.reply.stop == "end":
        return "This reply came to its end by itself"
    return ""


def gone_on(parts: Parts, turn: Turn) -> Generator[TurnEvent, None, tuple[str, Reply, Job]]:
    """What was said so far, the reply as it stands, and the job that goes on with it.

    It is drawn as its beginning was: same sampling, same seed; the adapters as they stand now.

    Raises:
        EngineError: it cannot be gone on with.
    """
    why_not = cannot_go_on(turn, followed=parts.transcript.followed(turn.id))
    if why_not or turn.reply is None:
        raise EngineError(why_not, HINT)
    said = as_made(turn.reply)
    profile = parts.profiles.get(turn.reply.profile)
    engine = parts.need_engine()
    setting = parts.dials.setting(profile, parts.base())
    reader = parts.reader_for(profile)
    # What was said takes its place in the window too.
    longer = replace(turn, user_text=f"{turn.user_text}\n{said}")
    kept = yield from parts.fit(longer, reader)
    job = direct_job(
        profile, reader.history_of(kept), turn.reply.asked or turn.user_text, sequence=reader.sequence,
        priority=Priority.VISIBLE, adapters=setting.adapters,
    )  # fmt: skip
    if turn.reply.origin.model:  # it is known how it was drawn
        sampling = replace(turn.reply.origin.sampling, seed=turn.reply.origin.seed)
        job = replace(job, sampling=sampling)
    job = replace(job, continue_from=said)
    before = turn.reply.origin
    origin = replace(before, window=tuple(t.id for t in kept), cuts=(*before.cuts, len(said)))
    begun_anew = begun(replace(turn.reply, origin=origin), job, engine.describe(), setting)
    return said, replace(begun_anew, stop="interrupted"), job


def joined(draft: Reply, said: str, finished: Finished) -> Reply:
    """The reply whole: what was said before and what came now, with the tokens and seconds of both."""
    usage, timings = draft.usage, draft.timings
    both = replace(
        finished,
        text=said + finished.text,
        usage=replace(finished.usage, reply_tokens=usage.reply_tokens + finished.usage.reply_tokens),
        timings=replace(
            finished.timings, first_token_s=timings.first_token_s, reply_s=timings.reply_s + finished.timings.reply_s
        ),
    )
    return replace(filled(draft, both), scores=())
