-- Co-handling bodies have a last day of their own; what was told of it stands beside what was told of the case.
CREATE TABLE desk_reminders_now (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL,
    -- The co-handling task that it is about; 0: the case itself.
    task INTEGER NOT NULL DEFAULT 0,
    kind TEXT NOT NULL CHECK (kind IN ('soon', 'late', 'escalated', 'applicant', 'follow', 'person',
        'co_soon', 'co_late', 'co_lead', 'co_above', 'co_lead_above')),
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
INSERT INTO desk_reminders_now (id, case_id, task, kind, due, body, place, staff, by_staff, at, seen_at)
    SELECT id, case_id, 0, kind, due, body, place, staff, by_staff, at, seen_at FROM desk_reminders;
DROP TABLE desk_reminders;
ALTER TABLE desk_reminders_now RENAME TO desk_reminders;
CREATE UNIQUE INDEX desk_reminders_once ON desk_reminders (case_id, kind, due, task) WHERE kind <> 'person';
CREATE INDEX desk_reminders_staff ON desk_reminders (staff, id) WHERE seen_at IS NULL;
CREATE INDEX desk_reminders_body ON desk_reminders (body, kind, id) WHERE seen_at IS NULL;
CREATE INDEX desk_reminders_at ON desk_reminders (at);
