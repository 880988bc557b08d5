-- Version 2: sessions can be put away, and are gone on with on the branch where they were left.

ALTER TABLE sessions ADD COLUMN archived_at TEXT /* when it was put away; NULL: it stands in the list */;

ALTER TABLE sessions ADD COLUMN shown_turn_id TEXT REFERENCES turns (id) ON DELETE SET NULL /* last turn of the branch that stood on the screen last; NULL: the newest turn's */;

CREATE INDEX sessions_of_shown_turn ON sessions (shown_turn_id);
