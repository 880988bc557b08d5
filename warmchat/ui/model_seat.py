"""The seat of the one model that is loaded: opening it, waiting for it, changing it, off the screen's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from warmchat.domain.errors import WarmchatError
from warmchat.domain.text import one_line

if TYPE_CHECKING:
    from warmchat.engine.protocol import Engine, EngineInfo

Status = Literal["starting", "none", "loading", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class ModelState:
    """What the seat holds now. ``message`` and ``hint`` say why where loading failed.

    ``starting``: it is not known yet whether there is a model.
    """

    status: Status = "starting"
    name: str = ""
    message: str = ""
    hint: str = ""
    info: EngineInfo | None = None


class ModelSeat:
    """Holds the engine. Whatever it tells, it tells from a thread of its own.

    Args:
        open_engine: starts an engine for a file; returns before it is loaded.
        check: raises `WarmchatError` for a file that cannot be a model; the one that is loaded then stays.
        adopt: is given each engine as soon as it exists, before it is loaded: a message may wait for it there.
        tell: is told each new state.
        refuse: is told why a file was not even tried.
    """

    def __init__(
        self,
        open_engine: Callable[[Path], Engine],
        *,
        check: Callable[[Path], object],
        adopt: Callable[[Engine], None],
        tell: Callable[[ModelState], None],
        refuse: Callable[[WarmchatError], None],
    ) -> None:
        self._check = check
        self._refuse = refuse
        self._open_engine = open_engine
        self._adopt = adopt
        self._tell = tell
        self._lock = threading.Lock()
        self._round = 0
        self.engine: Engine | None = None
        self.state = ModelState()

    @property
    def opening(self) -> bool:
        """A model was asked for and there is no engine yet that a message could wait for."""
        return self.state.status == "loading" and self.engine is None

    def load(self, path: Path) -> None:
        """Put this model into the seat; the one that sits there is closed first, for two may not fit the memory."""
        with self._lock:
            self._round += 1
            round_ = self._round
            old, self.engine = self.engine, None
            before, self.state = self.state, ModelState("loading", one_line(path.name, 80))
        self._tell(self.state)
        threading.Thread(target=self._load, args=(round_, old, before, path), name="load-model", daemon=True).start()

    def leave_empty(self) -> None:
        """There is no model to begin with."""
        self.state = ModelState("none")
        self._tell(self.state)

    def close(self) -> None:
        """Close the engine. Blocks until it is gone."""
        with self._lock:
            self._round += 1
            old, self.engine = self.engine, None
        if old is not None:
            old.close()

    def _load(self, round_: int, old: Engine | None, before: ModelState, path: Path) -> None:
        name = one_line(path.name, 80)
        if old is not None and before.status == "ready" and self._refused(round_, old, before, path):
            return
        try:
            if old is not None:
                old.close()
            engine = self._open_engine(path)
            with self._lock:
                wanted = round_ == self._round
                if wanted:
                    self.engine = engine
            if not wanted:  # another model was asked for, or the program is closing
                engine.close()
                return
            self._adopt(engine)
            info = engine.describe()
            state = ModelState("ready", one_line(info.model_name or name, 80), info=info)
        except WarmchatError as error:
            state = ModelState("failed", name, error.message, error.hint)
        except Exception as error:  # a thread that dies silently would leave "loading" for ever
            state = ModelState("failed", name, f"{type(error).__name__}: {error}", "choose another model")
        with self._lock:
            if round_ != self._round:
                return
            self.state = state
        self._tell(state)

    def _refused(self, round_: int, old: Engine, before: ModelState, path: Path) -> bool:
        """Whether the file cannot be a model: then all stays as it was."""
        try:
            self._check(path)
        except WarmchatError as error:
            with self._lock:
                if round_ == self._round:
                    self.engine, self.state = old, before
            self._refuse(error)
            self._tell(self.state)
            return True
        return False
