-- A service item (政务服务事项). What it says lies in its versions; cases keep the version they began with.
CREATE TABLE items (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('draft', 'live', 'retired')),
    -- The version that residents see.
    version INTEGER NOT NULL CHECK (version > 0),
    rev INTEGER NOT NULL CHECK (rev > 0)
);

CREATE TABLE item_versions (
    item INTEGER NOT NULL REFERENCES items (id),
    version INTEGER NOT NULL CHECK (version > 0),
    document JSON NOT NULL,
    -- SHA-256 of the document as delivered: the same file twice changes nothing.
    hash BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (item, version)
);
-- append-only: item_versions
