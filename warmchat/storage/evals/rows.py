"""Records of measurements to table rows and back. Pure: nothing here touches a database."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from warmchat.storage.evals.records import ReplyRecord, RunRecord, VoiceRecord
from warmchat.storage.read_back import reads_row
from warmchat.storage.rows import storable_text

Row = dict[str, Any]
_JSON = {"versions", "conditions", "adapters", "sampling", "before", "manners"}
_FLAGS = {"bare", "affirmed", "cautioned"}


def run_row(run: RunRecord) -> Row:
    """The row of `runs`; its voices have rows of their own."""
    row = _row(run)
    del row["voices"]
    return {**row, "finished_at": run.finished_at or None}


def voice_row(run_id: str, place: int, voice: VoiceRecord) -> Row:
    """The row of `voices`."""
    return {"run_id": run_id, "place": place, **_row(voice)}


def reply_row(run_id: str, reply: ReplyRecord) -> Row:
    """The row of `replies`."""
    row = _row(reply)
    return {"run_id": run_id, **row, "result": reply.result or None}


@reads_row
def run_of(row: Mapping[str, Any], voices: tuple[VoiceRecord, ...]) -> RunRecord:
    values = _values(row)
    return RunRecord(**{**values, "voices": voices, "finished_at": row["finished_at"] or ""})


@reads_row
def voice_of(row: Mapping[str, Any]) -> VoiceRecord:
    return VoiceRecord(**_values(row, without=("run_id", "place")))


@reads_row
def reply_of(row: Mapping[str, Any]) -> ReplyRecord:
    values = _values(row, without=("run_id",))
    before = tuple((role, text) for role, text in values["before"])
    return ReplyRecord(**{**values, "before": before, "result": row["result"] or ""})


def _row(record: RunRecord | VoiceRecord | ReplyRecord) -> Row:
    return {name: _stored(name, value) for name, value in asdict(record).items()}


def _stored(name: str, value: Any) -> Any:
    if name in _JSON:
        return storable_text(json.dumps(value, ensure_ascii=False, sort_keys=True))
    if name in _FLAGS and value is not None:
        return int(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return storable_text(value) if isinstance(value, str) else value


def _values(row: Mapping[str, Any], without: tuple[str, ...] = ()) -> Row:
    return {name: _read(name, value) for name, value in row.items() if name not in without}


def _read(name: str, value: Any) -> Any:
    if name in _JSON:
        found = json.loads(value)
        return tuple(found) if isinstance(found, list) else found
    return bool(value) if name in _FLAGS and value is not None else value
