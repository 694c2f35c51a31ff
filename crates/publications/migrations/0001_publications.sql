-- A document that a body publishes. What it says lies in its versions.
CREATE TABLE publications (
    id INTEGER PRIMARY KEY,
    body INTEGER NOT NULL,
    place INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('notice', 'plan', 'policy', 'procedure', 'announcement', 'result')),
    topic TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'withdrawn')),
    -- The version that everybody reads; none before the first is approved.
    live INTEGER,
    published_at INTEGER,
    -- The last day on which an objection is taken, as it was told when it was published; none where the kind takes none.
    objections_until TEXT,
    withdrawn_at INTEGER,
    withdrawn_why TEXT,
    rev INTEGER NOT NULL CHECK (rev > 0),
    CHECK ((state = 'draft') = (live IS NULL)),
    CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL))
);
CREATE INDEX publications_listed ON publications (published_at, id) WHERE state = 'published';
CREATE INDEX publications_of_body ON publications (body, id);

-- One wording. Never changed once it was proposed; a later one follows it.
CREATE TABLE publication_versions (
    id INTEGER PRIMARY KEY,
    publication INTEGER NOT NULL REFERENCES publications (id),
    n INTEGER NOT NULL CHECK (n > 0),
    state TEXT NOT NULL CHECK (state IN ('draft', 'proposed', 'live', 'archived')),
    title_zh TEXT NOT NULL,
    title_en TEXT NOT NULL,
    text_zh TEXT NOT NULL,
    text_en TEXT NOT NULL,
    -- The body's own number of the document (文号); may be empty.
    number TEXT NOT NULL,
    what_changed TEXT NOT NULL,
    written_by INTEGER NOT NULL,
    proposed_by INTEGER,
    proposed_at INTEGER,
    decided_by INTEGER,
    decided_at INTEGER,
    -- Why a proposal was sent back; empty otherwise.
    sent_back TEXT NOT NULL,
    rev INTEGER NOT NULL CHECK (rev > 0),
    UNIQUE (publication, n)
);
CREATE UNIQUE INDEX publication_versions_open ON publication_versions (publication) WHERE state IN ('draft', 'proposed');
CREATE INDEX publication_versions_waiting ON publication_versions (state, id) WHERE state IN ('draft', 'proposed');

-- Pairs of neighbouring characters of what is published, for finding. Made again with each version.
CREATE TABLE publication_grams (
    gram TEXT NOT NULL,
    publication INTEGER NOT NULL REFERENCES publications (id),
    PRIMARY KEY (gram, publication)
);
CREATE INDEX publication_grams_of ON publication_grams (publication);

-- An objection to what was published, by a resident or by a visitor with a phone. Who and what lie sealed.
CREATE TABLE objections (
    id INTEGER PRIMARY KEY,
    publication INTEGER NOT NULL REFERENCES publications (id),
    body INTEGER NOT NULL,
    place INTEGER NOT NULL,
    -- Against which version.
    version INTEGER NOT NULL REFERENCES publication_versions (id),
    person INTEGER,
    -- Name and phone of a visitor, sealed.
    contact BLOB,
    -- Keyed digests, against floods alone.
    phone_key BLOB,
    net_key BLOB,
    content BLOB NOT NULL,
    -- Digest of the code by which a visitor looks up the answer.
    code BLOB UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered')),
    filed_at INTEGER NOT NULL,
    due TEXT NOT NULL,
    answered_at INTEGER,
    answered_by INTEGER,
    finding TEXT CHECK (finding IN ('upheld', 'partly', 'not-upheld')),
    answer BLOB,
    rev INTEGER NOT NULL CHECK (rev > 0),
    CHECK ((person IS NULL) = (contact IS NOT NULL AND code IS NOT NULL)),
    CHECK ((state = 'answered') = (answer IS NOT NULL AND finding IS NOT NULL))
);
CREATE INDEX objections_open ON objections (body, due, id) WHERE state = 'open';
CREATE INDEX objections_of_body ON objections (body, id);
CREATE INDEX objections_of ON objections (publication, id);
CREATE INDEX objections_person ON objections (person, id) WHERE person IS NOT NULL;
CREATE INDEX objections_phone ON objections (publication, phone_key) WHERE phone_key IS NOT NULL;
CREATE INDEX objections_net ON objections (net_key, filed_at) WHERE net_key IS NOT NULL;
CREATE INDEX objections_answered ON objections (answered_at) WHERE answered_at IS NOT NULL;

-- Who wants to be told of what a body, a topic or a place publishes.
CREATE TABLE publication_subscriptions (
    person INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('body', 'topic', 'place')),
    -- Id of the body, word of the topic, code of the place.
    value TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (person, kind, value)
);
CREATE INDEX publication_subscriptions_value ON publication_subscriptions (kind, value, person);

-- Who was told of which document: nobody twice, however many of her subscriptions fit.
CREATE TABLE publication_told (
    publication INTEGER NOT NULL REFERENCES publications (id),
    person INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (publication, person)
);
CREATE INDEX publication_told_at ON publication_told (at);
