"""Domain values to table rows and back. Pure: nothing here touches a database.

What goes in comes out the same, but for two things that a database of text and numbers cannot hold: a lone surrogate
(half a character, from a broken paste) becomes U+FFFD, one for one so that spans keep their offsets; a number that is
not finite becomes NULL, and is left out of `signals`.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from functools import lru_cache
from typing import Any

from warmchat.domain.mark import Mark
from warmchat.domain.profile import AdapterRef, Profile, Sampling
from warmchat.domain.scores import KeptScores, TokenScore
from warmchat.domain.turn import Origin, Reply, Timings, Turn, Usage
from warmchat.domain.verdict import Evidence, Span, Verdict
from warmchat.storage.read_back import checked, reads_row

Row = dict[str, Any]

_SURROGATE = re.compile("[\ud800-\udfff]")


def turn_row(turn: Turn, profile_hash: str | None) -> Row:
    """The row of `turns`. ``parent_turn_id`` still has to be looked for in the log."""
    return _storable(
        {
            "id": turn.id,
            "session_id": turn.session_id,
            "parent_turn_id": turn.parent_id,
            "user_text": turn.user_text,
            "created_at": turn.created_at,
            "profile": turn.profile,
            "profile_hash": profile_hash,
            "shadow_history": turn.shadow_history,
            "window": window_json(turn.window),
            "error": turn.error,
        }
    )


@reads_row
def turn_of(row: Mapping[str, Any], reply: Reply | None, shadow: Reply | None, verdict: Verdict | None) -> Turn:
    """The turn of a row of `turns`, with what was found of its replies and its current verdict."""
    return Turn(
        id=row["id"],
        session_id=row["session_id"],
        parent_id=row["parent_turn_id"],
        user_text=row["user_text"],
        created_at=row["created_at"],
        profile=row["profile"],
        shadow_history=row["shadow_history"],
        window=_ids(row["window"]),
        reply=reply,
        shadow=shadow,
        verdict=verdict,
        error=row["error"],
    )


def window_json(window: Iterable[str]) -> str:
    """The column `window`: a JSON array of turn ids."""
    return _json(list(window))


def reply_row(turn_id: str, reply: Reply) -> Row:
    """The row of `replies`. ``created_at`` is left to the database: the time of the first save."""
    origin = reply.origin
    return _storable(
        {
            "id": reply.id,
            "turn_id": turn_id,
            "role": reply.role,
            "profile": reply.profile,
            "profile_hash": reply.profile_hash,
            "text": reply.text,
            "thinking": reply.thinking,
            "stop": reply.stop,
            **asdict(reply.usage),
            **asdict(reply.timings),
            "model": origin.model,
            "model_name": origin.model_name,
            "template": origin.template,
            "adapters": _json(list(origin.adapters)),
            "dial": origin.dial,
            "sampling": _json(asdict(origin.sampling)),
            "seed": origin.seed,
            "threads": origin.threads,
            "kv_type": origin.kv_type,
            "versions": _json(dict(origin.versions)),
            "window": None if origin.window is None else window_json(origin.window),
            "prompt": origin.prompt,
            "cuts": _json(list(origin.cuts)),
            "engine": _json(dict(origin.engine)),
            "scores": _json([[score.text, score.logprob] for score in reply.scores]),
            "way": reply.way,
            "asked": reply.asked,
        }
    )


@reads_row
def reply_of(row: Mapping[str, Any]) -> Reply:
    """The reply of a row of `replies`."""
    return Reply(
        id=row["id"],
        role=row["role"],
        profile=row["profile"],
        profile_hash=row["profile_hash"],
        text=row["text"],
        stop=row["stop"],
        thinking=row["thinking"],
        usage=checked(Usage(**_fields_of(Usage, row))),
        timings=checked(Timings(**_fields_of(Timings, row))),
        origin=checked(Origin(
            model=row["model"],
            model_name=row["model_name"],
            template=row["template"],
            adapters=tuple(_parsed(row["adapters"])),
            dial=row["dial"],
            sampling=checked(Sampling(**_fields_of(Sampling, _parsed(row["sampling"])))),
            seed=row["seed"],
            threads=row["threads"],
            kv_type=row["kv_type"],
            versions=_parsed(row["versions"]),
            window=None if row["window"] is None else _ids(row["window"]),
            prompt=row["prompt"],
            cuts=tuple(json.loads(row["cuts"])),
            engine=json.loads(row["engine"]),
        )),
        scores=KeptScores(checked(TokenScore(text, logprob)) for text, logprob in json.loads(row["scores"])),
        way=row["way"],
        asked=row["asked"],
    )


def profile_row(profile: Profile) -> Row:
    """The row of `profiles`."""
    return _storable(
        {
            "hash": profile.hash,
            "id": profile.id,
            "name": profile.name,
            "body": profile.system_prompt,
            "json": _json(profile.as_dict()),
        }
    )


@reads_row
def _saved_profile(row: Mapping[str, Any]) -> Profile:
    """The profile of a row that holds one."""
    value = json.loads(row["json"])
    value["sampling"] = checked(Sampling(**_fields_of(Sampling, value["sampling"])))
    value["adapters"] = tuple(_adapter_of(adapter) for adapter in value["adapters"])
    return Profile(**_fields_of(Profile, value))


def profile_of(row: Mapping[str, Any]) -> Profile | None:
    """The profile of a row of `profiles`; None where it was used but never saved."""
    return None if row["json"] is None else _saved_profile(row)


@reads_row
def mark_of(row: Mapping[str, Any]) -> Mark:
    """The mark of a row of `marks`."""
    return Mark(row["mark"], row["note"], row["marked_at"])


def _adapter_of(value: Mapping[str, Any]) -> AdapterRef:
    ref = AdapterRef(**_fields_of(AdapterRef, value))
    if ref.layers is None:
        return checked(ref)
    first, last = ref.layers
    return checked(replace(ref, layers=(first, last)))  # JSON knows no tuples


def verdict_row(turn_id: str, reply_id: str | None, shadow_id: str | None, verdict: Verdict) -> Row:
    """The row of `verdicts`, without its evidence."""
    signals = {name: value for name, value in verdict.signals.items() if math.isfinite(value)}
    return _storable(
        {
            "turn_id": turn_id,
            "reply_id": reply_id,
            "shadow_id": shadow_id,
            "detector": verdict.detector,
            "label": verdict.label,
            "kind": verdict.kind,
            "direction": verdict.direction,
            "score": verdict.score,
            "noise": verdict.noise,
            "signals": _json(signals),
            "reason": verdict.reason,
        }
    )


def evidence_rows(verdict_n: int, verdict: Verdict) -> list[Row]:
    """The rows of `evidence` of the verdict that is row `verdict_n`."""
    return [
        _storable(
            {
                "verdict": verdict_n,
                "position": position,
                "kind": pair.kind,
                "score": pair.score,
                **_span_columns("reply", pair.reply),
                **_span_columns("shadow", pair.shadow),
            }
        )
        for position, pair in enumerate(verdict.evidence)
    ]


@reads_row
def verdict_of(row: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]]) -> Verdict:
    """The verdict of a row of `verdicts` and its rows of `evidence`, in their order."""
    return Verdict(
        label=row["label"],
        reason=row["reason"],
        kind=row["kind"],
        direction=row["direction"],
        score=row["score"],
        evidence=tuple(
            checked(Evidence(_span(pair, "reply"), _span(pair, "shadow"), pair["kind"], pair["score"]))
            for pair in evidence
        ),
        signals=json.loads(row["signals"]),
        noise=row["noise"],
        detector=row["detector"],
    )


def _span_columns(side: str, span: Span | None) -> Row:
    values = (None, None, None) if span is None else (span.start, span.end, span.text)
    return dict(zip((f"{side}_start", f"{side}_end", f"{side}_text"), values, strict=True))


def _span(row: Mapping[str, Any], side: str) -> Span | None:
    if row[f"{side}_start"] is None:
        return None
    return checked(Span(row[f"{side}_start"], row[f"{side}_end"], row[f"{side}_text"]))


def _fields_of(cls: type, row: Mapping[str, Any]) -> Row:
    """What of `row` the dataclass knows: what a later version added is passed over, what is missing is default."""
    return {field.name: row[field.name] for field in fields(cls) if field.name in row}


def _ids(window: str) -> tuple[str, ...]:
    """Ids of turns, each of which many windows name: one text for all of them."""
    return tuple(sys.intern(turn_id) for turn_id in json.loads(window))


@lru_cache(256)
def _parsed(text: str) -> Any:
    """What most replies have alike is read once; nobody changes it."""
    return json.loads(text)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _storable(row: Row) -> Row:
    return {name: _clean(value) for name, value in row.items()}


def storable_text(text: str) -> str:
    """The text with U+FFFD in place of each lone surrogate: SQLite keeps UTF-8."""
    return _SURROGATE.sub("\ufffd", text)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value
