"""Every change to the log, as functions of an open database. The caller holds the transaction (see `SessionLog`)."""

from __future__ import annotations

from sqlite_utils import Database

from warmchat.domain.errors import LogError
from warmchat.domain.mark import Mark
from warmchat.domain.profile import Profile
from warmchat.domain.text import one_line
from warmchat.domain.title import title_of
from warmchat.domain.turn import Reply, Turn
from warmchat.domain.verdict import Verdict
from warmchat.storage import rows
from warmchat.storage.records import TurnRecord
from warmchat.storage.rows import Row
from warmchat.storage.upsert import upsert

TITLE_LENGTH = 80


def open_turn(db: Database, turn: Turn, profile: Profile) -> None:
    """The session where it is new, the profile, and the turn without its replies."""
    add_session(db, turn.session_id, title_of(turn.user_text) or _title(turn.user_text), turn.created_at)
    save_profile(db, profile)
    _put_turn(db, turn, profile.hash)
    save_place(db, turn.session_id, turn.id)


def save_place(db: Database, session_id: str, turn_id: str | None) -> None:
    """The last turn of the branch that stands on the screen; None, or one that is not in the log: the newest turn."""
    db.execute(
        "UPDATE sessions SET shown_turn_id = (SELECT id FROM turns WHERE id = ?) WHERE id = ?", [turn_id, session_id]
    )


def keep_reply(db: Database, turn_id: str, reply_id: str, profile_id: str, profile_hash: str) -> None:
    """Let an alternative reply of the turn be the shown one, and the shown one an alternative."""
    db.execute("UPDATE replies SET role = 'alternative' WHERE turn_id = ? AND role = 'shown'", [turn_id])
    db.execute("UPDATE replies SET role = 'shown' WHERE turn_id = ? AND id = ?", [turn_id, reply_id])
    _name_hash(db, profile_hash, profile_id)
    db.execute("UPDATE turns SET profile = ?, profile_hash = ? WHERE id = ?", [profile_id, profile_hash, turn_id])


def move_reply(db: Database, reply_id: str, turn_id: str) -> None:
    """Let an alternative reply be the shown one of another turn, which was opened for it."""
    db.execute("UPDATE replies SET role = 'shown', turn_id = ? WHERE id = ?", [turn_id, reply_id])


def archive_session(db: Database, session_id: str, *, archived: bool) -> bool:
    """Put the session away, or back into the list. Whether there is such a session."""
    when = "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')" if archived else "NULL"
    return db.execute(f"UPDATE sessions SET archived_at = {when} WHERE id = ?", [session_id]).rowcount > 0  # noqa: S608


def add_session(db: Database, session_id: str, title: str, started_at: str) -> None:
    """A session; one that is there stays as it is."""
    row = {"id": session_id, "title": rows.storable_text(title), "started_at": started_at}
    db.table("sessions").insert(row, pk="id", ignore=True)


def save_profile(db: Database, profile: Profile) -> None:
    """The profile under its hash. Name and description are not part of the hash: the last ones seen stay."""
    upsert(db, "profiles", rows.profile_row(profile), "hash")


def save_reply(db: Database, turn_id: str, reply: Reply) -> None:
    """The reply as it stands; the same id again replaces what was saved of it."""
    _name_hash(db, reply.profile_hash, reply.profile)
    upsert(db, "replies", rows.reply_row(turn_id, reply), "id")


def save_verdict(db: Database, turn_id: str, reply_id: str | None, shadow: Reply | None, verdict: Verdict) -> None:
    """The verdict, its evidence and the shadow reply it is about. It becomes the turn's newest."""
    if shadow is not None:
        save_reply(db, turn_id, shadow)
    _put_verdict(db, rows.verdict_row(turn_id, reply_id, shadow.id if shadow is not None else None, verdict), verdict)


def _put_verdict(db: Database, row: Row, verdict: Verdict) -> None:
    """A verdict on replies that are in the log; the same detector's earlier one on the same two goes."""
    db.execute(
        "DELETE FROM verdicts WHERE turn_id = :turn_id AND reply_id IS :reply_id AND shadow_id IS :shadow_id"
        " AND detector = :detector",  # IS, not =: where there is no reply the id is NULL
        row,
    )
    db.table("verdicts").insert(row)
    n = db.execute("SELECT last_insert_rowid()").fetchone()[0]
    db.table("evidence").insert_all(rows.evidence_rows(n, verdict))


def fail_turn(db: Database, turn_id: str, message: str) -> None:
    """Why the turn has no whole reply."""
    _update_turn(db, "UPDATE turns SET error = ? WHERE id = ?", rows.storable_text(message), turn_id)


def save_window(db: Database, turn_id: str, window: tuple[str, ...]) -> None:
    """Which earlier turns the reply could read."""
    _update_turn(db, "UPDATE turns SET window = ? WHERE id = ?", rows.window_json(window), turn_id)


def save_mark(db: Database, turn_id: str, mark: Mark | None) -> None:
    """What the user thinks of the two answers; None takes it back."""
    if mark is None:
        db.execute("DELETE FROM marks WHERE turn_id = ?", [turn_id])
        return
    row = {"turn_id": turn_id, "mark": mark.mark, "note": rows.storable_text(mark.note)}
    if mark.marked_at:
        row["marked_at"] = mark.marked_at
    db.table("marks").insert(row, replace=True)


def rename_session(db: Database, session_id: str, title: str) -> bool:
    """Whether there is such a session."""
    return db.execute("UPDATE sessions SET title = ? WHERE id = ?", [_title(title), session_id]).rowcount > 0


def delete_session(db: Database, session_id: str) -> bool:
    """The session with all that hangs on it, and the profiles that nothing else used. Whether it was there."""
    if db.execute("DELETE FROM sessions WHERE id = ?", [session_id]).rowcount == 0:
        return False
    _forget_unused(db)
    return True


def expire(db: Database, before: str, keep: str | None) -> int:
    """The sessions in which nothing was said since `before`, but for those put away and `keep`. How many."""
    gone: int = db.execute(
        "DELETE FROM sessions WHERE archived_at IS NULL AND started_at < :before AND id IS NOT :keep"
        " AND id NOT IN (SELECT session_id FROM turns WHERE created_at >= :before)",
        {"before": before, "keep": keep},
    ).rowcount
    if gone:
        _forget_unused(db)
    return gone


def _forget_unused(db: Database) -> None:
    db.execute(
        "DELETE FROM profiles WHERE hash NOT IN (SELECT profile_hash FROM replies)"
        " AND hash NOT IN (SELECT profile_hash FROM turns WHERE profile_hash IS NOT NULL)"
    )
    forget_words(db)


def delete_all(db: Database) -> None:
    """Everything."""
    db.execute("DELETE FROM sessions")
    db.execute("DELETE FROM profiles")
    forget_words(db)


def forget_words(db: Database) -> None:
    """Rewrite the search indexes: FTS5 only notes that a row is gone and keeps its words until segments are merged."""
    for index in ("turns_fts", "replies_fts"):
        db.execute(f"INSERT INTO {index} ({index}) VALUES ('optimize')")  # noqa: S608  the names stand one line above


def add_record(db: Database, record: TurnRecord) -> bool:
    """A turn from an export, under its own ids. False, and nothing changed, where the log has it already."""
    turn = record.turn
    if db.execute("SELECT 1 FROM turns WHERE id = ?", [turn.id]).fetchone():
        return False
    add_session(db, turn.session_id, record.session_title, record.session_started_at)
    for profile_hash, profile in record.profiles.items():
        # Under the hash of the export: what goes into it may differ between versions. What the log has, it keeps.
        db.table("profiles").insert({**rows.profile_row(profile), "hash": profile_hash}, pk="hash", ignore=True)
    _put_turn(db, turn, turn.reply.profile_hash if turn.reply is not None else None)
    for reply in (*record.others, *(r for r in (turn.reply, turn.shadow) if r is not None)):  # the current ones last
        _name_hash(db, reply.profile_hash, reply.profile)
        # An export does not say when a reply was made; its turn's time is near. Not upsert: an id of another turn is
        # an error.
        db.table("replies").insert({**rows.reply_row(turn.id, reply), "created_at": turn.created_at})
    for judged in record.judgements:
        row = rows.verdict_row(turn.id, judged.reply_id, judged.shadow_id, judged.verdict)
        _put_verdict(db, {**row, "judged_at": judged.judged_at}, judged.verdict)
    if record.mark is not None:
        save_mark(db, turn.id, record.mark)
    return True


def _put_turn(db: Database, turn: Turn, profile_hash: str | None) -> None:
    row = rows.turn_row(turn, profile_hash)
    known = db.execute("SELECT id FROM turns WHERE id = ?", [turn.parent_id]).fetchone()
    row["parent_turn_id"] = known[0] if known else None
    if profile_hash is not None:
        _name_hash(db, profile_hash, turn.profile)
    upsert(db, "turns", row, "id")


def _name_hash(db: Database, profile_hash: str, profile_id: str) -> None:
    """A row for a profile that was never saved, so that the reply is kept in any case."""
    db.table("profiles").insert({"hash": profile_hash, "id": profile_id, "name": profile_id}, pk="hash", ignore=True)


def _update_turn(db: Database, sql: str, value: str, turn_id: str) -> None:
    if db.execute(sql, [value, turn_id]).rowcount == 0:
        hint = "an earlier write failed, or the session was deleted meanwhile"
        raise LogError(f"The log does not hold the turn {turn_id}", hint)


def _title(text: str) -> str:
    return rows.storable_text(one_line(text, TITLE_LENGTH)) or "(no words)"
