"""The engine's process: reads orders on stdin, writes events on stdout, ends when its parent does.

Started as ``python -P -m warmchat.engine.child`` by `warmchat.engine.process`. llama.cpp may end a process on a bad
file, prints where it likes and holds the processor for long; here that harms nobody else.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from warmchat.domain.errors import EngineError, ModelError, WarmchatError
from warmchat.engine import wire
from warmchat.engine.config import EngineConfig

if TYPE_CHECKING:  # imported when the child loads its model, so that a failing import can be told to the parent
    from warmchat.engine.llama.engine import LlamaEngine, Task
    from warmchat.engine.llama.work import Sink


class Outlet:
    """Where events go; lines are written whole, whichever thread writes them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def write(self, line: wire.Line) -> None:
        with self._lock:
            try:
                self._stream.write(wire.encode(line))
                self._stream.flush()
            except (BrokenPipeError, ValueError):  # the parent is gone, and with it all reason to be here
                os._exit(0)


def main() -> None:
    """Serve one parent until it closes our stdin."""
    _leave_no_core()
    outlet = Outlet(_private_stdout())
    orders: queue.SimpleQueue[wire.Line] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, orders.put), name="reader", daemon=True).start()
    engine = _load(orders.get(), outlet)
    if engine is not None:
        _serve(engine, orders, outlet)
    threading.Event().wait()  # failed to load: said so; the parent decides when to let go


def _leave_no_core() -> None:
    """No image of its memory, which holds what was said, is to lie in some folder where a signal has ended it."""
    with suppress(ImportError, OSError, ValueError):  # ImportError: Windows knows neither
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _private_stdout() -> BinaryIO:
    """Our own copy of stdout; whatever else writes there now goes to stderr, which is the native log."""
    own = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return own


def _read(stream: BinaryIO, give: Callable[[wire.Line], None]) -> None:
    """Pass on every line. At the end of the stream the parent is gone: leave at once, also in the middle of a decode
    (which runs in C, so this thread gets its turn), for an orphan would go on burning all cores."""
    import json

    for line in stream:
        give(json.loads(line))
    os._exit(0)


def _load(order: wire.Line, outlet: Outlet) -> LlamaEngine | None:
    said: list[str] = []

    def sink(text: str) -> None:
        sys.stderr.write(text)
        said.append(text)
        del said[:-40]

    try:
        from warmchat.engine.llama.engine import LlamaEngine
        from warmchat.engine.llama.native import Backend

        engine = LlamaEngine(EngineConfig(**order["config"]), Backend(sink))
    except ModelError as error:
        outlet.write(wire.event_to_line(0, _explained(error, "".join(said))))
        return None
    except WarmchatError as error:
        outlet.write(wire.event_to_line(0, error))
        return None
    except Exception as error:  # the parent must hear of it: it waits for one line or another
        outlet.write(wire.event_to_line(0, EngineError(f"The engine could not start: {error!r}")))
        return None
    sys.stderr.flush()
    outlet.write({"ev": "ready", "info": wire.info_to_value(engine.describe())})
    return engine


# What llama.cpp says, what it means, what to do.
_REASONS = (
    ("unknown model architecture", "this llama.cpp does not know the model's architecture",
     "a newer warmchat (llama-cpp-python) may"),
    ("not within the file bounds", "the file is truncated", "fetch it again"),
    ("invalid magic", "it is not a GGUF file", "warmchat needs a model in GGUF form"),
    ("failed to allocate", "there is not enough memory", "use a smaller model or a smaller --ctx"),
    ("unable to allocate", "there is not enough memory", "use a smaller model or a smaller --ctx"),
    ("missing tensor", "a tensor is missing in the file", "fetch it again, or another GGUF of the model"),
    ("cannot find tokenizer", "it has no vocabulary", "is it an adapter or a part of a split model?"),
    ("Permission denied", "it may not be read", "check the file's permissions"),
)  # fmt: skip


def _explained(error: ModelError, said: str) -> ModelError:
    for sign, meaning, hint in _REASONS:
        if sign in said:
            return ModelError(f"{error.message}: {meaning}", hint)
    return error


def _serve(engine: LlamaEngine, orders: queue.SimpleQueue[wire.Line], outlet: Outlet) -> NoReturn:
    jobs: dict[int, Task] = {}
    most = 64
    while True:
        order = orders.get()
        number = order["id"]
        try:
            match order["op"]:
                case "submit":
                    if len(jobs) >= most:  # not at every order: thousands may come at once
                        jobs = {n: work for n, work in jobs.items() if not work.done}
                        most = 2 * len(jobs) + 64
                    jobs[number] = engine.start(wire.job_from(order["job"]), _sink(outlet, number))
                case "cancel" if number in jobs and not jobs[number].done:
                    engine.stop(jobs[number])
                case "count":
                    count = engine.count(wire.messages_from(order["messages"]))
                    outlet.write({"ev": "counted", "id": number, "count": count})
        except WarmchatError as error:
            outlet.write(wire.event_to_line(number, error))
        except Exception as error:  # one bad order must not end the engine
            outlet.write(wire.event_to_line(number, EngineError(f"The engine failed: {error!r}")))


def _sink(outlet: Outlet, number: int) -> Sink:
    return lambda event: outlet.write(wire.event_to_line(number, event))


if __name__ == "__main__":
    main()
