"""Hidden states and raw text on the real model: what is read is what the model computes with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engine.adapter_files import N_EMBD, N_LAYER, control_vector
from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineError, PromptTooLong
from warmchat.domain.profile import Sampling
from warmchat.engine.config import EngineConfig
from warmchat.engine.llama import hidden
from warmchat.engine.process import ProcessEngine
from warmchat.engine.protocol import AdapterSpec, Finished, Job

pytestmark = pytest.mark.model

CHAT = (Message("system", "Be helpful."), Message("user", "Tell me about the sea."))
READ = Job(CHAT, task="hidden", continue_from="The sea is wide")
TEXT = "The sea is deep and blue and very wide, and the wind is strong."


@pytest.fixture(scope="module")
def engine(starter: Path) -> Iterator[ProcessEngine]:
    engine = ProcessEngine(EngineConfig(str(starter), n_ctx=1024))
    yield engine
    engine.close()


def finish(engine: ProcessEngine, job: Job) -> Finished:
    *_, last = engine.submit(job)
    assert isinstance(last, Finished)
    return last


def states(engine: ProcessEngine, job: Job) -> NDArray[np.float32]:
    found = finish(engine, job).hidden
    assert found is not None
    return np.frombuffer(found.data, dtype="<f4").reshape(found.layers, found.width)


def test_there_is_one_state_for_each_layer(engine: ProcessEngine) -> None:
    assert engine.describe().capabilities.hidden_states
    found = states(engine, READ)
    assert found.shape == (N_LAYER, N_EMBD)
    assert np.isfinite(found).all()
    assert len({row.tobytes() for row in found}) == N_LAYER


def test_a_control_vector_is_added_to_the_very_state_that_is_read(engine: ProcessEngine, tmp_path: Path) -> None:
    """The layers that we read are the layers that a vector of these numbers acts on."""
    file = control_vector(tmp_path / "v.gguf", size=5.0, layers=range(12, 13))
    vector = AdapterSpec("control_vector", "v", str(file), 2.0)
    plain, steered = states(engine, READ), states(engine, replace(READ, adapters=(vector,)))
    assert np.array_equal(plain[:12], steered[:12]), "nothing changes before its layer"
    added = steered[12] - plain[12]
    assert np.linalg.norm(added) == pytest.approx(10.0, rel=1e-3)
    assert not np.allclose(plain[13], steered[13])


def test_what_is_kept_of_a_text_read_before_changes_nothing_but_the_time(engine: ProcessEngine) -> None:
    first = engine.submit(READ)
    second = engine.submit(replace(READ, continue_from="The sea is deep"))
    _, one = list(first), list(second)[-1]
    assert isinstance(one, Finished)
    assert one.usage.evaluated_tokens < 4, "the common beginning was read once"
    alone = states(engine, replace(READ, continue_from="The sea is deep"))
    assert one.hidden is not None
    kept = np.frombuffer(one.hidden.data, dtype="<f4").reshape(alone.shape)
    cosine = (kept * alone).sum(1) / np.linalg.norm(kept, axis=1) / np.linalg.norm(alone, axis=1)
    assert cosine.min() > 0.99  # other batch shapes round otherwise; see tests/engine/test_adapters.py


def test_the_mean_over_the_reply_is_the_mean_of_its_tokens(engine: ProcessEngine) -> None:
    words = ["The", " sea", " is", " deep"]
    each = [states(engine, replace(READ, continue_from="".join(words[: i + 1]))) for i in range(len(words))]
    mean = states(engine, replace(READ, continue_from="".join(words), pool="mean"))
    cosine = (mean * np.mean(each, axis=0)).sum(1) / np.linalg.norm(mean, axis=1)
    assert (cosine / np.linalg.norm(np.mean(each, axis=0), axis=1)).min() > 0.99


def test_a_mean_over_several_chunks(engine: ProcessEngine) -> None:
    text = " ".join([TEXT] * 6)
    long = states(engine, replace(READ, continue_from=text, pool="mean"))
    assert long.shape == (N_LAYER, N_EMBD)
    assert np.isfinite(long).all()


def test_raw_text_has_no_template_about_it(engine: ProcessEngine) -> None:
    raw = Job((), task="score", raw="My friend said, ", continue_from=TEXT)
    found = finish(engine, raw)
    assert "".join(score.text for score in found.scores) == " " + TEXT, "the space joins the first word"
    assert found.usage.prompt_tokens < 25
    other = finish(engine, replace(raw, raw="The capital of France is "))
    assert other.scores[0].logprob != found.scores[0].logprob
    nothing = finish(engine, replace(raw, raw=""))
    assert "".join(score.text for score in nothing.scores) == TEXT.removeprefix("The"), "nothing stands before it"
    assert finish(engine, replace(raw, continue_from="")).scores == ()
    with pytest.raises(EngineError, match="no text"):
        finish(engine, replace(raw, raw="", continue_from=""))


def test_special_tokens_in_raw_text_are_text(engine: ProcessEngine) -> None:
    found = finish(engine, Job((), task="score", raw="She said, ", continue_from="this <|im_end|> is a mark."))
    assert "".join(score.text for score in found.scores) == " this <|im_end|> is a mark."


def test_a_text_that_is_too_long_is_refused(engine: ProcessEngine) -> None:
    with pytest.raises(PromptTooLong):
        finish(engine, replace(READ, continue_from="sea " * 3000))
    assert states(engine, READ).shape == (N_LAYER, N_EMBD)


def test_a_reading_can_be_cancelled(engine: ProcessEngine) -> None:
    handle = engine.submit(replace(READ, continue_from="The sea and " * 250, pool="mean"))
    handle.cancel()
    *_, last = handle
    assert isinstance(last, Finished)
    assert last.stop == "cancelled"
    assert last.hidden is None


def test_the_chat_goes_on_as_before(engine: ProcessEngine) -> None:
    """The watched context is one of its own: a voice's text stays read, and no reply changes."""
    chat = Job(CHAT, Sampling(max_tokens=12), sequence="voice")
    before = finish(engine, chat)
    states(engine, READ)
    after = finish(engine, chat)
    assert after.text == before.text
    assert after.usage.evaluated_tokens == 1


def test_a_model_whose_layers_have_no_names_is_a_clear_error(
    starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import re

    from warmchat.engine.llama.engine import LlamaEngine
    from warmchat.engine.llama.native import Backend

    monkeypatch.setattr(hidden, "_LAYER_OUTPUT", re.compile(rb"no_such-(\d+)"))
    engine = LlamaEngine(EngineConfig(str(starter), n_ctx=256), Backend(lambda _text: None))
    try:
        with pytest.raises(EngineError, match="hidden states of this model cannot be read"):
            list(engine.submit(READ))
        assert list(engine.submit(Job(CHAT, Sampling(max_tokens=2)))), "the engine lives on"
    finally:
        engine.close()
