"""What one training run is: everything that decides its result, and the settings it is compared by on resuming."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from warmchat.domain.profile import Sampling

Style = Literal["warm", "cold"]
Precision = Literal["fp32", "bf16"]
STYLE_PROFILES: dict[Style, str] = {"warm": "companion", "cold": "oracle"}
"""The shipped profiles that speak in each style."""

_SAID_ONLY = ("profile", "profile_hash")  # what the profile's prompt says is in `prompt_hash`


@dataclass(frozen=True, slots=True)
class Recipe:
    """A training run.

    Attributes:
        model: identity of the model file.
        profile, profile_hash, prompt_hash: who makes the data. Of the profile only the system prompt counts: its
            adapters are off, and its sampling is replaced by ours.
        examples: hash of the examples of the style that go before each message; empty for none.
        samples: how many exchanges to train on.
        draws: replies drawn to each message; the warmest (style `cold`: the coldest) by warmth score are kept.
        rank, alpha, dropout: of the LoRA, on all linear layers of the blocks; the study used 8, 16, 0.1.
        learning_rate: at its height; it rises over the first tenth of the steps and falls to nothing. The study used
            1e-5 on models of 8 billion parameters and more.
        epochs: how often each exchange is seen. batch: exchanges a step (the study: 2 and 16).
        max_tokens: longest exchange, prompt included.
        precision: what the layers are computed in while learning; the LoRA itself is 32-bit either way.
        sampling: how the data is drawn; the same for both styles, so that `cold` is a control.
    """

    style: Style
    name: str
    model: str
    profile: str
    profile_hash: str
    prompt_hash: str
    examples: str = ""
    samples: int = 400
    draws: int = 1
    rank: int = 8
    alpha: float = 16.0
    dropout: float = 0.1
    learning_rate: float = 5e-4
    epochs: int = 2
    batch: int = 16
    max_tokens: int = 1024
    precision: Precision = "fp32"
    seed: int = 1
    sampling: Sampling = field(default_factory=lambda: Sampling(
        temperature=0.7, top_k=64, top_p=0.95, min_p=0.05, dry_multiplier=0.8, max_tokens=160,  # top_k: cheap to draw
    ))  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return asdict(self)

    @property
    def hash(self) -> str:
        """Sixteen hex digits over all of it."""
        return _hash({name: value for name, value in self.as_dict().items() if name not in _SAID_ONLY})

    @property
    def data_hash(self) -> str:
        """Sixteen hex digits over what decides the data: with other training settings, made data can be used again."""
        names = ("model", "prompt_hash", "examples", "seed", "sampling")
        return _hash({name: self.as_dict()[name] for name in names})


def prompt_hash(system_prompt: str) -> str:
    """Sixteen hex digits over a system prompt."""
    return hashlib.sha256(system_prompt.strip().encode()).hexdigest()[:16]


def differences(before: dict[str, Any], recipe: Recipe) -> list[str]:
    """In words, where a run that was begun with `before` differs from this one; empty where it can go on."""
    now = json.loads(json.dumps(recipe.as_dict()))
    return [
        f"{name} {before.get(name)!r}, now {value!r}"
        for name, value in now.items()
        if name not in _SAID_ONLY and before.get(name) != value
    ]


def _hash(value: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
