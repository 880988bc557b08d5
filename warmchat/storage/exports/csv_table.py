"""CSV: one turn a row, for spreadsheets. UTF-8, RFC 4180.

A spreadsheet takes a cell that begins with ``= + - @`` (some also their wide forms, or with blanks before them), a tab
or a line end for a formula, and the texts come from a model: such a text cell gets a leading apostrophe. Cells that
hold a number are numbers and stay as they are. Control characters are taken out. Who needs the texts to the letter
takes JSONL.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from warmchat.domain.text import printable
from warmchat.storage.exports.words import evidence_line
from warmchat.storage.records import TurnRecord

Cell = str | int | float | None

FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
LINE_STARTS = ("\t", "\n")


def csv_table(records: Iterable[TurnRecord]) -> Iterator[str]:
    """The header, then one row for each turn; none at all where there are no turns."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for number, record in enumerate(records):
        cells = _cells(record)
        if number == 0:
            writer.writerow(cells)
        writer.writerow([_harmless(cell) for cell in cells.values()])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _harmless(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = printable(cell)
    return f"'{text}" if text.startswith(LINE_STARTS) or text.lstrip().startswith(FORMULA_STARTS) else text


def _cells(record: TurnRecord) -> dict[str, Cell]:
    turn = record.turn
    reply, shadow, verdict, mark = turn.reply, turn.shadow, turn.verdict, record.mark
    cells: dict[str, Cell] = {
        "turn_id": turn.id,
        "session_id": turn.session_id,
        "session_title": record.session_title,
        "created_at": turn.created_at,
        "profile": turn.profile,
        "user_text": turn.user_text,
        "reply": reply.text if reply else None,
        "reply_stop": reply.stop if reply else None,
        "shadow_profile": shadow.profile if shadow else None,
        "shadow": shadow.text if shadow else None,
        "shadow_history": turn.shadow_history,
        "label": verdict.label if verdict else None,
        "kind": verdict.kind if verdict else None,
        "direction": verdict.direction if verdict else None,
        "score": verdict.score if verdict else None,
        "noise": verdict.noise if verdict else None,
        "reason": verdict.reason if verdict else None,
        "detector": verdict.detector if verdict else None,
        "evidence": "\n".join(_evidence(record)),
        "mark": mark.mark if mark else None,
        "note": mark.note if mark else None,
        "error": turn.error,
        "redacted": ", ".join(record.redacted),
    }
    if reply is not None:
        origin = reply.origin
        cells |= {
            "model_name": origin.model_name,
            "model": origin.model,
            "adapters": json.dumps(list(origin.adapters), ensure_ascii=False),
            "dial": origin.dial,
            "sampling": json.dumps(asdict(origin.sampling)),
            "seed": origin.seed,
            "reply_tokens": reply.usage.reply_tokens,
            "reply_s": reply.timings.reply_s,
            "way": reply.way,
            "asked": reply.asked,
        }
    else:
        cells |= dict.fromkeys(
            ("model_name", "model", "adapters", "dial", "sampling", "seed", "reply_tokens", "reply_s", "way", "asked"),
            None,
        )
    return cells


def _evidence(record: TurnRecord) -> Iterator[str]:
    for pair in record.turn.verdict.evidence if record.turn.verdict else ():
        said = pair.reply.text if pair.reply else "(nothing)"
        other = pair.shadow.text if pair.shadow else "(nothing)"
        yield f"{evidence_line(pair)}: {said} | {other}"
