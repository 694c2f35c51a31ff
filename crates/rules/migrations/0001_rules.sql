-- What an officer set a rule to, and from which day. Never changed, only followed by a later row.
CREATE TABLE rule_values (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    value INTEGER NOT NULL,
    from_day TEXT NOT NULL,
    source TEXT NOT NULL,
    certainty TEXT NOT NULL CHECK (certainty IN ('checked', 'recalled', 'ours')),
    set_by INTEGER NOT NULL,
    set_at INTEGER NOT NULL
);
CREATE INDEX rule_values_key ON rule_values (key, from_day, id);
-- append-only: rule_values

-- The working calendar: days off by notice of the State Council and weekends worked in exchange.
CREATE TABLE calendar_stretches (
    id INTEGER PRIMARY KEY,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('holiday', 'working')),
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    source TEXT NOT NULL,
    certainty TEXT NOT NULL CHECK (certainty IN ('checked', 'recalled', 'ours')),
    added_at INTEGER NOT NULL,
    removed_at INTEGER
);
CREATE INDEX calendar_stretches_from ON calendar_stretches (from_day, id) WHERE removed_at IS NULL;
