"""Further models that a session's voices name, such as a smaller one that rewrites: opened at first need, once each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from warmchat.domain.errors import EngineError, ModelError
from warmchat.engine.protocol import Engine


@dataclass(frozen=True, slots=True)
class OtherModel:
    """A model that is not the chat's.

    Attributes:
        identity: which it is, as `Origin.model` has it.
        base: what its adapters are filed under.
        open: its engine. Raises `ModelError` where it does not fit into the memory that is free.
    """

    identity: str
    base: str
    open: Callable[[], Engine]


FindModel = Callable[[str], OtherModel]


def no_others(name: str) -> OtherModel:
    """Of a session that has one model alone. Raises `ModelError`."""
    raise ModelError(f"No second model can be loaded here, so not {name!r}", "leave rewriter: out of the profile")


class OtherModels:
    """The engines of one session beside the chat's own.

    Args:
        find: the model of a name; raises `ModelError`.
    """

    def __init__(self, find: FindModel = no_others) -> None:
        self._find = find
        self._found: dict[str, OtherModel] = {}
        self._engines: dict[str, Engine] = {}
        self._lock = threading.Lock()
        self._closed = False

    def _model(self, name: str) -> OtherModel:
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def base(self, name: str, loaded: str) -> str:
        """What this model's adapters are filed under; `loaded`, the chat's own, where the model cannot be had."""
        try:
            return self._model(name).base
        except ModelError:  # said where it is to speak
            return loaded

    def engine(self, name: str, loaded: Engine) -> Engine:
        """The engine of this model, opened now if it was not; `loaded`, the chat's own, where it is the same model.

        Raises:
            ModelError: there is no such model, or it does not fit.
            EngineError: the session is closed.
        """
        model = self._model(name)
        if model.identity == loaded.describe().model:
            return loaded
        with self._lock:
            if self._closed:
                raise EngineError("The session is closed", "")
            if model.identity not in self._engines:
                self._engines[model.identity] = model.open()
            return self._engines[model.identity]

    def close(self) -> None:
        """Free them."""
        with self._lock:
            self._closed = True
            engines, self._engines = list(self._engines.values()), {}
        for engine in engines:
            engine.close()
