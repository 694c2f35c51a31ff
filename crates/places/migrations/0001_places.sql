-- A division over time: one row for each name or span in which it held.
CREATE TABLE divisions (
    code INTEGER NOT NULL CHECK (code BETWEEN 110000000000 AND 999999999999),
    valid_from TEXT NOT NULL CHECK (length(valid_from) = 10),
    -- The first day on which it holds no more; absent while it holds.
    valid_to TEXT CHECK (valid_to > valid_from),
    level TEXT NOT NULL CHECK (level IN ('province', 'city', 'district', 'street', 'community')),
    parent INTEGER,
    name_zh TEXT NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 60),
    -- Empty where there is no English name: pages then show the Chinese one.
    name_en TEXT NOT NULL CHECK (length(name_en) <= 120),
    rev INTEGER NOT NULL CHECK (rev > 0),
    PRIMARY KEY (code, valid_from)
);
CREATE INDEX divisions_parent ON divisions (parent, code);
CREATE INDEX divisions_level ON divisions (level, code);
-- At most one row of a code is without an end.
CREATE UNIQUE INDEX divisions_open ON divisions (code) WHERE valid_to IS NULL;

-- What became of a division: where it was split, merged or replaced.
CREATE TABLE division_successors (
    code INTEGER NOT NULL,
    successor INTEGER NOT NULL CHECK (successor <> code),
    since TEXT NOT NULL,
    PRIMARY KEY (code, successor)
);
CREATE INDEX division_successors_to ON division_successors (successor);

CREATE TABLE buildings (
    id INTEGER PRIMARY KEY,
    community INTEGER NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    -- Road and number, as written on the door plate.
    address TEXT NOT NULL CHECK (length(address) BETWEEN 1 AND 120),
    rev INTEGER NOT NULL CHECK (rev > 0),
    closed_at INTEGER,
    UNIQUE (community, name)
);

-- Every end of an address, so that any part of it is found by a range of this index (no LIKE).
CREATE TABLE building_keys (
    tail TEXT NOT NULL,
    building INTEGER NOT NULL REFERENCES buildings (id),
    PRIMARY KEY (tail, building)
);
CREATE INDEX building_keys_building ON building_keys (building);

CREATE TABLE units (
    id INTEGER PRIMARY KEY,
    building INTEGER NOT NULL REFERENCES buildings (id),
    -- The door: 302, 2单元501.
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    rev INTEGER NOT NULL CHECK (rev > 0),
    closed_at INTEGER,
    UNIQUE (building, name)
);

-- A file on its way in. Rows are staged first and switched live in chunks.
CREATE TABLE place_imports (
    id INTEGER PRIMARY KEY,
    -- SHA-256 of the file: the same file on its way twice is one.
    digest BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('divisions', 'dwellings')),
    state TEXT NOT NULL CHECK (state IN ('staging', 'applying', 'done', 'refused')),
    -- Take the good rows although others are bad.
    partial INTEGER NOT NULL CHECK (partial IN (0, 1)),
    staff INTEGER,
    file_name TEXT NOT NULL,
    rows_total INTEGER NOT NULL,
    rows_bad INTEGER NOT NULL,
    rows_applied INTEGER NOT NULL,
    faults_total INTEGER NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    ended_at INTEGER,
    rev INTEGER NOT NULL CHECK (rev > 0)
);

CREATE TABLE place_import_rows (
    import INTEGER NOT NULL REFERENCES place_imports (id),
    -- The order in which rows are applied: higher divisions first.
    n INTEGER NOT NULL,
    line INTEGER NOT NULL,
    content JSON NOT NULL,
    PRIMARY KEY (import, n)
);

-- Bad rows with line, column and reason; at most 1,000 are kept for one file.
CREATE TABLE place_import_faults (
    import INTEGER NOT NULL REFERENCES place_imports (id),
    n INTEGER NOT NULL,
    line INTEGER NOT NULL,
    col TEXT NOT NULL,
    kind TEXT NOT NULL,
    args JSON NOT NULL,
    PRIMARY KEY (import, n)
);
