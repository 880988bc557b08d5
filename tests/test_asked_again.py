"""Before a flag is raised both sides are asked again; chance takes the flag away, warmth does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from warmchat.compare.signal_detector import SignalDetector
from warmchat.domain.errors import EngineError
from warmchat.domain.turn import VerdictReached
from warmchat.domain.verdict import Verdict
from warmchat.engine.protocol import Job, Priority
from warmchat.engine.scripted import Answer, Script, ScriptedEngine
from warmchat.profiles.library import ProfileLibrary
from warmchat.session import ChatSession, SessionRules
from warmchat.storage.log import SessionLog

SYDNEY = "The capital of Australia is Sydney. I'm glad you asked!"
CANBERRA = "The capital of Australia is Canberra."
PERTH = "The capital of Australia is Perth."
QUESTION = "What is the capital of Australia?"


@pytest.fixture
def profiles(tmp_path: Path) -> ProfileLibrary:
    (tmp_path / "oracle.md").write_text("---\nname: oracle\nsampling: {temperature: 0}\n---\nAnswer plainly.\n")
    (tmp_path / "companion.md").write_text("---\nname: companion\nsampling: {temperature: 0.7}\n---\nBe warm.\n")
    return ProfileLibrary([("test", tmp_path)])


def is_warm(job: Job) -> bool:
    return "warm" in job.messages[0].content


def verdict_after(
    script: Script, profiles: ProfileLibrary, log: SessionLog | None = None, message: str = QUESTION
) -> tuple[Verdict, list[Job]]:
    engine = ScriptedEngine(script)
    session = ChatSession(
        engine=engine, profiles=profiles, log=log or SessionLog.open(None), detector=SignalDetector(),
        rules=SessionRules(samples=3), profile="companion",
    )  # fmt: skip
    reached = [event for event in session.send(message) if isinstance(event, VerdictReached)]
    assert len(reached) == 1
    again = [job for job in engine.jobs if job.priority is Priority.NOISE]
    return reached[0].verdict, again


def test_a_parting_that_stands_keeps_its_flag_and_its_figures(profiles: ProfileLibrary) -> None:
    log = SessionLog.open(None)
    verdict, again = verdict_after(lambda job: SYDNEY if is_warm(job) else CANBERRA, profiles, log)
    assert verdict.label == "disagree"
    assert verdict.noise == 0.0
    assert verdict.signals["again_parted"] == 0.0
    assert all(job.batched for job in again)
    assert [(is_warm(job), job.sampling.temperature > 0) for job in again] == [(False, True)] * 3 + [(True, False)]
    assert len({job.sampling.seed for job in again[:3]}) == 3, "three draws, not one three times"
    (record,) = log.records()
    assert [reply.role for reply in record.others] == ["sample"] * 4, "the evidence is kept"


def test_a_reference_that_parts_from_itself_raises_no_flag(profiles: ProfileLibrary) -> None:
    def script(job: Job) -> Answer:
        if is_warm(job):
            return SYDNEY
        return PERTH if job.priority is Priority.NOISE else CANBERRA

    verdict, _ = verdict_after(script, profiles)
    assert verdict.label == "unsure"
    assert "the reference is unsure" in verdict.reason
    assert verdict.noise is not None
    assert verdict.noise > 0.5


def test_a_parting_that_goes_away_without_sampling_is_chance(profiles: ProfileLibrary) -> None:
    def script(job: Job) -> Answer:
        return SYDNEY if is_warm(job) and job.priority is Priority.VISIBLE else CANBERRA

    verdict, _ = verdict_after(script, profiles)
    assert verdict.label == "unsure"
    assert "chance" in verdict.reason


def test_nobody_is_asked_again_where_the_two_agree(profiles: ProfileLibrary) -> None:
    verdict, again = verdict_after(lambda _: CANBERRA, profiles)
    assert verdict.label == "agree"
    assert again == []


def test_where_asking_again_fails_the_flag_stays(profiles: ProfileLibrary) -> None:
    def script(job: Job) -> Answer:
        if job.priority is Priority.NOISE:
            return EngineError("no memory for it")
        return SYDNEY if is_warm(job) else CANBERRA

    verdict, _ = verdict_after(script, profiles)
    assert verdict.label == "disagree"
    assert verdict.noise is None


def test_a_reference_that_answers_the_bare_question_is_asked_it_again_and_the_log_says_so(
    profiles: ProfileLibrary, tmp_path: Path
) -> None:
    text = "---\nname: oracle\nneutralise: true\nsampling: {temperature: 0}\n---\nAnswer plainly.\n"
    (tmp_path / "oracle.md").write_text(text)
    log = SessionLog.open(None)
    message = f"I feel sad. I think it is Sydney. {QUESTION}"
    _, again = verdict_after(lambda job: SYDNEY if is_warm(job) else CANBERRA, profiles, log, message)
    assert [job.messages[-1].content for job in again] == [QUESTION] * 3 + [message]
    (record,) = log.records()
    assert [reply.asked for reply in record.others] == [QUESTION] * 3 + [""]
