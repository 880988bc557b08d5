-- Version 2: how a reply came about from what the model drew, and what it answered. The comments stand in /* */, for
-- SQLite sets a new column down behind the others on one line.

ALTER TABLE replies ADD COLUMN
    way TEXT NOT NULL DEFAULT 'direct' CHECK (way IN ('direct', 'rewritten', 'retried', 'cold')) /* direct: as drawn; rewritten: a draft, said kindly; retried: the second rewriting; cold: the draft behind a kind sentence, as no rewriting kept its facts */;

ALTER TABLE replies ADD COLUMN
    asked TEXT NOT NULL DEFAULT '' /* the bare question that was answered in place of the message; empty: the message itself */;
