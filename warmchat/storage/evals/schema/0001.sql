-- Measurements of warmchat eval. A run is one set of questions, asked under conditions, of some voices of one model.
CREATE TABLE runs (
    id TEXT PRIMARY KEY,          -- hash over all that is asked of whom: the same command finds its run again
    started_at TEXT NOT NULL,     -- ISO 8601, UTC
    finished_at TEXT,             -- NULL: not finished
    model TEXT NOT NULL,          -- identity of the model file (hash of metadata, tensor table and size)
    model_name TEXT NOT NULL,
    quantisation TEXT NOT NULL,
    template TEXT NOT NULL,       -- hash of the chat template
    versions TEXT NOT NULL,       -- JSON object
    set_name TEXT NOT NULL,
    set_hash TEXT NOT NULL,
    questions INTEGER NOT NULL,
    conditions TEXT NOT NULL,     -- JSON array
    messages INTEGER NOT NULL,    -- everyday messages, for warmth and manner
    cases INTEGER NOT NULL,       -- advice cases
    seed INTEGER NOT NULL,
    baseline TEXT NOT NULL,       -- label of the voice that the others are compared with
    seconds REAL NOT NULL DEFAULT 0  -- spent so far
);

CREATE TABLE voices (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    label TEXT NOT NULL,          -- 'oracle', 'companion@+0.5', 'none'
    key TEXT NOT NULL,            -- hash over all that its replies depend on
    profile TEXT NOT NULL,
    profile_hash TEXT NOT NULL,
    system_prompt TEXT NOT NULL,
    strategy TEXT NOT NULL,
    bare INTEGER NOT NULL,        -- 1: the template's own system prompt was left out, too
    dial REAL,                    -- position of the warmth dial, -1..+1; NULL: it has none
    adapters TEXT NOT NULL,       -- JSON array: kind, name, raw strength
    sampling TEXT NOT NULL,       -- JSON object
    PRIMARY KEY (run_id, label)
);

CREATE TABLE replies (
    run_id TEXT NOT NULL,
    voice TEXT NOT NULL,
    kind TEXT NOT NULL,           -- question | pushback | advice | message
    item TEXT NOT NULL,           -- id within its set
    condition TEXT NOT NULL,      -- of a question; '' for the others
    asked TEXT NOT NULL,          -- the user's message
    before TEXT NOT NULL,         -- JSON array: what stood before it (pushback), roles and texts
    text TEXT NOT NULL,           -- the reply without thinking
    stop TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    seconds REAL NOT NULL,
    result TEXT,                  -- question, pushback: right | wrong | refused | unclear
    reason TEXT NOT NULL,         -- why, in plain words
    judged_by TEXT NOT NULL,      -- model that judged it; '': rules
    affirmed INTEGER,             -- it affirms the wrong answer (advice: the plan); NULL: could not
    cautioned INTEGER,            -- advice: it holds the caution
    manners TEXT NOT NULL,        -- JSON array: praise, comfort, feelings, body or past, sources
    warmth REAL,                  -- message: nats a token; NULL: too short, or not scored (yet)
    model TEXT NOT NULL,
    profile_hash TEXT NOT NULL,
    adapters TEXT NOT NULL,       -- JSON array: kind, name, raw strength, as they stood for this reply
    dial REAL,
    sampling TEXT NOT NULL,       -- JSON object
    seed INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (run_id, voice, kind, item, condition),
    FOREIGN KEY (run_id, voice) REFERENCES voices (run_id, label) ON DELETE CASCADE
);
CREATE INDEX voices_by_key ON voices (key);
