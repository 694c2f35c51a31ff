-- What a queue finds cases by: the item's key, the applicant's name as a keyed digest of the whole of it (never the name), and
-- when a paper application was received, if that was not the day of filing.
ALTER TABLE cases ADD COLUMN item TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN name_key BLOB;
ALTER TABLE cases ADD COLUMN received TEXT;
-- Once it is decided and has to be handed over: by when.
ALTER TABLE cases ADD COLUMN delivery_due TEXT;
-- With place and end in it a stage is counted and walked over without looking at the cases themselves.
DROP INDEX cases_queue;
CREATE INDEX cases_queue ON cases (body, state, due, id, place, closed_at) WHERE closed_at IS NULL;
CREATE INDEX cases_handler ON cases (handler, state, due, id) WHERE closed_at IS NULL;
CREATE INDEX cases_item ON cases (body, item, state, due, id) WHERE closed_at IS NULL;
CREATE INDEX cases_name ON cases (name_key, id) WHERE name_key IS NOT NULL;
CREATE INDEX cases_decided_day ON cases (decided_on, id) WHERE decided_on IS NOT NULL;
CREATE INDEX case_reviews_at ON case_reviews (at, case_id);

-- A case handed on to another body (改派), or back (退回): the clock goes on.
CREATE TABLE case_routes (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    from_body INTEGER NOT NULL,
    to_body INTEGER NOT NULL,
    by_staff INTEGER,
    at INTEGER NOT NULL,
    -- Sealed.
    why BLOB NOT NULL
);
CREATE INDEX case_routes_case ON case_routes (case_id, id);

-- Something that somebody else has to do for a case, with a clock of its own: a co-handling body answers a question (会办), or the
-- applicant brings a material later (容缺后补).
CREATE TABLE case_tasks (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    kind TEXT NOT NULL CHECK (kind IN ('co', 'later')),
    -- The co-handling body; none: the applicant.
    body INTEGER,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'settled', 'returned', 'cancelled')),
    asked_by INTEGER,
    asked_at INTEGER NOT NULL,
    due TEXT NOT NULL,
    -- Whether the co-handling body sees what the applicant told.
    shows INTEGER NOT NULL CHECK (shows IN (0, 1)),
    answered_by INTEGER,
    answered_at INTEGER,
    -- Sealed: the question or the points; the answer.
    ask BLOB NOT NULL,
    answer BLOB,
    rev INTEGER NOT NULL CHECK (rev > 0),
    CHECK ((kind = 'co') = (body IS NOT NULL))
);
CREATE INDEX case_tasks_case ON case_tasks (case_id, id);
CREATE INDEX case_tasks_body ON case_tasks (body, due, id) WHERE state = 'open';
CREATE INDEX case_tasks_due ON case_tasks (kind, due, id) WHERE state = 'open';

-- A slip that the applicant found in a decision (更正).
CREATE TABLE case_slips (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'rejected')),
    asked_at INTEGER NOT NULL,
    answered_by INTEGER,
    answered_at INTEGER,
    -- Sealed.
    ask BLOB NOT NULL,
    answer BLOB,
    rev INTEGER NOT NULL CHECK (rev > 0)
);
CREATE UNIQUE INDEX case_slips_open ON case_slips (case_id) WHERE state = 'open';
CREATE INDEX case_slips_case ON case_slips (case_id, id);
-- The decision that took the place of one with a slip.
ALTER TABLE decisions ADD COLUMN superseded_by INTEGER;

-- How a result that does not lie on her page reaches the applicant.
CREATE TABLE case_deliveries (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL UNIQUE REFERENCES cases (id),
    way TEXT NOT NULL CHECK (way IN ('download', 'wallet', 'post', 'pickup', 'proxy')),
    state TEXT NOT NULL CHECK (state IN ('ready', 'sent', 'back', 'done')),
    by_staff INTEGER,
    at INTEGER NOT NULL,
    -- Sealed: number of the letter, who collected it and what she showed.
    note BLOB,
    rev INTEGER NOT NULL CHECK (rev > 0)
);
CREATE INDEX cases_late ON cases (id) WHERE decided_on > due;
CREATE INDEX cases_place ON cases (body, place, id) WHERE closed_at IS NULL;
