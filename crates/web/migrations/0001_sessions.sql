-- Who is signed in where. The token itself is never stored.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('person', 'staff')),
    subject INTEGER NOT NULL,
    -- What the browser calls itself, cut to a few words; shown to its owner alone.
    device TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- When the second factor was shown; officers may do nothing without it.
    second_factor_at INTEGER,
    -- The person whom a helper at the counter or the door serves just now, with her consent.
    for_person INTEGER,
    channel TEXT NOT NULL,
    ended_at INTEGER
);
CREATE INDEX sessions_subject ON sessions (kind, subject, id) WHERE ended_at IS NULL;
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Bearer tokens of other systems, bound to one duty for one body and place.
CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    duty INTEGER NOT NULL,
    duty_kind TEXT NOT NULL,
    body INTEGER NOT NULL,
    place INTEGER NOT NULL,
    created_by INTEGER,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
);
