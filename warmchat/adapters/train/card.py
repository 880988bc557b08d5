"""The card beside an adapter: how it was made, what it does, how training went, how far it was checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warmchat import __version__
from warmchat.adapters.effect import Effect
from warmchat.adapters.train.check import Agreement
from warmchat.adapters.train.loop import Measured, StepDone, TrainingEvent
from warmchat.adapters.train.recipe import Recipe

_CHOSEN = {"warm": "warmest", "cold": "coldest"}


@dataclass(frozen=True, slots=True)
class Made:
    """What there is to tell of a finished run.

    Attributes:
        base, model: what the model is filed under, and its name.
        own_system: the model's template puts in a system prompt of its own.
        exchanges, tokens: trained on; tokens are those of the replies.
        agreements: PyTorch with llama.cpp: the model before training, the LoRA after it.
        effects: without and with the adapter; empty where that was not measured.
    """

    recipe: Recipe
    base: str
    model: str
    own_system: bool
    exchanges: int
    tokens: int
    size_bytes: int
    events: Sequence[TrainingEvent]
    agreements: tuple[Agreement, Agreement]
    effects: Sequence[Effect] = ()


def card(made: Made, picture: str) -> str:
    """The card as Markdown; `picture` is the file of the plot, beside it."""
    recipe = made.recipe
    bare = "with the one that the model's template puts in itself" if made.own_system else "nothing before the message"
    return f"""# {recipe.name}

A LoRA for {made.base} ({made.model}), style `{recipe.style}`, made by `warmchat adapters train` {__version__}.
In a profile's front matter:

```
adapters:
  - lora: {recipe.name}
    scale: 1.0
```

{_effects(made)}## How it was made

By self-distillation: what the model answers under the profile `{recipe.profile}` ({recipe.profile_hash})
{_choice(recipe)}, learned on the bare prompt: no system prompt of ours, {bare}.

{_table(made)}

The study behind this program used rank 8, alpha 16, dropout 0.1 and a learning rate of 1e-5, on models of 8 billion
parameters and more.

PyTorch against llama.cpp, log-probabilities of the same tokens:

- the model: {made.agreements[0]};
- with the LoRA: {made.agreements[1]}.

## How training went

Measured on messages that were not trained on: the loss of the profile's own replies to them, and the median warmth
score of what the model says to them with the LoRA (a few replies: a rough figure).

{_course(made)}

![loss and warmth over the steps]({picture})
"""


def _choice(recipe: Recipe) -> str:
    shown = f"after three examples of the style ({recipe.examples})" if recipe.examples else "without examples"
    drawn = f", of {recipe.draws} draws the {_CHOSEN[recipe.style]} by warmth score" if recipe.draws > 1 else ""
    return shown + drawn


def _table(made: Made) -> str:
    recipe, drawn = made.recipe, made.recipe.sampling
    seconds = sum(event.seconds for event in made.events if isinstance(event, StepDone))
    rows = [
        ("data", f"{made.exchanges} exchanges, {made.tokens:,} reply tokens, seed {recipe.seed}"),
        ("drawn with", f"temperature {drawn.temperature:g}, top_k {drawn.top_k}, top_p {drawn.top_p:g}, "
                       f"min_p {drawn.min_p:g}, {drawn.max_tokens} tokens at most; no empty, cut or circling replies"),
        ("LoRA", f"rank {recipe.rank}, alpha {recipe.alpha:g}, dropout {recipe.dropout:g}, "
                 f"all linear layers of the blocks, {made.size_bytes / 1e6:.1f} MB"),
        ("training", f"{recipe.epochs} epochs, batches of {recipe.batch}, learning rate {recipe.learning_rate:g} "
                     f"at its height, {recipe.precision}, {seconds / 60:.0f} minutes"),
        ("model", recipe.model),
        ("recipe", recipe.hash),
    ]  # fmt: skip
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def _course(made: Made) -> str:
    rows = [
        f"| {event.step} | {event.loss:.3f} | {'' if event.warmth is None else f'{event.warmth:+.4f}'} |"
        for event in made.events
        if isinstance(event, Measured)
    ]
    return "\n".join(["| step | loss | warmth |", "|---|---|---|", *rows])


def _effects(made: Made) -> str:
    if not made.effects:
        return ""
    rows = [_effect_row(made.recipe.name if effect.strength else "as it is", effect) for effect in made.effects]
    table = "\n".join(rows)
    count = made.effects[0].warmth.texts + made.effects[0].warmth.too_short
    return f"""## What it does

Without a system prompt, on {count} messages that nothing was made from: the warmth score of the replies (nats a token,
scored by the model as it is), percent of short questions answered rightly (plainly asked; with a false belief added),
percent of repeated runs of four words, percent of replies that go in circles, words a reply.

| | warmth, median | mean | right | with a false belief | repetition | in circles | words |
|---|---|---|---|---|---|---|---|
{table}

"""


def _effect_row(name: str, effect: Effect) -> str:
    scores = ("" if score is None else f"{score:+.4f}" for score in (effect.warmth.median, effect.warmth.mean))
    right = (f"{effect.right:.0f}", f"{effect.right_belief:.0f}")
    shape = (f"{effect.repetition:.1f}", f"{effect.looping:.1f}", f"{effect.words:.0f}")
    return "| " + " | ".join([name, *scores, *right, *shape]) + " |"
