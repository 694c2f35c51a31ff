-- A person. What identifies her is sealed; what must be counted or found by is not: state, sex, year of birth, place, unit,
-- household, registration. Whether she is disabled and her day of birth lie together in `details`, always of one length, so
-- that not even an empty column tells.
CREATE TABLE persons (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('unverified', 'active', 'moved', 'dead', 'merged', 'erased')),
    name BLOB,
    sex TEXT CHECK (sex IN ('male', 'female', 'unknown')),
    details BLOB,
    birth_year INTEGER CHECK (birth_year BETWEEN 1850 AND 2200),
    document_kind TEXT,
    document BLOB,
    -- Keyed digest of kind and number of a number that the register vouches for: one person each.
    document_key BLOB UNIQUE,
    -- The same of a number that somebody only claims; several may claim one number.
    claim_key BLOB,
    phone BLOB,
    -- Families share a phone, so this is not unique.
    phone_key BLOB,
    -- Equal to phone_key once she has signed in with this phone: one account for each phone.
    account_key BLOB UNIQUE,
    -- When she last signed in. Numbers are given to new owners: after 90 days the document is asked again.
    seen_at INTEGER,
    place INTEGER,
    unit INTEGER,
    household INTEGER,
    role TEXT,
    -- Whether her household registration (户籍) is in the district.
    hukou INTEGER CHECK (hukou IN (0, 1)),
    -- Where the record comes from, and of when.
    source TEXT NOT NULL CHECK (source IN ('register', 'self', 'counter', 'sample')),
    source_day TEXT NOT NULL,
    -- Fields that come from elsewhere since: {"phone": ["code", "2026-11-24"]}.
    sources JSON,
    verified_at INTEGER,
    verified_how TEXT CHECK (verified_how IN ('register', 'counter', 'check')),
    merged_into INTEGER,
    created_at INTEGER NOT NULL,
    rev INTEGER NOT NULL CHECK (rev > 0),
    erased_at INTEGER,
    CHECK (state <> 'erased' OR (name IS NULL AND details IS NULL AND document IS NULL AND document_key IS NULL
        AND claim_key IS NULL AND phone IS NULL AND phone_key IS NULL AND account_key IS NULL AND unit IS NULL
        AND household IS NULL AND erased_at IS NOT NULL))
);
CREATE INDEX persons_claim ON persons (claim_key) WHERE claim_key IS NOT NULL;
CREATE INDEX persons_phone ON persons (phone_key) WHERE phone_key IS NOT NULL;
CREATE INDEX persons_place ON persons (place, birth_year, id);
CREATE INDEX persons_unit ON persons (unit, id) WHERE unit IS NOT NULL;
CREATE INDEX persons_household ON persons (household, id) WHERE household IS NOT NULL;

-- A household (户). Its number, where the register gives one, is sealed and found by its keyed digest.
CREATE TABLE households (
    id INTEGER PRIMARY KEY,
    number BLOB,
    number_key BLOB UNIQUE,
    place INTEGER,
    created_at INTEGER NOT NULL
);

-- One code sent to one phone, and what was proved with it. Lives minutes; kept a day to count by.
CREATE TABLE codes (
    id INTEGER PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('sign-in', 'phone', 'erase')),
    -- Digest of what the browser carries.
    token BLOB NOT NULL UNIQUE,
    person INTEGER,
    phone_key BLOB NOT NULL,
    -- Keyed digest of the network address.
    net_key BLOB NOT NULL,
    -- Both sealed, both emptied as soon as they are not needed.
    phone BLOB,
    code BLOB,
    -- Keyed digest of id and code.
    code_key BLOB NOT NULL,
    -- Wrong codes, then wrong documents.
    wrong INTEGER NOT NULL DEFAULT 0,
    wrong_documents INTEGER NOT NULL DEFAULT 0,
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    proven_at INTEGER,
    closed_at INTEGER
);
CREATE INDEX codes_phone ON codes (phone_key, asked_at);
CREATE INDEX codes_net ON codes (net_key, asked_at);
CREATE INDEX codes_asked ON codes (asked_at);
CREATE INDEX codes_person ON codes (person) WHERE person IS NOT NULL;

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

-- A record that an officer holds open, for a purpose, for minutes. That she opened it stands in the log.
CREATE TABLE openings (
    id INTEGER PRIMARY KEY,
    staff INTEGER NOT NULL,
    person INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    duty INTEGER NOT NULL,
    at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
);
CREATE INDEX openings_at ON openings (at);

-- What an erasure did. Holds nothing of the person; she finds it by the receipt that only she has.
CREATE TABLE erasures (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    receipt BLOB NOT NULL UNIQUE,
    report JSON NOT NULL,
    at INTEGER NOT NULL
);
