-- A text of an item that is not live: begun by an officer, approved by another. The whole document lies in it.
CREATE TABLE item_drafts (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    -- The version of the item that it was begun from; 0: the item is new.
    base INTEGER NOT NULL CHECK (base >= 0),
    state TEXT NOT NULL CHECK (state IN ('draft', 'proposed', 'live', 'dropped')),
    document JSON NOT NULL,
    -- For lists: of the document.
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    department TEXT NOT NULL,
    -- What is new, as the proposer puts it; empty before.
    note TEXT NOT NULL,
    -- Why a proposal was sent back; empty otherwise.
    sent_back TEXT NOT NULL,
    begun_by INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    proposed_by INTEGER,
    -- The version that it became.
    version INTEGER,
    rev INTEGER NOT NULL CHECK (rev > 0),
    CHECK ((state = 'live') = (version IS NOT NULL)),
    CHECK (state NOT IN ('proposed', 'live') OR proposed_by IS NOT NULL)
);
-- One of an item at a time.
CREATE UNIQUE INDEX item_drafts_open ON item_drafts (key) WHERE state IN ('draft', 'proposed');
CREATE INDEX item_drafts_waiting ON item_drafts (state, id) WHERE state IN ('draft', 'proposed');
CREATE INDEX item_drafts_of ON item_drafts (key, id);

-- Whoever has written in a draft: none of them approves it.
CREATE TABLE item_draft_writers (
    draft INTEGER NOT NULL REFERENCES item_drafts (id),
    staff INTEGER NOT NULL,
    PRIMARY KEY (draft, staff)
);

-- What was done with it, for its history.
CREATE TABLE item_draft_steps (
    id INTEGER PRIMARY KEY,
    draft INTEGER NOT NULL REFERENCES item_drafts (id),
    what TEXT NOT NULL CHECK (what IN ('begun', 'proposed', 'taken-back', 'sent-back', 'approved', 'dropped')),
    by_staff INTEGER NOT NULL,
    at INTEGER NOT NULL,
    words TEXT NOT NULL
);
CREATE INDEX item_draft_steps_of ON item_draft_steps (draft, id);
