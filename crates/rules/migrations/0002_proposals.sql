-- What one officer proposes and another decides: a rule's value, days of the calendar, the text of a notice. What it would do stands in
-- `content`, in the form of its kind; approved, it is done by the kind.
CREATE TABLE proposals (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    -- Of what: key of the rule, of the notice; for days their first.
    key TEXT NOT NULL,
    content JSON NOT NULL,
    from_day TEXT NOT NULL,
    why TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'refused', 'taken_back')),
    proposed_by INTEGER NOT NULL,
    proposed_at INTEGER NOT NULL,
    decided_by INTEGER,
    decided_at INTEGER,
    decided_why TEXT NOT NULL,
    rev INTEGER NOT NULL CHECK (rev > 0)
);
CREATE INDEX proposals_state ON proposals (state, id);
CREATE INDEX proposals_of ON proposals (kind, key, id);
