"""What a profile's adapters come to for one model: what its file says, and what was changed of it for now."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from warmchat.domain.errors import AdapterError, SettingsError
from warmchat.domain.profile import AdapterRef, Profile
from warmchat.domain.turn import Origin
from warmchat.engine.protocol import AdapterSpec
from warmchat.models.adapters import DEFAULT_RANGE, AdapterKind, AdapterShelf, FoundAdapter, file_digest
from warmchat.voices.dial import WARMTH, dial_of, next_position, raw_strength

STRONGEST = 100.0  # raw; as profile files allow, for an adapter whose range nobody measured
NO_FILE = "a server takes no adapters from here"
USE_FILE = "with a model file its adapters and the warmth dial work"
Named = tuple[AdapterKind, str]
Key = tuple[str, AdapterKind, str]  # base, kind, name: a raw strength means something for one model alone


@dataclass(frozen=True, slots=True)
class Changes:
    """What was changed of a voice's adapters while the session is open. All else is as the profile's file says.

    Attributes:
        dial: position of the warmth dial; None: where the file says.
        steps: of the dial from there, taken before it was known where that is.
        strengths: raw strengths.
    """

    dial: float | None = None
    steps: int = 0
    strengths: Mapping[Key, float] = field(default_factory=dict)

    def dialled(self, driven: Named, position: float | None) -> Changes:
        """With the dial there, whatever raw strength its vector was given before."""
        kept = {key: raw for key, raw in self.strengths.items() if key[1:] != driven}
        return Changes(position, 0, kept)

    def stepped(self, direction: int) -> Changes:
        """With the dial a step further that way."""
        if self.dial is not None:
            return replace(self, dial=next_position(self.dial, direction))
        return replace(self, steps=self.steps + direction)

    def with_strength(self, driven: Named, key: Key, strength: float | None) -> Changes:
        """With this adapter at a raw strength; None: at the file's. The dial's own vector takes the dial along."""
        base = self.dialled(driven, None) if key[1:] == driven else self
        strengths = {k: raw for k, raw in base.strengths.items() if k != key}
        return replace(base, strengths=strengths if strength is None else {**strengths, key: strength})


NONE = Changes()


@dataclass(frozen=True, slots=True)
class AdapterState:
    """One adapter of a voice.

    Attributes:
        own: raw strength as the profile's file says it; 0 where the file does not name it.
        strength: raw strength now.
        named: the profile's file names it.
        driven: the warmth dial moves it.
        layers: in which it steers, as the profile's file says; None: all that its own file has.
        found: its file for the loaded model; None where there is none that can be used.
        missing: why not, and what to do about it.
    """

    kind: AdapterKind
    name: str
    own: float = 0.0
    strength: float = 0.0
    named: bool = True
    driven: bool = False
    layers: tuple[int, int] | None = None
    found: FoundAdapter | None = None
    missing: tuple[str, str] | None = None

    @property
    def span(self) -> tuple[float, float]:
        """Raw strengths at the ends of its scale; -1 and 1 where nobody measured it."""
        return self.found.range if self.found is not None else DEFAULT_RANGE

    @property
    def position(self) -> float:
        """Where it stands on its scale, -1 to +1; rounded, as its range is kept in 32 bits."""
        return round(dial_of(self.strength, self.span), 6)

    @property
    def moved(self) -> bool:
        """It stands elsewhere than the profile's file says."""
        return self.found is not None and abs(self.strength - self.own) > 1e-9

    @property
    def key(self) -> Key:
        """What its changed strength is kept under."""
        return (self.found.base if self.found is not None else "", self.kind, self.name)

    def checked(self, strength: float) -> float:
        """The raw strength, if this adapter may have it.

        Raises:
            SettingsError: it is no number, or outside the range that the adapter's maker measured.
        """
        low, high = self.span if self.found is not None and self.found.measured else (-STRONGEST, STRONGEST)
        slack = 1e-6 * max(-low, high)  # the file keeps its range in 32 bits
        if not math.isfinite(strength) or not low - slack <= strength <= high + slack:
            beyond = "that is the range its maker measured" if high < STRONGEST else "most go from -1 to +1"
            raise SettingsError(f"The strength of {self.name} goes from {low:.4g} to {high:+.4g}, not to {strength:g}",
                                f"{beyond}; 0 is off")  # fmt: skip
        return strength

    def at(self, position: float) -> float:
        """The raw strength at a place of its scale; to the last bit the file's where that is the file's place, or
        everything would be read anew for nothing."""
        if abs(position - replace(self, strength=self.own).position) < 1e-6:
            return self.own
        return raw_strength(position, self.span)

    def next_strength(self, direction: int) -> float:
        """The raw strength at the next mark of its scale that way."""
        return self.at(next_position(self.position, direction))

    def spec(self) -> AdapterSpec:
        """What the engine puts into force."""
        assert self.found is not None
        return AdapterSpec(self.kind, self.found.name, str(self.found.path), self.strength, self.layers)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a profile's adapters come to for one model.

    Attributes:
        states: those that the file names, the one that the dial drives, those that were switched on; perhaps others
            that there are for this model.
    """

    states: tuple[AdapterState, ...] = ()

    @property
    def driven(self) -> AdapterState | None:
        """What the warmth dial moves; None where there is no vector for it."""
        return next((state for state in self.states if state.driven and state.found is not None), None)

    @property
    def dial(self) -> float | None:
        """Position of the warmth dial; None where there is no vector for it to drive."""
        return self.driven.position if self.driven is not None else None

    @property
    def own_dial(self) -> float:
        """Its position as the profile's file says it."""
        return replace(self.driven, strength=self.driven.own).position if self.driven is not None else 0.0

    @property
    def changed(self) -> tuple[AdapterState, ...]:
        """The adapters that stand elsewhere than the profile's file says."""
        return tuple(state for state in self.states if state.moved)

    @property
    def adapters(self) -> tuple[AdapterSpec, ...]:
        """What the engine puts into force."""
        return tuple(state.spec() for state in self.states if state.found is not None and state.strength != 0)

    @property
    def switched_off(self) -> tuple[AdapterSpec, ...]:
        """What the file asks for and was set to 0, for the record: else nobody could tell it from one not found."""
        return tuple(state.spec() for state in self.changed if state.strength == 0)

    @property
    def missing(self) -> tuple[tuple[str, str], ...]:
        """Why something that the file or the dial asks for is not in force, a sentence each with its hint."""
        wanted = [state for state in self.states if state.named or state.strength != 0]
        return tuple(state.missing for state in wanted if state.missing is not None)

    def state(self, key: Key) -> AdapterState | None:
        """An adapter by its key; None where there is no file of it."""
        return next((state for state in self.states if state.found is not None and state.key == key), None)

    def with_strength(self, state: AdapterState, strength: float) -> Setting:
        """The same with one adapter at another raw strength."""
        return Setting(tuple(replace(each, strength=strength) if each == state else each for each in self.states))


def driven_by_dial(profile: Profile) -> AdapterRef:
    """The control vector that the dial drives: the first that the profile names, else the one for warmth."""
    vectors = (ref for ref in profile.adapters if ref.kind == "control_vector")
    return next(vectors, AdapterRef("control_vector", WARMTH, 0.0))


def setting_for(
    profile: Profile, changes: Changes, shelf: AdapterShelf, base: str, *, others: bool = False
) -> Setting:
    """The adapters of this profile for models of this base, as they stand with these changes.

    An adapter that this model has no file for is left out and said: profiles are shared between models. One that is
    there and does not fit is the engine's to refuse.

    Args:
        base: empty for an engine that takes no adapters.
        others: also what else there is for this model, switched off.
    """
    driven = driven_by_dial(profile)
    named = list(profile.adapters)
    refs = [*named, *([driven] if driven not in named else [])]
    known = {(ref.kind, ref.name) for ref in refs}
    # In one order, whatever was switched on first: another order would be another setting to the engine.
    on = sorted(key for key, raw in changes.strengths.items() if raw)
    switched_on = [key for key in on if key[0] == base and key[1:] not in known]
    refs += [AdapterRef(kind, name, 0.0) for _, kind, name in switched_on]
    asked = [AdapterState(r.kind, r.name, r.strength, r.strength, r in named, r is driven, r.layers) for r in refs]
    states = [
        _in_place(state, ref.dial, changes, shelf, base) for state, ref in zip(asked, refs, strict=True)
    ]
    return Setting((*states, *(_others(shelf, base, {s.key for s in states}) if others and base else ())))


def _in_place(
    state: AdapterState, dial: float | None, changes: Changes, shelf: AdapterShelf, base: str
) -> AdapterState:
    """With its file and where the changes put it, or with the reason why it is missing.

    Args:
        dial: where the profile's file puts it on its range; None where it says a raw strength.
    """
    driven = state.driven
    try:
        state = replace(state, found=shelf.find(state.kind, state.name, base))
    except AdapterError as error:
        why = (error.message, error.hint) if base else (f"{state.name!r} is left out: {NO_FILE}", USE_FILE)
        wanted = float(changes.dial or changes.steps) if driven else 0.0
        return replace(state, strength=state.own or wanted, missing=why)
    if dial is not None:
        own = raw_strength(dial, state.span)
        state = replace(state, own=own, strength=own)
    raw = changes.strengths.get(state.key)
    if raw is not None:
        state = replace(state, strength=raw)
    elif driven and changes.dial is not None:
        state = replace(state, strength=state.at(changes.dial))
    for _ in range(abs(changes.steps) if driven else 0):
        state = replace(state, strength=state.next_strength(changes.steps))
    return state


def _others(shelf: AdapterShelf, base: str, known: set[Key]) -> Iterator[AdapterState]:
    """What else is on the shelf for this model, as far as it can be read."""
    try:
        for found in shelf.all(base):
            if (found.base, found.kind, found.name) not in known:
                yield AdapterState(found.kind, found.name, named=False, found=found)
    except AdapterError:  # a file that nobody asked for; `adapters list` says what is wrong with it
        return


def changed_from(profile: Profile, origin: Origin) -> dict[Named, float]:
    """The adapters that a reply was made with at another raw strength than the profile's file says, and that strength.

    The record may come from the log, so it may hold anything. What the file asks for and the record lacks was not
    there for that model.
    """
    own = {(ref.kind, ref.name): ref.strength for ref in profile.adapters}
    then = {(kind, name): raw for kind, name, raw in _recorded(origin.adapters)}
    if origin.dial is not None:  # so its vector was there, and off where it is not recorded
        driven = driven_by_dial(profile)
        then.setdefault((driven.kind, driven.name), 0.0)
        if driven.dial is not None and abs(origin.dial - driven.dial) < 1e-5:
            own[driven.kind, driven.name] = then[driven.kind, driven.name]
    return {named: raw for named, raw in then.items() if abs(raw - own.get(named, 0.0)) > 1e-6}


def _recorded(adapters: Sequence[Mapping[str, Any]]) -> Iterator[tuple[AdapterKind, str, float]]:
    for adapter in adapters:
        raw = adapter.get("strength")
        kind: AdapterKind = "lora" if adapter.get("kind") == "lora" else "control_vector"
        yield kind, str(adapter.get("name", "")), float(raw) if isinstance(raw, int | float) else 0.0


def recorded(setting: Setting) -> tuple[dict[str, Any], ...]:
    """The adapters of a reply as `Origin.adapters` keeps them: each with a hash of its file, for a file may change."""
    specs = (*setting.adapters, *setting.switched_off)
    return tuple({**asdict(spec), "file": file_digest(spec.path)} for spec in specs)
