"""A disagreement as lines of a list, and both answers beside it. Pure."""

from __future__ import annotations

from textual.content import Content

from warmchat.domain.moments import local_day
from warmchat.domain.text import one_line, printable
from warmchat.domain.turn import Turn
from warmchat.storage.exports.words import MARKS
from warmchat.storage.records import Flag
from warmchat.ui.bounded import beginning
from warmchat.ui.flags.filters import Filters
from warmchat.ui.words import KINDS, SYMBOLS, pair_words

SHOWN = 1200  # characters of an answer beside the list; the whole is one key away


def flag_row(flag: Flag, width: int) -> Content:
    """The message, and below it what the check came to, who spoke and, where there is room, in which session."""
    kind = KINDS.get(flag.kind, "") if flag.kind is not None else flag.label
    score = f" {flag.score:.2f}" if flag.score is not None else ""
    found = f"{SYMBOLS[flag.label]} {kind}{score}"
    mark = MARKS[flag.mark].removeprefix("you marked: ") if flag.mark else ""
    rest = " · ".join(part for part in ("", mark, one_line(flag.profile, 20), local_day(flag.created_at)) if part)
    room = width - len(found) - len(rest) - 6
    title = f" · {one_line(flag.session_title, room)}" if room >= 10 else ""
    return Content.assemble(
        (one_line(flag.user_text, max(20, width - 2)), "bold"), "\n",
        (found, f"$said-{flag.label}"), (f" · {rest}{title}", "$faint"),
    )  # fmt: skip


def filters_line(filters: Filters, width: int) -> Content:
    """All filters with their keys, as many lines as they need; those that narrow the list stand out."""
    lines: list[list[Content]] = [[]]
    for one in filters.filters:
        style = "bold $primary" if one.at else "$faint"
        said = Content.assemble((one.key, "bold"), " ", (f"{one.name} {one.value}", style))
        if lines[-1] and sum(part.cell_length + 2 for part in lines[-1]) + said.cell_length > width:
            lines.append([])
        lines[-1].append(said)
    return Content("\n").join(Content("  ").join(line) for line in lines)


def both_answers(turn: Turn, *, voice: str, reference: str) -> Content:
    """What the two said, for the space beside the list."""
    asked = beginning(printable(turn.user_text), characters=SHOWN)
    parts: list[str | tuple[str, str]] = [(f"You  {asked}\n\n", "bold")]
    for name, reply in ((voice, turn.reply), (reference, turn.shadow)):
        if reply is not None:
            said = beginning(printable(reply.text), characters=SHOWN)
            parts += [(f"{one_line(name, 24)}\n", "bold $faint"), said, "\n\n"]
    if turn.verdict is not None:
        pair = next((e for e in turn.verdict.evidence if e.reply is not None or e.shadow is not None), None)
        said = pair_words(pair, 80) if pair is not None else one_line(turn.verdict.reason, 300)
        parts.append((f"{SYMBOLS[turn.verdict.label]} {said}", f"$said-{turn.verdict.label}"))
    return Content.assemble(*parts)
