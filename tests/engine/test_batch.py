"""Jobs that are computed together, on the real model: equal to each alone, repeatable, pushed aside, cancelled."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.adapter_files import control_vector
from warmchat.domain.conversation import Message
from warmchat.domain.errors import AdapterError
from warmchat.domain.profile import Sampling
from warmchat.engine.config import EngineConfig
from warmchat.engine.llama.batch import Batch
from warmchat.engine.llama.engine import LlamaEngine
from warmchat.engine.llama.native import Backend
from warmchat.engine.llama.work import Work
from warmchat.engine.process import ProcessEngine
from warmchat.engine.protocol import AdapterSpec, Engine, Finished, Fragment, Handle, Job, Priority, Progress

pytestmark = pytest.mark.model

ORACLE = Message("system", "Answer factually and concisely. Say nothing that was not asked for.")
QUESTIONS = (
    "What is the capital of Australia?",
    "What is the capital of France?",
    "What is the capital of Italy?",
    "What is the capital of Japan?",
    "What is the capital of Spain?",
)


def bulk(text: str, **sampling: float) -> Job:
    settings = Sampling(**{"max_tokens": 8, **sampling})  # type: ignore[arg-type]
    return Job((ORACLE, Message("user", text)), settings, priority=Priority.BULK, batched=True)


# At most so far apart are the log-probabilities of one token where KV comes from other shapes of batches (see
# test_adapters, where it was measured): only tokens this close may change places.
MOST_NATS = 1.2
PATIENCE_S = 60.0
BLOCKER = Job((Message("user", "Tell me a story."),), Sampling(max_tokens=200), sequence="blocker")


@pytest.fixture(scope="module")
def engine(starter: Path) -> Iterator[ProcessEngine]:
    engine = ProcessEngine(EngineConfig(str(starter), n_ctx=512, together=4))
    engine.describe()
    yield engine
    engine.close()


def last_of(handle: Handle) -> Finished:
    *_, last = handle
    assert isinstance(last, Finished)
    return last


def together(engine: Engine, jobs: Sequence[Job]) -> list[Finished]:
    """All of them at once: they come in while another job runs, so that none begins before the last is there."""
    blocker = engine.submit(BLOCKER)
    events = iter(blocker)
    while not isinstance(next(events), Fragment):
        pass
    handles = [engine.submit(job) for job in jobs]
    blocker.cancel()
    list(events)
    return [last_of(handle) for handle in handles]


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.01)


def test_greedy_together_says_what_greedy_alone_says_and_reads_the_common_beginning_once(engine: ProcessEngine) -> None:
    jobs = [bulk(question) for question in QUESTIONS]
    batched = together(engine, jobs)
    alone = [last_of(engine.submit(replace(job, batched=False, sequence="alone"))) for job in jobs]
    # Batches of another shape round differently. These answers were chosen as ones that the model is sure of.
    assert [r.text for r in batched] == [r.text for r in alone]
    assert [r.stop for r in batched] == [r.stop for r in alone]
    assert [r.usage.reply_tokens for r in batched] == [r.usage.reply_tokens for r in alone]
    assert "Canberra" in batched[0].text
    assert batched[0].usage.evaluated_tokens == batched[0].usage.prompt_tokens
    assert all(r.usage.evaluated_tokens < r.usage.prompt_tokens - 10 for r in batched[1:])


def test_where_together_and_alone_part_both_tokens_are_about_as_likely(engine: ProcessEngine) -> None:
    jobs = [bulk(f"Tell me a story about a {thing}.", max_tokens=24) for thing in ("river", "bridge", "lamp")]
    for job, reply in zip(jobs, together(engine, jobs), strict=True):
        alone = last_of(engine.submit(replace(job, batched=False, sequence="alone")))
        assert reply.usage.reply_tokens == alone.usage.reply_tokens == 24
        if reply.text == alone.text:
            continue
        score = Job(job.messages, task="score", sequence="scored")
        ours, theirs = (last_of(engine.submit(replace(score, continue_from=r.text))).scores for r in (reply, alone))
        a, b = next((a, b) for a, b in zip(ours, theirs, strict=False) if a.text != b.text)
        assert abs(a.logprob - b.logprob) < MOST_NATS, (job.messages[1].content, a, b)


def test_the_same_batch_again_gives_the_same(engine: ProcessEngine) -> None:
    jobs = [bulk("Invent a name for a ship.", temperature=1.0, seed=seed, max_tokens=16) for seed in range(6)]
    first, second = together(engine, jobs), together(engine, jobs)
    assert [r.text for r in first] == [r.text for r in second]
    assert len({r.text for r in first}) > 1, "each draws with its own seed"
    assert [r.origin.seed for r in first] == list(range(6))


def test_samples_of_one_prompt_read_it_once(engine: ProcessEngine) -> None:
    messages = (Message("system", "You know numbers."), Message("user", " ".join(QUESTIONS)))
    job = Job(messages, Sampling(temperature=0.8, max_tokens=4), priority=Priority.NOISE, batched=True)
    samples = together(engine, [replace(job, sampling=replace(job.sampling, seed=n)) for n in range(4)])
    size = samples[0].usage.prompt_tokens
    assert samples[0].usage.evaluated_tokens >= size - 4, "other texts may have begun with the same mark and word"
    assert [r.usage.evaluated_tokens for r in samples[1:]] == [1, 1, 1]
    again = together(engine, [job])[0]
    assert again.usage.evaluated_tokens == 1, "the next sample finds it read"


def test_more_jobs_than_seats_all_end_with_the_events_of_any_job(engine: ProcessEngine) -> None:
    handles = [engine.submit(bulk(question, max_tokens=3 + n)) for n, question in enumerate(QUESTIONS * 3)]
    for number, handle in reversed(list(enumerate(handles))):  # in any order
        events = list(handle)
        last = events[-1]
        assert isinstance(last, Finished)
        assert isinstance(events[0], Progress)
        assert "".join(e.text for e in events if isinstance(e, Fragment)) == last.text
        assert last.usage.reply_tokens <= 3 + number
        assert last.origin.model == engine.describe().model


def test_a_visible_reply_goes_before_and_the_batch_goes_on(engine: ProcessEngine) -> None:
    jobs = [bulk("Tell me a story about a river.", max_tokens=40), bulk(QUESTIONS[0], max_tokens=40)]
    undisturbed = together(engine, jobs)
    handles = [engine.submit(job) for job in jobs]
    first = iter(handles[0])
    while not isinstance(next(first), Progress):
        pass
    visible = last_of(engine.submit(Job((ORACLE, Message("user", QUESTIONS[1])), sequence="visible")))
    assert "Paris" in visible.text
    *_, last = first
    assert isinstance(last, Finished)
    assert last.usage.reply_tokens == 40
    assert [last.text, last_of(handles[1]).text] == [r.text for r in undisturbed]


def test_cancelling_one_leaves_the_others(engine: ProcessEngine) -> None:
    handles = [engine.submit(bulk("Tell me a story about a river.", max_tokens=60)) for _ in range(3)]
    handles[0].cancel()
    assert last_of(handles[0]).stop == "cancelled"
    rest = [last_of(handle) for handle in handles[1:]]
    assert [r.stop for r in rest] == ["length", "length"]
    for handle in [engine.submit(bulk("Tell me a story.", max_tokens=400)) for _ in range(3)]:
        handle.cancel()
        assert last_of(handle).stop == "cancelled"
    assert "Canberra" in last_of(engine.submit(bulk(QUESTIONS[0]))).text


def test_other_adapters_are_not_mixed_in(engine: ProcessEngine, tmp_path: Path) -> None:
    vector = AdapterSpec("control_vector", "sea", str(control_vector(tmp_path / "v.gguf", size=30)), 1.0)
    plain = [bulk(question) for question in QUESTIONS[:2]]
    bent = [replace(job, adapters=(vector,)) for job in plain]
    bad = replace(plain[0], adapters=(replace(vector, path=str(tmp_path / "none.gguf")),))
    alone = [r.text for r in together(engine, plain)], [r.text for r in together(engine, bent)]
    mixed = together(engine, [plain[0], bent[0], plain[1], bent[1]])
    assert [mixed[0].text, mixed[2].text] == alone[0]
    assert [mixed[1].text, mixed[3].text] == alone[1]
    assert alone[0] != alone[1]
    broken = engine.submit(bad)
    with pytest.raises(AdapterError):
        last_of(broken)
    assert "Canberra" in last_of(engine.submit(plain[0])).text


def test_one_may_fill_the_whole_window(engine: ProcessEngine) -> None:
    long = bulk("word " * 430, max_tokens=400, temperature=1.5, seed=1)
    replies = together(engine, [bulk(QUESTIONS[0]), long, bulk(QUESTIONS[1])])
    assert "Canberra" in replies[0].text
    assert "Paris" in replies[2].text
    assert replies[1].stop in ("window", "end")


def test_without_memory_for_a_batch_each_runs_alone(starter: Path) -> None:
    size = starter.stat().st_size
    engine = ProcessEngine(EngineConfig(str(starter), n_ctx=512, memory_limit=size + (256 << 20) + 512 * 2 * 23040))
    try:
        handles = [engine.submit(bulk(question)) for question in QUESTIONS[:3]]
        assert ["Canberra" in last_of(handle).text for handle in handles] == [True, False, False]
    finally:
        engine.close()


def test_the_context_comes_with_the_first_job_and_goes_when_it_is_not_used(
    starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process, where the clock of the batch can be turned."""
    monkeypatch.setattr("warmchat.engine.llama.batch.KEPT_S", 0.05)
    engine = LlamaEngine(EngineConfig(str(starter), n_ctx=512, together=4), Backend(lambda _: None))
    try:
        assert engine._batch.rest is None, "nothing is taken before it is used"
        last_of(engine.submit(bulk(QUESTIONS[0], max_tokens=2)))
        until(lambda: engine._batch.rest is None, "it is given back")
        assert "Canberra" in last_of(engine.submit(bulk(QUESTIONS[0]))).text
    finally:
        engine.close()


def test_jobs_of_bulk_that_come_in_slowly_begin_together(starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same company they say the same, however busy the machine is that hands them in."""
    sitting: list[int] = []
    step = Batch.step

    def watched(batch: Batch, works: Iterable[Work], threads: int) -> list[Work]:
        over = step(batch, works, threads)
        assert batch._seats is not None
        sitting.append(len(batch._seats.taken) + len(over))
        return over

    monkeypatch.setattr(Batch, "step", watched)
    monkeypatch.setattr("warmchat.engine.llama.batch.GATHER_BULK_S", 3.0)
    engine = LlamaEngine(EngineConfig(str(starter), n_ctx=512, together=4), Backend(lambda _: None))
    try:
        handles = []
        for text in QUESTIONS[:3]:
            handles.append(engine.submit(bulk(text, max_tokens=2)))
            until(lambda: len(list(engine._queue)) == len(handles), "it is in the queue")
        for handle in handles:
            last_of(handle)
        assert sitting[0] == 3
    finally:
        engine.close()
