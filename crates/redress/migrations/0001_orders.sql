-- A work order from a bad review (差评工单): looked into, mended, called back, closed.
CREATE TABLE redress_orders (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL UNIQUE,
    person INTEGER NOT NULL,
    body INTEGER NOT NULL,
    place INTEGER NOT NULL,
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 2),
    state TEXT NOT NULL CHECK (state IN ('opened', 'verified', 'fixed', 'called', 'closed')),
    verdict TEXT CHECK (verdict IN ('valid', 'invalid', 'unclear')),
    -- Whether she was reached and content: 'content', 'not_content', 'not_reached'.
    call TEXT CHECK (call IN ('content', 'not_content', 'not_reached')),
    opened_on TEXT NOT NULL,
    due TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    fixed_on TEXT,
    called_on TEXT,
    closed_at INTEGER,
    handler INTEGER,
    rev INTEGER NOT NULL CHECK (rev > 0)
);
CREATE INDEX redress_queue ON redress_orders (body, due, id) WHERE closed_at IS NULL;
CREATE INDEX redress_person ON redress_orders (person, id);
CREATE INDEX redress_opened ON redress_orders (opened_on, id);

-- What was found, done and said at each step. Append-only.
CREATE TABLE redress_notes (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES redress_orders (id),
    step TEXT NOT NULL,
    by_staff INTEGER,
    at INTEGER NOT NULL,
    -- Sealed.
    words BLOB
);
CREATE INDEX redress_notes_order ON redress_notes (order_id, id);
