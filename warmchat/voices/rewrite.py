"""The strategy `rewrite`: the reference answers cold, then its answer is said kindly, and nothing is shown unchecked.

The rewriter reads the answer alone, not the message: a plea or a false belief that it never read cannot bend it. Its
text is held back until the check has found the draft's facts in it: what was read on a screen cannot be unread, and a
pipe cannot take words back. Rewritings are as short as their drafts, so the wait is about that of the draft once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from warmchat.compare.detector import Detector
from warmchat.compare.kept import lost_or_added
from warmchat.domain.conversation import Message, split_thinking
from warmchat.domain.errors import WarmchatError
from warmchat.domain.profile import Sampling
from warmchat.domain.turn import ReplyWay, Timings, Usage
from warmchat.engine.protocol import Finished, Job, Priority
from warmchat.voices.direct import seeded
from warmchat.voices.kindness import kindly
from warmchat.voices.strategy import Said, Speaker, Step, Strategy

TRIES: tuple[ReplyWay, ...] = ("rewritten", "retried")
ROOM = 80  # tokens that kindness may add to a draft
RETRY_TEMPERATURE = 0.5  # a voice that draws nothing would say the same again


@dataclass(frozen=True, slots=True)
class Check:
    """What a rewriting is checked with: the message and what stood before it, and the detector."""

    message: str
    history: Sequence[Message]
    detector: Detector

    def objection(self, draft: str, rewriting: str) -> str:
        """Why the rewriting cannot stand for the draft; empty where it can."""
        return lost_or_added(self.message, self.history, draft, rewriting, self.detector)


def rewrite(
    voice: Speaker,
    reference: Speaker,
    text: str,
    check: Check,
    *,
    asked: str = "",
    priority: Priority = Priority.VISIBLE,
) -> Strategy:
    """The reference's answer, said as the voice's prompt tells: rewritten, rewritten at a second try, or left cold.

    Args:
        voice: its system prompt says how an answer is rewritten; its history is not read.
        reference: answers, at the priority of a shown reply.
        asked: the bare question that the reference answers in place of `text`.
    """
    job = reference.job(asked or text, priority)
    drafted = yield Step(job, "draft", "answering", asked)
    ends = [drafted]
    draft = split_thinking(drafted.text)[1].strip()
    if drafted.stop == "cancelled" or not draft:
        return Said(job, drafted, drafted.text, "cold", asked, "the answer was not finished")
    why = "the answer was cut off" if drafted.stop != "end" else ""
    for way in TRIES if not why else ():
        again = rewriting_job(voice, draft, drafted, priority, retry=way != TRIES[0])
        try:
            ended = yield Step(again, None, "rewriting", asked, voice.profile.rewriter)
        except WarmchatError as error:  # the answer is there: it is said without
            why = error.message
            break
        ends.append(ended)
        if ended.stop == "cancelled":
            return Said(job, replace(_summed(ends, drafted), stop="cancelled"), draft, "cold", asked, "it was stopped")
        rewriting = split_thinking(ended.text)[1].strip()
        why = "it was cut off" if ended.stop != "end" else check.objection(draft, rewriting)
        if not why:
            return Said(again, _summed(ends, ended), rewriting, way, asked)
    return Said(job, _summed(ends, drafted), kindly(text, draft), "cold", asked, why)


def rewriting_job(voice: Speaker, draft: str, drafted: Finished, priority: Priority, *, retry: bool) -> Job:
    """What the rewriter is asked: the draft, under the voice's prompt. A retry draws, with another seed."""
    sampling: Sampling = voice.profile.sampling
    room = drafted.usage.reply_tokens + ROOM
    sampling = seeded(replace(sampling, max_tokens=min(room, sampling.max_tokens)))
    if retry:
        sampling = replace(
            sampling, temperature=max(sampling.temperature, RETRY_TEMPERATURE), seed=(sampling.seed or 0) + 1
        )
    return Job(
        messages=(Message("system", voice.profile.system_prompt), Message("user", draft)),
        sampling=sampling,
        sequence=voice.sequence,
        priority=priority,
        adapters=voice.adapters,
    )


def _summed(ends: Sequence[Finished], chosen: Finished) -> Finished:
    """The end of the job that is shown, with the tokens read and the seconds spent for all of them.

    Its speed stays that of its own drawing: `first_token_s` is all that went before.
    """
    total = sum(end.timings.reply_s for end in ends)
    drawing = chosen.timings.reply_s - chosen.timings.first_token_s
    return replace(
        chosen,
        usage=Usage(
            sum(end.usage.prompt_tokens for end in ends),
            sum(end.usage.evaluated_tokens for end in ends),
            chosen.usage.reply_tokens,
        ),
        timings=Timings(sum(end.timings.queued_s for end in ends), total - drawing, total),
    )
