"""Adapters on the real model: switched live, never mixed up, refused where they do not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.adapter_files import control_vector, lora
from warmchat.domain.conversation import Message
from warmchat.domain.errors import AdapterError
from warmchat.domain.profile import Sampling
from warmchat.engine.config import EngineConfig
from warmchat.engine.process import ProcessEngine
from warmchat.engine.protocol import AdapterSpec, Finished, Job, Priority

pytestmark = pytest.mark.model

CHAT = (Message("system", "Be helpful."), Message("user", "Tell me about the sea."))
PLAIN = Job(CHAT, Sampling(max_tokens=24), sequence="voice")
# KV that was kept from drawing token by token and KV from one reading of the same text differ by rounding (llama.cpp
# quantises activations by other kernels). Over six chats of the starter the log-probabilities of one given sentence
# parted by 0.06 to 0.11 nats a token in the mean and by 0.17 to 0.59 at most; here twice that is let through.
MEAN_NATS, MOST_NATS = 0.25, 1.2


@pytest.fixture(scope="module")
def engine(starter: Path) -> Iterator[ProcessEngine]:
    engine = ProcessEngine(EngineConfig(str(starter), n_ctx=1024))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("adapters")


@pytest.fixture(scope="module")
def vector(folder: Path) -> AdapterSpec:
    return AdapterSpec("control_vector", "sea", str(control_vector(folder / "v.gguf", size=30)), 1.0)


@pytest.fixture(scope="module")
def small_lora(folder: Path) -> AdapterSpec:
    return AdapterSpec("lora", "small", str(lora(folder / "l.gguf", size=0.3)), 1.0)


def finish(engine: ProcessEngine, job: Job) -> Finished:
    *_, last = engine.submit(job)
    assert isinstance(last, Finished)
    return last


def scores(engine: ProcessEngine, text: str, *adapters: AdapterSpec, sequence: str) -> list[float]:
    job = Job(CHAT, task="score", continue_from=text, adapters=adapters, sequence=sequence)
    return [s.logprob for s in finish(engine, job).scores]


@pytest.mark.parametrize("kind", ["vector", "small_lora"])
def test_a_then_b_then_a_is_a(engine: ProcessEngine, kind: str, request: pytest.FixtureRequest) -> None:
    adapter: AdapterSpec = request.getfixturevalue(kind)
    plain = finish(engine, PLAIN)
    other = finish(engine, replace(PLAIN, adapters=(adapter,)))
    again = finish(engine, PLAIN)
    assert other.text != plain.text, "the adapter does something"
    assert again.text == plain.text, "and nothing of it stays"
    assert again.usage.evaluated_tokens == again.usage.prompt_tokens, "nothing read under another setting is used"
    assert other.origin.adapters[0]["name"] == adapter.name


@pytest.mark.parametrize("kind", ["vector", "small_lora"])
def test_a_then_b_then_a_gives_the_same_numbers_to_the_last_bit(
    engine: ProcessEngine, kind: str, request: pytest.FixtureRequest
) -> None:
    one: AdapterSpec = request.getfixturevalue(kind)
    other = replace(one, strength=0.5)
    text = "The sea is deep and blue, and nobody knows all that lives in it."
    order = [(), (one,), (), (one, other), (other,), (one,), (one, other), ()]
    found = [scores(engine, text, *adapters, sequence="aba") for adapters in order]
    for earlier, adapters in enumerate(order):
        for later in range(earlier + 1, len(order)):
            assert (found[earlier] == found[later]) == (adapters == order[later])


def test_a_strength_is_live_and_0_is_none(engine: ProcessEngine, vector: AdapterSpec) -> None:
    plain = scores(engine, "The sea is deep and blue.", sequence="s")
    text = "The sea is deep and blue."
    texts = [scores(engine, text, replace(vector, strength=x), sequence="s") for x in (0, 0.5, 1)]
    assert texts[0] == plain
    assert texts[1] != plain
    assert texts[2] != texts[1]


def test_another_lane_keeps_its_own_adapters_and_what_it_read(engine: ProcessEngine, vector: AdapterSpec) -> None:
    one = replace(PLAIN, sequence="lane/1")
    two = replace(PLAIN, sequence="lane/2", adapters=(vector,))
    first, second = finish(engine, one), finish(engine, two)
    assert (finish(engine, one).text, finish(engine, two).text) == (first.text, second.text)
    assert finish(engine, one).usage.evaluated_tokens == 1
    assert finish(engine, two).usage.evaluated_tokens == 1


def test_several_at_once(engine: ProcessEngine, vector: AdapterSpec, small_lora: AdapterSpec) -> None:
    text = "The sea is deep and blue."
    found = [
        scores(engine, text, *adapters, sequence="many")
        for adapters in [(), (vector,), (small_lora,), (vector, small_lora), (vector, vector)]
    ]
    assert all(a != b for i, a in enumerate(found) for b in found[:i])
    twice = scores(engine, text, replace(vector, strength=2.0), sequence="many")
    assert twice == pytest.approx(found[4], abs=1e-4), "vectors add up"


def test_layers_of_a_vector_can_be_chosen(engine: ProcessEngine, vector: AdapterSpec) -> None:
    text = "The sea is deep and blue."
    whole = scores(engine, text, vector, sequence="layers")
    assert scores(engine, text, replace(vector, layers=(8, 22)), sequence="layers") == whole
    assert scores(engine, text, replace(vector, layers=(20, 22)), sequence="layers") != whole
    with pytest.raises(AdapterError, match="layers 8 to 22, none of them among 23 to 29"):
        scores(engine, text, replace(vector, layers=(23, 29)), sequence="layers")


def test_scores_are_those_of_the_drawn_reply_and_cover_its_text(engine: ProcessEngine) -> None:
    reply = finish(engine, PLAIN)
    job = Job(CHAT, task="score", continue_from=reply.text, sequence="fresh")
    fresh = finish(engine, job)
    assert "".join(s.text for s in fresh.scores) == reply.text
    assert len(fresh.scores) == reply.usage.reply_tokens
    assert all(s.logprob <= 0 for s in fresh.scores)
    absurd = scores(engine, "Purple seven the of of against.", sequence="fresh")
    assert sum(absurd) / len(absurd) < sum(s.logprob for s in fresh.scores) / len(fresh.scores) - 1


def test_kept_and_fresh_reading_agree_within_the_stated_tolerance(engine: ProcessEngine) -> None:
    reply = finish(engine, replace(PLAIN, sequence="kept", sampling=Sampling(max_tokens=120)))
    chat = (*CHAT, Message("assistant", reply.text), Message("user", "And the sky?"))
    job = Job(chat, task="score", continue_from="The sky is blue in the day and black at night.")
    kept, fresh = finish(engine, replace(job, sequence="kept")), finish(engine, replace(job, sequence="read anew"))
    assert kept.usage.evaluated_tokens < fresh.usage.evaluated_tokens
    parts = [abs(a.logprob - b.logprob) for a, b in zip(kept.scores, fresh.scores, strict=True)]
    assert sum(parts) / len(parts) < MEAN_NATS
    assert max(parts) < MOST_NATS


def test_a_long_text_is_scored_whole(engine: ProcessEngine) -> None:
    text = "The sea is deep and blue and wide. " * 12
    found = scores(engine, text.strip(), sequence="long")
    assert len(found) > 96, "several chunks"
    assert found[-1] > found[3], "what repeats is no surprise"


def test_what_was_read_ahead_costs_the_next_turn_nothing(engine: ProcessEngine) -> None:
    reply = finish(engine, replace(PLAIN, sequence="ahead"))
    so_far = (*CHAT, Message("assistant", reply.text))
    following = Job((*so_far, Message("user", "And the sky?")), Sampling(max_tokens=4), sequence="other")
    cold = finish(engine, following)
    assert cold.usage.evaluated_tokens == cold.usage.prompt_tokens
    read = finish(engine, Job(so_far, task="read", priority=Priority.PRIMING, sequence="third"))
    assert read.text == ""
    warm = finish(engine, replace(following, sequence="third"))
    assert warm.usage.evaluated_tokens == warm.usage.prompt_tokens - read.usage.prompt_tokens
    assert warm.text == cold.text


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda f: control_vector(f, width=512), "512 wide, the loaded model's residual stream 576"),
        (lambda f: control_vector(f, hint="qwen2"), "qwen2 model, the loaded one is llama"),
        (lambda f: control_vector(f, layers=range(25, 34)), "layer 30"),
        (lambda f: control_vector(f, architecture="llama"), "no control vector"),
        (lambda f: control_vector(f, poison=float("nan")), "NaN"),
        (lambda f: control_vector(f, poison=float("inf")), "NaN or infinite"),
        (lambda f: control_vector(f).write_bytes(f.read_bytes()[:9000]), "cut short"),
        (lambda f: f.write_text("hello"), "cannot be read"),
        (lambda f: None, "cannot be read"),
    ],
)
def test_a_vector_that_does_not_fit_is_refused_and_the_chat_goes_on(
    engine: ProcessEngine, tmp_path: Path, make: object, says: str
) -> None:
    file = tmp_path / "bad.gguf"
    make(file)  # type: ignore[operator]
    with pytest.raises(AdapterError, match=says):
        finish(engine, replace(PLAIN, adapters=(AdapterSpec("control_vector", "bad", str(file), 1.0),)))
    assert finish(engine, PLAIN).text


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda f: lora(f, width=512), "for llama"),
        (lambda f: lora(f, architecture="qwen2"), "qwen2|could not load"),
        (lambda f: lora(f, poison=float("nan")), "NaN"),
        (lambda f: lora(f, poison=float("nan"), kept_as="F16"), "NaN"),
        (lambda f: lora(f, poison=float("inf"), kept_as="F16"), "NaN or infinite"),
        (lambda f: lora(f, poison=float("nan"), kept_as="BF16"), "NaN"),
        (lambda f: lora(f).write_bytes(f.read_bytes()[:9000]), "cut short|could not load"),
        (control_vector, "could not load"),
    ],
)
def test_a_lora_that_does_not_fit_is_refused_and_the_chat_goes_on(
    engine: ProcessEngine, tmp_path: Path, make: object, says: str
) -> None:
    file = tmp_path / "bad.gguf"
    make(file)  # type: ignore[operator]
    with pytest.raises(AdapterError, match=says):
        finish(engine, replace(PLAIN, adapters=(AdapterSpec("lora", "bad", str(file), 1.0),)))
    assert finish(engine, PLAIN).text


@pytest.mark.parametrize("kept_as", ["F16", "BF16"])
def test_a_lora_of_16_bit_numbers_works(engine: ProcessEngine, tmp_path: Path, kept_as: str) -> None:
    file = lora(tmp_path / "l.gguf", size=0.3, kept_as=kept_as)
    adapter = AdapterSpec("lora", "small", str(file), 1.0)
    assert finish(engine, replace(PLAIN, adapters=(adapter,))).text != finish(engine, PLAIN).text


def test_scored_texts_spell_the_reply_also_where_characters_take_several_tokens(engine: ProcessEngine) -> None:
    text = "It’s fine 🙂 — naïve café, 日本."
    job = Job(CHAT, task="score", continue_from=text, sequence="emoji")
    assert "".join(s.text for s in finish(engine, job).scores) == text
