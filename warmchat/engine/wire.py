"""How the engine's process and ours talk: one JSON object a line, both ways. Pure: values in, values out.

    to the engine      {"op": "load", "config": {...}}      the first line
                       {"op": "submit", "id": 7, "job": {...}}
                       {"op": "cancel", "id": 7}
                       {"op": "count", "id": 8, "messages": [...]}
    from the engine    {"ev": "ready", "info": {...}}  or  {"ev": "error", "id": 0, "error": {...}}
                       {"ev": "progress" | "fragment" | "finished" | "counted" | "error", "id": 7, ...}
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from typing import Any

from warmchat.domain import errors
from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineError, WarmchatError
from warmchat.domain.profile import Sampling
from warmchat.domain.scores import TokenScore
from warmchat.domain.turn import Origin, Timings, Usage
from warmchat.engine.protocol import (
    AdapterSpec,
    Capabilities,
    EngineEvent,
    EngineInfo,
    Finished,
    Fragment,
    HiddenStates,
    Job,
    Priority,
    Progress,
)

Line = dict[str, Any]


def encode(line: Line) -> bytes:
    """One line. ASCII only: nothing in a message can end it early, lone surrogates survive."""
    return json.dumps(line).encode("ascii") + b"\n"


def job_to_line(number: int, job: Job) -> Line:
    return {"op": "submit", "id": number, "job": {**asdict(job), "priority": int(job.priority)}}


def job_from(value: Line) -> Job:
    return Job(
        messages=messages_from(value["messages"]),
        sampling=Sampling(**value["sampling"]),
        sequence=value["sequence"],
        priority=Priority(value["priority"]),
        continue_from=value["continue_from"],
        adapters=tuple(_adapter_from(adapter) for adapter in value["adapters"]),
        task=value["task"],
        raw=value["raw"],
        pool=value["pool"],
        batched=value["batched"],
        bare=value["bare"],
    )


def _adapter_from(value: Line) -> AdapterSpec:
    layers = value["layers"]
    return AdapterSpec(**{**value, "layers": tuple(layers) if layers is not None else None})


def messages_from(values: list[Line]) -> tuple[Message, ...]:
    return tuple(Message(v["role"], v["content"]) for v in values)


def event_to_line(number: int, event: EngineEvent | WarmchatError) -> Line:
    match event:
        case Progress(done, total):
            return {"ev": "progress", "id": number, "done": done, "total": total}
        case Fragment(text):
            return {"ev": "fragment", "id": number, "text": text}
        case Finished():
            return {"ev": "finished", "id": number, "finished": _finished_to_value(event)}
    return {"ev": "error", "id": number, "error": error_to_value(event)}


def event_from(line: Line) -> EngineEvent | WarmchatError:
    match line["ev"]:
        case "progress":
            return Progress(line["done"], line["total"])
        case "fragment":
            return Fragment(line["text"])
        case "finished":
            return _finished_from(line["finished"])
    return error_from(line["error"])


def _finished_to_value(event: Finished) -> Line:
    value = asdict(event)
    if event.hidden is not None:  # a list of numbers would be four times as long, and slow to spell
        value["hidden"]["data"] = base64.b64encode(event.hidden.data).decode("ascii")
    return value


def _hidden_from(value: Line | None) -> HiddenStates | None:
    if value is None:
        return None
    return HiddenStates(value["layers"], value["width"], base64.b64decode(value["data"]))


def _finished_from(value: Line) -> Finished:
    origin = dict(value["origin"])
    origin["sampling"] = Sampling(**origin["sampling"])
    origin["adapters"] = tuple(origin["adapters"])
    origin["cuts"] = tuple(origin["cuts"])
    origin["window"] = None if origin["window"] is None else tuple(origin["window"])
    return Finished(
        text=value["text"],
        stop=value["stop"],
        usage=Usage(**value["usage"]),
        timings=Timings(**value["timings"]),
        origin=Origin(**origin),
        scores=tuple(TokenScore(**score) for score in value["scores"]),
        hidden=_hidden_from(value["hidden"]),
    )


def info_to_value(info: EngineInfo) -> Line:
    return asdict(info)


def info_from(value: Line) -> EngineInfo:
    capabilities = Capabilities(**value["capabilities"])
    return EngineInfo(**{**value, "notes": tuple(value["notes"]), "capabilities": capabilities})


def error_to_value(error: WarmchatError) -> Line:
    return {"type": type(error).__name__, "message": error.message, "hint": error.hint}


def error_from(value: Line) -> WarmchatError:
    """The error by its name in the tree; a name this side does not know becomes an `EngineError`."""
    found = getattr(errors, value["type"], EngineError)
    kind = found if isinstance(found, type) and issubclass(found, WarmchatError) else EngineError
    return kind(value["message"], value["hint"])
