-- A body (机构): department, street office, residents' committee.
CREATE TABLE bodies (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 40),
    kind TEXT NOT NULL CHECK (kind IN ('department', 'street', 'committee')),
    name_zh TEXT NOT NULL CHECK (length(name_zh) BETWEEN 2 AND 60),
    name_en TEXT NOT NULL CHECK (length(name_en) <= 120),
    place INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    rev INTEGER NOT NULL CHECK (rev > 0)
);
CREATE INDEX bodies_place ON bodies (place, id);

-- A staff account. The name is official and public; the password is hashed, the second factor sealed.
CREATE TABLE staff (
    id INTEGER PRIMARY KEY,
    login TEXT NOT NULL UNIQUE CHECK (length(login) BETWEEN 2 AND 40),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'locked', 'left')),
    password TEXT,
    totp BLOB,
    totp_proven_at INTEGER,
    -- The step of the code accepted last: each is accepted once.
    totp_step INTEGER NOT NULL DEFAULT 0,
    setup_digest BLOB UNIQUE,
    setup_until INTEGER,
    created_at INTEGER NOT NULL,
    rev INTEGER NOT NULL CHECK (rev > 0)
);

-- Who holds which duty, for which body and place, since when.
CREATE TABLE duties (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    body INTEGER NOT NULL REFERENCES bodies (id),
    place INTEGER NOT NULL,
    staff INTEGER NOT NULL REFERENCES staff (id),
    since INTEGER NOT NULL,
    ended_at INTEGER,
    state TEXT NOT NULL CHECK (state IN ('held', 'ended')),
    given_by INTEGER,
    rev INTEGER NOT NULL CHECK (rev > 0)
);
CREATE INDEX duties_staff ON duties (staff, id) WHERE ended_at IS NULL;
CREATE INDEX duties_kind ON duties (kind, body) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX duties_one ON duties (kind, body, place, staff) WHERE ended_at IS NULL;

-- Somebody does another's duty from one day to another, both included.
CREATE TABLE deputies (
    id INTEGER PRIMARY KEY,
    duty INTEGER NOT NULL REFERENCES duties (id),
    staff INTEGER NOT NULL REFERENCES staff (id),
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL CHECK (to_day >= from_day),
    ended_at INTEGER
);
CREATE INDEX deputies_staff ON deputies (staff, id) WHERE ended_at IS NULL;
CREATE INDEX deputies_duty ON deputies (duty, id);

-- Wrong tries by keyed digest of login or network address, in turns of 15 minutes.
CREATE TABLE office_tries (
    who BLOB NOT NULL,
    turn INTEGER NOT NULL,
    wrong INTEGER NOT NULL,
    PRIMARY KEY (who, turn)
);

-- The one-time token of the first run.
CREATE TABLE first_tokens (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    used_at INTEGER
);
