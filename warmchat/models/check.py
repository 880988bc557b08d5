"""Whether a model file really works: its header is read, then it is loaded once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from warmchat.gguf.header import GGUFHeader, chat_model


class Loaded(Protocol):
    """What the check asks of a loaded model; an engine's description has it."""

    @property
    def load_s(self) -> float: ...

    @property
    def n_ctx(self) -> int: ...

    @property
    def template(self) -> str: ...

    @property
    def threads(self) -> int: ...

    @property
    def notes(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class ModelCheck:
    """A model that was loaded.

    Attributes:
        load_s: seconds that loading took.
        n_ctx: tokens that the context holds.
        template: hash of the chat template in use.
        notes: sentences that the user should see.
    """

    header: GGUFHeader
    load_s: float
    n_ctx: int
    template: str
    threads: int
    notes: tuple[str, ...]


def check_model(path: Path, loader: Callable[[Path], Loaded]) -> ModelCheck:
    """Read the header, then load the model with `loader`, which frees it again before it returns.

    Raises:
        ModelError: the file cannot be used.
        WarmchatError: what the loader raises.
    """
    header = chat_model(path)  # first: llama.cpp ends its process over some damaged files
    loaded = loader(path)
    return ModelCheck(header, loaded.load_s, loaded.n_ctx, loaded.template, loaded.threads, loaded.notes)
