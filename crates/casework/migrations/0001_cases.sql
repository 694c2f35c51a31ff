-- A case (案件): anything that is handled. What the applicant told lies in the room that filed it.
CREATE TABLE cases (
    id INTEGER PRIMARY KEY,
    -- Day of filing and serial of that day, as printed: 20261127-000123.
    number TEXT NOT NULL UNIQUE,
    day TEXT NOT NULL,
    serial INTEGER NOT NULL CHECK (serial > 0),
    -- Key of the kind that the filing room declared.
    kind TEXT NOT NULL,
    -- What it is about, as it was called on the day of filing. Nothing personal.
    title_zh TEXT NOT NULL,
    title_en TEXT NOT NULL,
    person INTEGER NOT NULL,
    body INTEGER NOT NULL,
    place INTEGER NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('submitted', 'supplementing', 'accepted', 'paused', 'proposed', 'decided', 'closed', 'withdrawn', 'refused', 'lapsed')),
    -- Whether one person proposes and another decides.
    two_persons INTEGER NOT NULL CHECK (two_persons IN (0, 1)),
    handover TEXT NOT NULL CHECK (handover IN ('page', 'counter', 'post')),
    accept_days INTEGER NOT NULL CHECK (accept_days >= 0),
    promised_days INTEGER NOT NULL CHECK (promised_days >= 0),
    legal_days INTEGER NOT NULL CHECK (legal_days >= promised_days),
    extended_days INTEGER NOT NULL CHECK (extended_days >= 0),
    -- The clock that runs, or the last that ran: received on, working days, last day, and when that was computed (the calendar
    -- of that moment gives the derivation again). While the applicant or a procedure is waited for: by when.
    clock_from TEXT NOT NULL,
    clock_days INTEGER NOT NULL,
    due TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    -- Last day by law of the handling; from acceptance on.
    legal_due TEXT,
    filed_at INTEGER NOT NULL,
    accepted_on TEXT,
    decided_on TEXT,
    -- Set when nothing is left to do.
    closed_at INTEGER,
    handler INTEGER,
    outcome TEXT CHECK (outcome IN ('granted', 'denied')),
    rev INTEGER NOT NULL CHECK (rev > 0),
    UNIQUE (day, serial)
);
CREATE INDEX cases_queue ON cases (body, state, due, id) WHERE closed_at IS NULL;
CREATE INDEX cases_turn ON cases (state, due) WHERE closed_at IS NULL;
CREATE INDEX cases_person ON cases (person, id);
CREATE INDEX cases_decided ON cases (body, decided_on) WHERE decided_on IS NOT NULL;

-- Times in which the handling clock stood still (听证、检测、专家评审、公示 …).
CREATE TABLE case_stops (
    case_id INTEGER NOT NULL REFERENCES cases (id),
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('hearing', 'inspection', 'expert', 'notice')),
    from_day TEXT NOT NULL,
    -- The last day that it may take.
    until_day TEXT NOT NULL,
    -- The first day on which the clock ran again.
    ended TEXT,
    PRIMARY KEY (case_id, seq)
);

-- What has to be mended, asked once and all together (一次性告知).
CREATE TABLE supplements (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    round INTEGER NOT NULL CHECK (round > 0),
    asked_at INTEGER NOT NULL,
    asked_by INTEGER,
    due TEXT NOT NULL,
    supplied_at INTEGER,
    -- Sealed: the points and what is wrong with each.
    points BLOB NOT NULL,
    UNIQUE (case_id, round)
);

-- What was proposed and decided. Append-only but for the answer of the second person.
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    round INTEGER NOT NULL CHECK (round > 0),
    outcome TEXT NOT NULL CHECK (outcome IN ('granted', 'denied')),
    proposed_by INTEGER,
    proposed_at INTEGER NOT NULL,
    -- The second person: decided, or sent back.
    answered_by INTEGER,
    answered_at INTEGER,
    agreed INTEGER CHECK (agreed IN (0, 1)),
    -- Sealed: reason, result lines, why it was sent back.
    content BLOB NOT NULL,
    UNIQUE (case_id, round)
);

-- Reviews (好差评): one for each handling, five levels. No row is no vote; defaults are never mixed in.
CREATE TABLE case_reviews (
    case_id INTEGER PRIMARY KEY REFERENCES cases (id),
    body INTEGER NOT NULL,
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5),
    channel TEXT NOT NULL,
    -- Sealed.
    comment BLOB,
    at INTEGER NOT NULL
);
CREATE INDEX case_reviews_body ON case_reviews (body, at);

-- When an officer last looked into a case: one look in a quarter of an hour is one row of the log.
CREATE TABLE case_looks (
    case_id INTEGER NOT NULL REFERENCES cases (id),
    staff INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (case_id, staff)
);
CREATE INDEX case_looks_at ON case_looks (at);
