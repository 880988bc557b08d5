"""Every question to the log, as functions of an open database. The caller holds the snapshot (see `SessionLog`)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, Literal

from sqlite_utils import Database

from warmchat.domain.mark import Mark
from warmchat.domain.profile import Profile
from warmchat.domain.turn import Reply, Turn
from warmchat.domain.verdict import Verdict
from warmchat.storage import rows
from warmchat.storage.read_back import reads_row
from warmchat.storage.records import CutOff, Day, Flag, Judgement, SessionSummary, TurnFilter, TurnRecord
from warmchat.storage.rows import Row

# Joined by hand and not from the view `exchanges`, of which SQLite would first make every row of the log.
SUMMARIES = """
SELECT s.id, s.title, s.started_at, s.archived_at,
    coalesce(max(t.created_at), s.started_at) AS last_at,
    count(t.n) AS turns,
    count(CASE WHEN v.label IN ('agree', 'disagree', 'unsure') THEN 1 END) AS checked,
    count(CASE WHEN v.label = 'disagree' THEN 1 END) AS disagreements,
    json_group_array(DISTINCT r.model_name) AS models,
    json_group_array(DISTINCT t.profile) AS profiles
FROM json_each(?) AS asked
CROSS JOIN sessions AS s ON s.id = asked.value
LEFT JOIN turns AS t ON t.session_id = s.id
LEFT JOIN replies AS r ON r.n = (SELECT max(n) FROM replies WHERE turn_id = t.id AND role = 'shown')
LEFT JOIN verdicts AS v ON v.n = (SELECT max(n) FROM verdicts WHERE turn_id = t.id AND reply_id IS r.id)
GROUP BY asked.key ORDER BY asked.key
"""
BY_LAST_TURN = """
SELECT id FROM sessions AS s WHERE :archived IS NULL OR (archived_at IS NOT NULL) = :archived
ORDER BY (SELECT max(n) FROM turns WHERE session_id = s.id) DESC, started_at DESC LIMIT :limit
"""
BACKWARDS = """
SELECT t.session_id FROM turns AS t JOIN sessions AS s ON s.id = t.session_id
WHERE :archived IS NULL OR (s.archived_at IS NOT NULL) = :archived ORDER BY t.n DESC
"""


def sessions(db: Database, limit: int | None, archived: bool | None = None) -> list[SessionSummary]:
    """The sessions, the one that was spoken in last first; ``archived``: only those put away, or only the others."""
    newest = _newest_sessions(db, limit, archived)
    return [_summary_of(row) for row in db.query(SUMMARIES, [json.dumps(newest)])]


def _newest_sessions(db: Database, limit: int | None, archived: bool | None) -> list[str]:
    """Their ids. The newest few are found from the newest turn backwards, so that a long log costs no more."""
    if limit is not None and not archived:  # few are put away: walking would lead through all turns
        found: dict[str, None] = {}
        for row in db.execute(BACKWARDS, {"archived": archived}):
            if len(found) == limit:
                break
            found[row[0]] = None
        if len(found) == limit:
            return list(found)
    everything = {"limit": -1 if limit is None else limit, "archived": archived}
    return [row[0] for row in db.execute(BY_LAST_TURN, everything)]


@reads_row
def _summary_of(row: Row) -> SessionSummary:
    return SessionSummary(**{**row, "models": _names(row["models"]), "profiles": _names(row["profiles"])})


Table = Literal["sessions", "turns"]


def ids_of(db: Database, table: Table, prefix: str, limit: int) -> list[str]:
    """Ids of sessions or turns that begin with `prefix`, newest first; an id that is `prefix` alone."""
    newest = {"sessions": "started_at", "turns": "created_at"}[table]
    found = [
        row["id"]
        for row in db.query(
            f"SELECT id FROM {table} WHERE substr(id, 1, length(:prefix)) = :prefix"  # noqa: S608  own words alone
            f" ORDER BY id = :prefix DESC, {newest} DESC LIMIT :limit",
            {"prefix": rows.storable_text(prefix), "limit": limit},
        )
    ]
    return found[:1] if found[:1] == [prefix] else found


def last_turn_id(db: Database) -> str | None:
    """The newest turn."""
    row = db.execute("SELECT id FROM turns ORDER BY n DESC LIMIT 1").fetchone()
    return row[0] if row else None


def title(db: Database, session_id: str) -> str | None:
    """The title of a session; None where there is no such session."""
    row = db.execute("SELECT title FROM sessions WHERE id = ?", [session_id]).fetchone()
    return row[0] if row else None


def last_session_id(db: Database) -> str | None:
    """The session of the newest turn."""
    row = db.execute("SELECT session_id FROM turns ORDER BY n DESC LIMIT 1").fetchone()
    return row[0] if row else None


def cut_off(db: Database) -> CutOff | None:
    """The session of the newest turn, where that turn has no whole reply."""
    found = db.execute(
        "SELECT t.session_id, t.user_text, r.stop, coalesce(r.text || r.thinking, '') FROM turns AS t"
        " LEFT JOIN replies AS r ON r.turn_id = t.id AND r.role = 'shown' ORDER BY t.n DESC LIMIT 1"
    ).fetchone()
    if found is None or found[2] not in (None, "interrupted"):
        return None
    return CutOff(found[0], found[1], bool(found[3].strip()))


def place(db: Database, session_id: str) -> str | None:
    """The last turn of the branch that stood on the screen last; None where that is not known."""
    row = db.execute("SELECT shown_turn_id FROM sessions WHERE id = ?", [session_id]).fetchone()
    return row[0] if row else None


def others(db: Database, session_id: str, role: str) -> dict[str, list[Reply]]:
    """The replies of this role, by turn, oldest first."""
    found = db.query(
        "SELECT r.* FROM replies AS r JOIN turns AS t ON t.id = r.turn_id"
        " WHERE t.session_id = ? AND r.role = ? ORDER BY r.n",
        [session_id, role],
    )
    return {turn_id: [rows.reply_of(row) for row in group] for turn_id, group in _grouped(found, "turn_id").items()}


def marks(db: Database, session_id: str) -> dict[str, Mark]:
    """What the user thinks of the session's turns."""
    sql = "SELECT m.* FROM marks AS m JOIN turns AS t ON t.id = m.turn_id WHERE t.session_id = ?"
    return {row["turn_id"]: rows.mark_of(row) for row in db.query(sql, [session_id])}


def turns(db: Database, where: TurnFilter, *, newest_first: bool = False, limit: int | None = None) -> list[Turn]:
    """The turns that `where` lets through, with shown reply, shadow reply and current verdict."""
    return _turns_at(db, _places(db, where, newest_first, limit))


def records(db: Database, where: TurnFilter) -> list[TurnRecord]:
    """The turns that `where` lets through, oldest first, with all that the log holds of them."""
    places = _places(db, where, newest_first=False, limit=None)
    found = _turns_at(db, places)
    ids = [turn.id for turn in found]
    by_turn = _grouped(_rows(db, "replies", "turn_id", ids), "turn_id")
    judged = _judgements(db, ids)
    marks = {row["turn_id"]: row for row in _rows(db, "marks", "turn_id", ids)}
    started = {row["id"]: row for row in _rows(db, "sessions", "id", {turn.session_id for turn in found})}
    spoken = profiles(db, {row["profile_hash"] for group in by_turn.values() for row in group})
    return [
        TurnRecord(
            session_title=started[turn.session_id]["title"],
            session_started_at=started[turn.session_id]["started_at"],
            turn=turn,
            others=tuple(
                rows.reply_of(row)
                for row in by_turn[turn.id]
                if row["id"] not in {r.id for r in (turn.reply, turn.shadow) if r is not None}
            ),
            judgements=tuple(judged[turn.id]),
            mark=_mark(marks.get(turn.id)),
            profiles={
                row["profile_hash"]: spoken[row["profile_hash"]]
                for row in by_turn[turn.id]
                if row["profile_hash"] in spoken
            },
        )
        for turn in found
    ]


def profiles(db: Database, hashes: Iterable[str]) -> dict[str, Profile]:
    """The profiles of these hashes; one that was never saved is missing."""
    found = {row["hash"]: rows.profile_of(row) for row in _rows(db, "profiles", "hash", hashes)}
    return {key: profile for key, profile in found.items() if profile is not None}


FLAG = ", ".join(f.name for f in fields(Flag) if f.name != "mark") + ", ifnull(mark, '') AS mark"
COURSE = """
SELECT date(created_at, 'localtime') AS day, count(*) AS checked, sum(label = 'disagree') AS flagged,
    sum(label = 'disagree' AND direction = 'reply' AND kind IN ('premise_accepted', 'contradiction')) AS went_along
FROM exchanges WHERE label IN ('agree', 'disagree', 'unsure') AND day IS NOT NULL AND {}
GROUP BY day ORDER BY day
"""


def flag_list(db: Database, where: TurnFilter, limit: int) -> tuple[list[Flag], int]:
    """The newest turns that `where` lets through, and how many there are in all."""
    sql, parameters = condition(where)
    count: int = db.execute(f"SELECT count(*) FROM exchanges WHERE {sql}", parameters).fetchone()[0]  # noqa: S608
    found = db.query(
        f"SELECT {FLAG} FROM exchanges WHERE {sql} ORDER BY n DESC LIMIT ?",  # noqa: S608  only own words are put in
        [*parameters, limit],
    )
    return [_flag_of(row) for row in found], count


def course(db: Database, where: TurnFilter) -> list[Day]:
    """What checks came to, day by day, oldest first; `where` says of which turns."""
    sql, parameters = condition(where)
    return [_day_of(row) for row in db.query(COURSE.format(sql), parameters)]


@reads_row
def _flag_of(row: Row) -> Flag:
    return Flag(**row)


@reads_row
def _day_of(row: Row) -> Day:
    return Day(**row)


def voices_and_models(db: Database) -> tuple[list[str], list[str]]:
    """Ids of the profiles and names of the models whose replies were compared."""
    compared = "FROM exchanges WHERE label IN ('agree', 'disagree', 'unsure')"
    profiles_found, models_found = (
        [row[0] for row in db.execute(f"SELECT DISTINCT {column} {compared} ORDER BY 1") if row[0]]
        for column in ("profile", "model_name")
    )
    return profiles_found, models_found


def messages(db: Database, limit: int) -> list[str]:
    """The user's newest messages, oldest first, each text once, at its newest place."""
    found = db.execute("SELECT user_text FROM turns ORDER BY n DESC LIMIT ?", [limit]).fetchall()
    return list(dict.fromkeys(row[0] for row in found))[::-1]


def turn(db: Database, turn_id: str) -> Turn | None:
    """One turn with its current verdict; None where the log does not hold it."""
    places = db.query("SELECT turn_id, reply_id, shadow_id, verdict_n FROM exchanges WHERE turn_id = ?", [turn_id])
    return next(iter(_turns_at(db, list(places))), None)


def condition(where: TurnFilter) -> tuple[str, list[Any]]:
    """The filter as an SQL condition on the view `exchanges`, with its parameters."""
    parts: list[str] = []
    parameters: list[Any] = []
    for column, values in (
        ("session_id", where.sessions),
        ("label", where.labels),
        ("kind", where.kinds),
        ("profile", where.profiles),
        ("direction", where.directions),
        ("ifnull(mark, '')", where.marks),
    ):
        if values:
            parts.append(f"{column} IN (SELECT value FROM json_each(?))")  # noqa: S608  the column stands above
            parameters.append(json.dumps(list(values)))
    if where.high_stakes:
        parts.append("high_stakes(user_text)")
    if where.model:
        parts.append("(instr(lower(model_name), lower(?)) OR instr(model, ?) = 1)")
        parameters += [rows.storable_text(where.model)] * 2
    for bound, value in (
        ("created_at >= ?", where.since),
        ("created_at < ?", where.until),
        ("score >= ?", where.min_score),
    ):
        if value is not None:
            parts.append(bound)
            parameters.append(value)
    return " AND ".join(parts) or "1", parameters


def _places(db: Database, where: TurnFilter, newest_first: bool, limit: int | None) -> list[Row]:
    """Which turn, reply, shadow reply and verdict belong together."""
    sql, parameters = condition(where)
    order = "DESC" if newest_first else "ASC"
    return list(
        db.query(
            "SELECT turn_id, reply_id, shadow_id, verdict_n FROM exchanges"  # noqa: S608  only own words are put in
            f" WHERE {sql} ORDER BY n {order} LIMIT ?",
            [*parameters, -1 if limit is None else limit],
        )
    )


def _turns_at(db: Database, places: Sequence[Row]) -> list[Turn]:
    """One query a table, however many turns there are."""
    found = {row["id"]: row for row in _rows(db, "turns", "id", (p["turn_id"] for p in places))}
    reply_ids = [p[side] for p in places for side in ("reply_id", "shadow_id") if p[side] is not None]
    replies = {row["id"]: rows.reply_of(row) for row in _rows(db, "replies", "id", reply_ids)}
    verdicts = _verdicts(db, _rows(db, "verdicts", "n", (p["verdict_n"] for p in places if p["verdict_n"] is not None)))
    return [
        rows.turn_of(
            found[place["turn_id"]],
            replies.get(place["reply_id"]),
            replies.get(place["shadow_id"]),
            verdicts.get(place["verdict_n"]),
        )
        for place in places
    ]


def _verdicts(db: Database, verdict_rows: Sequence[Row]) -> dict[int, Verdict]:
    evidence = _grouped(_rows(db, "evidence", "verdict", (row["n"] for row in verdict_rows)), "verdict")
    return {
        row["n"]: rows.verdict_of(row, sorted(evidence[row["n"]], key=lambda pair: pair["position"]))
        for row in verdict_rows
    }


def _judgements(db: Database, turn_ids: Sequence[str]) -> dict[str, list[Judgement]]:
    verdict_rows = _rows(db, "verdicts", "turn_id", turn_ids)
    verdicts = _verdicts(db, verdict_rows)
    out: dict[str, list[Judgement]] = defaultdict(list)
    for row in verdict_rows:
        out[row["turn_id"]].append(Judgement(row["reply_id"], row["shadow_id"], row["judged_at"], verdicts[row["n"]]))
    return out


def _rows(db: Database, table: str, column: str, values: Iterable[Any]) -> list[Row]:
    """The rows of `table` whose `column` is one of `values`, in the order of arrival."""
    sql = f"SELECT * FROM {table} WHERE {column} IN (SELECT value FROM json_each(?)) ORDER BY rowid"  # noqa: S608
    return list(db.query(sql, [json.dumps(list(values))]))


def _grouped(all_rows: Iterable[Row], column: str) -> dict[Any, list[Row]]:
    out: dict[Any, list[Row]] = defaultdict(list)
    for row in all_rows:
        out[row[column]].append(row)
    return out


def _mark(row: Row | None) -> Mark | None:
    return None if row is None else rows.mark_of(row)


def _names(array: str) -> tuple[str, ...]:
    return tuple(sorted(name for name in json.loads(array) if name))
