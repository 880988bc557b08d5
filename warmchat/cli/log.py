"""`warmchat log`: list, show, search, export, import and delete what was said."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO, Any, TypeVar, get_args

import click

from warmchat.cli.common import print_json, print_table, print_text, settings_of, talk
from warmchat.domain.days import typed_span
from warmchat.domain.errors import DayError, ExportError, WarmchatError
from warmchat.domain.making import missing_words
from warmchat.domain.mark import MarkName
from warmchat.domain.moments import local_time
from warmchat.domain.text import one_line, printable
from warmchat.domain.turn import Turn, all_scores_as
from warmchat.domain.verdict import Direction, Kind, Label
from warmchat.storage.exports.files import write_file
from warmchat.storage.exports.formats import FORMATS
from warmchat.storage.exports.jsonl import IMPORT_HINT, as_dict, read_jsonl
from warmchat.storage.exports.words import KINDS, MARKS, evidence_line, strip_of
from warmchat.storage.log import SessionLog, path_to_newest
from warmchat.storage.records import TurnFilter, TurnRecord

LONGEST_LINE = 32 << 20  # characters; a turn with all its replies and scores takes some kilobytes
EMPTY = "The log is empty: nothing was said yet."

Command = TypeVar("Command", bound=Callable[..., Any])

as_json = click.option("--json", "json_", is_flag=True, help="JSON on stdout.")


@click.group()
def log() -> None:
    """What was said: sessions, disagreements, search, exports."""


def filters(command: Command) -> Command:
    """Give a command the options that say which turns."""
    for option in (
        click.option("--mark", "marks", multiple=True, type=click.Choice(get_args(MarkName)), help="Your own mark."),
        click.option("--high-stakes", is_flag=True, help="Only messages about health, money, law or safety."),
        click.option("--direction", "directions", multiple=True, type=click.Choice(get_args(Direction)),
                     help="Which of the two bent to what you said."),
        click.option("--min-score", type=click.FloatRange(0, 1), help="Lowest score of the verdict, 0 to 1."),
        click.option("--until", metavar="DAY", default="", help="Last day, local time."),
        click.option("--since", metavar="DAY", default="",
                     help="First day, local time: 2026-03-04, 2026-03, monday, 3 days ago, last week."),
        click.option("--model", default="", help="Part of the model's name."),
        click.option("--profile", "profiles", multiple=True, help="Profile that was asked to answer."),
        click.option("--kind", "kinds", multiple=True, type=click.Choice(get_args(Kind)), help="Sort of disagreement."),
        click.option("--label", "labels", multiple=True, type=click.Choice(get_args(Label)), help="Verdict."),
    ):
        command = option(command)
    return command


@log.command()
@click.option("--limit", type=click.IntRange(1), help="Only the newest so many.")
@as_json
@click.pass_context
def sessions(context: click.Context, limit: int | None, json_: bool) -> None:
    """List the sessions, newest first."""
    with _reading(context) as session_log:
        found = session_log.sessions(limit)
    if json_:
        print_json([asdict(session) for session in found])
        return
    # Few columns: in 80 characters an id must not be folded, it is there to be copied. JSON has the rest.
    rows = [
        (s.id, local_time(s.last_at), s.turns, f"{s.disagreements} of {s.checked}", one_line(s.title, 60))
        for s in found
    ]
    print_table(("session", "last", "turns", "flags", "title"), rows, empty=EMPTY)


@log.command()
@click.argument("session", default="last")
@click.option("--all", "branches", is_flag=True, help="Also the branches that were left.")
@as_json
@click.pass_context
def show(context: click.Context, session: str, branches: bool, json_: bool) -> None:
    """Show a session: its id, the beginning of one, or `last`."""
    with _reading(context) as session_log:
        records = [] if _nothing(session_log, session) else _records_of(session_log, session, branches)
    if json_:
        print_json([as_dict(record) for record in records])
    elif not records:
        talk(EMPTY)
    else:
        print_text("\n\n".join((records[0].session_title, *("\n".join(_shown(record)) for record in records))))


@log.command()
@filters
@click.option("--limit", type=click.IntRange(1), help="Only the newest so many.")
@as_json
@click.pass_context
def flags(context: click.Context, /, *, limit: int | None, json_: bool, **chosen: Any) -> None:
    """List the disagreements of all sessions, newest first; with --label, other verdicts."""
    where = _filter(**{**chosen, "labels": chosen["labels"] or ("disagree",)})
    with _reading(context) as session_log:
        found = session_log.flags(where, limit)
    if json_:
        print_json([asdict(all_scores_as(tuple, turn)) for turn in found])
        return
    rows = [_flag(turn) for turn in found]
    print_table(("session", "time", "kind", "score", "message"), rows, empty="No turn fits.")


@log.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@as_json
@click.pass_context
def search(context: click.Context, text: tuple[str, ...], limit: int, json_: bool) -> None:
    """Find messages and replies that hold all the words; `warm*` also finds warmth."""
    with _reading(context) as session_log:
        hits = session_log.search(" ".join(text), limit)
    if json_:
        print_json([asdict(hit) for hit in hits])
        return
    rows = [(h.session_id, local_time(h.created_at), h.profile if h.role != "user" else "you", h.snippet) for h in hits]
    print_table(("session", "time", "who", "words"), rows, empty="Nothing found.")


@log.command()
@click.argument("session", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All sessions.")
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), required=True)
@click.option("--output", "-o", default="-", type=click.Path(allow_dash=True), help="File; `-` is stdout.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@click.option("--redact", "rules", metavar="RULE", multiple=True,
              help="Take out: all, email, phone, secret, address, name:TEXT, file:PATH (a pattern a line).")
@filters
@click.pass_context
def export(
    context: click.Context,
    /,
    *,
    session: tuple[str, ...],
    everything: bool,
    format_: str,
    output: str,
    force: bool,
    rules: tuple[str, ...],
    **chosen: Any,
) -> None:
    """Export sessions, or the turns of them that fit.

    jsonl holds all that the log holds and can be imported. csv is for spreadsheets: a text that one would take for a
    formula gets a leading apostrophe. md is to read. html is one page to read and filter, without network.

    --redact may be given several times. What a rule finds is replaced by its sort, as [e-mail], also where verdicts
    speak of it; the export says so. A rule knows forms, not people: read what you give away.
    """
    if bool(session) == everything:
        raise click.UsageError("Name one session or more, or give --all.")
    with _reading(context) as session_log:
        ids = tuple(session_log.find_session(wanted) for wanted in session)
        records = session_log.records(_filter(sessions=ids, **chosen))
    if not records:
        talk("No turn fits: nothing was exported.")
        return
    records = _by_session(records)
    if rules:
        from warmchat.storage.exports.redaction.records import redacted
        from warmchat.storage.exports.redaction.rules import rules_of

        records = redacted(records, rules_of(rules))
    pieces = FORMATS[format_](records)
    if output == "-":
        _to_stdout(pieces)
    else:
        write_file(Path(output), pieces, force=force)
        talk(f"{len(records)} {'turn' if len(records) == 1 else 'turns'} written to {output}")


@log.command(name="import")
@click.argument("file", type=click.Path(allow_dash=True))
@click.pass_context
def import_(context: click.Context, file: str) -> None:
    """Add the turns of a JSONL export; those that the log has already are left as they are."""
    name = "stdin" if file == "-" else file
    try:
        with click.open_file(file, encoding="utf-8") as lines:
            records = list(read_jsonl(_bounded(lines, name), name))  # all of it before the first is written
    except OSError as error:
        raise ExportError(f"{name} cannot be read: {error.strerror or error}", IMPORT_HINT) from error
    except UnicodeDecodeError as error:
        raise ExportError(f"{name} is not UTF-8 text", IMPORT_HINT) from error
    with SessionLog.open(settings_of(context).log_file) as session_log:
        new = session_log.add(records)
    talk(f"{new} of {len(records)} turns were new")


def _bounded(stream: IO[str], name: str) -> Iterator[str]:
    """The lines of a stream; one that does not end is an error before it fills the memory."""
    while line := stream.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise ExportError(f"{name} has a line of more than {LONGEST_LINE >> 20} million characters", IMPORT_HINT)
        yield line


@log.command()
@click.argument("session", required=False)
@click.option("--all", "everything", is_flag=True, help="Every session.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.pass_context
def delete(context: click.Context, session: str | None, everything: bool, yes: bool) -> None:
    """Delete a session for good."""
    if (session is not None) == everything:
        raise click.UsageError("Name a session, or give --all.")
    with _reading(context) as session_log:
        if session is None:
            found = session_log.sessions()
            if not found:
                talk(EMPTY)
                return
            _confirm(f"Delete all {len(found)} sessions?", yes)
            clean = session_log.delete_all()
        else:
            session_id = session_log.find_session(session)
            turns = len(session_log.turns(session_id))
            title = session_log.title(session_id)
            _confirm(f"Delete “{one_line(title, 60)}” ({session_id}, {turns} turns)?", yes)
            clean = session_log.delete_session(session_id)
    talk("Deleted.")
    if not clean:
        talk("Another program is reading the log: the deleted text leaves the disk when that program closes.")


def _confirm(question: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise WarmchatError("Deleting asks first, and there is no terminal to ask on", "add --yes")
    click.confirm(printable(question), abort=True, err=True)


def _reading(context: click.Context) -> SessionLog:
    """The log; where there is none, an empty one in memory, so that asking makes no file."""
    file = settings_of(context).log_file
    return SessionLog.open(file if file.exists() else None)


def _nothing(session_log: SessionLog, session: str) -> bool:
    return session == "last" and session_log.last_session_id() is None


def _records_of(session_log: SessionLog, session: str, branches: bool) -> list[TurnRecord]:
    session_id = session_log.find_session(session)
    records = session_log.records(TurnFilter(sessions=(session_id,)))
    if branches:
        return records
    kept = {turn.id for turn in path_to_newest([record.turn for record in records])}
    return [record for record in records if record.turn.id in kept]


def _by_session(records: Sequence[TurnRecord]) -> list[TurnRecord]:
    """Turns of one session together: sessions that were held side by side come one after the other."""
    first: dict[str, int] = {}
    for place, record in enumerate(records):
        first.setdefault(record.turn.session_id, place)
    return sorted(records, key=lambda record: first[record.turn.session_id])


def _filter(*, since: str, until: str, **chosen: Any) -> TurnFilter:
    try:
        days = typed_span(since, until, datetime.now().astimezone().date())
    except DayError as error:
        raise click.UsageError(f"{error.message}: {error.hint}") from error
    return TurnFilter(since=days.since, until=days.until, **chosen)


def _flag(turn: Turn) -> tuple[object, ...]:
    verdict = turn.verdict
    assert verdict is not None  # the filter asks for a label
    score = "" if verdict.score is None else f"{verdict.score:.2f}"
    kind = KINDS[verdict.kind] if verdict.kind is not None else verdict.label
    return turn.session_id, local_time(turn.created_at), kind, score, one_line(turn.user_text, 80)


def _shown(record: TurnRecord) -> Iterator[str]:
    """A turn for a terminal."""
    turn, strip = record.turn, strip_of(record.turn)
    yield f"── you, {local_time(turn.created_at)}, turn {turn.id}\n{turn.user_text}"
    if turn.reply is not None:
        yield f"── {turn.reply.profile}{'' if turn.reply.stop == 'end' else f' ({turn.reply.stop})'}\n{turn.reply.text}"
    if missing := missing_words(turn):
        yield f"No whole reply: {missing}"
    yield f"   {'; '.join((strip.headline, *strip.facts))}"
    if turn.shadow is not None and strip.label == "disagree":
        yield f"── {turn.shadow.profile}, in the shadow\n{turn.shadow.text}"
        for pair in turn.verdict.evidence if turn.verdict is not None else ():
            said, other = (f"“{side.text}”" if side is not None else "nothing" for side in (pair.reply, pair.shadow))
            yield f"   {evidence_line(pair)}: the reply says {said}, the shadow reply {other}"
    if record.mark is not None:
        yield f"   {MARKS[record.mark.mark]}{f': {record.mark.note}' if record.mark.note else ''}"


def _to_stdout(pieces: Iterable[str]) -> None:
    """UTF-8 in any locale; made harmless where a terminal reads it."""
    text = "".join(pieces)
    click.echo((printable(text) if sys.stdout.isatty() else text).encode(), nl=False)
