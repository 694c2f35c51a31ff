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
