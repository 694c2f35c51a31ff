-- A filter that an officer keeps, for herself or for everybody at her body's desk.
CREATE TABLE desk_filters (
    id INTEGER PRIMARY KEY,
    staff INTEGER NOT NULL,
    -- Shared with this body's desk; none: her own.
    body INTEGER,
    name TEXT NOT NULL,
    -- As it stands in the address. Never words that were looked for: they may be a name.
    query TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX desk_filters_staff ON desk_filters (staff, id);
CREATE INDEX desk_filters_body ON desk_filters (body, id) WHERE body IS NOT NULL;

-- One act on many cases, and what came of each.
CREATE TABLE bulks (
    id INTEGER PRIMARY KEY,
    staff INTEGER NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('accept', 'assign', 'hand_on', 'remind')),
    total INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done')),
    at INTEGER NOT NULL,
    -- Sealed: to whom, why.
    how BLOB NOT NULL
);
CREATE INDEX bulks_staff ON bulks (staff, id);
CREATE INDEX bulks_at ON bulks (at);
CREATE TABLE bulk_cases (
    bulk INTEGER NOT NULL REFERENCES bulks (id),
    seq INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    -- As it was when it was chosen: what changed meanwhile is left alone.
    rev INTEGER NOT NULL,
    -- `waiting`, `done`, or the code of what was in the way.
    result TEXT NOT NULL,
    PRIMARY KEY (bulk, seq),
    UNIQUE (bulk, case_id)
);

-- What an officer is reminded of. That it was told, never a light.
CREATE TABLE desk_reminders (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('soon', 'late', 'escalated', 'applicant', 'follow', 'person')),
    -- The last day it was about: a new one is told anew.
    due TEXT NOT NULL,
    body INTEGER NOT NULL,
    place INTEGER NOT NULL,
    -- For whom; none: whoever is at that body's desk.
    staff INTEGER,
    by_staff INTEGER,
    at INTEGER NOT NULL,
    seen_at INTEGER
);
CREATE UNIQUE INDEX desk_reminders_once ON desk_reminders (case_id, kind, due) WHERE kind <> 'person';
CREATE INDEX desk_reminders_staff ON desk_reminders (staff, id) WHERE seen_at IS NULL;
CREATE INDEX desk_reminders_body ON desk_reminders (body, kind, id) WHERE seen_at IS NULL;
CREATE INDEX desk_reminders_at ON desk_reminders (at);
