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
CREATE INDEX openings_person ON openings (person);
