-- Proofs that may not be asked for any more (取消的证明). What came with the program is a start; officers change it.
CREATE TABLE abolished_proofs (
    id INTEGER PRIMARY KEY,
    -- A material whose name has these words asks for it.
    words TEXT NOT NULL UNIQUE,
    instead_zh TEXT NOT NULL,
    instead_en TEXT NOT NULL,
    source TEXT NOT NULL,
    since TEXT NOT NULL,
    -- 1: written from memory, to be checked.
    recalled INTEGER NOT NULL CHECK (recalled IN (0, 1)),
    -- Taken off the list it stays, so that it does not come again with the program.
    state TEXT NOT NULL CHECK (state IN ('live', 'removed')),
    rev INTEGER NOT NULL CHECK (rev > 0)
);

-- What people say, and what items say instead.
CREATE TABLE search_synonyms (
    id INTEGER PRIMARY KEY,
    said TEXT NOT NULL UNIQUE,
    meant TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('live', 'removed')),
    rev INTEGER NOT NULL CHECK (rev > 0)
);
