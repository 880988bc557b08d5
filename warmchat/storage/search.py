"""Full-text search over messages and replies."""

from __future__ import annotations

import re
from typing import Any

from sqlite_utils import Database

from warmchat.storage.read_back import reads_row
from warmchat.storage.records import Hit
from warmchat.storage.rows import storable_text

MOST_TERMS = 32  # more words find nothing more, and FTS5 has a limit on the depth of a query

# The newest of each kind first, then the newest of both: a common word is in every message, and to look at each of them
# would take seconds. A turn's replies come after its message and in the order of the turns, give or take a check.
# The snippets are made where the words are found: asked for afterwards, every one of them would gather anew all that
# begins with the last word. FTS5's own mark for where they were found would have to be told from the text's; they are
# plain.
# FTS5 compares every place of a word with every other to find the best snippet: a long reply that says one word over
# and over would take minutes. Of a long text it is the surroundings of the first place that spells the first word.
_SNIPPET = """
    CASE WHEN length({text}) <= {long} THEN snippet({index}, 0, '', '', '…', 24)
    ELSE '…' || trim(substr({text}, max(1, instr(lower({text}), :word) - 60), 160)) || '…' END
"""
LONG = 2_000  # characters
HITS = f"""
WITH said AS MATERIALIZED (
    SELECT rowid AS n, {_SNIPPET.format(index="turns_fts", text="user_text", long=LONG)} AS snippet
    FROM turns_fts WHERE turns_fts MATCH :query ORDER BY rowid DESC LIMIT :limit
), answered AS MATERIALIZED (
    SELECT rowid AS n, {_SNIPPET.format(index="replies_fts", text="text", long=LONG)} AS snippet
    FROM replies_fts WHERE replies_fts MATCH :query ORDER BY rowid DESC LIMIT :limit
), found AS MATERIALIZED (
    SELECT t.n AS turn_n, 0 AS place, 'user' AS role, t.profile, said.snippet FROM said JOIN turns AS t ON t.n = said.n
    UNION ALL
    SELECT t.n, 1 + (r.role <> 'shown'), r.role, r.profile, answered.snippet
    FROM answered JOIN replies AS r ON r.n = answered.n JOIN turns AS t ON t.id = r.turn_id
    ORDER BY turn_n DESC, place
    LIMIT :limit
)
SELECT t.session_id, s.title AS session_title, t.id AS turn_id, found.role, found.profile, t.created_at, found.snippet
FROM found JOIN turns AS t ON t.n = found.turn_n JOIN sessions AS s ON s.id = t.session_id
ORDER BY found.turn_n DESC, found.place
"""  # noqa: S608  only own words are put in


def search(db: Database, text: str, limit: int) -> list[Hit]:
    """Messages and replies that hold all words of `text`, newest first."""
    query = fts_query(text)
    if not query:
        return []
    word = query.partition('"')[2].partition('"')[0].lower()
    return [_hit_of(row) for row in db.query(HITS, {"query": query, "word": word, "limit": limit})]


@reads_row
def _hit_of(row: dict[str, Any]) -> Hit:
    return Hit(**row)


def fts_query(text: str) -> str:
    """What FTS5 is asked: every word quoted, so that none is an operator; a `*` at its end means a beginning.

    Empty where there is no word to look for.
    """
    terms = []
    for word in re.sub(r"[\x00-\x1f\x7f]", " ", storable_text(text)).split()[:MOST_TERMS]:
        stem = word.rstrip("*")
        if re.search(r"\w", stem):  # a quoted term of signs alone would find nothing, whatever stands beside it
            quoted = stem.replace('"', '""')
            terms.append(f'"{quoted}"' + ("*" if word.endswith("*") else ""))
    return " ".join(terms)
