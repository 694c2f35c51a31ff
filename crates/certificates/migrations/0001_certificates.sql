-- Kinds of certificate: what one says, who issues it. Each change is a new version; a certificate keeps the one it was issued by.
CREATE TABLE certificate_kinds (
    key TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    document JSON NOT NULL,
    made_at INTEGER NOT NULL,
    made_by INTEGER,
    PRIMARY KEY (key, version)
);

CREATE TABLE certificates (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    person INTEGER NOT NULL,
    -- The body that answers for it; empty where a register outside delivered it.
    body INTEGER,
    -- Whether it ran out is told by valid_until and the day, never stored.
    state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'revoked', 'superseded', 'erased')),
    issued_on TEXT NOT NULL,
    valid_until TEXT,
    superseded_by INTEGER,
    -- Number, holder, values: sealed. Empty once erased.
    data BLOB,
    rev INTEGER NOT NULL CHECK (rev > 0),
    FOREIGN KEY (kind, version) REFERENCES certificate_kinds (key, version),
    CHECK ((state = 'superseded') = (superseded_by IS NOT NULL) OR state = 'erased'),
    CHECK ((state = 'erased') = (data IS NULL))
);
CREATE INDEX certificates_person ON certificates (person, kind, id);
CREATE INDEX certificates_kind ON certificates (kind, state, person);

-- Part of a certificate shown to one body for one purpose until a moment.
CREATE TABLE certificate_showings (
    id INTEGER PRIMARY KEY,
    certificate INTEGER NOT NULL REFERENCES certificates (id),
    person INTEGER NOT NULL,
    -- Keyed digest of the code.
    code_key BLOB NOT NULL UNIQUE,
    -- Fields, to whom, what for, the code itself: sealed.
    about BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    looks INTEGER NOT NULL CHECK (looks >= 0),
    ended_at INTEGER
);
CREATE INDEX certificate_showings_of ON certificate_showings (certificate, id);
CREATE INDEX certificate_showings_until ON certificate_showings (until, id);
