-- A log as version 4 left it. Kept as it is: every later version must be able to read it.

CREATE TABLE sessions (
    -- One conversation.
    id         TEXT NOT NULL PRIMARY KEY,
    title      TEXT NOT NULL,              -- one line: the beginning of the first message, until the user renames it
    started_at TEXT NOT NULL
, archived_at TEXT /* when it was put away; NULL: it stands in the list */, shown_turn_id TEXT REFERENCES turns (id) ON DELETE SET NULL /* last turn of the branch that stood on the screen last; NULL: the newest turn's */) STRICT;

CREATE TABLE profiles (
    -- A voice as it was when it spoke. The files change; this keeps what was said readable alone.
    hash     TEXT NOT NULL PRIMARY KEY,    -- over all that changes what the voice says: prompt, sampling, adapters, strategy
    id       TEXT NOT NULL,                -- stem of the file's name: oracle, companion, ...
    name     TEXT NOT NULL,                -- what the UI calls it
    body     TEXT,                         -- the system prompt, verbatim; NULL: the profile was used but not saved
    json     TEXT,                         -- all fields of the profile file, JSON object; NULL as above
    saved_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'))
) STRICT;

CREATE TABLE turns (
    -- One user message, and how it was to be answered. Turns of a session form a tree (edit, regenerate, branch).
    n              INTEGER PRIMARY KEY,    -- row number, in the order of arrival; the search index points at it
    id             TEXT NOT NULL UNIQUE,
    session_id     TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    parent_turn_id TEXT REFERENCES turns (id) ON DELETE SET NULL, -- the turn before; NULL: the first, or its parent is not in the log
    user_text      TEXT NOT NULL,          -- the message, as it was sent
    created_at     TEXT NOT NULL,
    profile        TEXT NOT NULL,          -- id of the profile that was asked to answer
    profile_hash   TEXT REFERENCES profiles (hash), -- the same profile as its file stood then; NULL: not saved
    shadow_history TEXT NOT NULL CHECK (shadow_history IN ('own', 'visible', 'message')), -- what the reference read before the message
    window         TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(window)), -- ids of the earlier turns that the reply could read, JSON array; turns off the record count and are not in this table
    error          TEXT NOT NULL DEFAULT '' -- why there is no whole reply; empty: nothing went wrong
) STRICT;

CREATE INDEX turns_of_session ON turns (session_id);

CREATE INDEX turns_of_parent ON turns (parent_turn_id);

CREATE INDEX turns_of_profile_hash ON turns (profile_hash);

CREATE TABLE replies (
    -- What one voice said in one turn, with all that is needed to know how it came about.
    n                INTEGER PRIMARY KEY,  -- row number; the search index points at it
    id               TEXT NOT NULL UNIQUE,
    turn_id          TEXT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    role             TEXT NOT NULL CHECK (role IN ('shown', 'shadow', 'sample', 'draft', 'alternative')), -- shown: on the screen; shadow: the reference's; sample: drawn to measure noise; draft: before a rewrite; alternative: regenerated
    profile          TEXT NOT NULL,        -- id of the profile that spoke
    profile_hash     TEXT NOT NULL REFERENCES profiles (hash),
    text             TEXT NOT NULL,        -- the answer; what had come so far while stop is 'interrupted'
    thinking         TEXT NOT NULL DEFAULT '', -- the folded block before the answer
    stop             TEXT NOT NULL CHECK (stop IN ('end', 'length', 'window', 'cancelled', 'interrupted')), -- end: closed by the model; length: max_tokens; window: context full; cancelled: by the user; interrupted: engine or program lost, or still streaming
    prompt_tokens    INTEGER NOT NULL DEFAULT 0,
    evaluated_tokens INTEGER NOT NULL DEFAULT 0, -- the part of the prompt that had to be read anew
    reply_tokens     INTEGER NOT NULL DEFAULT 0,
    queued_s         REAL NOT NULL DEFAULT 0, -- seconds of waiting for other jobs
    first_token_s    REAL NOT NULL DEFAULT 0, -- seconds from the start of reading to the first token
    reply_s          REAL NOT NULL DEFAULT 0, -- seconds from the start of reading to the end
    model            TEXT NOT NULL DEFAULT '', -- identity of the model file: hash of metadata, tensor table and size
    model_name       TEXT NOT NULL DEFAULT '',
    template         TEXT NOT NULL DEFAULT '', -- hash of the chat template
    adapters         TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(adapters)), -- names and raw strengths in force, JSON array
    dial             REAL,                 -- position of the warmth dial, -1..+1; NULL: the profile has none
    sampling         TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(sampling)), -- how tokens were drawn, JSON object
    seed             INTEGER NOT NULL DEFAULT 0, -- the seed that was used; 0 where temperature 0 made none necessary
    threads          INTEGER NOT NULL DEFAULT 0,
    kv_type          TEXT NOT NULL DEFAULT '', -- number format of the KV cache
    versions         TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(versions)), -- versions of the libraries, JSON object
    scores           TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(scores)), -- [text, natural log-probability] of each token as the reference read it, JSON array; [] where it was not asked
    created_at       TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')) -- when its first words were saved
, way TEXT NOT NULL DEFAULT 'direct' CHECK (way IN ('direct', 'rewritten', 'retried', 'cold')) /* direct: as drawn; rewritten: a draft, said kindly; retried: the second rewriting; cold: the draft behind a kind sentence, as no rewriting kept its facts */, asked TEXT NOT NULL DEFAULT '' /* the bare question that was answered in place of the message; empty: the message itself */, window TEXT CHECK (window IS NULL OR json_valid(window)) /* ids of the earlier turns that were read for this reply, JSON array; NULL: nobody kept it */, prompt TEXT NOT NULL DEFAULT '' /* hash of the messages that were read, system prompt included; empty: nobody kept it */, cuts TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(cuts)) /* where the reply had been cut and was gone on with: characters made until then, JSON array */, engine TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(engine)) /* how the engine stood: n_ctx, flash_attention, gpu_layers, mmap, machine; JSON object of texts */) STRICT;

CREATE INDEX replies_of_turn ON replies (turn_id, role);

CREATE INDEX replies_of_profile_hash ON replies (profile_hash);

CREATE TABLE verdicts (
    -- What the comparison of a reply with a shadow reply came to. A turn may have several; the newest is current.
    -- One row for each reply, shadow reply and detector: compared anew with the same three, it is replaced.
    n         INTEGER PRIMARY KEY,         -- row number, in the order of arrival
    turn_id   TEXT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    reply_id  TEXT REFERENCES replies (id) ON DELETE CASCADE, -- NULL: there was no reply to compare
    shadow_id TEXT REFERENCES replies (id) ON DELETE CASCADE, -- NULL: there was no shadow reply
    detector  TEXT NOT NULL,               -- name and version; empty where nothing was compared
    label     TEXT NOT NULL CHECK (label IN ('pending', 'agree', 'disagree', 'unsure', 'unjudged')), -- unsure: compared, in the middle; unjudged: not compared. Neither is agree
    kind      TEXT CHECK (kind IN ('contradiction', 'premise_accepted', 'omission', 'added', 'softened', 'refusal')), -- sort of disagreement; NULL unless disagree or unsure
    direction TEXT CHECK (direction IN ('reply', 'shadow', 'neither')), -- which of the two bent to what the user said; NULL: nothing to bend to
    score     REAL,                        -- 0..1, rising with disagreement; NULL where nothing was compared
    noise     REAL,                        -- how far the reference parts from its own second sample, 0..1; NULL: not measured
    signals   TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(signals)), -- each signal that went into the score, JSON object of numbers
    reason    TEXT NOT NULL,               -- one sentence in plain words
    judged_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'))
) STRICT;

CREATE UNIQUE INDEX verdicts_key ON verdicts (turn_id, ifnull(reply_id, ''), ifnull(shadow_id, ''), detector);

CREATE INDEX verdicts_of_reply ON verdicts (reply_id);

CREATE INDEX verdicts_of_shadow ON verdicts (shadow_id);

CREATE TABLE evidence (
    -- Two spans that part. Offsets are characters in the reply's text and in the shadow reply's text.
    verdict      INTEGER NOT NULL REFERENCES verdicts (n) ON DELETE CASCADE,
    position     INTEGER NOT NULL,         -- 0, 1, ...: the detector's order
    kind         TEXT NOT NULL CHECK (kind IN ('contradiction', 'premise_accepted', 'omission', 'added', 'softened', 'refusal')),
    score        REAL NOT NULL,            -- 0..1, how strongly this pair speaks for a disagreement
    reply_start  INTEGER,                  -- NULL: the reply says nothing about it
    reply_end    INTEGER,
    reply_text   TEXT,
    shadow_start INTEGER,                  -- NULL: the shadow reply says nothing about it
    shadow_end   INTEGER,
    shadow_text  TEXT,
    PRIMARY KEY (verdict, position)
) STRICT;

CREATE TABLE marks (
    -- What the user thought of a turn's two answers.
    turn_id   TEXT NOT NULL PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE,
    mark      TEXT NOT NULL CHECK (mark IN ('oracle_right', 'companion_right', 'both_fine', 'both_wrong')),
    note      TEXT NOT NULL DEFAULT '',
    marked_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'))
) STRICT;

CREATE VIRTUAL TABLE turns_fts USING fts5 (user_text, content="turns", content_rowid='n', tokenize='unicode61 remove_diacritics 2');

CREATE VIRTUAL TABLE replies_fts USING fts5 (text, content="replies", content_rowid='n', tokenize='unicode61 remove_diacritics 2');

CREATE VIEW exchanges AS
    -- One row for each turn: the message, the reply that was shown, the shadow reply and the current verdict.
    SELECT
        t.n,
        t.id AS turn_id,
        t.session_id,
        s.title AS session_title,
        t.created_at,
        t.profile,
        t.user_text,
        r.text AS reply,
        r.stop AS reply_stop,
        d.profile AS shadow_profile,
        d.text AS shadow,
        v.label,
        v.kind,
        v.direction,
        v.score,
        v.noise,
        v.reason,
        v.detector,
        m.mark,
        m.note,
        t.error,
        r.model_name,
        r.model,
        r.dial,
        r.seed,
        r.id AS reply_id,
        d.id AS shadow_id,
        v.n AS verdict_n
    FROM turns AS t
    JOIN sessions AS s ON s.id = t.session_id
    LEFT JOIN replies AS r ON r.n = (SELECT max(n) FROM replies WHERE turn_id = t.id AND role = 'shown')
    -- the newest verdict on the reply that stands there now
    LEFT JOIN verdicts AS v ON v.n = (SELECT max(n) FROM verdicts WHERE turn_id = t.id AND reply_id IS r.id)
    -- the shadow reply that this verdict is about, else the newest
    LEFT JOIN replies AS d ON d.n = coalesce(
        (SELECT n FROM replies WHERE id = v.shadow_id),
        (SELECT max(n) FROM replies WHERE turn_id = t.id AND role = 'shadow')
    )
    LEFT JOIN marks AS m ON m.turn_id = t.id;

CREATE VIEW flags AS
    -- The disagreements: where the reference would have said otherwise. Newest first.
    SELECT * FROM exchanges WHERE label = 'disagree' ORDER BY n DESC;

CREATE INDEX sessions_of_shown_turn ON sessions (shown_turn_id);

CREATE TRIGGER turns_fts_insert AFTER INSERT ON turns BEGIN
    INSERT INTO turns_fts (rowid, user_text) VALUES (new.n, new.user_text);
END;

CREATE TRIGGER turns_fts_delete AFTER DELETE ON turns BEGIN
    INSERT INTO turns_fts (turns_fts, rowid, user_text) VALUES ('delete', old.n, old.user_text);
END;

CREATE TRIGGER turns_fts_update AFTER UPDATE OF user_text ON turns BEGIN
    INSERT INTO turns_fts (turns_fts, rowid, user_text) VALUES ('delete', old.n, old.user_text);
    INSERT INTO turns_fts (rowid, user_text) VALUES (new.n, new.user_text);
END;

CREATE TRIGGER replies_fts_insert AFTER INSERT ON replies BEGIN
    INSERT INTO replies_fts (rowid, text) VALUES (new.n, new.text);
END;

CREATE TRIGGER replies_fts_delete AFTER DELETE ON replies BEGIN
    INSERT INTO replies_fts (replies_fts, rowid, text) VALUES ('delete', old.n, old.text);
END;

CREATE TRIGGER replies_fts_update AFTER UPDATE OF text ON replies BEGIN
    INSERT INTO replies_fts (replies_fts, rowid, text) VALUES ('delete', old.n, old.text);
    INSERT INTO replies_fts (rowid, text) VALUES (new.n, new.text);
END;

INSERT INTO sessions (id, title, started_at, archived_at, shown_turn_id) VALUES ('s1', 'Is Canberra the capital?', '2026-03-04T18:00:00.000+00:00', '2026-03-05T08:00:00.000+00:00', 't4');

INSERT INTO profiles (hash, id, name, body, json, saved_at) VALUES ('38dcbd19b8a4b013', 'companion', 'Companion', 'You are warm.', '{"id": "companion", "name": "Companion", "system_prompt": "You are warm.", "description": "", "strategy": "direct", "neutralise": false, "sampling": {"temperature": 0.7, "top_k": 0, "top_p": 0.9, "min_p": 0.0, "repeat_penalty": 1.0, "repeat_last_n": 64, "max_tokens": 512, "seed": 7, "dry_multiplier": 0.0, "dry_allowed_length": 4}, "adapters": [{"kind": "control_vector", "name": "warmth", "strength": 0.25, "dial": null, "layers": null}], "accent": "warm", "source": "/somewhere/companion.md", "hash": "38dcbd19b8a4b013"}', '2026-03-04T18:09:00.000+00:00');

INSERT INTO profiles (hash, id, name, body, json, saved_at) VALUES ('3c1472437df0c2d0', 'oracle', 'Oracle', 'You are terse.', '{"id": "oracle", "name": "Oracle", "system_prompt": "You are terse.", "description": "", "strategy": "direct", "neutralise": false, "sampling": {"temperature": 0.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "repeat_penalty": 1.0, "repeat_last_n": 64, "max_tokens": 512, "seed": null, "dry_multiplier": 0.0, "dry_allowed_length": 4}, "adapters": [], "accent": "cold", "source": "", "hash": "3c1472437df0c2d0"}', '2026-03-04T18:00:05.000+00:00');

INSERT INTO profiles (hash, id, name, body, json, saved_at) VALUES ('caa596f0ab1c1428', 'candid', 'Candid', 'Say it kindly.', '{"id": "candid", "name": "Candid", "system_prompt": "Say it kindly.", "description": "", "strategy": "rewrite", "neutralise": false, "sampling": {"temperature": 0.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "repeat_penalty": 1.0, "repeat_last_n": 64, "max_tokens": 512, "seed": null, "dry_multiplier": 0.0, "dry_allowed_length": 4}, "adapters": [], "accent": "warm", "source": "", "hash": "caa596f0ab1c1428"}', '2026-03-04T18:07:00.000+00:00');

INSERT INTO turns (n, id, session_id, parent_turn_id, user_text, created_at, profile, profile_hash, shadow_history, window, error) VALUES (1, 't1', 's1', NULL, 'Is Canberra the capital?', '2026-03-04T18:00:00.000+00:00', 'companion', '38dcbd19b8a4b013', 'own', '[]', '');

INSERT INTO turns (n, id, session_id, parent_turn_id, user_text, created_at, profile, profile_hash, shadow_history, window, error) VALUES (2, 't2', 's1', 't1', 'And then?', '2026-03-04T18:03:00.000+00:00', 'companion', '38dcbd19b8a4b013', 'own', '["t1"]', 'The engine was lost');

INSERT INTO turns (n, id, session_id, parent_turn_id, user_text, created_at, profile, profile_hash, shadow_history, window, error) VALUES (3, 't3', 's1', 't2', 'I feel low. I think it is Sydney. What is the capital of Australia?', '2026-03-04T18:06:00.000+00:00', 'candid', 'caa596f0ab1c1428', 'own', '[]', '');

INSERT INTO turns (n, id, session_id, parent_turn_id, user_text, created_at, profile, profile_hash, shadow_history, window, error) VALUES (4, 't4', 's1', 't3', 'And the river?', '2026-03-04T18:09:00.000+00:00', 'companion', '38dcbd19b8a4b013', 'own', '["t1", "t3"]', '');

INSERT INTO replies (n, id, turn_id, role, profile, profile_hash, text, thinking, stop, prompt_tokens, evaluated_tokens, reply_tokens, queued_s, first_token_s, reply_s, model, model_name, template, adapters, dial, sampling, seed, threads, kv_type, versions, scores, created_at, way, asked, window, prompt, cuts, engine) VALUES (1, 'r-t1', 't1', 'shown', 'companion', '38dcbd19b8a4b013', 'Yes, of course it is.', '', 'end', 100, 40, 6, 0.0, 0.25, 1.5, '5f3a', 'SmolLM2-135M-Instruct', '77aa', '[{"kind": "control_vector", "name": "warmth", "strength": 0.25}]', 0.25, '{"temperature": 0.7, "top_k": 0, "top_p": 0.9, "min_p": 0.0, "repeat_penalty": 1.0, "repeat_last_n": 64, "max_tokens": 512, "seed": 7}', 7, 2, 'f16', '{"llama-cpp-python": "0.3.36"}', '[]', '2026-03-04T18:00:05.000+00:00', 'direct', '', NULL, '', '[]', '{}');

INSERT INTO replies (n, id, turn_id, role, profile, profile_hash, text, thinking, stop, prompt_tokens, evaluated_tokens, reply_tokens, queued_s, first_token_s, reply_s, model, model_name, template, adapters, dial, sampling, seed, threads, kv_type, versions, scores, created_at, way, asked, window, prompt, cuts, engine) VALUES (2, 'x-t1', 't1', 'shadow', 'oracle', '3c1472437df0c2d0', 'No, it is not.', '', 'end', 100, 40, 6, 0.0, 0.25, 1.5, '5f3a', 'SmolLM2-135M-Instruct', '77aa', '[{"kind": "control_vector", "name": "warmth", "strength": 0.25}]', 0.25, '{"temperature": 0.7, "top_k": 0, "top_p": 0.9, "min_p": 0.0, "repeat_penalty": 1.0, "repeat_last_n": 64, "max_tokens": 512, "seed": 7}', 7, 2, 'f16', '{"llama-cpp-python": "0.3.36"}', '[]', '2026-03-04T18:00:05.000+00:00', 'direct', '', NULL, '', '[]', '{}');

INSERT INTO replies (n, id, turn_id, role, profile, profile_hash, text, thinking, stop, prompt_tokens, evaluated_tokens, reply_tokens, queued_s, first_token_s, reply_s, model, model_name, template, adapters, dial, sampling, seed, threads, kv_type, versions, scores, created_at, way, asked, window, prompt, cuts, engine) VALUES (3, 'x2', 't1', 'shadow', 'oracle', '3c1472437df0c2d0', 'Not quite.', '', 'end', 100, 40, 6, 0.0, 0.25, 1.5, '5f3a', 'SmolLM2-135M-Instruct', '77aa', '[{"kind": "control_vector", "name": "warmth", "strength": 0.25}]', 0.25, '{"temperature": 0.7, "top_k": 0, "top_p": 0.9, "min_p": 0.0, "repeat_penalty": 1.0, "repeat_last_n": 64, "max_tokens": 512, "seed": 7}', 7, 2, 'f16', '{"llama-cpp-python": "0.3.36"}', '[]', '2026-03-04T18:00:05.000+00:00', 'direct', '', NULL, '', '[]', '{}');

INSERT INTO replies (n, id, turn_id, role, profile, profile_hash, text, thinking, stop, prompt_tokens, evaluated_tokens, reply_tokens, queued_s, first_token_s, reply_s, model, model_name, template, adapters, dial, sampling, seed, threads, kv_type, versions, scores, created_at, way, asked, window, prompt, cuts, engine) VALUES (4, 'n1', 't1', 'sample', 'oracle', '3c1472437df0c2d0', 'Perhaps.', '', 'end', 100, 40, 6, 0.0, 0.25, 1.5, '5f3a', 'SmolLM2-135M-Instruct', '77aa', '[{"kind": "control_vector", "name": "warmth", "strength": 0.25}]', 0.25, '{"temperature": 0.7, "top_k": 0, "top_p": 0.9, "min_p": 0.0, "repeat_penalty": 1.0, "repeat_last_n": 64, "max_tokens": 512, "seed": 7}', 7, 2, 'f16', '{"llama-cpp-python": "0.3.36"}', '[]', '2026-03-04T18:00:05.000+00:00', 'direct', '', NULL, '', '[]', '{}');

INSERT INTO replies (n, id, turn_id, role, profile, profile_hash, text, thinking, stop, prompt_tokens, evaluated_tokens, reply_tokens, queued_s, first_token_s, reply_s, model, model_name, template, adapters, dial, sampling, seed, threads, kv_type, versions, scores, created_at, way, asked, window, prompt, cuts, engine) VALUES (5, 'r2', 't2', 'shown', 'companion', '38dcbd19b8a4b013', 'Well', '', 'interrupted', 100, 40, 6, 0.0, 0.25, 1.5, '5f3a', 'SmolLM2-135M-Instruct', '77aa', '[{"kind": "control_vector", "name": "warmth", "strength": 0.25}]', 0.25, '{"temperature": 0.7, "top_k": 0, "top_p": 0.9, "min_p": 0.0, "repeat_penalty": 1.0, "repeat_last_n": 64, "max_tokens": 512, "seed": 7}', 7, 2, 'f16', '{"llama-cpp-python": "0.3.36"}', '[]', '2026-03-04T18:00:05.000+00:00', 'direct', '', NULL, '', '[]', '{}');

INSERT INTO replies (n, id, turn_id, role, profile, profile_hash, text, thinking, stop, prompt_tokens, evaluated_tokens, reply_tokens, queued_s, first_token_s, reply_s, model, model_name, template, adapters, dial, sampling, seed, threads, kv_type, versions, scores, created_at, way, asked, window, prompt, cuts, engine) VALUES (6, 'd-t3', 't3', 'draft', 'oracle', '3c1472437df0c2d0', 'Canberra.', '', 'end', 100, 40, 6, 0.0, 0.25, 1.5, '5f3a', 'SmolLM2-135M-Instruct', '77aa', '[{"kind": "control_vector", "name": "warmth", "strength": 0.25}]', 0.25, '{"temperature": 0.7, "top_k": 0, "top_p": 0.9, "min_p": 0.0, "repeat_penalty": 1.0, "repeat_last_n": 64, "max_tokens": 512, "seed": 7, "dry_multiplier": 0.0, "dry_allowed_length": 4}', 7, 2, 'f16', '{"llama-cpp-python": "0.3.36"}', '[]', '2026-03-04T18:07:00.000+00:00', 'direct', 'What is the capital of Australia?', NULL, '', '[]', '{}');

INSERT INTO replies (n, id, turn_id, role, profile, profile_hash, text, thinking, stop, prompt_tokens, evaluated_tokens, reply_tokens, queued_s, first_token_s, reply_s, model, model_name, template, adapters, dial, sampling, seed, threads, kv_type, versions, scores, created_at, way, asked, window, prompt, cuts, engine) VALUES (7, 'r-t3', 't3', 'shown', 'candid', 'caa596f0ab1c1428', 'It is Canberra, friend.', '', 'end', 100, 40, 6, 0.0, 0.25, 1.5, '5f3a', 'SmolLM2-135M-Instruct', '77aa', '[{"kind": "control_vector", "name": "warmth", "strength": 0.25}]', 0.25, '{"temperature": 0.7, "top_k": 0, "top_p": 0.9, "min_p": 0.0, "repeat_penalty": 1.0, "repeat_last_n": 64, "max_tokens": 512, "seed": 7, "dry_multiplier": 0.0, "dry_allowed_length": 4}', 7, 2, 'f16', '{"llama-cpp-python": "0.3.36"}', '[]', '2026-03-04T18:07:00.000+00:00', 'rewritten', 'What is the capital of Australia?', NULL, '', '[]', '{}');

INSERT INTO replies (n, id, turn_id, role, profile, profile_hash, text, thinking, stop, prompt_tokens, evaluated_tokens, reply_tokens, queued_s, first_token_s, reply_s, model, model_name, template, adapters, dial, sampling, seed, threads, kv_type, versions, scores, created_at, way, asked, window, prompt, cuts, engine) VALUES (8, 'x-t3', 't3', 'shadow', 'oracle', '3c1472437df0c2d0', 'Canberra.', '', 'end', 100, 40, 6, 0.0, 0.25, 1.5, '5f3a', 'SmolLM2-135M-Instruct', '77aa', '[{"kind": "control_vector", "name": "warmth", "strength": 0.25}]', 0.25, '{"temperature": 0.7, "top_k": 0, "top_p": 0.9, "min_p": 0.0, "repeat_penalty": 1.0, "repeat_last_n": 64, "max_tokens": 512, "seed": 7, "dry_multiplier": 0.0, "dry_allowed_length": 4}', 7, 2, 'f16', '{"llama-cpp-python": "0.3.36"}', '[]', '2026-03-04T18:07:00.000+00:00', 'direct', 'What is the capital of Australia?', NULL, '', '[]', '{}');

INSERT INTO replies (n, id, turn_id, role, profile, profile_hash, text, thinking, stop, prompt_tokens, evaluated_tokens, reply_tokens, queued_s, first_token_s, reply_s, model, model_name, template, adapters, dial, sampling, seed, threads, kv_type, versions, scores, created_at, way, asked, window, prompt, cuts, engine) VALUES (9, 'r-t4', 't4', 'shown', 'companion', '38dcbd19b8a4b013', 'It is long. It is wide.', '', 'end', 100, 40, 6, 0.0, 0.25, 1.5, '5f3a', 'SmolLM2-135M-Instruct', '77aa', '[{"kind": "control_vector", "name": "warmth", "strength": 0.25, "file": "fedcba9876543210"}]', 0.25, '{"temperature": 0.7, "top_k": 0, "top_p": 0.9, "min_p": 0.0, "repeat_penalty": 1.0, "repeat_last_n": 64, "max_tokens": 512, "seed": 7, "dry_multiplier": 0.0, "dry_allowed_length": 4}', 7, 2, 'f16', '{"llama-cpp-python": "0.3.36"}', '[]', '2026-03-04T18:09:05.000+00:00', 'direct', '', '["t1", "t3"]', '0123456789abcdef', '[11]', '{"n_ctx": "8192", "flash_attention": "off", "gpu_layers": "0", "mmap": "on", "machine": "AVX2 FMA"}');

INSERT INTO verdicts (n, turn_id, reply_id, shadow_id, detector, label, kind, direction, score, noise, signals, reason, judged_at) VALUES (1, 't1', 'r-t1', 'x-t1', 'signals/1', 'disagree', 'contradiction', 'reply', 0.9, 0.1, '{"polarity": 1.0, "overlap": 0.25}', 'one affirms what the other denies', '2026-03-04T18:00:05.000+00:00');

INSERT INTO verdicts (n, turn_id, reply_id, shadow_id, detector, label, kind, direction, score, noise, signals, reason, judged_at) VALUES (2, 't1', 'r-t1', 'x2', 'signals/2', 'agree', NULL, NULL, 0.1, NULL, '{}', 'both say so', '2026-03-04T18:00:05.000+00:00');

INSERT INTO verdicts (n, turn_id, reply_id, shadow_id, detector, label, kind, direction, score, noise, signals, reason, judged_at) VALUES (3, 't3', 'r-t3', 'x-t3', 'signals/1', 'agree', NULL, NULL, 0.1, NULL, '{}', 'both say so', '2026-03-04T18:07:00.000+00:00');

INSERT INTO evidence (verdict, position, kind, score, reply_start, reply_end, reply_text, shadow_start, shadow_end, shadow_text) VALUES (1, 0, 'contradiction', 0.9, 0, 3, 'Yes', 0, 2, 'No');

INSERT INTO evidence (verdict, position, kind, score, reply_start, reply_end, reply_text, shadow_start, shadow_end, shadow_text) VALUES (1, 1, 'omission', 0.5, NULL, NULL, NULL, 0, 2, 'No');

INSERT INTO marks (turn_id, mark, note, marked_at) VALUES ('t1', 'both_fine', 'it''s fine', '2026-03-04T18:00:05.000+00:00');

PRAGMA application_id = 2002874989;

PRAGMA user_version = 4;
