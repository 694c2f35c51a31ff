-- Bodies (机构): departments, street offices, residents' committees, the district itself.
CREATE TABLE bodies (
    id INTEGER PRIMARY KEY,
    -- Short, in capital letters and digits; stands in numbers of cases and papers.
    code TEXT NOT NULL UNIQUE CHECK (length(code) BETWEEN 2 AND 20),
    kind TEXT NOT NULL CHECK (kind IN ('district', 'department', 'street', 'committee')),
    name_zh TEXT NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 60),
    name_en TEXT NOT NULL CHECK (length(name_en) <= 120),
    short_zh TEXT NOT NULL CHECK (length(short_zh) <= 20),
    short_en TEXT NOT NULL CHECK (length(short_en) <= 40),
    -- The place that it works for.
    place INTEGER NOT NULL,
    valid_from TEXT NOT NULL CHECK (length(valid_from) = 10),
    -- The first day on which it is no more.
    valid_to TEXT CHECK (valid_to > valid_from),
    rev INTEGER NOT NULL CHECK (rev > 0)
);
CREATE INDEX bodies_kind ON bodies (kind, id);
CREATE INDEX bodies_place ON bodies (place, kind);

-- Accounts of officers. The name is official and is shown; the phone number is sealed.
CREATE TABLE staff (
    id INTEGER PRIMARY KEY,
    login TEXT NOT NULL UNIQUE CHECK (length(login) BETWEEN 3 AND 32),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    body INTEGER NOT NULL REFERENCES bodies (id),
    phone BLOB,
    -- Argon2id, in the PHC form; absent until the officer has set one, and after he has left.
    password TEXT,
    -- The secret of the second factor, sealed.
    totp BLOB,
    -- The step whose code was accepted last: each is accepted once.
    totp_step INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'locked', 'left')),
    created_at INTEGER NOT NULL,
    left_at INTEGER,
    rev INTEGER NOT NULL CHECK (rev > 0)
);
CREATE INDEX staff_name ON staff (name, id);
CREATE INDEX staff_body ON staff (body, id);

-- Links by which an officer sets password and second factor; used once. The link itself is not stored.
CREATE TABLE setup_links (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    staff INTEGER NOT NULL REFERENCES staff (id),
    -- Whether it makes the first administrator.
    first INTEGER NOT NULL CHECK (first IN (0, 1)),
    made_by INTEGER,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER
);
CREATE INDEX setup_links_staff ON setup_links (staff);
CREATE INDEX setup_links_expiry ON setup_links (expires_at);

-- Who holds which duty (岗位职责) for which body and place, since when and until when.
CREATE TABLE duties (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    body INTEGER NOT NULL REFERENCES bodies (id),
    place INTEGER NOT NULL,
    holder INTEGER NOT NULL REFERENCES staff (id),
    since INTEGER NOT NULL,
    until INTEGER CHECK (until >= since),
    given_by INTEGER,
    ended_by INTEGER,
    rev INTEGER NOT NULL CHECK (rev > 0)
);
CREATE INDEX duties_holder ON duties (holder, id);
CREATE INDEX duties_kind ON duties (kind, body, id);
CREATE INDEX duties_body ON duties (body, id);

-- Who stands in for the holder of a duty, from when until when.
CREATE TABLE deputies (
    id INTEGER PRIMARY KEY,
    duty INTEGER NOT NULL REFERENCES duties (id),
    deputy INTEGER NOT NULL REFERENCES staff (id),
    since INTEGER NOT NULL,
    until INTEGER NOT NULL CHECK (until >= since),
    given_by INTEGER,
    rev INTEGER NOT NULL CHECK (rev > 0)
);
CREATE INDEX deputies_duty ON deputies (duty, id);
CREATE INDEX deputies_deputy ON deputies (deputy, id);

-- Tries at the door, by digest of what was typed: the same whether such an account exists or not.
CREATE TABLE door_guards (
    kind TEXT NOT NULL CHECK (kind IN ('login', 'net', 'code', 'password')),
    mark BLOB NOT NULL,
    tries INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (kind, mark)
);
CREATE INDEX door_guards_since ON door_guards (since);

-- The token that makes the first administrator: one row, digest only. Once there was one it is over.
CREATE TABLE first_run (
    n INTEGER PRIMARY KEY CHECK (n = 1),
    digest BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    used_at INTEGER
);

-- What the auditor's checks of the log found.
CREATE TABLE log_checks (
    id INTEGER PRIMARY KEY,
    asked_by INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'good', 'bad', 'failed')),
    ended_at INTEGER,
    seals INTEGER NOT NULL,
    rows_seen INTEGER NOT NULL,
    contents INTEGER NOT NULL,
    faults INTEGER NOT NULL,
    -- The first faults, as codes and numbers.
    found JSON NOT NULL
);
CREATE INDEX log_checks_at ON log_checks (asked_at);
