-- What lists, figures and the search need of the version shown, written by the act that shows it, so that nobody reads documents for a
-- list. An item that is not live has no card.
CREATE TABLE item_cards (
    item INTEGER PRIMARY KEY REFERENCES items (id),
    key TEXT NOT NULL UNIQUE,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    summary_zh TEXT NOT NULL,
    summary_en TEXT NOT NULL,
    words TEXT NOT NULL,
    department TEXT NOT NULL,
    department_zh TEXT NOT NULL,
    department_en TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('district', 'street', 'community')),
    persons TEXT NOT NULL CHECK (persons IN ('persons', 'enterprises', 'both')),
    -- ` birth work `: a space before and after each.
    events TEXT NOT NULL,
    -- Promised working days; 0: decided at once.
    days INTEGER NOT NULL CHECK (days >= 0),
    -- Visits of whoever holds everything, and of whoever holds nothing; as the department publishes them, if it does.
    best INTEGER NOT NULL,
    worst INTEGER NOT NULL CHECK (worst >= best),
    declared INTEGER,
    -- 1: from a template, not checked by the department.
    unchecked INTEGER NOT NULL CHECK (unchecked IN (0, 1))
);
CREATE INDEX item_cards_department ON item_cards (department, item);
CREATE INDEX item_cards_level ON item_cards (level, item);

-- `catalogue`: in `stamp` how often anything of the catalogue changed, which search indexes of every process follow. Others: the digest
-- of a set of delivered items, so that an unchanged set costs one look.
CREATE TABLE catalogue_marks (
    name TEXT PRIMARY KEY,
    digest BLOB,
    stamp INTEGER NOT NULL
);
