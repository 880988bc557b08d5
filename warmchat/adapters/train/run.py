"""One training run from the first reply drawn to the adapter on the shelf, as a stream of events; it can be broken off
at any point and goes on from there."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from warmchat.adapters.effect import Effect
from warmchat.adapters.train.card import Made
from warmchat.adapters.train.check import Agreement, compared
from warmchat.adapters.train.exchanges import encoded
from warmchat.adapters.train.loop import Training, TrainingEvent, read_log
from warmchat.adapters.train.measured import effects
from warmchat.adapters.train.plan import TrainingPlan
from warmchat.adapters.train.samples import (
    DataDrawn,
    DataFolder,
    DataScored,
    Sample,
    draw_replies,
    score_replies,
    selected,
    split,
)
from warmchat.adapters.train.shelf import put_on_shelf, spec_of, write_adapter, write_text
from warmchat.adapters.train.torch_model import TorchModel
from warmchat.domain.conversation import Message
from warmchat.domain.errors import TrainingError
from warmchat.domain.profile import Sampling
from warmchat.engine.bulk import finished, in_bulk
from warmchat.engine.llama.vocabulary import ChatVocabulary, Exchange
from warmchat.engine.protocol import Job

FEWEST_SAMPLES = 32
WATCHED = 16  # messages whose replies are scored on the way
WATCHED_TOKENS = 80  # the score reads 300 characters


@dataclass(frozen=True, slots=True)
class ModelChecked:
    """PyTorch and llama.cpp were compared: of the model, or (``lora``) of the adapter that was made."""

    agreement: Agreement
    lora: bool


@dataclass(frozen=True, slots=True)
class DataChosen:
    """What will be trained on: so many exchanges with so many reply tokens, of ``drawn`` replies; their median warmth
    score, where they were scored."""

    exchanges: int
    tokens: int
    drawn: int
    warmth: float | None


@dataclass(frozen=True, slots=True)
class EffectMeasured:
    """What the model does on held-out messages, with the adapter or (``strength`` 0) without."""

    effect: Effect


@dataclass(frozen=True, slots=True)
class AdapterWritten:
    """The adapter is on the shelf."""

    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Paused:
    """The time that was allowed is over; the same command goes on."""


RunEvent = (
    DataDrawn | DataScored | DataChosen | ModelChecked | TrainingEvent | EffectMeasured | AdapterWritten | Paused
)


def train_adapter(plan: TrainingPlan, *, until: float = math.inf) -> Generator[RunEvent]:
    """Draw data, check, train, convert, check again, measure, put on the shelf.

    Args:
        until: `time.monotonic` after which the run pauses at the next safe place.

    Raises:
        TrainingError, EngineError: the run cannot go on; what was made is kept.
    """
    recipe, folder = plan.recipe, plan.folder
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "recipe.json", json.dumps(recipe.as_dict(), indent=1))
    data = DataFolder(folder.parent, recipe)
    for event in _make_data(plan, data):
        yield event
        if time.monotonic() >= until and event.done < event.total:
            yield Paused()
            return
    with ChatVocabulary(plan.header.path) as vocabulary:
        learned, validation, chosen = _chosen(plan, data, vocabulary)
        yield chosen
        model = TorchModel.load(plan.header.path, recipe)
        with model.bare():
            before = compared(plan.engine, model, vocabulary)
        yield ModelChecked(before, lora=False)
        _insist(before, f"PyTorch does not compute what llama.cpp does with {plan.header.path.name}")
        training = Training(model, recipe, learned, validation, folder, warmth=_Watch(plan))
        yield from training.run(until=until)
        if training.step < training.total:
            yield Paused()
            return
        written = folder / f"{recipe.name}.gguf"
        write_adapter(plan, model, written, tokens=chosen.tokens, exchanges=chosen.exchanges, steps=training.total)
        after = compared(plan.engine, model, vocabulary, [spec_of(written)])
    yield ModelChecked(after, lora=True)
    _insist(after, "The written LoRA does not do in llama.cpp what it does in PyTorch")
    del model, training  # gigabytes
    found = []
    for effect in effects(plan, written):
        yield EffectMeasured(effect)
        found.append(effect)
        if time.monotonic() >= until and not found[-1].strength:
            yield Paused()
            return
    made = Made(
        recipe=recipe, base=plan.base, model=plan.header.name, own_system=plan.engine.describe().own_system,
        exchanges=chosen.exchanges, tokens=chosen.tokens, size_bytes=written.stat().st_size,
        events=read_log(folder / "log.jsonl"), agreements=(before, after), effects=found,
    )  # fmt: skip
    put_on_shelf(plan, written, made)
    yield AdapterWritten(plan.target, made.size_bytes)


def _make_data(plan: TrainingPlan, data: DataFolder) -> Iterator[DataDrawn | DataScored]:
    yield from draw_replies(plan.engine, plan.profile, plan.recipe, plan.messages, data)
    if plan.recipe.draws > 1:  # else there is nothing to choose by it
        yield from score_replies(plan.recipe, plan.messages, data, plan.warmth)


def _chosen(
    plan: TrainingPlan, data: DataFolder, vocabulary: ChatVocabulary
) -> tuple[list[Exchange], list[Exchange], DataChosen]:
    """(to train on, kept out): the fittest of each."""
    recipe, scores = plan.recipe, data.scores()
    drawn = [sample for sample in data.samples().values() if sample.draw < recipe.draws]

    def fittest(texts: set[str], count: int) -> list[Sample]:
        return selected([s for s in drawn if s.message in texts], scores, recipe.style, count, seed=recipe.seed)

    first, second = ({message.text for message in part} for part in split(plan.messages))
    for_training, kept_out = fittest(first, recipe.samples), fittest(second, len(second))
    if len(for_training) < FEWEST_SAMPLES:
        raise TrainingError(
            f"Only {len(for_training)} of {len(drawn)} replies can be used: others are empty, cut or go in circles",
            "more --draws, or longer replies with --reply-tokens",
        )
    learned = encoded(for_training, vocabulary, max_tokens=recipe.max_tokens)
    known = [score for s in for_training if (score := scores.get((s.message, s.draw))) is not None]
    tokens = sum(len(exchange.ids) - exchange.start for exchange in learned)
    told = DataChosen(len(learned), tokens, len(drawn), median(known) if known else None)
    return learned, encoded(kept_out, vocabulary, max_tokens=recipe.max_tokens), told


class _Watch:
    """The median warmth of what the model says with the LoRA as it is, to messages that are not trained on."""

    def __init__(self, plan: TrainingPlan) -> None:
        self._plan = plan
        _, kept_out = split(plan.messages)
        self._messages = kept_out[:: max(1, len(kept_out) // WATCHED)][:WATCHED]

    def __call__(self, model: TorchModel, step: int) -> float | None:
        plan = self._plan
        now = plan.folder / f"step-{step}.gguf"
        write_adapter(plan, model, now, steps=step)
        try:
            replies = [end.text for end in finished(plan.engine, self._jobs(now))]
        finally:
            now.unlink(missing_ok=True)
        scores = [score for score in plan.warmth(replies) if score is not None]
        return median(scores) if scores else None

    def _jobs(self, adapter: Path) -> Iterator[Job]:
        sampling = Sampling(
            temperature=0.7, top_p=0.9, min_p=0.05, dry_multiplier=0.8, max_tokens=WATCHED_TOKENS,
            seed=self._plan.recipe.seed,
        )  # fmt: skip
        for message in self._messages:
            yield in_bulk(Job((Message("user", message.text),), sampling, adapters=(spec_of(adapter),)))


def _insist(agreement: Agreement, what: str) -> None:
    if not agreement.holds:
        raise TrainingError(f"{what}: {agreement}", "a control vector can be made of it: warmchat adapters vector")
