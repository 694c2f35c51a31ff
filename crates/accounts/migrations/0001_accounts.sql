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

-- One resident lets another act for her (亲友代办): offered with a code that she gives to the other, accepted by whoever has it.
CREATE TABLE delegations (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES persons (id),
    -- Who acts; none until it is accepted.
    helper INTEGER REFERENCES persons (id),
    state TEXT NOT NULL CHECK (state IN ('offered', 'active', 'ended')),
    -- Keyed digest of the code; emptied when it is accepted or ended.
    code_key BLOB UNIQUE,
    code_until INTEGER NOT NULL,
    -- Keys of the items for which it holds; none: for all.
    items JSON,
    -- The last day.
    until TEXT NOT NULL,
    offered_at INTEGER NOT NULL,
    accepted_at INTEGER,
    ended_at INTEGER,
    rev INTEGER NOT NULL CHECK (rev > 0),
    CHECK ((state = 'active') <= (helper IS NOT NULL))
);
CREATE INDEX delegations_person ON delegations (person, id);
CREATE INDEX delegations_helper ON delegations (helper, id) WHERE helper IS NOT NULL;
