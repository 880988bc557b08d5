"""What may stand in the front matter, and what to write where something else does."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from warmchat.domain.profile import AdapterRef, Sampling
from warmchat.domain.text import one_line

# Strict: `name: yes` is a truth value in YAML and `top_k: "40"` a text; both are better said than guessed.
_RULES = ConfigDict(strict=True, extra="allow", allow_inf_nan=False, frozen=True)

# A name is looked up as a file name, so it holds no path.
AdapterName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
Strength = Annotated[float, Field(ge=-100, le=100)]
Layer = Annotated[int, Field(ge=1, le=9999)]


class SamplingEntry(BaseModel):
    """The mapping `sampling`. What is left out keeps the value that `Sampling` gives it."""

    model_config = _RULES

    temperature: float = Field(default=Sampling().temperature, ge=0, le=2)
    top_k: int = Field(default=Sampling().top_k, ge=0, le=1_000_000)
    top_p: float = Field(default=Sampling().top_p, gt=0, le=1)
    min_p: float = Field(default=Sampling().min_p, ge=0, lt=1)
    repeat_penalty: float = Field(default=Sampling().repeat_penalty, ge=0.5, le=2)
    repeat_last_n: int = Field(default=Sampling().repeat_last_n, ge=0, le=65_536)
    dry_multiplier: float = Field(default=Sampling().dry_multiplier, ge=0, le=10)
    dry_allowed_length: int = Field(default=Sampling().dry_allowed_length, ge=1, le=64)
    max_tokens: int = Field(default=Sampling().max_tokens, ge=1, le=65_536)
    seed: int | None = Field(default=Sampling().seed, ge=0, lt=2**32 - 1)  # the last one means "draw one" in llama.cpp

    def as_sampling(self) -> Sampling:
        """The plain value."""
        return Sampling(**{name: getattr(self, name) for name in type(self).model_fields})


class AdapterEntry(BaseModel):
    """One item of `adapters`: a control vector with its strength or its place on the dial, or a LoRA with its scale."""

    model_config = _RULES

    control_vector: AdapterName | None = None
    strength: Strength | None = None
    dial: float | None = Field(default=None, ge=-1, le=1)
    layers: Annotated[list[Layer], Field(min_length=2, max_length=2)] | None = None
    lora: AdapterName | None = None
    scale: Strength | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> AdapterEntry:
        if (self.control_vector is None) == (self.lora is None):
            raise ValueError("an adapter is either a control_vector or a lora")
        one = (self.strength is None) != (self.dial is None)
        if self.control_vector is not None and (not one or self.scale is not None):
            raise ValueError("a control_vector needs either a strength or a dial")
        if self.lora is not None and (self.strength is not None or self.dial is not None):
            raise ValueError("a lora has a scale, not a strength")
        if self.layers is not None and (self.lora is not None or self.layers[0] > self.layers[1]):
            raise ValueError("layers are the first and the last in which a control vector steers")
        return self

    def as_ref(self) -> AdapterRef:
        """The plain value."""
        if self.control_vector is not None:
            layers = (self.layers[0], self.layers[1]) if self.layers is not None else None
            return AdapterRef("control_vector", self.control_vector, self.strength or 0.0, self.dial, layers)
        return AdapterRef("lora", self.lora or "", 1.0 if self.scale is None else self.scale)


class ProfileEntry(BaseModel):
    """The whole front matter."""

    model_config = _RULES

    name: str | None = Field(default=None, min_length=1, max_length=60)
    description: str = Field(default="", max_length=500)
    strategy: Literal["direct", "rewrite"] = "direct"
    neutralise: bool = False
    rewriter: str = Field(default="", max_length=500)
    sampling: SamplingEntry = SamplingEntry()
    adapters: list[AdapterEntry] = Field(default=[], max_length=8)
    accent: str = Field(default="cold", pattern=r"^#?[A-Za-z0-9_-]{1,32}$")


# By the last name in the path of a value. Said as "write WHAT", so each is a thing that one can type.
WRITE: dict[str, str] = {
    "name": "name: and a text of 1 to 60 characters (in quotes where it is a number, yes or no)",
    "description": "description: and a text of at most 500 characters",
    "strategy": "strategy: direct or strategy: rewrite",
    "neutralise": "neutralise: true or neutralise: false",
    "rewriter": "rewriter: and a model file, or a name from `warmchat models list`; without it the loaded one rewrites",
    "sampling": "sampling: {temperature: 0.7, top_p: 0.9}",
    "temperature": "a number from 0 (always the likeliest token) to 2, such as temperature: 0.7",
    "top_k": "a whole number from 0 (keep all), such as top_k: 40",
    "top_p": "a number above 0 and at most 1 (keep all), such as top_p: 0.9",
    "min_p": "a number from 0 (drop none) to below 1, such as min_p: 0.05",
    "repeat_penalty": "a number from 0.5 to 2 (1 is off), such as repeat_penalty: 1.1",
    "dry_multiplier": "a number from 0 (off) to 10, such as dry_multiplier: 0.8",
    "dry_allowed_length": "a whole number of tokens from 1 to 64, such as dry_allowed_length: 4",
    "repeat_last_n": "a whole number of tokens from 0 to 65536, such as repeat_last_n: 64",
    "max_tokens": "a whole number of tokens from 1 to 65536, such as max_tokens: 512",
    "seed": "a whole number from 0 to 4294967294, or leave the line out for a new seed each turn",
    "adapters": "a list such as - {control_vector: warmth, dial: 0.5}",
    "control_vector": "the vector's name (letters, digits, . _ -), such as control_vector: warmth",
    "strength": "a number, such as strength: 0.25",
    "dial": "a number from -1 to 1, such as dial: 0.5: a place on the range that the vector's maker measured",
    "layers": "the first and the last layer, such as layers: [8, 22], or leave it out for all that the vector has",
    "lora": "the LoRA's name (letters, digits, . _ -), such as lora: warm",
    "scale": "a number, such as scale: 1.0",
    "accent": "accent: cold, accent: warm or the name of a colour",
}

_AROUND: dict[type[BaseModel], str] = {ProfileEntry: "", SamplingEntry: "sampling", AdapterEntry: "adapters"}


def what_to_write(keys: tuple[str | int, ...]) -> str:
    """What would be right at this path of the front matter."""
    return next((WRITE[key] for key in reversed(keys) if isinstance(key, str) and key in WRITE), "one of: " + _known())


def unknown_keys(entry: ProfileEntry) -> list[tuple[tuple[str | int, ...], str]]:
    """Each key that nothing reads: its path, and the nearest known name or an empty text."""
    parts: list[tuple[tuple[str | int, ...], BaseModel]] = [((), entry), (("sampling",), entry.sampling)]
    parts += [(("adapters", index), item) for index, item in enumerate(entry.adapters)]
    return [((*path, key), nearest_key(part, key)) for path, part in parts for key in part.model_extra or {}]


def nearest_key(part: BaseModel, key: str) -> str:
    """The known name that `key` was probably meant to be, with the mapping it belongs into; empty where none is."""
    from difflib import get_close_matches

    here = get_close_matches(key.lower(), type(part).model_fields, n=1, cutoff=0.6)
    if here:
        return here[0]
    elsewhere = {name: around for model, around in _AROUND.items() for name in model.model_fields}
    there = get_close_matches(key.lower(), elsewhere, n=1, cutoff=0.75)
    if not there:
        return ""
    return f"{there[0]} inside {elsewhere[there[0]]}" if elsewhere[there[0]] else f"{there[0]} outside of it"


def extra_values(entry: ProfileEntry) -> dict[str, Any]:
    """The top-level settings that nothing reads, as they stand in the file."""
    return {one_line(key, 60): value for key, value in (entry.model_extra or {}).items()}


def _known() -> str:
    return ", ".join(ProfileEntry.model_fields)
