-- The district's own certificate authority for seals: one row.
CREATE TABLE seal_authorities (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    key BLOB NOT NULL,
    certificate BLOB NOT NULL,
    created_at INTEGER NOT NULL
);

-- A body's electronic seal. The key is sealed and opened only inside an act.
CREATE TABLE seals (
    id INTEGER PRIMARY KEY,
    body INTEGER NOT NULL,
    body_name TEXT NOT NULL,
    -- The line inside the ring: 电子证明专用章.
    kind TEXT NOT NULL,
    place INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'ended')),
    key BLOB NOT NULL,
    certificate BLOB NOT NULL,
    issuer BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    rev INTEGER NOT NULL CHECK (rev > 0)
);
CREATE INDEX seals_body ON seals (body, id);

-- An official allows that proofs of a kind are sealed at once, without her hand, until a day.
CREATE TABLE standing_authorisations (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    seal INTEGER NOT NULL REFERENCES seals (id),
    given_by INTEGER NOT NULL,
    duty INTEGER NOT NULL,
    given_at INTEGER NOT NULL,
    until TEXT NOT NULL,
    withdrawn_at INTEGER,
    state TEXT NOT NULL CHECK (state IN ('given', 'withdrawn')),
    rev INTEGER NOT NULL CHECK (rev > 0)
);
CREATE UNIQUE INDEX standing_authorisations_one ON standing_authorisations (kind) WHERE withdrawn_at IS NULL;

CREATE TABLE proofs (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'issuing', 'issued', 'refused', 'revoked', 'erased')),
    person INTEGER NOT NULL,
    body INTEGER NOT NULL,
    authorisation INTEGER NOT NULL REFERENCES standing_authorisations (id),
    asked_at INTEGER NOT NULL,
    -- Printed number: day and serial of the day.
    day TEXT,
    serial INTEGER,
    number TEXT UNIQUE,
    -- Keyed digest of the check code; the code itself lies in data.
    code_key BLOB,
    -- What the paper says, sealed.
    data BLOB,
    issued_at INTEGER,
    valid_until TEXT,
    revoked_at INTEGER,
    rev INTEGER NOT NULL CHECK (rev > 0),
    UNIQUE (day, serial)
);
CREATE INDEX proofs_person ON proofs (person, id);
CREATE INDEX proofs_issued ON proofs (issued_at, id) WHERE issued_at IS NOT NULL;
CREATE INDEX proofs_state ON proofs (state, id);

-- The paper as it was sealed, byte for byte.
CREATE TABLE proof_papers (
    proof INTEGER PRIMARY KEY REFERENCES proofs (id),
    pdf BLOB NOT NULL
);

-- Against guessing check codes: tries of a network address in ten minutes.
CREATE TABLE check_tries (
    net BLOB NOT NULL,
    turn INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    PRIMARY KEY (net, turn)
);
CREATE INDEX check_tries_turn ON check_tries (turn);
