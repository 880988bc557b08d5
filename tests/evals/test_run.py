"""A whole run with a model whose errors are known; and runs that were stopped, killed, or done before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.adapter_files import control_vector
from tests.evals.world import COMPANION, ORACLE, PROFILES, KnownModel, small, voices
from warmchat.domain.errors import AdapterError, EngineLost, ProfileError, SettingsError
from warmchat.domain.profile import Profile
from warmchat.engine.protocol import Job, Priority
from warmchat.evals.alike import leading
from warmchat.evals.report import Report, report
from warmchat.evals.run import EvalRun
from warmchat.evals.voice import voices_named
from warmchat.models.adapters import AdapterShelf
from warmchat.storage.evals.store import EvalStore
from warmchat.voices.kindness import PLAIN


def go(store: EvalStore, engine: KnownModel, *, names: str = "none,oracle,companion", **asked: int) -> Report:
    run = EvalRun.of(engine, store, small(**asked), voices(names), baseline="oracle")  # type: ignore[arg-type]
    record = run.go(lambda _what, _done, _whole: None)
    return report(record, store.replies(record.id))


@pytest.fixture
def store() -> EvalStore:
    return EvalStore.open(None)


@pytest.fixture
def engine() -> KnownModel:
    return KnownModel(small())


def test_the_figures_are_those_of_the_known_model(store: EvalStore, engine: KnownModel) -> None:
    found = go(store, engine)
    none, oracle, companion = found.voices
    assert [v.right.value for v in found.voices] == pytest.approx([0, 1, 1 / 3])
    assert companion.groups["no belief"].value == 1
    assert companion.groups["false belief"].value == companion.groups["sad + belief"].value == 0
    assert (oracle.affirmed.value, companion.affirmed.value) == (0, 1)
    assert (oracle.flipped.value, companion.flipped.value) == (0, 1)
    assert none.flipped.value is None, "nothing was right, so nothing was pushed"
    assert (oracle.cautioned.value, companion.cautioned.value) == (1, 0)
    assert (oracle.validated.value, companion.validated.value) == (0, 1)
    assert (oracle.manners["feelings"].value, companion.manners["feelings"].value) == (0, 1)
    assert companion.results == pytest.approx({"right": 1 / 3, "wrong": 2 / 3, "refused": 0, "unclear": 0})
    assert companion.against is not None
    assert oracle.against is None
    assert companion.against.right.value == pytest.approx(-2 / 3)
    assert companion.against.affirmed.value == 1
    change = companion.against.conditions["belief"]
    assert (change.lost, change.gained, change.n) == (4, 0, 4)
    assert oracle.warmth.texts == companion.warmth.texts == 3
    assert found.whole
    assert found.run.baseline == "oracle"


def test_what_the_engine_is_asked(store: EvalStore, engine: KnownModel) -> None:
    go(store, engine)
    replies = [job for job in engine.jobs if job.task == "reply"]
    assert all(job.batched and job.priority is Priority.BULK for job in replies)
    bare = [job for job in replies if job.bare]
    assert bare
    assert all(job.messages[0].role == "user" for job in bare)
    assert all(job.messages[0].role == "system" for job in replies if not job.bare)
    asked = Counter(len(job.messages) for job in replies if not job.bare)
    assert asked == {2: 2 * (4 * 3 + 6), 4: 2 * 4}, "pushback comes after the question and the voice's own answer"
    pushed = next(job for job in replies if len(job.messages) == 4)
    assert pushed.messages[2].role == "assistant"
    assert pushed.messages[2].content.startswith("It is ")
    lengths = {job.sampling.max_tokens for job in replies}
    assert lengths == {40, 96}, "the profile's 512 are cut"


def test_every_voice_is_asked_the_same(store: EvalStore, engine: KnownModel) -> None:
    found = go(store, engine)
    said = store.replies(found.run.id)
    for kind in ("question", "advice", "message"):
        asked = [{(r.place, r.asked) for r in said if r.kind == kind and r.voice == v.label} for v in found.voices]
        assert asked[0] == asked[1] == asked[2]


def test_every_row_says_how_it_came_about(store: EvalStore, engine: KnownModel) -> None:
    found = go(store, engine)
    rows = store.replies(found.run.id)
    assert {(r.model, r.profile_hash) for r in rows if r.voice == "companion"} == {("scripted", COMPANION.hash)}
    assert {r.seed for r in rows if r.voice == "oracle"} == {0}, "nothing is drawn"
    drawn = [r.seed for r in rows if r.voice == "companion"]
    assert len(set(drawn)) == len(drawn)
    assert all(r.sampling["temperature"] == 0.7 for r in rows if r.voice == "companion")
    assert all(r.result and r.reason for r in rows if r.kind == "question")


def test_the_same_command_has_nothing_left_to_do(store: EvalStore, engine: KnownModel) -> None:
    first = go(store, engine)
    before = len(engine.jobs)
    again = go(store, engine)
    assert len(engine.jobs) == before
    assert again.run.id == first.run.id
    assert again.voices == first.voices


def test_a_run_goes_on_where_the_engine_was_lost(store: EvalStore, engine: KnownModel) -> None:
    whole = go(EvalStore.open(None), KnownModel(small()))

    def fails(job: Job) -> str:
        if len(engine.jobs) > 30:
            raise EngineLost("gone")
        return engine._answer(job)

    engine.script = fails
    with pytest.raises(EngineLost):
        go(store, engine)
    (run,) = store.runs()
    kept = store.count(run.id)
    assert 0 < kept < 30
    half = report(run, store.replies(run.id))
    assert not half.whole
    engine.script = engine._answer
    engine.jobs.clear()
    found = go(store, engine)
    assert found.voices == whole.voices
    assert sum(job.task == "reply" for job in engine.jobs) + kept == whole.replies


def test_where_replies_are_computed_together_a_block_left_half_done_is_drawn_again_as_a_whole(
    store: EvalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a block came out with the same company each time, so does what was open in it."""
    monkeypatch.setattr(KnownModel, "batched", 2)
    engine = KnownModel(small())
    run = EvalRun.of(engine, store, small(), voices("oracle"), baseline="oracle")
    asks = run._material.asked()
    saved: list[float] = []

    def told(_what: str, done: float, _whole: float) -> None:
        saved.append(done)
        if store.count(run.record.id) == 9:  # of 12 questions; 8 are a block
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.go(told)
    kept = store.replies(run.record.id)
    engine.jobs.clear()
    found = go(store, engine, names="oracle")
    again = [job.messages[-1].content for job in engine.jobs if job.task == "reply"][:4]
    assert again == [ask.text for ask in asks[8:]], "the second block whole, the first not at all"
    assert store.replies(found.run.id)[:9] == kept, "what was kept stays as it was"
    assert found.voices[0].right.value == 1


KILLED = """
import os, pathlib, signal, sys
from tests.evals.world import KnownModel, small, voices
from warmchat.evals.run import EvalRun
from warmchat.storage.evals.store import EvalStore
engine, done = KnownModel(small()), []
def told(what, at, whole):
    done.append(what)
    if len(done) == 25:
        os.kill(os.getpid(), signal.SIGKILL)
store = EvalStore.open(pathlib.Path(sys.argv[1]))
EvalRun.of(engine, store, small(), voices(), baseline="oracle").go(told)
"""


@pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")
def test_a_run_goes_on_after_kill_9(tmp_path: Path, engine: KnownModel) -> None:
    file = tmp_path / "evals.db"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(file)], check=False, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    with EvalStore.open(file) as store:
        (run,) = store.runs()
        kept = store.count(run.id)
        assert kept > 15, "every finished answer was kept"
        found = go(store, engine)
        assert found.run.id == run.id
        assert sum(job.task == "reply" for job in engine.jobs) == found.replies - kept


def test_another_run_takes_over_what_the_same_voice_said_to_the_same_message(
    store: EvalStore, engine: KnownModel
) -> None:
    go(store, engine, names="oracle")
    engine.jobs.clear()
    found = go(store, engine, names="oracle,companion")
    assert all(COMPANION.system_prompt == j.messages[0].content for j in engine.jobs if j.task == "reply" and
               len(j.messages) == 2)  # fmt: skip
    assert found.voices[0].right.value == 1
    assert found.voices[0].warmth.texts == 3
    engine.jobs.clear()
    go(store, engine, names="oracle", seed=2)
    assert len([j for j in engine.jobs if j.task == "reply"]) > 10, "another seed words it otherwise"


def test_a_voice_that_is_asked_the_same_bare_question_is_asked_once_and_judged_under_each_condition(
    store: EvalStore, engine: KnownModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PROFILES, "oracle", replace(ORACLE, neutralise=True))
    answers = engine._answer
    engine.script = lambda job: answers(job).replace("It is", "You are right, it is")
    found = go(store, engine, names="oracle")
    said = [r for r in store.replies(found.run.id) if r.kind == "question"]
    assert len(said) == 4 * 3
    assert {r.condition for r in said} == {"plain", "belief", "sad+belief"}
    asked = [job.messages[-1].content for job in engine.jobs if len(job.messages) == 2]
    assert [sum(q.question == text for text in asked) for q in small().questions] == [1, 1, 1, 1]
    for question in small().questions:
        texts = {r.text for r in said if r.item == question.id}
        assert len(texts) == 1
    assert all((r.affirmed is None) == (r.condition == "plain") for r in said)
    assert all(r.asked != q.question for r in said if r.condition != "plain" for q in small().questions)
    drawn = voices("companion")[0]
    asks = small().asked()
    assert set(leading(drawn, asks).values()) == set(asks), "a voice that draws is asked each time"


def test_a_voice_that_says_answers_kindly_is_pushed_after_the_answer_itself(
    store: EvalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a chat: who answers reads its own words, not our kind sentence before them."""
    candid = Profile("candid", "Candid", "Say it kindly.", strategy="rewrite")
    monkeypatch.setitem(PROFILES, "candid", candid)
    engine = KnownModel(small())
    answers = engine._answer
    engine.script = lambda job: "Lost." if job.messages[0].content == candid.system_prompt else answers(job)
    found = go(store, engine, names="oracle,candid")
    said = [r for r in store.replies(found.run.id) if r.voice == "candid"]
    assert {r.text.partition("\n\n")[0] for r in said if r.kind == "question" and r.condition == "plain"} == {PLAIN}
    pushed = [r.before[1][1] for r in said if r.kind == "pushback"]
    assert len(pushed) == 4
    assert all(text.startswith("It is ") for text in pushed), pushed
    assert found.voices[1].right.value == 1


def test_an_edited_profile_is_another_voice(
    store: EvalStore, engine: KnownModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = go(store, engine)
    monkeypatch.setitem(PROFILES, "oracle", replace(ORACLE, system_prompt="Answer factually!"))
    assert go(store, engine).run.id != first.run.id


def test_progress_ends_at_the_whole(store: EvalStore, engine: KnownModel) -> None:
    told: list[tuple[str, float, float]] = []
    run = EvalRun.of(engine, store, small(), voices(), baseline="nobody")
    run.go(lambda *what: told.append(what))
    done = [at for _, at, _ in told]
    assert done == sorted(done)
    assert told[-1][1] == pytest.approx(told[-1][2])
    assert run.record.baseline == "none", "the first, where the reference is not among them"


# ---- who is measured


def test_a_dial_position_moves_the_vector(tmp_path: Path) -> None:
    (tmp_path / "scripted").mkdir()
    control_vector(tmp_path / "scripted" / "warmth.gguf", span=(-2.0, 4.0), width=8, layers=range(1, 3))
    shelf = AdapterShelf([("test", tmp_path)])
    plain, warm, none = voices("companion,companion@0.5,none@-1", shelf)
    assert [v.label for v in (plain, warm, none)] == ["companion", "companion@+0.5", "none@-1"]
    assert [a.strength for a in warm.setting.adapters] == pytest.approx([2.0])
    assert [a.strength for a in none.setting.adapters] == pytest.approx([-2.0])
    assert plain.setting.adapters == ()
    assert none.bare
    assert not warm.bare
    keys = {v.key(()) for v in (plain, warm, none)}
    assert len(keys) == 3
    record = warm.record(())
    assert record.adapters == ({"kind": "control_vector", "name": "warmth", "strength": pytest.approx(2.0)},)
    assert record.dial == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("names", "error"),
    [
        ("", ProfileError), (" , ", ProfileError), ("oracle@", ProfileError), ("oracle@warm", ProfileError),
        ("oracle@2", SettingsError), ("oracle@nan", SettingsError), ("oracle@0.5", AdapterError),
    ],
)  # fmt: skip
def test_voices_that_cannot_be(names: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        voices(names)


def test_none_samples_as_the_reference_does() -> None:
    (none,) = voices_named(
        "none", profile_of=PROFILES.__getitem__, reference="companion", shelf=AdapterShelf([]), base=""
    )
    assert none.profile.sampling == COMPANION.sampling
    assert none.profile.system_prompt == ""
