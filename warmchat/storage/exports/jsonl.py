"""JSON Lines: one turn a line, schema ``warmchat.turn/1``; written here and read back here.

Every line stands alone: it carries its session's title and the profiles that spoke in it, by hash. A header line would
save bytes, but the lines could then not be filtered, shuffled, split or joined with ordinary tools and stay readable.

    {"schema": "warmchat.turn/1", "session_title", "session_started_at",
     "turn": {"id", "session_id", "parent_id", "user_text", ..., "reply": {...}, "shadow": {...}, "verdict": {...}},
     "others": [replies], "judgements": [{"reply_id", "shadow_id", "judged_at", "verdict"}],
     "mark": {...} | null, "profiles": {hash: {...}}, "redacted": [what was taken out, in words]}

The names are those of the domain's dataclasses. A later version may add keys; it changes the number in ``schema`` when
one goes or means something else. Where a profile's file stood on this machine is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from warmchat.domain.errors import ExportError
from warmchat.domain.moments import is_moment
from warmchat.domain.scores import KeptScores, TokenScore
from warmchat.domain.text import one_line, printable_json, shown
from warmchat.domain.turn import Reply, all_scores_as, scores_as
from warmchat.storage.records import TurnRecord

SCHEMA = "warmchat.turn/1"
IMPORT_HINT = "import reads what `log export --format jsonl` writes"


def jsonl(records: Iterable[TurnRecord]) -> Iterator[str]:
    """One line for each turn, line end included."""
    for record in records:
        body = _adapter().dump_json(_shared(record)).decode()
        # Also line ends to some readers, though not to JSON, are written as escapes.
        yield printable_json(f'{{"schema":"{SCHEMA}",{body[1:]}') + "\n"


def as_dict(record: TurnRecord) -> dict[str, Any]:
    """The record as JSON values, ``schema`` first."""
    return {"schema": SCHEMA, **_adapter().dump_python(_shared(record), mode="json")}


def read_jsonl(lines: Iterable[str], name: str) -> Iterator[TurnRecord]:
    """The records of a file named `name` (for messages), one for each line that is not empty.

    Raises:
        ExportError: a line is not a turn of this schema; the message says which line and why.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{name}, line {number}"
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ExportError(f"{place} is not JSON: {error}", IMPORT_HINT) from error
        schema = value.get("schema") if isinstance(value, dict) else None
        if schema != SCHEMA:
            raise ExportError(f"{place} has the schema {shown(schema)!r}, not {SCHEMA!r}", IMPORT_HINT)
        try:
            record = _adapter().validate_json(line, strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the line"
            raise ExportError(f"{place}: {one_line(where)}: {one_line(first['msg'].lower())}",
                              "nothing was imported") from error  # fmt: skip
        for field, moment in (("created_at", record.turn.created_at), ("started_at", record.session_started_at)):
            if not is_moment(moment):
                raise ExportError(f"{place}: {field} is {shown(moment)!r}, which is no time", "nothing was imported")
        yield _each_reply(_scored(record, KeptScores), _windowed)


def _shared(record: TurnRecord) -> TurnRecord:
    """The record as it may leave this machine."""
    profiles = {key: replace(profile, source="") for key, profile in record.profiles.items()}
    return replace(_scored(record, tuple), profiles=profiles)


def _windowed(reply: Reply) -> Reply:
    """JSON knows lists alone."""
    window = reply.origin.window
    return reply if window is None else replace(reply, origin=replace(reply.origin, window=tuple(window)))


def _each_reply(record: TurnRecord, change: Callable[[Reply], Reply]) -> TurnRecord:
    turn = record.turn
    reply, shadow = (each and change(each) for each in (turn.reply, turn.shadow))
    turn = replace(turn, window=tuple(turn.window), reply=reply, shadow=shadow)
    return replace(record, turn=turn, others=tuple(change(other) for other in record.others))


def _scored(record: TurnRecord, kind: Callable[[Sequence[TokenScore]], Sequence[TokenScore]]) -> TurnRecord:
    others = tuple(scores_as(kind, reply) for reply in record.others)
    return replace(record, turn=all_scores_as(kind, record.turn), others=others)


@cache
def _adapter() -> TypeAdapter[TurnRecord]:
    return TypeAdapter(TurnRecord)
