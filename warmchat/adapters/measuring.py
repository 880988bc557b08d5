"""What a new control vector is worth: separation, the layers it should act on, its range, the dial from -1 to +1."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Literal, TypeVar

from warmchat.adapters import layers
from warmchat.adapters.contrast import replies_read
from warmchat.adapters.directions import Separation, separations
from warmchat.adapters.effect import Effect, Effort, effect_of, fluency, replies
from warmchat.adapters.layers import Passage, Window
from warmchat.adapters.phases import Phases
from warmchat.adapters.strengths import Soundness, recommended, usable_end
from warmchat.adapters.texts import held_out, questions
from warmchat.adapters.vector_file import VectorFacts, write_vector
from warmchat.compare.repetition import repeated_share
from warmchat.engine.protocol import AdapterSpec, Engine
from warmchat.voices.dial import raw_strength

if TYPE_CHECKING:
    from warmchat.adapters.directions import States

T = TypeVar("T")
Measure = Literal["full", "quick", "none"]
DIALS = {"full": (-1.0, -0.75, -0.5, -0.25, 0.25, 0.5, 0.75, 1.0), "quick": (-1.0, -0.5, 0.5, 1.0)}
EFFORTS = {"full": Effort(messages=48, questions=60), "quick": Effort(messages=12, questions=15)}
OWN_TOKENS = 56  # enough to hear the voice; most of the time goes into making these


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one vector.

    Attributes:
        written, own: separation at each layer of replies written by us, and of the model's own under the two prompts;
            read without any system prompt of ours. Empty where there were too few.
        windows: layer ranges that were tried; empty where the user chose.
        plain: the model without prompt and vector; prompted: with the first profile's prompt and no vector.
        rows: the dial from -1 to +1, 0 left out, without a prompt.
        best: the recommended row.
        messages: that the rows' samples answer.
    """

    written: tuple[Separation, ...]
    own: tuple[Separation, ...]
    windows: tuple[Window, ...]
    plain: Effect
    prompted: Effect
    rows: tuple[Effect, ...]
    best: Effect | None
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voices:
    """The two prompts, and the layers where the user chose them."""

    warm: str
    cold: str
    layers: tuple[int, int] | None


class Measuring:
    """Measures directions `along` (layers, width) on held-out material, step by step."""

    def __init__(
        self, engine: Engine, along: States, voices: Voices, measure: Literal["full", "quick"], phases: Phases
    ) -> None:
        self._engine = engine
        self._along = along
        self._voices = voices
        self._effort = EFFORTS[measure]
        self._dials = DIALS[measure]
        self._phases = phases
        self._held = _spread(held_out(), self._effort.messages)
        self._texts = [held.text for held in self._held]

    def run(self, facts: VectorFacts) -> tuple[Measured, VectorFacts]:
        """Everything; the facts come back with layers, range and recommended strength."""
        own = self._own_replies()
        written, of_model = self._separations(own)
        with tempfile.TemporaryDirectory(prefix="warmchat-") as scratch:
            file = Path(scratch) / "vector.gguf"
            write_vector(file, self._along, replace(facts, layers=(1, len(self._along) - 1)))
            vector = AdapterSpec("control_vector", facts.name, str(file), 1.0, facts.layers)
            windows: list[Window] = []
            if self._voices.layers is None:
                windows = self._windows(vector, own["plain"])
                best = max(windows, key=lambda window: window.worth)
                vector = replace(vector, layers=(best.first, best.last))
            low, high = self._range(vector)
            plain, prompted, rows = self._dial(vector, (low, high))
        chosen = recommended(rows, plain)
        measured = Measured(written, of_model, tuple(windows), plain, prompted, tuple(rows), chosen, tuple(self._texts))
        found = replace(
            facts, layers=vector.layers or facts.layers, strengths=(low, high),
            recommended=chosen.strength if chosen else None,
        )  # fmt: skip
        return measured, found

    def _own_replies(self) -> dict[str, list[str]]:
        """The model's replies to the held-out messages under both prompts, and under none."""
        prompts = {"warm": self._voices.warm, "cold": self._voices.cold, "plain": ""}
        step = self._phases.counted("held-out replies", len(prompts) * len(self._held))
        return {
            voice: replies(self._engine, self._texts, OWN_TOKENS, system_prompt=prompt, step=step)
            for voice, prompt in prompts.items()
        }

    def _separations(self, own: dict[str, list[str]]) -> tuple[tuple[Separation, ...], tuple[Separation, ...]]:
        """Of the written replies, and of the model's own, but for messages to which both voices say the same."""
        said = zip(self._texts, own["warm"], own["cold"], strict=True)
        sets = [
            [(held.text, held.warm, held.cold) for held in self._held],
            [(text, warm, cold) for text, warm, cold in said if warm and cold and warm != cold],
        ]
        told = self._phases.begin("separation", 2 * sum(map(len, sets)))
        done, out = 0, []
        for rows in sets:
            pairs = [(text, warm) for text, warm, _ in rows] + [(text, cold) for text, _, cold in rows]
            states = replies_read(self._engine, pairs, _after(done, told)) if len(rows) > 1 else None
            done += len(pairs)
            found = separations(self._along, states[: len(rows)], states[len(rows) :]) if states is not None else []
            out.append(tuple(found))
        return out[0], out[1]

    def _windows(self, vector: AdapterSpec, plain: Sequence[str]) -> list[Window]:
        passages = [
            Passage(held.text, held.warm, held.cold, own)
            for held, own in zip(self._held, plain, strict=True) if own
        ][::2]  # fmt: skip
        tried = layers.candidates(len(self._along))
        return layers.tried(
            self._engine, vector, tried, passages, self._phases.counted("layers", len(tried) + 1)
        )

    def _range(self, vector: AdapterSpec) -> tuple[float, float]:
        """Raw strengths at the dial's two ends."""
        asked = self._texts[::2]
        step = self._phases.counted("range", 0)

        def soundness(adapters: tuple[AdapterSpec, ...] = ()) -> Soundness:
            said = replies(self._engine, asked, OWN_TOKENS, adapters=adapters, step=step)
            return Soundness(100 * fmean(map(repeated_share, said)), fluency(self._engine, asked, said))

        plain = soundness()

        def sound(strength: float) -> bool:
            return soundness((replace(vector, strength=strength),)).holds(plain)

        assert vector.layers is not None
        start = 2 * layers.PUSH / (vector.layers[1] - vector.layers[0] + 1)
        return usable_end(sound, -start), usable_end(sound, start)

    def _dial(self, vector: AdapterSpec, span: tuple[float, float]) -> tuple[Effect, Effect, list[Effect]]:
        asked = _spread(questions(), self._effort.questions)
        step = self._phases.counted("dial", (len(self._dials) + 2) * self._effort.steps)

        def effect(spec: AdapterSpec | None, dial: float | None, system_prompt: str = "") -> Effect:
            return effect_of(
                self._engine, spec, self._texts, asked, self._effort,
                system_prompt=system_prompt, dial=dial, step=step,
            )  # fmt: skip

        plain = effect(None, 0.0)
        prompted = effect(None, None, self._voices.warm)
        rows = [effect(replace(vector, strength=raw_strength(dial, span)), dial) for dial in self._dials]
        return plain, prompted, rows


def _after(before: int, told: Callable[[int], None]) -> Callable[[int], None]:
    return lambda done: told(before + done)


def _spread(items: Sequence[T], count: int) -> list[T]:
    """`count` of the items, evenly spread: every kind of message keeps its share."""
    return [items[round(i * len(items) / count)] for i in range(min(count, len(items)))] if count else []
