"""Make a logged reply again on an engine and compare the two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

from warmchat.domain.errors import EngineLost, NotFound, WarmchatError
from warmchat.domain.profile import Profile
from warmchat.domain.scores import TokenScore
from warmchat.domain.turn import Reply, Turn, as_made
from warmchat.engine.protocol import AdapterSpec, Engine, Finished, Fragment, Job, Priority
from warmchat.session.replay.compared import Difference, as_told, difference, token_at, whole
from warmchat.session.replay.facts import Fact, facts_of
from warmchat.session.replay.kept import Earlier, kept_before, reads_all_anew
from warmchat.session.replay.logged import Asked, Logged, asked_for

Role = Literal["shown", "shadow"]
SCORED = 60  # characters behind a difference that are read for the likelihood of its tokens
_numbers = count(1)


@dataclass(frozen=True)
class Under:
    """A profile to make the reply under, in place of the one that the log holds."""

    profile: Profile
    adapters: tuple[AdapterSpec, ...]


@dataclass(frozen=True)
class Replayed:
    """A logged reply and what came of making it again.

    Attributes:
        text: what was made now, in the form of the logged `as_made`.
        difference: None where the two are equal.
        as_logged: it was asked to begin with the prefix that was kept then.
        unlike: ids of earlier turns whose replies came out otherwise on the way to that prefix.
    """

    turn: Turn
    reply: Reply
    made: Finished
    text: str
    difference: Difference | None
    facts: tuple[Fact, ...]
    as_logged: bool
    unlike: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """To the last character; of a reply that was cut, as far as it goes."""
        return self.difference is None and (not whole(self.reply) or self.made.stop == self.reply.stop)

    @property
    def differing(self) -> list[Fact]:
        """What is not as it was then."""
        return [fact for fact in self.facts if fact.same is False]


def replay(
    engine: Engine,
    logged: Logged,
    turn: Turn,
    role: Role,
    *,
    as_logged: bool = False,
    under: Under | None = None,
    adapter: Callable[[AdapterSpec], AdapterSpec] = lambda spec: spec,
) -> Replayed:
    """Make the turn's reply again.

    Args:
        as_logged: begin with the prefix that was kept then, as far as it can be rebuilt; else with an empty cache.
        under: this profile instead of the one that the log holds.
        adapter: where an adapter's file is now.

    Raises:
        NotFound: the log holds no such reply, or not the profile that made it.
        EngineError, ModelError: the engine cannot make it.
    """
    reply = logged.reply(turn, role)
    profile = under.profile if under is not None else logged.profiles.get(reply.profile_hash)
    if profile is None:
        raise NotFound(f"The log never kept the profile {reply.profile!r} as it was then ({reply.profile_hash})",
                       "--profile-now makes the reply under its file as it stands now")  # fmt: skip
    asked = asked_for(logged, turn, reply, profile)
    asked = replace(asked, jobs=tuple(_as_now(job, under, adapter) for job in asked.jobs))
    ways: Sequence[bool | None] = (True, False) if as_logged and not reads_all_anew(reply) else (None,)
    done: Replayed | None = None
    for read_ahead in ways:
        earlier = [] if read_ahead is None else kept_before(logged, turn, reply, profile, read_ahead=read_ahead)
        done = _once(engine, turn, reply, asked, earlier, as_logged=as_logged, adapter=adapter)
        if next(fact.same for fact in done.facts if fact.name == "prefix"):
            break
    assert done is not None
    return done


def _as_now(job: Job, under: Under | None, adapter: Callable[[AdapterSpec], AdapterSpec]) -> Job:
    if under is None:
        return replace(job, adapters=tuple(adapter(spec) for spec in job.adapters))
    seed = under.profile.sampling.seed
    sampling = replace(under.profile.sampling, seed=job.sampling.seed if seed is None else seed)
    return replace(job, sampling=sampling, adapters=under.adapters)


def _once(
    engine: Engine,
    turn: Turn,
    reply: Reply,
    asked: Asked,
    earlier: Sequence[Earlier],
    *,
    as_logged: bool,
    adapter: Callable[[AdapterSpec], AdapterSpec],
) -> Replayed:
    sequence = f"replay {next(_numbers)}"  # a name never met before: it begins with an empty cache
    unlike = tuple(_prepared(engine, earlier, sequence, adapter))
    logged = as_made(reply)
    for place, start in enumerate(asked.starts):
        last = place == len(asked.jobs) - 1
        expected = logged if last else logged[: asked.starts[place + 1]]
        enough = None if last and whole(reply) else len(expected) - start
        job = replace(asked.jobs[place], sequence=sequence)
        made = _drawn(engine, job, enough)
        text = as_told(reply, logged[:start] + made.text)
        one = reply if last else replace(reply, stop="cancelled")
        found = difference(one, text, expected)
        if found is not None:
            found = _weighed(engine, replace(job, continue_from=""), found, text, expected, thinking=reply.thinking)
            break
    facts = facts_of(reply, asked, job, made, engine.describe())
    return Replayed(turn, reply, made, text, found, tuple(facts), as_logged, unlike)


def _prepared(
    engine: Engine, earlier: Sequence[Earlier], sequence: str, adapter: Callable[[AdapterSpec], AdapterSpec]
) -> Iterator[str]:
    """Do again what came before; gives the ids of turns that came out otherwise than the log has them."""
    for each in earlier:
        text = ""
        for job in each.jobs:
            cut = None if each.reply is None or whole(each.reply) else len(as_made(each.reply)) - len(job.continue_from)
            adapters = tuple(adapter(spec) for spec in job.adapters)
            made = _drawn(engine, replace(job, sequence=sequence, adapters=adapters), cut)
            text = job.continue_from + made.text
        if each.reply is not None and difference(each.reply, as_told(each.reply, text), as_made(each.reply)):
            yield each.turn_id


def _drawn(engine: Engine, job: Job, enough: int | None) -> Finished:
    """The end of the job; with `enough` characters it is stopped."""
    handle, length = engine.submit(replace(job, priority=Priority.VISIBLE)), 0
    for event in handle:
        if isinstance(event, Fragment):
            length += len(event.text)
            if enough is not None and length >= enough:
                handle.cancel()
        elif isinstance(event, Finished):
            return event
    raise EngineLost("The engine ended a reply without saying so", "run the command again")


def _weighed(
    engine: Engine, job: Job, found: Difference, drawn: str, logged: str, *, thinking: str
) -> Difference:
    """The difference with the likelihood of its two tokens, where the engine can say it."""
    if thinking or not engine.describe().capabilities.scores:
        return found
    try:
        then, now = (_token(engine, job, text, found.at) for text in (logged, drawn))
    except WarmchatError:  # the difference stands without
        return found
    return replace(found, then_token=then, now_token=now)


def _token(engine: Engine, job: Job, text: str, at: int) -> TokenScore | None:
    if at >= len(text):
        return None
    read = replace(job, task="score", continue_from=text[: at + SCORED], sequence=f"replay {next(_numbers)}")
    return token_at(_drawn(engine, read, None).scores, at)
