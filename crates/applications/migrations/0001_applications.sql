-- An application: a draft until it is filed as a case. What was answered is sealed.
CREATE TABLE applications (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    item INTEGER NOT NULL,
    item_key TEXT NOT NULL,
    -- The version of the item with which it began; the case keeps it.
    version INTEGER NOT NULL CHECK (version > 0),
    state TEXT NOT NULL CHECK (state IN ('draft', 'filed')),
    -- casework's id, once filed.
    case_id INTEGER UNIQUE,
    answers BLOB NOT NULL,
    -- How many values went with it, and how many of them nobody had to type.
    fields INTEGER NOT NULL,
    prefilled INTEGER NOT NULL,
    -- When it was filed, or last saved while a draft.
    saved_at INTEGER NOT NULL,
    rev INTEGER NOT NULL CHECK (rev > 0),
    CHECK ((state = 'filed') = (case_id IS NOT NULL))
);
CREATE UNIQUE INDEX applications_draft ON applications (person, item) WHERE state = 'draft';
CREATE INDEX applications_person ON applications (person, item_key, id);
CREATE INDEX applications_saved ON applications (state, saved_at);
