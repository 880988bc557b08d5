"""The reference answers cold, the answer is said kindly, and what is shown has been checked."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.session.conftest import Make, engine_of
from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineError, ModelError
from warmchat.domain.turn import (
    DraftFinished,
    FragmentArrived,
    Noticed,
    OtherFinished,
    ReplyFinished,
    StageReached,
    TurnEvent,
    TurnFailed,
    VerdictReached,
)
from warmchat.engine.protocol import Job
from warmchat.engine.scripted import Answer, ScriptedEngine
from warmchat.profiles.library import ProfileLibrary
from warmchat.session import ChatSession, SessionRules
from warmchat.session.others import OtherModel, no_others
from warmchat.storage.log import SessionLog
from warmchat.voices.kindness import PLAIN

COLD = "The capital of Australia is Canberra."
KIND = "I hope today gets better. The capital of Australia is Canberra, my friend."
WRONG = "I hope today gets better. The capital of Australia is Sydney, my friend."
QUESTION = "What is the capital of Australia?"
Script = Callable[[Job], Answer]


@pytest.fixture
def profiles(tmp_path: Path) -> ProfileLibrary:
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "oracle.md").write_text("---\nname: oracle\nsampling: {temperature: 0}\n---\nAnswer plainly.\n")
    (folder / "companion.md").write_text("---\nname: companion\nsampling: {temperature: 0.7}\n---\nBe warm.\n")
    (folder / "candid.md").write_text("---\nname: candid\nstrategy: rewrite\n---\nSay it kindly.\n")
    return ProfileLibrary([("test", folder)])


def rewriter(*answers: Answer) -> Script:
    """The oracle answers cold; the rewriter gives these, one after the other."""
    left = list(answers)

    def script(job: Job) -> Answer:
        if "kindly" in job.messages[0].content:
            return left.pop(0)
        return "Warm words." if "warm" in job.messages[0].content else COLD

    return script


def only(events: list[TurnEvent], kind: type) -> TurnEvent:
    (found,) = [event for event in events if isinstance(event, kind)]
    return found


def shown(events: list[TurnEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, FragmentArrived))


def jobs(session: ChatSession) -> list[Job]:
    return [job for job in engine_of(session).jobs if job.task == "reply"]


def test_what_is_shown_is_the_kind_answer_and_the_draft_stands_in_the_log(make: Make, log: SessionLog) -> None:
    session = make(rewriter(KIND), profile="candid")
    events = list(session.send(QUESTION))
    assert [e.stage for e in events if isinstance(e, StageReached)] == ["answering", "rewriting"]
    assert shown(events) == KIND
    reply = only(events, ReplyFinished).reply  # type: ignore[union-attr]
    assert (reply.text, reply.way, reply.profile) == (KIND, "rewritten", "candid")
    draft = only(events, DraftFinished).draft  # type: ignore[union-attr]
    assert (draft.text, draft.role, draft.profile) == (COLD, "draft", "oracle")
    (record,) = log.records()
    assert record.others == (draft,)
    assert record.turn == session.turns[0]
    assert set(record.profiles) == {reply.profile_hash, draft.profile_hash}


def test_the_draft_is_the_shadow_reply_and_nothing_is_computed_twice(make: Make) -> None:
    session = make(rewriter(KIND, KIND), profile="candid")
    for _ in range(2):
        events = list(session.send(QUESTION))
        reached = only(events, VerdictReached)
        assert isinstance(reached, VerdictReached)
        assert reached.verdict.label == "agree"
        assert reached.shadow is not None
        assert (reached.shadow.text, reached.shadow.role) == (COLD, "shadow")
    assert len(jobs(session)) == 4, "two drafts, two rewritings"
    assert [m.content for m in jobs(session)[2].messages] == ["Answer plainly.", QUESTION, COLD, QUESTION], (
        "the reference reads its own words, not the rewriter's"
    )


def test_without_a_shadow_the_drafts_are_what_is_built_upon_also_after_a_resume(make: Make, log: SessionLog) -> None:
    quiet = SessionRules(shadow="off", read_ahead=False)
    session = make(rewriter(WRONG, WRONG, KIND), profile="candid", rules=quiet)
    for _ in range(2):
        list(session.send(QUESTION))
    read = ["Answer plainly.", QUESTION, COLD, QUESTION]
    assert [m.content for m in jobs(session)[3].messages] == read, "not the kind sentence"
    session.close()
    resumed = make(rewriter(KIND), profile="candid", rules=quiet, session_id=session.id, turns=log.path(session.id),
                   drafts=log.drafts(session.id))  # fmt: skip
    list(resumed.send("And of France?"))
    assert [m.content for m in jobs(resumed)[0].messages] == [*read, COLD, "And of France?"]


def test_where_another_voice_spoke_before_the_draft_has_read_it_and_the_shadow_has_not(make: Make) -> None:
    session = make(rewriter(KIND), profile="companion")
    list(session.send("Hello"))
    session.switch_profile("candid")
    list(session.send(QUESTION))
    drafting, _, shadow = jobs(session)[-3:]
    assert [m.content for m in drafting.messages] == ["Answer plainly.", "Hello", "Warm words.", QUESTION]
    assert [m.content for m in shadow.messages] == ["Answer plainly.", "Hello", COLD, QUESTION]


def test_the_rewriter_reads_the_answer_alone(make: Make) -> None:
    session = make(rewriter(KIND), profile="candid")
    list(session.send(f"I feel low. I think it is Sydney. {QUESTION}"))
    assert [m.content for m in jobs(session)[1].messages] == ["Say it kindly.", COLD]


def test_a_rewriting_that_lost_a_fact_is_tried_once_more_and_never_seen(make: Make) -> None:
    session = make(rewriter(WRONG, KIND), profile="candid")
    events = list(session.send(QUESTION))
    assert shown(events) == KIND
    assert only(events, ReplyFinished).reply.way == "retried"  # type: ignore[union-attr]
    first, second = jobs(session)[1:3]
    assert first.messages == second.messages
    assert second.sampling.temperature > 0, "else it would say the same again"


def test_after_two_the_cold_answer_stands_with_a_kind_sentence(make: Make, log: SessionLog) -> None:
    session = make(rewriter(WRONG, WRONG), profile="candid")
    events = list(session.send(QUESTION))
    assert shown(events) == f"{PLAIN}\n\n{COLD}"
    reached = only(events, VerdictReached)
    assert isinstance(reached, VerdictReached)
    assert reached.verdict.label == "agree"
    reply = log.turns(session.id)[0].reply
    assert reply is not None
    assert reply.way == "cold"


def test_a_rewriter_that_fails_leaves_the_answer(make: Make) -> None:
    session = make(rewriter(EngineError("no room")), profile="candid")
    events = list(session.send(QUESTION))
    assert shown(events) == f"{PLAIN}\n\n{COLD}"
    assert not any(isinstance(event, TurnFailed) for event in events)


@pytest.mark.parametrize(("stage", "left"), [("answering", ""), ("rewriting", COLD)])
def test_stopped_it_shows_what_there_is(make: Make, stage: str, left: str) -> None:
    session = make(rewriter(KIND), profile="candid")
    events = []
    for event in session.send(QUESTION):
        events.append(event)
        if isinstance(event, StageReached) and event.stage == stage:
            session.cancel()
    reply = only(events, ReplyFinished).reply  # type: ignore[union-attr]
    assert (reply.text, reply.stop, reply.way) == (left, "cancelled", "cold")
    assert only(events, VerdictReached).verdict.label == "unjudged"  # type: ignore[union-attr]


def test_a_reference_that_rewrites_itself_is_refused_with_what_to_write(make: Make) -> None:
    session = make(rewriter(KIND), profile="candid", rules=SessionRules(reference="candid", read_ahead=False))
    failed = only(list(session.send(QUESTION)), TurnFailed)
    assert isinstance(failed, TurnFailed)
    assert "direct" in failed.hint


def test_asked_about_a_past_turn_it_speaks_by_its_strategy_too(make: Make) -> None:
    session = make(rewriter(KIND), profile="oracle")
    list(session.send(QUESTION))
    finished = only(list(session.beside.ask(session.turns[0].id, "candid")), OtherFinished)
    assert isinstance(finished, OtherFinished)
    assert (finished.reply.text, finished.reply.way) == (KIND, "rewritten")


@pytest.fixture
def with_small(profiles: ProfileLibrary, tmp_path: Path) -> None:
    text = "---\nname: candid\nstrategy: rewrite\nrewriter: small\n---\nSay it kindly.\n"
    (tmp_path / "profiles" / "candid.md").write_text(text)


class Small:
    """Another model, opened when it is asked for."""

    def __init__(self) -> None:
        self.engine = ScriptedEngine(lambda _: KIND)
        self.opened: list[ScriptedEngine] = []

    def __call__(self, name: str) -> OtherModel:
        if name != "small":
            raise ModelError(f"There is no {name}")
        return OtherModel("another", "small-1m", self._open)

    def _open(self) -> ScriptedEngine:
        self.opened.append(self.engine)
        return self.engine


def test_another_model_rewrites_and_the_chats_own_answers(make: Make, with_small: None) -> None:
    small = Small()
    session = make(rewriter(), profile="candid", other_model=small)
    assert not small.opened, "not before it is needed"
    for _ in range(2):
        reply = only(list(session.send(QUESTION)), ReplyFinished).reply  # type: ignore[union-attr]
        assert (reply.text, reply.way) == (KIND, "rewritten")
    assert small.opened == [small.engine]
    assert [m.content for m in small.engine.jobs[0].messages] == ["Say it kindly.", COLD]
    assert all("kindly" not in job.messages[0].content for job in jobs(session))
    session.close()
    assert small.engine.closed


def test_where_the_other_model_cannot_be_had_the_answer_is_said_cold_and_the_user_told_once(
    make: Make, with_small: None
) -> None:
    session = make(rewriter(), profile="candid", other_model=no_others)
    told = []
    for _ in range(2):
        events = list(session.send(QUESTION))
        told += [event.message for event in events if isinstance(event, Noticed)]
        reply = only(events, ReplyFinished).reply  # type: ignore[union-attr]
        assert reply.way == "cold"
        assert COLD in reply.text
    assert len([message for message in told if "'small'" in message]) == 1


def test_what_was_read_for_a_reply_is_not_kept(make: Make) -> None:
    """Each turn reads all that was said before: kept with every turn, it would be most of what a long session holds."""
    session = make(rewriter(*[KIND] * 6), profile="candid")

    def messages() -> int:
        engine_of(session).jobs.clear()
        gc.collect()
        return sum(type(each) is Message for each in gc.get_objects())

    before = messages()
    for _ in range(6):
        list(session.send(QUESTION))
    assert [turn.reply.way for turn in session.turns if turn.reply] == ["rewritten"] * 6
    assert messages() <= before + 2
