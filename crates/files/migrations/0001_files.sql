-- A file that somebody sent. Its content lies in file_blocks; what it is called in about: sealed.
CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    -- Coming in: its blocks are not whole. Only a stored file can be used.
    state TEXT NOT NULL CHECK (state IN ('incoming', 'stored')),
    -- Told by content. Empty while it comes in.
    kind TEXT CHECK (kind IN ('jpeg', 'png', 'pdf', 'ofd', 'docx', 'xlsx')),
    scan TEXT NOT NULL CHECK (scan IN ('waiting', 'unscanned', 'clean', 'infected')),
    size INTEGER NOT NULL CHECK (size >= 0),
    blocks INTEGER NOT NULL CHECK (blocks >= 0),
    -- Name, digest, marks, sealed.
    about BLOB,
    added_at INTEGER NOT NULL,
    -- Once compared with the original at a counter: which document it is and when; not asked for again.
    document TEXT,
    checked_at INTEGER,
    checked_by INTEGER,
    rev INTEGER NOT NULL CHECK (rev > 0),
    CHECK ((state = 'stored') = (kind IS NOT NULL AND about IS NOT NULL)),
    CHECK ((document IS NULL) = (checked_at IS NULL))
);
CREATE INDEX files_person ON files (person, id);
CREATE INDEX files_added ON files (added_at, id);
CREATE INDEX files_document ON files (person, document, checked_at) WHERE document IS NOT NULL;

CREATE TABLE file_blocks (
    file INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    no INTEGER NOT NULL CHECK (no >= 0),
    data BLOB NOT NULL,
    PRIMARY KEY (file, no)
);

-- What a file is used for: the record of a room, and which part of it. A file without a use goes.
CREATE TABLE file_uses (
    file INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    owner_kind TEXT NOT NULL,
    owner INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    -- The use ends by itself then; empty: with its record.
    until INTEGER,
    PRIMARY KEY (file, owner_kind, owner, purpose)
);
CREATE INDEX file_uses_owner ON file_uses (owner_kind, owner, purpose, file);
CREATE INDEX file_uses_until ON file_uses (until) WHERE until IS NOT NULL;
