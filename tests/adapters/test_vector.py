"""Making a vector, from the order to file and card, with an engine whose warmth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.adapters.toy_engine import BREAKS, COLD_PROMPT, LAYERS, TRUTH, WARM_PROMPT, WIDTH, ToyEngine
from warmchat.adapters.train.examples import shipped_examples
from warmchat.adapters.vector import Made, Order, Read, make_vector
from warmchat.domain.errors import AdapterError, EngineError, EngineLost, ProfileError
from warmchat.domain.profile import AdapterRef, Profile
from warmchat.engine.llama.adapters import ControlVector
from warmchat.engine.scripted import ScriptedEngine
from warmchat.models.adapters import AdapterShelf

WARM = Profile("companion", "Companion", WARM_PROMPT, adapters=(AdapterRef("control_vector", "warmth", 0.3),))
COLD = Profile("oracle", "Oracle", COLD_PROMPT)
ORDER = Order("warmth", WARM, COLD, measure="quick")

BEFORE_MEASURING = 72 * 2 * 4  # two replies to each message under each prompt, and each read


class Tiny:
    n_embd, n_layer, architecture = WIDTH, LAYERS, "llama"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "adapters" / "toy-1m" / "warmth.gguf"


@pytest.fixture
def made(path: Path) -> Made:
    return make_vector(ToyEngine(), ORDER, path)


def test_the_direction_of_the_two_prompts_is_found(made: Made) -> None:
    found = ControlVector.read(made.path, Tiny())
    assert found.directions
    for layer, direction in found.directions.items():
        assert np.dot(direction, TRUTH[layer]) / np.linalg.norm(direction) / np.linalg.norm(TRUTH[layer]) > 0.98


@pytest.mark.parametrize("read", ["replies", "starts"])
def test_adapters_of_the_profiles_are_off_while_it_is_read(path: Path, read: Read) -> None:
    engine = ToyEngine()
    make_vector(engine, Order("warmth", WARM, COLD, read=read, measure="none"), path)
    assert engine.asked
    assert all(job.adapters == () for job in engine.asked)
    system = {m.content for job in engine.asked for m in job.messages if m.role == "system"}
    assert system == {WARM_PROMPT, COLD_PROMPT}


def test_each_prompt_is_followed_by_examples_of_its_own_style(path: Path) -> None:
    engine = ToyEngine()
    made = make_vector(engine, Order("warmth", WARM, COLD, read="starts", measure="none", examples=True), path)
    shown: dict[str, set[str]] = {}
    for job in engine.asked:
        before = [m.content for m in job.messages if m.role == "assistant"]
        assert len(before) == 3
        shown.setdefault(job.messages[0].content, set()).update(before)
    assert shown[WARM_PROMPT] == {e.warm for e in shipped_examples()}
    assert shown[COLD_PROMPT] == {e.cold for e in shipped_examples()}
    assert made.facts.examples
    assert "--read starts --examples" in made.card.read_text()


def test_replies_are_read_without_the_prompts_that_made_them(path: Path) -> None:
    engine = ToyEngine()
    make_vector(engine, Order("warmth", WARM, COLD, measure="none"), path)
    read = [job for job in engine.asked if job.task == "hidden"]
    assert read
    assert all(message.role != "system" for job in read for message in job.messages)
    assert all(job.pool == "mean" and job.continue_from for job in read)


def test_beginnings_of_replies_make_the_same_direction(path: Path) -> None:
    make_vector(ToyEngine(), Order("warmth", WARM, COLD, read="starts", measure="none"), path)
    for layer, direction in ControlVector.read(path, Tiny()).directions.items():
        assert np.dot(direction, TRUTH[layer]) / np.linalg.norm(direction) / np.linalg.norm(TRUTH[layer]) > 0.98


def test_a_model_that_says_the_same_under_both_prompts_is_said(path: Path) -> None:
    near = Profile("near", "Near", COLD_PROMPT + " Be brief.")
    with pytest.raises(ProfileError, match="says the same under both"):
        make_vector(ToyEngine(), Order("warmth", COLD, near), path)
    assert list(path.parent.iterdir()) == []


def test_what_was_measured_is_in_the_file_and_on_the_card(made: Made) -> None:
    assert made.measured is not None
    found = AdapterShelf([("mine", made.path.parents[1])]).find("control_vector", "warmth", "toy-1m")
    assert found.measured
    low, high = found.range
    assert -BREAKS <= low < 0 < high <= BREAKS
    assert high > 0.6 * BREAKS, "the search comes near to where the language breaks"
    card = made.card.read_text()
    for said in ("# warmth", "companion", "oracle", "| dial |", "AUROC", "Layers that were tried", "toy"):
        assert said in card
    assert [row.dial for row in made.measured.rows] == [-1.0, -0.5, 0.5, 1.0]
    assert made.measured.best is not None
    assert made.facts.recommended == made.measured.best.strength > 0.3
    assert max(s.accuracy for s in made.measured.written) > 0.85


def test_progress_is_told_phase_by_phase_and_never_past_its_total(path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    make_vector(ToyEngine(), ORDER, path, lambda *step: told.append(step))
    phases = list(dict.fromkeys(phase for phase, _, _ in told))
    assert phases == ["replies", "reading the voices", "held-out replies", "separation", "layers", "range", "dial"]
    assert all(done <= total for _, done, total in told if total)
    for phase in ("replies", "reading the voices", "separation", "layers", "dial"):
        assert max(d for p, d, _ in told if p == phase) == max(t for p, _, t in told if p == phase)


def test_layers_that_the_user_chose_are_kept(path: Path) -> None:
    made = make_vector(ToyEngine(), Order("warmth", WARM, COLD, layers=(2, 3), measure="quick"), path)
    assert made.measured is not None
    assert made.measured.windows == ()
    assert sorted(ControlVector.read(path, Tiny()).directions) == [2, 3]


@pytest.mark.parametrize("layers", [(0, 3), (3, 2), (2, LAYERS)])
def test_layers_that_are_not_there_are_refused(path: Path, layers: tuple[int, int]) -> None:
    with pytest.raises(AdapterError, match="cannot be used"):
        make_vector(ToyEngine(), Order("warmth", WARM, COLD, layers=layers), path)
    assert not path.exists()


def test_nothing_measured_means_no_range(path: Path) -> None:
    make_vector(ToyEngine(), Order("warmth", WARM, COLD, method="pca", measure="none"), path)
    assert not AdapterShelf.look_at(path).measured
    assert "Not measured" in path.with_suffix(".md").read_text()


def test_two_profiles_with_one_prompt_are_refused_before_anything_is_asked(path: Path) -> None:
    engine = ToyEngine()
    with pytest.raises(ProfileError, match="the same"):
        make_vector(engine, Order("warmth", WARM, Profile("other", "Other", WARM_PROMPT + "\n")), path)
    assert engine.asked == []


def test_an_engine_without_hidden_states_is_refused(path: Path) -> None:
    for engine in (ScriptedEngine(script=lambda _job: ""), ToyEngine(hidden=False)):
        with pytest.raises(EngineError, match="hidden states"):
            make_vector(engine, ORDER, path)


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), EngineLost("gone")])
def test_stopped_while_reading_nothing_is_left(path: Path, failure: BaseException) -> None:
    engine = ToyEngine(failure=failure, fail_at=40)
    with pytest.raises(type(failure)):
        make_vector(engine, ORDER, path)
    assert list(path.parent.iterdir()) == []
    assert engine.cancelled > 0, "what was under way is called off"


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), EngineLost("gone")])
def test_stopped_while_measuring_what_was_read_is_kept(path: Path, failure: BaseException) -> None:
    with pytest.raises(type(failure)):
        make_vector(ToyEngine(failure=failure, fail_at=BEFORE_MEASURING + 5), ORDER, path)
    assert sorted(file.name for file in path.parent.iterdir()) == ["warmth.gguf", "warmth.md"]
    assert not AdapterShelf.look_at(path).measured


def test_stopped_while_measuring_an_older_vector_stays(made: Made) -> None:
    before = made.path.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        make_vector(ToyEngine(failure=KeyboardInterrupt(), fail_at=BEFORE_MEASURING + 5), ORDER, made.path)
    assert made.path.read_bytes() == before
