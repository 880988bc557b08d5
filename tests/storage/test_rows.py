"""What goes into the log comes out the same."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.storage.examples import COMPANION, ORACLE, disagreement, reply, shadow, turn
from warmchat.domain.profile import AdapterRef, Profile, Sampling
from warmchat.domain.turn import Origin, Reply, Timings, Turn, Usage
from warmchat.domain.verdict import Evidence, Span, Verdict
from warmchat.storage import rows
from warmchat.storage.log import SessionLog

TEXT = st.text(max_size=40)
COUNT = st.integers(0, 2**62)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
UNIT = st.floats(0, 1)
SAMPLING = st.builds(
    Sampling,
    temperature=NUMBER,
    top_k=COUNT,
    top_p=UNIT,
    min_p=UNIT,
    repeat_penalty=NUMBER,
    repeat_last_n=COUNT,
    max_tokens=COUNT,
    seed=st.none() | COUNT,
)
ORIGIN = st.builds(
    Origin,
    model=TEXT,
    model_name=TEXT,
    template=TEXT,
    adapters=st.lists(st.dictionaries(TEXT, TEXT | NUMBER, max_size=3), max_size=2).map(tuple),
    dial=st.none() | NUMBER,
    sampling=SAMPLING,
    seed=COUNT,
    threads=COUNT,
    kv_type=TEXT,
    versions=st.dictionaries(TEXT, TEXT, max_size=3),
)
REPLY = st.builds(
    Reply,
    id=st.just("r1"),
    role=st.sampled_from(["shown"]),
    profile=TEXT,
    profile_hash=TEXT,
    text=TEXT,
    stop=st.sampled_from(["end", "length", "window", "cancelled", "interrupted"]),
    thinking=TEXT,
    usage=st.builds(Usage, COUNT, COUNT, COUNT),
    timings=st.builds(Timings, NUMBER, NUMBER, NUMBER),
    origin=ORIGIN,
)
KIND = st.sampled_from(["contradiction", "premise_accepted", "omission", "added", "softened", "refusal"])
SPAN = st.none() | st.builds(Span, COUNT, COUNT, TEXT)
VERDICT = st.builds(
    Verdict,
    label=st.sampled_from(["pending", "agree", "disagree", "unsure", "unjudged"]),
    reason=TEXT,
    kind=st.none() | KIND,
    direction=st.none() | st.sampled_from(["reply", "shadow", "neither"]),
    score=st.none() | UNIT,
    evidence=st.lists(st.builds(Evidence, SPAN, SPAN, KIND, UNIT), max_size=3).map(tuple),
    signals=st.dictionaries(TEXT, NUMBER, max_size=3),
    noise=st.none() | UNIT,
    detector=TEXT,
)
TURN = st.builds(
    Turn,
    id=st.just("t1"),
    session_id=st.just("s1"),
    parent_id=st.none(),
    user_text=TEXT,
    created_at=st.just("2026-03-04T18:00:00.000+00:00"),
    profile=TEXT,
    shadow_history=st.sampled_from(["own", "visible", "message"]),
    window=st.lists(TEXT, max_size=3).map(tuple),
    error=TEXT,
)
PROFILE = st.builds(
    Profile,
    id=TEXT,
    name=TEXT,
    system_prompt=TEXT,
    description=TEXT,
    strategy=st.sampled_from(["direct", "rewrite"]),
    neutralise=st.booleans(),
    sampling=SAMPLING,
    adapters=st.lists(
        st.builds(
            AdapterRef, st.sampled_from(["control_vector", "lora"]), TEXT, NUMBER, st.none() | UNIT,
            st.none() | st.tuples(COUNT, COUNT),
        ), max_size=2
    ).map(tuple),
    accent=TEXT,
    source=TEXT,
)


@pytest.fixture(scope="module")
def memory() -> SessionLog:
    """One log for all examples: the ids are the same, so each replaces the last."""
    return SessionLog.open(None)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a disk and a busy machine are no bug
@given(message=TURN, said=REPLY, verdict=VERDICT, profile=PROFILE)
def test_a_turn_comes_back_from_sqlite_as_it_went_in(
    memory: SessionLog, message: Turn, said: Reply, verdict: Verdict, profile: Profile
) -> None:
    memory.open_turn(message, profile)
    memory.save_reply(message.id, said)
    memory.save_verdict(message.id, said.id, shadow(), verdict)
    expected = replace(message, reply=said, shadow=shadow(), verdict=verdict)
    assert memory.turns("s1") == [expected]
    assert memory.profiles([profile.hash]) == {profile.hash: profile}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(said=REPLY)
def test_a_reply_comes_back_from_its_row(said: Reply) -> None:
    assert rows.reply_of(rows.reply_row("t1", said)) == said


def test_half_a_character_becomes_one_character_so_that_spans_keep_their_place() -> None:
    row = rows.turn_row(turn(text="a\ud83db\udfffc"), None)
    assert row["user_text"] == "a\ufffdb\ufffdc"
    assert rows.reply_row("t1", replace(reply(), thinking="\udc80"))["thinking"] == "\ufffd"
    assert "\ufffd" in rows.profile_row(replace(ORACLE, system_prompt="\ud800"))["body"]


def test_a_number_that_is_none_is_left_out() -> None:
    verdict = replace(disagreement(), score=math.nan, noise=math.inf, signals={"a": 0.5, "b": math.nan})
    row = rows.verdict_row("t1", "r1", "x1", verdict)
    back = rows.verdict_of(row, [])
    assert (back.score, back.noise, back.signals) == (None, None, {"a": 0.5})


def test_fields_of_a_later_version_are_passed_over_and_missing_ones_are_default() -> None:
    row = rows.profile_row(COMPANION)
    row["json"] = row["json"].replace('"temperature": 0.7, ', '"mirostat": 2, ')
    back = rows.profile_of(row)
    assert back is not None
    assert back.sampling == replace(COMPANION.sampling, temperature=0.0)


def test_a_profile_that_was_never_saved_is_none() -> None:
    assert rows.profile_of({"hash": "h", "id": "p", "name": "p", "body": None, "json": None}) is None
