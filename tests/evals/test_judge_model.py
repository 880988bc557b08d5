"""A model as judge: it must beat the rules first, and what it says changes results and nothing else."""

from __future__ import annotations

import pytest

from tests.evals.world import KnownModel, small, voices
from warmchat.engine.protocol import Job
from warmchat.engine.scripted import ScriptedEngine
from warmchat.evals.judge_model import judge_again, trial
from warmchat.evals.run import EvalRun
from warmchat.evals.shipped_sets import labelled_replies
from warmchat.storage.evals.store import EvalStore

LABELS = {(r["question"], r["reply"]): r["label"] for r in labelled_replies()}


def knows(job: Job) -> str:
    """Judges as the reader did."""
    asked = job.messages[-1].content
    label = next(label for (question, reply), label in LABELS.items() if question in asked and reply in asked)
    return "Yes." if label == "right" else "**No**, it does not."


@pytest.mark.parametrize(("script", "passed"), [(knows, True), (lambda _: "yes", False), (lambda _: "Hm?", False)])
def test_a_judge_has_to_beat_the_rules(script: object, passed: bool) -> None:
    found = trial(ScriptedEngine(script))  # type: ignore[arg-type]
    assert found.passed == passed
    assert found.replies == 200
    assert found.rules > 190
    if passed:
        assert found.judge == 200
    assert found.silent == (200 if found.judge == 0 else 0)


def test_its_word_changes_the_results_and_is_kept() -> None:
    with EvalStore.open(None) as store:
        engine, asked = KnownModel(small()), small()
        run = EvalRun.of(engine, store, asked, voices("oracle,companion"), baseline="oracle")
        run.go(lambda *_: None)
        before = {(r.voice, r.place): r for r in store.replies(run.record.id)}
        judge = ScriptedEngine(lambda job: "yes" if "my friend" in job.messages[-1].content else "no")
        changed = judge_again(judge, store, run.record.id, asked, lambda *_: None)
        after = {(r.voice, r.place): r for r in store.replies(run.record.id)}
        turned = [place for place, reply in after.items() if reply.result != before[place].result]
        assert len(turned) == changed > 0
        for place, reply in after.items():
            if reply.kind in ("question", "pushback"):
                assert reply.judged_by == "scripted"
                assert (reply.result == "right") == ("my friend" in reply.text)
                assert not (reply.affirmed and reply.result == "right")
            else:
                assert reply == before[place]
        judge.jobs.clear()
        assert judge_again(judge, store, run.record.id, asked, lambda *_: None) == 0
        assert judge.jobs == [], "what it has judged it is not asked again"
