"""A logged reply is asked for again as it was asked for then. The scripted engine's words depend on all of a job."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.session.conftest import Make, engine_of
from warmchat.domain.conversation import ShadowHistory
from warmchat.domain.errors import EngineError, NotFound
from warmchat.domain.scores import TokenScore
from warmchat.domain.turn import FragmentArrived, Reply, Turn
from warmchat.engine.protocol import Job
from warmchat.engine.scripted import Answer, ScriptedEngine
from warmchat.profiles.library import ProfileLibrary
from warmchat.session import ChatSession, SessionRules
from warmchat.session.replay.compared import Difference
from warmchat.session.replay.kept import kept_before
from warmchat.session.replay.logged import Logged
from warmchat.session.replay.run import Replayed, Under, replay
from warmchat.session.replay.words import as_json, causes, headline, meaning
from warmchat.storage.log import SessionLog
from warmchat.storage.records import TurnFilter

LONG = "one two three four five six seven eight"


@pytest.fixture
def profiles(tmp_path: Path) -> ProfileLibrary:
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "oracle.md").write_text("---\nneutralise: true\nsampling: {temperature: 0}\n---\nAnswer plainly.\n")
    (folder / "companion.md").write_text("---\nsampling: {temperature: 0.7}\n---\nBe warm.\n")
    (folder / "candid.md").write_text("---\nstrategy: rewrite\n---\nSay it kindly.\n")
    return ProfileLibrary([("test", folder)])


def tells_all(job: Job) -> Answer:
    """Words that change with anything that a reply depends on."""
    asked = repr((job.messages, job.sampling, job.adapters, job.continue_from))
    if "kindly" in job.messages[0].content:
        return f"My friend, {job.messages[-1].content}"
    return f"It is {hashlib.sha256(asked.encode()).hexdigest()[:12]}, {LONG}"


def otherwise(job: Job) -> Answer:
    """The same with another ending."""
    return str(tells_all(job)).replace("seven", "eleven")


def logged(log: SessionLog, session: ChatSession) -> Logged:
    return Logged.of(log.records(TurnFilter(sessions=(session.id,))))


def again(log: SessionLog, session: ChatSession, turn: Turn, role: str = "shown", **options: object) -> Replayed:
    engine = ScriptedEngine(tells_all)
    return replay(engine, logged(log, session), turn, role, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("history", ["own", "visible", "message"])
def test_every_reply_of_a_mixed_session_is_asked_for_as_it_was(
    make: Make, log: SessionLog, history: ShadowHistory
) -> None:
    session = make(tells_all, rules=SessionRules(shadow_history=history, samples=0))
    feeling = "I'm sad. I think it's Sydney. What is the capital of Australia?"
    for voice, text in (("companion", "Hello"), ("companion", feeling), ("oracle", feeling), ("candid", "Why so?"),
                        ("oracle", "Are you sure?"), ("companion", "Thank you"), ("candid", feeling)):  # fmt: skip
        session.switch_profile(voice)
        list(session.send(text))
    session.go_back(session.turns[4].id)
    session.switch_profile("companion")
    list(session.send("On another branch"))
    roles = []
    for turn in logged(log, session).turns:
        for role in ("shown", "shadow"):
            if (turn.reply if role == "shown" else turn.shadow) is None:
                continue
            done = again(log, session, turn, role)
            assert done.equal, (turn.user_text, role, done.difference)
            prompt = next(fact for fact in done.facts if fact.name == "prompt")
            assert prompt.same, (turn.user_text, role)
            roles.append((turn.profile, done.reply.role, bool(done.reply.asked)))
    assert {("companion", "shown", False), ("companion", "shadow", True), ("oracle", "shown", True)} <= set(roles)
    assert {("candid", "shadow", True)} <= set(roles)
    assert {role for profile, role, _ in roles if profile == "candid"} & {"shown", "draft"}, "rewritten, or left cold"


def test_another_reply_says_where_they_part_and_keeps_its_shape(make: Make, log: SessionLog) -> None:
    session = make(otherwise)
    list(session.send("Hello"))
    (turn,) = session.turns
    done = again(log, session, turn)
    assert not done.equal
    assert done.difference is not None
    assert turn.reply is not None
    assert turn.reply.text[done.difference.at :].startswith("eleven")
    assert done.difference.now.startswith("seven")
    assert "otherwise from character" in headline(done)
    assert any("nothing that the log knows" in cause or "not recorded" in cause for cause in causes(done))
    assert as_json(done)["difference"]["at"] == done.difference.at


def test_a_profile_that_was_changed_is_named_as_the_cause(make: Make, log: SessionLog) -> None:
    session = make(tells_all)
    list(session.send("Hello"))
    (turn,) = session.turns
    now = replace(session.profile, system_prompt="Be warm and brief.")
    done = again(log, session, turn, under=Under(now, ()))
    assert not done.equal
    assert {"profile", "prompt"} <= {fact.name for fact in done.differing}
    assert causes(done)[0].startswith("profile: the profile is not the one that spoke then")


def test_a_reply_that_was_stopped_is_compared_as_far_as_it_goes(make: Make, log: SessionLog) -> None:
    session = make(tells_all)
    for event in session.send("Hello"):
        if isinstance(event, FragmentArrived) and "four" in event.text:
            session.cancel()
    (turn,) = session.turns
    assert turn.reply is not None
    assert turn.reply.stop == "cancelled"
    done = again(log, session, turn)
    assert done.equal
    assert len(done.text) < len(str(tells_all(engine_of(session).jobs[0]))), "it is stopped where the log ends"
    assert "you stopped it" in headline(done)
    assert not replay(ScriptedEngine(lambda _: "Something else"), logged(log, session), turn, "shown").equal


def test_a_reply_that_was_gone_on_with_is_made_in_its_pieces(make: Make, log: SessionLog) -> None:
    session = make(tells_all)
    for event in session.send("Hello"):
        if isinstance(event, FragmentArrived) and "four" in event.text:
            session.cancel()
    (turn,) = session.turns
    list(session.go_on(turn.id))
    turn = log.turn(turn.id)
    assert turn.reply is not None
    assert turn.reply.stop == "end"
    assert len(turn.reply.origin.cuts) == 1
    engine = ScriptedEngine(tells_all)
    assert replay(engine, logged(log, session), turn, "shown").equal
    assert [bool(job.continue_from) for job in engine.jobs] == [False, True]


def test_turns_off_the_record_are_missed(make: Make, log: SessionLog) -> None:
    session = make(tells_all)
    session.off_record = True
    list(session.send("A secret"))
    session.off_record = False
    list(session.send("Hello"))
    turn = session.turns[-1]
    done = again(log, session, turn)
    assert not done.equal
    assert any(fact.name == "turns read" and "off the record" in fact.then for fact in done.differing)


def test_what_the_log_lacks_is_an_error_in_words(make: Make, log: SessionLog) -> None:
    session = make(lambda _: EngineError("The model is gone"))
    list(session.send("Hello"))
    with pytest.raises(NotFound, match="no reply to make again"):
        again(log, session, session.turns[0])
    spoken = make(tells_all)
    list(spoken.send("Hello"))
    nameless = replace(logged(log, spoken), profiles={})
    with pytest.raises(NotFound, match="never kept the profile") as raised:
        replay(ScriptedEngine(tells_all), nameless, spoken.turns[0], "shown")
    assert "--profile-now" in raised.value.hint


def kept(turn: Turn, role: str = "reply") -> Turn:
    """The turn as if a part of its prompt had been kept from before."""
    reply: Reply = getattr(turn, role)
    usage = replace(reply.usage, evaluated_tokens=1)
    return replace(turn, **{role: replace(reply, usage=usage)})  # type: ignore[arg-type]


def test_what_was_kept_read_is_made_again_in_its_order(make: Make, log: SessionLog) -> None:
    session = make(tells_all, rules=SessionRules(samples=0))
    for voice, text in (("companion", "one"), ("companion", "two"), ("oracle", "three"), ("companion", "four")):
        session.switch_profile(voice)
        list(session.send(text))
    whole = logged(log, session)
    first, second, third, last = whole.turns
    turns = [first, kept(second), third, kept(kept(last), "shadow")]
    whole = replace(whole, turns=turns)
    reply = turns[-1].reply
    assert reply is not None
    profile = whole.profiles[reply.profile_hash]
    before = kept_before(whole, turns[-1], reply, profile, read_ahead=True)
    assert [(each.turn_id, [job.task for job in each.jobs]) for each in before] == [
        (first.id, ["reply"]), (second.id, ["reply"]), (third.id, ["read"]),
    ]  # fmt: skip
    quiet = kept_before(whole, turns[-1], reply, profile, read_ahead=False)
    assert [each.turn_id for each in quiet] == [first.id, second.id]
    shadow = turns[-1].shadow
    assert shadow is not None
    own = kept_before(whole, turns[-1], shadow, whole.profiles[shadow.profile_hash], read_ahead=True)
    assert [each.reply and each.reply.role for each in own] == ["shadow"], "from the last that read all anew"


def test_what_equality_means_is_said(make: Make, log: SessionLog) -> None:
    session = make(tells_all)
    list(session.send("Hello"))
    list(session.send("And then?"))
    whole = logged(log, session)
    assert "empty cache" in meaning(again(log, session, whole.turns[0]))
    later = replace(whole, turns=[whole.turns[0], kept(whole.turns[1])])
    done = replay(ScriptedEngine(tells_all), later, later.turns[1], "shown")
    assert "--as-logged" in meaning(done)
    rebuilt = replay(ScriptedEngine(tells_all), later, later.turns[1], "shown", as_logged=True)
    assert "--as-logged" not in meaning(rebuilt)


def test_a_near_tie_is_told_from_a_plain_difference() -> None:
    near = Difference(3, "a", "b", TokenScore("a", -1.0), TokenScore("b", -0.9))
    assert near.near_tie
    far = replace(near, now_token=TokenScore("b", -0.2))
    assert far.near_tie is False
    assert replace(far, penalised=True).near_tie is None, "a penalty may have turned it"
    assert replace(near, drawn=True).near_tie is None, "chance may have turned it"
    assert replace(near, now_token=None).near_tie is None
