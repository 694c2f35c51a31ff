-- The log: one row for each act, never changed, never the content itself.
CREATE TABLE log (
    id INTEGER PRIMARY KEY,
    subject_kind TEXT NOT NULL,
    subject INTEGER NOT NULL,
    -- Contiguous within a subject from 1: a row that is missing shows.
    rev INTEGER NOT NULL CHECK (rev > 0),
    act TEXT NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('person', 'staff', 'token', 'system', 'anyone')),
    actor INTEGER,
    duty INTEGER,
    channel TEXT NOT NULL,
    -- Whom the actor stands in for, with recorded consent.
    for_person INTEGER,
    -- Whom the act concerns: she sees it on her own page.
    person INTEGER,
    place INTEGER,
    -- The subject's state after the act; absent where the act changes none (looking at a record).
    state TEXT,
    -- SHA-256 of salt and content; both lie in log_contents and can be erased.
    digest BLOB,
    at INTEGER NOT NULL,
    UNIQUE (subject_kind, subject, rev)
);
CREATE INDEX log_person ON log (person, id) WHERE person IS NOT NULL;
-- append-only: log

-- Content of an act, sealed: reasons, former values, what was shown. Erasable by design.
CREATE TABLE log_contents (
    log INTEGER PRIMARY KEY REFERENCES log (id),
    sealed BLOB NOT NULL
);

-- The chain over the log: each row seals up to 2,000 log rows.
CREATE TABLE log_seals (
    n INTEGER PRIMARY KEY,
    prev BLOB NOT NULL,
    hash BLOB NOT NULL,
    -- Raw ids, 8 bytes each, big-endian, in the order in which they were hashed.
    ids BLOB NOT NULL,
    -- The highest id sealed so far.
    top INTEGER NOT NULL,
    at INTEGER NOT NULL
);
-- append-only: log_seals

CREATE TABLE checkpoints (
    n INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    at INTEGER NOT NULL,
    signature BLOB NOT NULL
);
-- append-only: checkpoints

CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder INTEGER NOT NULL,
    until INTEGER NOT NULL
);

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    -- Ids, never content.
    payload JSON NOT NULL,
    -- Jobs of one lane run one after another, in order.
    lane TEXT,
    dedup TEXT UNIQUE,
    enqueued_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    leased_until INTEGER NOT NULL DEFAULT 0,
    done_at INTEGER,
    failed_at INTEGER,
    error TEXT
);
CREATE INDEX jobs_open ON jobs (due_at, id) WHERE done_at IS NULL AND failed_at IS NULL;
CREATE INDEX jobs_lane ON jobs (lane, id) WHERE done_at IS NULL AND failed_at IS NULL AND lane IS NOT NULL;
CREATE INDEX jobs_done ON jobs (done_at) WHERE done_at IS NOT NULL;

-- An answer given before to the same request with the same key, so that a repeated click does nothing twice.
CREATE TABLE idempotency (
    actor_kind TEXT NOT NULL,
    actor INTEGER NOT NULL,
    key TEXT NOT NULL,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (actor_kind, actor, key)
);
CREATE INDEX idempotency_at ON idempotency (at);
