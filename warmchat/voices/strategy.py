"""Strategies: how a voice comes to its reply, as a generator of jobs.

A strategy yields a `Step`, is sent how its job ended, and returns what is to be shown. It asks no engine itself: a
session drives one and passes the text on as it comes, an evaluation drives many side by side, a test needs no engine.
An error of the engine is thrown into it; a strategy that can do without the job catches it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from warmchat.domain.conversation import Message
from warmchat.domain.profile import Profile
from warmchat.domain.turn import ReplyRole, ReplyWay, Stage
from warmchat.engine.protocol import AdapterSpec, Finished, Job, Priority
from warmchat.voices.direct import direct_job


@dataclass(frozen=True, slots=True)
class Speaker:
    """A profile with what it reads and speaks with in one turn.

    Attributes:
        history: what it reads before the message.
        sequence: the token sequence that holds what it reads.
    """

    profile: Profile
    history: Sequence[Message] = ()
    sequence: str = "main"
    adapters: tuple[AdapterSpec, ...] = ()

    def job(self, text: str, priority: Priority) -> Job:
        """What it is asked where it answers this text."""
        return direct_job(self.profile, self.history, text, sequence=self.sequence, priority=priority,
                          adapters=self.adapters)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """A job that a strategy wants done.

    Attributes:
        role: `shown`: its text is the reply and may be shown as it comes. `draft`: the cold answer before a rewriting.
            None: what comes of it is the strategy's own business.
        asked: the bare question that it answers; empty: the message itself.
        model: the model that is to do it, as a profile names it; empty: the one that chats.
        stage: what to tell whoever waits; None where the reply itself is coming.
    """

    job: Job
    role: ReplyRole | None = "shown"
    stage: Stage | None = None
    asked: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a strategy came to.

    Attributes:
        job, finished: the job whose words these are, and how it ended; its figures are of the whole turn.
        text: what is shown, thinking included.
        why: why no rewriting was taken, in plain words; empty where one was, or none was tried.
    """

    job: Job
    finished: Finished
    text: str
    way: ReplyWay = "direct"
    asked: str = ""
    why: str = ""


Strategy = Generator[Step, Finished, Said]


def direct(speaker: Speaker, text: str, *, asked: str = "", priority: Priority = Priority.VISIBLE) -> Strategy:
    """One generation. `asked`: the bare question that is answered in place of the message `text`."""
    job = speaker.job(asked or text, priority)
    finished = yield Step(job, asked=asked)
    return Said(job, finished, finished.text, asked=asked)
