"""A profile: a voice, as its file describes it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Strategy = Literal["direct", "rewrite"]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is drawn, step by step as in llama.cpp: penalties, DRY, top_k, top_p, min_p, temperature.

    Attributes:
        temperature: 0 is greedy (always the likeliest token); above 0 the draw depends on the seed.
        top_k: keep the k likeliest tokens; 0 keeps all.
        top_p: keep the likeliest tokens whose probabilities sum to p; 1 keeps all.
        min_p: drop tokens less likely than min_p times the likeliest; 0 drops none.
        repeat_penalty: divide the logits of recent tokens by this; 1 is off.
        repeat_last_n: how many recent tokens the penalty looks at.
        dry_multiplier: strength of the penalty on going on with a repeated sequence ("don't repeat yourself", as in
            llama.cpp, base 1.75 over the whole reply); 0 is off.
        dry_allowed_length: repeated sequences up to this many tokens cost nothing.
        max_tokens: longest reply, in tokens.
        seed: fixed seed, or None for a new one each turn (logged).
    """

    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    repeat_last_n: int = 64
    max_tokens: int = 512
    seed: int | None = None
    dry_multiplier: float = 0.0
    dry_allowed_length: int = 4


@dataclass(frozen=True, slots=True)
class AdapterRef:
    """An adapter that a profile asks for: a control vector or a LoRA, by name, with its strength (LoRA: its scale).

    Attributes:
        strength: raw. What it does depends on the model that the vector was made for.
        dial: of a control vector, instead of the strength: its place on the range that its maker measured, -1 to +1,
            so that one profile means the same with every model.
        layers: first and last layer in which a control vector steers, both inclusive; None: all that its file has.
    """

    kind: Literal["control_vector", "lora"]
    name: str
    strength: float = 0.0
    dial: float | None = None
    layers: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A voice: system prompt, sampling, adapters and strategy.

    Attributes:
        id: stem of the file name; what `--profile` takes.
        name: what the UI calls it.
        rewriter: with the strategy `rewrite`, the model that says the answer kindly, a file or a name; empty: the one
            that answers.
        system_prompt: the body of the file, verbatim; empty means that no system message is sent.
        accent: colour of the mode in the UI: `cold`, `warm`, or any colour name Textual knows.
        source: where the file was found, for the UI (a path, or `shipped`).
    """

    id: str
    name: str
    system_prompt: str
    description: str = ""
    strategy: Strategy = "direct"
    neutralise: bool = False
    rewriter: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    adapters: tuple[AdapterRef, ...] = ()
    accent: str = "cold"
    source: str = ""

    @property
    def hash(self) -> str:
        """Sixteen hex digits over all that changes what the voice says; not over name, accent or place.

        What stands at its default is left out: a setting that a later version adds changes no hash of today.
        """
        default = asdict(Sampling())
        spoken: dict[str, Any] = {
            "system_prompt": self.system_prompt,
            "strategy": self.strategy,
            "neutralise": self.neutralise,
            "sampling": {name: value for name, value in asdict(self.sampling).items() if value != default[name]},
            "adapters": [{k: v for k, v in asdict(a).items() if v is not None} for a in self.adapters],
        }
        if self.rewriter:
            spoken["rewriter"] = self.rewriter
        return hashlib.sha256(json.dumps(spoken, sort_keys=True).encode()).hexdigest()[:16]

    def as_dict(self) -> dict[str, Any]:
        """All fields as JSON values, with the hash."""
        return {**asdict(self), "hash": self.hash}
