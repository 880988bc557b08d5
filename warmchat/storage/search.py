"""Full-text search over messages and replies."""

from __future__ import annotations

import re

from sqlite_utils import Database

from warmchat.storage.records import Hit
from warmchat.storage.rows import storable_text

MOST_TERMS = 32  # more words find nothing more, and FTS5 has a limit on the depth of a query

# FTS5's own mark for where the words were found would have to be told from the text's; the snippet is plain.
HITS = """
WITH found AS (
    SELECT t.id AS turn_id, 'user' AS role, t.profile, snippet(turns_fts, 0, '', '', '…', 24) AS snippet
    FROM turns_fts JOIN turns AS t ON t.n = turns_fts.rowid
    WHERE turns_fts MATCH :query
    UNION ALL
    SELECT r.turn_id, r.role, r.profile, snippet(replies_fts, 0, '', '', '…', 24)
    FROM replies_fts JOIN replies AS r ON r.n = replies_fts.rowid
    WHERE replies_fts MATCH :query
)
SELECT t.session_id, s.title AS session_title, found.turn_id, found.role, found.profile, t.created_at, found.snippet
FROM found JOIN turns AS t ON t.id = found.turn_id JOIN sessions AS s ON s.id = t.session_id
ORDER BY t.n DESC, found.role = 'user' DESC, found.role = 'shown' DESC
LIMIT :limit
"""


def search(db: Database, text: str, limit: int) -> list[Hit]:
    """Messages and replies that hold all words of `text`, newest first."""
    query = fts_query(text)
    return [Hit(**row) for row in db.query(HITS, {"query": query, "limit": limit})] if query else []


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
