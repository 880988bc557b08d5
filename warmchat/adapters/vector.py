"""Making a control vector from two profiles: read the model under both, measure, write file and card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from warmchat.adapters.card import card_of
from warmchat.adapters.contrast import asking, begun_replies, check_can_read, from_replies, from_starts
from warmchat.adapters.directions import Method, directions
from warmchat.adapters.layers import default_window
from warmchat.adapters.measuring import Measure, Measured, Measuring, Voices
from warmchat.adapters.phases import Phases, Told
from warmchat.adapters.texts import messages
from warmchat.adapters.train.examples import examples_hash
from warmchat.adapters.vector_file import VectorFacts, check_place, write_card, write_vector
from warmchat.domain.errors import AdapterError, ProfileError
from warmchat.domain.profile import Profile
from warmchat.engine.protocol import Engine, EngineInfo

if TYPE_CHECKING:
    from warmchat.adapters.directions import States

Read = Literal["replies", "starts"]
FEWEST_PAIRS = 24


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made.

    Attributes:
        warm, cold: the profiles whose prompts it leads to, and away from.
        read: `replies` made under the two prompts and read without them, or the state after the prompts and a few
            `starts` of replies, which is sooner done and holds more of the prompts' own words.
        layers: first and last layer, inclusive; None: found by measurement.
        measure: how much is measured; `none` leaves the vector without a range.
    """

    name: str
    warm: Profile
    cold: Profile
    method: Method = "mean"
    read: Read = "replies"
    layers: tuple[int, int] | None = None
    measure: Measure = "full"
    examples: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """The vector that was made, and the seconds that each phase took."""

    path: Path
    card: Path
    facts: VectorFacts
    measured: Measured | None
    seconds: dict[str, float]


def make_vector(engine: Engine, order: Order, path: Path, told: Told = lambda *_: None) -> Made:
    """Make the vector and write it to `path`, its card beside it; a file that is there is replaced at the end.

    Where measuring is stopped (Ctrl-C) or fails, what was read is kept as a vector without a range, unless a file of
    this name is there already.

    Raises:
        ProfileError: both profiles have the same prompt. EngineError: no hidden states can be read.
        AdapterError: layers that the model does not have, or no room to write.
    """
    if order.warm.system_prompt.strip() == order.cold.system_prompt.strip():
        raise ProfileError(
            f"The prompts of {order.warm.id} and {order.cold.id} are the same: there is nothing between them",
            "choose two profiles whose prompts differ, with --from and --against",
        )
    check_can_read(engine)
    check_place(path)
    phases = Phases(told)
    read = _read(engine, order, phases)
    _check_layers(order.layers, read.shape[1])
    along = directions(read, order.method)
    facts = _facts(order, engine.describe(), along, len(read))
    if order.measure == "none":
        return _write(path, along, facts, None, phases)
    voices = Voices(order.warm.system_prompt, order.cold.system_prompt, order.layers)
    try:
        measured, facts = Measuring(engine, along, voices, order.measure, phases).run(facts)
    except BaseException:  # Ctrl-C too
        if not path.exists():
            _write(path, along, facts, None, phases)
        raise
    return _write(path, along, facts, measured, phases)


def _read(engine: Engine, order: Order, phases: Phases) -> States:
    texts = messages()
    warm = asking(order.warm.system_prompt, "warm" if order.examples else None)
    cold = asking(order.cold.system_prompt, "cold" if order.examples else None)
    sides = (warm, cold)
    if order.read == "starts":
        return from_starts(engine, sides, texts, phases.counted("reading the voices", 2 * len(texts)))
    pairs = begun_replies(engine, sides, texts, phases.counted("replies", 4 * len(texts)))
    if len(pairs) < FEWEST_PAIRS:
        raise ProfileError(
            f"The model says the same under both prompts ({len(pairs)} of {2 * len(texts)} replies differ)",
            "prompts that differ more make a vector; or try --read starts",
        )
    return from_replies(engine, pairs, phases.counted("reading the voices", 2 * len(pairs)))


def _write(path: Path, along: States, facts: VectorFacts, measured: Measured | None, phases: Phases) -> Made:
    made = Made(path, path.with_suffix(".md"), facts, measured, phases.seconds())
    write_vector(path, along, facts)
    write_card(made.card, card_of(facts, measured, made.seconds))
    return made


def _check_layers(layers: tuple[int, int] | None, count: int) -> None:
    if layers is not None and not 1 <= layers[0] <= layers[1] < count:
        raise AdapterError(
            f"Layers {layers[0]}-{layers[1]} cannot be used: this model has {count}",
            f"--layers takes FIRST-LAST, from 1 to {count - 1}",
        )


def _facts(order: Order, info: EngineInfo, along: States, pairs: int) -> VectorFacts:
    return VectorFacts(
        name=order.name,
        architecture=info.architecture,
        base=info.base,
        model=info.model,
        model_name=info.model_name,
        quantisation=info.quantisation,
        from_profile=(order.warm.id, order.warm.hash),
        against_profile=(order.cold.id, order.cold.hash),
        method=order.method,
        read=order.read,
        examples=examples_hash("warm") + examples_hash("cold") if order.examples else "",
        layers=order.layers or default_window(len(along)),
        pairs=pairs,
        created=datetime.now(UTC).date().isoformat(),
        version=version("warmchat"),
    )
