"""Drawing and scoring the data, with an engine that says what it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from warmchat.adapters.texts import UserMessage
from warmchat.adapters.train.examples import examples_hash, shown_before
from warmchat.adapters.train.recipe import Recipe
from warmchat.adapters.train.samples import (
    GROUP,
    DataDrawn,
    DataFolder,
    DataScored,
    Sample,
    draw_replies,
    score_replies,
    selected,
)
from warmchat.domain.errors import EngineLost, TrainingError
from warmchat.domain.profile import AdapterRef, Profile
from warmchat.engine.protocol import Handle, Job
from warmchat.engine.scripted import Answer, ScriptedEngine

MESSAGES = [UserMessage(f"message {number:02}", "plain") for number in range(GROUP + 3)]
COMPANION = Profile("companion", "Companion", "Be warm.", adapters=(AdapterRef("control_vector", "warmth", 0.3),))


def recipe(**values: Any) -> Recipe:
    return replace(Recipe("warm", "warm", "tiny", "companion", COMPANION.hash, "prompt"), **values)


def echo(job: Job) -> Answer:
    return f"you said {job.messages[-1].content}, seed {job.sampling.seed}"


def lengths(texts: Sequence[str]) -> Iterator[float | None]:
    return (float(len(text)) for text in texts)


def drawn(engine: ScriptedEngine, data: DataFolder, given: Recipe) -> list[DataDrawn]:
    return list(draw_replies(engine, COMPANION, given, MESSAGES, data))


def test_every_message_is_drawn_as_often_as_the_recipe_says(tmp_path: Path) -> None:
    engine = ScriptedEngine(echo)
    data = DataFolder(tmp_path, recipe())
    total = 2 * len(MESSAGES)
    told = drawn(engine, data, recipe(draws=2))
    assert [event.done for event in told] == [0, GROUP, 2 * GROUP, total]
    samples = data.samples()
    assert set(samples) == {(m.text, draw) for m in MESSAGES for draw in (0, 1)}
    assert len({sample.seed for sample in samples.values()}) == total
    first = engine.jobs[0]
    assert [m.content for m in first.messages] == ["Be warm.", "message 00"]
    assert first.adapters == ()  # the profile's prompt is learned, not what its adapters add
    assert first.sampling.temperature == recipe().sampling.temperature > 0


def test_examples_go_between_the_prompt_and_the_message(tmp_path: Path) -> None:
    engine = ScriptedEngine(echo)
    given = recipe(examples=examples_hash("warm"))
    drawn(engine, DataFolder(tmp_path, given), given)
    for job in engine.jobs:
        shown = shown_before(UserMessage(job.messages[-1].content, "plain"), "warm")
        assert job.messages[1:-1] == shown
    begins = [job.messages[:-1] for job in engine.jobs]
    assert sum(a != b for a, b in pairwise(begins)) == len(set(begins)) - 1  # each is read once


def test_a_broken_run_goes_on_and_ends_with_the_same_data(tmp_path: Path) -> None:
    whole, parts = DataFolder(tmp_path / "whole", recipe()), DataFolder(tmp_path / "parts", recipe())
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    drawn(ScriptedEngine(echo), whole, recipe())
    losing = ScriptedEngine(lambda job: EngineLost("lost") if job.messages[-1].content == "message 17" else echo(job))
    with pytest.raises(EngineLost):
        drawn(losing, parts, recipe())
    assert len(parts.samples()) == GROUP
    [file] = (tmp_path / "parts").iterdir()
    with file.open("a") as opened:
        opened.write('{"message": "mess')  # torn
    engine = ScriptedEngine(echo)
    assert drawn(engine, parts, recipe())[0] == DataDrawn(GROUP, GROUP + 3)
    assert len(engine.jobs) == 3
    assert file.read_bytes() == (tmp_path / "whole" / file.name).read_bytes()


def test_breaking_off_cancels_what_is_under_way(tmp_path: Path) -> None:
    handles: list[Any] = []

    class Watched(ScriptedEngine):
        def submit(self, job: Job) -> Handle:
            handle = super().submit(job)
            handles.append(handle)
            return handle

    def stop(job: Job) -> Answer:
        if job.messages[-1].content == "message 02":
            raise KeyboardInterrupt
        return echo(job)

    with pytest.raises(KeyboardInterrupt):
        drawn(Watched(stop), DataFolder(tmp_path, recipe()), recipe())
    assert handles[-1].cancelled.is_set()


def test_usable_replies_are_scored_once(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, recipe())
    empty = ScriptedEngine(lambda job: "" if job.messages[-1].content == "message 00" else echo(job))
    drawn(empty, data, recipe(draws=2))
    usable = 2 * len(MESSAGES) - 2
    told = list(score_replies(recipe(draws=2), MESSAGES, data, lengths))
    assert told[0] == DataScored(0, usable)
    assert told[-1] == DataScored(usable, usable)
    samples = data.samples()
    assert data.scores() == {place: len(s.reply) for place, s in samples.items() if s.usable}
    asked: list[str] = []

    def counted(texts: Sequence[str]) -> Iterator[float | None]:
        asked.extend(texts)
        return lengths(texts)

    assert list(score_replies(recipe(draws=2), MESSAGES, data, counted)) == [DataScored(usable, usable)]
    assert asked == []


@pytest.mark.parametrize("content", ["not json\n", '{"message": 1, "colour": 2}\n', "[]\n"])
def test_a_damaged_file_is_said(tmp_path: Path, content: str) -> None:
    data = DataFolder(tmp_path, recipe())
    for kind, read in (("replies", data.samples), ("warmth", data.scores)):
        (tmp_path / f"{kind}-{recipe().data_hash}.jsonl").write_text(content)
        with pytest.raises(TrainingError, match="damaged"):
            read()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="cannot be written"):
        drawn(ScriptedEngine(echo), DataFolder(tmp_path / "no", recipe()), recipe())


GOOD = Sample("m", "plain", 0, 1, "A reply that is fine.", "end")


@pytest.mark.parametrize(
    ("sample", "usable"),
    [
        (GOOD, True),
        (replace(GOOD, reply="  \n"), False),
        (replace(GOOD, reply="<think>hm</think>"), False),
        (replace(GOOD, stop="length"), False),
        (replace(GOOD, stop="window"), False),
        (replace(GOOD, reply="I am so glad for you. " * 12), False),
    ],
)
def test_what_can_be_used(sample: Sample, usable: bool) -> None:
    assert sample.usable is usable


def test_the_warmest_or_coldest_of_each_message_come_first() -> None:
    known = {
        (message, draw): score
        for message, scores in (("a", (0.01, 0.03, None)), ("b", (0.02, -0.01, 0.0)), ("c", (None,)))
        for draw, score in enumerate(scores)
    }
    samples = [replace(GOOD, message=message, draw=draw, reply=f"{message} {draw}") for message, draw in known]
    warm = selected(samples, known, "warm", 99, seed=1)
    assert {s.reply for s in warm[:3]} == {"a 1", "b 0", "c 0"}
    assert {s.reply for s in warm[3:5]} == {"a 0", "b 2"}
    assert {s.reply for s in warm[5:]} == {"a 2", "b 1"}
    cold = selected(samples, known, "cold", 3, seed=1)
    assert {s.reply for s in cold} == {"a 0", "b 1", "c 0"}
    assert selected(samples, known, "warm", 2, seed=1) == warm[:2]
    assert [s.draw for s in selected(samples, {}, "warm", 3, seed=1)] == [0, 0, 0]  # nothing scored: as drawn
    assert selected([replace(GOOD, stop="length")], {}, "warm", 5, seed=1) == []


def test_data_is_shared_by_runs_that_differ_in_training_alone() -> None:
    one = recipe()
    changed: dict[str, Any]
    for changed in ({"rank": 16}, {"learning_rate": 1e-3}, {"samples": 300}, {"name": "other"}, {"draws": 3}):
        assert replace(one, **changed).data_hash == one.data_hash
    for changed in ({"seed": 2}, {"model": "x"}, {"prompt_hash": "x"}, {"examples": "x"}):
        assert replace(one, **changed).data_hash != one.data_hash
    assert replace(one, rank=16).hash != one.hash
    assert replace(one, profile_hash="x").hash == one.hash  # what it says is in the prompt's hash
    assert json.loads(json.dumps(one.as_dict())) == one.as_dict()
