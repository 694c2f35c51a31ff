-- For what a person allows whom to use which of her data.
CREATE TABLE consents (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES persons (id),
    purpose TEXT NOT NULL,
    -- The body that may use them; absent: the program itself in her name.
    recipient INTEGER,
    -- The register that the data come from; absent: what she gives herself.
    source TEXT,
    given_at INTEGER NOT NULL,
    channel TEXT NOT NULL,
    -- The officer who recorded it for her.
    recorded_by INTEGER,
    ends_at INTEGER,
    withdrawn_at INTEGER
);
CREATE INDEX consents_person ON consents (person, id);
CREATE INDEX consents_end ON consents (purpose, ends_at) WHERE ends_at IS NOT NULL;

-- What a resident says is wrong in her record.
CREATE TABLE corrections (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES persons (id),
    field TEXT NOT NULL,
    proposed BLOB NOT NULL,
    reason BLOB NOT NULL,
    answer BLOB,
    -- Where it is decided; absent: at the district.
    place INTEGER,
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'refused', 'withdrawn')),
    asked_at INTEGER NOT NULL,
    decided_at INTEGER,
    rev INTEGER NOT NULL CHECK (rev > 0)
);
CREATE INDEX corrections_person ON corrections (person, id);
CREATE INDEX corrections_open ON corrections (id) WHERE state = 'open';
CREATE UNIQUE INDEX corrections_one ON corrections (person, field) WHERE state = 'open';

-- What an erasure did. Holds nothing of the person; she finds it by the receipt that only she has.
CREATE TABLE erasures (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    receipt BLOB NOT NULL UNIQUE,
    report JSON NOT NULL,
    at INTEGER NOT NULL
);
