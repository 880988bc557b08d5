"""What a session says about itself in the list, and what was found in it. Pure: values in, rows out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from warmchat.domain.moments import local_time
from warmchat.domain.text import one_line
from warmchat.ui.words import turn_words

if TYPE_CHECKING:
    from warmchat.ui.services import Hit, SessionSummary

SNIPPETS = 2  # shown of each session
LONGEST = 1_000  # characters of a title that are looked at


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A line of the list.

    Attributes:
        turn_id: the newest turn that was found in it; "" where nothing was searched for.
    """

    session_id: str
    title: str
    content: Content
    turn_id: str = ""


def summary_row(session: SessionSummary, *, here: bool) -> SessionRow:
    """Title, when it was last spoken in, its turns, how many parted, who spoke. ``here``: it is the open one."""
    turns = turn_words(session.turns)
    parted = f"≠ {session.disagreements:,}" if session.disagreements else ""
    voices = ", ".join(one_line(profile, 24) for profile in session.profiles)
    open_now = "open now" if here else ""
    below = " · ".join(part for part in (local_time(session.last_at), turns, parted, voices, open_now) if part)
    title = one_line(session.title, 100) or "untitled"
    return SessionRow(session.id, title, Content.assemble((title, "bold"), "\n", (below, "$faint")))


def found_rows(
    hits: Sequence[Hit], titled: Iterable[SessionSummary], query: str, *, name: dict[str, str],
    listed: Callable[[str], bool],
) -> list[SessionRow]:  # fmt: skip
    """Sessions in which something was found, the newest find first; then those of which only the title fits.

    Args:
        hits: newest first.
        titled: sessions whose titles are looked at.
        name: what the voices are called, by profile.
        listed: whether the session with this id may stand in the list.
    """
    by_session: dict[str, list[Hit]] = {}
    for hit in hits:
        if listed(hit.session_id):
            by_session.setdefault(hit.session_id, []).append(hit)
    rows = [_found_row(found, query, name) for found in by_session.values()]
    for session in titled:
        if session.id not in by_session and listed(session.id) and _fits(session.title[:LONGEST], query):
            rows.append(summary_row(session, here=False))
    return rows


def _found_row(found: Sequence[Hit], query: str, name: dict[str, str]) -> SessionRow:
    title = one_line(found[0].session_title, 100) or "untitled"
    parts: list[Content] = [Content.assemble((title, "bold"), (f"  {local_time(found[0].created_at)}", "$faint"))]
    for hit in found[:SNIPPETS]:
        who = "you" if hit.role == "user" else name.get(hit.profile, one_line(hit.profile, 24))
        said = marked(one_line(hit.snippet, 300), query)
        parts.append(Content.assemble((f"  {who.lower()}: ", "$faint"), said))
    if len(found) > SNIPPETS:
        parts.append(Content.styled(f"  and {len(found) - SNIPPETS:,} more", "$faint"))
    return SessionRow(found[0].session_id, title, Content("\n").join(parts), found[0].turn_id)


def marked(text: str, query: str) -> Content:
    """The text with the words that were asked for made strong; accents and case count as little as in the search."""
    plain = _plain(text)
    if len(plain) != len(text):  # a sign that falls apart into several: offsets would be off
        return Content(text)
    content = Content(text)
    for word in {_plain(each.rstrip("*")) for each in query.split()} - {""}:
        for found in re.finditer(rf"(?<!\w){re.escape(word)}", plain):
            content = content.stylize("bold underline", found.start(), found.end())
    return content


def _fits(title: str, query: str) -> bool:
    plain = _plain(title)
    words = [_plain(word.rstrip("*")) for word in query.split()]
    return bool(words) and all(re.search(rf"(?<!\w){re.escape(word)}", plain) for word in words)


def _plain(text: str) -> str:
    """Without accents and case, character by character where that can be."""
    return "".join(
        "".join(c for c in unicodedata.normalize("NFD", sign) if not unicodedata.combining(c)).casefold() or sign
        for sign in text
    )
