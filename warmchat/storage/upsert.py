"""Insert a row, or change the one that is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database


def upsert(db: Database, table: str, row: Mapping[str, Any], key: str) -> None:
    """Put a row into a table; where one has its `key`, a column of unique values, the columns of `row` are changed.

    sqlite-utils finds out by a table of trial whether SQLite can do this, and where that fails, as it does on a full
    disk, takes a way that leaves out rows with NOT NULL columns, without a word and for the rest of the run.
    """
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in row if name != key)
    columns = ", ".join(f'"{name}"' for name in row)
    db.execute(
        f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(row))})'  # noqa: S608  names of our own
        f' ON CONFLICT ("{key}") DO UPDATE SET {changed}',
        list(row.values()),
    )
